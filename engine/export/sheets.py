"""A report's tables as CSV and as an XLSX workbook, in which nothing is calculated: every formula is inert text.

A report without tables gives its claims as rows.
"""

from __future__ import annotations

import csv
import io
import math
import re
from typing import TYPE_CHECKING

from engine.agent.state import RunState
from engine.export.printable import one_line
from engine.export.report_rows import Sheet, claim_rows, claim_sheet, source_sheet, table_sheets

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MAX_CELL = 32_767
"""Characters of a cell, as UTF-16 has them; more is not opened by spreadsheet programs."""
_CUT = " … [cut: a cell holds no more]"
_MAX_SHEET_NAME = 31
_MAX_TITLE = 200
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f\ufffd]")
_RESERVED = frozenset({"history"})
_STARTS_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]")
_NUMBER = re.compile(r"[+-]?(?:\d{1,15}|\d{1,3}(?:,\d{3})+)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?%?|[+-]?\d{1,15},\d+%?")
_MAX_DIGITS = 15
"""Of a number that spreadsheet programs keep exactly."""
_AFTER_SEPARATOR = re.compile(r"(?<=[;|])(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""Where programs that take another sign than a comma for the separator would see a cell begin."""
_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_WORDS, _HEADER = "Words", "Names of columns"
"""Styles of cells."""
_BYTE_ORDER_MARK = "\ufeff"
_WIDTHS = (8, 16, 24, 48, 72)
_MANY_CHARACTERS = (6, 14, 30, 80)
"""Of the longest cell of a column: up to so many, it has the width at the same place."""


def csv_of(state: RunState) -> bytes:
    """Return the tables of a report as CSV (RFC 4180) in UTF-8 with the mark by which spreadsheet programs know it.

    Each column is followed by one with the sources of its cells and one with their state. Several tables follow each
    other, each after its title; all lines have the same number of fields. Without tables there is a row for each claim:
    section, sentence, state, sources.
    """
    tables = table_sheets(state)
    lines: list[tuple[str, ...]] = []
    if len(tables) > 1:
        for table in tables:
            lines += [(), (table.title,)] if lines else [(table.title,)]
            lines += [table.header, *table.rows]
    else:
        only = tables[0] if tables else claim_rows(state)
        lines = [only.header, *only.rows]
    width = max(map(len, lines))
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for line in lines:
        writer.writerow([_inert(_cut(words)) for words in (*line, *("",) * (width - len(line)))])
    return (_BYTE_ORDER_MARK + written.getvalue()).encode("utf-8")


def xlsx_of(state: RunState) -> bytes:
    """Return a workbook with a sheet for each table of a report, one of all claims, and one of the sources.

    Cells are text, but for plain numbers; those that look like a formula are marked as text for whoever edits them.
    """
    from openpyxl import Workbook  # noqa: PLC0415  slow to import
    from openpyxl.styles import Alignment, Font, NamedStyle  # noqa: PLC0415

    book = Workbook()
    top = Alignment(vertical="top", wrap_text=True)
    book.add_named_style(NamedStyle(name=_WORDS, alignment=top))
    book.add_named_style(NamedStyle(name=_HEADER, alignment=top, font=Font(bold=True)))
    book.properties.creator = "Plumbline"
    book.properties.title = _shortened(one_line(state.question), _MAX_TITLE)
    if book.active is not None:
        book.remove(book.active)
    names: set[str] = {"claims", "sources"}
    for table in table_sheets(state):
        _fill(book.create_sheet(_sheet_name(table.title, names)), table)
    for sheet in (claim_sheet(state), source_sheet(state)):
        _fill(book.create_sheet(sheet.title), sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(worksheet: Worksheet, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415  slow to import

    for row, line in enumerate((sheet.header, *sheet.rows), start=1):
        for column, words in enumerate(line, start=1):
            if not words:
                continue
            cell = worksheet.cell(row=row, column=column)
            cell.style = _HEADER if row == 1 else _WORDS
            number = _as_number(words) if row > 1 else None
            if number is not None:
                cell.value = number
                continue
            cell.value = _ESCAPED.sub("_x005F_", _cut(words))
            cell.data_type = "s"  # openpyxl takes what begins with an equals sign for a formula
            if _STARTS_FORMULA.match(words):
                cell.quotePrefix = True
    for column, lines in enumerate(zip(sheet.header, *sheet.rows, strict=True), start=1):
        longest = max(map(len, lines))
        place = sum(longest > many for many in _MANY_CHARACTERS)
        worksheet.column_dimensions[get_column_letter(column)].width = _WIDTHS[place]
    worksheet.freeze_panes = "A2"


def _as_number(words: str) -> int | float | None:
    """The number that words are if it is shown in the same words: 3.5, but neither 3.50 nor 007."""
    if len(words) > _MAX_DIGITS or not words.isascii():
        return None
    for kind in (int, float):
        try:
            number = kind(words)
        except ValueError:
            continue
        if str(number) == words and math.isfinite(number):
            return number
    return None


def _inert(words: str) -> str:
    """Words as a field that no spreadsheet program calculates: with an apostrophe before them where they begin so."""
    apart = _AFTER_SEPARATOR.sub(" ", words)
    if _STARTS_FORMULA.match(apart) and not _NUMBER.fullmatch(apart):
        return f"'{apart}"
    return apart


def _cut(words: str) -> str:
    """Words as long as a cell may be; where they are longer, they end in a note."""
    if len(words) * 2 <= MAX_CELL or _units(words) <= MAX_CELL:
        return words
    room = MAX_CELL - _units(_CUT)
    kept = words.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    return kept + _CUT


def _units(words: str) -> int:
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a sheet may have and no other sheet has yet; it is noted as taken."""
    flat = " ".join(_NOT_IN_NAMES.sub(" ", title).split()).strip("' ")
    name = _shortened(flat, _MAX_SHEET_NAME).strip("' ") or "Table"
    if name.casefold() in _RESERVED:
        name = f"{name} table"
    number = 2
    unique = name
    while unique.casefold() in taken:
        ending = f" ({number})"
        unique = f"{_shortened(name, _MAX_SHEET_NAME - len(ending)).rstrip()}{ending}"
        number += 1
    taken.add(unique.casefold())
    return unique


def _shortened(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
