"""The trace as an item model: a row per event, unfolded details as rows of their own, a live row at the end.

All rows have one height and nothing but an insertion happens on an event, so that ten thousand of them stay cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.items.step import Detail, Step
from desktop.items.steps import step_of
from desktop.plain_text import one_line
from desktop.time_words import duration_words
from engine.events import ClaimMarked, CommandGiven, RunContinued, RunEnded, StoredEvent

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The whole ``TraceRow``."""

Wrap = Callable[[str], Sequence[str]]
"""Cuts a text into lines that fit into a row."""


@dataclass(slots=True, kw_only=True, eq=False)
class _Entry:
    step: Step
    took: str
    is_open: bool = False
    rows: tuple[Detail, ...] = ()
    """The details as rows, while they are unfolded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceRow:
    """One row as shown: a step, a detail of a step, or what is happening now."""

    step: Step | None
    detail: Detail | None = None
    took: str = ""
    is_open: bool = False
    live_text: str = ""
    live_words: str = ""
    """The last words of what is being said now."""

    @property
    def text(self) -> str:
        """The words of the row."""
        if self.detail is not None:
            return self.detail.text
        return self.step.text if self.step is not None else self.live_text

    @property
    def can_open(self) -> bool:
        """Whether there are details to unfold."""
        return self.detail is None and self.step is not None and bool(self.step.details)


class TraceModel(QAbstractListModel):
    """Tails an append-only trace."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[_Entry] = []
        self._visible: list[tuple[_Entry, Detail | None]] = []
        self._last_at: datetime | None = None
        self._has_ended = False
        self._words: tuple[str, ...] = ()
        self._live_text = ""
        self._live_words = ""
        self._wrap: Wrap = str.splitlines

    @property
    def steps(self) -> int:
        """How many events it holds, shown or not."""
        return len(self._entries)

    @property
    def live_text(self) -> str:
        """What is happening now; empty when nothing is."""
        return self._live_text

    # --- changing it ---

    def show_trace(self, trace: Iterable[StoredEvent]) -> None:
        """Show a whole trace from scratch."""
        self.beginResetModel()
        self._entries = []
        self._last_at = None
        self._live_text = self._live_words = ""
        for stored in trace:
            self._entries.append(self._entry(stored))
        self._visible = list(self._wanted())
        self.endResetModel()

    def append(self, stored: StoredEvent) -> None:
        """Add one event at the end, in front of the live row."""
        entry = self._entry(stored)
        self._entries.append(entry)
        if self._matches(entry):
            place = len(self._visible)
            self.beginInsertRows(QModelIndex(), place, place)
            self._visible.append((entry, None))
            self.endInsertRows()

    def show_live(self, text: str) -> None:
        """Say what is happening now in a last row; an empty text takes the row away."""
        place = len(self._visible)
        if text and not self._live_text:
            self.beginInsertRows(QModelIndex(), place, place)
            self._live_text = text
            self.endInsertRows()
        elif self._live_text and not text:
            self.beginRemoveRows(QModelIndex(), place, place)
            self._live_text = ""
            self.endRemoveRows()
        elif text != self._live_text:
            self._live_text = text
            self.dataChanged.emit(self.index(place), self.index(place))

    def show_live_words(self, words: str) -> None:
        """Say, in the last row, the last of the words that are being said now."""
        if words != self._live_words:
            self._live_words = words
            if self._live_text:
                place = len(self._visible)
                self.dataChanged.emit(self.index(place), self.index(place))

    def use_wrapping(self, wrap: Wrap) -> None:
        """Cut texts that are unfolded in full with this from now on; those that are open are cut anew."""
        self._wrap = wrap
        wrapped = [
            entry for entry in self._entries if entry.is_open and any(one.is_prose for one in entry.step.details)
        ]
        if wrapped:
            self.beginResetModel()
            for entry in wrapped:
                entry.rows = tuple(self._rows_of(entry.step))
            self._visible = list(self._wanted())
            self.endResetModel()

    def toggle(self, row: int) -> None:
        """Unfold or fold the details of the step in a row."""
        if not 0 <= row < len(self._visible):
            return
        entry, detail = self._visible[row]
        if detail is not None or not entry.step.details:
            return
        if not entry.is_open:
            entry.rows = tuple(self._rows_of(entry.step))
        count = len(entry.rows)
        if entry.is_open:
            self.beginRemoveRows(QModelIndex(), row + 1, row + count)
            del self._visible[row + 1 : row + 1 + count]
            entry.is_open = False
            self.endRemoveRows()
        else:
            self.beginInsertRows(QModelIndex(), row + 1, row + count)
            self._visible[row + 1 : row + 1] = [(entry, one) for one in entry.rows]
            entry.is_open = True
            self.endInsertRows()
        self.dataChanged.emit(self.index(row), self.index(row))

    def step_row(self, row: int) -> int:
        """Return the row of the step that a row belongs to."""
        while row > 0 and row < len(self._visible) and self._visible[row][1] is not None:
            row -= 1
        return row

    def filter_by(self, text: str) -> None:
        """Keep the steps in which, with their details, every typed word occurs."""
        words = tuple(text.casefold().split())
        if words == self._words:
            return
        self.beginResetModel()
        self._words = words
        self._visible = list(self._wanted())
        self.endResetModel()

    # --- inside ---

    def _entry(self, stored: StoredEvent) -> _Entry:
        took = "" if self._last_at is None else duration_words((stored.at - self._last_at).total_seconds())
        is_person = isinstance(stored.event, CommandGiven | ClaimMarked)
        if isinstance(stored.event, RunContinued) or (self._has_ended and is_person):
            took = ""  # nobody worked
        self._has_ended = isinstance(stored.event, RunEnded) or (self._has_ended and is_person)
        self._last_at = stored.at
        return _Entry(step=step_of(stored.event), took=took)

    def _rows_of(self, step: Step) -> Iterable[Detail]:
        for detail in step.details:
            if not detail.is_prose:
                yield detail
                continue
            for line in self._wrap(detail.text):
                yield replace(detail, text=one_line(line))

    def _matches(self, entry: _Entry) -> bool:
        if not self._words:
            return True
        text = " ".join([entry.step.text, entry.step.kind, *(one.text for one in entry.step.details)]).casefold()
        return all(word in text for word in self._words)

    def _wanted(self) -> Iterable[tuple[_Entry, Detail | None]]:
        for entry in self._entries:
            if self._matches(entry):
                yield entry, None
                if entry.is_open:
                    yield from ((entry, one) for one in entry.rows)

    def _row(self, number: int) -> TraceRow:
        if number >= len(self._visible):
            return TraceRow(step=None, live_text=self._live_text, live_words=self._live_words)
        entry, detail = self._visible[number]
        return TraceRow(
            step=entry.step, detail=detail, took=entry.took if detail is None else "", is_open=entry.is_open
        )

    # --- Qt ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._visible) + bool(self._live_text)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= self.rowCount():
            return None
        if role == ROW_ROLE:
            return self._row(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            row = self._row(index.row())
            if role == Qt.ItemDataRole.DisplayRole:
                return row.text
            label = f"{row.detail.label}: " if row.detail is not None and row.detail.label else ""
            took = f", took {row.took}" if row.took else ""
            folded = (", unfolded" if row.is_open else ", folded") if row.can_open else ""
            return f"{label}{row.text}{took}{folded}"
        return None
