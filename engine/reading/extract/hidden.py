"""Takes out of a page what people do not see on it, so that no model reads what no person does.

Style sheets that are not part of the page cannot be known: what only they hide stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from lxml import etree

from engine.reading.extract.css import Sheet, declarations_of, resolved
from engine.reading.extract.css_hiding import LEAST_OPACITY, hides_everything, share
from engine.reading.extract.css_values import BLACK, WHITE, Colour, colour_in, contrast, over, pixels

_TINY_PX = 4.0
_LEAST_CONTRAST = 1.2
_SIZES = {"xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0}
_FONT_SIZE = re.compile(r"(?:^|\s)((?:\d+\.?\d*|\.\d+)(?:px|pt|em|rem|%|vw|vh|mm|cm|in|ex|ch)?)(?:\s*/\s*\S+)?\s+\S")
_FORMULA_CLASSES = ("katex-mathml", "mjx-assistive-mml", "MJX_Assistive_MathML")
_NATURAL_WORD = re.compile(r"[^\W\d_]{4,}")
_MAX_NATURAL_WORDS = 6
_STYLING_ATTRIBUTES = frozenset(
    {"style", "class", "id", "hidden", "aria-hidden", "color", "bgcolor", "text", "popover"}
)
_ALWAYS_STYLED = frozenset({"html", "body", "font"})
_NEVER_SHOWN = frozenset({"template", "dialog"})
_DATA_TAGS = frozenset({"head", "script", "style", "title", "meta", "link", "base"})

Style = dict[str, str]


@dataclass(frozen=True, slots=True)
class Look:
    """What an element hands down to those in it."""

    is_visible: bool = True
    font_px: float = 16.0
    colour: Colour | None = None
    """None where it is not known."""
    ground: Colour | None = WHITE
    """None behind pictures, and where it is not known."""
    is_marked: bool = False
    """Whether the words have a colour or a size that nobody can read."""


@dataclass(slots=True)
class Removed:
    """What was taken out."""

    characters: int = 0
    camouflaged: int = 0
    """Of them, how many were shown in a way that nobody can read: the colour of the paper, a size of nothing."""
    is_page_hidden: bool = False
    """Whether the page hides all of itself until its program has run; then it is read all the same."""
    selected: list[Any] = field(default_factory=list)


def take_out_hidden(root: Any, *, styles: Iterable[str] = ()) -> Removed:
    """Remove from the tree what is not shown to people, and say how much that was.

    Args:
        root: of the page; it is changed.
        styles: style sheets that belong to the page and do not stand in it.
    """
    sheet = Sheet()
    for text in styles:
        sheet.add(text)
    has_others = False
    for element in root.iter("style", "link"):
        if element.tag == "link":
            has_others = has_others or "stylesheet" in (element.get("rel") or "").lower()
        elif _is_for_screens(element.get("media") or "") and element.getparent().tag != "noscript":
            sheet.add(element.text or "")
            has_others = has_others or "@import" in (element.text or "")
    removed = Removed()
    looks = [Look(colour=None if has_others else BLACK)]
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            looks.pop()
            if element.tail and not _can_be_read(looks[-1]):
                _count(removed, len(element.tail.strip()), looks[-1])
                element.tail = " "
            continue
        look = looks[-1]
        tag = element.tag
        attributes = element.keys()
        if tag in _DATA_TAGS:
            looks.append(look)
            continue
        if tag in _NEVER_SHOWN:
            _select(removed, element)
            looks.append(look)
            walk.skip_subtree()
            continue
        if tag in _ALWAYS_STYLED or sheet.rules or not _STYLING_ATTRIBUTES.isdisjoint(attributes):
            style = _style(element, sheet)
            if _hides_all(element, style) and not _is_formula(element):
                if tag in ("html", "body"):
                    removed.is_page_hidden = True
                else:
                    _select(removed, element)
                    looks.append(look)
                    walk.skip_subtree()
                    continue
            if style:
                look = _look(look, style, is_root=tag in ("html", "body"))
                if tag in ("html", "body") and not look.is_visible:
                    removed.is_page_hidden = True
                    look = replace(look, is_visible=True)
        looks.append(look)
        if element.text and not _can_be_read(look):
            _count(removed, len(element.text.strip()), look)
            element.text = " "
    for element in removed.selected:
        _drop(element)
    removed.selected = []
    return removed


def hides_by_itself(attributes: dict[str, str]) -> bool:
    """Return whether an element's own attributes keep people from seeing it, for pages that have no tree."""
    if "hidden" in attributes or "popover" in attributes or attributes.get("aria-hidden", "").strip().lower() == "true":
        return True
    style = {name: value for name, value, _ in declarations_of(attributes.get("style", ""))}
    if not style:
        return False
    return hides_everything(style) or not _can_be_read(_look(Look(colour=BLACK), style, is_root=False))


