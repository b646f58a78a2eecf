"""Whether sentences of different sources agree, repeat each other word for word, or contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from engine.agent.extractive.facts import Quantity, names, quantities
from engine.agent.extractive.kinds import VALUE_KINDS, AnswerKind
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.similarity import COPY, are_twins, content_terms, overlap
from engine.agent.extractive.units import in_words, quote_spans
from engine.agent.roles import Brief
from engine.domain import BlockKind, Passage, PassageId

_SAME_TOPIC = 0.2
"""Overlap of the words, numbers left out, from which two sentences are taken to speak of one thing."""
_CLOSE_TOPIC = 0.6
_SAYS_THE_SAME = 0.6
_MIN_COPY_CHARACTERS = 40
_MOST_COMPARED = 200
_CACHED_STATEMENTS = 16_384


class Relation(StrEnum):
    """What one sentence is to another."""

    UNRELATED = "unrelated"
    COPY = "copy"
    AGREES = "agrees"
    CONTRADICTS = "contradicts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A text with what is needed to compare it."""

    text: str
    terms: frozenset[str]
    words: frozenset[str]
    """The terms without numbers."""
    numbers: frozenset[Quantity]
    names: frozenset[str]
    plain: str
    """The text in words alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the passages of other sources are to a claim."""

    agreeing: tuple[PassageId, ...] = ()
    copies: tuple[PassageId, ...] = ()
    conflicting: tuple[tuple[PassageId, str], ...] = ()
    """With the sentence that gives another value."""


@lru_cache(maxsize=_CACHED_STATEMENTS)
def statement(text: str) -> Statement:
    """Return a text prepared for comparison."""
    found = content_terms(text)
    return Statement(
        text=text,
        terms=found,
        words=frozenset(word for word in found if not any(character.isdigit() for character in word)),
        numbers=quantities(text),
        names=names(text),
        plain=in_words(text),
    )


def relation(one: Statement, other: Statement, *, question: Question) -> Relation:
    """Return what two statements of different sources are to each other.

    Cautious: "says the same" is only said of sentences that are largely the same in other words, or that give the
    very fact that was asked for; values contradict only where the question wants one value, each side gives exactly
    one of the same unit, and the words around it are the same.
    """
    if _is_copy(one, other):
        return Relation.COPY
    asked = frozenset(term for word in question.words if not word.is_weak for term in word.terms)
    shared_asked = one.terms & other.terms & asked
    has_same_focus = bool(asked) and 2 * len(shared_asked) >= len(asked)
    words = overlap(one.words, other.words)
    if one.numbers and other.numbers and not one.numbers & other.numbers:
        is_conflict = question.kind in VALUE_KINDS and has_same_focus and words >= _CLOSE_TOPIC
        return Relation.CONTRADICTS if is_conflict and _are_rivals(one, other) else Relation.UNRELATED
    if one.names - other.names and other.names - one.names:
        return Relation.UNRELATED  # alike, and each about something of its own
    if words >= _SAYS_THE_SAME and one.numbers == other.numbers:
        return Relation.AGREES
    if has_same_focus and _share_the_answer(one, other, asked=asked, kind=question.kind) and words >= _SAME_TOPIC:
        return Relation.AGREES
    return Relation.UNRELATED


def _is_copy(one: Statement, other: Statement) -> bool:
    """The same words, or the words of one within the other."""
    if overlap(one.terms, other.terms) >= COPY and one.numbers == other.numbers:
        return True
    shorter, longer = sorted((one.plain, other.plain), key=len)
    return len(shorter) >= _MIN_COPY_CHARACTERS and shorter in longer


def _share_the_answer(one: Statement, other: Statement, *, asked: frozenset[str], kind: AnswerKind) -> bool:
    """Whether both give the same fact of the kind that was asked for."""
    if kind in VALUE_KINDS:
        return any(number.unit or len(number.value) > 1 for number in one.numbers & other.numbers)
    if kind in (AnswerKind.NAME, AnswerKind.PLACE, AnswerKind.TERM):
        return any(not content_terms(name) <= asked for name in one.names & other.names)
    return False


def compare(text: str, passage: Passage, brief: Brief, *, among: Sequence[Passage] | None = None) -> Comparison:
    """Return what the other sources of a brief say to a text that is taken from a passage.

    Args:
        text: of the passage.
        passage: where it stands.
        brief: the evidence.
        among: the passages to be compared; if left out, the most relevant ones of the brief.
    """
    if among is None:
        every = sorted(brief.passages.values(), key=lambda other: (-other.relevance, other.id))
        among = every[:_MOST_COMPARED]
    question = analyse(brief.question)
    mine = statement(text)
    source = brief.sources[passage.source_id]
    agreeing: dict[str, PassageId] = {}
    copies: dict[str, PassageId] = {}
    conflicting: dict[str, tuple[PassageId, str]] = {}
    for other in among:
        other_source = brief.sources.get(other.source_id)
        if other_source is None or other_source.address == source.address:
            continue
        if other_source.text_hash == source.text_hash:
            if text in other.quote:
                copies.setdefault(other_source.id, other.id)
            continue
        for start, end in _spans(other.quote, other.kind):
            sentence = other.quote[start:end]
            found = relation(mine, statement(sentence), question=question)
            if are_twins(source, other_source) and found is not Relation.COPY:
                # Two forms of one document differ in wording by accident and agree by descent.
                found = Relation.COPY if found is Relation.AGREES else Relation.UNRELATED
            match found:
                case Relation.COPY:
                    copies.setdefault(other_source.id, other.id)
                case Relation.AGREES:
                    # Two files with the same text are one witness.
                    agreeing.setdefault(other_source.text_hash, other.id)
                case Relation.CONTRADICTS:
                    conflicting.setdefault(other_source.text_hash, (other.id, sentence))
                case Relation.UNRELATED:
                    pass
    return Comparison(
        agreeing=tuple(agreeing.values()),
        copies=tuple(copies.values()),
        conflicting=tuple(conflicting.values()),
    )


@lru_cache(maxsize=_CACHED_STATEMENTS)
def _spans(quote: str, first: BlockKind | None) -> tuple[tuple[int, int], ...]:
    return quote_spans(quote, first=first)


def _are_rivals(one: Statement, other: Statement) -> bool:
    """One value each, of one unit."""
    if len(one.numbers) != 1 or len(other.numbers) != 1:
        return False
    (first,), (second,) = one.numbers, other.numbers
    return first.unit == second.unit and first.value != second.value
