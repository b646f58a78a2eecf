"""What a chunk of plain text is: a heading, a list, an entry with its term, a listing or a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft, one_line
from engine.reading.extract.lines import joined
from engine.reading.extract.text_layout import (
    BULLET,
    MAX_HEADING_LENGTH,
    NUMBERED,
    SENTENCE_END,
    Chunk,
    Layout,
    has_gap,
    has_leaders,
    indent_of,
    is_underline,
    starts_low,
)
from engine.reading.lines import WORD, is_code, is_drawn

_BULLET_MARK = re.compile(r"\A[-*•‣◦▪–+o]\s+(?=\S)")
_MAX_HEADING_WORDS = 14


def drafts_of(chunk: Chunk, previous: Chunk | None, layout: Layout, page: int | None) -> Iterator[Draft]:
    """Yield the blocks of a chunk; what stands before it tells lists from headings."""
    lines = chunk.lines
    position = 0
    while (taken := _underlined(lines[position : position + 3], layout)) is not None:
        count, heading = taken
        heading.page = page
        yield heading
        position += count
    lines = lines[position:]
    if not lines:
        return
    if _is_section_name(lines):
        yield Draft(kind=BlockKind.HEADING, text=lines[0], level=1, page=page)
        lines = lines[1:]
    rest = Chunk(lines, chunk.page)
    if (level := _heading_level(rest, previous, layout)) is not None:
        yield Draft(kind=BlockKind.HEADING, text=joined(lines, words=layout.words), level=level, page=page)
    elif _is_entry_with_term(lines):
        term, description = lines[0].strip(), joined(lines[1:], words=layout.words)
        yield Draft(kind=BlockKind.LIST_ITEM, text=f"{term.rstrip(':')}: {description}", page=page)
    elif _are_leaders(lines):
        for line in lines:
            yield Draft(kind=BlockKind.LIST_ITEM, text=line, page=page, is_navigation=True)
    elif _is_listing(rest, layout):
        yield Draft(kind=BlockKind.CODE, text=_dedented(lines), page=page)
    else:
        for kind, paragraph in _paragraphs(lines, layout):
            text = joined(paragraph, words=layout.words)
            if kind is BlockKind.LIST_ITEM:
                text = _BULLET_MARK.sub("", text, count=1)
            yield Draft(kind=kind, text=text, page=page)


def _underlined(lines: Sequence[str], layout: Layout) -> tuple[int, Draft] | None:
    """A heading at the start of the lines, with the number of lines it takes."""
    if len(lines) >= 3 and lines[0].strip() == lines[2].strip() and is_underline(lines[1], lines[2]):
        title, mark, count = lines[1], lines[2], 3
    elif len(lines) >= 2 and is_underline(lines[0], lines[1]):
        title, mark, count = lines[0], lines[1], 2
    else:
        return None
    character = mark.strip()[0]
    level = 1 + layout.underlines.index(character) if character in layout.underlines else 2
    if numbered := NUMBERED.match(title.strip()):
        level = numbered.group(1).count(".") + 1
    return count, Draft(kind=BlockKind.HEADING, text=title, level=min(level, 6))


def _heading_level(chunk: Chunk, previous: Chunk | None, layout: Layout) -> int | None:
    """The level of a heading that stands alone between blank lines, or None."""
    if len(chunk.lines) > 2:
        return None
    text = one_line(" ".join(chunk.lines))
    words = text.split()
    is_title_like = (
        len(text) <= MAX_HEADING_LENGTH
        and len(words) <= _MAX_HEADING_WORDS
        and not text.endswith((".", ",", ";", ":", "!"))
        and not has_leaders(text)
        and not has_gap(chunk.lines[0])
    )
    if not is_title_like:
        return None
    if (numbered := NUMBERED.match(text)) and chunk.indent <= max(layout.body_indent, 0):
        rest = text[numbered.end() :]
        parts = numbered.group(1).count(".") + 1
        follows_item = previous is not None and bool(BULLET.match(previous.lines[0].strip()))
        if rest[:1].isupper() and (parts > 1 or not follows_item or chunk.indent < layout.body_indent):
            return min(parts, 6)
    letters = [character for character in text if character.isalpha()]
    if len(chunk.lines) == 1 and len(letters) >= 4 and text.isupper() and chunk.indent <= layout.body_indent:
        return 1
    is_outdented = chunk.indent < layout.body_indent and len(chunk.lines) == 1
    if is_outdented and text[:1].isupper() and len(words) <= 10:
        return 1
    return None


def _is_section_name(lines: Sequence[str]) -> bool:
    """NAME, SYNOPSIS, …: a name in capitals at the margin, and its text indented below it."""
    name = lines[0].strip()
    return (
        len(lines) > 1
        and name.isupper()
        and len(name) <= 50
        and not name.endswith((".", ",", ";"))
        and len(WORD.findall(name)) >= 1
        and all(indent_of(line) >= indent_of(lines[0]) + 3 for line in lines[1:])
    )


def _is_entry_with_term(lines: Sequence[str]) -> bool:
    """A short line, and what it means indented below it."""
    indents = {indent_of(line) for line in lines[1:]}
    return (
        len(lines) > 1
        and len(indents) == 1
        and min(indents) >= indent_of(lines[0]) + 3
        and len(lines[0].strip()) <= 70
        and not has_gap(lines[0])
        and not BULLET.match(lines[0].strip())
        and not lines[0].rstrip().endswith((".", ",", ";", "{", "("))
        and not any(is_code(line) for line in lines[1:])
        and sum(len(WORD.findall(line)) >= 3 for line in lines[1:]) * 2 >= len(lines) - 1
    )


def _are_leaders(lines: Sequence[str]) -> bool:
    return sum(has_leaders(line) for line in lines) * 2 >= len(lines) and len(lines) >= 1


def _is_listing(chunk: Chunk, layout: Layout) -> bool:
    """Whether line breaks carry meaning: programs, tables, diagrams."""
    lines = chunk.lines
    if BULLET.match(lines[0].strip()) and not any(is_drawn(line) for line in lines):
        return False
    count = len(lines)
    drawn = sum(is_drawn(line) for line in lines)
    gaps = sum(has_gap(line) for line in lines)
    code = sum(is_code(line) for line in lines)
    is_indented = chunk.indent >= layout.body_indent + 2
    if count >= 2 and (drawn * 2 >= count or gaps * 2 > count or code * 2 >= count):
        return True
    return is_indented and (code * 2 >= count or (drawn > 0 and drawn * 2 >= count))


def _dedented(lines: Sequence[str]) -> str:
    margin = min(indent_of(line) for line in lines)
    return "\n".join(line[margin:] for line in lines)


def _paragraphs(lines: Sequence[str], layout: Layout) -> Iterator[tuple[BlockKind, list[str]]]:
    """Divide a chunk into paragraphs and list items; joins lines that were wrapped, and only those."""
    is_wrapped = _is_wrapped(lines, layout)
    kind = BlockKind.PARAGRAPH
    current: list[str] = []
    for line in lines:
        stripped = line.strip()
        is_item = bool(BULLET.match(stripped)) and (
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


def _is_wrapped(lines: Sequence[str], layout: Layout) -> bool:
    """Whether the breaks between these lines are there only because a line was full."""
    if len(lines) == 1:
        return True
    breaks = list(pairwise(lines))
    if layout.width == 0:
        # Nobody wrapped this text: a break is meant, unless a sentence plainly runs on.
        return all(starts_low(after) and not before.endswith(SENTENCE_END) for before, after in breaks)
    soft = 0
    for before, after in breaks:
        first_word = after.split(None, 1)[0]
        is_full = len(before) + 1 + len(first_word) > layout.width * 0.92
        soft += is_full or (not before.endswith(SENTENCE_END) and starts_low(after))
    return soft * 2 >= len(breaks)
