"""What of a passage can be quoted on its own, and how well it answers.

The quote is made a small document of its own, so that its sentences are weighed like any others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.agent.extractive.question import Question
from engine.agent.extractive.relevance import OPENING_CHARACTERS, context_of, in_its_source, relevance_of
from engine.agent.extractive.similarity import content_terms
from engine.agent.extractive.spans import Span, SpanBuilder
from engine.agent.extractive.substance import is_code, is_prompt, is_question
from engine.domain import Passage, Source, SourceId
from engine.reading.document import Block, BlockKind, Document
from engine.reading.ranking import Key, Ranking
from engine.reading.sentences import sentence_spans, sentences

_PART = re.compile(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*")
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_ENTRY = re.compile(r"[^\s.!?][^.!?\n]{0,60}: \S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One or two sentences of a passage that can be quoted on their own."""

    passage: Passage
    start: int
    """Within the quote."""
    end: int
    score: float
    terms: frozenset[str]
    sentences: frozenset[str]
    """What it says, sentence by sentence, in plain words: by this one knows what was said before."""
    lead: tuple[int, int] | None = None
    """The span of the sentence that says what this one is about, to be quoted before it."""

    @property
    def text(self) -> str:
        return self.passage.quote[self.start : self.end]

    @property
    def source_id(self) -> SourceId:
        return self.passage.source_id


def units_of(
    passage: Passage, source: Source, question: Question, keys: Sequence[Key], *, bonus: float
) -> Iterator[Unit]:
    """Yield the sentences of a passage that can stand in an answer, each with what it leans on.

    That is the sentence before it, or the first of the passage, which says what the passage is about.
    """
    document, offset = _quotation(passage, source)
    found = sentences(document)
    ranking = Ranking(document, found, keys, context=context_of(source))
    builder = SpanBuilder(document, found, question=question)
    opening = next((index for index, sentence in enumerate(found) if sentence.start >= offset), len(found))
    opens = passage.start < OPENING_CHARACTERS
    for core in range(opening, len(found)):
        if builder.kind(core) is BlockKind.CODE or is_question(builder.text(core)):
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
        worth = in_its_source(relevance, question, source)
        score = 0.65 * worth + 0.35 * passage.relevance * (1.0 if relevance else 0.5) + bonus
        yield unit_of(passage, found[first].start - offset, found[last].end - offset, score, lead=lead)


def unit_of(passage: Passage, start: int, end: int, score: float, *, lead: tuple[int, int] | None = None) -> Unit:
    """Return a stretch of a passage's quote as a unit."""
    text = passage.quote[start:end]
    return Unit(
        passage=passage,
        start=start,
        end=end,
        score=score,
        terms=content_terms(text),
        sentences=frozenset(
            in_words(text[first:last]) for first, last in quote_spans(text, first=kind_at(passage, start))
        ),
        lead=lead,
    )


def kind_at(passage: Passage, start: int) -> BlockKind | None:
    """Return what a stretch of a passage's quote begins with, where it begins the passage and that is known."""
    return None if passage.quote[:start].strip() else passage.kind


def in_words(text: str) -> str:
    """Return a text without case, marks and line breaks, so that two settings of one sentence are equal."""
    return " ".join("".join(character if character.isalnum() else " " for character in text.casefold()).split())


def quote_spans(quote: str, *, first: BlockKind | None = None) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences of a quote; a row of a table is one, and so is a piece of code.

    Args:
        quote: of a passage.
        first: what it begins with, as far as that is known: the passage's ``kind``.
    """
    found: list[tuple[int, int]] = []
    for kind, start, end in _blocks_of(quote, first=first):
        if kind in (BlockKind.TABLE_ROW, BlockKind.CODE):
            found.append((start, end))
        else:
            found += [(start + first, start + last) for first, last in sentence_spans(quote[start:end])]
    return tuple(found)


def opens_with_code(text: str, *, first: BlockKind | None = None) -> bool:
    """Whether a text begins with a piece of code that nothing introduces; ``first`` as of a passage's ``kind``."""
    return next((kind is BlockKind.CODE for kind, _, _ in _blocks_of(text, first=first)), False)


def _blocks_of(quote: str, *, first: BlockKind | None = None) -> Iterator[tuple[BlockKind, int, int]]:
    """What the quote was cut from: blocks are apart by blank lines, and only code, items and rows by single ones.

    Of the first one it may be known what it is; the others are told by their looks.
    """
    for number, part in enumerate(_PART.finditer(quote)):
        looks_like_code = is_prompt(part[0]) or ("\n" in part[0] and "\t" not in part[0] and is_code(part[0]))
        if first is BlockKind.CODE if number == 0 and first is not None else looks_like_code:
            yield BlockKind.CODE, part.start(), part.end()
            continue
        for line in _LINE.finditer(quote, part.start(), part.end()):
            kind = BlockKind.TABLE_ROW if "\t" in line[0] else BlockKind.PARAGRAPH
            yield BlockKind.LIST_ITEM if _ENTRY.match(line[0]) else kind, line.start(), line.end()


def _quotation(passage: Passage, source: Source) -> tuple[Document, int]:
    """Return a document of the headings above a passage and its quote, and where in it the quote begins."""
    text = ""
    blocks: list[Block] = []
    for level, heading in enumerate(passage.locator.section[-6:], start=1):
        blocks.append(Block(kind=BlockKind.HEADING, start=len(text), end=len(text) + len(heading), level=level))
        text += f"{heading}\n\n"
    offset = len(text)
    text += passage.quote
    for kind, start, end in _blocks_of(passage.quote, first=passage.kind):
        blocks.append(Block(kind=kind, start=offset + start, end=offset + end))
    return Document(title=source.title, text=text, blocks=tuple(blocks), format=source.format), offset
