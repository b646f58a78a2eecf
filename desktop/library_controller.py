"""The library at work in the background: owns the indexing thread, which owns ``Library`` and its parser process.

Commands never wait for an update to end: the update stops at its next file, the command is carried out, and the
update goes on; what was read is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.data_folder import GUIDE_NAME
from desktop.threads import WorkThread
from engine.domain import FolderId
from engine.errors import PlumblineError
from engine.library.library import Library
from engine.library.values import Folder
from engine.reading.parser import Parser

_RESCAN_MS = 5 * 60 * 1000
_PROGRESS_EVERY_S = 0.1
_REPORT_EVERY_S = 2.0
_CLOSE_TIMEOUT_S = 10.0


class _Wishes:
    """What is to be updated, said from any thread, carried out by one job however often it is said."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folders: frozenset[FolderId] = frozenset()
        self._all = False
        self._is_queued = False

    def add(self, folders: Collection[FolderId] | None) -> bool:
        """Wish for folders, or for all; return whether a job must be queued for it."""
        with self._lock:
            self._all = self._all or folders is None
            self._folders |= frozenset(folders or ())
            was_queued, self._is_queued = self._is_queued, True
            return not was_queued

    def take(self) -> frozenset[FolderId] | None:
        """Return what is wished for, None for all, and forget it."""
        with self._lock:
            wished = None if self._all else self._folders
            self._folders, self._all, self._is_queued = frozenset(), False, False
            return wished


