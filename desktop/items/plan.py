"""The plan as an item model: a row per sub-question, with how far it got."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.episode_words import nothing_known
from desktop.plain_text import one_line
from engine.agent.episode_state import Episode
from engine.agent.state import RunState, Stage
from engine.counting import counted
from engine.domain import Reach, SubQuestionId

Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
"""The whole ``PlanRow``."""


class PlanStatus(StrEnum):
    """How far a sub-question got."""

    WAITING = "waiting"
    LIVE = "live"
    FOUND = "found"
    NOTHING = "nothing found"
    UNKNOWN = "not known"
    """Nobody searched, which says nothing of what there is to find."""
    SKIPPED = "skipped"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """One sub-question as shown."""

    id: SubQuestionId
    text: str
    status: PlanStatus
    place: str
    """``web`` or ``library`` where the run looks in both; else empty."""
    detail: str
    """``2 passages from 1 source``, or why nothing was found."""

    @property
    def is_open(self) -> bool:
        """Whether it can still be skipped."""
        return self.status in (PlanStatus.WAITING, PlanStatus.LIVE)


def plan_rows(state: RunState) -> tuple[PlanRow, ...]:
    """Return the rows of a state."""
    current = state.current_episode
    works = state.outcome is None and state.stage is Stage.RESEARCHING
    return tuple(_row(state, episode, is_current=works and episode is current) for episode in state.episodes)


def _row(state: RunState, episode: Episode, *, is_current: bool) -> PlanRow:
    if episode.subquestion.id in state.skipped_subquestions:
        status = PlanStatus.SKIPPED
    elif episode.ended is not None:
        status = PlanStatus.FOUND if episode.ended.found else _without_answer(episode)
    elif is_current:
        status = PlanStatus.LIVE
    else:
        status = PlanStatus.WAITING if state.stage is Stage.RESEARCHING else PlanStatus.NOT_REACHED
    return PlanRow(
        id=episode.subquestion.id,
        text=one_line(episode.subquestion.text),
        status=status,
        place=episode.subquestion.side.value if state.scope.reach is Reach.BOTH else "",
        detail=_detail(episode),
    )


def _without_answer(episode: Episode) -> PlanStatus:
    return PlanStatus.UNKNOWN if nothing_known(episode) else PlanStatus.NOTHING


def _detail(episode: Episode) -> str:
    passages = len(episode.passages)
    if passages:
        sources = len({reading.source.id for reading in episode.read if reading.passages})
        return f"{counted(passages, 'passage')} from {counted(sources, 'source')}"
    if episode.ended is not None:
        unknown = nothing_known(episode)
        return f"{unknown[:1].upper()}{unknown[1:]}." if unknown else one_line(episode.ended.reason, limit=200)
    if episode.is_started:
        return (
            f"{counted(len(episode.searches), 'search', 'searches')}, {counted(len(episode.opened), 'source')} opened"
        )
    return ""


class PlanModel(QAbstractListModel):
    """The rows of the state last shown; only what differs is announced."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PlanRow, ...] = ()

    @property
    def rows(self) -> tuple[PlanRow, ...]:
        """What is shown, in order."""
        return self._rows

    def show_state(self, state: RunState | None) -> None:
        """Show the plan of a state; None empties the list."""
        rows = plan_rows(state) if state is not None else ()
        old = self._rows
        if tuple(row.id for row in rows[: len(old)]) != tuple(row.id for row in old):
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        if len(rows) > len(old):
            self.beginInsertRows(QModelIndex(), len(old), len(rows) - 1)
            self._rows = old + rows[len(old) :]
            self.endInsertRows()
        self._rows = rows
        for number, (before, now) in enumerate(zip(old, rows, strict=False)):
            if before != now:
                self.dataChanged.emit(self.index(number), self.index(number))

    # --- Qt ---

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.text
            case Qt.ItemDataRole.AccessibleTextRole:
                place = f" In the {row.place}." if row.place == "library" else " On the web." if row.place else ""
                return f"{row.text}.{place} {row.status.value}. {row.detail}".strip()
            case _ if role == ROW_ROLE:
                return row
        return None
