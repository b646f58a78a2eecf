"""The sources: what was opened, what was in it, which citations lead there, and what could not be had."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from desktop.items.sources import ROW_ROLE, SourceRow, SourcesFilter, SourcesModel, SourceStatus
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.uses import used_words
from desktop.views.controls import Label, pressed_by_enter
from desktop.views.rescue import RescueBar
from desktop.views.sign_icons import state_icon
from desktop.views.source_rows import BREATHS, SourceDelegate, SourceList
from desktop.web_words import site_of
from engine.agent.state import RunState
from engine.citations.wording import address_words
from engine.events import StoredEvent
from engine.web.progress import Fetching
from resources.tokens import SPACE_1, SPACE_2, SPACE_3

_MOST_USES = 12
_USE_CHARACTERS = 70
_TALL = 300
_LEAST_FOR_RESCUE = 190
"""Heights in logical pixels: for how to get at a page in words, and for offering it at all outside the menu."""


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
    claim_requested = Signal(object)
    """ClaimId: show the sentence in the report."""
    skip_requested = Signal(str)
    """Address of a source that is not to be opened."""
    folder_requested = Signal(str)
    """Address whose folder is to be shown."""
    live_requested = Signal(str)
    """Address of a page to open in the browser."""
    file_requested = Signal(str)
    """Address of a source for which a saved page is to be chosen."""
    text_requested = Signal(str)
    """Address of a source for which a text is to be pasted."""
    file_supplied = Signal(str, object)
    """Address, and the Path of what was dropped for it."""
    drop_refused = Signal(str)
    """Why what was dropped was not taken, in a sentence."""

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
        self.list = SourceList(self)
        self.setFocusProxy(self.list)
        self.list.setModel(self.filtered)
        self._delegate = SourceDelegate(theme, self.list)
        self.list.setItemDelegate(self._delegate)
        self.list.activated.connect(self._activate)
        self.list.customContextMenuRequested.connect(self._show_menu)
        self._connect_list()
        self.rescue = RescueBar(self)
        self.rescue.open_requested.connect(self.live_requested)
        self.rescue.file_requested.connect(self.file_requested)
        self.rescue.text_requested.connect(self.text_requested)
        self.setAcceptDrops(True)
        self._empty = Label("Documents and pages appear here as they are opened.", tone="muted", wraps=True)
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
        layout.addWidget(self.rescue)
        self._breath = QTimer(self)
        self._breath.setInterval(50)
        self._breath.timeout.connect(self._breathe)
        theme.changed.connect(self.list.viewport().update)
        self.show_state(None)

    def _connect_list(self) -> None:
        self.list.selectionModel().currentChanged.connect(self._show_rescue)
        self.list.live_requested.connect(self._open_live)
        self.list.copy_requested.connect(self._copy_address)
        self.list.skip_requested.connect(self._skip)
        self.list.paste_requested.connect(self._paste)

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

    def show_fetching(self, fetching: Fetching) -> None:
        """Show how far a page is."""
        self.model.show_fetching(fetching)
        self._follow_fetching()

    def end_fetching(self) -> None:
        """Nothing is fetched any more."""
        self.model.end_fetching()
        self._follow_fetching()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_rescue()

    def _make_room(self) -> None:
        """Let the list come before the bar under it where there is little room."""
        self.rescue.keep_short(is_short=self.height() < _TALL)
        self.rescue.setVisible(bool(self.rescue.address) and self.height() >= _LEAST_FOR_RESCUE)

    def _show_empty(self) -> None:
        self._empty.setVisible(not self.filtered.rowCount(QModelIndex()) and not self.filter.text())

    def _follow_fetching(self) -> None:
        self._show_empty()
        if any(row.is_moving for row in self.model.rows) and self._theme.motion_ms:
            self._breath.start()
        else:
            self._breath.stop()
            self._delegate.breath = 0

    def _breathe(self) -> None:
        if self.list.isVisible():
            self._delegate.breath = (self._delegate.breath + 1) % BREATHS
            self.list.viewport().update()

    # --- getting at what could not be read ---

    def _current(self) -> SourceRow | None:
        row: SourceRow | None = self.list.currentIndex().data(ROW_ROLE)
        return row

    def _show_rescue(self) -> None:
        blocked = [row for row in self.model.rows if row.can_be_rescued]
        current = self._current()
        chosen = current if current is not None and current.can_be_rescued else None
        if chosen is None and current is None and blocked and self.height() >= _TALL:
            chosen = blocked[0]
        self.rescue.show_row(chosen, others=len(blocked) - 1 if chosen is not None else 0)
        self._make_room()
        if chosen is not None and chosen is current:
            # It may lie under the bar that has just come.
            QTimer.singleShot(0, self._reveal)

    def _reveal(self) -> None:
        self.list.scrollTo(self.list.currentIndex())

    def _open_live(self) -> None:
        row = self._current()
        if row is not None and row.is_web:
            self.live_requested.emit(row.address)

    def _copy_address(self) -> None:
        row = self._current()
        if row is not None:
            QGuiApplication.clipboard().setText(address_words(row.address))

    def _skip(self) -> None:
        row = self._current()
        if row is not None and row.can_be_skipped and self._can_skip:
            self.skip_requested.emit(row.address)

    def _paste(self) -> None:
        row = self._current()
        if row is not None and row.can_be_rescued:
            self.text_requested.emit(row.address)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_in(event) and any(row.can_be_rescued for row in self.model.rows):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        target = self._target(event.position().toPoint())
        if target is not None:
            self.list.setCurrentIndex(self._index_of(target.address))
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        files = files_in(event)
        target = self._target(event.position().toPoint())
        if not files:
            return
        event.acceptProposedAction()
        if target is None:
            self.drop_refused.emit("Drop it on the source that it is a copy of.")
        elif len(files) > 1:
            self.drop_refused.emit("Drop one file at a time, each on the source that it is a copy of.")
        else:
            self.file_supplied.emit(target.address, files[0])

    def _target(self, point: QPoint) -> SourceRow | None:
        """Return the source that something at a place of the pane is dropped on."""
        place = self.list.viewport().mapFrom(self, point)
        if self.list.viewport().rect().contains(place):
            row: SourceRow | None = self.list.indexAt(place).data(ROW_ROLE)
            if row is not None:
                return row if row.can_be_rescued else None
        shown = [row for row in self.model.rows if row.can_be_rescued and row.address == self.rescue.address]
        blocked = [row for row in self.model.rows if row.can_be_rescued]
        return shown[0] if shown else blocked[0] if len(blocked) == 1 else None

    def _index_of(self, address: str) -> QModelIndex:
        for number in range(self.filtered.rowCount(QModelIndex())):
            index = self.filtered.index(number, 0)
            if index.data(ROW_ROLE).address == address:
                return index
        return QModelIndex()

    def _after(self, state: RunState | None) -> None:
        self._show_rescue()
        self._follow_fetching()
        rows = self.model.rowCount(QModelIndex())
        fetched = [row for row in self.model.rows if row.fetching and not row.is_opened]
        unopened = self.model.count(SourceStatus.FOUND) + len(fetched)
        opened = rows - unopened - self.model.count(SourceStatus.SKIPPED)
        self._can_skip = state is not None and state.outcome is None
        self.filter.setVisible(rows > 0)
        self.unopened.setVisible(unopened > 0)
        self.unopened.setText(f"+ {unopened} not opened")
        self.unopened.setToolTip("Show what was found and not opened")
        self._show_empty()
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
        elif row is not None and row.can_be_rescued:
            self.rescue.open.setFocus(Qt.FocusReason.OtherFocusReason)

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
        if row.uses:
            menu.addMenu(self._uses_menu(menu, row))
        if row.is_web:
            live = menu.addAction(
                self._theme.icon("arrow-square-out"),
                f"Open the live page (your browser contacts {site_of(row.address)})",
            )
            live.triggered.connect(partial(self.live_requested.emit, row.address))
        if row.can_be_rescued:
            file = menu.addAction(self._theme.icon("file-arrow-up"), "Supply the saved page or PDF…")
            file.triggered.connect(partial(self.file_requested.emit, row.address))
            text = menu.addAction(self._theme.icon("clipboard-text"), "Paste its text…")
            text.triggered.connect(partial(self.text_requested.emit, row.address))
        if row.can_be_skipped and self._can_skip:
            skip = menu.addAction(self._theme.icon("skip-forward"), "Skip this source")
            skip.triggered.connect(partial(self.skip_requested.emit, row.address))
        if row.address.startswith("file:"):
            folder = menu.addAction(self._theme.icon("folder-open"), "Show in folder")
            folder.triggered.connect(partial(self.folder_requested.emit, row.address))
        copy = menu.addAction(self._theme.icon("copy"), "Copy address")
        copy.triggered.connect(partial(QGuiApplication.clipboard().setText, address_words(row.address)))
        return menu

    def _uses_menu(self, parent: QMenu, row: SourceRow) -> QMenu:
        """Return a menu of the sentences that have to do with a source."""
        title = used_words(row.uses)
        menu = QMenu(title[:1].upper() + title[1:], parent)
        menu.setIcon(self._theme.icon("quotes"))
        for use in row.uses[:_MOST_USES]:
            words = one_line(use.words, limit=_USE_CHARACTERS).replace("&", "&&")
            action = menu.addAction(state_icon(use.claim.state, self._theme), words)
            action.triggered.connect(partial(self.claim_requested.emit, use.claim.id))
        if len(row.uses) > _MOST_USES and row.source_id is not None:
            more = menu.addAction(f"All {len(row.uses)}, beside what was read")
            more.triggered.connect(partial(self.source_activated.emit, row.source_id))
        return menu


def files_in(event: QDropEvent) -> tuple[Path, ...]:
    """Return the files among what is dragged."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return tuple(path for path in paths if path.is_file())
