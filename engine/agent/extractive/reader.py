"""The reader without a language model: ranks the sentences of a document and selects the spans worth citing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.agent.extractive.evidence import kind_evidence
from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.kinds import VALUE_KINDS
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.relevance import OPENING_CHARACTERS, context_of, in_its_source, relevance_of
from engine.agent.extractive.similarity import COPY, REDUNDANT, containment, content_terms, overlap
from engine.agent.extractive.spans import Span, SpanBuilder
from engine.agent.extractive.table_reading import table_selections
from engine.agent.roles import Findings, ReadingTask, Selection
from engine.agent.typed import without_addresses
from engine.agent.wide import wide_question
from engine.counting import counted
from engine.domain import Passage
from engine.reading.document import BlockKind
from engine.reading.ranking import Ranking, TermStatistics
from engine.reading.sentences import sentences

_MIN_RELEVANCE = 0.4
_CONSIDERED = 60
"""Sentences that are looked at closely, the best by BM25 and surroundings."""
_WORTH_A_COPY = 0.6
"""A strong passage is selected again from another source, so that the report can say where else it stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    span: Span
    relevance: float
    terms: frozenset[str]
    start: int
    """Of the sentence that it was built around."""
    adds: bool
    """Whether that sentence has something of the question and the others only lead to it."""


_OPENING_PARAGRAPHS = 3
_OPENING_SENTENCES = 3
_OPENING_PARAGRAPH_CHARACTERS = 80
_OPENING_RELEVANCE = 0.75


