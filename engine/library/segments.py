"""Cuts a document into segments: the stretches that the full-text index finds, of a size that is about one thing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.reading.document import Block, BlockKind, Document

_MIN_WORDS = 60
_MAX_WORDS = 140
_TOP_LEVEL = 2
_SENTENCE_WORDS = 6
_MOSTLY_NAVIGATION = 0.8
_NAVIGATION_FACTOR = 0.4
_LEAST_WEIGHT = 0.25
_PLACEHOLDER_CHARACTERS = 400
_MAX_HEADING_CHARACTERS = 160

_CUT = re.compile(r"[.!?…。！？;；]\s|\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of whole blocks, or of one long block, under one heading path."""

    start: int
    end: int
    headings: tuple[str, ...]
    """Above and in the segment, outermost first; without the document's title where a heading repeats it."""
    weight: float
    """0 to 1: how much of it says something, rather than being a name in a list."""
    is_placeholder: bool = False
    """Whether it only stands for a document that has nothing to search but its title."""


def segments(document: Document) -> tuple[Segment, ...]:
    """Return the segments of a document in order; at least one, so that every document is found by its title.

    Navigation is left out; a document that is nearly all navigation weighs less.
    """
    said = named = 0
    for block in document.blocks:
        if block.is_navigation:
            named += block.end - block.start
        else:
            said += block.end - block.start
    factor = _NAVIGATION_FACTOR if named > _MOSTLY_NAVIGATION * (said + named) else 1.0
    found = tuple(_Cutter(document, factor=factor).cut())
    if found:
        return found
    end = min(len(document.text), _PLACEHOLDER_CHARACTERS)
    return (Segment(start=0, end=end, headings=(), weight=_LEAST_WEIGHT, is_placeholder=True),)


class _Cutter:
    """Walks the blocks once, with the headings above."""

    def __init__(self, document: Document, *, factor: float) -> None:
        self._document = document
        self._factor = factor
        self._path: list[tuple[int, str]] = []
        self._begin(0)

    def cut(self) -> Iterator[Segment]:
        for block in self._document.blocks:
            if block.is_navigation or block.end <= block.start:
                continue
            if block.kind is BlockKind.HEADING:
                if self._words and (block.level <= _TOP_LEVEL or self._words >= _MIN_WORDS):
                    yield from self._finish()
                self._enter(block)
                continue
            words = _words(self._document.text, block.start, block.end)
            if self._words and self._words + words > _MAX_WORDS:
                yield from self._finish()
            if words > _MAX_WORDS:
                yield from self._cut_block(block, words)
            else:
                self._add(block.start, block.end, words=words, said=_said(block, words))
        yield from self._finish()

    def _begin(self, start: int) -> None:
        self._start, self._end = start, start
        self._words = 0
        self._weighted = 0.0
        self._inner: list[str] = []
        self._is_empty = True
        self._outer = tuple(text for _, text in self._path)

    def _enter(self, heading: Block) -> None:
        text = self._document.text[heading.start : heading.end][:_MAX_HEADING_CHARACTERS].strip()
        while self._path and self._path[-1][0] >= heading.level:
            self._path.pop()
        self._path.append((heading.level, text))
        if self._words == 0:
            # Headings in a row belong to what follows the last.
            start = heading.start if self._is_empty else self._start
            self._begin(start)
            self._is_empty = False
        else:
            self._inner.append(text)
        self._end = heading.end

    def _add(self, start: int, end: int, *, words: int, said: float) -> None:
        if self._is_empty:
            self._start = start
            self._is_empty = False
        self._end = end
        self._words += words
        self._weighted += said * words

    def _finish(self) -> Iterator[Segment]:
        if self._words:
            weight = max(_LEAST_WEIGHT, self._weighted / self._words) * self._factor
            title = self._document.title
            headings = tuple(text for text in (*self._outer, *self._inner) if text and text != title)
            yield Segment(start=self._start, end=self._end, headings=headings, weight=weight)
        self._begin(self._end)

    def _cut_block(self, block: Block, words: int) -> Iterator[Segment]:
        """Cut one long block at sentence ends, or else at spaces, into pieces of about equal length."""
        text = self._document.text
        pieces = words // _MAX_WORDS + 1
        step = max(1, (block.end - block.start) // pieces)
        start = block.start
        while start < block.end:
            end = block.end if block.end - start <= step * 1.25 else _cut_near(text, start, start + step, block.end)
            self._add(start, end, words=max(1, _words(text, start, end)), said=1.0)
            yield from self._finish()
            start = end


def _cut_near(text: str, start: int, wanted: int, end: int) -> int:
    """Return a good place to cut at most a fifth before the wanted one, or at the next space, or just there."""
    earliest = wanted - (wanted - start) // 5
    cuts = [match.end() for match in _CUT.finditer(text, earliest, wanted)]
    if cuts:
        return cuts[-1]
    space = text.find(" ", wanted, min(end, wanted + 100))
    return space + 1 if space >= 0 else wanted


def _words(text: str, start: int, end: int) -> int:
    """Estimate the words in a stretch; scripts without spaces count two characters as a word."""
    spaced = text.count(" ", start, end) + text.count("\n", start, end) + text.count("\t", start, end) + 1
    if spaced * 12 < end - start:
        return max(spaced, (end - start) // (6 if text[start : min(end, start + 200)].isascii() else 2))
    return spaced


def _said(block: Block, words: int) -> float:
    """Return how much a block says: a short list item or a lone word names something without saying much."""
    if block.kind in (BlockKind.CODE, BlockKind.TABLE_ROW) or words >= _SENTENCE_WORDS:
        return 1.0
    return 0.3 if block.kind is BlockKind.LIST_ITEM else 0.6
