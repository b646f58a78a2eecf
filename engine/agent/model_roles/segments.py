"""A document cut into pieces that a model reads at once, and which of them are worth its time.

A piece is whole sentences of neighbouring blocks under their headings. Which ones are read is a matter of words shared
with the question; nothing here asks a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.question import analyse
from engine.agent.extractive.relevance import OPENING_CHARACTERS, relevance_of
from engine.agent.extractive.spans import Span, SpanBuilder
from engine.agent.model_roles.asking import shown, tokens_in
from engine.reading.document import BlockKind, Document
from engine.reading.ranking import Ranking, TermStatistics
from engine.reading.sentences import Sentence

SEGMENT_TOKENS = 300
"""Of a segment, about; a single sentence may be longer."""
PAGE_TOKENS = 1_800
"""Of one page that are shown to a model for one sub-question, about."""
READ_WHOLE_TOKENS = 600
"""Of a page that is so short that nothing is left out."""
_LINE_TOKENS = 4
"""Of a sentence's number and the end of its line."""
_WORTH = 0.5
"""Of the best segment's worth, from which another is read. This and the next figures were tuned on labelled pages."""
_EARLIER_SHARE = 0.5
_HEADING_SHARE = 0.3
_COVERAGE_SHARE = 0.8
_NEXT_SHARE = 0.5
_NEXT_SENTENCES = 3
_LOOKED_AT_CLOSELY = 80
"""Sentences whose relevance is worked out."""
_BLIND_SEGMENTS = 2
"""Read of a document that shares no words with the question, which may be in another language."""
_HEADING_CHARACTERS = 160
_FULL_ENOUGH = 0.6
"""Of the budget, from which a heading begins a new segment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Sentences of a document, by index; headings are among them but get no number."""

    number: int
    """From 1 within the document."""
    sentences: tuple[int, ...]
    """Those that can be selected."""
    tokens: int
    """About, when it is shown."""


def cut(document: Document, found: Sequence[Sentence], *, budget: int = SEGMENT_TOKENS) -> tuple[Segment, ...]:
    """Return the segments of a document, in order. Menus and tables of contents are left out if there is more.

    Args:
        document: the document.
        found: its sentences.
        budget: tokens of a segment, about.
    """
    readable = [
        index for index, sentence in enumerate(found) if not document.blocks[sentence.block].is_navigation
    ] or list(range(len(found)))
    pieces: list[list[int]] = []
    current: list[int] = []
    used = 0
    for block in _blocks(readable, found):
        costs = [tokens_in(document.text[found[index].start : found[index].end]) + _LINE_TOKENS for index in block]
        is_heading = document.blocks[found[block[0]].block].kind is BlockKind.HEADING
        begins = is_heading and used >= _FULL_ENOUGH * budget
        if (
            current
            and (begins or used + min(sum(costs), budget) > budget)
            and not _ends_in_heading(current, document, found)
        ):
            pieces.append(current)
            current, used = [], 0
        for index, cost in zip(block, costs, strict=True):
            if current and used + cost > budget and not _ends_in_heading(current, document, found):
                pieces.append(current)
                current, used = [], 0
            current.append(index)
            used += cost
    if current:
        pieces.append(current)
    segments: list[Segment] = []
    for piece in pieces:
        selectable = tuple(
            index for index in piece if document.blocks[found[index].block].kind is not BlockKind.HEADING
        )
        if not selectable:
            continue
        segments.append(
            Segment(
                number=len(segments) + 1,
                sentences=selectable,
                tokens=sum(
                    tokens_in(document.text[found[index].start : found[index].end]) + _LINE_TOKENS for index in piece
                ),
            )
        )
    return tuple(segments)