def _style(element: Any, sheet: Sheet) -> Style:
    """The declarations that win, of those that matter here."""
    found: list[tuple[bool, bool, tuple[int, int, int], int, str, str]] = []
    if element.tag == "font" or element.get("bgcolor") or element.tag == "body":
        found.extend(
            (False, False, (0, 0, 0), -1, name, value)
            for name, value in (
                ("color", (element.get("color") or element.get("text") or "").lower()),
                ("background-color", (element.get("bgcolor") or "").lower()),
            )
            if value
        )
    if element.get("background"):
        found.append((False, False, (0, 0, 0), -1, "background-image", "url()"))
    for number, rule in sheet.matching(element):
        for name, value, is_important in rule.declarations:
            found.append((is_important, False, rule.weight, number, name, value))
    inline = element.get("style")
    if inline:
        for name, value, is_important in declarations_of(inline[:10_000]):
            found.append((is_important, True, (0, 0, 0), 0, name, value))
    found.sort(key=_rank)
    style: Style = {}
    for *_, name, value in found:
        if name == "background":
            style.pop("background-color", None)
            style.pop("background-image", None)
        elif name == "font":
            style.pop("font-size", None)
        elif name == "overflow":
            style.pop("overflow-x", None)
            style.pop("overflow-y", None)
        style.pop(name, None)
        style[name] = resolved(value, sheet.variables)
    return style


def _rank(
    entry: tuple[bool, bool, tuple[int, int, int], int, str, str],
) -> tuple[bool, bool, tuple[int, int, int], int]:
    return entry[:4]


def _hides_all(element: Any, style: Style) -> bool:
    """Whether neither the element nor anything in it is shown."""
    if element.get("hidden") is not None or element.get("popover") is not None:
        return True
    if (element.get("aria-hidden") or "").strip().lower() == "true":
        return True
    return bool(style) and hides_everything(style)


def _is_formula(element: Any) -> bool:
    """Whether it is the readable twin of a formula that is drawn in another way; words are no formula."""
    label = element.get("class") or ""
    is_twin = element.tag == "mjx-assistive-mml" or any(name in label for name in _FORMULA_CLASSES)
    if not is_twin or element.find(".//{*}math") is None:
        return False
    return sum(len(_NATURAL_WORD.findall(text)) for text in element.itertext(with_tail=False)) <= _MAX_NATURAL_WORDS


def _look(inherited: Look, style: Style, *, is_root: bool) -> Look:
    """What an element looks like: what it inherits, and what its style changes."""
    visibility = style.get("visibility")
    is_visible = inherited.is_visible
    if visibility in ("hidden", "collapse"):
        is_visible = False
    elif visibility in ("visible", "initial"):
        is_visible = True
    font_px = _font_px(inherited.font_px, style)
    colour, ground = inherited.colour, inherited.ground
    stated = style.get("-webkit-text-fill-color") or style.get("color")
    if stated is not None and stated not in ("inherit", "currentcolor"):
        colour = colour_in(stated)
    if "text" in (style.get("background-clip"), style.get("-webkit-background-clip")):
        # The letters are holes through which the background is seen.
        colour = colour_in(style.get("background-image", "") or style.get("background", "")) or colour_in(
            style.get("background-color", "")
        )
    else:
        ground = _ground(ground, style)
    if is_root and ground is WHITE and colour is not None and contrast(over(colour, WHITE), WHITE) < 1.6:
        ground = None  # light words on a page that does not say here that it is dark
    spacing = pixels(style.get("letter-spacing", ""), relative_to_px=font_px)
    is_squeezed = spacing is not None and spacing <= -0.4 * font_px
    is_marked = font_px < _TINY_PX or is_squeezed or _is_camouflage(colour, ground)
    return Look(is_visible, font_px, colour, ground, is_marked)


def _font_px(inherited: float, style: Style) -> float:
    value = style.get("font-size")
    if value is None and "font" in style:
        found = _FONT_SIZE.search(style["font"])
        value = found.group(1) if found else None
    if value is None or value in ("inherit", "unset"):
        return inherited
    if value in _SIZES:
        return _SIZES[value]
    if value.endswith("%"):
        return inherited * share(value)
    if "(" in value:
        numbers = [length for word in re.split(r"[(),\s]+", value) if (length := pixels(word)) is not None]
        return max(numbers, default=inherited)
    size = pixels(value, relative_to_px=inherited)
    return inherited if size is None else size


def _ground(inherited: Colour | None, style: Style) -> Colour | None:
    image = style.get("background-image", "") + style.get("background", "")
    if "url(" in image or "gradient" in image or "unknown" in image:
        return None
    value = style.get("background-color") or style.get("background")
    if value is None or value in ("none", "inherit", "initial", "unset"):
        return inherited
    colour = colour_in(value)
    if colour is None:
        return None if style.get("background-color") or not re.match(r"none|0|no-repeat|scroll", value) else inherited
    if colour[3] >= 0.99:
        return colour
    return None if inherited is None else over(colour, inherited)


def _is_camouflage(colour: Colour | None, ground: Colour | None) -> bool:
    if colour is None:
        return False
    if colour[3] < LEAST_OPACITY:
        return True
    return ground is not None and contrast(over(colour, ground), ground) < _LEAST_CONTRAST


def _can_be_read(look: Look) -> bool:
    return look.is_visible and not look.is_marked


def _select(removed: Removed, element: Any) -> None:
    removed.characters += sum(len(text.strip()) for text in element.itertext(with_tail=False) if text)
    removed.selected.append(element)


def _count(removed: Removed, length: int, look: Look) -> None:
    removed.characters += length
    if look.is_marked:
        removed.camouflaged += length


def _drop(element: Any) -> None:
    """Leave an empty shell: what follows an element in the tree hangs on it and stays."""
    element.clear(keep_tail=True)
    element.tag = "span"


def _is_for_screens(media: str) -> bool:
    media = media.strip().lower()
    return not media or "screen" in media or "all" in media
