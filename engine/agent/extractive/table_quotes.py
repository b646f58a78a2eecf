"""One cell of a table without a language model: the shortest quotation that tells a thing's column, or nothing.

A quotation has to rank well for the question about the cell, to speak of the column, and to speak of the thing or
stand where the thing is the topic. What does not is not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.substance import leans_back, substance
from engine.agent.extractive.table_rows import is_called, is_said
from engine.agent.extractive.table_things import mentions, place_of
from engine.agent.extractive.units import quote_spans, units_of
from engine.agent.extractive.words import weak_terms
from engine.agent.roles import Brief
from engine.agent.table_cells import Value
from engine.agent.wide import WideQuestion
from engine.domain import Passage
from engine.reading.ranking import TermStatistics
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

_ENOUGH = 0.45
"""Score from which a sentence may fill a cell."""
_ENOUGH_FOR_WEAK = 0.6
"""The same where the header says little; the sentence has to name the thing then."""
_NEARLY = 0.9
"""Of the best score, from which a shorter sentence is preferred."""
_MAX_CHARACTERS = 320
_OPENING_CHARACTERS = 40
"""In which a sentence has to name the thing where it is not the topic, or the header says little."""
_LEAST_SUBSTANCE = 0.6
_LABELLED = re.compile(r"(?P<label>[^:\n\t.!?]{1,60}): (?P<value>\S[^\n]{0,200})")
_PURPOSE = re.compile(
    r"\b(?:used (?:for|to|when|in|as|by)|useful|suitable|suited|appropriate|designed (?:for|to)|intended (?:for|to)"
    r"|helpful|geeignet|dient|dienen|(?:verwendet|genutzt|eingesetzt) (?:für|um|zu)|sert à|servent à|utilisée?s? pour"
    r"|sirven? para|usad[oa]s? para|serv(?:e|ono) (?:per|a))\b",
    re.IGNORECASE,
)
"""What a sentence has that says what something is for."""
_LIKENED = re.compile(r"(?:like|unlike|as with|wie|anders als|im gegensatz|comme|como|come)\b", re.IGNORECASE)
"""How a sentence begins that names one thing in order to speak of another."""
_FIGURE = re.compile(r"\d")
_MEASURES = (
    "wingspan length size weight mass height width depth diameter radius area volume speed age year date price cost "
    "population number count temperature duration distance altitude elevation capacity lifespan frequency "
    "percentage Spannweite Länge Größe Gewicht Masse Höhe Breite Tiefe Durchmesser Fläche Alter Jahr Datum Preis "
    "Einwohner Zahl Anzahl Geschwindigkeit Temperatur Dauer Entfernung envergure longueur poids hauteur prix année"
)
"""Columns whose cells have figures."""


def quoted_value(
    name: str,
    column: str,
    passages: Sequence[Passage],
    brief: Brief,
    *,
    wide: WideQuestion,
    others: Sequence[str],
    said: Collection[str],
    statistics: TermStatistics,
) -> Value | None:
    """Return what the passages say of a thing in a column, word for word; None where nothing is good enough.

    Args:
        name: of the thing.
        column: its header.
        passages: those that name it or stand where it is the topic.
        brief: holds their sources.
        wide: what the table is of.
        others: the names of the other things: a sentence that speaks of one of them instead is not of this one.
        said: sentences that stand in other cells of the row; none is said twice.
        statistics: how common words are where was searched.
    """
    question = _question(name, column, wide)
    is_plain = not _is_weak(column) or _is_purpose(column)
    enough = _ENOUGH if is_plain else _ENOUGH_FOR_WEAK
    keys = keys_for(question, statistics)
    found: list[tuple[float, int, Value]] = []
    for passage in passages:
        is_topic = mentions(place_of(passage, brief), name)
        if not _speaks_of(passage.quote, column):
            continue
        for start, end in quote_spans(passage.quote):
            text = passage.quote[start:end]
            match = _LABELLED.fullmatch(text)
            if match and is_called(match["label"], column) and (is_topic or mentions(text, name)):
                value = Value(text=match["value"], claim=text, passages=(passage.id,), is_quotation=True)
                found.append((1.0, len(text), value))
        source = brief.sources[passage.source_id]
        for unit in units_of(passage, source, question, keys, bonus=0.0):
            if unit.score < enough:
                continue
            for start, end in quote_spans(unit.text):
                text = _clause(unit.text[start:end], column)
                if text not in said and _tells(text, name, column, is_topic=is_topic, others=others):
                    value = Value(text=text, claim=text, passages=(passage.id,), is_quotation=True)
                    found.append((unit.score, len(text), value))
    if not found:
        return None
    best = max(score for score, _, _ in found)
    return min((one for one in found if one[0] >= _NEARLY * best), key=_shortness)[2]


def _is_purpose(column: str) -> bool:
    return set(terms(column)) <= _purposes()


@cache
def _purposes() -> frozenset[str]:
    return frozenset(terms("use uses usage used purpose Verwendung Zweck Nutzen usage uso"))


@cache
def _measures() -> frozenset[str]:
    return frozenset(terms(_MEASURES))


def _shortness(found: tuple[float, int, Value]) -> tuple[int, float, int]:
    score, length, value = found
    return length, -score, value.passages[0]


def _question(name: str, column: str, wide: WideQuestion) -> Question:
    text = f"{name}: {column}?" if wide.language != "en" else f"What is the {column.casefold()} of the {name}?"
    return analyse(text)


def _clause(sentence: str, column: str) -> str:
    """The part of a sentence between semicolons that speaks of the column, if one alone does; else the sentence."""
    parts = sentence.split("; ")
    telling = [part for part in parts if _speaks_of(part, column)]
    return telling[0] if len(parts) > 1 and len(telling) == 1 and len(telling[0].split()) > 2 else sentence


def _tells(text: str, name: str, column: str, *, is_topic: bool, others: Sequence[str]) -> bool:
    if len(text) > _MAX_CHARACTERS or text.endswith((":", "?")) or "\t" in text or not _speaks_of(text, column):
        return False
    if not _measures().isdisjoint(terms(column)) and not _FIGURE.search(text):
        return False
    if substance(text) < _LEAST_SUBSTANCE or (not is_topic and _LIKENED.match(text)):
        return False
    if is_topic and not _is_purpose(column) and not _is_weak(column):
        return mentions(text, name) or not any(mentions(text, other) for other in others)
    return mentions(text[:_OPENING_CHARACTERS], name) and not leans_back(text)


def _speaks_of(text: str, column: str) -> bool:
    """Whether a text has every telling word of a header, or one that means nearly the same."""
    held = set(terms(text))
    if _is_purpose(column):
        return _PURPOSE.search(text) is not None
    wanted = [term for term in terms(column) if term not in stop_terms()] or terms(column)
    return all(is_said(term, held) for term in wanted)


def _is_weak(column: str) -> bool:
    """Whether a header says so little that many a sentence has its words: "use"."""
    return set(terms(column)) <= weak_terms() | stop_terms()
