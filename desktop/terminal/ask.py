"""Asking and resuming from a terminal: the folders made ready, the run followed, the report delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.terminal.cast import CastingStopped
from desktop.terminal.delivery import Delivery
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.following import follow_run
from desktop.terminal.library import added_folder, chosen_folders, opened_library, update_library
from desktop.terminal.network import GO_ONLINE, check_online
from desktop.terminal.sessions import named_session, opened_history
from desktop.terminal.streams import Terminal
from desktop.terminal.web import OpenDoor, real_door
from desktop.terminal.workbench import Bench, opened_bench
from engine.counting import counted
from engine.domain import Depth, FolderId, Reach, RunId, Scope, SessionId, WebLimits
from engine.library.values import Folder
from engine.network.settings import SettingsFile
from engine.research import usable_question


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
    reach: Reach = Reach.LIBRARY
    limits: WebLimits = field(default_factory=WebLimits)
    session: SessionId | None = None
    """To which the run is added; None: it begins one."""
    approved_query: str = ""
    """Words that were shown and may leave as they stand; the question is the same words then."""


def ask(data_folder: Path, order: Order, *, terminal: Terminal, open_door: OpenDoor = real_door) -> ExitCode:
    """Research a question and deliver the report.

    Raises:
        PlumblineError: title and hint say why not.
    """
    question = usable_question(order.question)
    order.delivery.check()
    if order.reach.has_web:
        check_online(data_folder)
    with opened_bench(
        data_folder,
        reach=order.reach,
        delivery=order.delivery,
        model=order.model,
        is_verbose=order.is_verbose,
        terminal=terminal,
        open_door=open_door,
    ) as bench:
        folders = _ready_folders(order, bench) if order.reach.has_library else ()
        if bench.interruption.is_requested:
            terminal.warn("Stopped before the question was asked. What was read of the folders is kept.")
            return ExitCode.STOPPED
        try:
            with bench.opened_cast() as cast:
                run_id = bench.research.start(
                    question,
                    scope=Scope(folders=folders, reach=order.reach, web=order.limits),
                    depth=order.depth,
                    session_id=order.session,
                    cast=cast,
                    approved_query=order.approved_query,
                )
                return follow_run(run_id, bench, cast=cast)
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
    open_door: OpenDoor = real_door,
) -> ExitCode:
    """Continue the runs that were cut short, or the last run of one session.

    Args:
        data_folder: where they are.
        session: beginning of its id, or ``last``; None for all that were cut short.
        delivery: how the report is wanted.
        model: as in ``Order``.
        is_verbose: as in ``Order``.
        terminal: the streams.
        open_door: makes the way to the network.

    Raises:
        PlumblineError: title and hint say why not; ModelError likewise.
    """
    delivery.check()
    with opened_bench(
        data_folder,
        reach=_reach_to_resume(data_folder, session),
        delivery=delivery,
        model=model,
        is_verbose=is_verbose,
        terminal=terminal,
        open_door=open_door,
    ) as bench:
        runs = _runs_to_resume(session, bench)
        if not runs:
            terminal.note("Every run has ended. A stopped one continues with:  plumbline resume SESSION")
            return ExitCode.DONE
        code = ExitCode.DONE
        try:
            with bench.opened_cast() as cast:
                for run_id in runs:
                    code = max(code, follow_run(run_id, bench, cast=cast))
                    if bench.interruption.is_requested:
                        return ExitCode.STOPPED
        except CastingStopped:
            return ExitCode.STOPPED
        return code


def _runs_to_resume(session: str | None, bench: Bench) -> Sequence[RunId]:
    if session is not None:
        with opened_history(bench.data_folder) as history:
            return (named_session(history, session).last_run,)
    runs: Sequence[RunId] = bench.research.unfinished()
    if runs and not bench.has_web:
        runs = _without_web(runs, bench)
    if bench.delivery.output is not None and len(runs) > 1:
        bench.terminal.warn("Several runs were cut short; with -o only the last one is continued.")
        return runs[-1:]
    return runs


def _without_web(runs: Sequence[RunId], bench: Bench) -> Sequence[RunId]:
    """Leave out the runs that need the web while nothing may leave this computer: they wait."""
    with opened_history(bench.data_folder) as history:
        staying = [run for run in runs if not history.state(run).scope.reach.has_web]
    waiting = len(runs) - len(staying)
    if waiting:
        bench.terminal.warn(f"{counted(waiting, 'run')} on the web {'waits' if waiting == 1 else 'wait'}. {GO_ONLINE}")
    return staying


def _reach_to_resume(data_folder: Path, session: str | None) -> Reach:
    """How far the runs go that are to be continued; where that is not known yet, as far as it is allowed."""
    if session is None:
        return Reach.BOTH if SettingsFile(data_folder).now().is_online else Reach.LIBRARY
    with opened_history(data_folder) as history:
        return history.state(named_session(history, session).last_run).scope.reach


def _ready_folders(order: Order, bench: Bench) -> tuple[FolderId, ...]:
    """Bring the folders in which the run may look up to date; return them, or nothing for all there are."""
    terminal, interruption = bench.terminal, bench.interruption
    with opened_library(bench.data_folder, terminal) as library:
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
