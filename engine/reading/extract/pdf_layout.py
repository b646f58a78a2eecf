"""Lines of PDF pages to blocks: which lines belong together, which are headings, which stand on every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft, one_line
from engine.reading.extract.lines import joined, shape
from engine.reading.extract.pdf_lines import HYPHEN, Line

_BULLET = re.compile(r"(?:[•‣◦▪·∙*–—+-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s+(?=\S)")
_BULLET_MARK = re.compile(r"\A[•‣◦▪·∙*–—+-]\s+(?=\S)")
_NUMBERED = re.compile(r"(?:(?:Appendix|Chapter|Section|Part)\s+)?((?:\d{1,3}|[A-Z])(?:\.\d{1,3})*)\.?\s+(?=\S)")
_LEADERS = re.compile(r"(?:[.·]\s?){5,}\s*\S{0,8}\s*$")
_ENDS_WITH_PAGE = re.compile(r"\S.*?[\s,.]\s*(?:\d{1,4}|[ivxlc]{1,6})(?:[,–-]\s?\d{1,4})*$")
_PAGE_NUMBER = re.compile(r"(?:page\s+)?[-–—\s]*(?:\d{1,4}|[ivxlc]{1,7})[-–—\s]*(?:(?:of|/)\s*\d{1,4})?", re.IGNORECASE)
_DIVIDED = re.compile(rf"([^\W\d_]+){HYPHEN}([^\W\d_]+)")
_PREFIXES = frozenset("over under out with for down back fore inter counter sub super trans mis non some any".split())
"""Words that are also the beginnings of others."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_NOT_A_LETTER = re.compile(r"[\W_]+")
_SENTENCE_END = (".", "!", "?", "。", "!", "?", ".”", '."', ".)", "।", "؟", ":", ";")
_TOP, _BOTTOM = 0.14, 0.86
_EDGE_LINES = 3
_MAX_HEADING_LENGTH = 180
_MAX_PARAGRAPH_LENGTH = 8_000
_LARGER = 1.12
_Mark = tuple[str, int, bool]
"""Words, size and whether it stands at the top."""
_FULL, _NEARLY_FULL = 0.12, 0.3
"""How far before the margin a line may end that was broken because the next word did not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """One bookmark of the PDF."""

    title: str
    level: int
    page: int
    """1-based."""


def page_blocks(pages: Sequence[Sequence[Line]], *, outline: Sequence[OutlineEntry]) -> tuple[list[Draft], str]:
    """Return the blocks of all pages, and the largest heading of the first page: the likely title."""
    bodies = _without_running_lines(pages)
    style = _style_of(bodies, outline)
    drafts: list[Draft] = []
    paragraph: _Paragraph | None = None
    for number, lines in enumerate(bodies, start=1):
        page = _Page(lines, number)
        for index, line in enumerate(lines):
            role = style.role(page, index)
            if paragraph is not None and _goes_on(paragraph, line, role, page, style):
                paragraph.lines.append(line)
                paragraph.page = page
                continue
            if paragraph is not None:
                drafts.append(paragraph.draft(style))
            paragraph = _Paragraph(role=role, lines=[line], first_page=number, page=page)
    if paragraph is not None:
        drafts.append(paragraph.draft(style))
    return drafts, _largest(bodies, style)


# --- lines that stand on every page ------------------------------------------------------------------------------


def _without_running_lines(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    body = _body_size(pages)
    marks = [[(line, _mark(line, body)) for line in _edge_lines(lines)] for lines in pages]
    counts: Counter[_Mark] = Counter()
    for edge in marks:
        counts.update({mark for _, mark in edge})
    needed = max(3, min(8, len(pages) // 5))
    outermost = [_outermost(edge) for edge in marks]
    result = []
    for index, lines in enumerate(pages):
        near = set().union(*outermost[max(index - 1, 0) : index], *outermost[index + 1 : index + 2])
        running = {
            id(line)
            for line, mark in marks[index]
            if counts[mark] >= needed
            or (mark in near and mark in outermost[index])
            or (len(pages) > 1 and _PAGE_NUMBER.fullmatch(line.text.strip()))
        }
        result.append([line for line in lines if id(line) not in running])
    return result


def _body_size(pages: Sequence[Sequence[Line]]) -> float:
    sizes: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 10.0


def _edge_lines(lines: Sequence[Line]) -> list[Line]:
    ordered = sorted(lines, key=lambda line: line.first_baseline)
    top = [line for line in ordered[:_EDGE_LINES] if line.first_baseline < _TOP]
    bottom = [line for line in ordered[-_EDGE_LINES:] if line.first_baseline > _BOTTOM]
    return top + bottom


def _mark(line: Line, body: float) -> _Mark:
    """What a running line has in common on all its pages; of large type every letter, since chapters are numbered."""
    text = line.text if line.size >= body * _LARGER else shape(line.text)
    return text, round(line.size), line.first_baseline < 0.5


def _outermost(edge: Sequence[tuple[Line, _Mark]]) -> set[_Mark]:
    """The highest and the lowest line of a page: if its neighbour has the same, it is a running title."""
    if not edge:
        return set()
    return {min(edge, key=_height)[1], max(edge, key=_height)[1]}


def _height(marked: tuple[Line, _Mark]) -> float:
    return marked[0].first_baseline


# --- what a line is ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Role:
    kind: BlockKind
    level: int = 0
    is_navigation: bool = False


_BODY = _Role(BlockKind.PARAGRAPH)
_ITEM = _Role(BlockKind.LIST_ITEM)
_CODE = _Role(BlockKind.CODE)
_CONTENTS = _Role(BlockKind.LIST_ITEM, is_navigation=True)


class _Page:
    """The lines of a page and what only all of them together tell."""

    def __init__(self, lines: Sequence[Line], number: int) -> None:
        self.lines = lines
        self.number = number
        ending = sum(bool(_ENDS_WITH_PAGE.match(line.text)) for line in lines)
        leading = sum(bool(_LEADERS.search(line.text)) for line in lines)
        self.is_contents = len(lines) >= 8 and (ending >= 0.6 * len(lines) or leading >= 0.3 * len(lines))
        self._margins: dict[int, float] = {}

    def shortfall(self, line: Line) -> float:
        """How far the line ends before the right margin of its column, as a share of the page's width."""
        place = int(line.right * 10)
        margin = self._margins.get(place)
        if margin is None:
            reached = sorted(
                (
                    other.right
                    for other in self.lines
                    if other.left < place / 10 - 0.05 and other.right - other.left > 0.25
                ),
                reverse=True,
            )
            # The third, because one or two lines may cross the columns.
            margin = self._margins[place] = reached[min(2, len(reached) - 1)] if reached else 1.0
        return margin - line.right


