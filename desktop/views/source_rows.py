"""How the rows of the sources pane look and what keys they have."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyleOptionViewItem, QWidget

from desktop.items.sources import ROW_ROLE, SourceRow, SourceStatus
from desktop.views.rows import Index, RowDelegate
from resources.tokens import ICON, SPACE_1, SPACE_2

STATUS_ICONS = {
    SourceStatus.FOUND: ("circle-dashed", "text_muted"),
    SourceStatus.FETCHING: ("circle-half", "accent"),
    SourceStatus.READ: ("circle", "text_secondary"),
    SourceStatus.USED: ("check-circle", "supported"),
    SourceStatus.NOTHING: ("minus-circle", "text_muted"),
    SourceStatus.SKIPPED: ("skip-forward", "text_muted"),
    SourceStatus.BLOCKED: ("prohibit", "partly"),
    SourceStatus.FAILED: ("warning-circle", "unsupported"),
}
"""A shape for each status, so that none is told by its colour alone."""
BREATHS = 40
_PROBLEM_COLOURS = {SourceStatus.BLOCKED: "partly", SourceStatus.FAILED: "unsupported"}


class SourceList(QListView):
    """A list whose rows have keys of their own: O opens the live page, Delete skips, copy and paste do as they say."""

    live_requested = Signal()
    copy_requested = Signal()
    skip_requested = Signal()
    paste_requested = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
        elif event.matches(QKeySequence.StandardKey.Paste):
            self.paste_requested.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.skip_requested.emit()
        elif event.key() == Qt.Key.Key_O and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.live_requested.emit()
        else:
            super().keyPressEvent(event)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Sources")
        self.setAccessibleDescription(
            "O opens the live page, Delete skips, Copy copies the address, Paste supplies text"
        )
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)


class SourceDelegate(RowDelegate):
    """A source on two lines: what became of it, its title and number, and where it is used."""

    breath = 0
    """How far the icons of what is on its way have breathed, from 0 to ``BREATHS``."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        second = QFontMetrics(self.small_font(option.font)).height()
        return QSize(120, option.fontMetrics.height() + second + 2 * SPACE_1 + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        row: SourceRow = index.data(ROW_ROLE)
        option.text = ""
        self.draw_ground(painter, option)
        rect, status = option.rect, row.status
        line = option.fontMetrics.height()
        top = rect.top() + SPACE_1 + 1
        name, colour = STATUS_ICONS[status]
        is_breathing = status is SourceStatus.FETCHING and self.breath
        opacity = 0.35 + 0.65 * abs(2 * self.breath / BREATHS - 1) if is_breathing else 1.0
        icon = QRect(rect.left() + SPACE_2, top + (line - ICON) // 2, ICON, ICON)
        self.draw_icon(painter, icon, name, colour, opacity=opacity)
        left = rect.left() + SPACE_2 + ICON + SPACE_2
        right = rect.right() - SPACE_2
        small = self.small_font(option.font)
        if row.number:
            right = self.draw_badge(painter, right, top + line // 2, str(row.number), small) - SPACE_2
        is_quiet = status not in (SourceStatus.USED, SourceStatus.READ, SourceStatus.FETCHING)
        title_colour = "text_secondary" if is_quiet else "text"
        self.draw_line(painter, QRect(left, top, right - left, line), row.title, option.font, title_colour)
        second = QRect(left, top + line + 1, rect.right() - SPACE_2 - left, rect.bottom() - top - line - SPACE_1)
        self.draw_line(painter, second, row.words, small, _PROBLEM_COLOURS.get(status, "text_muted"))
