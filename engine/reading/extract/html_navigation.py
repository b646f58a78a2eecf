"""Which blocks of a page lead elsewhere instead of saying something: menus, breadcrumbs, contents, indexes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft
from engine.reading.extract.html_tags import NAVIGATION_ROLES, names_appeal, names_navigation


class Hint(Enum):
    """What the tag of a region promises; its text decides."""

    NONE = 0
    MAYBE = 1
    LIKELY = 2
    MAIN = 3
    """The part of the page that matters."""
    ASIDE = 4
    """Whatever stands in it: somebody has looked at the whole page and found it beside the point."""


ASIDE_MARK = "data-plumbline-aside"
"""The attribute by which whoever has looked at the whole page says so."""


@dataclass(slots=True, kw_only=True)
class HtmlDraft(Draft):
    """A draft that knows how much of it is links."""

    link_characters: int = 0


_LIKELY_TAGS = frozenset({"nav", "menu", "dir"})
_OUTER_TAGS = frozenset({"header", "footer"})
_LABELLED_TAGS = frozenset({"div", "table", "ul", "ol", "dl", "td", "aside", "p", "section", "tr", "center"})
_WAYS = re.compile(
    r"\b(?:next|prev|previous|up|home|top|back|contents|index|forward|first|last|table of contents|main page)\b", re.I
)
_WORDS = re.compile(r"\w+")
_CONTENTS_HEADING = re.compile(
    r"(?:table of )?contents|on this page|navigation|index|see also|related (?:pages|links|documents)|menu", re.I
)
_MOSTLY = 0.7
_RUN = 3


def region_hint(tag: str, attributes: list[tuple[str, str]], is_outer: bool) -> Hint:
    """Return what the opening tag of a block says about the blocks in it."""
    if attributes and attributes[-1][0] == ASIDE_MARK:
        return Hint.ASIDE
    if tag == "main":
        return Hint.MAIN
    if tag in _LIKELY_TAGS or (is_outer and tag in _OUTER_TAGS):
        return Hint.LIKELY
    hint = Hint.NONE
    is_section = tag == "section"
    for name, value in attributes:
        if name == "role":
            if value == "main":
                return Hint.MAIN
            if value in NAVIGATION_ROLES:
                return Hint.LIKELY
        elif name == "class":
            is_section = is_section or "section" in value.split()
            if tag in _LABELLED_TAGS and names_appeal(value):
                return Hint.LIKELY
            if tag in _LABELLED_TAGS and names_navigation(value):
                hint = Hint.MAYBE
        elif name == "id" and not is_section and tag in _LABELLED_TAGS and names_navigation(value):
            hint = Hint.MAYBE
    return hint


def mark_region(drafts: Sequence[HtmlDraft], hint: Hint) -> None:
    """Mark a region whose tag hinted at navigation, unless its text is prose."""
    length = sum(len(draft.text) for draft in drafts)
    links = sum(draft.link_characters for draft in drafts)
    if hint is Hint.ASIDE:
        is_navigation = True
    elif hint is Hint.LIKELY:
        is_navigation = length < 600 or links >= 0.3 * length
    else:
        is_navigation = links >= 0.5 * length or (length <= 150 and links > 0)
    if not is_navigation:
        return
    for draft in drafts:
        if not (draft.kind is BlockKind.HEADING and draft.level <= 1):
            draft.is_navigation = True


def mark_navigation(drafts: Sequence[HtmlDraft], *, main: tuple[int, int] | None) -> None:
    """Mark what the whole page shows to be navigation: link lists, rows of ways, everything outside the main part."""
    if main is not None:
        _mark_outside(drafts, main)
    leads = [_leads_elsewhere(draft) for draft in drafts]
    start = 0
    while start < len(drafts):
        end = start
        while end < len(drafts) and leads[end]:
            end += 1
        if end - start >= _RUN:
            for draft in drafts[start:end]:
                draft.is_navigation = True
        start = max(end, start + 1)
    for draft in drafts:
        if not draft.is_navigation and _is_row_of_ways(draft):
            draft.is_navigation = True
    _mark_headings(drafts)


def mark_empty_sections(drafts: Sequence[HtmlDraft]) -> None:
    """Mark headings below the first level under which every block is marked."""
    under: list[bool] = []
    """Of the blocks after a heading, whether they are marked."""
    for draft in reversed(drafts):
        if draft.kind is not BlockKind.HEADING:
            under.append(draft.is_navigation)
            continue
        if draft.level > 1 and under and all(under):
            draft.is_navigation = True
        else:
            under.append(False)  # what is above it holds this section
        if draft.is_navigation or draft.level <= 2:
            under.clear()


def _mark_outside(drafts: Sequence[HtmlDraft], main: tuple[int, int]) -> None:
    first, last = main
    inside = sum(len(draft.text) for draft in drafts[first:last])
    if inside * 2 < sum(len(draft.text) for draft in drafts):
        return
    for draft in (*drafts[:first], *drafts[last:]):
        if not (draft.kind is BlockKind.HEADING and draft.level <= 1):
            draft.is_navigation = True


def _leads_elsewhere(draft: HtmlDraft) -> bool:
    if draft.kind is BlockKind.CODE:
        return False
    return draft.is_navigation or draft.link_characters >= _MOSTLY * len(draft.text)


def _is_row_of_ways(draft: HtmlDraft) -> bool:
    """Next, Previous, Up, Contents: a row of ways through a manual."""
    if draft.kind is BlockKind.CODE or draft.link_characters < 0.3 * len(draft.text) or len(draft.text) > 400:
        return False
    ways = len(_WAYS.findall(draft.text))
    return ways >= 2 or (ways == 1 and len(_WORDS.findall(draft.text)) <= 2)


def _mark_headings(drafts: Sequence[HtmlDraft]) -> None:
    """A heading such as Contents belongs to the list under it."""
    for draft, following in pairwise(drafts):
        if (
            draft.kind is BlockKind.HEADING
            and following.is_navigation
            and following.kind is not BlockKind.HEADING
            and _CONTENTS_HEADING.fullmatch(draft.text.strip(" :."))
        ):
            draft.is_navigation = True
