"""Plain text to a Document: paragraphs, headings, lists and listings are told apart by how they are laid out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.reading.document import BlockKind, Document
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, Metadata, assemble, one_line
from engine.reading.extract.encoding import decode
from engine.reading.extract.lines import joined, repeated_edges

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_OVERSTRIKE = re.compile(r"[^\n]\x08")
_UNDERLINE = re.compile(r"([=\-~^\"'`#*+:._<>])\1{2,}")
_NUMBERED = re.compile(r"(?:(?:Appendix|Chapter|Section|Part)\s+)?((?:\d{1,3}|[A-Z])(?:\.\d{1,3})*)\.?\s{1,6}(?=\S)")
_BULLET = re.compile(r"(?:[-*•‣◦▪–+o]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s+(?=\S)")
_LEADERS = re.compile(r"(?:\s?\.){4,}\s*\S{1,8}\s*$|\.{4,}")
_DRAWING = re.compile(r"\+-{2,}|-{3,}\+|[|┌┐└┘├┤┬┴┼─│═║╔╗╚╝▀█]|-->|<--|={3,}|_{4,}")
_GAP = re.compile(r"\S {3,}\S|\S\t+\S")
_CODE_LINE = re.compile(
    r"[;{}]\s*(?:(?://|/\*|#).*)?$|^\s*(?:[$>%]\s|#!|#include|//|/\*|import |from \w+ import|def "
    r"|class \w+[:(]|return\b|if \(|for \(|"
    r"</?\w+[^>]*>$|\w+\(.*\)\s*[;:{]?$|\w+\s*(?:\+=|:?=)\s*\S)"
)
_SENTENCE_END = (".", "!", "?", ":", "。", "!", "?", "…", ".)", '."', ".”", "।", "؟")
_LOWER_START = re.compile(r"\s*[\"“‘'(]?[a-zà-ÿ]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MAN_TITLE = re.compile(r"^\s*([\w.+:-]+\(\w{1,4}\))\s+\S.*\s+\1\s*$", re.IGNORECASE)
_MAX_HEADING_LENGTH = 100
_MAX_HEADING_WORDS = 14
_UNWRAPPED_WIDTH = 130


def extract(content: Content) -> Document:
    """Return the text file as a document.

    Raises:
        DocumentUnreadable: the bytes are not text, or there is none.
    """
    decoded = decode(content.data)
    warnings = decoded.warnings
    text = decoded.text[: content.characters]
    if content.is_truncated or len(decoded.text) > len(text):
        warnings = (*warnings, f"Only the first {len(text):,} characters of a longer file were read.")
    drafts = text_blocks(text)
    return assemble(
        drafts,
        format="text",
        stem=content.stem,
        characters=content.characters,
        metadata=Metadata(title=_title(drafts)),
        warnings=warnings,
    )


def text_blocks(text: str) -> list[Draft]:
    """Return the blocks of a text that has no markup but its layout."""
    text = _plain(text)
    pages = text.split("\f")
    if len(pages) > 1:
        if not pages[-1].strip():
            pages.pop()
        paged = repeated_edges([page.split("\n") for page in pages])
    else:
        paged = [text.split("\n")]
    has_pages = len(paged) > 1
    chunks = list(_chunks(paged))
    layout = _layout(chunks)
    drafts: list[Draft] = []
    for index, chunk in enumerate(chunks):
        page = chunk.page if has_pages else None
        previous = chunks[index - 1] if index else None
        drafts.extend(_drafts_of(chunk, previous, layout, page))
    return drafts


def looks_like_prose(text: str) -> bool:
    """Return whether a listing is in truth a text: paragraphs of sentences, set in one width."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 15:
        return False
    sample = lines[:: max(1, len(lines) // 400)]
    words = sum(len(_WORD.findall(line)) >= 5 for line in sample)
    code = sum(bool(_CODE_LINE.search(line)) for line in sample)
    return words >= 0.45 * len(sample) and code <= 0.12 * len(sample) and text.count("\n\n") * 25 >= len(lines)


# --- chunks of lines ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Chunk:
    """Lines between blank lines."""

    lines: list[str]
    page: int

    @property
    def indent(self) -> int:
        return min(_indent(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the whole text is set."""

    width: int
    """Columns after which lines were wrapped by hand; 0 if they were not."""
    body_indent: int
    underlines: tuple[str, ...]
    """Characters that underline headings, outermost first."""
    words: frozenset[str]


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "\x08" in text:
        text = _OVERSTRIKE.sub("", text)
    return text.expandtabs(8) if "\t" in text else text


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _chunks(pages: Sequence[Sequence[str]]) -> Iterator[_Chunk]:
    waiting: _Chunk | None = None
    for number, page in enumerate(pages, start=1):
        is_first = True
        lines: list[str] = []
        for line in (*page, ""):
            if line.strip():
                lines.append(line.rstrip())
                continue
            if not lines:
                continue
            chunk = _Chunk(lines, number)
            lines = []
            if waiting is not None and is_first and _continues(waiting, chunk):
                waiting.lines.extend(chunk.lines)
            else:
                if waiting is not None:
                    yield waiting
                waiting = chunk
            is_first = False
    if waiting is not None:
        yield waiting


def _continues(before: _Chunk, after: _Chunk) -> bool:
    """Whether a paragraph goes on over the end of a page."""
    return (
        before.page != after.page
        and not before.lines[-1].endswith(_SENTENCE_END)
        and len(before.lines[-1]) > 50
        and _indent(after.lines[0]) == _indent(before.lines[-1])
        and bool(_LOWER_START.match(after.lines[0]))
    )


def _layout(chunks: Sequence[_Chunk]) -> _Layout:
    lengths: list[int] = []
    indents: Counter[int] = Counter()
    underlines: dict[str, None] = {}
    for chunk in chunks:
        indents[chunk.indent] += len(chunk.lines)
        if len(chunk.lines) > 1:
            lengths.extend(len(line) for line in chunk.lines[:-1])
        for title, line in zip(chunk.lines, chunk.lines[1:], strict=False):
            if _is_underline(title, line):
                underlines.setdefault(line.strip()[0])
    lengths.sort()
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    words = frozenset(word.lower() for chunk in chunks[:5_000] for line in chunk.lines for word in _WORD.findall(line))
    return _Layout(
        width=0 if width > _UNWRAPPED_WIDTH else width,
        body_indent=indents.most_common(1)[0][0] if indents else 0,
        underlines=tuple(underlines),
        words=words,
    )


# --- what a chunk is ---------------------------------------------------------------------------------------------


def _drafts_of(chunk: _Chunk, previous: _Chunk | None, layout: _Layout, page: int | None) -> Iterator[Draft]:
    lines = chunk.lines
    while lines:
        taken = _underlined(lines, layout)
        if taken is None:
            break
        count, heading = taken
        heading.page = page
        yield heading
        lines = lines[count:]
    if not lines:
        return
    rest = _Chunk(lines, chunk.page)
    if (level := _heading_level(rest, previous, layout)) is not None:
        yield Draft(kind=BlockKind.HEADING, text=joined(lines, words=layout.words), level=level, page=page)
    elif _are_leaders(lines):
        for line in lines:
            yield Draft(kind=BlockKind.LIST_ITEM, text=line, page=page, is_navigation=True)
    elif _is_listing(rest, layout):
        yield Draft(kind=BlockKind.CODE, text=_dedented(lines), page=page)
    else:
        for kind, paragraph in _paragraphs(lines, layout):
            yield Draft(kind=kind, text=joined(paragraph, words=layout.words), page=page)


def _is_underline(title: str, line: str) -> bool:
    mark, text = line.strip(), title.strip()
    return (
        bool(_UNDERLINE.fullmatch(mark))
        and bool(text)
        and len(text) <= _MAX_HEADING_LENGTH
        and abs(_indent(line) - _indent(title)) <= 2
        and len(mark) >= 0.6 * len(text)
        and len(mark) <= len(text) + 24
        and any(character.isalpha() for character in text)
        and not _UNDERLINE.fullmatch(text)
        and "  " not in mark
    )


def _underlined(lines: Sequence[str], layout: _Layout) -> tuple[int, Draft] | None:
    """A heading at the start of the lines, with the number of lines it takes."""
    if len(lines) >= 3 and lines[0].strip() == lines[2].strip() and _is_underline(lines[1], lines[2]):
        title, mark, count = lines[1], lines[2], 3
    elif len(lines) >= 2 and _is_underline(lines[0], lines[1]):
        title, mark, count = lines[0], lines[1], 2
    else:
        return None
    character = mark.strip()[0]
    level = 1 + layout.underlines.index(character) if character in layout.underlines else 2
    return count, Draft(kind=BlockKind.HEADING, text=title, level=min(level, 6))


def _heading_level(chunk: _Chunk, previous: _Chunk | None, layout: _Layout) -> int | None:
    """The level of a heading that stands alone between blank lines, or None."""
    if len(chunk.lines) > 2:
        return None
    text = one_line(" ".join(chunk.lines))
    words = text.split()
    is_title_like = (
        len(text) <= _MAX_HEADING_LENGTH
        and len(words) <= _MAX_HEADING_WORDS
        and not text.endswith((".", ",", ";", ":", "!"))
        and not _LEADERS.search(text)
        and not _GAP.search(chunk.lines[0].strip())
    )
    if not is_title_like:
        return None
    if (numbered := _NUMBERED.match(text)) and chunk.indent <= max(layout.body_indent, 0):
        rest = text[numbered.end() :]
        parts = numbered.group(1).count(".") + 1
        follows_item = previous is not None and bool(_BULLET.match(previous.lines[0].strip()))
        if rest[:1].isupper() and (parts > 1 or not follows_item or chunk.indent < layout.body_indent):
            return min(parts, 6)
    letters = [character for character in text if character.isalpha()]
    if len(chunk.lines) == 1 and len(letters) >= 4 and text.isupper() and chunk.indent <= layout.body_indent:
        return 1
    is_outdented = chunk.indent < layout.body_indent and len(chunk.lines) == 1
    if is_outdented and text[:1].isupper() and len(words) <= 10:
        return 1
    return None


def _are_leaders(lines: Sequence[str]) -> bool:
    return sum(bool(_LEADERS.search(line)) for line in lines) * 2 >= len(lines) and len(lines) >= 1


def _is_listing(chunk: _Chunk, layout: _Layout) -> bool:
    """Whether line breaks carry meaning: programs, tables, diagrams."""
    lines = chunk.lines
    if _BULLET.match(lines[0].strip()) and not any(_DRAWING.search(line) for line in lines):
        return False
    count = len(lines)
    drawn = sum(bool(_DRAWING.search(line)) for line in lines)
    gaps = sum(bool(_GAP.search(line.strip())) for line in lines)
    code = sum(bool(_CODE_LINE.search(line)) for line in lines)
    is_indented = chunk.indent >= layout.body_indent + 2
    if count >= 2 and (drawn * 2 >= count or gaps * 2 > count or code * 2 >= count):
        return True
    return is_indented and (code * 2 >= count or (drawn > 0 and drawn * 2 >= count))


def _dedented(lines: Sequence[str]) -> str:
    margin = min(_indent(line) for line in lines)
    return "\n".join(line[margin:] for line in lines)


def _paragraphs(lines: Sequence[str], layout: _Layout) -> Iterator[tuple[BlockKind, list[str]]]:
    """Divide a chunk into paragraphs and list items; joins lines that were wrapped, and only those."""
    is_wrapped = _is_wrapped(lines, layout)
    kind = BlockKind.PARAGRAPH
    current: list[str] = []
    for line in lines:
        stripped = line.strip()
        is_item = bool(_BULLET.match(stripped)) and (
            not current
            or not is_wrapped
            or kind is BlockKind.LIST_ITEM
            or current[-1].rstrip().endswith((":", ".", ";"))
        )
        if current and (is_item or not is_wrapped):
            yield kind, current
            current = []
        if not current:
            kind = BlockKind.LIST_ITEM if is_item else BlockKind.PARAGRAPH
        current.append(line)
    if current:
        yield kind, current


def _is_wrapped(lines: Sequence[str], layout: _Layout) -> bool:
    """Whether the breaks between these lines are there only because a line was full."""
    if len(lines) == 1:
        return True
    breaks = list(pairwise(lines))
    if layout.width == 0:
        # Nobody wrapped this text: a break is meant, unless a sentence plainly runs on.
        return all(_LOWER_START.match(after) and not before.endswith(_SENTENCE_END) for before, after in breaks)
    soft = 0
    for before, after in breaks:
        first_word = after.split(None, 1)[0]
        is_full = len(before) + 1 + len(first_word) > layout.width * 0.92
        soft += is_full or (not before.endswith(_SENTENCE_END) and bool(_LOWER_START.match(after)))
    return soft * 2 >= len(breaks)


def _title(drafts: Sequence[Draft]) -> str:
    """The first heading, or a short first line."""
    for draft in drafts[:12]:
        text = one_line(draft.text.split("\n", 1)[0])
        if named := _MAN_TITLE.match(draft.text):
            return named.group(1).lower()
        if draft.kind is BlockKind.HEADING and draft.level <= 2:
            return text
    if drafts and drafts[0].kind is not BlockKind.CODE:
        text = one_line(drafts[0].text)
        if 3 <= len(text) <= _MAX_HEADING_LENGTH and not text.endswith((",", ";")):
            return text.rstrip(":")
    return ""
