"""How a text without markup is laid out: its lines in chunks between blank lines, its width, margin and headings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.reading.lines import WORD

SENTENCE_END = (".", "!", "?", ":", "。", "!", "?", "…", ".)", '."', ".”", "।", "؟")
BULLET = re.compile(r"(?:[-*•‣◦▪–+o]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s+(?=\S)")
NUMBERED = re.compile(r"(?:(?:Appendix|Chapter|Section|Part)\s+)?((?:\d{1,3}|[A-Z])(?:\.\d{1,3})*)\.?\s{1,6}(?=\S)")
MAX_HEADING_LENGTH = 100

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_OVERSTRIKE = re.compile(r"[^\n]\x08")
_UNDERLINE = re.compile(r"([=\-~^\"'`#*+:._<>])\1{2,}")
_LEADERS = re.compile(r"(?:\s?\.){4,}\s*\S{1,8}\s*$|\.{4,}")
_GAP = re.compile(r"\S {3,}\S|\S\t+\S")
_LOWER_START = re.compile(r"\s*[\"“‘'(]?[a-zà-ÿ]")
_UNWRAPPED_WIDTH = 130
_SHOWN = 300
"""Characters of a line that tell what it is; lines may be as long as the file."""


@dataclass(slots=True)
class Chunk:
    """Lines between blank lines."""

    lines: list[str]
    page: int

    @property
    def indent(self) -> int:
        return min(indent_of(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the whole text is set."""

    width: int
    """Columns after which lines were wrapped by hand; 0 if they were not."""
    body_indent: int
    underlines: tuple[str, ...]
    """Characters that underline headings, outermost first."""
    words: frozenset[str]


def plain(text: str) -> str:
    """Return the text without what terminals and typewriters put into it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if "\x08" in text:
        text = _OVERSTRIKE.sub("", text)
    return text.expandtabs(8) if "\t" in text else text


def indent_of(line: str) -> int:
    """Return how many spaces a line begins with."""
    return len(line) - len(line.lstrip())


def chunks_of(pages: Sequence[Sequence[str]]) -> Iterator[Chunk]:
    """Yield what stands between blank lines; a paragraph may go on over the end of a page."""
    waiting: Chunk | None = None
    for number, page in enumerate(pages, start=1):
        is_first = True
        lines: list[str] = []
        for line in (*page, ""):
            if line.strip():
                lines.append(line.rstrip())
                continue
            if not lines:
                continue
            chunk = Chunk(lines, number)
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


def _continues(before: Chunk, after: Chunk) -> bool:
    """Whether a paragraph goes on over the end of a page."""
    return (
        before.page != after.page
        and not before.lines[-1].endswith(SENTENCE_END)
        and len(before.lines[-1]) > 50
        and indent_of(after.lines[0]) == indent_of(before.lines[-1])
        and starts_low(after.lines[0])
    )


def layout_of(chunks: Sequence[Chunk]) -> Layout:
    """Return how the whole text is set."""
    lengths: list[int] = []
    indents: Counter[int] = Counter()
    underlines: dict[str, None] = {}
    for chunk in chunks:
        indents[chunk.indent] += len(chunk.lines)
        if len(chunk.lines) > 1:
            lengths.extend(len(line) for line in chunk.lines[:-1])
        for title, line in zip(chunk.lines, chunk.lines[1:], strict=False):
            if is_underline(title, line):
                underlines.setdefault(line.strip()[0])
    lengths.sort()
    width = lengths[int(len(lengths) * 0.9)] if lengths else 0
    words = frozenset(word.lower() for chunk in chunks[:5_000] for line in chunk.lines for word in WORD.findall(line))
    return Layout(
        width=0 if width > _UNWRAPPED_WIDTH else width,
        body_indent=indents.most_common(1)[0][0] if indents else 0,
        underlines=tuple(underlines),
        words=words,
    )


def is_underline(title: str, line: str) -> bool:
    """Return whether a line is there only to underline the one before it."""
    mark, text = line.strip(), title.strip()
    return (
        bool(_UNDERLINE.fullmatch(mark))
        and bool(text)
        and len(text) <= MAX_HEADING_LENGTH
        and abs(indent_of(line) - indent_of(title)) <= 2
        and len(mark) >= 0.6 * len(text)
        and len(mark) <= len(text) + 24
        and any(character.isalpha() for character in text)
        and not _UNDERLINE.fullmatch(text)
        and "  " not in mark
    )


def has_gap(line: str) -> bool:
    """Return whether there are columns in a line."""
    return bool(_GAP.search(line[:_SHOWN].strip()))


def has_leaders(line: str) -> bool:
    """Return whether dots lead to a page number at the end of a line."""
    return bool(_LEADERS.search(line[-_SHOWN // 2 :]))


def starts_low(line: str) -> bool:
    """Return whether a line goes on with a small letter."""
    return bool(_LOWER_START.match(line[:_SHOWN]))
