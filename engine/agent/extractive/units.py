"""What of a passage can be quoted on its own, and how well it answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.agent.extractive.question import Question
from engine.agent.extractive.quotation import quotation
from engine.agent.extractive.relevance import OPENING_CHARACTERS, context_of, relevance_of
from engine.agent.extractive.signals import is_question
from engine.agent.extractive.similarity import content_terms
from engine.agent.extractive.spans import Span, SpanBuilder
from engine.domain import Passage, Source
from engine.reading.ranking import Key, Ranking
from engine.reading.sentences import sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One or two sentences of a passage that can be quoted on their own."""

    passage: Passage
    start: int
    """Within the quote."""
    end: int
    score: float
    terms: frozenset[str]
    lead: tuple[int, int] | None = None
    """The span of the sentence that says what this one is about, to be quoted before it."""

    @property
    def text(self) -> str:
        return self.passage.quote[self.start : self.end]


def units_of(
    passage: Passage, source: Source, question: Question, keys: Sequence[Key], *, bonus: float
) -> Iterator[Unit]:
    """Yield the sentences of a passage that can stand in an answer, each with what it leans on.

    That is the sentence before it, or the first of the passage, which says what the passage is about.
    """
    document, offset = quotation(passage, source)
    found = sentences(document)
    ranking = Ranking(document, found, keys, context=context_of(source))
    builder = SpanBuilder(document, found)
    opening = next((index for index, sentence in enumerate(found) if sentence.start >= offset), len(found))
    opens = passage.start < OPENING_CHARACTERS
    for core in range(opening, len(found)):
        if is_question(builder.text(core)):
            continue
        span = next(iter(builder.around(core)))
        first, last = max(span.first, opening), span.last
        if builder.text(last).endswith((":", "：")):
            last = len(found) - 1  # what it introduces
        span = Span(first=first, last=last, core=core)
        relevance = relevance_of(question, ranking, builder, span, opens_document=opens)
        lead = None
        if first > opening:
            with_topic = 0.95 * relevance_of(question, ranking, builder, Span(first=opening, last=last, core=core))
            if with_topic > relevance + 0.1:
                relevance = with_topic
                lead = (found[opening].start - offset, found[opening].end - offset)
        score = 0.65 * relevance + 0.35 * passage.relevance * (1.0 if relevance else 0.5) + bonus
        yield unit_of(passage, found[first].start - offset, found[last].end - offset, score, lead=lead)


def unit_of(passage: Passage, start: int, end: int, score: float, *, lead: tuple[int, int] | None = None) -> Unit:
    """Return a stretch of a passage's quote as a unit."""
    return Unit(
        passage=passage,
        start=start,
        end=end,
        score=score,
        terms=content_terms(passage.quote[start:end]),
        lead=lead,
    )
