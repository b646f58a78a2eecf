"""Between the library at work and the views that show it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from desktop.library_controller import LibraryController
from desktop.lookups import Lookups
from desktop.main_window import MainWindow, Page
from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.opening import open_original
from desktop.plain_text import one_line
from desktop.views.library import LISTED_AT_ONCE
from engine.domain import FolderId
from engine.errors import PlumblineError
from engine.library.values import Folder, IndexProgress


class LibraryDesk(QObject):
    """Shows folders and carries out what a person wants done with them."""

    def __init__(
        self,
        *,
        library: LibraryController,
        lookups: Lookups,
        window: MainWindow,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._lookups = lookups
        self._window = window
        self._notices = notices
        self._dialog: QFileDialog | None = None
        view = window.library
        library.folders_changed.connect(self._show_folders)
        library.folder_added.connect(view.choose)
        library.progressed.connect(self._show_progress)
        library.idle.connect(self._show_idle)
        lookups.documents_listed.connect(view.show_documents)
        lookups.problems_listed.connect(view.show_problems)
        view.add_requested.connect(self.choose_folder)
        window.drop_sheet.dropped.connect(self.add_folders)
        view.update_requested.connect(self._update)
        view.stop_requested.connect(library.stop)
        view.remove_requested.connect(self.remove)
        view.documents_wanted.connect(self._list_documents)
        view.problems_wanted.connect(lookups.list_problems)
        view.open_requested.connect(self._open_file)
        window.ask.add_folder_requested.connect(self.choose_folder)
        window.status.stop_reading_requested.connect(library.stop)

    def choose_folder(self) -> None:
        """Let a person choose a folder to add."""
        if self._dialog is None:
            self._dialog = QFileDialog(self._window, "Add a folder to the library", str(Path.home()))
            self._dialog.setFileMode(QFileDialog.FileMode.Directory)
            self._dialog.setOption(QFileDialog.Option.ShowDirsOnly)
            self._dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Add")
            self._dialog.fileSelected.connect(self._add_chosen)
        self._dialog.open()

    def add_folders(self, paths: tuple[Path, ...]) -> None:
        """Add folders and show the library."""
        for path in paths:
            self._library.add_folder(path)
        self._window.show_page(Page.LIBRARY)

    def remove(self, folder_id: FolderId) -> None:
        """Take a folder out of the library, which can be undone for some seconds."""
        folder = next((folder for folder in self._library.folders if folder.id == folder_id), None)
        if folder is None:
            return
        self._library.set_aside(folder_id)
        self._notices.say(
            Notice(
                title=f"Took “{one_line(folder.name, limit=60)}” out of the library",
                hint="The files themselves are untouched.",
                level=Level.DONE,
                actions=(NoticeAction(text="Undo", act=partial(self._library.bring_back, folder_id)),),
                closed=partial(self._library.remove, folder_id),
                key=f"removed {folder_id}",
            )
        )

    def _add_chosen(self, path: str) -> None:
        self.add_folders((Path(path),))

    def _update(self, folder_id: FolderId) -> None:
        self._library.update((folder_id,))

    def _list_documents(self, folder_id: FolderId, text: str) -> None:
        self._lookups.list_documents(folder_id, text=text, limit=LISTED_AT_ONCE)

    def _open_file(self, address: str) -> None:
        try:
            open_original(address)
        except PlumblineError as error:
            self._notices.problem(error)

    def _show_folders(self, _folders: tuple[Folder, ...] = ()) -> None:
        folders = self._library.folders
        is_busy = self._library.is_busy
        self._window.library.show_folders(folders)
        self._window.ask.show_folders(folders, is_busy=is_busy)
        self._window.work.show_folder_names({folder.id: folder.name for folder in folders})
        documents = sum(folder.documents for folder in folders)
        self._window.sessions.show_library_size(documents, is_busy=is_busy)

    def _show_progress(self, progress: IndexProgress) -> None:
        self._window.library.show_progress(progress)
        if progress.total == 0 or progress.done < progress.total:
            self._window.status.show_reading(progress)

    def _show_idle(self) -> None:
        self._window.status.show_reading(None)
        self._show_folders()
