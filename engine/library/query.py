"""Turns the terms of a question into a safe and quick full-text query, and weighs what it finds. No database here."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_MAX_TERMS = 24
_MAX_PHRASES = 12
_FREQUENT_SHARE = 0.12
"""Terms in more than this share of the segments say little; they are left out when rarer ones are asked for."""
_ROWS_TO_WEIGH = 60_000
"""About how many index rows a query may touch: what keeps the time of a search in bounds."""
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

    Args:
        terms: of the question; may be thousands.
        frequencies: of those that are in the index.
        segments: in the index.
        stop_terms: left out when there are others.
    """
    known = [term for term in dict.fromkeys(terms) if term in frequencies]
    if not known:
        return None
    weights = {term: _weight(frequencies[term].segments, segments) for term in known}
    telling = [
        term
        for term in known
        if term not in stop_terms and frequencies[term].segments <= max(20, _FREQUENT_SHARE * segments)
    ]
    ranked = sorted(telling or known, key=lambda term: -weights[term])[:_MAX_TERMS]
    kept: list[str] = []
    rows = 0
    for term in ranked:
        rows += frequencies[term].segments
        if kept and rows > _ROWS_TO_WEIGH:
            break
        kept.append(term)
    chosen = frozenset(kept)
    adjacent = list(dict.fromkeys(pair for pair in pairwise(terms) if chosen.issuperset(pair) and pair[0] != pair[1]))
    parts = [_quoted(term) for term in kept]
    parts += [_quoted(f"{first} {second}") for first, second in adjacent[:_MAX_PHRASES]]
    meaningful = [term for term in terms if term in chosen]
    return Query(
        expression=" OR ".join(parts),
        weights={term: weights[term] for term in known if term in chosen or term in telling},
        pairs=frozenset(pair for pair in pairwise(meaningful[: 2 * _MAX_TERMS]) if pair[0] != pair[1]),
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
