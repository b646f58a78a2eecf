"""What the columns of a table ask for, and whether a sentence speaks of it."""

from __future__ import annotations

import re
from functools import cache

from engine.agent.extractive.table_rows import is_said
from engine.agent.extractive.words import weak_terms
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

_PURPOSE = re.compile(
    r"\b(?:used (?:for|to|when|in|as|by)|useful|suitable|suited|appropriate|designed for|intended (?:for|to)"
    r"|helpful|can (?:only )?handle|geeignet|dient|dienen|(?:verwendet|genutzt|eingesetzt) (?:für|um|zu)|sert à"
    r"|servent à|utilisée?s? pour|sirven? para|usad[oa]s? para|serv(?:e|ono) (?:per|a))\b",
    re.IGNORECASE,
)
"""What a sentence has that says what something is for."""
_PURPOSES = "use uses usage used purpose Verwendung Zweck Nutzen usage uso"
_DESCRIPTIVE = "description meaning definition explanation Beschreibung Bedeutung Erklärung descripción descrizione"
_MEASURES = (
    "wingspan length size weight mass height width depth diameter radius area volume speed age year date price cost "
    "population number count temperature duration distance altitude elevation capacity lifespan frequency "
    "percentage Spannweite Länge Größe Gewicht Masse Höhe Breite Tiefe Durchmesser Fläche Alter Jahr Datum Preis "
    "Einwohner Zahl Anzahl Geschwindigkeit Temperatur Dauer Entfernung envergure longueur poids hauteur prix année"
)
"""Columns whose cells have figures."""
_SAID_AS = (
    "weight weigh weighs weighing Gewicht wiegt wiegen pèse pèsent",
    "length long",
    "height tall high Höhe hoch",
    "width wide Breite breit",
    "depth deep Tiefe tief",
    "age old Alter alt",
    "price cost costs",
    "Länge lang",
)
"""How sentences say what headers call by a noun; only beside a figure."""
_RELATIVE = re.compile(r"\s+(?:they|it|them|that|which|who|die|das|der|sie|qu[ie]|que|che)\b.*", re.DOTALL)
"""What narrows a header down: "operators they support" are operators."""
_FIGURE = re.compile(r"\d")


def speaks_of(text: str, column: str, *, partly: bool = False) -> bool:
    """Whether a text has every telling word of a header, or one that means nearly the same.

    Args:
        text: a sentence, or more.
        column: the header.
        partly: whether what narrows the header down may be left out: "operators" for "operators they support".
    """
    if is_purpose(column):
        return _PURPOSE.search(text) is not None
    held = set(terms(text))
    said = (_RELATIVE.sub("", column) if partly else column) or column
    wanted = [term for term in terms(said) if term not in stop_terms()] or terms(said)
    has_figure = _FIGURE.search(text) is not None
    return all(is_said(term, held) or (has_figure and _is_said_as(term, held)) for term in wanted)


def is_purpose(column: str) -> bool:
    """Whether a header asks what something is for."""
    return set(terms(column)) <= _stems(_PURPOSES)


def purpose_starts(text: str) -> int:
    """Return where a sentence begins to say what something is for; its end where it does not."""
    match = _PURPOSE.search(text)
    return match.start() if match else len(text)


def is_descriptive(column: str) -> bool:
    """Whether a header asks what something is, so that no sentence has its word."""
    return set(terms(column)) <= _stems(_DESCRIPTIVE)


def is_measure(column: str) -> bool:
    """Whether cells of a column have figures."""
    return not _stems(_MEASURES).isdisjoint(terms(column))


def is_weak(column: str) -> bool:
    """Whether a header says so little that many a sentence has its words: "use"."""
    return set(terms(column)) <= weak_terms() | stop_terms()


def has_figure(text: str) -> bool:
    """Whether a text has a digit."""
    return _FIGURE.search(text) is not None


def _is_said_as(term: str, held: set[str]) -> bool:
    return any(term in group and not group.isdisjoint(held) for group in _said_as())


@cache
def _said_as() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(terms(group)) for group in _SAID_AS)


@cache
def _stems(text: str) -> frozenset[str]:
    return frozenset(terms(text))
