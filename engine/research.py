"""The door to the engine: open a data folder, ask, follow a run, look things up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.agent.control import RunControl
from engine.agent.happening import Happening
from engine.agent.run import broken_off, follow
from engine.agent.state import apply, fold
from engine.casting import EXTRACTIVE, Cast
from engine.domain import Amendment, ClaimId, Depth, Outcome, Reach, RunId, Scope, SessionId, Verdict
from engine.errors import AmendmentImpossible, ClaimNotFound, PlumblineError, QuestionUnusable, StorageError
from engine.events import ClaimMarked, CommandGiven, CommandKind, RunContinued, RunStarted, StoredEvent
from engine.library.schema import LIBRARY_FILE
from engine.outfitting import Outfitter, has_web_to_do
from engine.search.plain import query_text
from engine.storage.database import DatabaseDamaged
from engine.storage.folder import DataFolder
from engine.storage.history import HIT_END, HIT_START, Approval, History, HistoryHit
from engine.storage.origin import Origin
from engine.storage.salvage import StoreNotice, check_health, salvage, set_aside
from engine.storage.store import Store
from engine.version import VERSION
from engine.web.progress import OnFetch

if TYPE_CHECKING:
    from engine.bundle.opening import Opened
    from engine.web.world import Web

__all__ = [
    "HIT_END",
    "HIT_START",
    "Approval",
    "History",
    "HistoryHit",
    "Origin",
    "Research",
    "RunControl",
    "StoreNotice",
]

MAX_QUESTION_CHARACTERS = 50_000
_SMALL_DATABASE_BYTES = 64 * 2**20
_OPEN_MARK = "open"
_DONE = frozenset({Outcome.COMPLETE, Outcome.INCOMPLETE, Outcome.NOT_FOUND})
_MAX_NOTE_CHARACTERS = 4_000


class Research:
    """One open data folder. Used from one thread; every other thread reads through ``History``."""

    def __init__(
        self, folder: DataFolder, store: Store, *, notices: tuple[StoreNotice, ...], cast: Cast, web: Web | None
    ) -> None:
        self._folder = folder
        self._store = store
        self._cast = cast
        self._web = web
        self.notices = notices
        """What a person must be told about the stored data."""

    @classmethod
    def open(cls, data_folder: Path, *, cast: Cast = EXTRACTIVE, web: Web | None = None) -> Self:
        """Claim a data folder and open its sessions; a damaged database is kept aside and a notice says so.

        Args:
            data_folder: where everything is kept.
            cast: who plays the roles where a run does not say otherwise.
            web: the way to the web, which stays that of whoever made it; without it no run can leave the library.

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
        return cls(folder, store, notices=notices, cast=cast, web=web)

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
        approved_query: str = "",
    ) -> RunId:
        """Store a question as a new run, of a new session unless one is given; ``follow`` carries it out.

        Args:
            question: in the person's words.
            scope: where to look; in the library if left out.
            depth: how much work it is worth.
            session_id: of the session that it belongs to; a run of this computer joins none that came in a file, and
                gets one of its own instead.
            cast: who is to play the roles; that of the data folder if left out.
            approved_query: words that may come from private files, exactly as a person saw them and let them leave:
                the run looks on the web for nothing else.

        Raises:
            QuestionUnusable: it is empty, has no word in it, or is too long; or words were approved for a run that
                would know more than them, or by somebody else in a file.
            SessionNotFound: the given session does not exist.
            StorageError: it could not be stored.
        """
        scope = scope or Scope()
        if approved_query and not _is_as_approved(usable_question(question), approved_query, scope=scope):
            raise QuestionUnusable(
                "Only the approved words may be looked up", hint="They are researched on the web alone, as they stand."
            )
        elsewhere = self._store.opened_in(session_id) if session_id is not None else ()
        if approved_query and any(fold(self._store.trace(run)).approved_query == approved_query for run in elsewhere):
            raise QuestionUnusable(
                "These words were approved by somebody else", hint="Ask them as a question of your own, if you want to."
            )
        started = RunStarted(
            question=usable_question(question),
            scope=scope,
            depth=depth,
            budget=(cast or self._cast).budget(depth),
            engine=(cast or self._cast).name,
            version=VERSION,
            sent_to=(cast or self._cast).sent_to,
            approved_query=approved_query,
        )
        self._folder.ensure_present()
        return self._store.add_run(started, session_id=None if elsewhere else session_id).run_id

    def follow(
        self, run_id: RunId, *, control: RunControl, cast: Cast | None = None, on_fetch: OnFetch | None = None
    ) -> Iterator[StoredEvent]:
        """Carry a run out from its last stored step, yielding each event once it is on the disk.

        A run that was paused, stopped or failed goes on; one that is complete yields nothing, unless ``control`` has
        a source for it that was supplied, or a change of its report. The iterator ends when the run has ended, is
        paused, or ``control`` is interrupted. ``on_fetch`` hears how far pages are, on other threads.

        Raises:
            SessionNotFound: there is no such run.
            AmendmentImpossible: it was opened from a file.
            NetworkRefused: it is paused, and cannot go on while nothing may leave this computer; it stays paused.
            StorageError: the next event cannot be stored; the run can be followed again later.
        """
        self._folder.ensure_present()
        trace = self._store.trace(run_id)
        state = fold(trace)
        if state.outcome in _DONE and not control.wakes:
            return
        if self._store.origin(run_id) is not None:
            raise _opened_elsewhere()

        is_only_going_on = not control.wakes and not control.is_unwanted
        if state.is_paused and self._web is not None and is_only_going_on and has_web_to_do(state):
            self._web.check()

        def record(happening: Happening) -> StoredEvent:
            return self._store.append(run_id, happening.event, documents=happening.documents)

        cast = cast or self._cast
        if state.length > 1 or (cast.sent_to and cast.sent_to not in state.sent_to):
            engine = cast.name if cast.name != state.engine else ""
            stored = record(Happening(event=RunContinued(engine=engine, sent_to=cast.sent_to), documents={}))
            state = apply(state, stored)
            yield stored
        try:
            with ExitStack() as cleanup:
                outfitter = Outfitter(
                    data_folder=self._folder.path,
                    cast=cast,
                    control=control,
                    web=self._web,
                    on_fetch=on_fetch,
                    cleanup=cleanup,
                )
                agents = outfitter.agents(state)
                parked = self._parked(run_id)
                if parked.exists():
                    cast.recall(parked)
                for stored in follow(state, agents=agents, control=control, record=record):
                    state = apply(state, stored)
                    yield stored
                if state.is_paused:
                    parked.parent.mkdir(exist_ok=True)
                    cast.park(parked)
                elif state.outcome is not None:
                    parked.unlink(missing_ok=True)
        except StorageError:
            raise
        except PlumblineError as error:
            yield from map(record, broken_off(state, reason=str(error)))
        except Exception as error:
            # The border of the engine: the run must end with a reason; the caller logs the bug.
            reason = f"Plumbline made a mistake ({type(error).__name__}). It was written to the log."
            yield from map(record, broken_off(state, reason=reason))
            raise

    def _parked(self, run_id: RunId) -> Path:
        """Where a language model may keep what it has read of a paused run."""
        return self._folder.path / "parked" / f"{run_id}.state"

    def supply(self, address: str, document: Path | str) -> CommandGiven:
        """Keep a copy of a source that could not be fetched; return the command with which a run goes on with it.

        Args:
            address: under which the run met it.
            document: a file that somebody saved, or the text that somebody copied.

        Raises:
            DocumentUnreadable: it cannot be read, is empty or far too large.
            StorageError: there is no room for the copy.
        """
        from engine.web.supplied import keep_supplied  # noqa: PLC0415  needed by few

        self._folder.ensure_present()
        name = keep_supplied(self._folder.path, document)
        return CommandGiven(kind=CommandKind.SUPPLY_SOURCE, target=address, file=name)

    def mark(self, run_id: RunId, claim_id: ClaimId, verdict: Verdict | None, note: str = "") -> StoredEvent:
        """Store what a reader thinks of a claim, in place of what was stored before; None takes that away.

        Not while the run is followed: what follows it does not see the mark.

        Raises:
            SessionNotFound: there is no such run.
            ClaimNotFound: no version of its report has such a claim.
            StorageError: it could not be stored.
        """
        state = fold(self._store.trace(run_id))
        known = {claim.id for version in state.versions for claim in version.report.claims + version.report.failed}
        if claim_id not in known:
            raise ClaimNotFound("There is no such sentence in this report")
        words = "".join(c for c in note if c.isprintable() or c == "\n").strip()[:_MAX_NOTE_CHARACTERS]
        return self._store.append(
            run_id, ClaimMarked(claim_id=claim_id, verdict=verdict, note=words if verdict else ""), documents={}
        )

    def want(self, run_id: RunId, amendment: Amendment) -> StoredEvent:
        """Store that the report of a run is to be changed; ``follow`` makes the change, also after a restart.

        Not while the run is followed: what follows it is given commands through its control.

        Raises:
            SessionNotFound: there is no such run.
            AmendmentImpossible: it was opened from a file.
            StorageError: it could not be stored.
        """
        self._folder.ensure_present()
        self._store.trace(run_id)
        if self._store.origin(run_id) is not None:
            raise _opened_elsewhere()
        return self._store.append(run_id, CommandGiven(kind=CommandKind.AMEND, amendment=amendment), documents={})

    def open_bundle(self, path: Path, *, despite_findings: bool = False) -> Opened:
        """Look a bundle through and store its run as a session of its own; it can be read, marked and exported.

        The same file opened again gives the session that is there. Nobody is contacted.

        Args:
            path: of the bundle.
            despite_findings: whether a person has seen what does not hold in it, and wants to read it all the same.

        Raises:
            BundleUnusable: it cannot be opened, or not everything in it holds and nobody wanted it all the same.
            StorageError: it could not be stored.
        """
        from engine.bundle.opening import open_into  # noqa: PLC0415  needed by few

        self._folder.ensure_present()
        return open_into(self._store, path, despite_findings=despite_findings)

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


def _opened_elsewhere() -> AmendmentImpossible:
    return AmendmentImpossible(
        "This report was opened from a file, and is not gone on with here",
        hint="It can be read, marked and exported. Ask its question again to research it on this computer.",
    )


def _is_as_approved(question: str, approved: str, *, scope: Scope) -> bool:
    """Whether a run would send exactly what was approved, and nothing else."""
    return scope.reach is Reach.WEB and question == approved == query_text(approved)


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
