"""A question's words as weighted keys: how rare each is where we look, and what else counts as finding it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from engine.agent.extractive.question import Question, Word
from engine.agent.extractive.words import equals
from engine.reading.ranking import Key, TermStatistics, rarity

_EQUAL_CREDIT = 0.75
_WEAK_FACTOR = 0.4
_MOST_FOR_A_WORD = 6.0
"""A word that is nowhere may be a paraphrase; a name that is nowhere is not there."""
_MOST_FOR_A_PAIR = 3.0
_ASPECTS_SHARE = 0.4
"""Of the weight of the heaviest thing, what all columns of a table weigh together."""
_COMMON_SHARE = 0.3
"""A name in more documents than this is what the whole library is about; no passage has to repeat it."""


def keys_for(question: Question, statistics: TermStatistics) -> tuple[Key, ...]:
    """Return what to look for, in the question's order."""
    wanted = {term for word in question.words for term in (*word.terms, *equals().get(word.terms[0], ()))}
    frequencies = statistics.document_frequency(wanted) if wanted else {}
    count = max(1, statistics.document_count())
    found: list[Key] = []
    for word in question.words:
        if word.is_unspaced:
            found += _pair_keys(word, frequencies, count)
        else:
            found.append(_key(word, frequencies, count))
    return _with_light_aspects(found, {word.text for word in question.words if word.is_aspect})


def _with_light_aspects(keys: Sequence[Key], aspects: Set[str]) -> tuple[Key, ...]:
    """The heads of a table's columns weigh so little together that a text about the things is found without them."""
    heaviest = max((key.weight for key in keys if key.word not in aspects), default=0.0)
    most = _ASPECTS_SHARE * heaviest / max(1, len(aspects))
    return tuple(
        replace(key, weight=min(key.weight, most), is_required=False) if key.word in aspects else key for key in keys
    )


def _pair_keys(word: Word, frequencies: Mapping[str, int], count: int) -> list[Key]:
    """Pairs across the border of two words occur nowhere and mean nothing, so no pair is decisive."""
    return [
        Key(
            word=pair,
            weight=min(_MOST_FOR_A_PAIR, rarity(frequencies.get(pair, 0), count)) if frequencies.get(pair, 0) else 0.5,
            credits={pair: 1.0},
        )
        for pair in word.terms
    ]


def _key(word: Word, frequencies: Mapping[str, int], count: int) -> Key:
    whole, *parts = word.terms
    frequency = frequencies.get(whole, 0)
    if parts:
        frequency = max(frequency, min(frequencies.get(part, 0) for part in parts))
    credits = {whole: 1.0}
    if not word.is_name:
        credits |= dict.fromkeys(equals().get(whole, ()), _EQUAL_CREDIT)
    weight = rarity(frequency, count)
    if not word.is_name:
        weight = min(weight, _MOST_FOR_A_WORD)
    if word.is_weak:
        weight *= _WEAK_FACTOR
    return Key(
        word=word.text,
        weight=weight,
        credits=credits,
        parts=tuple(parts),
        is_required=word.is_name and frequency <= _COMMON_SHARE * count + 1,
    )
