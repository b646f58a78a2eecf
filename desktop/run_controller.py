"""Intent → engine calls for runs: what is asked, followed, steered and changed, in which order.

Questions are stored at once, also while a language model works, and followed one after another. Whatever happens on
the research thread arrives as a signal on the Qt thread; nothing here waits, except ``close`` and that with a bound.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.casting import Casting
from desktop.run_bench import Asked, RunBench
from engine.agent.state import RunState
from engine.domain import Amendment, ClaimId, Depth, RunId, Scope, SessionId, Verdict
from engine.errors import PlumblineError
from engine.events import CommandGiven, CommandKind
from engine.research import Research, RunControl
from engine.web.progress import OnFetch

_READY_TIMEOUT_MS = 4000
"""How long a run waits for the library to have looked for changed files."""
_CLOSE_TIMEOUT_S = 10.0
_LEADS_ON = frozenset({CommandKind.SUPPLY_SOURCE, CommandKind.AMEND})
"""Commands with which a run that has ended goes on."""


class RunController(QObject):
    """Starts, follows and steers runs."""

    opened = Signal(object)
    """The data folder is open; tuple[StoreNotice, ...]: what must be told about it."""
    open_failed = Signal(object)
    """PlumblineError: the data folder cannot be used."""
    run_added = Signal(object)
    """RunState of a new run, stored and queued."""
    taken_up = Signal(object)
    """tuple[RunState, ...] of the runs that the last end of the app cut short; those not paused go on."""
    not_stored = Signal(str)
    """A question that could not be stored; ``problem`` or ``mistake`` tells why."""
    run_waiting = Signal(object)
    """RunId: it goes on as soon as ``go`` is called, or after a few seconds."""
    event_stored = Signal(object, object)
    """StoredEvent, and the RunState after it."""
    run_ended = Signal(object)
    """RunState: ended or paused; nothing more will come until somebody asks for it."""
    queue_changed = Signal()
    """``current``, ``waiting`` or ``paused`` are different now."""
    bundle_opened = Signal(object)
    """Opened: a bundle is a session now."""
    sessions_changed = Signal()
    """A session was added, renamed, deleted or restored."""
    problem = Signal(object)
    """PlumblineError."""
    mistake = Signal(object)
    """An exception that nobody expected."""

    def __init__(
        self,
        data_folder: Path,
        parent: QObject | None = None,
        *,
        open_research: Callable[[Path], Research] = Research.open,
        casting: Casting | None = None,
        on_fetch: OnFetch | None = None,
    ) -> None:
        """Prepare; ``start`` it.

        Args:
            data_folder: where everything is kept.
            parent: the owner.
            open_research: opens the data folder.
            casting: says who plays the roles of a run; whoever plays in the data folder if left out.
            on_fetch: hears how far pages are, on other threads.
        """
        super().__init__(parent)
        self._gifts: dict[RunId, list[CommandGiven]] = {}
        """What was given to runs which are not at work yet: supplied sources."""
        self._marks: list[Callable[[], None]] = []
        """Marks of the run that is being followed: they are stored when it rests."""
        self._bench = RunBench(
            data_folder, open_research=open_research, casting=casting, on_fetch=on_fetch, parent=self
        )
        self._waiting: deque[RunId] = deque()
        self._states: dict[RunId, RunState] = {}
        self._current: RunId | None = None
        self._control: RunControl | None = None
        self._is_following = False
        self._is_held = False
        self._is_closing = False
        self._is_open = False
        bench = self._bench
        for mine, its in (
            (self.opened, bench.opened),
            (self.open_failed, bench.open_failed),
            (self.not_stored, bench.not_stored),
            (self.event_stored, bench.event_stored),
            (self.sessions_changed, bench.sessions_changed),
            (self.bundle_opened, bench.bundle_opened),
        ):
            its.connect(mine)
        bench.stored.connect(self._add)
        bench.found_unfinished.connect(self._take_up)
        bench.returned.connect(self._settle)
        bench.cannot_store.connect(self._hold)
        bench.supplied.connect(self._hand_over)
        bench.failed.connect(self._sort_failure)
        self.event_stored.connect(self._remember)
        self.opened.connect(self._note_opened)
        self._ready_timer = QTimer(self)
        self._ready_timer.setSingleShot(True)
        self._ready_timer.setInterval(_READY_TIMEOUT_MS)
        self._ready_timer.timeout.connect(self.go)

    # --- what is going on ---

    @property
    def is_open(self) -> bool:
        """Whether questions can be stored."""
        return self._is_open

    @property
    def current(self) -> RunId | None:
        """The run that is being followed or about to be."""
        return self._current

    @property
    def waiting(self) -> tuple[RunId, ...]:
        """The runs behind it, next first."""
        return tuple(self._waiting)

    def state(self, run_id: RunId) -> RunState | None:
        """Return the newest state of a run of this window, without asking the database."""
        return self._states.get(run_id)

    def is_working_on(self, run_id: RunId) -> bool:
        """Return whether events of the run are coming."""
        return run_id == self._current

    # --- opening and closing ---

    def start(self) -> None:
        """Start the thread and open the data folder."""
        self._bench.start()
        self.open()

    def open(self) -> None:
        """Open the data folder; again after ``open_failed``."""
        self._bench.open()

    def interrupt(self) -> None:
        """Have the run return at its next step, because the app closes; it goes on at the next start."""
        self._ready_timer.stop()
        self._is_closing = True
        self._is_held = True
        if self._control is not None:
            self._control.interrupt()

    def close(self, *, timeout_s: float = _CLOSE_TIMEOUT_S) -> bool:
        """Interrupt the run and end the thread; return whether it has ended in time. May be called again."""
        self.interrupt()
        marks, self._marks = self._marks, []
        for store in marks:
            store()
        return self._bench.finish(timeout_s=timeout_s)

    # --- asking and steering ---

    def ask(
        self,
        question: str,
        *,
        scope: Scope,
        depth: Depth,
        session_id: SessionId | None = None,
        with_model: bool = True,
        approved_query: str = "",
    ) -> None:
        """Store a question and research it as soon as those before it are done; with a model, if one is chosen.

        ``approved_query`` are words that a person has seen and lets leave as they stand.
        """
        self._is_held = False
        asked = Asked(
            question=question,
            scope=scope,
            depth=depth,
            session_id=session_id,
            with_model=with_model,
            approved_query=approved_query,
        )
        self._bench.store_question(asked)

    def supply(self, run_id: RunId, address: str, document: Path | str) -> None:
        """Give a run a source that it could not fetch, as a file or as text; one that has ended goes on with it."""
        self._bench.keep_supply(run_id, address, document)

    def amend(self, run_id: RunId, amendment: Amendment) -> None:
        """Have the report of a run changed; one that has ended goes on with it, also after a restart."""
        if run_id == self._current and self._control is not None:
            self._control.give(CommandGiven(kind=CommandKind.AMEND, amendment=amendment))
            return
        self._bench.keep_wish(run_id, amendment)
        self.go_on(run_id)

    def mark(self, run_id: RunId, claim_id: ClaimId, verdict: Verdict | None, note: str = "") -> None:
        """Store what a reader thinks of a claim; None takes it back. While the run is at work, when it rests again."""
        store = partial(self._bench.mark, run_id, claim_id, verdict, note)
        if run_id == self._current:
            self._marks.append(store)
        else:
            store()

    def command(self, kind: CommandKind, *, target: str = "") -> None:
        """Steer the current run."""
        if self._control is not None and self._current is not None:
            self._is_held = self._is_held or kind is CommandKind.PAUSE
            self._control.give(CommandGiven(kind=kind, target=target))

    def go_on(self, run_id: RunId, *, without_model: bool = False) -> None:
        """Continue a run that is paused, was stopped, or could not go on; from here on without a model, if wanted."""
        self._is_held = False
        if without_model:
            self._bench.go_without_model(run_id)
        if run_id != self._current and run_id not in self._waiting:
            self._waiting.appendleft(run_id)
        self.queue_changed.emit()
        self._next()

    def stop(self, run_id: RunId) -> None:
        """Stop a run, whether it is being followed, waits, or is paused."""
        if run_id == self._current and self._control is not None:
            self.command(CommandKind.STOP)
            return
        if run_id in self._waiting:
            self._waiting.remove(run_id)
            self._gifts.pop(run_id, None)
            self.queue_changed.emit()
        self._bench.end_quietly(run_id)

    def go(self) -> None:
        """Follow the current run now: the library has looked for changes, or takes too long."""
        if self._current is None or self._is_following:
            return
        self._ready_timer.stop()
        self._is_following = True
        self._control = self._bench.new_control()
        for command in self._gifts.pop(self._current, []):
            self._control.give(command)
        self._bench.follow(self._current, self._control)

    # --- sessions ---

    def open_bundle(self, path: Path, *, despite_findings: bool = False) -> None:
        """Make a bundle a session of its own, though not all of it holds if a person has seen that."""
        self._bench.open_bundle(path, despite_findings=despite_findings)

    def rename_session(self, session_id: SessionId, title: str) -> None:
        """Give a session another title."""
        self._bench.rename_session(session_id, title)

    def delete_session(self, session_id: SessionId) -> None:
        """Hide a session; its run is stopped."""
        for run_id in (self._current, *self._waiting):
            state = self._states.get(run_id) if run_id is not None else None
            if state is not None and state.session_id == session_id:
                self.stop(state.run_id)
        self._bench.delete_session(session_id)

    def restore_session(self, session_id: SessionId) -> None:
        """Bring a deleted session back."""
        self._bench.restore_session(session_id)

    # --- on the Qt thread ---

    def _note_opened(self) -> None:
        self._is_open = True

    def _add(self, state: RunState) -> None:
        self._states[state.run_id] = state
        self._waiting.append(state.run_id)
        self.run_added.emit(state)
        self.sessions_changed.emit()
        self.queue_changed.emit()
        self._next()

    def _hand_over(self, run_id: RunId, command: CommandGiven) -> None:
        if run_id == self._current and self._control is not None:
            self._control.give(command)
            return
        self._gifts.setdefault(run_id, []).append(command)
        self.go_on(run_id)

    def _take_up(self, states: tuple[RunState, ...]) -> None:
        """Queue what the last end of the app cut short; what a person had paused stays paused."""
        for state in states:
            self._states[state.run_id] = state
            if not state.is_paused:
                self._waiting.append(state.run_id)
        self.sessions_changed.emit()
        self.queue_changed.emit()
        if states:
            self.taken_up.emit(states)
        self._next()

    def _next(self) -> None:
        if self._current is not None or self._is_held or not self._waiting:
            return
        self._current = self._waiting.popleft()
        self._is_following = False
        self._ready_timer.start()
        self.queue_changed.emit()
        self.run_waiting.emit(self._current)

    def _hold(self) -> None:
        self._is_held = True

    def _remember(self, _stored: object, state: RunState) -> None:
        self._states[state.run_id] = state

    def _settle(self, run_id: RunId, state: RunState) -> None:
        """The run has ended, was paused, or cannot go on now: as good as paused, though its trace does not say so."""
        if state.outcome is None and not self._is_closing:
            state = replace(state, is_paused=True)
        self._states[run_id] = state
        unheard: list[CommandGiven] = []
        if run_id == self._current:
            unheard = self._unheard()
            self._current, self._control, self._is_following = None, None, False
            marks, self._marks = self._marks, []
            for store in marks:
                store()
        for command in unheard:
            if command.amendment is not None:
                self._bench.keep_wish(run_id, command.amendment)
            else:
                self._gifts.setdefault(run_id, []).append(command)
        self.queue_changed.emit()
        self.run_ended.emit(state)
        self.sessions_changed.emit()
        if unheard and state.outcome is not None:
            self.go_on(run_id)
        self._next()

    def _unheard(self) -> list[CommandGiven]:
        """Return what was given to the run at the moment it ended: nobody has looked for commands since."""
        if self._control is None or self._is_closing:
            return []
        return [command for command in self._control.take() if command.kind in _LEADS_ON]

    def _sort_failure(self, error: BaseException) -> None:
        if isinstance(error, PlumblineError):
            self.problem.emit(error)
        else:
            self.mistake.emit(error)
