"""The library: which folders answers may come from, what was read in them, and what could not be and why."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QStackedWidget,
    QTabBar,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.items.library import ENTRY, DocumentsModel, ProblemsModel
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton, ground
from desktop.views.library_folder import FolderRow
from engine.domain import FolderId
from engine.library.values import DocumentEntry, Folder, IndexProgress, Problem
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

_COLUMN_WIDTH = 880
_TYPING_PAUSE_MS = 150
_ROW_HEIGHT = 30
LISTED_AT_ONCE = 500


class LibraryView(QWidget):
    """Shows folders and their documents, and says what a person wants done with them."""

    add_requested = Signal()
    update_requested = Signal(object)
    """FolderId."""
    stop_requested = Signal()
    remove_requested = Signal(object)
    """FolderId."""
    documents_wanted = Signal(object, str)
    """FolderId and what titles or names must hold."""
    problems_wanted = Signal(object)
    """FolderId."""
    open_requested = Signal(str)
    """Address of a document."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[FolderId, FolderRow] = {}
        self._folders: tuple[Folder, ...] = ()
        self._chosen: FolderId | None = None
        ground(self, "surface")
        self._documents = DocumentsModel(self)
        self._problems = ProblemsModel(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._want_lists)
        self._holder = QWidget()
        self._holder.setMaximumWidth(_COLUMN_WIDTH)
        column = QVBoxLayout(self._holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addLayout(self._head())
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        column.addLayout(self._list)
        self._empty = Label(
            "There is nothing to ask about yet. Add a folder, or drag one here.", tone="secondary", wraps=True
        )
        column.addWidget(self._empty)
        column.addSpacing(SPACE_2)
        column.addWidget(self._details(), 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_6, SPACE_8, SPACE_6, SPACE_4)
        row.addStretch(1)
        row.addWidget(self._holder, 1000)
        row.addStretch(1)

    def _head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        words.addWidget(Label("Library", tone="title"))
        self._promise = Label(tone="muted", wraps=True)
        words.addWidget(self._promise)
        self.show_server("")
        add = TextButton("Add a folder…", kind="primary", theme=self._theme, icon="folder-plus")
        add.setToolTip("Choose a folder, or drag one into the window  (Ctrl+O)")
        add.clicked.connect(self.add_requested)
        head = QHBoxLayout()
        head.setSpacing(SPACE_4)
        head.addLayout(words, 1)
        head.addWidget(add, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _details(self) -> QWidget:
        self._tabs = QTabBar()
        self._tabs.setAccessibleName("What to list")
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._tabs.addTab("Documents")
        self._tabs.addTab("Not read")
        self._tabs.currentChanged.connect(self._show_tab)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter by title or name")
        self._filter.setAccessibleName("Filter documents by title or name")
        self._filter.setClearButtonEnabled(True)
        self._filter.setFixedWidth(220)
        self._filter.textChanged.connect(self._pause.start)
        self._count = Label(tone="small")
        bar = QHBoxLayout()
        bar.setSpacing(SPACE_3)
        bar.addWidget(self._tabs)
        bar.addStretch(1)
        bar.addWidget(self._count)
        bar.addWidget(self._filter)
        self._document_table = _table(self._documents, "Documents", stretch=(3, 3, 0, 0))
        self._document_table.activated.connect(self._open)
        self._document_table.setToolTip("Enter or double click opens the file")
        self._problem_table = _table(self._problems, "Files that could not be read", stretch=(2, 2, 3))
        self._problem_table.setWordWrap(True)
        self._problem_table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._document_table)
        self._stack.addWidget(self._problem_table)
        self._detail_box = QWidget()
        layout = QVBoxLayout(self._detail_box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addLayout(bar)
        layout.addWidget(self._stack, 1)
        self._detail_box.hide()
        return self._detail_box

    # --- what is shown ---

    def show_folders(self, folders: Collection[Folder]) -> None:
        """Show the folders as they stand now."""
        self._folders = tuple(folders)
        ids = {folder.id for folder in folders}
        for folder_id in [known for known in self._rows if known not in ids]:
            row = self._rows.pop(folder_id)
            self._list.removeWidget(row)
            row.deleteLater()
        for position, folder in enumerate(folders):
            if folder.id in self._rows:
                self._rows[folder.id].show_folder(folder)
            else:
                self._list.insertWidget(position, self._new_row(folder))
        self._empty.setVisible(not folders)
        if self._chosen not in ids:
            self._choose(next((folder.id for folder in folders), None))
        else:
            self._pause.start()
        self._show_counts()

    def show_server(self, server: str) -> None:
        """Say where what is found may go: nowhere, or to the server of the chosen language model."""
        rest = f"Passages that are found go to the model at {server}." if server else "Nothing is uploaded."
        self._promise.setText(f"Answers come from these folders. Files are only read, never changed. {rest}")

    def show_progress(self, progress: IndexProgress) -> None:
        """Show how far the reading of a folder has come."""
        row = self._rows.get(progress.folder.id)
        if row is not None:
            row.show_progress(progress)

    def show_documents(self, folder_id: FolderId, text: str, entries: tuple[DocumentEntry, ...], total: int) -> None:
        """Show documents, if they are still wanted."""
        if folder_id != self._chosen or text != self._filter.text().strip():
            return
        scrolled = self._document_table.verticalScrollBar().value()
        self._documents.show_documents(entries)
        self._document_table.verticalScrollBar().setValue(scrolled)
        self._count.setText(f"{len(entries):,} of {total:,}" if total > len(entries) else "")

    def show_problems(self, folder_id: FolderId, problems: tuple[Problem, ...]) -> None:
        """Show what could not be read, if it is still wanted."""
        if folder_id == self._chosen:
            self._problems.show_problems(problems)

    def choose(self, folder_id: FolderId) -> None:
        """Have the documents of a folder listed, if the folder is shown."""
        if folder_id in self._rows:
            self._choose(folder_id)

    def start_filter(self) -> None:
        """Put the keyboard into the filter."""
        self._tabs.setCurrentIndex(0)
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    # --- what a person does ---

    def _new_row(self, folder: Folder) -> FolderRow:
        row = FolderRow(folder, self._theme)
        row.chosen.connect(self.choose)
        row.update_requested.connect(self.update_requested)
        row.stop_requested.connect(self.stop_requested)
        row.remove_requested.connect(self.remove_requested)
        self._rows[folder.id] = row
        return row

    def _choose(self, folder_id: FolderId | None) -> None:
        self._chosen = folder_id
        for known, row in self._rows.items():
            row.show_chosen(is_chosen=known == folder_id)
        self._detail_box.setVisible(folder_id is not None)
        self._filter.clear()
        self._documents.show_documents(())
        self._problems.show_problems(())
        self._show_counts()
        self._want_lists()

    def _want_lists(self) -> None:
        if self._chosen is not None:
            self.documents_wanted.emit(self._chosen, self._filter.text().strip())
            self.problems_wanted.emit(self._chosen)

    def _show_tab(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        self._filter.setVisible(number == 0)
        self._count.setVisible(number == 0)

    def _show_counts(self) -> None:
        folder = next((folder for folder in self._folders if folder.id == self._chosen), None)
        documents, failed = (folder.documents, folder.failed) if folder is not None else (0, 0)
        self._tabs.setTabText(0, f"Documents  {documents:,}")
        self._tabs.setTabText(1, f"Not read  {failed:,}")
        self._tabs.setTabVisible(1, failed > 0)

    def _open(self, index: QModelIndex) -> None:
        entry = index.data(ENTRY)
        if isinstance(entry, DocumentEntry):
            self.open_requested.emit(entry.address)


def _table(model: DocumentsModel | ProblemsModel, name: str, *, stretch: tuple[int, ...]) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setAccessibleName(name)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setFrameShape(QTableView.Shape.NoFrame)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setTabKeyNavigation(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
    header = table.horizontalHeader()
    header.setAccessibleName("Columns")
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
    for section, share in enumerate(stretch):
        mode = QHeaderView.ResizeMode.Stretch if share else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(section, mode)
    return table
