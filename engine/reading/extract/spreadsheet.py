"""Tables of values (xlsx, csv, tsv) to a Document: a row is a line that names its columns, so that it can be cited."""

from __future__ import annotations

import csv
import datetime
import io
import time
import warnings as python_warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from engine.reading.document import BlockKind, Document
from engine.reading.extract.archive import Archive, damaged
from engine.reading.extract.content import Content
from engine.reading.extract.draft import Draft, Metadata, assemble, one_line
from engine.reading.extract.encoding import decode
from engine.reading.extract.office import core_metadata
from engine.reading.extract.tables import is_header, labelled

MAX_ROWS = 50_000
MAX_COLUMNS = 256
_MAX_EMPTY_ROWS = 1_000
_DELIMITERS = ",;\t|"
_SNIFFED_LINES = 30


def extract_csv(content: Content) -> Document:
    """Return a file of separated values as a document.

    Raises:
        DocumentUnreadable: the bytes are not text, or there is none.
    """
    decoded = decode(content.data)
    warnings = list(decoded.warnings)
    text = decoded.text.replace("\x00", "")
    if content.is_truncated:
        warnings.append(f"Only the first {len(text):,} characters of a longer file were read.")
    csv.field_size_limit(1 << 20)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    drafts = list(_row_drafts(_readable(rows, warnings), content, warnings, "file"))
    return assemble(
        drafts,
        format="csv",
        stem=content.stem,
        characters=content.characters,
        metadata=Metadata(title=content.stem),
        warnings=tuple(warnings),
    )


def extract_xlsx(content: Content) -> Document:
    """Return a workbook as a document, each sheet under its name.

    Raises:
        DocumentUnreadable: it is damaged, protected, or without text.
    """
    archive = Archive(content.data)
    archive.check(lambda name: name.endswith((".xml", ".rels")))
    warnings: list[str] = []
    drafts: list[Draft] = []
    from openpyxl import load_workbook  # noqa: PLC0415  slow to import, and CSV does not need it

    with python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # about features of Excel that have no text
        try:
            book = load_workbook(io.BytesIO(content.data), read_only=True, data_only=True, keep_links=False)
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    warnings.append(f"The hidden sheet {sheet.title} was left out.")
                    continue
                rows = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
                found = list(_row_drafts((_written(row) for row in rows), content, warnings, f"sheet {sheet.title}"))
                if found:
                    drafts.append(Draft(kind=BlockKind.HEADING, text=sheet.title, level=2))
                    drafts.extend(found)
        except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, SyntaxError) as error:
            raise damaged() from error  # what openpyxl raises for workbooks that do not hold together
    return assemble(
        drafts,
        format="xlsx",
        stem=content.stem,
        characters=content.characters,
        metadata=core_metadata(archive, title=content.stem),
        warnings=tuple(warnings),
    )


def _row_drafts(rows: Iterable[Sequence[str]], content: Content, warnings: list[str], place: str) -> Iterator[Draft]:
    """Yield a draft for each row that is not empty; the first that can be is the row of column names."""
    header: Sequence[str] | None = None
    names: list[str] = []
    empty = count = characters = 0
    for row in rows:
        cells = [one_line(cell) for cell in row[:MAX_COLUMNS]]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            empty += 1
            if empty > _MAX_EMPTY_ROWS:
                return  # sheets often claim a million rows
            continue
        empty = 0
        if count >= MAX_ROWS or characters > content.characters or time.process_time() > content.give_up_at:
            warnings.append(f"Only the first {count:,} rows of the {place} were read.")
            return
        count += 1
        if header is None and is_header(cells):
            header, names = cells, cells
        elif header is not None:
            names = [*header, *[""] * (len(cells) - len(header))]
            cells = labelled(cells, names[: len(cells)])
        text = "\t".join(cell for cell in cells if cell)
        characters += len(text)
        yield Draft(kind=BlockKind.TABLE_ROW, text=text)


def _delimiter(text: str) -> str:
    """The character that divides most of the first lines into the same number of parts."""
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:_SNIFFED_LINES]
    best, most = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = Counter(line.count(delimiter) for line in lines)
        number, times = counts.most_common(1)[0] if counts else (0, 0)
        if number and times * min(number, 5) > most:
            best, most = delimiter, times * min(number, 5)
    return best


def _readable(rows: Any, warnings: list[str]) -> Iterator[list[str]]:
    """Rows up to the first that cannot be told apart from its neighbours."""
    try:
        yield from rows
    except csv.Error:
        warnings.append("A part of the file is not a table and was left out.")


def _written(row: Sequence[object]) -> list[str]:
    return [_value(cell) for cell in row]


def _value(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.10g}"
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ", "minutes")
    return str(cell)
