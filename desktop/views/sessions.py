"""The sidebar: new question, search over everything, the sessions by day, and the way to library and settings."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.items.delegates import HitDelegate, SessionDelegate
from desktop.items.sessions import ROW, HitsModel, SessionRow, SessionsModel
from desktop.theme import Theme
from desktop.views.controls import Hairline, IconButton, Label, TextButton, ground, with_shortcut
from engine.domain import Session, SessionId
from engine.research import HistoryHit
from resources.tokens import ICON_LARGE, SPACE_1, SPACE_2, SPACE_3, SPACE_4

_TYPING_PAUSE_MS = 180


class SessionsView(QWidget):
    """Shows sessions and hits, and says what a person wants; it changes nothing itself."""

    new_requested = Signal()
    session_chosen = Signal(object)
    """SessionId."""
    hit_chosen = Signal(object)
    """HistoryHit."""
    search_requested = Signal(str)
    rename_requested = Signal(object, str)
    delete_requested = Signal(object)
    """SessionId."""
    library_requested = Signal()
    models_requested = Signal()
    settings_requested = Signal()
    fold_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: SessionId | None = None
        self._later: Callable[[], None] | None = None
        ground(self, "side")
        self.setAccessibleName("Sessions")
        self._model = SessionsModel(self)
        self._model.renamed.connect(self.rename_requested)
        self._hits_model = HitsModel(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._ask_for_hits)
        self._build()
        theme.changed.connect(self._redraw)
        self._redraw()

    def _build(self) -> None:
        self._new = TextButton("New question", theme=self._theme, icon="plus")
        self._new.setToolTip(with_shortcut("Ask something new", "Ctrl+N"))
        self._new.clicked.connect(self.new_requested)
        self._search = QLineEdit()
        self._search.setProperty("kind", "quiet")
        self._search.setPlaceholderText("Search everything")
        self._search.setAccessibleName("Search everything asked, written and read")
        self._search.setToolTip(with_shortcut("Search everything asked, written and read", "Ctrl+Shift+F"))
        self._search.setClearButtonEnabled(True)
        self._search.textChanged.connect(self._typed)
        self._search.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        layout.setSpacing(SPACE_2)
        layout.addLayout(self._head())
        layout.addWidget(self._new)
        layout.addWidget(self._search)
        layout.addWidget(self._lists(), 1)
        layout.addWidget(Hairline())
        layout.addLayout(self._places())

    def _lists(self) -> QStackedWidget:
        self._list = self._list_view("Sessions", self._model, SessionDelegate(self._theme, self))
        self._list.itemDelegate().closeEditor.connect(self._end_renaming)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self._list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._list.customContextMenuRequested.connect(self._show_menu)
        self._list.clicked.connect(self._choose)
        self._hits = self._list_view("Found", self._hits_model, HitDelegate(self._theme, self))
        self._hits.setResizeMode(QListView.ResizeMode.Adjust)
        self._hits.clicked.connect(self._choose_hit)
        self._empty = self._note("Your questions will be listed here.")
        self._nothing = self._note("")
        self._stack = QStackedWidget()
        for page in (self._list, self._hits, self._empty, self._nothing):
            self._stack.addWidget(page)
        self._stack.setCurrentWidget(self._empty)
        return self._stack

    def _places(self) -> QVBoxLayout:
        self._library = self._place(
            "Library", icon="books", tip="The folders that answers come from", shortcut="Ctrl+L"
        )
        self._library.clicked.connect(self.library_requested)
        self._models = self._place(
            "Language model", icon="brain", tip="Choose or get a language model", shortcut="Ctrl+Shift+M"
        )
        self._models.clicked.connect(self.models_requested)
        self._settings = self._place("Settings", icon="gear-six", tip="Colours, text, depth", shortcut="Ctrl+,")
        self._settings.clicked.connect(self.settings_requested)
        places = QVBoxLayout()
        places.setSpacing(2)
        places.addWidget(self._library)
        places.addWidget(self._models)
        places.addWidget(self._settings)
        return places

    def _place(self, name: str, *, icon: str, tip: str, shortcut: str) -> TextButton:
        place = TextButton(name, kind="row", theme=self._theme, icon=icon, tip=with_shortcut(tip, shortcut))
        place.setCheckable(True)
        return place

    def _head(self) -> QHBoxLayout:
        self._mark = QLabel()
        fold = IconButton(self._theme, "sidebar-left", "Fold the sidebar", shortcut="Ctrl+B")
        fold.clicked.connect(self.fold_requested)
        head = QHBoxLayout()
        head.setContentsMargins(SPACE_1, 0, 0, 0)
        head.setSpacing(SPACE_2)
        head.addWidget(self._mark)
        head.addWidget(Label("Plumbline", tone="strong"), 1)
        head.addWidget(fold)
        return head

    def _list_view(self, name: str, model: QAbstractItemModel, delegate: QAbstractItemDelegate) -> QListView:
        view = QListView()
        view.setModel(model)
        view.setItemDelegate(delegate)
        view.setAccessibleName(name)
        view.setMouseTracking(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setFrameShape(QListView.Shape.NoFrame)
        view.installEventFilter(self)
        return view

    def _note(self, text: str) -> Label:
        note = Label(text, tone="muted", wraps=True)
        note.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading)
        note.setContentsMargins(SPACE_2, SPACE_3, SPACE_2, SPACE_4)
        return note

    # --- what is shown ---

    def show_sessions(
        self,
        sessions: Collection[Session],
        *,
        live: Collection[SessionId],
        queued: Collection[SessionId],
        paused: Collection[SessionId],
    ) -> None:
        """Show the sessions and what they are doing; while one is being renamed, only afterwards."""
        if self._is_renaming:
            self._later = partial(self.show_sessions, sessions, live=live, queued=queued, paused=paused)
            return
        scrolled = self._list.verticalScrollBar().value()
        now = datetime.now().astimezone()
        self._model.show_sessions(sessions, live=live, queued=queued, paused=paused, now=now)
        self._list.verticalScrollBar().setValue(scrolled)
        self._mark_shown()
        self._choose_page()

    def show_hits(self, text: str, hits: tuple[HistoryHit, ...]) -> None:
        """Show what a search has found, if it is still wanted."""
        if text != self.search_text:
            return
        self._hits_model.show_hits(hits)
        shortened = text if len(text) <= 60 else f"{text[:59]}…"
        self._nothing.setText(f"Nothing asked, written or read so far has “{shortened}” in it.")
        self._stack.setCurrentWidget(self._hits if hits else self._nothing)

    def mark(self, *, session_id: SessionId | None = None, page: str = "") -> None:
        """Mark what the centre shows: a session, ``library``, ``settings``, or nothing of these."""
        self._shown = session_id
        self._library.setChecked(page == "library")
        self._models.setChecked(page == "models")
        self._settings.setChecked(page == "settings")
        self._mark_shown()

    def show_library_size(self, documents: int, *, is_busy: bool) -> None:
        """Show how much there is to ask about."""
        amount = "reading…" if is_busy else f"{documents:,}"
        self._library.set_words(f"Library  ·  {amount}" if documents or is_busy else "Library")

    @property
    def search_text(self) -> str:
        """What is being searched for; empty when nothing is."""
        return self._search.text().strip()

    def start_search(self) -> None:
        """Put the keyboard into the search field."""
        self._search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._search.selectAll()

    def focus_list(self) -> None:
        """Put the keyboard on the sessions."""
        self._list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --- what a person does ---

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self._search:
                return self._key_in_search(event)
            if watched in {self._list, self._hits}:
                return self._key_in_list(event)
        return super().eventFilter(watched, event)

    def _key_in_search(self, event: QKeyEvent) -> bool:
        view = self._hits if self._stack.currentWidget() is self._hits else self._list
        match event.key():
            case Qt.Key.Key_Escape if self._search.text():
                self._search.clear()
            case Qt.Key.Key_Down if view.model().rowCount():
                view.setFocus(Qt.FocusReason.TabFocusReason)
                if not view.currentIndex().isValid():
                    view.setCurrentIndex(view.model().index(0, 0))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._pause.stop()
                self._ask_for_hits()
            case _:
                return False
        return True

    @property
    def _is_renaming(self) -> bool:
        return self._list.state() == QAbstractItemView.State.EditingState

    def _end_renaming(self) -> None:
        later, self._later = self._later, None
        if later is not None:
            # The view is still closing its editor.
            QTimer.singleShot(0, self, later)

    def _key_in_list(self, event: QKeyEvent) -> bool:
        if self._is_renaming:
            # What the editor has no use for is not meant for the list either.
            return False
        match event.key():
            case Qt.Key.Key_Escape if self._search.text():
                self._search.clear()
            case Qt.Key.Key_Delete | Qt.Key.Key_Backspace if self._stack.currentWidget() is self._list:
                self._delete_current()
            case Qt.Key.Key_Up if self._list.currentIndex().row() <= 0 or self._hits.currentIndex().row() == 0:
                return False
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                if self._stack.currentWidget() is self._list:
                    self._choose(self._list.currentIndex())
                else:
                    self._choose_hit(self._hits.currentIndex())
            case _:
                return False
        return True

    def _typed(self) -> None:
        if self.search_text:
            self._pause.start()
        else:
            self._pause.stop()
            self._choose_page()

    def _ask_for_hits(self) -> None:
        if self.search_text:
            self.search_requested.emit(self.search_text)

    def _choose(self, index: QModelIndex) -> None:
        row = index.data(ROW) if index.isValid() else None
        if isinstance(row, SessionRow):
            self.session_chosen.emit(row.session.id)

    def _choose_hit(self, index: QModelIndex) -> None:
        hit = index.data(ROW) if index.isValid() else None
        if isinstance(hit, HistoryHit):
            self.hit_chosen.emit(hit)

    def _show_menu(self, position: QPoint) -> None:
        index = self._list.indexAt(position)
        if not isinstance(index.data(ROW) if index.isValid() else None, SessionRow):
            return
        self._list.setCurrentIndex(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Open").triggered.connect(self._open_current)
        menu.addAction("Rename\tF2").triggered.connect(self._rename_current)
        menu.addSeparator()
        menu.addAction("Delete\tDel").triggered.connect(self._delete_current)
        menu.popup(self._list.viewport().mapToGlobal(position))

    def _open_current(self) -> None:
        self._choose(self._list.currentIndex())

    def _rename_current(self) -> None:
        self._list.edit(self._list.currentIndex())

    def _delete_current(self) -> None:
        row = self._list.currentIndex().data(ROW)
        if isinstance(row, SessionRow):
            self.delete_requested.emit(row.session.id)

    # --- inside ---

    def _choose_page(self) -> None:
        if self.search_text:
            return
        self._stack.setCurrentWidget(self._list if self._model.rowCount() else self._empty)

    def _mark_shown(self) -> None:
        selection = self._list.selectionModel()
        index = self._model.index_of(self._shown) if self._shown is not None else QModelIndex()
        if not index.isValid():
            selection.clearSelection()
            return
        if index != self._list.currentIndex() or not selection.isSelected(index):
            selection.setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def _redraw(self) -> None:
        self._mark.setPixmap(self._theme.app_icon().pixmap(QSize(ICON_LARGE, ICON_LARGE), self.devicePixelRatioF()))
        for action in self._search.actions():
            if action.objectName() == "lens":
                self._search.removeAction(action)
        lens = self._search.addAction(self._theme.icon("magnifying-glass"), QLineEdit.ActionPosition.LeadingPosition)
        lens.setObjectName("lens")
        self._list.doItemsLayout()
        self._hits.doItemsLayout()