@dataclass(slots=True)
class _Style:
    """How the document is set."""

    body_size: float
    spacing: float
    """Between the baselines of one paragraph, as a share of the page's height."""
    heading_sizes: tuple[float, ...]
    """Larger than the body's, largest first."""
    outline: dict[tuple[int, str], int]
    """Page and letters of a heading → its level."""
    words: frozenset[str]
    are_bold_lines_headings: bool

    def role(self, page: _Page, index: int) -> _Role:
        """What the line is by itself and among its neighbours."""
        line = page.lines[index]
        text = line.text
        if _LEADERS.search(text) or (page.is_contents and _ENDS_WITH_PAGE.match(text)):
            return _CONTENTS
        if level := self._outline_level(page, index):
            return _Role(BlockKind.HEADING, level)
        if line.is_fixed:
            return _CODE
        if self._looks_like_heading(page, index):
            return _Role(BlockKind.HEADING, self._level(line))
        return _ITEM if _BULLET.match(text) else _BODY

    def _outline_level(self, page: _Page, index: int) -> int:
        if not self.outline:
            return 0
        letters = _letters(page.lines[index].text)
        if level := self.outline.get((page.number, letters)):
            return level
        for other in (index + 1, index - 1):
            if 0 <= other < len(page.lines) and page.lines[other].size == page.lines[index].size:
                first, second = sorted((index, other))
                both = _letters(page.lines[first].text + " " + page.lines[second].text)
                if level := self.outline.get((page.number, both)):
                    return level
        return 0

    def _looks_like_heading(self, page: _Page, index: int) -> bool:
        line = page.lines[index]
        text = line.text
        if len(text) > _MAX_HEADING_LENGTH or len(_letters(text)) < 2:
            return False
        if line.size in self.heading_sizes:
            return True
        if not (line.is_bold and self.are_bold_lines_headings) or len(text) > 100 or line.size < self.body_size - 0.5:
            return False
        if text.endswith((".", ",", ";")) or _BULLET.match(text):
            return False
        before = page.lines[index - 1] if index else None
        stands_off = before is None or line.first_baseline - before.last_baseline > 1.2 * self.spacing
        return stands_off or bool(_NUMBERED.match(text))

    def _level(self, line: Line) -> int:
        if (numbered := _NUMBERED.match(line.text)) and numbered.end() < len(line.text):
            return min(numbered.group(1).count(".") + 1, 6)
        if line.size in self.heading_sizes:
            return min(self.heading_sizes.index(line.size) + 1, 5)
        return min(len(self.heading_sizes) + 1, 6)


