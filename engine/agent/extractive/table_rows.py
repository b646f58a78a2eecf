"""Rows of tables that stand in the sources themselves: their cells, told apart by tabs and called by their columns.

A row reads ``bigint<tab>Storage Size: 8 bytes<tab>Range: …``, as tables are archived; where a cell is too long to be
called so, its neighbours in other rows of the same table say of which column it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cache

from engine.domain import BlockKind, Passage
from engine.reading.stop_words import stop_terms
from engine.reading.terms import term_groups, terms

_LABELLED = re.compile(r"(?P<label>[^:\t]{1,60}): (?P<value>\S.*)")
_LEAST_CELLS = 2
_SAME = (
    "weight mass",
    "licence license licensing",
    "price cost",
    "purpose use",
    "limitation drawback restriction disadvantage caveat",
    "author creator",
    "wingspan Flügelspannweite Spannweite envergure",
    "population inhabitants Einwohner Einwohnerzahl",
)
"""Words that mean the same where they are headers."""
_MAX_NAME_CHARACTERS = 80
_MAX_VALUE_CHARACTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One row of a table in a source."""

    name: str
    """Its first cell."""
    cells: tuple[tuple[str, str], ...]
    """Label and words of the others; a label that nothing tells is empty."""
    head: str
    """What the first column is called, where the table says so."""
    passage: Passage


def rows_in(passages: Iterable[Passage]) -> list[SourceRow]:
    """Return the rows in the passages, in their order; headers are not among them."""
    tables: dict[tuple[object, ...], list[tuple[Passage, list[str]]]] = {}
    for passage in passages:
        if passage.kind not in (None, BlockKind.TABLE_ROW) and "\t" not in passage.quote:
            continue
        for line in passage.quote.split("\n"):
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) >= _LEAST_CELLS and cells[0]:
                key = (passage.source_id, passage.locator.section, len(cells))
                tables.setdefault(key, []).append((passage, cells))
    return [row for lines in tables.values() for row in _rows_of(lines)]


def _rows_of(lines: Sequence[tuple[Passage, list[str]]]) -> Iterable[SourceRow]:
    """The rows of lines that have one number of cells and stand under one heading."""
    width = len(lines[0][1])
    labels = [""] * width
    for _, cells in lines:
        for place, cell in enumerate(cells[1:], start=1):
            if not labels[place] and (match := _LABELLED.fullmatch(cell)):
                labels[place] = match["label"]
    header = next((cells for _, cells in lines if _is_header(cells, labels)), None)
    known = [label or (header[place] if header else "") for place, label in enumerate(labels)]
    for passage, cells in lines:
        if cells is header or _is_header(cells, labels):
            continue
        if len(cells[0]) > _MAX_NAME_CHARACTERS or (match := _LABELLED.fullmatch(cells[0])) is not None:
            continue
        found = []
        for place, cell in enumerate(cells[1:], start=1):
            match = _LABELLED.fullmatch(cell)
            is_called = match is not None and match["label"] == known[place]
            value = match["value"] if match is not None and is_called else cell
            if value and len(value) <= _MAX_VALUE_CHARACTERS:
                found.append((known[place], value))
        yield SourceRow(name=cells[0], cells=tuple(found), head=header[0] if header else "", passage=passage)


def _is_header(cells: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether a line is what the labels of the others come from."""
    told = [(cell, label) for cell, label in zip(cells[1:], labels[1:], strict=True) if label]
    return bool(told) and all(cell.rstrip(" :") == label for cell, label in told)


def is_called(label: str, column: str) -> bool:
    """Whether what a source calls something is what is asked for: "Wing span (cm)" for "wingspan"."""
    theirs, ours = _words(label), _words(column)
    if not theirs or not ours:
        return False
    if "".join(ours) == "".join(theirs):
        return True
    them, us = set(theirs), set(ours)
    return all(is_said(word, them) for word in us) or (them < us and 2 * len(them) >= len(us) and ours[-1] in them)


def is_said(word: str, held: Set[str]) -> bool:
    """Whether the stem of a header is among those of a text, or one that means the same in a header."""
    return word in held or any(word in group and not group.isdisjoint(held) for group in _same())


@cache
def _same() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(terms(group)) for group in _SAME)


def _words(text: str) -> list[str]:
    """The stems of a label, without what stands in brackets: units."""
    groups = [group[0] for group in term_groups(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text))]
    return [word for word in groups if word not in stop_terms()] or groups
