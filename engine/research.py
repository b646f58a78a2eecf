"""The door to the engine: open a data folder, ask, follow a run, look things up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.agent.control import RunControl
from engine.agent.run import Happening, World, follow
from engine.agent.state import apply, fold
from engine.casting import EXTRACTIVE, Cast
from engine.domain import Depth, Outcome, RunId, Scope, SessionId
from engine.errors import LibraryError, PlumblineError, QuestionUnusable, StorageError
from engine.events import RunContinued, RunEnded, RunStarted, StoredEvent
from engine.library.reader import LibraryReader
from engine.library.schema import LIBRARY_FILE
from engine.storage.database import DatabaseDamaged
from engine.storage.folder import DataFolder
from engine.storage.history import HIT_END, HIT_START, History, HistoryHit
from engine.storage.salvage import StoreNotice, check_health, salvage, set_aside
from engine.storage.store import Store
from engine.version import VERSION

__all__ = ["HIT_END", "HIT_START", "History", "HistoryHit", "Research", "RunControl", "StoreNotice"]

MAX_QUESTION_CHARACTERS = 50_000
_SMALL_DATABASE_BYTES = 64 * 2**20
_OPEN_MARK = "open"


class Research:
    """One open data folder. Used from one thread; every other thread reads through ``History``."""

    def __init__(self, folder: DataFolder, store: Store, *, notices: tuple[StoreNotice, ...], cast: Cast) -> None:
        self._folder = folder
        self._store = store
        self._cast = cast
        self.notices = notices
        """What a person must be told about the stored data."""

    @classmethod
    def open(cls, data_folder: Path, *, cast: Cast = EXTRACTIVE) -> Self:
        """Claim a data folder and open its sessions; a damaged database is kept aside and a notice says so.

        Raises:
            DataFolderInUse: another Plumbline has it.
            StorageError: it cannot be used.
        """
        folder = DataFolder.claim(data_folder)
        try:
            store, notices = _open_store(folder)
        except BaseException:
            folder.release()
            raise
        return cls(folder, store, notices=notices, cast=cast)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close everything and let go of the data folder."""
        self._store.close()
        (self._folder.path / _OPEN_MARK).unlink(missing_ok=True)
        self._folder.release()

    # --- runs ----------------------------------------------------------------------------------------------------

    def start(
        self,
        question: str,
        *,
        scope: Scope | None = None,
        depth: Depth = Depth.STANDARD,
        session_id: SessionId | None = None,
        cast: Cast | None = None,
    ) -> RunId:
        """Store a question as a new run, of a new session unless one is given; ``follow`` carries it out.

        ``cast`` is who is to play the roles; that of the data folder if left out.

        Raises:
            QuestionUnusable: it is empty, has no word in it, or is too long.
            SessionNotFound: the given session does not exist.
            StorageError: it could not be stored.
        """
        started = RunStarted(
            question=usable_question(question),
            scope=scope or Scope(),
            depth=depth,
            budget=(cast or self._cast).budget(depth),
            engine=(cast or self._cast).name,
            version=VERSION,
            sent_to=(cast or self._cast).sent_to,
        )
        self._folder.ensure_present()
        return self._store.add_run(started, session_id=session_id).run_id

    def follow(self, run_id: RunId, *, control: RunControl, cast: Cast | None = None) -> Iterator[StoredEvent]:
        """Carry a run out from its last stored step, yielding each event once it is on the disk.

        A run that was paused, stopped or failed goes on; one that is complete yields nothing. The iterator ends when
        the run has ended, is paused, or ``control`` is interrupted.

        Raises:
            SessionNotFound: there is no such run.
            StorageError: the next event cannot be stored; the run can be followed again later.
        """
        self._folder.ensure_present()
        trace = self._store.trace(run_id)
        state = fold(trace)
        if state.outcome in {Outcome.COMPLETE, Outcome.NOT_FOUND}:
            return

        def record(happening: Happening) -> StoredEvent:
            return self._store.append(run_id, happening.event, documents=happening.documents)

        def ended(outcome: Outcome, reason: str) -> StoredEvent:
            return record(Happening(event=RunEnded(outcome=outcome, reason=reason), documents={}))

        cast = cast or self._cast
        if state.length > 1 or (cast.sent_to and cast.sent_to not in state.sent_to):
            engine = cast.name if cast.name != state.engine else ""
            stored = record(Happening(event=RunContinued(engine=engine, sent_to=cast.sent_to), documents={}))
            state = apply(state, stored)
            yield stored
        try:
            library = self._library(state.scope)
            try:
                world = World(searcher=library, opener=library)
                parked = self._parked(run_id)
                if parked.exists():
                    cast.recall(parked)
                roles = cast.make(library, control)
                for stored in follow(state, roles=roles, world=world, control=control, record=record):
                    state = apply(state, stored)
                    yield stored
                if state.is_paused:
                    parked.parent.mkdir(exist_ok=True)
                    cast.park(parked)
                elif state.outcome is not None:
                    parked.unlink(missing_ok=True)
            finally:
                library.close()
        except StorageError:
            raise
        except PlumblineError as error:
            yield ended(Outcome.FAILED, str(error))
        except Exception as error:
            # The border of the engine: the run must end with a reason; the caller logs the bug.
            yield ended(
                Outcome.FAILED, f"Plumbline made a mistake ({type(error).__name__}). It was written to the log."
            )
            raise

    def _parked(self, run_id: RunId) -> Path:
        """Where a language model may keep what it has read of a paused run."""
        return self._folder.path / "parked" / f"{run_id}.state"

    def _library(self, scope: Scope) -> LibraryReader:
        if not (self._folder.path / LIBRARY_FILE).exists():
            raise LibraryError("There is nothing to search yet", hint="Add a folder to the library, then continue.")
        return LibraryReader.open(self._folder.path, scope=scope)

    def unfinished(self) -> tuple[RunId, ...]:
        """Return the runs that the app's end cut short, oldest first."""
        return self._store.unfinished()

    # --- sessions ------------------------------------------------------------------------------------------------

    def rename_session(self, session_id: SessionId, title: str) -> None:
        """Give a session another title; an empty one is ignored."""
        self._store.rename_session(session_id, title)

    def delete_session(self, session_id: SessionId) -> None:
        """Hide a session; until the data folder is opened the next time, it can be restored."""
        self._store.set_deleted(session_id, is_deleted=True)

    def restore_session(self, session_id: SessionId) -> None:
        """Bring a deleted session back."""
        self._store.set_deleted(session_id, is_deleted=False)


