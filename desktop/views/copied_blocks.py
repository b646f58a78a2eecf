"""What a selection holds, block by block: words, citation marks, tables, and what a comparison says of its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QTextBlock, QTextCharFormat, QTextCursor, QTextTable

from desktop.views.citation_chip import CHIP_OBJECT, OBJECT_CHARACTER
from desktop.views.comparing import Told
from desktop.views.typesetting import Property, Role, role_of


class RunKind(StrEnum):
    """What is special about some characters."""

    WORDS = "words"
    MARK = "mark"
    """A citation: ``[1a]``."""
    OLD = "old"
    """Only in the older of two versions."""
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Characters of one kind."""

    text: str
    kind: RunKind = RunKind.WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedBlock:
    """One selected block."""

    role: Role
    runs: tuple[Run, ...]
    key: str = ""
    """Of the block, as the page names it."""

    @property
    def text(self) -> str:
        """The words with their marks."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedTable:
    """The selected rows of a table; each cell is a block or more, put on one line."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    has_head: bool


Copied = CopiedBlock | CopiedTable


def selected(cursor: QTextCursor) -> Iterator[Copied]:
    """Yield what a cursor has selected, in its order; a selection within one cell of a table is words."""
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    block = cursor.document().findBlock(start)
    while block.isValid() and block.position() < end:
        table = QTextCursor(block).currentTable()
        if table is not None and not _is_within_cell(table, start, end):
            yield _table(table, start, end)
            block = cursor.document().findBlock(table.lastPosition() + 1)
            continue
        runs = _trimmed(_runs(block, start, end))
        if runs:
            role = role_of(block.blockFormat())
            key = str(block.blockFormat().property(Property.KEY) or "")
            yield CopiedBlock(role=Role(role) if role else Role.PARAGRAPH, runs=runs, key=key)
        block = block.next()


def _is_within_cell(table: QTextTable, start: int, end: int) -> bool:
    first, last = table.cellAt(start), table.cellAt(end)
    return first.isValid() and last.isValid() and first == last


def _table(table: QTextTable, start: int, end: int) -> CopiedTable:
    rows, numbers = [], []
    for number in range(table.rows()):
        cells = [table.cellAt(number, column) for column in range(table.columns())]
        if cells[0].firstPosition() < end and cells[-1].lastPosition() >= start:
            cursors = [(cell.firstCursorPosition(), cell.lastPosition()) for cell in cells]
            rows.append(tuple(_cell(cursor.block(), last, start, end) for cursor, last in cursors))
            numbers.append(number)
    return CopiedTable(rows=tuple(rows), has_head=table.format().headerRowCount() > 0 and numbers[:1] == [0])


def _cell(block: QTextBlock, last: int, start: int, end: int) -> tuple[Run, ...]:
    runs: list[Run] = []
    while block.isValid() and block.position() <= last:
        more = _trimmed(_runs(block, start, min(end, last)))
        if runs and more:
            runs.append(Run(text=" "))
        runs.extend(more)
        block = block.next()
    return tuple(Run(text=run.text.replace("\n", " "), kind=run.kind) for run in runs)


def _runs(block: QTextBlock, start: int, end: int) -> Iterator[Run]:
    iterator = block.begin()
    while not iterator.atEnd():
        fragment = iterator.fragment()
        first = max(start, fragment.position())
        last = min(end, fragment.position() + fragment.length())
        if first < last:
            # Qt counts in units of UTF-16.
            units = fragment.text().encode("utf-16-le", "surrogatepass")
            offset = fragment.position()
            text = units[2 * (first - offset) : 2 * (last - offset)].decode("utf-16-le", "replace")
            yield from _labelled(text, fragment.charFormat())
        iterator += 1


def _labelled(text: str, characters: QTextCharFormat) -> Iterator[Run]:
    if characters.property(Property.GLUE):
        return
    label = characters.property(Property.LABEL)
    if label:
        kind = RunKind.MARK if characters.objectType() == CHIP_OBJECT else RunKind.WORDS
        yield Run(text=text.replace(OBJECT_CHARACTER, str(label)), kind=kind)
        return
    told = characters.property(Told.PROPERTY)
    kind = {Told.OLD: RunKind.OLD, Told.NEW: RunKind.NEW}.get(told, RunKind.WORDS)
    text = text.replace("\u2028", "\n").replace("\u200b", "").replace(OBJECT_CHARACTER, "")
    if text:
        yield Run(text=text, kind=kind)


def _trimmed(runs: Iterator[Run]) -> tuple[Run, ...]:
    """Return the runs without white space at both ends, and with a space before citations, as exports have it."""
    found: list[Run] = []
    for run in runs:
        is_first_mark = run.kind is RunKind.MARK and bool(found) and found[-1].kind is not RunKind.MARK
        if is_first_mark and not found[-1].text[-1:].isspace():
            found.append(Run(text=" ", kind=RunKind.WORDS))
        found.append(run)
    while found and not found[0].text.strip():
        del found[0]
    while found and not found[-1].text.strip():
        del found[-1]
    if not found:
        return ()
    found[0] = Run(text=found[0].text.lstrip(), kind=found[0].kind)
    found[-1] = Run(text=found[-1].text.rstrip(), kind=found[-1].kind)
    return tuple(found)
