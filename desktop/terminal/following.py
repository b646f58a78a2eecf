"""A run followed from a terminal: shown step by step, its report delivered, and what can be done next said."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from desktop.terminal.delivery import deliver
from desktop.terminal.exit_codes import ExitCode, exit_code_for
from desktop.terminal.fetching import FetchLine
from desktop.terminal.progress import Progress, TraceLines, Watcher
from desktop.terminal.steering import TerminalControl
from desktop.terminal.streams import Terminal
from desktop.terminal.workbench import Bench
from engine.agent.state import RunState, apply
from engine.casting import Cast
from engine.domain import RunId
from engine.events import CommandGiven, StoredEvent
from engine.export.bibliography import unread_sources
from engine.export.printable import one_line
from engine.research import History

_MOST_NAMED = 3


def follow_run(run_id: RunId, bench: Bench, *, cast: Cast, command: CommandGiven | None = None) -> ExitCode:
    """Carry a run out, deliver its report and return the exit code; one that could not be changed is not shown again.

    Args:
        run_id: of the run.
        bench: what is at hand.
        cast: who plays the roles.
        command: to be obeyed first.

    Raises:
        PlumblineError: title and hint say why not.
    """
    terminal, delivery = bench.terminal, bench.delivery
    control = TerminalControl(bench.interruption)
    if command is not None:
        control.give(command)
    history = History.open(bench.data_folder)
    try:
        versions = history.state(run_id).versions
        watcher: Watcher = TraceLines(terminal) if delivery.as_trace else Progress(terminal)
        steps = bench.research.follow(run_id, control=control, cast=cast, on_fetch=FetchLine(terminal))
        state = _carried_out(history, steps, run_id, watcher)
        is_unchanged = command is not None and command.amendment is not None and state.versions == versions
        if (
            not is_unchanged
            and state.current_report is not None
            and (delivery.output is not None or not delivery.as_trace)
        ):
            deliver(state, delivery, data_folder=bench.data_folder, history=history, terminal=terminal)
        code = exit_code_for(state)
        session = state.session_id[:8]
        if code is ExitCode.STOPPED:
            terminal.note(f"Continue it with:  plumbline resume {session}")
        else:
            _tell_rescue(state, session, terminal)
            terminal.note(f"Session {session}")
        return code
    finally:
        history.close()


def _carried_out(history: History, steps: Iterator[StoredEvent], run_id: RunId, watcher: Watcher) -> RunState:
    state: RunState | None = None
    for stored in history.trace(run_id):
        state = apply(state, stored)
        if isinstance(watcher, TraceLines):
            watcher.show(stored, state)
    assert state is not None  # a stored run has at least its question
    for stored in steps:
        state = apply(state, stored)
        watcher.show(stored, state)
    return state


def _tell_rescue(state: RunState, session: str, terminal: Terminal) -> None:
    """Say how pages that a browser would show can still be read."""
    blocked = [one for one in unread_sources(state) if one.can_be_rescued]
    if not blocked:
        return
    terminal.note("These pages may hold more. Open them in your browser, save them, and give them to the run:")
    for one in blocked[:_MOST_NAMED]:
        # Quoted for a shell: an address may hold what a shell would carry out.
        terminal.note(f"  plumbline supply {session} {shlex.quote(one_line(one.address))} FILE")
    if len(blocked) > _MOST_NAMED:
        terminal.note(f"  and {len(blocked) - _MOST_NAMED} more; the report lists them")
