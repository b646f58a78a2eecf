"""The writer of tables without a language model: rows that stand in the sources, and quotations that fill cells.

Nothing is guessed: a cell for which no row and no sentence is good enough says that nothing was found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice

from engine.agent.extractive.relevance import context_of
from engine.agent.extractive.table_entries import entries_in, entry_value
from engine.agent.extractive.table_kind import row_key
from engine.agent.extractive.table_mentions import is_under, mentions, place_of
from engine.agent.extractive.table_names import is_table_of_kind
from engine.agent.extractive.table_quotes import quoted_value
from engine.agent.extractive.table_rows import SourceRow, is_called, rows_in
from engine.agent.extractive.table_things import things_in
from engine.agent.roles import Brief
from engine.agent.table_cells import MAX_ROWS, Row, Value, cell_sentence, name_key, table_section, wide_of
from engine.agent.wide import WideQuestion
from engine.agent.wide_forms import tongue_of
from engine.citations.checking.languages import language_of
from engine.domain import Cell, OutlinePart, Passage, PassageId, Report, Section, Table
from engine.reading.ranking import TermStatistics

_MOST_PASSAGES = 2_000
_MOST_ABOUT = 20
"""Passages, the most relevant ones, in which the cells of one thing are looked for."""
_TAB = "\t"
_LEAST_LISTED = 3
"""Things that the evidence enumerates, from which they are rows although nothing is known of them yet."""


class ExtractiveTableWriter:
    """Fills the table of a part of the outline from rows and quotations. Deterministic."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def section(self, brief: Brief, part: OutlinePart) -> Section:
        """Return the table of a part with ``columns``; where no row can be told, a section without claims."""
        known = (brief.passages[number] for number in dict.fromkeys(part.passages) if number in brief.passages)
        passages = [passage for passage in known if passage.source_id in brief.sources][:_MOST_PASSAGES]
        if not passages or len(part.columns) < 2:
            return Section(title=part.title, claims=(), subquestion_id=part.subquestion_id)
        wide = wide_of(brief, part)
        rows = _tabled(brief, wide, passages)
        _enter(rows, passages, brief, wide)
        things = things_in(brief, wide, passages)[:MAX_ROWS]
        listed = {_key(thing.name, wide) for thing in things if thing.is_listed}
        names = [row.name for row in rows.values()] + [thing.name for thing in things]
        for thing in things:
            key = _key(thing.name, wide)
            row = rows.get(key) or Row(
                name=thing.name,
                passages=thing.passages,
                values=(None,) * (len(wide.columns) - 1),
                is_quoted=_is_quoted(thing.name, thing.passages, brief),
            )
            rows[key] = self._filled(row, brief, wide, passages, names=names)
        if wide.named:
            rows = {key: rows[key] for key in map(name_key, wide.named)}
        told = [row for key, row in rows.items() if wide.named or any(row.values) or key in listed]
        if not any(any(row.values) for row in told) and len(listed) < _LEAST_LISTED:
            told = []
        return table_section(part, wide, told[:MAX_ROWS])

    def _filled(
        self, row: Row, brief: Brief, wide: WideQuestion, passages: Sequence[Passage], *, names: Sequence[str]
    ) -> Row:
        """The row with quotations in the cells that are empty."""
        own = _key(row.name, wide)
        others = [name for name in names if _key(name, wide) != own and not mentions(row.name, name)]
        values: list[Value | None] = list(row.values)
        near = (one for one in passages if is_under(one, row.name, brief, wide) or mentions(one.quote, row.name))
        about = tuple(islice(near, _MOST_ABOUT))
        for place, column in enumerate(wide.columns[1:]):
            values[place] = values[place] or quoted_value(
                row.name,
                column,
                about,
                brief,
                wide=wide,
                others=others,
                said={value.text for value in values if value is not None},
                statistics=self._statistics,
            )
        return replace(row, values=tuple(values))


def _tabled(brief: Brief, wide: WideQuestion, passages: Sequence[Passage]) -> dict[str, Row]:
    """The things that rows of the sources' own tables are of, by the key of their names."""
    wanted = {name_key(name): name for name in wide.named}
    found: dict[str, Row] = {}
    found_rows = rows_in(passages)
    whole = {
        (row.passage.source_id, column)
        for row in found_rows
        for column in wide.columns[1:]
        if any(label and is_called(label, column, partly=False) for label, _ in row.cells)
    }
    of_kind = _tables_of_kind(found_rows, brief, wide)
    for row in found_rows:
        name = _name_of(row, wanted)
        if not name:
            continue
        if not wanted and _table_of(row) not in of_kind:
            continue
        source = row.passage.source_id
        values = tuple(
            _value(row, name, column, wide, partly=(source, column) not in whole) for column in wide.columns[1:]
        )
        if not any(values):
            continue
        key = _key(name, wide)
        if (known := found.get(key)) is not None:
            both = tuple(one or other for one, other in zip(known.values, values, strict=True))
            found[key] = replace(known, values=both)
        else:
            naming = () if wanted else (row.passage.id,)
            found[key] = Row(name=name, passages=naming, values=values, is_quoted=not wanted)
    return found


