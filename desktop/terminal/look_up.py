"""Words looked up on the web after a person has seen them: they may come from private files, so nothing else leaves."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.terminal.ask import Order, ask
from desktop.terminal.delivery import Delivery
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.network import check_online
from desktop.terminal.sessions import named_session, opened_history
from desktop.terminal.streams import Terminal
from desktop.terminal.web import OpenDoor, real_door
from desktop.web_words import sendable
from engine.domain import Depth, Reach, WebLimits
from engine.errors import PlumblineError

_YES = frozenset(["y", "yes"])


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpOrder:
    """Words to be looked up, from the command line."""

    session: str
    words: str
    limits: WebLimits
    delivery: Delivery
    is_approved: bool
    """Whether the person has said so already."""
    model: str | None = None
    is_verbose: bool = False


def look_up(data_folder: Path, order: LookUpOrder, *, terminal: Terminal, open_door: OpenDoor = real_door) -> ExitCode:
    """Show exactly what would be sent, ask, and research it on the web as a run of its own.

    Raises:
        QuestionUnusable: there are no words, or far too many for a query.
        PlumblineError: title and hint say why not.
    """
    words = sendable(order.words)
    check_online(data_folder)
    with opened_history(data_folder) as history:
        session = named_session(history, order.session).id
    terminal.say("This is sent to the search engines that are on (plumbline engines), and nothing else of the session:")
    terminal.say(f"  {words}")
    if not order.is_approved and not is_approved(terminal):
        terminal.warn("Nothing was sent.")
        return ExitCode.STOPPED
    return ask(
        data_folder,
        Order(
            question=words,
            libraries=(),
            scope=(),
            depth=Depth.QUICK,
            delivery=order.delivery,
            model=order.model,
            is_verbose=order.is_verbose,
            reach=Reach.WEB,
            limits=order.limits,
            session=session,
            approved_query=words,
        ),
        terminal=terminal,
        open_door=open_door,
    )


def is_approved(terminal: Terminal) -> bool:
    """Ask whether the words that were just shown may be sent.

    Raises:
        PlumblineError: nobody is there who could say so.
    """
    if not terminal.input.isatty():
        raise PlumblineError("There is nobody to ask", hint="Add --yes if these words may be sent as they stand.")
    terminal.stream("Send it? [y/N] ")
    if terminal.is_quiet:
        terminal.warn("Send it? [y/N]")
    return terminal.input.readline().strip().casefold() in _YES
