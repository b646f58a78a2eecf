"""Finds the passages of a brief that speak of what a sentence speaks of, quickly, however many there are.

Each passage is taken apart once; a brief that has grown costs only what is new in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from math import log

from engine.agent.extractive.similarity import content_terms
from engine.agent.roles import Brief
from engine.domain import Passage, PassageId

_DIGITS = re.compile(r"\d[\d.,\u00a0\u202f ']*")
_MOST_POSTINGS = 40_000
"""Places that are looked at for one sentence, those of its rarest words first."""
_COMMON = 0.5
"""Of the passages; a word that more of them have tells nothing, where there are many."""
_FEW = 200


class NearPassages:
    """The words and numbers of a run's passages, and where they are."""

    def __init__(self) -> None:
        self._brief: Brief | None = None
        self._quotes: dict[PassageId, str] = {}
        self._by_term: dict[str, list[PassageId]] = {}
        self._by_digits: dict[str, list[PassageId]] = {}

    def near(
        self, text: str, brief: Brief, *, limit: int, least: float = 0.0, prefers_numbers: bool = True
    ) -> list[Passage]:
        """Return the passages with most of a sentence's telling words, the nearest first.

        Args:
            text: the sentence.
            brief: what is known; read anew where it is another run's.
            limit: how many at most.
            least: 0 to 1, the share of the sentence's words, weighed by how rare they are, that a passage must have.
            prefers_numbers: whether those come first that have one of its numbers as well.
        """
        self._learn(brief)
        weights = self._weights(content_terms(text))
        whole = sum(weights.values())
        if not whole:
            return []
        scores: dict[PassageId, float] = {}
        looked_at = 0
        for term in sorted(weights, key=lambda term: (-weights[term], term)):
            places = self._by_term.get(term, ())
            looked_at += len(places)
            if looked_at > _MOST_POSTINGS:
                break
            for number in places:
                scores[number] = scores.get(number, 0.0) + weights[term]
        keys = _digit_keys(text) if prefers_numbers else ()
        digits = {number for key in keys for number in self._by_digits.get(key, ())}
        near = [number for number, score in scores.items() if score >= least * whole]
        near.sort(key=lambda number: (-(scores[number] + (number in digits) * whole / 2), number))
        return [brief.passages[number] for number in near[:limit]]

    def _weights(self, terms: Collection[str]) -> dict[str, float]:
        """How much each word tells: less where many passages have it; words that none has tell nothing here."""
        count = len(self._quotes)
        found = {}
        for term in terms:
            frequency = len(self._by_term.get(term, ()))
            if frequency and (count < _FEW or frequency <= _COMMON * count):
                found[term] = log(1 + count / frequency)
        return found

    def _learn(self, brief: Brief) -> None:
        if brief is self._brief:
            return
        self._brief = brief
        known = self._quotes
        if any(brief.passages[number].quote != known[number] for number in known if number in brief.passages) or any(
            number not in brief.passages for number in known
        ):
            self._quotes, self._by_term, self._by_digits = {}, {}, {}
            known = self._quotes
        for number, passage in brief.passages.items():
            if number in known or passage.source_id not in brief.sources:
                continue
            known[number] = passage.quote
            for term in content_terms(passage.quote):
                self._by_term.setdefault(term, []).append(number)
            for key in _digit_keys(passage.quote):
                self._by_digits.setdefault(key, []).append(number)


def _digit_keys(text: str) -> frozenset[str]:
    """The telling digits of the numbers of a text: the same for 1,200, 1200 and 1.2 thousand."""
    found = ("".join(filter(str.isdecimal, match)).strip("0") for match in _DIGITS.findall(text))
    return frozenset(key for key in found if key)
