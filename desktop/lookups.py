"""Reading what is stored, away from the Qt thread; and the archived texts on it, which must be there at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.threads import WorkThread
from engine.agent.state import RunState, fold
from engine.departures import departures_of
from engine.domain import FolderId, RunId, SessionId
from engine.errors import PlumblineError
from engine.library.reader import LibraryReader
from engine.reading.document import Document
from engine.research import History, Origin

_CLOSE_TIMEOUT_S = 5.0
_KEPT_DOCUMENTS = 16


class Lookups(QObject):
    """Asks the databases on a thread of its own; of several searches only the last is answered."""

    sessions_listed = Signal(object)
    """tuple[Session, ...], newest first."""
    hits_found = Signal(str, object)
    """The text that was searched for, and tuple[HistoryHit, ...]."""
    run_loaded = Signal(object, object, object)
    """RunState, its trace (tuple[StoredEvent, ...]), and the runs of its session (tuple[RunId, ...]), oldest first."""
    documents_listed = Signal(object, str, object, int)
    """FolderId, filter text, tuple[DocumentEntry, ...], and how many there are in all."""
    problems_listed = Signal(object, object)
    """FolderId, tuple[Problem, ...]."""
    approvals_listed = Signal(object)
    """tuple[Approval, ...], the latest first."""
    departures_read = Signal(object, object)
    """RunId, and the Departures that the ledger has of it."""
    problem = Signal(object)
    """PlumblineError."""
    mistake = Signal(object)
    """An exception that nobody expected."""

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data_folder = data_folder
        self._thread = WorkThread("lookups", on_end=self._close_readers, parent=self)
        self._thread.failed.connect(self._sort_failure)
        self._history: History | None = None
        self._library: LibraryReader | None = None
        self._newest: dict[str, int] = {}

    def start(self) -> None:
        """Start the thread; the databases are opened when they are first needed."""
        if not self._thread.isRunning():
            self._thread.start()

    def close(self) -> bool:
        """End the thread; return whether it has ended in time."""
        return not self._thread.isRunning() or self._thread.finish(timeout_s=_CLOSE_TIMEOUT_S)

    # --- questions ---

    def list_sessions(self) -> None:
        """Ask for the sessions."""
        self._ask("sessions", self._list_sessions)

    def search(self, text: str) -> None:
        """Ask where the words occur in everything asked, read and written."""
        self._ask("search", self._search, text)

    def load_session(self, session_id: SessionId) -> None:
        """Ask for the last run of a session."""
        self._ask("run", self._load_session, session_id)

    def load_run(self, run_id: RunId) -> None:
        """Ask for a run."""
        self._ask("run", self._load_run, run_id)

    def list_documents(self, folder_id: FolderId, *, text: str, limit: int) -> None:
        """Ask for documents of a folder whose title or name holds the text."""
        self._ask("documents", self._list_documents, folder_id, text, limit)

    def list_problems(self, folder_id: FolderId) -> None:
        """Ask for the files of a folder that could not be read."""
        self._ask("problems", self._list_problems, folder_id)

    def list_approvals(self) -> None:
        """Ask which words were approved before they left."""
        self._ask("approvals", self._list_approvals)

    def read_departures(self, state: RunState) -> None:
        """Ask what left this computer for a run."""
        self._ask("departures", self._read_departures, state)

    # --- on the thread ---

    def _ask(self, kind: str, job: Callable[..., None], *arguments: object) -> None:
        self._newest[kind] = number = self._newest.get(kind, 0) + 1
        self._thread.do(self._answer, kind, number, job, arguments)

    def _answer(self, kind: str, number: int, job: Callable[..., None], arguments: tuple[object, ...]) -> None:
        if number == self._newest[kind] and not self._thread.is_closing:
            job(*arguments)

    def _list_sessions(self) -> None:
        self.sessions_listed.emit(self._opened_history().sessions())

    def _search(self, text: str) -> None:
        self.hits_found.emit(text, self._opened_history().search(text))

    def _load_session(self, session_id: SessionId) -> None:
        runs = self._opened_history().runs(session_id)
        if runs:
            self._load_run(runs[-1])

    def _load_run(self, run_id: RunId) -> None:
        history = self._opened_history()
        trace = history.trace(run_id)
        state = fold(trace)
        self.run_loaded.emit(state, trace, history.runs(state.session_id))

    def _list_documents(self, folder_id: FolderId, text: str, limit: int) -> None:
        library = self._opened_library()
        found = library.documents(folder_id, limit=limit, text=text)
        self.documents_listed.emit(folder_id, text, found, library.count_documents(folder_id, text=text))

    def _list_problems(self, folder_id: FolderId) -> None:
        self.problems_listed.emit(folder_id, self._opened_library().problems(folder_id))

    def _list_approvals(self) -> None:
        self.approvals_listed.emit(self._opened_history().approvals())

    def _read_departures(self, state: RunState) -> None:
        origin = self._opened_history().origin(state.run_id)
        departures = origin.departures if origin is not None else departures_of(self._data_folder, state)
        self.departures_read.emit(state.run_id, departures)

    def _opened_history(self) -> History:
        if self._history is None:
            self._history = History.open(self._data_folder)
        return self._history

    def _opened_library(self) -> LibraryReader:
        if self._library is None:
            self._library = LibraryReader.open(self._data_folder)
        return self._library

    def _close_readers(self) -> None:
        if self._history is not None:
            self._history.close()
        if self._library is not None:
            self._library.close()
        self._history = self._library = None

    def _sort_failure(self, error: BaseException) -> None:
        if isinstance(error, PlumblineError):
            self.problem.emit(error)
        else:
            self.mistake.emit(error)


class Archive:
    """The archived texts for what is on screen: one row by its key, kept while it is likely to be asked for again."""

    def __init__(self, data_folder: Path) -> None:
        self._data_folder = data_folder
        self._history: History | None = None
        self._kept = lru_cache(maxsize=_KEPT_DOCUMENTS)(self._read)
        self._run_id: RunId | None = None
        self._origins: dict[RunId, Origin | None] = {}

    def look_at(self, run_id: RunId | None) -> None:
        """Give texts as a run knows them from now on: one that came in a file brought its own."""
        self._run_id = run_id

    def document(self, text_hash: str) -> Document:
        """Return an archived text.

        Raises:
            SessionNotFound: there is no such text.
            StorageError: it cannot be read.
        """
        return self._kept(text_hash, self._run_id)

    def origin(self, run_id: RunId) -> Origin | None:
        """Return from which file a run was opened; None for a run that was made here.

        Raises:
            StorageError: it cannot be read.
        """
        if run_id not in self._origins:
            self._origins[run_id] = self._opened().origin(run_id)
        return self._origins[run_id]

    def close(self) -> None:
        """Close the connection."""
        self._kept.cache_clear()
        if self._history is not None:
            self._history.close()
            self._history = None

    def _read(self, text_hash: str, run_id: RunId | None) -> Document:
        return self._opened().document(text_hash, run_id=run_id)

    def _opened(self) -> History:
        if self._history is None:
            self._history = History.open(self._data_folder)
        return self._history
