"""Which parts of a web page are what it is about: readability's judgement, corrected where it is known to err.

Readability is asked only where it can answer soon. It never decides what the text is, only which blocks are beside
the point: tables, lists, listings and headings within what it found stay, and so does a page that it misunderstood.
"""

from __future__ import annotations

import copy
import logging
import math
import time
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from engine.reading.extract.html_navigation import ASIDE_MARK
from engine.reading.extract.html_tags import BLOCKS, HEADINGS, names_appeal, names_navigation

_NUMBER_MARK = "data-plumbline-number"
_MAX_ELEMENTS = 30_000
_MAX_WORK = 60_000_000
"""Characters that readability would serialise: every <div> once for each <div> that it stands in."""
_MAX_SECONDS = 2.5
_WEIGHED = frozenset({"class", "id", "itemprop", _NUMBER_MARK})
"""Attributes that it looks at."""
_MAX_ATTRIBUTE_LENGTH = 500
_LEAST_KEPT = 200
_LEAST_SHARE = 0.2
_STRUCTURED = frozenset(
    {"table", "pre", "ul", "ol", "dl", "blockquote", "figure", "xmp", "listing", "tr", "tbody", "td"}
)
_CONTAINERS = frozenset({"div", "section", "article", "details", "figure"})
_SECTIONS = frozenset({"section"})
_LEAST_SECTION = 80
_BESIDE = frozenset({"nav", "aside", "footer", "form", "menu"})


class _TookTooLong(BaseException):
    """Not an Exception: readability would catch it and go on."""


@dataclass(slots=True)
class _Open:
    """An element on the way down."""

    element: Any
    is_kept: bool
    is_inside: bool
    """Whether it stands in something that readability kept."""
    holds_kept: bool = False
    unkept: list[Any] = field(default_factory=list)
    kept_kinds: set[tuple[str, str]] = field(default_factory=set)
    """Tags and classes of the children in which something is kept."""


def mark_asides(root: Any, *, prose_characters: int, give_up_at: float = math.inf) -> bool:
    """Mark the outermost blocks that are beside the point; False if that is not known and nothing is marked.

    Args:
        root: of a page without hidden parts; it is given attributes.
        prose_characters: how much text the page seems to have beside its menus.
        give_up_at: when to do without, by ``time.process_time``.
    """
    if not _number(root):
        return False
    kept, length = _kept(root, min(give_up_at, time.process_time() + _MAX_SECONDS))
    if length < min(_LEAST_KEPT, prose_characters) or length < _LEAST_SHARE * prose_characters:
        return False
    _mark(root, kept)
    return True


def _number(root: Any) -> bool:
    """Number the blocks; False if readability would be busy for too long."""
    count = work = divs = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if event == "end":
            divs -= tag == "div"
            continue
        divs += tag == "div"
        count += 1
        work += (40 + len(element.text or "") + len(element.tail or "")) * divs
        if count > _MAX_ELEMENTS or work > _MAX_WORK:
            return False
        if tag in BLOCKS:
            element.set(_NUMBER_MARK, str(count))
    return True


def _kept(root: Any, give_up_at: float) -> tuple[frozenset[str], int]:
    """The numbers of the blocks that readability keeps, and how much text there is in them."""
    from readability.readability import Document, Unparseable  # noqa: PLC0415  slow to import

    class Reader(Document):  # type: ignore[misc]
        """Readability that looks at the clock, and leaves the result as a tree."""

        def tags(self, node: Any, *names: str) -> Any:
            for element in super().tags(node, *names):
                _look_at_clock(give_up_at)
                yield element

        def class_weight(self, element: Any) -> Any:
            _look_at_clock(give_up_at)
            return super().class_weight(element)

        def get_link_density(self, element: Any) -> Any:
            _look_at_clock(give_up_at)
            return super().get_link_density(element)

        def get_clean_html(self) -> str:
            return etree.tostring(self.html, encoding="unicode", method="html")

    logging.getLogger("readability.readability").setLevel(logging.CRITICAL + 1)
    try:
        reader = Reader(_lightened(root))
        reader.summary()
    except (_TookTooLong, Unparseable, RecursionError, ValueError):
        return frozenset(), 0
    found = reader.html
    if found is None:
        return frozenset(), 0
    numbers = frozenset(number for element in found.iter() if (number := element.get(_NUMBER_MARK)))
    return numbers, sum(len(text.strip()) for text in found.itertext())


def _lightened(root: Any) -> Any:
    """A copy of the page without what readability does not look at, or would look at for very long.

    Raises:
        ValueError: a name in the page is none that a tree can be changed by.
    """
    page = copy.deepcopy(root)
    for element in page.iter():
        for part in ("text", "tail"):
            text = getattr(element, part)
            if text and len(text) > 1_000:
                setattr(element, part, " ".join(text.split()))
        for name, value in element.items():
            if name not in _WEIGHED or len(value) > _MAX_ATTRIBUTE_LENGTH:
                del element.attrib[name]
    return page


def _look_at_clock(give_up_at: float) -> None:
    if time.process_time() > give_up_at:
        raise _TookTooLong


def _mark(root: Any, kept: frozenset[str]) -> None:
    trail: list[_Open] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            is_kept = element.get(_NUMBER_MARK) in kept
            is_inside = bool(trail) and (trail[-1].is_kept or trail[-1].is_inside)
            trail.append(_Open(element, is_kept, is_inside))
            continue
        ended = trail.pop()
        if ended.is_kept or ended.holds_kept:
            for child in ended.unkept:
                is_alike = child.getparent() is element and _kind(child) in ended.kept_kinds
                if not _is_rescued(child, is_inside=ended.is_kept or ended.is_inside, is_alike=is_alike):
                    child.set(ASIDE_MARK, "")
            if trail:
                trail[-1].holds_kept = True
                trail[-1].kept_kinds.add(_kind(element))
        elif trail:
            if element.get(_NUMBER_MARK):
                trail[-1].unkept.append(element)
            else:
                trail[-1].unkept.extend(ended.unkept)
    for element in root.iter():
        if element.get(_NUMBER_MARK):
            del element.attrib[_NUMBER_MARK]


def _kind(element: Any) -> tuple[str, str]:
    return element.tag, (element.get("class") or "").strip()


def _is_rescued(element: Any, *, is_inside: bool, is_alike: bool) -> bool:
    """Whether a block that readability left out belongs to the page all the same.

    Args:
        element: the block.
        is_inside: whether it stands in something that readability kept.
        is_alike: whether something beside it, of the same tag and class, holds what readability kept.
    """
    tag = element.tag
    if tag == "h1":
        return True
    label = f"{element.get('class') or ''} {element.get('id') or ''}"
    if tag in _BESIDE or names_appeal(label):
        return False
    is_section = is_alike and (tag in _SECTIONS or bool(element.get("class")))
    if names_navigation(label) and not (is_section and tag in _SECTIONS):
        return False
    length = _length(element)
    links = sum(_length(link) for link in element.iter("a"))
    if tag in HEADINGS:
        return links <= 0.6 * length
    if tag == "p" or (is_section and (tag in _CONTAINERS or tag in _STRUCTURED)):
        return length >= _LEAST_SECTION and links <= 0.25 * length
    if not is_inside or links > 0.4 * length:
        return False
    if tag in _STRUCTURED:
        return True
    return tag in _CONTAINERS and next(element.iter("pre", "table"), None) is not None


def _length(element: Any) -> int:
    return sum(len(text.strip()) for text in element.itertext() if text)