class LibraryController(QObject):
    """Adds, removes and updates folders; tells how it goes."""

    folder_added = Signal(object)
    """FolderId of a folder that a person added; it is among ``folders`` by now."""
    folders_changed = Signal(object)
    """tuple[Folder, ...], as they stand now."""
    progressed = Signal(object)
    """IndexProgress, at most some ten times a second."""
    idle = Signal()
    """Everything asked for is done or was stopped."""
    ready = Signal()
    """Answer to ``make_ready``: the index is as new as it gets in reasonable time."""
    noticed = Signal(object)
    """StoreNotice: something about the index to be told once."""
    problem = Signal(object)
    """PlumblineError."""
    mistake = Signal(object)
    """An exception that nobody expected."""

    def __init__(self, data_folder: Path, *, guide: Path, parent: QObject | None = None) -> None:
        """Prepare; ``start`` it once the data folder is claimed.

        Args:
            data_folder: where the index is.
            guide: folder of the app's own user guide.
            parent: the owner.
        """
        super().__init__(parent)
        self._data_folder = data_folder
        self._guide = guide
        self._thread = WorkThread("library", on_end=self._close_library, parent=self)
        self._thread.failed.connect(self._sort_failure)
        self._library: Library | None = None
        self._parser: Parser | None = None
        self._stop = threading.Event()
        self._wishes = _Wishes()
        self._is_awaited = threading.Event()
        self._is_started = False
        self._is_busy = False
        self._leaving: dict[FolderId, Folder] = {}
        self._folders: tuple[Folder, ...] = ()
        self.folders_changed.connect(self._remember)
        self.progressed.connect(self._note_busy)
        self.idle.connect(self._note_idle)
        self._rescan = QTimer(self)
        self._rescan.setInterval(_RESCAN_MS)
        self._rescan.timeout.connect(self.update)

    # --- what is there ---

    @property
    def folders(self) -> tuple[Folder, ...]:
        """The folders as last reported, without those that are being removed."""
        return tuple(folder for folder in self._folders if folder.id not in self._leaving)

    @property
    def is_busy(self) -> bool:
        """Whether files are being read."""
        return self._is_busy

    @property
    def has_started(self) -> bool:
        """Whether there is a thread."""
        return self._is_started

    # --- intents ---

    def start(self) -> None:
        """Open the library, put the user guide into a new one, and look for what has changed."""
        if self._is_started:
            return
        self._is_started = True
        self._thread.start()
        self._thread.do(self._open_library)
        self.update()
        self._rescan.start()

    def add_folder(self, path: Path) -> None:
        """Add a folder and read it."""
        self._thread.do(self._add, path)

    def update(self, folders: Collection[FolderId] | None = None) -> None:
        """Read what is new or changed in the given folders, or in all."""
        self._stop.clear()
        if self._wishes.add(folders):
            self._thread.do(self._update)

    def stop(self) -> None:
        """Stop reading; what was read stays, and the next update reads the rest."""
        self._stop.set()

    def set_aside(self, folder_id: FolderId) -> None:
        """Hide a folder; ``remove`` makes it final, ``bring_back`` undoes it."""
        for folder in self.folders:
            if folder.id == folder_id:
                self._leaving[folder_id] = folder
        self.folders_changed.emit(self._folders)

    def bring_back(self, folder_id: FolderId) -> None:
        """Show a folder again that was set aside."""
        self._leaving.pop(folder_id, None)
        self.folders_changed.emit(self._folders)

    def remove(self, folder_id: FolderId) -> None:
        """Take a folder that was set aside out of the index; the files themselves are never touched."""
        if folder_id in self._leaving:
            self._thread.do(self._remove, folder_id)

    def make_ready(self) -> None:
        """Have changed files read before a run, if that is a matter of moments; ``ready`` follows in any case."""
        for folder_id in tuple(self._leaving):
            self.remove(folder_id)
        is_first = not any(folder.updated_at for folder in self._folders)
        if self._is_busy and not is_first:
            self.ready.emit()
            return
        self._is_awaited.set()
        self.update()

    def close(self) -> bool:
        """End the thread and its parser process; return whether both ended in time."""
        self._rescan.stop()
        if not self._is_started:
            return True
        self._stop.set()
        for folder_id in tuple(self._leaving):
            self.remove(folder_id)
        return self._thread.finish(timeout_s=_CLOSE_TIMEOUT_S)

    # --- on the Qt thread ---

    def _remember(self, folders: tuple[Folder, ...]) -> None:
        self._folders = folders
        self._leaving = {id: folder for id, folder in self._leaving.items() if any(f.id == id for f in folders)}

    def _note_busy(self) -> None:
        self._is_busy = True

    def _note_idle(self) -> None:
        self._is_busy = False

    def _sort_failure(self, error: BaseException) -> None:
        if isinstance(error, PlumblineError):
            self.problem.emit(error)
        else:
            self.mistake.emit(error)

    # --- on the indexing thread ---

    def _open_library(self) -> None:
        """Open the library; again at the next job if it cannot be now, because a terminal command has it, say."""
        if self._library is not None:
            return
        self._parser = self._parser or Parser()
        self._library = Library.open(self._data_folder, parser=self._parser)
        for notice in self._library.notices:
            self.noticed.emit(notice)
        folders = self._library.folders()
        guide = next((folder for folder in folders if folder.is_guide), None)
        if not folders or (guide is not None and guide.path != self._guide):
            self._add_guide()
        self._report()

    def _close_library(self) -> None:
        if self._parser is not None:
            self._parser.close()
        if self._library is not None:
            self._library.close()
        self._library = self._parser = None

    def _opened(self) -> Library:
        self._open_library()
        assert self._library is not None
        return self._library

    def _add(self, path: Path) -> None:
        folder = self._opened().add_folder(path)
        self._report()
        self.folder_added.emit(folder.id)
        self.update((folder.id,))

    def _add_guide(self) -> None:
        if not self._guide.is_dir():
            return
        folder = self._opened().add_folder(self._guide, name=GUIDE_NAME, is_guide=True)
        self._report()
        self.update((folder.id,))

    def _remove(self, folder_id: FolderId) -> None:
        self._opened().remove_folder(folder_id)
        self._report()

    def _update(self) -> None:
        folders = self._wishes.take()
        try:
            self._read(folders)
        finally:
            if self._thread.has_waiting and not self._stop.is_set() and not self._thread.is_closing:
                # A command interrupted the update; what it did not come to is done after the command.
                if self._wishes.add(folders):
                    self._thread.do(self._update)
            else:
                self._report()
                self.idle.emit()
                if self._is_awaited.is_set():
                    self._is_awaited.clear()
                    self.ready.emit()

    def _read(self, folders: frozenset[FolderId] | None) -> None:
        last_told = 0.0
        last_report = monotonic()
        for progress in self._opened().update(should_stop=self._should_stop, folders=folders):
            now = monotonic()
            if progress.is_final or now - last_told >= _PROGRESS_EVERY_S:
                last_told = now
                self.progressed.emit(progress)
            if progress.is_final or now - last_report >= _REPORT_EVERY_S:
                last_report = now
                self._report()

    def _should_stop(self) -> bool:
        return self._stop.is_set() or self._thread.is_closing or self._thread.has_waiting

    def _report(self) -> None:
        if self._library is not None:
            self.folders_changed.emit(self._library.folders())
