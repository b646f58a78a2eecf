"""The sources: what was opened, what was in it, which citations lead there."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QStyleOptionViewItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.items.sources import ROW_ROLE, SourceRow, SourcesFilter, SourcesModel, SourceStatus
from desktop.theme import Theme
from desktop.views.controls import Label, pressed_by_enter
from desktop.views.rows import Index, RowDelegate
from engine.agent.state import RunState
from engine.citations.wording import address_words
from engine.events import StoredEvent
from resources.tokens import ICON, SPACE_1, SPACE_2, SPACE_3

FORMAT_ICONS = {
    "pdf": "file-pdf",
    "html": "globe-simple",
    "markdown": "file-text",
    "text": "file-text",
    "docx": "file-text",
    "odt": "file-text",
    "rtf": "file-text",
    "epub": "book",
    "pptx": "presentation",
    "xlsx": "table",
    "csv": "table",
}
_STATUS_ICONS = {
    SourceStatus.FAILED: ("warning-circle", "unsupported"),
    SourceStatus.SKIPPED: ("skip-forward", "text_muted"),
    SourceStatus.FOUND: ("circle-dashed", "text_muted"),
    SourceStatus.NOTHING: ("minus-circle", "text_muted"),
}


class _UnopenedButton(QToolButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


class SourcesPane(QWidget):
    """A list to filter by typing; Enter or a double click shows the archived text."""

    count_changed = Signal(str)
    """How many were opened, for the head of the pane; empty while none is."""
    source_activated = Signal(object)
    """SourceId: show its archived text."""
    skip_requested = Signal(str)
    """Address of a source that is not to be opened."""
    folder_requested = Signal(str)
    """Address whose folder is to be shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count_text = ""
        self._can_skip = False
        self.model = SourcesModel(self)
        self.filtered = SourcesFilter(self)
        self.filtered.setSourceModel(self.model)
        self.filter = QLineEdit(self)
        self.filter.setProperty("kind", "quiet")
        self.filter.setPlaceholderText("Filter sources")
        self.filter.setAccessibleName("Filter sources")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self.filtered.filter_by)
        self.unopened = _UnopenedButton(self)
        self.unopened.setProperty("kind", "label")
        self.unopened.setCheckable(True)
        self.unopened.toggled.connect(self._show_unopened)
        self.list = _SourceList(self)
        self.list.setModel(self.filtered)
        self.list.setItemDelegate(_SourceDelegate(theme, self.list))
        self.list.activated.connect(self._activate)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self._empty = Label("Documents appear here as they are opened.", tone="muted", wraps=True)
        self._empty.setContentsMargins(SPACE_3, SPACE_1, SPACE_3, SPACE_2)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_2, 0, SPACE_2, SPACE_1)
        head.setSpacing(SPACE_1)
        head.addWidget(self.filter, 1)
        head.addWidget(self.unopened)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_1, 0, SPACE_1, SPACE_1)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        theme.changed.connect(self.list.viewport().update)
        self.show_state(None)

    @property
    def count_text(self) -> str:
        """How many were opened; empty while none is."""
        return self._count_text

    def show_state(self, state: RunState | None) -> None:
        """Show the sources of a run."""
        self.model.show_state(state)
        self._after(state)

    def show_event(self, stored: StoredEvent, state: RunState) -> None:
        """Take over one more event."""
        self.model.show_event(stored, state)
        self._after(state)

    def _after(self, state: RunState | None) -> None:
        rows = self.model.rowCount(QModelIndex())
        unopened = self.model.count(SourceStatus.FOUND)
        opened = rows - unopened - self.model.count(SourceStatus.SKIPPED)
        self._can_skip = state is not None and state.outcome is None
        self.filter.setVisible(rows > 0)
        self.unopened.setVisible(unopened > 0)
        self.unopened.setText(f"+ {unopened} not opened")
        self.unopened.setToolTip("Show what was found and not opened")
        self._empty.setVisible(not opened and not self.filtered.shows_unopened and not self.filter.text())
        text = str(opened) if opened else ""
        if text != self._count_text:
            self._count_text = text
            self.count_changed.emit(text)

    def _show_unopened(self, wanted: bool) -> None:
        self.filtered.show_unopened(wanted)
        self._empty.setVisible(not self.filtered.rowCount(QModelIndex()) and not wanted and not self.filter.text())

    def _activate(self, index: QModelIndex) -> None:
        row: SourceRow | None = index.data(ROW_ROLE)
        if row is not None and row.source_id is not None:
            self.source_activated.emit(row.source_id)

    def _show_menu(self, point: QPoint) -> None:
        row: SourceRow | None = self.list.indexAt(point).data(ROW_ROLE)
        if row is not None:
            self.menu_for(row).popup(self.list.viewport().mapToGlobal(point))

    def menu_for(self, row: SourceRow) -> QMenu:
        """Return what can be done with a source."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row.source_id is not None:
            show = menu.addAction(self._theme.icon("book-open"), "Show what was read")
            show.triggered.connect(partial(self.source_activated.emit, row.source_id))
        if row.can_be_skipped and self._can_skip:
            skip = menu.addAction(self._theme.icon("skip-forward"), "Skip this source")
            skip.triggered.connect(partial(self.skip_requested.emit, row.address))
        if row.address.startswith("file:"):
            folder = menu.addAction(self._theme.icon("folder-open"), "Show in folder")
            folder.triggered.connect(partial(self.folder_requested.emit, row.address))
        copy = menu.addAction(self._theme.icon("copy"), "Copy address")
        copy.triggered.connect(partial(QGuiApplication.clipboard().setText, address_words(row.address)))
        return menu


class _SourceList(QListView):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName("Sources")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)


class _SourceDelegate(RowDelegate):
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
        name, colour = _STATUS_ICONS.get(status, (FORMAT_ICONS.get(row.format, "file"), "text_secondary"))
        self.draw_icon(painter, QRect(rect.left() + SPACE_2, top + (line - ICON) // 2, ICON, ICON), name, colour)
        left = rect.left() + SPACE_2 + ICON + SPACE_2
        right = rect.right() - SPACE_2
        small = self.small_font(option.font)
        if row.number:
            right = self.draw_badge(painter, right, top + line // 2, str(row.number), small) - SPACE_2
        is_quiet = status in (SourceStatus.FOUND, SourceStatus.SKIPPED, SourceStatus.NOTHING, SourceStatus.FAILED)
        title_colour = "text_secondary" if is_quiet else "text"
        self.draw_line(painter, QRect(left, top, right - left, line), row.title, option.font, title_colour)
        second = QRect(left, top + line + 1, rect.right() - SPACE_2 - left, rect.bottom() - top - line - SPACE_1)
        words = f"{row.words} · cited as {', '.join(row.marks)}" if len(row.marks) > 1 else row.words
        self.draw_line(painter, second, words, small, "unsupported" if status is SourceStatus.FAILED else "text_muted")
