"""The trace: one line a step, with its kind, what was done and how long it took; details unfold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from html import escape

from PySide6.QtCore import QEvent, QModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from desktop.activity import activity_of
from desktop.items.step import StepKind
from desktop.items.trace import ROW_ROLE, TraceModel, TraceRow
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.citation_chip import STATE_COLOURS, draw_state_mark
from desktop.views.rows import Index, RowDelegate
from engine.agent.state import RunState
from engine.events import StoredEvent
from resources.tokens import ICON, ROW, SMALL_PX, SPACE_1, SPACE_2

_ICONS = {
    StepKind.ASK: "question",
    StepKind.THINK: "lightbulb",
    StepKind.PLAN: "compass",
    StepKind.CROSS_CHECK: "checks",
    StepKind.TURN: "arrow-bend-up-left",
    StepKind.ADMIT: "hand-palm",
    StepKind.ANSWER: "chat-circle-text",
    StepKind.TIDY: "arrows-clockwise",
    StepKind.SEARCH: "magnifying-glass",
    StepKind.READ: "book-open",
    StepKind.NOTE: "note-pencil",
    StepKind.WRITE: "pencil-line",
    StepKind.CHECK: "check-circle",
    StepKind.PROBLEM: "warning-circle",
    StepKind.COMMAND: "user",
    StepKind.END: "flag",
}
_BREATHS = 40
_CARET = 12
_DETAIL_LEFT = SPACE_2 + ICON + SPACE_2 + 1
_LABEL = 44
"""Width of what stands in front of a detail, in logical pixels."""
_WRAP_PAUSE_MS = 120


class TracePane(QWidget):
    """Follows the end only if the end was in view."""

    count_changed = Signal(str)
    """How many steps there are, for the head of the pane; empty without any."""
    passage_activated = Signal(object)
    """PassageId of an unfolded quotation."""
    source_activated = Signal(object)
    """SourceId of an unfolded reading."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count_text = ""
        self._run: tuple[str, int] = ("", 0)
        self.model = TraceModel(self)
        self.filter = QLineEdit(self)
        self.filter.setProperty("kind", "quiet")
        self.filter.setPlaceholderText("Filter steps")
        self.filter.setAccessibleName("Filter steps")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.model.filter_by)
        self.list = _TraceList(self.model, theme, self)
        self.setFocusProxy(self.list)
        self._delegate = _TraceDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.activated.connect(self._activate)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_1, 0, SPACE_1, SPACE_1)
        layout.setSpacing(SPACE_1)
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        head.addWidget(self.filter)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        self._is_queued = False
        self._breath = QTimer(self)
        self._breath.setInterval(50)
        self._breath.timeout.connect(self._breathe)
        theme.changed.connect(self.list.viewport().update)
        self.show_state(None)

    @property
    def count_text(self) -> str:
        """How many steps there are; empty without any."""
        return self._count_text

    def show_trace(self, trace: Sequence[StoredEvent], state: RunState | None) -> None:
        """Show the whole trace of a run and the state after it."""
        self.model.show_trace(trace)
        self._run = (state.run_id, state.length) if state is not None else ("", 0)
        self._after(state)
        self.list.scrollToBottom()

    def show_state(self, state: RunState | None) -> None:
        """Take over a state; its steps cannot be told from it, so another run empties the list: use ``show_trace``."""
        if state is None or (state.run_id, state.length) != self._run:
            self.show_trace((), state)
        else:
            self._after(state)

    def show_event(self, stored: StoredEvent, state: RunState) -> None:
        """Append one more event."""
        if self._run[0] != state.run_id and stored.sequence == 1:
            self.model.show_trace(())
        was_at_end = self.list.is_at_end
        self.model.append(stored)
        self._run = (state.run_id, state.length)
        self._after(state)
        if was_at_end:
            self.list.follow_end()

    def show_live_words(self, words: str) -> None:
        """Say, in the row of what is happening, the end of what a model is saying; an empty text takes it away."""
        self.model.show_live_words(words)

    def show_queued(self, state: RunState | None, *, is_queued: bool) -> None:
        """Say that the run waits for another one, so that nothing is happening, or no longer does."""
        if is_queued != self._is_queued:
            self._is_queued = is_queued
            self._after(state)

    def _after(self, state: RunState | None) -> None:
        is_under_way = state is not None and state.outcome is None and not self._is_queued
        activity = activity_of(state) if state is not None and is_under_way else None
        self.model.show_live(activity.text if activity is not None else "")
        if activity is not None and activity.kind.is_live and self._theme.motion_ms:
            if not self._breath.isActive():
                self._breath.start()
        else:
            self._breath.stop()
            self._delegate.breath = 0
        self.filter.setVisible(self.model.steps > 0)
        text = str(self.model.steps) if self.model.steps else ""
        if text != self._count_text:
            self._count_text = text
            self.count_changed.emit(text)

    def _breathe(self) -> None:
        if self.list.isVisible() and self.model.live_text:
            self._delegate.breath = (self._delegate.breath + 1) % _BREATHS
            self.list.update(self.model.index(self.model.rowCount(QModelIndex()) - 1))

    def _activate(self, index: QModelIndex) -> None:
        row: TraceRow | None = index.data(ROW_ROLE)
        if row is None:
            return
        if row.detail is not None and row.detail.passage is not None:
            self.passage_activated.emit(row.detail.passage)
        elif row.detail is not None and row.detail.source is not None:
            self.source_activated.emit(row.detail.source)
        elif row.can_open:
            self.model.toggle(index.row())


