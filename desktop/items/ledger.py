"""The ledger as an item model: the newest request first, older ones read as one scrolls to them.

Only what was read is held, and every row has one height, so that a ledger of a hundred thousand costs what one of a
hundred does.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from html import escape

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.ledger_words import asked_for, details_of, place_of, purpose_of, result_of, spoken
from desktop.plain_text import one_line
from engine.counting import size_words
from engine.network.entry import Entry, Verdict

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The whole ``Entry``."""
_MANY = 5_000
PAGE = 200
"""Requests that are read at once."""


class Column(IntEnum):
    """What a table shows of a request."""

    WHEN = 0
    HOST = 1
    PURPOSE = 2
    ASKED = 3
    SENT = 4
    RECEIVED = 5
    RESULT = 6


COLUMN_NAMES = {
    Column.WHEN: "When",
    Column.HOST: "Host",
    Column.PURPOSE: "For",
    Column.ASKED: "What exactly",
    Column.SENT: "Out",
    Column.RECEIVED: "In",
    Column.RESULT: "Result",
}


class LedgerModel(QAbstractTableModel):
    """Fed with pages; asks for the one that is missing."""

    older_wanted = Signal(int)
    """Entries with smaller ids than this are wanted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Entry] = []
        self._has_older = False
        self._is_waiting = False

    @property
    def rows(self) -> tuple[Entry, ...]:
        """What was read so far, the newest first."""
        return tuple(self._rows)

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self._rows, self._has_older, self._is_waiting = [], False, False
        self.endResetModel()

    def follow(self, entries: Sequence[Entry], *, is_at_top: bool) -> None:
        """Take over the newest entries as a list should that grows while it is looked at.

        At its top, what was read of older ones is given up beyond some thousands, since a view lays all rows out anew
        for one in front; further down, in so long a list, nothing moves until one comes back.
        """
        if len(self._rows) <= _MANY:
            self.take_newest(entries)
        elif is_at_top:
            self._reset(entries)

    def take_newest(self, entries: Sequence[Entry]) -> None:
        """Take over the newest entries, at most ``PAGE`` of them: new ones are put in front, others are replaced."""
        if not self._rows or not entries or entries[-1].id > self._rows[0].id:
            if entries or self._rows:
                self._reset(entries)
            return
        first = self._rows[0].id
        known = {entry.id: entry for entry in entries if entry.id <= first}
        for number, row in enumerate(self._rows[: len(entries)]):
            now = known.get(row.id, row)
            if now != row:
                self._rows[number] = now
                self.dataChanged.emit(self.index(number, 0), self.index(number, len(Column) - 1))
        new = [entry for entry in entries if entry.id > first]
        if new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._rows[:0] = new
            self.endInsertRows()

    def take_older(self, entries: Sequence[Entry]) -> None:
        """Take over the entries before the oldest one; fewer than ``PAGE`` are the last there are."""
        self._is_waiting = False
        self._has_older = len(entries) >= PAGE
        oldest = self._rows[-1].id if self._rows else 0
        new = [entry for entry in entries if not oldest or entry.id < oldest]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows.extend(new)
            self.endInsertRows()

    def _reset(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self._rows = list(entries)
        self._has_older, self._is_waiting = len(entries) >= PAGE, False
        self.endResetModel()

    # --- Qt ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._has_older and not self._is_waiting

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._is_waiting = True
            self.older_wanted.emit(self._rows[-1].id)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section in (Column.SENT, Column.RECEIVED):
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return COLUMN_NAMES[Column(section)] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        entry = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _text(entry, Column(index.column()))
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(entry) if index.column() == 0 else _text(entry, Column(index.column()))
            case Qt.ItemDataRole.ToolTipRole:
                # Marked as markup, so that nothing in it can become any.
                return f"<p style='white-space: pre-wrap'>{escape(details_of(entry)[:2000])}</p>"
            case Qt.ItemDataRole.TextAlignmentRole if index.column() in (Column.SENT, Column.RECEIVED):
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case _ if role == ROW_ROLE:
                return entry
        return None


def _text(entry: Entry, column: Column) -> str:
    is_refused = entry.verdict is Verdict.REFUSED
    match column:
        case Column.WHEN:
            return f"{entry.at.astimezone():%m-%d %H:%M:%S}"
        case Column.HOST:
            return one_line(place_of(entry), limit=200)
        case Column.PURPOSE:
            return purpose_of(entry)
        case Column.ASKED:
            return one_line(asked_for(entry), limit=400)
        case Column.SENT:
            return "" if is_refused else size_words(entry.bytes_sent)
        case Column.RECEIVED:
            return "" if is_refused else size_words(entry.bytes_received)
        case Column.RESULT:
            return one_line(result_of(entry), limit=300)
