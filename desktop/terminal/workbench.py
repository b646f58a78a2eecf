"""What a command has at hand while it asks, resumes or supplies: the sessions, the door, the web if it may go there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop.terminal.cast import chosen_cast
from desktop.terminal.delivery import Delivery
from desktop.terminal.interruption import Interruption
from desktop.terminal.library import with_data_hint
from desktop.terminal.model_status import LiveLine, LiveText
from desktop.terminal.streams import Terminal
from desktop.terminal.web import OpenDoor, opened_door, opened_web, real_door
from engine.casting import Cast
from engine.domain import Reach
from engine.network.door import Door
from engine.research import Research


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An open data folder, and how the command was given."""

    data_folder: Path
    research: Research
    has_web: bool
    """Whether runs may go to the web."""
    door: Door
    delivery: Delivery
    model: str | None
    is_verbose: bool
    terminal: Terminal
    interruption: Interruption

    def opened_cast(self) -> AbstractContextManager[Cast]:
        """Return who plays the roles; the model is loaded when the block is entered, and given back at its end.

        Raises:
            ModelError: the model that was asked for by name cannot be used.
            CastingStopped: the person gave up.
        """
        return chosen_cast(
            self.data_folder,
            self.model,
            door=self.door,
            terminal=self.terminal,
            interruption=self.interruption,
            on_live=LiveText(self.terminal) if self.is_verbose else LiveLine(self.terminal),
        )


@contextmanager
def opened_bench(
    data_folder: Path,
    *,
    reach: Reach,
    delivery: Delivery,
    model: str | None = None,
    is_verbose: bool = False,
    may_be_offline: bool = False,
    terminal: Terminal,
    open_door: OpenDoor = real_door,
) -> Iterator[Bench]:
    """Open everything; nobody is contacted yet. Ctrl+C is listened to until the end.

    Args:
        data_folder: where everything is kept.
        reach: how far the runs go; the web is opened only for those that go there.
        delivery: how the report is wanted.
        model: ``none``, ``remote``, a server's address or a path; None: the model that is chosen.
        is_verbose: whether the model's words are shown as they come.
        may_be_offline: whether there is something to do on the web's side that needs nobody else.
        terminal: the streams.
        open_door: makes the way to the network.

    Raises:
        NetworkRefused: the web is needed, and nothing may leave this computer.
        DataFolderInUse: another Plumbline has it.
        StorageError: it cannot be used.
    """
    interruption = Interruption(terminal)
    with (
        with_data_hint(),
        interruption.watching(),
        opened_door(data_folder, terminal=terminal, open_door=open_door) as door,
        opened_web(data_folder, door, reach=reach, may_be_offline=may_be_offline) as web,
        Research.open(data_folder, web=web) as research,
    ):
        for notice in research.notices:
            terminal.warn(f"{notice.title}. {notice.hint}")
        yield Bench(
            data_folder=data_folder,
            research=research,
            has_web=web is not None,
            door=door,
            delivery=delivery,
            model=model,
            is_verbose=is_verbose,
            terminal=terminal,
            interruption=interruption,
        )