def _style_of(pages: Sequence[Sequence[Line]], outline: Sequence[OutlineEntry]) -> _Style:
    sizes: Counter[float] = Counter()
    lines_of_size: Counter[float] = Counter()
    gaps: list[float] = []
    bold = total = 0
    words: set[str] = set()
    for lines in pages:
        for line in lines:
            sizes[line.size] += len(line.text)
            lines_of_size[line.size] += 1
            total += 1
            bold += line.is_bold
            words.update(word.lower() for word in _WORD.findall(_DIVIDED.sub(" ", line.text)))
    body = _body_size(pages)
    for lines in pages[:200]:
        for before, line in pairwise(lines):
            gap = line.first_baseline - before.last_baseline
            if line.size == body and before.size == body and 0 < gap < 0.06:
                gaps.append(gap)
    larger = sorted((size for size in sizes if size >= body * _LARGER), reverse=True)
    if sum(lines_of_size[size] for size in larger) > 0.4 * max(total, 1):
        larger = [size for size in larger if size >= 1.4 * body]  # slides and posters: everything is large there
    return _Style(
        body_size=body,
        spacing=median(gaps) if gaps else 0.017,
        heading_sizes=tuple(larger[:8]),  # more sizes than that are noise
        outline={
            (entry.page, letters): entry.level for entry in reversed(outline) if (letters := _letters(entry.title))
        },
        words=frozenset(words),
        are_bold_lines_headings=bold < 0.3 * max(total, 1),
    )


def _letters(text: str) -> str:
    """Only what two spellings of the same heading share: letters, without the number before them."""
    numbered = _NUMBERED.match(text)
    if numbered and numbered.end() < len(text):
        text = text[numbered.end() :]
    return _NOT_A_LETTER.sub("", text).casefold()


# --- which lines belong together ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Paragraph:
    role: _Role
    lines: list[Line]
    first_page: int
    page: _Page
    """Of the last line."""

    def draft(self, style: _Style) -> Draft:
        """The block these lines make."""
        if self.role.kind is BlockKind.CODE:
            text = "\n".join(_indented(self.lines))
        else:
            text = joined([line.text for line in self.lines], words=style.words, keep_hyphens=False)
        kind = self.role.kind
        if kind is BlockKind.LIST_ITEM:
            text = _BULLET_MARK.sub("", text, count=1)
        if kind is BlockKind.HEADING and len(text) > _MAX_HEADING_LENGTH:
            kind = BlockKind.PARAGRAPH
        return Draft(
            kind=kind,
            text=_DIVIDED.sub(lambda found: _rejoined(found.group(1), found.group(2), style.words), text).replace(
                HYPHEN, ""
            ),
            level=self.role.level,
            page=self.first_page,
            is_navigation=self.role.is_navigation,
        )


