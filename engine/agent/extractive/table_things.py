"""The things that a table without a language model has rows for.

They are those that the question names, or what the evidence says is of the kind: enumerations, lists, rows of tables
that are headed by it, headings under its own, titles, and the subjects of sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.agent.extractive.relevance import context_of
from engine.agent.extractive.table_entries import items_in
from engine.agent.extractive.table_kind import (
    can_name,
    is_list_of,
    is_of_kind,
    is_one_of,
    plain_heading,
    row_key,
)
from engine.agent.extractive.table_mentions import mentions, place_of
from engine.agent.extractive.table_names import names_in, subjects_in
from engine.agent.extractive.table_rows import rows_in
from engine.agent.extractive.units import quote_spans
from engine.agent.roles import Brief
from engine.agent.wide import WideQuestion
from engine.domain import BlockKind, Passage, PassageId

_MOST_PASSAGES = 4
_NUMBER = re.compile(r"(?P<over>(?:\d+\.)+)\d+\.?\s+\w")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A row before it is filled."""

    name: str
    passages: tuple[PassageId, ...]
    """Those that name it; none where the question does."""
    is_listed: bool = False
    """Whether an enumeration says that it is of the kind."""


def things_in(brief: Brief, wide: WideQuestion, passages: Sequence[Passage]) -> list[Thing]:
    """Return the things of the question, or those that the evidence says are of the kind: in its enumerations first."""
    if wide.named:
        return [Thing(name=name, passages=()) for name in wide.named]
    listed: dict[str, Thing] = {}
    for name, passage in _listed(brief, wide, passages):
        listed.setdefault(row_key(name, wide), Thing(name=name, passages=(passage.id,), is_listed=True))
    found: dict[str, tuple[str, list[Passage]]] = {}
    for passage in passages:
        for name in _named_by(passage, brief, wide):
            found.setdefault(row_key(name, wide), (name, []))[1].append(passage)
    named = [
        Thing(name=name, passages=naming(name, of_it, brief))
        for key, (name, of_it) in found.items()
        if key not in listed
    ]
    return [*listed.values(), *named]


def naming(name: str, passages: Iterable[Passage], brief: Brief) -> tuple[PassageId, ...]:
    """Return the passages that name a thing, at most four: those whose own words do come first."""
    own, placed = [], []
    for passage in passages:
        if mentions(passage.quote, name):
            own.append(passage.id)
        elif mentions(place_of(passage, brief), name):
            placed.append(passage.id)
    return tuple(dict.fromkeys((*own, *placed)))[:_MOST_PASSAGES]


def _listed(brief: Brief, wide: WideQuestion, passages: Sequence[Passage]) -> Iterable[tuple[str, Passage]]:
    """The names in what enumerates things of the kind, each with where it stands; the longest enumeration first."""
    enumerations: list[tuple[tuple[str, ...], Passage]] = []
    for passage in passages:
        over, context = place_of(passage, brief), context_of(brief.sources[passage.source_id])
        for start, end in quote_spans(passage.quote, first=passage.kind):
            names = names_in(passage.quote[start:end], wide, over=over, context=context)
            enumerations += [(names, passage)] if names else []
        items = items_in(passage, brief, wide)
        enumerations += [(items, passage)] if items else []
    for names, passage in sorted(enumerations, key=_fewness):
        for name in names:
            yield name, passage
    for row in rows_in(passages):
        head, context = plain_heading(row.head), context_of(brief.sources[row.passage.source_id])
        over = f"{head} {place_of(row.passage, brief)}"
        if head and is_list_of(head, wide) and is_of_kind(over, wide, context=context) and can_name(row.name, wide):
            yield row.name, row.passage


def _headed(passage: Passage, above: Sequence[str], wide: WideQuestion) -> Iterable[str]:
    """The headings within a passage that begins with one, under that of the kind: those numbered like the first."""
    if passage.kind is not BlockKind.HEADING or not above or not is_list_of(above[0], wide):
        return
    lines = [line.strip() for line in passage.quote.split("\n") if line.strip()]
    number = _NUMBER.match(lines[0])
    for place, line in enumerate(lines):
        same = _NUMBER.match(line)
        is_heading = place == 0 or (number is not None and same is not None and same["over"] == number["over"])
        if is_heading and can_name(plain_heading(line), wide):
            yield plain_heading(line)


def _fewness(enumeration: tuple[tuple[str, ...], Passage]) -> int:
    return -len(enumeration[0])


def _named_by(passage: Passage, brief: Brief, wide: WideQuestion) -> Iterable[str]:
    headings = [plain_heading(heading) for heading in passage.locator.section]
    for above, below in pairwise(headings):
        if is_list_of(above, wide) and can_name(below, wide):
            yield below
    yield from _headed(passage, headings[-1:], wide)
    for words in (plain_heading(brief.sources[passage.source_id].title), *headings[-1:]):
        if is_one_of(words, wide) and can_name(words, wide):
            yield words
    for start, end in quote_spans(passage.quote, first=passage.kind):
        yield from subjects_in(passage.quote[start:end], wide)
