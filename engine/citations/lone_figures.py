"""Which figures and dates of a sentence only one site or one document states."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from engine.citations.checking.check import MOST_CHARACTERS
from engine.citations.checking.dates import Date
from engine.citations.checking.facts import Facts, facts_of
from engine.citations.checking.figures import Figure
from engine.citations.checking.names import names_of

_MOST_TRIVIAL = 2
"""A count up to this, without a unit, says too little to be marked."""

CountWitnesses = Callable[[Sequence[int]], int]
"""Told which of the passages state something, says how many witnesses that are."""


def lone_figures(
    text: str, passages: Sequence[str], *, count_witnesses: CountWitnesses, asked: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the figures and dates of a sentence, as written there, that one witness states and nobody else.

    What nobody states is not among them: that is for the check of the sentence to say.

    Args:
        text: the sentence.
        passages: what it rests on, and others about the same thing.
        count_witnesses: how many there are behind some of the passages.
        asked: questions, whose own figures need no witness.
    """
    facts = facts_of(text[:MOST_CHARACTERS])
    wanted = [fact for fact in _telling(facts, text) if not any(_has(facts_of(words), fact) for words in asked)]
    found = []
    for fact in wanted:
        stating = [index for index, words in enumerate(passages) if _has(facts_of(words), fact)]
        if stating and (len(stating) == 1 or count_witnesses(stating) == 1):
            found.append(text[fact.start : fact.end].strip(" .,;:\n\t\u00a0"))
    return tuple(dict.fromkeys(found))


def has_figures(text: str) -> bool:
    """Return whether a sentence has figures or dates that may be marked."""
    return any(True for _ in _telling(facts_of(text[:MOST_CHARACTERS]), text))


def _telling(facts: Facts, text: str) -> Iterator[Date | Figure]:
    yield from facts.dates
    identifiers = [name for name in names_of(facts.rest) if name.is_identifier]
    for figure in facts.figures:
        is_trivial = figure.unit is None and (figure.is_small_word or abs(figure.readings[0]) <= _MOST_TRIVIAL)
        is_part = any(name.start <= figure.start and figure.end <= name.end for name in identifiers)
        if not (is_trivial or is_part or figure.label) and any(
            character.isalnum() for character in text[figure.start : figure.end]
        ):
            yield figure


def _has(facts: Facts, fact: Date | Figure) -> bool:
    return facts.has_moment(fact) if isinstance(fact, Date) else facts.has_figure(fact)
