"""One cell of a table without a language model: the shortest quotation that tells a thing's column, or nothing.

A quotation has to rank well for the question about the cell, to speak of the column, and to speak of the thing or
stand where the thing is the topic. What does not is not guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from engine.agent.extractive.definitions import definition_evidence
from engine.agent.extractive.keys import keys_for
from engine.agent.extractive.question import Question, analyse
from engine.agent.extractive.substance import leans_back, substance
from engine.agent.extractive.table_columns import (
    has_figure,
    is_descriptive,
    is_measure,
    is_purpose,
    is_weak,
    purpose_starts,
    speaks_of,
)
from engine.agent.extractive.table_mentions import is_under, mentions
from engine.agent.extractive.table_rows import is_called
from engine.agent.extractive.units import quote_spans, units_of
from engine.agent.roles import Brief
from engine.agent.table_cells import Value
from engine.agent.wide import WideQuestion
from engine.domain import Passage
from engine.reading.ranking import TermStatistics

_ENOUGH = 0.45
"""Score from which a sentence may fill a cell."""
_ENOUGH_FOR_WEAK = 0.6
"""The same where the header says little; the sentence has to name the thing then."""
_NEARLY = 0.9
"""Of the best score, from which a shorter sentence is preferred."""
_NEARLY_FOR_PURPOSES = 0.75
"""The same where the sentence has none of the header's words, so that its score says less."""
_MAX_CHARACTERS = 320
_OPENING_CHARACTERS = 40
"""In which a sentence has to name the thing where it is not the topic, or the header says little."""
_LEAST_SUBSTANCE = 0.6
_LEAST_DEFINING = 0.75
_BREAK = re.compile(r"[:;,]|^(?:if|when|while|because|although|wenn|weil)\b", re.IGNORECASE)
"""After which a sentence may speak of something else."""
_MOST_BETWEEN = 45
"""Characters between a thing and what it is for."""
_MOST_OTHERS = 1
"""Other things that a sentence on one may name; one that names more is about all of them."""
_LABELLED = re.compile(r"(?P<label>[^:\n\t.!?]{1,60}): (?P<value>\S[^\n]{0,200})")
_LIKENED = re.compile(r"(?:like|unlike|as with|wie|anders als|im gegensatz|comme|como|come)\b", re.IGNORECASE)
"""How a sentence begins that names one thing in order to speak of another."""
_REFERRAL = re.compile(
    r"\b(?:documented|described|listed|shown|discussed|explained|summarized|stated|mentioned) (?:in|below|above|at)\b"
    r"|^see\b",
    re.IGNORECASE,
)
"""What a sentence has that only says where something is said."""
_ALSO = re.compile(r"\b(?:also|auch|aussi|también|anche)\b", re.IGNORECASE)
_SIGNS = re.compile(r"\s*\n\s*(?P<signs>(?:[^\w\s.,;:]+[ \t]*){1,40})(?=\n|$)")
"""A line of signs, such as operators, without a word."""
_PIECE = re.compile(r";\s+|,\s+(?!\d)|\s+(?:and|und|et|y|e)\s+(?!(?:about |up to )?\d)")
_CONDITION = re.compile(r"\b(?:if|unless|except|when|while|than|not|no|only|wenn|außer|nicht)\b", re.IGNORECASE)


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
        said: what stands in other cells of the row; none shows the same words twice.
        statistics: how common words are where was searched.
    """
    question = _question(name, column, wide)
    is_plain = not is_weak(column) or is_purpose(column) or is_descriptive(column)
    enough = _ENOUGH if is_plain else _ENOUGH_FOR_WEAK
    keys = keys_for(question, statistics)
    found: list[tuple[float, int, Value]] = []
    for passage in passages:
        is_topic = is_under(passage, name, brief, wide)
        if not is_descriptive(column) and not speaks_of(passage.quote, column, partly=True):
            continue
        found += [(1.0, len(one.claim), one) for one in _introduced(passage, name, column, others)]
        for start, end in quote_spans(passage.quote, first=passage.kind):
            text = passage.quote[start:end]
            match = _LABELLED.fullmatch(text)
            if match and is_called(match["label"], column) and (is_topic or mentions(text, name)):
                value = Value(text=match["value"], claim=text, passages=(passage.id,), is_quotation=True)
                found.append((1.0, len(text), value))
        source = brief.sources[passage.source_id]
        for unit in units_of(passage, source, question, keys, bonus=0.0):
            for start, end in quote_spans(unit.text):
                text = _between_semicolons(unit.text[start:end], column)
                if not _tells(text, name, column, is_topic=is_topic, others=others):
                    continue
                is_stated = is_measure(column) and _is_subject(text, name)
                if unit.score < enough and not is_stated and not is_descriptive(column):
                    continue
                shown = _clause(text, column, wide)
                if shown not in said:
                    value = Value(text=shown, claim=text, passages=(passage.id,), is_quotation=True)
                    found.append((max(unit.score, enough), len(text), value))
    if not found:
        return None
    best = max(score for score, _, _ in found)
    nearly = _NEARLY_FOR_PURPOSES if is_purpose(column) else _NEARLY
    return min((one for one in found if one[0] >= nearly * best), key=_shortness)[2]


def _shortness(found: tuple[float, int, Value]) -> tuple[bool, int, float, int]:
    """By what the best of several is chosen: one that says something first, not "also", and the shortest."""
    score, length, value = found
    return _ALSO.search(value.claim) is not None, length, -score, value.passages[0]


def _introduced(passage: Passage, name: str, column: str, others: Sequence[str]) -> Iterator[Value]:
    """The sentences on a thing that end with a colon, with the line of signs that they introduce."""
    for start, end in quote_spans(passage.quote, first=passage.kind):
        text = passage.quote[start:end]
        signs = _SIGNS.match(passage.quote, end)
        if signs is None or not text.endswith(":") or not speaks_of(text, column, partly=True):
            continue
        if mentions(text, name) and not any(mentions(text, other) for other in others):
            said = passage.quote[start : signs.end()]
            yield Value(text=said, claim=said, passages=(passage.id,), is_quotation=True)


def _question(name: str, column: str, wide: WideQuestion) -> Question:
    text = f"{name}: {column}?" if wide.language != "en" else f"What is the {column.casefold()} of the {name}?"
    return analyse(text)


def _between_semicolons(sentence: str, column: str) -> str:
    """The part of a sentence between semicolons that speaks of the column, if one alone does; else the sentence."""
    parts = sentence.split("; ")
    telling = [part for part in parts if speaks_of(part, column)]
    return telling[0] if len(parts) > 1 and len(telling) == 1 and len(telling[0].split()) > 2 else sentence


def _clause(sentence: str, column: str, wide: WideQuestion) -> str:
    """What of a sentence gives the figure of a column; the sentence where other figures may belong to it as well."""
    if not is_measure(column) or _CONDITION.search(sentence):
        return sentence
    ends = [match.span() for match in _PIECE.finditer(sentence)]
    starts = [0, *(end for _, end in ends)]
    pieces = [sentence[start:end] for start, end in zip(starts, [*(start for start, _ in ends), None], strict=True)]
    telling = [piece for piece in pieces if speaks_of(piece, column) and has_figure(piece)]
    if len(pieces) == 1 or len(telling) != 1 or any(piece.count("(") != piece.count(")") for piece in pieces):
        return sentence
    rest = [piece for piece in pieces if piece is not telling[0] and has_figure(piece)]
    asked = [other for other in wide.columns[1:] if other != column]
    is_clear = all(any(speaks_of(piece, other) for other in asked) for piece in rest) and rest
    return telling[0].rstrip(".") if is_clear else sentence


def _tells(text: str, name: str, column: str, *, is_topic: bool, others: Sequence[str]) -> bool:
    if len(text) > _MAX_CHARACTERS or text.endswith((":", "?")) or "\t" in text or substance(text) < _LEAST_SUBSTANCE:
        return False
    if _REFERRAL.search(text):
        return False
    rivals = [other for other in others if mentions(text, other)]
    if len(rivals) > _MOST_OTHERS or (_LIKENED.match(text) and (rivals or not is_topic)):
        return False
    if rivals and not _is_before(text, name, rivals[0]):
        return False
    if is_descriptive(column):
        return mentions(text[:_OPENING_CHARACTERS], name) and definition_evidence(text, name) >= _LEAST_DEFINING
    if not speaks_of(text, column) or (is_measure(column) and not has_figure(text)):
        return False
    if is_topic and not is_purpose(column) and not is_weak(column):
        return mentions(text, name) or not rivals
    if is_purpose(column) and not _is_purpose_of(text, name):
        return False
    return _is_subject(text, name) and not leans_back(text)


def _is_subject(text: str, name: str) -> bool:
    """Whether a sentence begins with a thing, or goes on with it after the words that lead to it."""
    return mentions(text[: _OPENING_CHARACTERS + len(name)], name) or any(
        mentions(piece[: len(name) + 10], name) and len(piece.split()) > len(name.split()) + 1
        for piece in re.split(r",\s", text)[1:]
    )


def _is_purpose_of(text: str, name: str) -> bool:
    """Whether a sentence begins with a thing, and nothing else comes between it and what something is good for."""
    before = text[: purpose_starts(text)]
    if _BREAK.search(before) or not mentions(before[: _OPENING_CHARACTERS + len(name)], name):
        return False
    return mentions(before[-_MOST_BETWEEN - len(name) :], name)


def _is_before(text: str, name: str, other: str) -> bool:
    """Whether a name stands in a text before another one does."""
    words = text.split()
    for count in range(1, len(words) + 1):
        said = " ".join(words[:count])
        if mentions(said, name):
            return True
        if mentions(said, other):
            return False
    return False