def _tables_of_kind(rows: Sequence[SourceRow], brief: Brief, wide: WideQuestion) -> set[object]:
    """The tables of which headings, header or caption say that they are of the kind; not every piece has a caption."""
    found: set[object] = set()
    for row in rows:
        caption = row.passage.quote.partition(_TAB)[0].rpartition("\n")[0]
        over = f"{row.head} · {place_of(row.passage, brief)} · {caption}"
        if is_table_of_kind(over, wide, context=context_of(brief.sources[row.passage.source_id])):
            found.add(_table_of(row))
    return found


def _table_of(row: SourceRow) -> object:
    return row.passage.source_id, row.passage.locator.section, row.head, len(row.cells)


def _enter(rows: dict[str, Row], passages: Sequence[Passage], brief: Brief, wide: WideQuestion) -> None:
    """Add what the items of lists are of and say, where no row of a table says it."""
    entries = entries_in(passages, brief, wide)
    wanted = {name_key(name): name for name in wide.named}
    names = [entry.name for entry in entries]
    for entry in entries:
        key = _key(entry.name, wide)
        if wanted and key not in wanted:
            continue
        others = [name for name in names if _key(name, wide) != key and not mentions(entry.name, name)]
        values = tuple(entry_value(entry, column, others=others) for column in wide.columns[1:])
        if not any(values):
            continue
        if (known := rows.get(key)) is not None:
            both = tuple(one or other for one, other in zip(known.values, values, strict=True))
            rows[key] = replace(known, values=both)
        else:
            naming = () if wanted else (entry.passage.id,)
            rows[key] = Row(name=wanted.get(key, entry.name), passages=naming, values=values, is_quoted=not wanted)


def _key(name: str, wide: WideQuestion) -> str:
    return name_key(name) if wide.named else row_key(name, wide)


def _name_of(row: SourceRow, wanted: Mapping[str, str]) -> str:
    """What a row is of: what its first cell says, or the thing of the question that stands in any of them."""
    if not wanted:
        return row.name
    return next((wanted[key] for _, text in row.cells if (key := name_key(text)) in wanted), "")


def _is_quoted(name: str, passages: Sequence[PassageId], brief: Brief) -> bool:
    return bool(passages) and name in brief.passages[passages[0]].quote


def _value(row: SourceRow, name: str, column: str, wide: WideQuestion, *, partly: bool) -> Value | None:
    """The cell of a row that is of a column; where two are, the one that is called just so."""
    fitting = [
        (label, text)
        for label, text in row.cells
        if label and is_called(label, column, partly=partly) and name_key(text) != name_key(name)
    ]
    if not fitting:
        return None
    exact = [text for label, text in fitting if name_key(label) == name_key(column)]
    text = (exact or [fitting[0][1]])[0]
    if len(text) > len(name) and text.startswith(name):  # the cell that names the thing tells of it as well
        return Value(text=text, claim=text, passages=(row.passage.id,), is_quotation=True)
    return Value(text=text, claim=cell_sentence(name, column, text, language=wide.language), passages=(row.passage.id,))


def report_as_table(report: Report, brief: Brief, *, section: int | None = None) -> Section:
    """Return what the sections of a report say as one table: the aspect, and a row for each of its claims.

    Claims keep their numbers and states. The answer is not among them, and neither is what stands in tables already:
    these stay where they are.

    Args:
        report: the newest version.
        brief: says in which language it was asked, where the report has no language of its own.
        section: index of the only section that is wanted; None for all of them.
    """
    language = report.language or language_of(brief.question)
    tongue = tongue_of(language)
    chosen = report.sections if section is None else report.sections[section : section + 1]
    rows = tuple((Cell(text=one.title), Cell(text=claim.text, claim=claim)) for one in chosen for claim in one.claims)
    title = chosen[0].title if len(chosen) == 1 else brief.question
    return Section(
        title=title,
        claims=(),
        subquestion_id=chosen[0].subquestion_id if len(chosen) == 1 else None,
        table=Table(columns=(tongue.aspect_column, tongue.said_column), rows=rows) if rows else None,
    )