class Worth:
    """How well the sentences of a document, and its segments, match what is looked for. 0 where nothing does."""

    def __init__(
        self, document: Document, found: Sequence[Sentence], *, wanted: str, statistics: TermStatistics, context: str
    ) -> None:
        """Args: wanted: the question; context: what else is known of the document as a whole."""
        question = analyse(wanted)
        keys = keys_for(question, statistics) if found else ()
        self._scores = [0.0] * len(found)
        self._relevance: dict[int, float] = {}
        if not keys:
            return
        ranking = Ranking(document, found, keys, context=context)
        builder = SpanBuilder(document, found, question=question)
        self._scores = [_matching(ranking, index, found[index].block) for index in range(len(found))]
        likely = sorted(range(len(found)), key=lambda index: -self._scores[index])[:_LOOKED_AT_CLOSELY]
        for index in likely:
            if self._scores[index] > 0:
                self._relevance[index] = relevance_of(
                    question,
                    ranking,
                    builder,
                    Span(first=index, last=index, core=index),
                    opens_document=found[index].start < OPENING_CHARACTERS,
                )

    def of(self, index: int) -> float:
        """Return the worth of a sentence; a good match has about 2."""
        return self._scores[index] + self._relevance.get(index, 0.0)

    def relevance(self, index: int) -> float:
        """Return how well a sentence answers, 0 to 1; 0 also for one that was not among the likely ones."""
        return self._relevance.get(index, 0.0)

    def of_segment(self, segment: Segment) -> float:
        """Return the worth of a segment: that of its best sentence, and a share of the next ones."""
        values = sorted((self.of(index) for index in segment.sentences), reverse=True)
        return values[0] + _NEXT_SHARE * sum(values[1 : 1 + _NEXT_SENTENCES]) / _NEXT_SENTENCES


def _matching(ranking: Ranking, index: int, block: int) -> float:
    own = max(ranking.bm25(index), _EARLIER_SHARE * ranking.earlier_share(index))
    return own + _HEADING_SHARE * ranking.heading_share(block) + _COVERAGE_SHARE * ranking.coverage(index, index)


def reading_order(segments: Sequence[Segment], worth: Worth, *, budget: int = PAGE_TOKENS) -> list[Segment]:
    """Return the segments worth reading, the best first, within a budget of tokens; at least one if there is any.

    A short document is read whole and in its own order; one that shares no words with the question is begun at its
    beginning.
    """
    if sum(segment.tokens for segment in segments) <= min(budget, READ_WHOLE_TOKENS):
        return list(segments)
    values = {segment.number: worth.of_segment(segment) for segment in segments}
    best = max(values.values(), default=0.0)
    if best <= 0:
        return _within(segments[:_BLIND_SEGMENTS], budget)
    likely = [segment for segment in segments if values[segment.number] >= _WORTH * best]
    return _within(sorted(likely, key=lambda segment: (-values[segment.number], segment.number)), budget)


def lines_of(segment: Segment, document: Document, found: Sequence[Sentence], *, first: int) -> tuple[str, ...]:
    """Return a segment as it is shown: a numbered line for each sentence, headings without a number.

    Args:
        segment: one of the document's.
        document: the document.
        found: its sentences.
        first: the number of the first sentence.
    """
    lines: list[str] = []
    above: tuple[str, ...] = ()
    block = -1
    for number, index in enumerate(segment.sentences, start=first):
        sentence = found[index]
        if sentence.block != block:
            block = sentence.block
            headings = document.headings_above(block)
            if headings and headings != above:
                lines.append(f"# {shown(' > '.join(headings[-2:]), limit=_HEADING_CHARACTERS)}")
            above = headings
        lines.append(f"[{number}] {shown(document.text[sentence.start : sentence.end])}")
    return tuple(lines)


def _blocks(readable: Sequence[int], found: Sequence[Sentence]) -> list[list[int]]:
    blocks: list[list[int]] = []
    for index in readable:
        if blocks and found[blocks[-1][-1]].block == found[index].block:
            blocks[-1].append(index)
        else:
            blocks.append([index])
    return blocks


def _ends_in_heading(piece: Sequence[int], document: Document, found: Sequence[Sentence]) -> bool:
    return all(document.blocks[found[index].block].kind is BlockKind.HEADING for index in piece)


def _within(segments: Sequence[Segment], budget: int) -> list[Segment]:
    chosen: list[Segment] = []
    used = 0
    for segment in segments:
        if chosen and used + segment.tokens > budget:
            break
        chosen.append(segment)
        used += segment.tokens
    return chosen
