"""The sessions for the sidebar: rows grouped by day, and the hits of a search."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.plain_text import as_tip
from desktop.words import OUTCOME_WORDS, day_group, recent_moment
from engine.domain import Session, SessionId
from engine.research import HIT_END, HIT_START, HistoryHit

ROW = Qt.ItemDataRole.UserRole + 1
"""The SessionRow, DayRow or HistoryHit behind an index."""

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()

KIND_WORDS = {"question": "Asked", "report": "Written", "source": "Read"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """A heading over the sessions of a stretch of days."""

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as it is listed."""

    session: Session
    state: str
    """``live``, ``queued``, ``paused``, or how it ended in a word."""

    @property
    def words(self) -> str:
        """What stands after the title when it is read aloud."""
        names = {"live": "running", "queued": "queued", "paused": "paused"}
        return names.get(self.state, self.state)


class SessionsModel(QAbstractListModel):
    """Sessions, newest first, under day headings."""

    renamed = Signal(object, str)
    """SessionId and the new title, typed into the list."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[DayRow | SessionRow, ...] = ()

    def show_sessions(
        self,
        sessions: Collection[Session],
        *,
        live: Collection[SessionId],
        queued: Collection[SessionId],
        paused: Collection[SessionId],
        now: datetime,
    ) -> None:
        """Take over the sessions; rows that stay where they are are kept, so that nothing jumps."""
        rows: list[DayRow | SessionRow] = []
        group = ""
        for session in sessions:
            title = day_group(session.updated_at.astimezone(), now=now)
            if title != group:
                group = title
                rows.append(DayRow(title=title))
            rows.append(SessionRow(session=session, state=_state(session, live, queued, paused)))
        if [_identity(row) for row in rows] == [_identity(row) for row in self._rows]:
            self._rows = tuple(rows)
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def index_of(self, session_id: SessionId) -> QModelIndex:
        """Return where a session is listed; an invalid index when it is not."""
        for number, row in enumerate(self._rows):
            if isinstance(row, SessionRow) and row.session.id == session_id:
                return self.index(number)
        return QModelIndex()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if isinstance(row, DayRow):
            return row.title if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole} else None
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return row.session.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.session.title}, {row.words}"
            case Qt.ItemDataRole.ToolTipRole:
                when = recent_moment(row.session.updated_at.astimezone(), now=datetime.now().astimezone())
                return as_tip(f"{_shortened(row.session.title)}\n{row.words.capitalize()} · {when}")
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid() or isinstance(self._rows[index.row()], DayRow):
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self._rows[index.row()]
        title = " ".join(str(value).split())
        if role != Qt.ItemDataRole.EditRole or isinstance(row, DayRow) or title in {"", row.session.title}:
            return False
        self.renamed.emit(row.session.id, title)
        return True


class HitsModel(QAbstractListModel):
    """What a search over everything asked, written and read has found."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[HistoryHit, ...] = ()

    def show_hits(self, hits: tuple[HistoryHit, ...]) -> None:
        """Take over the hits, best first."""
        self.beginResetModel()
        self._hits = hits
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        hit = self._hits[index.row()]
        match role:
            case _ if role == ROW:
                return hit
            case Qt.ItemDataRole.DisplayRole:
                return hit.title
            case Qt.ItemDataRole.AccessibleTextRole:
                plain = hit.snippet.replace(HIT_START, "").replace(HIT_END, "")
                return f"{KIND_WORDS.get(hit.kind, '')}: {hit.title}. {plain}"
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(f"{KIND_WORDS.get(hit.kind, '')}: {_shortened(hit.title)}")
        return None


def _state(
    session: Session, live: Collection[SessionId], queued: Collection[SessionId], paused: Collection[SessionId]
) -> str:
    if session.id in live:
        return "live"
    if session.id in queued:
        return "queued"
    if session.outcome is not None:
        return OUTCOME_WORDS[session.outcome].lower()
    return "paused" if session.id in paused else "done"


def _identity(row: DayRow | SessionRow) -> str:
    return row.title if isinstance(row, DayRow) else f"\0{row.session.id}"


def _shortened(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:299]}…"
