"""The research thread: it owns ``Research``, carries out what ``RunController`` asks for, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.casting import Casting
from desktop.threads import WorkThread
from engine.agent.state import RunState, apply
from engine.casting import Cast
from engine.domain import Amendment, ClaimId, Depth, RunId, Scope, SessionId, Verdict
from engine.errors import PlumblineError, StorageError
from engine.events import CommandGiven, CommandKind
from engine.research import History, Research, RunControl
from engine.web.progress import OnFetch


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it is to be stored."""

    question: str
    scope: Scope
    depth: Depth
    session_id: SessionId | None
    with_model: bool
    approved_query: str


class RunBench(QObject):
    """Everything public but the signals is called on the Qt thread and returns at once; signals come from the other."""

    opened = Signal(object)
    """tuple[StoreNotice, ...]: what must be told about the data folder."""
    open_failed = Signal(object)
    """PlumblineError."""
    stored = Signal(object)
    """RunState of a question that was stored."""
    not_stored = Signal(str)
    """A question that could not be stored."""
    found_unfinished = Signal(object)
    """tuple[RunState, ...] of the runs that the last end of the app cut short."""
    event_stored = Signal(object, object)
    """StoredEvent, and the RunState after it."""
    returned = Signal(object, object)
    """RunId and RunState: nobody follows it any more."""
    cannot_store = Signal()
    """The next event could not be stored."""
    supplied = Signal(object, object)
    """RunId, and the CommandGiven with which it reads what was supplied."""
    bundle_opened = Signal(object)
    """Opened: a bundle is a session now."""
    sessions_changed = Signal()
    failed = Signal(object)
    """An exception."""

    def __init__(
        self,
        data_folder: Path,
        *,
        open_research: Callable[[Path], Research],
        casting: Casting | None,
        on_fetch: OnFetch | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._data_folder = data_folder
        self._open_research = open_research
        self._casting = casting
        self._on_fetch = on_fetch
        self._unaided: set[RunId] = set()
        self._research: Research | None = None
        self._history: History | None = None
        self._thread = WorkThread("research", on_end=self._close_engine, parent=self)
        self._thread.failed.connect(self.failed)

    # --- asked for on the Qt thread ---

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def finish(self, *, timeout_s: float) -> bool:
        """End the thread; return whether it has ended in time."""
        return self._thread.finish(timeout_s=timeout_s)

    def open(self) -> None:
        """Open the data folder."""
        self._thread.do(self._open_engine)

    def new_control(self) -> RunControl:
        """Return what steers the next run: while it waits for a language model, brief jobs are carried out."""
        return RunControl(while_waiting=self._thread.catch_up_briefly)

    def follow(self, run_id: RunId, control: RunControl) -> None:
        """Carry a run out."""
        self._thread.do(self._follow, run_id, control)

    def go_without_model(self, run_id: RunId) -> None:
        """Let no language model play in a run from its next step on."""
        self._unaided.add(run_id)

    def end_quietly(self, run_id: RunId) -> None:
        """Store that a run which nobody follows was stopped."""
        self._thread.do(self._end_quietly, run_id)

    def store_question(self, asked: Asked) -> None:
        """Store a question."""
        self._thread.do_briefly(self._store_question, asked)

    def keep_supply(self, run_id: RunId, address: str, document: Path | str) -> None:
        """Keep a copy of a source that could not be fetched."""
        self._thread.do_briefly(self._keep_supply, run_id, address, document)

    def mark(self, run_id: RunId, claim_id: ClaimId, verdict: Verdict | None, note: str) -> None:
        """Store what a reader thinks of a claim of a run that nobody follows."""
        self._thread.do_briefly(self._mark, run_id, claim_id, verdict, note)

    def keep_wish(self, run_id: RunId, amendment: Amendment) -> None:
        """Store that the report of a run is to be changed which nobody follows."""
        self._thread.do_briefly(self._keep_wish, run_id, amendment)

    def open_bundle(self, path: Path, *, despite_findings: bool) -> None:
        """Make a bundle a session, between two steps of a run."""
        self._thread.do(self._open_bundle, path, despite_findings)

    def rename_session(self, session_id: SessionId, title: str) -> None:
        """Give a session another title."""
        self._thread.do_briefly(self._change_session, "rename", session_id, title)

    def delete_session(self, session_id: SessionId) -> None:
        """Hide a session."""
        self._thread.do_briefly(self._change_session, "delete", session_id, "")

    def restore_session(self, session_id: SessionId) -> None:
        """Bring a deleted session back."""
        self._thread.do_briefly(self._change_session, "restore", session_id, "")

    # --- carried out on the thread ---

    def _open_engine(self) -> None:
        if self._research is not None:
            return
        try:
            self._research = self._open_research(self._data_folder)
            self._history = History.open(self._data_folder)
        except PlumblineError as error:
            self._close_engine()
            self.open_failed.emit(error)
            return
        self.opened.emit(self._research.notices)
        unfinished = tuple(self._history.state(run_id) for run_id in self._research.unfinished())
        self.found_unfinished.emit(unfinished)

    def _close_engine(self) -> None:
        if self._history is not None:
            self._history.close()
        if self._research is not None:
            self._research.close()
        self._history = self._research = None

    def _engine(self) -> tuple[Research, History]:
        if self._research is None or self._history is None:
            raise PlumblineError("The data folder is not open", hint="See the message in the window, then try again.")
        return self._research, self._history

    def _store_question(self, asked: Asked) -> None:
        try:
            research, history = self._engine()
            cast = self._casting.for_question(with_model=asked.with_model) if self._casting is not None else None
            run_id = research.start(
                asked.question,
                scope=asked.scope,
                depth=asked.depth,
                session_id=asked.session_id,
                cast=cast,
                approved_query=asked.approved_query,
            )
        except BaseException:
            self.not_stored.emit(asked.question)
            raise
        self.stored.emit(history.state(run_id))

    def _keep_supply(self, run_id: RunId, address: str, document: Path | str) -> None:
        research, _ = self._engine()
        self.supplied.emit(run_id, research.supply(address, document))

    def _mark(self, run_id: RunId, claim_id: ClaimId, verdict: Verdict | None, note: str) -> None:
        research, history = self._engine()
        stored = research.mark(run_id, claim_id, verdict, note)
        self.event_stored.emit(stored, history.state(run_id))

    def _keep_wish(self, run_id: RunId, amendment: Amendment) -> None:
        research, history = self._engine()
        stored = research.want(run_id, amendment)
        self.event_stored.emit(stored, history.state(run_id))

    def _keep_unheard(self, run_id: RunId, control: RunControl) -> None:
        """Store the changes that were given to a run which returned because the app closes."""
        if self._research is None or not control.is_interrupted:
            return
        for command in control.take():
            if command.amendment is not None:
                self._research.want(run_id, command.amendment)

    def _open_bundle(self, path: Path, despite_findings: bool) -> None:
        research, _ = self._engine()
        opened = research.open_bundle(path, despite_findings=despite_findings)
        self.sessions_changed.emit()
        self.bundle_opened.emit(opened)

    def _follow(self, run_id: RunId, control: RunControl) -> None:
        research, history = self._engine()
        state = history.state(run_id)
        try:
            cast = self._cast_for(state)
            for stored in research.follow(run_id, control=control, cast=cast, on_fetch=self._on_fetch):
                state = apply(state, stored)
                self._end_step()
                self.event_stored.emit(stored, state)
                self._thread.catch_up()
        except StorageError:
            # What follows could not be stored either: let a person decide when to go on.
            self.cannot_store.emit()
            raise
        finally:
            self._end_step()
            self._keep_unheard(run_id, control)
            self.returned.emit(run_id, state)

    def _cast_for(self, state: RunState) -> Cast | None:
        if self._casting is None:
            return None
        if state.run_id in self._unaided:
            return self._casting.without_model()
        return self._casting.for_run(state)

    def _end_step(self) -> None:
        if self._casting is not None:
            self._casting.end_step()

    def _end_quietly(self, run_id: RunId) -> None:
        """Store that a run which nobody follows was stopped."""
        research, history = self._engine()
        state = history.state(run_id)
        if state.outcome is not None:
            return
        control = RunControl()
        control.give(CommandGiven(kind=CommandKind.STOP))
        cast = self._casting.for_stopping(state) if self._casting is not None else None
        for stored in research.follow(run_id, control=control, cast=cast):
            state = apply(state, stored)
            self.event_stored.emit(stored, state)
        self.returned.emit(run_id, state)

    def _change_session(self, change: str, session_id: SessionId, title: str) -> None:
        research, _ = self._engine()
        match change:
            case "rename":
                research.rename_session(session_id, title)
            case "delete":
                research.delete_session(session_id)
            case _:
                research.restore_session(session_id)
        self.sessions_changed.emit()
