"""Turns the terms of a question into a safe and quick full-text query, and weighs what it finds. No database here."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MAX_TERMS = 24
_MAX_PHRASES = 12
_FREQUENT_SHARE = 0.3
"""Terms in more than this share of the segments say nothing by being near others."""
_STOP_FACTOR = 0.25
_EFFORT = 250_000
_EFFORT_PER_ROW = 10
"""Of a term: every row that has it is scored."""
_EFFORT_PER_PHRASE_ROW = 1
"""Of a phrase: the rows of its terms are only compared. Measured at 0.06 µs, and 0.6 µs to score a row."""
_NEAR = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """In how many documents and segments of the index a term is."""

    documents: int
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for."""

    expression: str
    """In the language of FTS5; every term is quoted."""
    weights: Mapping[str, float]
    """Of each term of the question that the index knows: how much finding it says."""
    pairs: frozenset[tuple[str, str]]
    """Terms that follow each other in the question, frequent words aside."""


def make_query(
    terms: Sequence[str], frequencies: Mapping[str, Frequency], *, segments: int, stop_terms: Collection[str] = ()
) -> Query | None:
    """Return the query for a question's terms in their order, or None when the index knows none of them.

    Rare terms come first; frequent ones are looked for as long as that stays quick, and are always weighed in the end.

    Args:
        terms: of the question; may be thousands.
        frequencies: of those that are in the index.
        segments: in the index.
        stop_terms: words without a subject. Alone they are looked for only when there is nothing else; next to other
            words they are, because that tells more than it costs.
    """
    weights = {
        term: _weight(frequencies[term].segments, segments) * (_STOP_FACTOR if term in stop_terms else 1.0)
        for term in dict.fromkeys(terms)
        if term in frequencies
    }
    if not weights:
        return None
    ranked = sorted(weights, key=lambda term: -weights[term])[:_MAX_TERMS]
    chosen: set[str] = set()
    effort = 0
    for term in [term for term in ranked if term not in stop_terms] or ranked:
        effort += _EFFORT_PER_ROW * frequencies[term].segments
        if chosen and effort > _EFFORT:
            effort -= _EFFORT_PER_ROW * frequencies[term].segments
            break
        chosen.add(term)
    phrases: list[tuple[str, str]] = []
    following = dict.fromkeys(pair for pair in pairwise(terms) if pair[0] != pair[1] and weights.keys() >= {*pair})
    for pair in sorted(following, key=lambda pair: -max(weights[term] for term in pair))[:_MAX_PHRASES]:
        effort += _EFFORT_PER_PHRASE_ROW * sum(frequencies[term].segments for term in pair)
        if effort > _EFFORT:
            break
        phrases.append(pair)
    telling = [term for term in terms if term in ranked and frequencies[term].segments <= _FREQUENT_SHARE * segments]
    return Query(
        expression=" OR ".join([*map(_quoted, sorted(chosen)), *(_quoted(" ".join(pair)) for pair in phrases)]),
        weights={term: weights[term] for term in ranked},
        pairs=frozenset(pair for pair in pairwise(telling[: 2 * _MAX_TERMS]) if pair[0] != pair[1]),
    )


def _weight(found_in: int, segments: int) -> float:
    """The inverse document frequency of BM25, which is never negative in this form."""
    return math.log(1 + (segments - found_in + 0.5) / (found_in + 0.5)) if segments >= found_in else 0.01


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def coverage(query: Query, found: Sequence[str]) -> float:
    """Return 0 to 1: how much of what was asked is in a segment's terms, counting rare terms for more."""
    total = sum(query.weights.values())
    present = query.weights.keys() & set(found)
    return sum(query.weights[term] for term in present) / total if total else 0.0


def closeness(query: Query, found: Sequence[str]) -> float:
    """Return 0 to 1: how many of the question's neighbouring terms are near each other in a segment's terms."""
    if not query.pairs:
        return 0.0
    places: dict[str, list[int]] = {}
    for place, term in enumerate(found):
        if term in query.weights:
            places.setdefault(term, []).append(place)
    near = sum(_are_near(places.get(first, ()), places.get(second, ())) for first, second in query.pairs)
    return near / len(query.pairs)


def _are_near(first: Sequence[int], second: Sequence[int]) -> bool:
    i = j = 0
    while i < len(first) and j < len(second):
        if abs(first[i] - second[j]) <= _NEAR:
            return True
        if first[i] < second[j]:
            i += 1
        else:
            j += 1
    return False
