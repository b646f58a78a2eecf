"""How much two texts say the same, by their words."""

from __future__ import annotations

from collections.abc import Set

from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

COPY = 0.9
"""Above this two texts are one text, copied."""
REDUNDANT = 0.75
"""Above this the second text adds nothing for a reader."""


def content_terms(text: str) -> frozenset[str]:
    """Return the terms of a text that say something."""
    return frozenset(terms(text)) - stop_terms()


def overlap(one: Set[str], other: Set[str]) -> float:
    """Return the share of all terms that both have, 0 to 1 (Jaccard)."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def containment(one: Set[str], other: Set[str]) -> float:
    """Return the share of the smaller set that the larger one has, 0 to 1."""
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))