class _TraceList(QListView):
    """Rows of one height, laid out in batches: ten thousand of them cost no more than ten."""

    def __init__(self, model: TraceModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._trace = model
        self._theme = theme
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_WRAP_PAUSE_MS)
        self._later.timeout.connect(self._wrap_anew)
        theme.changed.connect(self._later.start)
        self.setModel(model)
        self.setAccessibleName("Trace")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(500)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def is_at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - ROW // 2

    def follow_end(self) -> None:
        QTimer.singleShot(0, self, self.scrollToBottom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        was_at_end = self.is_at_end
        super().resizeEvent(event)
        if was_at_end:
            self.follow_end()
        if event.size().width() != event.oldSize().width():
            self._later.start()

    def _wrap_anew(self) -> None:
        font = self._theme.ui_font()
        font.setPixelSize(round(SMALL_PX * self._theme.text_scale))
        width = self.viewport().width() - _DETAIL_LEFT - 2 * SPACE_2
        bar = self.verticalScrollBar()
        place = bar.value()
        self._trace.use_wrapping(partial(lines_of, font=font, width=width))
        bar.setValue(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        row: TraceRow | None = index.data(ROW_ROLE)
        is_plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        if row is not None and row.can_open and is_plain:
            self._trace.toggle(index.row())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row: TraceRow | None = self.indexAt(event.position().toPoint()).data(ROW_ROLE)
        if row is not None and row.can_open:
            self._trace.toggle(self.indexAt(event.position().toPoint()).row())
            return
        super().mouseDoubleClickEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        row: TraceRow | None = index.data(ROW_ROLE)
        if row is not None:
            if event.key() == Qt.Key.Key_Right and row.can_open and not row.is_open:
                self._trace.toggle(index.row())
                return
            if event.key() == Qt.Key.Key_Left and row.step is not None:
                step = self._trace.step_row(index.row())
                if row.is_open:
                    self._trace.toggle(step)
                self.setCurrentIndex(self._trace.index(step))
                return
            if event.key() == Qt.Key.Key_Space and row.can_open:
                self._trace.toggle(index.row())
                return
        super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            row: TraceRow | None = self.indexAt(event.pos()).data(ROW_ROLE)
            if row is not None and len(row.text) > 40:
                # No part of a tooltip may be taken for markup: Qt would show it as rich text.
                QToolTip.showText(event.globalPos(), _as_plain(row.text), self.viewport())
            return True
        return super().viewportEvent(event)


class _TraceDelegate(RowDelegate):
    breath = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        return QSize(120, max(ROW - 2, option.fontMetrics.height() + 2 * SPACE_1 + 2))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        row: TraceRow = index.data(ROW_ROLE)
        option.text = ""
        self.draw_ground(painter, option)
        if row.detail is not None:
            self._paint_detail(painter, option, row)
        else:
            self._paint_step(painter, option, row)

    def _paint_step(self, painter: QPainter, option: QStyleOptionViewItem, row: TraceRow) -> None:
        rect = option.rect
        icon = QRect(rect.left() + SPACE_2, rect.center().y() - ICON // 2 + 1, ICON, ICON)
        left, right = icon.right() + SPACE_2 + 1, rect.right() - SPACE_2
        if row.step is None:
            opacity = 0.35 + 0.65 * abs(2 * self.breath / _BREATHS - 1)
            self.draw_icon(painter, icon, "circle-half", "accent", opacity=opacity)
            self._paint_live(painter, option, row, left=left, right=right)
            return
        colour = "unsupported" if row.step.kind is StepKind.PROBLEM else "text_secondary"
        if row.step.state is not None:
            mark = QRectF(icon.center().x() - 4, icon.center().y() - 4, 10, 10)
            draw_state_mark(painter, mark, row.step.state, self.theme.colour(STATE_COLOURS[row.step.state]))
        else:
            self.draw_icon(painter, icon, _ICONS[row.step.kind], colour)
        small = self.small_font(option.font)
        if row.took:
            width = QFontMetrics(small).horizontalAdvance(row.took) + 2
            took = QRect(right - width, rect.top(), width, rect.height())
            self.draw_line(painter, took, row.took, small, "text_muted", right=True)
            right -= width + SPACE_2
        is_near = bool(option.state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
        if row.can_open and (is_near or row.is_open):
            caret = QRect(right - _CARET, rect.center().y() - _CARET // 2 + 1, _CARET, _CARET)
            self.draw_icon(painter, caret, "caret-down" if row.is_open else "caret-right", "text_muted")
            right -= _CARET + SPACE_1
        self.draw_line(painter, self._line(rect, left, right), row.text, option.font, "text")

    def _paint_live(
        self, painter: QPainter, option: QStyleOptionViewItem, row: TraceRow, *, left: int, right: int
    ) -> None:
        """Paint what is happening, and behind it the end of what is being said."""
        if not row.live_words:
            self.draw_line(painter, self._line(option.rect, left, right), row.text, option.font, "text")
            return
        most = (right - left) // 2
        width = min(most, QFontMetrics(option.font).horizontalAdvance(row.text) + 2)
        self.draw_line(painter, self._line(option.rect, left, left + width), row.text, option.font, "text")
        small = self.small_font(option.font)
        room = self._line(option.rect, left + width + SPACE_2, right)
        shown = QFontMetrics(small).elidedText(row.live_words, Qt.TextElideMode.ElideLeft, room.width())
        self.draw_line(painter, room, shown, small, "text_muted")

    def _paint_detail(self, painter: QPainter, option: QStyleOptionViewItem, row: TraceRow) -> None:
        assert row.detail is not None
        rect = option.rect
        left = rect.left() + _DETAIL_LEFT
        small = self.small_font(option.font)
        label = QRect(left, rect.top(), _LABEL - SPACE_1, rect.height())
        is_number = row.detail.label[:1].isdigit()
        font = self.theme.mono_font() if is_number else small
        if is_number:
            font.setPixelSize(small.pixelSize())
        self.draw_line(painter, label, row.detail.label, font, "text_muted")
        if row.detail.is_prose:
            text = self._line(rect, left, rect.right() - SPACE_2)
            self.draw_line(painter, text, row.detail.text, small, "text_secondary")
            return
        leads = row.detail.passage is not None or row.detail.source is not None
        text = self._line(rect, left + _LABEL, rect.right() - SPACE_2)
        self.draw_line(painter, text, row.detail.text, small, "text" if leads else "text_secondary")

    def _line(self, rect: QRect, left: int, right: int) -> QRect:
        return QRect(left, rect.top(), max(0, right - left), rect.height())


def lines_of(text: str, *, font: QFont, width: int) -> list[str]:
    """Return a text cut into lines that fit a width; its own line ends are kept, empty lines are not."""
    lines = []
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    for paragraph in text.splitlines():
        if not paragraph.strip():
            continue
        shown = one_line(paragraph)
        layout = QTextLayout(shown, font)
        layout.setTextOption(option)
        layout.beginLayout()
        units = shown.encode("utf-16-le")
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(80, width))
            start, length = line.textStart(), line.textLength()
            lines.append(units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace").strip())
        layout.endLayout()
    return lines


def _as_plain(text: str) -> str:
    """Return text that a tooltip shows as it is: escaped, and marked as markup so that the escapes are undone."""
    return f"<p style='white-space: pre-wrap'>{escape(text[:1200])}</p>"
