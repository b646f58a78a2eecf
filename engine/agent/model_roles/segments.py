"""A document cut into pieces that a model reads at once, and which of them are worth its time.

A piece is whole sentences of neighbouring blocks under their headings. Which ones are read is a matter of words shared
with the question; nothing here asks a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.agent.model_roles.asking import shown, tokens_in
from engine.reading.document import BlockKind, Document
from engine.reading.ranking import Ranking
from engine.reading.sentences import Sentence

SEGMENT_TOKENS = 420
"""Of a segment, about; a single sentence may be longer."""
PAGE_TOKENS = 1_300
"""Of one page that are shown to a model for one sub-question, about; a page this short is read whole."""
_LINE_TOKENS = 4
"""Of a sentence's number and the end of its line."""
_WORTH = 0.45
"""Of the best segment's score, from which another is worth reading."""
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


def reading_order(
    segments: Sequence[Segment], found: Sequence[Sentence], ranking: Ranking | None, *, budget: int = PAGE_TOKENS
) -> list[Segment]:
    """Return the segments worth reading, the best first, within a budget of tokens; at least one if there is any.

    A document that fits the budget is read whole and in its own order, and so is, from its beginning, one that
    shares no words with the question.
    """
    if sum(segment.tokens for segment in segments) <= min(budget, 2 * SEGMENT_TOKENS) or ranking is None:
        return _within(segments, budget)
    scores = {segment.number: score(segment, found, ranking) for segment in segments}
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return _within(segments[:2], budget)
    worth = [segment for segment in segments if scores[segment.number] >= _WORTH * best]
    return _within(sorted(worth, key=lambda segment: (-scores[segment.number], segment.number)), budget)


def score(segment: Segment, found: Sequence[Sentence], ranking: Ranking) -> float:
    """Return how likely a segment is to hold the answer; comparable within a document."""
    values = sorted((sentence_score(ranking, found, index) for index in segment.sentences), reverse=True)
    return values[0] + 0.25 * sum(values[1:4]) / 3 if values else 0.0


def sentence_score(ranking: Ranking, found: Sequence[Sentence], index: int) -> float:
    """Return how well one sentence in its place matches what is looked for."""
    own = max(ranking.bm25(index), 0.5 * ranking.earlier_share(index))
    return own + 0.5 * ranking.heading_share(found[index].block) + 0.3 * ranking.coverage(index, index)


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
