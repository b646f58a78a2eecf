"""Style sheets inside a page: which of their rules hide or colour text, and which elements they are about.

Only what simple selectors can say is understood. Rules that depend on the pointer, the focus or paper do not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_MAX_SHEET_LENGTH = 1 << 20
_MAX_RULES = 20_000
_MAX_SELECTOR_LENGTH = 300
_MAX_STEPS = 500_000
"""Of matching; after them rules are taken to be about everything that their last part fits: too much is hidden then."""
_LAST_RULES = 5
_MAX_NESTING = 8
_SCREEN_WIDTH_PX = 1_280
_RELEVANT = frozenset(
    "display visibility opacity font font-size color background background-color background-image position left "
    "right top bottom inset text-indent clip clip-path transform scale translate zoom width height max-width "
    "max-height overflow overflow-x overflow-y margin margin-left margin-top padding padding-top padding-bottom "
    "line-height letter-spacing rotate filter content-visibility -webkit-text-fill-color background-clip "
    "-webkit-background-clip".split()
)
_PIECE = re.compile(r"""[{};]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""")
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.S)
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)\s*(?:,([^()]*))?\)")
_ROOTS = re.compile(r":root|:host|(?:^|,)\s*(?:html|body|\*)\s*(?:,|$)")
_WIDTH = re.compile(r"(min|max)-width\s*:\s*([\d.]+)(px|r?em)")
_SIMPLE = re.compile(
    r"(?P<tag>[a-zA-Z][\w-]*|\*)|\.(?P<label>[\w-]+)|#(?P<id>[\w-]+)"
    r"|\[\s*(?P<name>[\w-]+)\s*(?:(?P<how>[~^$*|]?=)\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\]\s]+)\s*(?P<loosely>i)?s?\s*)?\]"
    r"|:(?P<pseudo>[\w-]+)(?:\((?P<inner>[^()]*)\))?"
)
_STEPS = re.compile(r"(?P<step>[+-]?\d{0,6})n(?P<first>[+-]\d{1,6})?|(?P<number>\d{1,6})")
_COMMA = re.compile(r",(?![^(]*\))")
_MAX_SIBLINGS = 500
_NEVER_STATES = frozenset("hover focus active visited target focus-within focus-visible checked disabled".split())


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element has to be: ``p.note[lang]``."""

    tag: str = ""
    id: str = ""
    labels: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str, str], ...] = ()
    is_root: bool = False
    place: str = ""
    """``first-child``, ``last-child``, ``only-child``, or what stands in ``:nth-child(…)``."""
    choices: tuple[tuple[Compound, ...], ...] = ()
    """Of each ``:is(…)`` and ``:where(…)``; one of them has to fit."""
    refused: tuple[Compound, ...] = ()
    """Of ``:not(…)``."""

    def fits(self, element: Any) -> bool:
        """Return whether an element is what the compound describes."""
        if self.tag and element.tag != self.tag:
            return False
        if self.id and element.get("id") != self.id:
            return False
        if self.labels:
            labels = (element.get("class") or "").split()
            if not all(label in labels for label in self.labels):
                return False
        if self.is_root and element.tag != "html":
            return False
        if self.place and not _is_at(element, self.place):
            return False
        if not all(any(choice.fits(element) for choice in choices) for choices in self.choices):
            return False
        return all(_has(element, *test) for test in self.attributes) and not any(
            compound.fits(element) for compound in self.refused
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations for the elements that a chain of compounds leads to."""

    compounds: tuple[Compound, ...]
    """The last is about the element itself."""
    combinators: tuple[str, ...]
    """Between the compounds: a space, ``>``, ``+`` or ``~``."""
    weight: tuple[int, int, int]
    declarations: tuple[tuple[str, str, bool], ...]
    """Property, value, whether it is important."""


@dataclass(slots=True)
class Sheet:
    """All rules of a page that matter here, found by what their last compound names."""

    rules: dict[str, list[tuple[int, Rule]]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    count: int = 0
    steps: int = 0

    def add(self, text: str) -> None:
        """Add the rules of a style sheet; what is not understood is left out."""
        for selector, declarations in _blocks(text[:_MAX_SHEET_LENGTH]):
            if self.count >= _MAX_RULES:
                return
            kept = tuple(declarations_of(declarations))
            if _ROOTS.search(selector):
                self.variables.update((name, value) for name, value, _ in kept if name.startswith("--"))
            kept = tuple(one for one in kept if not one[0].startswith("--"))
            if not kept:
                continue
            for one in _COMMA.split(selector[: 20 * _MAX_SELECTOR_LENGTH]):
                for rule in _rules(one.strip(), kept):
                    last = rule.compounds[-1]
                    key = f"#{last.id}" if last.id else f".{last.labels[0]}" if last.labels else last.tag or "*"
                    self.rules.setdefault(key, []).append((self.count, rule))
                    self.count += 1

    def matching(self, element: Any) -> list[tuple[int, Rule]]:
        """Return the rules about an element, each with its place in the sheet."""
        if not self.rules:
            return []
        keys = [element.tag, "*"]
        if label := element.get("class"):
            keys += [f".{word}" for word in label.split()[:30]]
        if name := element.get("id"):
            keys.append(f"#{name}")
        found: list[tuple[int, Rule]] = []
        for key in dict.fromkeys(keys):
            rules = self.rules.get(key, [])
            if self.steps > _MAX_STEPS:
                rules = rules[-_LAST_RULES:]
            found.extend(one for one in rules if self._leads_to(one[1], element, len(one[1].compounds) - 1))
        return found

    def _leads_to(self, rule: Rule, element: Any, index: int) -> bool:
        self.steps += 1
        if not rule.compounds[index].fits(element):
            return False
        if index == 0 or self.steps > _MAX_STEPS:
            return True
        combinator = rule.combinators[index - 1]
        if combinator == ">":
            parent = element.getparent()
            return parent is not None and self._leads_to(rule, parent, index - 1)
        if combinator == "+":
            before = element.getprevious()
            return before is not None and self._leads_to(rule, before, index - 1)
        others = element.iterancestors() if combinator == " " else element.itersiblings(preceding=True)
        return any(self._leads_to(rule, other, index - 1) for other in others)


def declarations_of(text: str) -> Iterator[tuple[str, str, bool]]:
    """Yield property, value in lower case, and whether it is important, of those that can hide text, and variables."""
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    for declaration in _without_comments(text).split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon or (name not in _RELEVANT and not name.startswith("--")):
            continue
        value = value.strip().lower()[:300]
        is_important = "!important" in value.replace(" ", "")
        value = value.partition("!")[0].strip()
        if value:
            yield name, value, is_important


def resolved(value: str, variables: Mapping[str, str]) -> str:
    """Return a value with its variables replaced; ``unknown`` stands for those that nobody defines."""

    def meant(found: re.Match[str]) -> str:
        return variables.get(found.group(1), (found.group(2) or "unknown").strip())

    for _ in range(4):
        if "var(" not in value:
            break
        value = _VARIABLE.sub(meant, value)[:300]
    return value


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield selector and declarations of each block that counts on a screen."""
    text = _without_comments(text)
    start = 0
    heads: list[str] = []
    """Of the blocks that are open, outermost first; a style rule has its selector."""
    for piece in _PIECE.finditer(text):
        mark = piece.group()
        if mark[0] in "\"'":
            continue
        if mark == "{":
            before, head = "", text[start : piece.start()]
            if heads and not heads[-1].startswith("@"):
                before, _, head = head.rpartition(";")
            head = head.strip()
            if before and _all_count(heads[:-1]):
                yield heads[-1], before
            if heads and not heads[-1].startswith("@") and not head.startswith("@"):
                head = head.replace("&", heads[-1]) if "&" in head else f"{heads[-1]} {head}"
            heads.append(head[: 4 * _MAX_SELECTOR_LENGTH])
            start = piece.end()
        elif mark == "}":
            if heads:
                head = heads.pop()
                if not head.startswith("@") and _all_count(heads):
                    yield head, text[start : piece.start()]
            start = piece.end()
        elif (not heads or heads[-1].startswith("@")) and text[start : start + 100].lstrip().startswith("@"):
            start = piece.end()  # @import …;


def _all_count(heads: Sequence[str]) -> bool:
    return len(heads) <= _MAX_NESTING and all(_counts(head) for head in heads)


def _counts(head: str) -> bool:
    """Whether what stands inside a block with this head counts on the screen of a desktop."""
    if not head.startswith("@"):
        return True
    lowered = head.lower()
    if lowered.startswith("@media"):
        return any(_is_for_us(query) for query in lowered[6:].split(","))
    return lowered.startswith(("@supports", "@layer", "@container", "@scope"))


def _is_for_us(query: str) -> bool:
    words = set(re.findall(r"[\w-]+", query))
    if words & {"print", "speech"}:
        return "not" in words
    if words & {"not", "dark", "reduce", "portrait", "monochrome"}:
        return False
    for bound, number, unit in _WIDTH.findall(query):
        try:
            width = float(number) * (1 if unit == "px" else 16)
        except ValueError:
            return False
        if (bound == "min" and width > _SCREEN_WIDTH_PX) or (bound == "max" and width < _SCREEN_WIDTH_PX):
            return False
    return True


def _rules(selector: str, declarations: tuple[tuple[str, str, bool], ...]) -> Iterator[Rule]:
    if not selector or len(selector) > _MAX_SELECTOR_LENGTH:
        return
    spaced = re.sub(r"\s*([>+~])\s*(?![^\[]*\])", r" \1 ", _ESCAPE.sub(_unescaped, selector))
    compounds: list[Compound] = []
    combinators: list[str] = []
    pending = ""
    for word in re.findall(r"(?:\[[^\]]*\]|\([^)]*\)|[^\s\[(])+", spaced):
        if word in (">", "+", "~"):
            pending = word
            continue
        compound = _compound(word)
        if compound is None:
            return
        if compounds:
            combinators.append(pending or " ")
        compounds.append(compound)
        pending = ""
    if compounds and len(compounds) <= _MAX_NESTING:
        weight = (
            sum(bool(c.id) for c in compounds),
            sum(len(c.labels) + len(c.attributes) + bool(c.place) + c.is_root for c in compounds),
            sum(bool(c.tag) for c in compounds),
        )
        yield Rule(tuple(compounds), tuple(combinators), weight, declarations)


def _compound(text: str) -> Compound | None:
    """The compound, or None if it is about something that cannot be judged here."""
    tag = name = place = ""
    labels: list[str] = []
    attributes: list[tuple[str, str, str]] = []
    refused: list[Compound] = []
    choices: list[tuple[Compound, ...]] = []
    is_root = False
    end = 0
    for found in _SIMPLE.finditer(text):
        if found.start() != end:
            return None
        end = found.end()
        if found["tag"]:
            tag = "" if found["tag"] == "*" else found["tag"].lower()
        elif found["label"]:
            labels.append(found["label"])
        elif found["id"]:
            name = found["id"]
        elif found["name"]:
            value = (found["value"] or "").strip("\"'")
            how = f"{found['how'] or ''}{'i' if found['loosely'] else ''}"
            attributes.append((found["name"].lower(), how, value))
        else:
            pseudo = found["pseudo"].lower()
            if pseudo == "root":
                is_root = True
            elif pseudo in ("first-child", "last-child", "only-child"):
                place = pseudo
            elif pseudo == "nth-child" and found["inner"]:
                place = found["inner"].strip().lower()
            elif pseudo == "not" and found["inner"]:
                inner = found["inner"].strip()
                if inner.lstrip(":") in _NEVER_STATES:
                    continue
                compound = _compound(inner)
                if compound is None:
                    return None
                refused.append(compound)
            elif pseudo in ("is", "where") and found["inner"]:
                choices.append(
                    tuple(c for one in found["inner"].split(",") if (c := _compound(one.strip())) is not None)
                )
            else:
                return None
    if end != len(text):
        return None
    return Compound(tag, name, tuple(labels), tuple(attributes), is_root, place, tuple(choices), tuple(refused))


def _is_at(element: Any, place: str) -> bool:
    """Whether an element stands where a selector wants it among its siblings."""
    if place in ("first-child", "last-child", "only-child"):
        is_first = place == "last-child" or element.getprevious() is None
        return is_first and (place == "first-child" or element.getnext() is None)
    index = 1
    for _ in element.itersiblings(preceding=True):
        index += 1
        if index > _MAX_SIBLINGS:
            return False
    place = {"odd": "2n+1", "even": "2n"}.get(place, place).replace(" ", "")
    found = _STEPS.fullmatch(place)
    if found is None:
        return False
    if found["step"] is None:
        return index == int(found["number"])
    step = int(f"{found['step']}1" if found["step"] in ("", "+", "-") else found["step"])
    rest = index - int(found["first"] or 0)
    return rest == 0 if step == 0 else rest % step == 0 and rest // step >= 0


def _has(element: Any, name: str, how: str, value: str) -> bool:
    actual = element.get(name)
    if actual is None or not how:
        return actual is not None
    if how.endswith("i"):
        how, actual, value = how[:-1], actual.lower(), value.lower()
    match how:
        case "=":
            return bool(actual == value)
        case "~=":
            return value in actual.split()
        case "^=":
            return bool(value) and actual.startswith(value)
        case "$=":
            return bool(value) and actual.endswith(value)
        case "*=":
            return bool(value) and value in actual
    return bool(actual == value) or actual.startswith(f"{value}-")


def _without_comments(text: str) -> str:
    if "/*" not in text:
        return text.replace("<!--", " ").replace("-->", " ")
    parts: Sequence[str] = text.split("/*")
    kept = [parts[0]]
    for part in parts[1:]:
        _, closed, rest = part.partition("*/")
        if closed:
            kept.append(rest)
    return " ".join(kept).replace("<!--", " ").replace("-->", " ")


def _unescaped(found: re.Match[str]) -> str:
    if found.group(2) is not None:
        return found.group(2)
    code = int(found.group(1), 16)
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"
