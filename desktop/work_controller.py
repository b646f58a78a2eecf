"""What is on the desk: which run the window shows, and what a person does with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.casting import is_without_model
from desktop.lookups import Archive, Lookups
from desktop.main_window import MainWindow, Page
from desktop.notices import NoticeAction, Notices
from desktop.plain_text import one_line
from desktop.run_controller import RunController
from desktop.source_desk import SourceDesk
from desktop.work_notices import proposed_notice, taken_up_notice
from engine.agent.state import RunState, fold
from engine.agent.typed import without_addresses
from engine.domain import Depth, RunId, Scope, Session, SessionId
from engine.events import CommandKind, StoredEvent
from engine.research import HistoryHit
from engine.web.progress import Fetching


class WorkController(QObject):
    """Between the runs and the views that show one of them."""

    shown_changed = Signal()
    """Another run is shown, or the shown one is in another state."""

    def __init__(
        self,
        *,
        runs: RunController,
        lookups: Lookups,
        archive: Archive,
        window: MainWindow,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._lookups = lookups
        self._archive = archive
        self.sources = SourceDesk(archive=archive, window=window, notices=notices, parent=self)
        self._window = window
        self._notices = notices
        self._state: RunState | None = None
        self._wanted: SessionId | None = None
        self._early: list[tuple[StoredEvent, RunState]] = []
        self._is_loading = False
        self._is_awaited = False
        """Whether a run that arrives may come to the front: not if the person has gone to another page since."""
        self._hit: HistoryHit | None = None
        self._may_go_on: Callable[[RunState], bool] = _always
        self._sessions: tuple[Session, ...] = ()
        self._deleted: set[SessionId] = set()
        runs.run_added.connect(self._show_added)
        runs.not_stored.connect(window.ask.give_back)
        runs.event_stored.connect(self._show_event)
        runs.run_ended.connect(self._settle)
        runs.queue_changed.connect(self._mark_sessions)
        runs.sessions_changed.connect(lookups.list_sessions)
        runs.taken_up.connect(self._tell_taken_up)
        lookups.sessions_listed.connect(self._take_sessions)
        lookups.run_loaded.connect(self._show_loaded)
        lookups.problem.connect(self._stop_loading)
        lookups.hits_found.connect(window.sessions.show_hits)
        window.sessions.search_requested.connect(lookups.search)
        window.sessions.session_chosen.connect(self.open_session)
        window.sessions.hit_chosen.connect(self.open_hit)
        window.sessions.rename_requested.connect(runs.rename_session)
        window.sessions.delete_requested.connect(self.delete_session)
        window.sessions.new_requested.connect(self.start_over)
        self.sources.supplied.connect(self.supply)
        window.ask.asked.connect(self.ask)
        window.work.stop_requested.connect(self.stop)
        window.work.ask_again_requested.connect(self.ask_again)
        window.work.continue_requested.connect(self.go_on)
        window.work.without_model_requested.connect(self.go_on_without_model)
        window.sources.skip_requested.connect(partial(self._command, CommandKind.SKIP_SOURCE))
        window.plan.skip_requested.connect(partial(self._command, CommandKind.SKIP_SUBQUESTION))
        window.status.pause_requested.connect(self.pause_or_continue)
        window.status.stop_requested.connect(self.stop)
        window.page_changed.connect(self._take_page)
        window.runs_menu.chosen.connect(self.open_run)

    # --- what is shown ---

    @property
    def state(self) -> RunState | None:
        """The run on the desk."""
        return self._state

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The sessions as last listed."""
        return self._sessions

    @property
    def is_live(self) -> bool:
        """Whether the run on the desk is being worked on."""
        return self._state is not None and self._runs.is_working_on(self._state.run_id)

    def start_over(self) -> None:
        """Show the empty question box."""
        self._is_awaited = False
        self._window.ask.begin()
        self._window.show_page(Page.ASK)

    def open_session(self, session_id: SessionId) -> None:
        """Show the last run of a session."""
        self._hit = None
        self._is_awaited = True
        if self._state is not None and self._state.session_id == session_id:
            self._window.show_page(Page.WORK)
            return
        self._wanted = session_id
        self._is_loading = True
        self._early.clear()
        self._lookups.load_session(session_id)

    def open_run(self, run_id: RunId) -> None:
        """Show a run."""
        self._is_awaited = True
        self._is_loading = True
        self._early.clear()
        self._lookups.load_run(run_id)

    def open_hit(self, hit: HistoryHit) -> None:
        """Show the run, and the source, that a search has found."""
        self._hit = hit
        if self._state is not None and self._state.run_id == hit.run_id:
            self._window.show_page(Page.WORK)
            self._show_hit()
            return
        self._wanted = hit.session_id
        self.open_run(hit.run_id)

    # --- asking and steering ---

    def ask(self, question: str, scope: Scope, depth: Depth, with_model: bool = True) -> None:
        """Ask a new question."""
        self._is_awaited = True
        self._runs.ask(question, scope=scope, depth=depth, with_model=with_model)

    def ask_again(self) -> None:
        """Ask the question on the desk once more, in its session; one that came with a bundle is only proposed."""
        state = self._state
        if state is not None and self._archive.origin(state.run_id) is not None:
            self._propose(state.question)
        elif state is not None and state.outcome is not None:
            self._is_awaited = True
            self._runs.ask(
                state.question,
                scope=state.scope,
                depth=state.depth,
                session_id=state.session_id,
                approved_query=state.approved_query,
            )

    def _propose(self, question: str) -> None:
        """Put a stranger's question into the box: where it is looked into, and whether, is for this person to say.

        What is researched is what a person has typed, and addresses in that are opened: a stranger's are left out.
        """
        line = one_line(question)
        words = without_addresses(line)
        self._is_awaited = False
        self._window.ask.begin(words)
        self._window.show_page(Page.ASK)
        self._notices.say(proposed_notice(are_addresses_left_out=words != line))

    def look_up(self, words: str, *, scope: Scope) -> None:
        """Look words up on the web that a person has read and let leave as they stand, in the session on the desk."""
        state = self._state
        if state is not None:
            self._is_awaited = True
            with_model = not is_without_model(state)
            self._runs.ask(
                words,
                scope=scope,
                depth=state.depth,
                session_id=state.session_id,
                with_model=with_model,
                approved_query=words,
            )

    def pause_or_continue(self) -> None:
        """Pause what runs; or go on with the run on the desk, if it is paused."""
        state = self._state
        if self._runs.current is not None:
            self._runs.command(CommandKind.PAUSE)
            if self.is_live:
                self._window.work.show_asked("Pausing")
        elif state is not None and state.outcome is None:
            self.go_on()

    def ask_before_going_on(self, may_go_on: Callable[[RunState], bool]) -> None:
        """Have somebody say whether a run can go on as things are, who otherwise tells the person what it takes."""
        self._may_go_on = may_go_on

    def go_on(self) -> None:
        """Go on with the run on the desk, which was paused, stopped or broken off."""
        if self._state is not None and self._may_go_on(self._state):
            self._runs.go_on(self._state.run_id)

    def go_on_without_model(self) -> None:
        """Go on with the run on the desk, from here on without a language model."""
        if self._state is not None and self._may_go_on(self._state):
            self._runs.go_on(self._state.run_id, without_model=True)

    def stop(self) -> None:
        """Stop the run on the desk if it is not over, or else the one that is being worked on."""
        state = self._state
        if state is not None and (state.outcome is None or state.run_id in self._runs.waiting):
            self._runs.stop(state.run_id)
            self._window.work.show_asked("Stopping")
        elif self._runs.current is not None:
            self._runs.stop(self._runs.current)

    def write_now(self) -> None:
        """Have the report written from what there is."""
        self._runs.command(CommandKind.WRITE_NOW)

    def skip(self) -> None:
        """Skip the rest of the sub-question that is being worked on."""
        state = self._state
        if state is not None and self.is_live and state.current_episode is not None:
            self._runs.command(CommandKind.SKIP_SUBQUESTION, target=str(state.current_episode.subquestion.id))

    def _command(self, kind: CommandKind, target: object) -> None:
        """Give a command to the run on the desk, if that is the one being worked on."""
        if self.is_live:
            self._runs.command(kind, target=str(target))

    def supply(self, address: str, document: Path | str) -> None:
        """Give the run on the desk a source that it could not fetch; one that has ended goes on with it."""
        if self._state is not None:
            self._runs.supply(self._state.run_id, address, document)

    def show_fetching(self, fetching: Fetching) -> None:
        """Show how far a page is, if the run on the desk is at work."""
        if self.is_live:
            self._window.sources.show_fetching(fetching)
            self._window.work.show_fetching(fetching)

    # --- sessions ---

    def delete_session(self, session_id: SessionId) -> None:
        """Delete a session, which can be undone."""
        title = next((session.title for session in self._sessions if session.id == session_id), "")
        self._deleted.add(session_id)
        self._runs.delete_session(session_id)
        self._list_what_is_left()
        if self._state is not None and self._state.session_id == session_id:
            self._clear()
            self.start_over()
        undo = NoticeAction(text="Undo", act=partial(self._restore, session_id))
        self._notices.done(f"Deleted “{one_line(title, limit=60)}”", actions=(undo,))

    def _restore(self, session_id: SessionId) -> None:
        self._deleted.discard(session_id)
        self._runs.restore_session(session_id)

    # --- what arrives ---

    def _show_added(self, state: RunState) -> None:
        """A question was stored: it is what a person wants to see now, unless they are at the next one already."""
        if not self._is_awaited:
            return
        self._hit = None
        self._wanted = state.session_id
        self._present(state)
        self._window.show_page(Page.WORK)
        self.open_run(state.run_id)

    def _show_loaded(self, state: RunState, trace: tuple[StoredEvent, ...], runs: tuple[RunId, ...]) -> None:
        if self._wanted is not None and state.session_id != self._wanted:
            return
        if self._state is None or state.run_id != self._state.run_id or state.length > self._state.length:
            self._present(state)
        self._window.trace.show_trace(trace, fold(trace))
        self._is_loading = False
        early, self._early = self._early, []
        for stored, later in early:
            if stored.run_id == state.run_id and stored.sequence > state.length:
                self._feed(stored, later)
        if self._is_awaited:
            self._window.show_page(Page.WORK)
        self._window.runs_menu.show_runs(runs, shown=state.run_id)
        self._show_hit()

    def _take_page(self, page: Page) -> None:
        self._is_awaited = page is Page.WORK
        self._mark_sessions()

    def _stop_loading(self) -> None:
        self._is_loading = False
        self._early.clear()

    def _show_event(self, stored: StoredEvent, state: RunState) -> None:
        if self._is_loading:
            self._early.append((stored, state))
            return
        if self._state is not None and stored.run_id == self._state.run_id:
            self._feed(stored, state)

    def _feed(self, stored: StoredEvent, state: RunState) -> None:
        self._take(state)
        for view in (self._window.work, self._window.plan, self._window.sources, self._window.trace):
            view.show_event(stored, state)
        self.shown_changed.emit()

    def _present(self, state: RunState) -> None:
        """Show another run as it stands."""
        self._take(state)
        self._window.show_source(shown=False)
        for view in (self._window.work, self._window.plan, self._window.sources, self._window.trace):
            view.show_state(state)
        self._mark_sessions()
        self.shown_changed.emit()

    def _take(self, state: RunState | None) -> None:
        self._state = state
        self.sources.take(state)

    def _clear(self) -> None:
        self._take(None)
        self._wanted = None
        self._window.show_source(shown=False)
        for view in (self._window.work, self._window.plan, self._window.sources, self._window.trace):
            view.show_state(None)
        self.shown_changed.emit()

    def _settle(self, state: RunState) -> None:
        if self._state is None or state.run_id != self._state.run_id:
            return
        self._window.sources.end_fetching()
        self._window.work.end_fetching()
        if state.outcome is None:
            # It rests, whatever its trace says last.
            self._take(state)
            for view in (self._window.work, self._window.plan, self._window.sources, self._window.trace):
                view.show_state(state)
        self._mark_sessions()
        self.shown_changed.emit()

    def _tell_taken_up(self, states: tuple[RunState, ...]) -> None:
        """Say that what was cut short goes on, and show it."""
        going_on = [state for state in states if not state.is_paused]
        if going_on:
            self.open_session(going_on[0].session_id)
            self._notices.say(taken_up_notice(going_on))

    def _show_hit(self) -> None:
        hit, self._hit = self._hit, None
        if hit is not None and hit.source_id is not None:
            self.sources.show_source(hit.source_id)

    def _take_sessions(self, sessions: tuple[Session, ...]) -> None:
        self._sessions = sessions
        self._list_what_is_left()

    def _list_what_is_left(self) -> None:
        self._sessions = tuple(session for session in self._sessions if session.id not in self._deleted)
        self._mark_sessions()

    def _mark_sessions(self) -> None:
        open_ended = {session.id for session in self._sessions if self._is_open_ended(session)}
        waiting = {self._session_of(run_id) for run_id in self._runs.waiting}
        current = {self._session_of(self._runs.current)} if self._runs.current is not None else set()
        self._window.sessions.show_sessions(
            self._sessions,
            live={session for session in current if session is not None},
            queued={session for session in waiting if session is not None},
            paused=open_ended,
        )
        is_queued = self._state is not None and self._state.run_id in self._runs.waiting
        self._window.work.show_queued(is_queued=is_queued)
        self._window.trace.show_queued(self._state, is_queued=is_queued)
        page = self._window.page
        shown = self._state.session_id if self._state is not None and page is Page.WORK else None
        self._window.sessions.mark(session_id=shown, page=page.value)

    def _is_open_ended(self, session: Session) -> bool:
        """Return whether a session's last run can go on; the list may be older than what the run has told."""
        state = self._runs.state(session.last_run)
        return session.outcome is None and (state is None or state.outcome is None)

    def _session_of(self, run_id: RunId) -> SessionId | None:
        state = self._runs.state(run_id)
        return state.session_id if state is not None else None


def _always(_state: RunState) -> bool:
    return True
