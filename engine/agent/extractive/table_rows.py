"""Rows of tables that stand in the sources themselves: their cells, told apart by tabs and called by their columns.

A row reads ``bigint<tab>Storage Size: 8 bytes<tab>Range: …``, as tables are archived; where a cell is too long to be
called so, its neighbours in other rows of the same table say of which column it is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import cache

from engine.domain import BlockKind, Passage
from engine.reading.stop_words import stop_terms
from engine.reading.terms import term_groups, terms

_LABELLED = re.compile(r"(?P<label>[^:\t]{1,60}): (?P<value>\S.*)")
_SIGNATURE = re.compile(r"(?P<name>[A-Za-z_][\w.]*) ?\(.*\S\s+\S")
"""How a cell begins that tells of a function besides naming it, under a header such as "Function Description"."""
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
_FILLERS = "date name number Datum Nummer"
"""What a header may leave out: "Release" is that of release dates."""
_MAX_NAME_CHARACTERS = 80
_MAX_VALUE_CHARACTERS = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRow:
    """One row of a table in a source."""

    name: str
    """Its first cell, or what that begins with where it tells more."""
    cells: tuple[tuple[str, str], ...]
    """Label and words of all, the first too; a label that nothing tells is empty."""
    head: str
    """What the first column is called, where the table says so."""
    passage: Passage


_Line = tuple[int, Passage, list[str]]
"""Its place among all lines, where it stands, and its cells."""


def rows_in(passages: Iterable[Passage]) -> list[SourceRow]:
    """Return the rows in the passages, in their order; headers are not among them."""
    tables: dict[tuple[object, ...], list[_Line]] = {}
    place = 0
    for passage in passages:
        if passage.kind not in (None, BlockKind.TABLE_ROW) and "\t" not in passage.quote:
            continue
        for line in passage.quote.split("\n"):
            cells = [cell.strip() for cell in line.split("\t")]
            if len(cells) >= _LEAST_CELLS and cells[0]:
                key = (passage.source_id, passage.locator.section, len(cells))
                tables.setdefault(key, []).append((place, passage, cells))
                place += 1
    found = [row for lines in tables.values() for row in _rows_of(lines)]
    return [row for _, row in sorted(found, key=_place)]


def _place(found: tuple[int, SourceRow]) -> int:
    return found[0]


def _rows_of(lines: Sequence[_Line]) -> Iterable[tuple[int, SourceRow]]:
    """The rows of lines that have one number of cells and stand under one heading, with their places."""
    labels = [_labels_at(place, lines) for place in range(len(lines[0][2]))]
    only = [next(iter(said)) if len(said) == 1 else "" for said in labels]
    header = next((cells for _, _, cells in lines if _is_header(cells, only)), None)
    known = [label or (header[place] if header else "") for place, label in enumerate(only)]
    for line, passage, cells in lines:
        if _is_header(cells, only):
            continue
        found = [_parted(cell, labels[place], known[place]) for place, cell in enumerate(cells)]
        signature = _SIGNATURE.match(found[0][1]) if " " in known[0] else None
        name = signature["name"] if signature is not None else found[0][1]
        if 0 < len(name) <= _MAX_NAME_CHARACTERS:
            told = tuple((label, value) for label, value in found if value and len(value) <= _MAX_VALUE_CHARACTERS)
            yield line, SourceRow(name=name, cells=told, head=known[0], passage=passage)


def _labels_at(place: int, lines: Sequence[_Line]) -> frozenset[str]:
    """What cells at a place are called by: what several begin with, or the only thing that any begins with."""
    matches = (_LABELLED.fullmatch(cells[place]) for _, _, cells in lines)
    counts = Counter(match["label"] for match in matches if match is not None)
    return frozenset(label for label, count in counts.items() if count > 1 or len(counts) == 1)


def _parted(cell: str, labels: Set[str], otherwise: str) -> tuple[str, str]:
    """What a cell is called by, and what it says."""
    match = _LABELLED.fullmatch(cell)
    return (match["label"], match["value"]) if match is not None and match["label"] in labels else (otherwise, cell)


def _is_header(cells: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether a line is what the labels of the others come from."""
    told = [(cell, label) for cell, label in zip(cells[1:], labels[1:], strict=True) if label]
    return bool(told) and all(cell.rstrip(" :") == label for cell, label in told)


def is_called(label: str, column: str, *, partly: bool = True) -> bool:
    """Whether what a source calls something is what is asked for: "Wing span (cm)" for "wingspan".

    Args:
        label: the source's header.
        column: the header that is asked for.
        partly: whether "Size" will do for "storage size".
    """
    theirs, ours = _words(label), _words(column)
    if not theirs or not ours:
        return False
    if "".join(ours) == "".join(theirs):
        return True
    them, us = set(theirs), set(ours)
    if all(is_said(word, them) for word in us) or (them < us and us - them <= _fillers()):
        return True
    return partly and them < us and 2 * len(them) >= len(us) and ours[-1] in them


def is_said(word: str, held: Set[str]) -> bool:
    """Whether the stem of a header is among those of a text, or one that means the same in a header."""
    return word in held or any(word in group and not group.isdisjoint(held) for group in _same())


@cache
def _fillers() -> frozenset[str]:
    return frozenset(terms(_FILLERS))


@cache
def _same() -> tuple[frozenset[str], ...]:
    return tuple(frozenset(terms(group)) for group in _SAME)


def _words(text: str) -> list[str]:
    """The stems of a label, without what stands in brackets: units."""
    groups = [group[0] for group in term_groups(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text))]
    return [word for word in groups if word not in stop_terms()] or groups
