"""Asking and resuming from a terminal: the folders made ready, the run followed, the report delivered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from desktop.terminal.cast import CastingStopped, chosen_cast
from desktop.terminal.delivery import Delivery, deliver
from desktop.terminal.exit_codes import ExitCode, exit_code_for
from desktop.terminal.interruption import Interruption
from desktop.terminal.library import added_folder, chosen_folders, opened_library, update_library, with_data_hint
from desktop.terminal.model_status import LiveLine, LiveText
from desktop.terminal.progress import Progress, TraceLines, Watcher
from desktop.terminal.sessions import named_session
from desktop.terminal.steering import TerminalControl
from desktop.terminal.streams import Terminal
from engine.agent.state import RunState, apply
from engine.casting import Cast
from engine.domain import Depth, FolderId, RunId, Scope
from engine.events import StoredEvent
from engine.library.values import Folder
from engine.research import History, Research, usable_question


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A question from the command line."""

    question: str
    libraries: tuple[Path, ...]
    """Folders to be added if need be, and the only ones to look in."""
    scope: tuple[str, ...]
    """Names of folders that are in the library already."""
    depth: Depth
    delivery: Delivery
    model: str | None = None
    """``none``, ``remote``, a server's address or a path; None: the model that is chosen."""
    is_verbose: bool = False
    """Whether the model's words are shown as they come."""


def ask(data_folder: Path, order: Order, *, terminal: Terminal) -> ExitCode:
    """Research a question and deliver the report.

    Raises:
        PlumblineError: title and hint say why not.
    """
    question = usable_question(order.question)
    order.delivery.check()
    interruption = Interruption(terminal)
    with with_data_hint(), interruption.watching(), Research.open(data_folder) as research:
        _tell_notices(research, terminal)
        folders = _ready_folders(data_folder, order, terminal, interruption)
        if interruption.is_requested:
            terminal.warn("Stopped before the question was asked. What was read of the folders is kept.")
            return ExitCode.STOPPED
        try:
            with _cast(data_folder, order.model, order.is_verbose, terminal, interruption) as cast:
                run_id = research.start(question, scope=Scope(folders=folders), depth=order.depth, cast=cast)
                return _follow(
                    run_id,
                    cast=cast,
                    data_folder=data_folder,
                    research=research,
                    delivery=order.delivery,
                    terminal=terminal,
                    interruption=interruption,
                )
        except CastingStopped:
            terminal.warn("Stopped before the question was asked: the language model was not ready yet.")
            return ExitCode.STOPPED


def resume(
    data_folder: Path,
    session: str | None,
    delivery: Delivery,
    *,
    model: str | None = None,
    is_verbose: bool = False,
    terminal: Terminal,
) -> ExitCode:
    """Continue the runs that were cut short, or the last run of one session.

    Args:
        data_folder: where they are.
        session: beginning of its id, or ``last``; None for all that were cut short.
        delivery: how the report is wanted.
        model: as in ``Order``.
        is_verbose: as in ``Order``.
        terminal: the streams.

    Raises:
        PlumblineError: title and hint say why not; ModelError likewise.
    """
    delivery.check()
    interruption = Interruption(terminal)
    with with_data_hint(), interruption.watching(), Research.open(data_folder) as research:
        _tell_notices(research, terminal)
        runs: Sequence[RunId]
        if session is None:
            runs = research.unfinished()
            if not runs:
                terminal.note("Every run has ended. A stopped one continues with:  plumbline resume SESSION")
                return ExitCode.DONE
            if delivery.output is not None and len(runs) > 1:
                runs = runs[-1:]
                terminal.warn("Several runs were cut short; with -o only the last one is continued.")
        else:
            history = History.open(data_folder)
            try:
                runs = (named_session(history, session).last_run,)
            finally:
                history.close()
        code = ExitCode.DONE
        try:
            with _cast(data_folder, model, is_verbose, terminal, interruption) as cast:
                for run_id in runs:
                    ended = _follow(
                        run_id,
                        cast=cast,
                        data_folder=data_folder,
                        research=research,
                        delivery=delivery,
                        terminal=terminal,
                        interruption=interruption,
                    )
                    code = max(code, ended)
                    if interruption.is_requested:
                        return ExitCode.STOPPED
        except CastingStopped:
            return ExitCode.STOPPED
        return code


def _cast(
    data_folder: Path, model: str | None, is_verbose: bool, terminal: Terminal, interruption: Interruption
) -> AbstractContextManager[Cast]:
    on_live = LiveText(terminal) if is_verbose else LiveLine(terminal)
    return chosen_cast(data_folder, model, terminal=terminal, interruption=interruption, on_live=on_live)


def _ready_folders(
    data_folder: Path, order: Order, terminal: Terminal, interruption: Interruption
) -> tuple[FolderId, ...]:
    """Bring the folders in which the run may look up to date; return them, or nothing for all there are."""
    with opened_library(data_folder, terminal) as library:
        added = [added_folder(library, path) for path in order.libraries]
        named = chosen_folders(library.folders(), order.scope)
        chosen = tuple(dict.fromkeys(folder.id for folder in (*added, *named)))
        update_library(library, terminal, interruption, folders=chosen or None)
        looked_into = [folder for folder in library.folders() if not chosen or folder.id in chosen]
        if not interruption.is_requested:
            _tell_what_is_missing(looked_into, terminal, is_chosen=bool(chosen))
    return chosen


def _tell_what_is_missing(folders: Sequence[Folder], terminal: Terminal, *, is_chosen: bool) -> None:
    """Say what to do where there is little to look into; the question is asked all the same."""
    if not any(folder.documents for folder in folders):
        terminal.warn("There is no readable document in these folders. See:  plumbline library problems")
    elif not is_chosen and all(folder.is_guide for folder in folders):
        terminal.note("Only the user guide is looked into. Add your own:  plumbline library add FOLDER")


def _follow(
    run_id: RunId,
    *,
    cast: Cast,
    data_folder: Path,
    research: Research,
    delivery: Delivery,
    terminal: Terminal,
    interruption: Interruption,
) -> ExitCode:
    history = History.open(data_folder)
    try:
        watcher: Watcher = TraceLines(terminal) if delivery.as_trace else Progress(terminal)
        state = _carried_out(
            history, research.follow(run_id, control=TerminalControl(interruption), cast=cast), run_id, watcher
        )
        if state.current_report is not None and (delivery.output is not None or not delivery.as_trace):
            deliver(state, delivery, document_of=history.document, terminal=terminal)
        code = exit_code_for(state)
        if code is ExitCode.STOPPED:
            terminal.note(f"Continue it with:  plumbline resume {state.session_id[:8]}")
        else:
            terminal.note(f"Session {state.session_id[:8]}")
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


def _tell_notices(research: Research, terminal: Terminal) -> None:
    for notice in research.notices:
        terminal.warn(f"{notice.title}. {notice.hint}")