def usable_question(question: str) -> str:
    """Return the question as it will be researched.

    Raises:
        QuestionUnusable: it is empty, has no word in it, or is longer than ``MAX_QUESTION_CHARACTERS``.
    """
    cleaned = "".join(c if c.isprintable() or c in "\n\t" else " " for c in question).strip()
    if not any(character.isalnum() for character in cleaned):
        raise QuestionUnusable("There is no question yet", hint="Write what you would like to know, in a sentence.")
    if len(cleaned) > MAX_QUESTION_CHARACTERS:
        raise QuestionUnusable(
            f"The question is too long ({len(cleaned):,} characters)",
            hint=f"Up to {MAX_QUESTION_CHARACTERS:,} are possible. Long texts are better added to the library.",
        )
    return cleaned


def _open_store(folder: DataFolder) -> tuple[Store, tuple[StoreNotice, ...]]:
    path = folder.sessions_path
    mark = folder.path / _OPEN_MARK
    was_cut_short = mark.exists()
    notices: tuple[StoreNotice, ...] = ()
    try:
        if path.exists() and path.stat().st_size == 0 and (folder.path / LIBRARY_FILE).exists():
            raise DatabaseDamaged(path, "empty beside a library")
        if was_cut_short or (path.exists() and path.stat().st_size < _SMALL_DATABASE_BYTES):
            check_health(path)
        store = Store.open(path)
    except DatabaseDamaged:
        notices = (salvage(set_aside(path), into=path),)
        store = Store.open(path)
    mark.touch()
    store.purge()
    return store, notices
