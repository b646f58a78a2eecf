"""A page that could not be fetched, given to its run as a saved file or as copied text; the run then goes on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.terminal.cast import CastingStopped
from desktop.terminal.delivery import Delivery
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.following import follow_run
from desktop.terminal.sessions import changeable, named_session, opened_history
from desktop.terminal.streams import Terminal
from desktop.terminal.web import OpenDoor, real_door
from desktop.terminal.workbench import opened_bench
from engine.agent.state import RunState
from engine.domain import Obstacle
from engine.errors import DocumentUnreadable, SessionNotFound
from engine.export.bibliography import UnreadSource, unread_sources
from engine.export.printable import one_line

_FROM_INPUT = "-"
_MOST_CHARACTERS = 20_000_000
_MOST_LISTED = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplyOrder:
    """A saved page, from the command line."""

    session: str
    address: str
    file: str
    """Its path; ``-`` for text on the input stream."""
    delivery: Delivery
    model: str | None = None
    is_verbose: bool = False


def supply(data_folder: Path, order: SupplyOrder, *, terminal: Terminal, open_door: OpenDoor = real_door) -> ExitCode:
    """Give the last run of a session what it could not read, and let it go on.

    Raises:
        PlumblineError: title and hint say why not.
    """
    order.delivery.check()
    with opened_history(data_folder) as history:
        state = changeable(history, named_session(history, order.session).last_run)
    wanted = _meant(state, order.address)
    document = _document(order.file, terminal)
    with opened_bench(
        data_folder,
        reach=state.scope.reach,
        delivery=order.delivery,
        model=order.model,
        is_verbose=order.is_verbose,
        may_be_offline=True,
        terminal=terminal,
        open_door=open_door,
    ) as bench:
        command = bench.research.supply(wanted.address, document)
        terminal.note(f"Supplied: {one_line(wanted.title) or one_line(wanted.address)}")
        try:
            with bench.opened_cast() as cast:
                return follow_run(state.run_id, bench, cast=cast, command=command)
        except CastingStopped:
            return ExitCode.STOPPED


def _meant(state: RunState, named: str) -> UnreadSource:
    """The source that could not be read and is meant by an address, or by a part of one.

    Raises:
        SessionNotFound: there is none, or there are several.
    """
    unread = unread_sources(state)
    exact = [one for one in unread if one.address == named]
    found = exact or [one for one in unread if named.strip() and named.strip() in one.address]
    if len(found) == 1:
        return found[0]
    offered = [one for one in (found or unread) if one.obstacle is not Obstacle.REFUSED]
    listed = "\n".join(f"  {one_line(one.address)}" for one in offered[:_MOST_LISTED])
    if found:
        raise SessionNotFound(f"Several sources fit “{named}”", hint=f"Write more of the address:\n{listed}")
    if not unread:
        raise SessionNotFound(
            "This run has read every source that it wanted to read", hint="Nothing has to be supplied."
        )
    raise SessionNotFound(
        f"No source “{named}” was left unread in this run",
        hint=f"These could not be read:\n{listed}" if listed else "What was refused is not supplied.",
    )


def _document(named: str, terminal: Terminal) -> Path | str:
    if named != _FROM_INPUT:
        path = Path(named).expanduser().absolute()
        if path.is_dir():
            raise DocumentUnreadable(
                f"{path} is a folder", hint="Give the saved page itself: one file, such as page.html or page.pdf."
            )
        if not path.is_file():
            raise DocumentUnreadable(f"There is no file {path}", hint="Save the page in your browser first.")
        return path
    if terminal.input.isatty():
        terminal.note("Paste the text, then end it with an empty input (Ctrl+D, on Windows Ctrl+Z and Enter).")
    text = terminal.input.read(_MOST_CHARACTERS)
    if not text.strip():
        raise DocumentUnreadable("There is no text", hint="Copy the text of the page in your browser, and paste it.")
    return text