class ExtractiveReader:
    """Selects spans by BM25, surroundings and the kind of answer wanted. Deterministic."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def read(self, tasks: Sequence[ReadingTask]) -> tuple[Findings, ...]:
        """Return what each document holds; nothing when too little of the question is in it."""
        return tuple(self._read(task) for task in tasks)

    def _read(self, task: ReadingTask) -> Findings:
        if not without_addresses(task.subquestion.text):
            return _opening(task)
        tables = _tables(task)
        question = analyse(task.subquestion.text)
        keys = keys_for(question, self._statistics)
        found = sentences(task.document)
        if not keys or not found or task.max_passages < 1:
            return Findings(selections=(), note="Nothing here to compare with the question.")
        ranking = Ranking(task.document, found, keys, context=context_of(task.source))
        builder = SpanBuilder(task.document, found, question=question)
        candidates = _candidates(question, ranking, builder)
        chosen = _chosen(candidates, task)
        sentences_of = tuple(
            Selection(
                start=found[candidate.span.first].start,
                end=found[candidate.span.last].end,
                relevance=round(in_its_source(candidate.relevance, question, task.source), 3),
            )
            for candidate in sorted(chosen, key=lambda candidate: -candidate.relevance)
        )
        apart = (one for one in sentences_of if not any(_overlaps(one, table) for table in tables))
        selections = (*tables, *apart)[: task.max_passages]
        return Findings(selections=selections, note=_note(selections, candidates, len(found)))


def _tables(task: ReadingTask) -> tuple[Selection, ...]:
    """The tables that a wide question is about; none that was read before."""
    wide = wide_question(task.question)
    if wide is None:
        return ()
    known = [passage for passage in task.known if passage.source_id == task.source.id]
    found = table_selections(task.document, wide, over=task.source.title, context=context_of(task.source))
    return tuple(one for one in found if not any(_overlaps(one, passage) for passage in known))


def _overlaps(one: Selection, other: Selection | Passage) -> bool:
    return one.start < other.end and other.start < one.end


def _opening(task: ReadingTask) -> Findings:
    """Return how a document begins: nothing is asked of it but its address."""
    found = sentences(task.document)
    blocks = [
        (block.start, block.end)
        for block in task.document.blocks
        if block.kind is BlockKind.PARAGRAPH
        and not block.is_navigation
        and block.end - block.start >= _OPENING_PARAGRAPH_CHARACTERS
    ]
    chosen = []
    for start, end in blocks[:_OPENING_PARAGRAPHS]:
        within = [one for one in found if start <= one.start and one.end <= end][:_OPENING_SENTENCES]
        if within:
            chosen.append(Selection(start=within[0].start, end=within[-1].end, relevance=_OPENING_RELEVANCE))
    selections = tuple(chosen[: task.max_passages])
    return Findings(selections=selections, note="How it begins." if selections else "There is no paragraph in it.")


def _candidates(question: Question, ranking: Ranking, builder: SpanBuilder) -> list[_Candidate]:
    scored = _likely(question, ranking, builder)
    found: list[_Candidate] = []
    for core in scored:
        best: _Candidate | None = None
        for span in builder.around(core):
            relevance = relevance_of(
                question, ranking, builder, span, opens_document=builder.start(core) < OPENING_CHARACTERS
            )
            # A longer span has to earn its length.
            if relevance >= _MIN_RELEVANCE and (best is None or relevance > best.relevance + 0.04):
                best = _Candidate(
                    span=span,
                    relevance=relevance,
                    terms=content_terms(builder.span_text(span)),
                    start=builder.start(core),
                    adds=core == span.last and ranking.own_share(core, core) > 0,
                )
        if best is not None:
            found.append(best)
    return sorted(found, key=lambda candidate: (-candidate.relevance, candidate.span.first))


def _likely(question: Question, ranking: Ranking, builder: SpanBuilder) -> list[int]:
    """The sentences worth a closer look: those that match, and the first ones under a heading that does."""
    scores: list[tuple[float, int]] = []
    for index in range(len(ranking.own)):
        block = builder.block(index)
        if (
            builder.kind(index) in (BlockKind.HEADING, BlockKind.CODE)
            or builder.is_navigation(index)
            or builder.is_label(index)
        ):
            continue
        own = ranking.bm25(index)
        heading = ranking.heading_share(block)
        if own <= 0:
            near = max(heading, ranking.earlier_share(index))
            opens = heading > 0.3 and builder.opens_section(index)
            has_value = (
                near > 0.4 and question.kind in VALUE_KINDS and kind_evidence(builder.text(index), question) >= 0.7
            )
            if not opens and not has_value:
                continue
        scores.append(
            (max(own, 0.5 * ranking.earlier_share(index)) + 0.5 * heading + 0.3 * ranking.coverage(index, index), index)
        )
    scores.sort(key=lambda score: (-score[0], score[1]))
    return [index for _, index in scores[:_CONSIDERED]]


def _chosen(candidates: Sequence[_Candidate], task: ReadingTask) -> list[_Candidate]:
    """The best candidates that repeat neither each other nor what is known."""
    chosen: list[_Candidate] = []
    known = [(passage, content_terms(passage.quote)) for passage in task.known]
    for candidate in candidates:
        if len(chosen) >= task.max_passages:
            break
        if any(_repeats(candidate, other) for other in chosen):
            continue
        if _is_known(candidate, known, task):
            continue
        if chosen and candidate.relevance < 0.6 * chosen[0].relevance:
            break
        chosen.append(candidate)
    return chosen


def _repeats(candidate: _Candidate, other: _Candidate) -> bool:
    shares_text = candidate.span.first <= other.span.last and other.span.first <= candidate.span.last
    return shares_text or overlap(candidate.terms, other.terms) >= REDUNDANT


def _is_known(candidate: _Candidate, known: Sequence[tuple[Passage, frozenset[str]]], task: ReadingTask) -> bool:
    for passage, passage_terms in known:
        if passage.source_id == task.source.id:
            is_new = candidate.adds and not passage.start <= candidate.start < passage.end
            share = _share_in(candidate.terms, passage_terms)
            if share >= COPY or (not is_new and containment(candidate.terms, passage_terms) >= COPY):
                return True
        elif overlap(candidate.terms, passage_terms) >= COPY:
            copies = sum(overlap(candidate.terms, other) >= COPY for _, other in known)
            if passage.relevance < _WORTH_A_COPY or copies > 2:
                return True
    return False


def _share_in(terms: frozenset[str], known: frozenset[str]) -> float:
    """The share of terms that are known; what says more than is known is not known."""
    return len(terms & known) / len(terms) if terms else 1.0


def _note(selections: Sequence[Selection], candidates: Sequence[_Candidate], read: int) -> str:
    if selections:
        return f"{counted(len(selections), 'passage')} selected from {counted(read, 'sentence')}."
    if candidates:
        return "Only repeats what is known already."
    return f"Nothing relevant in {counted(read, 'sentence')}."
