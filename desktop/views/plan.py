"""The plan: sub-questions, how far each is, and how many are done."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QStyleOptionViewItem, QVBoxLayout, QWidget

from desktop.items.plan import ROW_ROLE, PlanModel, PlanRow, PlanStatus
from desktop.theme import Theme
from desktop.views.controls import Label
from desktop.views.rows import Index, RowDelegate, icon_rect, view_width, wrapped_height
from engine.agent.state import RunState
from engine.domain import SubQuestionId
from engine.events import StoredEvent
from resources.tokens import ICON, SPACE_1, SPACE_2, SPACE_3

_ICONS = {
    PlanStatus.WAITING: ("circle", "text_muted"),
    PlanStatus.LIVE: ("circle-half", "accent"),
    PlanStatus.FOUND: ("check-circle", "supported"),
    PlanStatus.NOTHING: ("minus-circle", "text_muted"),
    PlanStatus.UNKNOWN: ("warning-circle", "partly"),
    PlanStatus.SKIPPED: ("skip-forward", "text_muted"),
    PlanStatus.NOT_REACHED: ("circle-dashed", "text_muted"),
}
_DONE = frozenset({PlanStatus.FOUND, PlanStatus.NOTHING, PlanStatus.UNKNOWN, PlanStatus.SKIPPED})
_BREATHS = 40


class PlanPane(QWidget):
    """A list that is short enough to be read at once."""

    count_changed = Signal(str)
    """``3 of 5``, for the head of the pane; empty without a plan."""
    skip_requested = Signal(object)
    """SubQuestionId."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count_text = ""
        self.model = PlanModel(self)
        self.list = QListView(self)
        self.setFocusProxy(self.list)
        self._delegate = _PlanDelegate(theme, self.list)
        self.list.setModel(self.model)
        self.list.setItemDelegate(self._delegate)
        self.list.setAccessibleName("Plan")
        self.list.setMouseTracking(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self._empty = Label("The question is divided here before anything is searched.", tone="muted", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_1, 0, SPACE_1, SPACE_1)
        layout.setSpacing(0)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        self._empty.setContentsMargins(SPACE_3, SPACE_1, SPACE_3, SPACE_2)
        self._breath = QTimer(self)
        self._breath.setInterval(50)
        self._breath.timeout.connect(self._breathe)
        theme.changed.connect(self.list.viewport().update)
        self._theme = theme
        self.show_state(None)

    @property
    def count_text(self) -> str:
        """``3 of 5``; empty without a plan."""
        return self._count_text

    def show_state(self, state: RunState | None) -> None:
        """Show the plan of a run."""
        self.model.show_state(state)
        rows = self.model.rows
        self._empty.setVisible(not rows)
        self.list.setVisible(bool(rows))
        done = sum(row.status in _DONE for row in rows)
        text = f"{done} of {len(rows)}" if rows else ""
        if text != self._count_text:
            self._count_text = text
            self.count_changed.emit(text)
        if any(row.status is PlanStatus.LIVE for row in rows) and self._theme.motion_ms:
            self._breath.start()
        else:
            self._breath.stop()
            self._delegate.breath = 0

    def show_event(self, stored: StoredEvent, state: RunState) -> None:  # noqa: ARG002 - like the other views
        """Take over one more event."""
        self.show_state(state)

    def skip(self, subquestion_id: SubQuestionId) -> None:
        """Ask for a sub-question to be given up."""
        self.skip_requested.emit(subquestion_id)

    def _show_menu(self, point: QPoint) -> None:
        row: PlanRow | None = self.list.indexAt(point).data(ROW_ROLE)
        if row is not None and row.is_open:
            menu = self.menu_for(row)
            menu.popup(self.list.viewport().mapToGlobal(point))

    def menu_for(self, row: PlanRow) -> QMenu:
        """Return what can be done with a sub-question."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        skip = menu.addAction(self._theme.icon("skip-forward"), "Skip this sub-question")
        skip.triggered.connect(partial(self.skip, row.id))
        return menu

    def _breathe(self) -> None:
        if not self.list.isVisible():
            return
        self._delegate.breath = (self._delegate.breath + 1) % _BREATHS
        for number, row in enumerate(self.model.rows):
            if row.status is PlanStatus.LIVE:
                self.list.update(self.model.index(number))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.list.scheduleDelayedItemsLayout()

    def sizeHint(self) -> QSize:
        height = sum(self.list.sizeHintForRow(number) for number in range(self.model.rowCount(QModelIndex())))
        return QSize(super().sizeHint().width(), max(48, height + SPACE_2))


class _PlanDelegate(RowDelegate):
    breath = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        row: PlanRow = index.data(ROW_ROLE)
        width = view_width(option) - self._left() - SPACE_2
        height = wrapped_height(row.text, option.font, width) + 2 * SPACE_1 + 2
        if _second(row):
            height += wrapped_height(_second(row), self.small_font(option.font), width) + 1
        return QSize(width, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        row: PlanRow = index.data(ROW_ROLE)
        option.text = ""
        self.draw_ground(painter, option)
        rect = option.rect
        line = option.fontMetrics.height()
        name, colour = _ICONS[row.status]
        opacity = 1.0
        if row.status is PlanStatus.LIVE and self.breath:
            opacity = 0.35 + 0.65 * abs(2 * self.breath / _BREATHS - 1)
        self.draw_icon(painter, icon_rect(rect, line_height=line + 2), name, colour, opacity=opacity)
        left = rect.left() + self._left()
        width = rect.right() - left - SPACE_2
        is_quiet = row.status in (PlanStatus.WAITING, PlanStatus.NOT_REACHED, PlanStatus.SKIPPED)
        height = wrapped_height(row.text, option.font, width)
        top = rect.top() + SPACE_1 + 1
        text_colour = "text_secondary" if is_quiet else "text"
        self.draw_wrapped(painter, QRect(left, top, width, height + 2), row.text, option.font, text_colour)
        if _second(row):
            small = self.small_font(option.font)
            place = QRect(left, top + height + 1, width, rect.bottom() - top - height)
            self.draw_wrapped(painter, place, _second(row), small, "text_muted")

    def _left(self) -> int:
        return SPACE_2 + ICON + SPACE_2


def _second(row: PlanRow) -> str:
    """Return the second line: where it looks, and how far it got."""
    place = row.place[:1].upper() + row.place[1:]
    return " · ".join(part for part in (place, row.detail) if part)
