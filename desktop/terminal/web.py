"""The way to the web for one command: allowed or not, and opened only where a run needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.terminal.network import check_online
from desktop.terminal.streams import Terminal
from engine.domain import Reach
from models.keys import Keys

if TYPE_CHECKING:
    from engine.network.door import Door
    from engine.web.world import Web


OpenDoor = Callable[[Path], "Door"]
"""Makes the door of a data folder; in tests, one that leads to a web on this computer."""


def real_door(data_folder: Path) -> Door:
    """Return the door to the real network. Nobody is contacted."""
    from engine.network.door import Door  # noqa: PLC0415

    return Door(data_folder)


@contextmanager
def opened_door(data_folder: Path, *, terminal: Terminal, open_door: OpenDoor = real_door) -> Iterator[Door]:
    """Yield the one door of a command, and say what a person should know of it. Nobody is contacted."""
    with open_door(data_folder) as door:
        try:
            yield door
        finally:
            if door.notice:
                terminal.warn(door.notice)


@contextmanager
def opened_web(data_folder: Path, door: Door, *, reach: Reach, may_be_offline: bool = False) -> Iterator[Web | None]:
    """Yield the way to the web, or None for a run that stays in the library.

    Args:
        data_folder: where everything is kept.
        door: to the network.
        reach: how far the run goes.
        may_be_offline: whether there is something to do that needs nobody else.

    Raises:
        NetworkRefused: nothing may leave this computer.
    """
    if not reach.has_web:
        yield None
        return
    if not may_be_offline:
        check_online(data_folder)
    # It takes a while to import, and most commands never go to the web.
    from engine.web.world import Web  # noqa: PLC0415

    with Web.open(data_folder, door=door, keys=Keys()) as web:
        yield web