def _goes_on(paragraph: _Paragraph, line: Line, role: _Role, page: _Page, style: _Style) -> bool:
    """Whether a line belongs to the paragraph before it."""
    last = paragraph.lines[-1]
    kind = paragraph.role.kind
    is_same_page = paragraph.page is page
    gap = line.first_baseline - last.last_baseline if is_same_page else 0.0
    if role.is_navigation or paragraph.role.is_navigation:
        return False
    if kind is BlockKind.CODE or role.kind is BlockKind.CODE:
        return kind is role.kind and is_same_page and -0.002 < gap < 2.5 * style.spacing
    if kind is BlockKind.HEADING or role.kind is BlockKind.HEADING:
        return (
            kind is role.kind
            and is_same_page
            and line.size == last.size
            and line.is_bold == last.is_bold
            and 0 < gap < 1.7 * max(style.spacing, style.spacing * line.size / max(style.body_size, 1))
            and not _NUMBERED.match(line.text)
            and len(paragraph.lines) < 4
        )
    if role.kind is BlockKind.LIST_ITEM or abs(line.size - last.size) > 1.6:
        return False
    if sum(len(part.text) for part in paragraph.lines[-200:]) > _MAX_PARAGRAPH_LENGTH:
        return False
    ends = last.text.endswith(_SENTENCE_END)
    starts_low = line.text[0].islower()
    if not is_same_page or gap < -0.5 * style.spacing:
        # The next page or the next column: a sentence goes on, a paragraph that has ended does not.
        return not ends and (starts_low or paragraph.page.shortfall(last) < _FULL)
    if gap > 1.32 * style.spacing:
        return False
    if abs(gap) < 0.2 * style.spacing:
        return True  # on the same line, further right
    shortfall = paragraph.page.shortfall(last)
    is_full = shortfall < _FULL
    indent = line.left - paragraph.lines[0].left if len(paragraph.lines) == 1 else line.left - last.left
    if kind is BlockKind.LIST_ITEM and indent < -0.005 and ends:
        return False
    if indent > 0.012 and kind is BlockKind.PARAGRAPH and (ends or not is_full):
        return False
    if (len(paragraph.lines) > 1 and indent < -0.02 and ends) or (abs(indent) > 0.015 and not is_full):
        return False
    return is_full or (starts_low and not ends and shortfall < _NEARLY_FULL)


def _indented(lines: Sequence[Line]) -> Iterator[str]:
    margin = min(line.left for line in lines)
    for line in lines:
        yield " " * min(int((line.left - margin) / line.letter_width + 0.5), 60) + line.text


def _rejoined(first: str, second: str, words: frozenset[str]) -> str:
    """A word that was divided at the end of a line; a hyphen that was there anyway stays."""
    if (first + second).lower() in words:
        return first + second
    are_words = first.lower() in words and second.lower() in words and len(first) > 2 and len(second) > 3
    is_compound = are_words and first.lower() not in _PREFIXES
    return f"{first}-{second}" if is_compound else first + second


def _largest(pages: Sequence[Sequence[Line]], style: _Style) -> str:
    """The text in the largest type on the first page that has any, if it is larger than the rest."""
    for lines in pages[:3]:
        known = [line for line in lines if line.size and len(_letters(line.text)) >= 3]
        if not known:
            continue
        size = max(line.size for line in known)
        if size < style.body_size * 1.1 or len(known) < 2:
            return ""
        title = one_line(" ".join(line.text for line in known if line.size == size))
        return title if 3 <= len(title) <= _MAX_HEADING_LENGTH else ""
    return ""
