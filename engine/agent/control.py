"""How a person steers a run from another thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from engine.events import CommandGiven, CommandKind

_PATIENT = frozenset([CommandKind.SKIP_SOURCE, CommandKind.SUPPLY_SOURCE, CommandKind.AMEND])
"""Commands that need not break off what a role is doing."""
_WAKING = frozenset([CommandKind.SUPPLY_SOURCE, CommandKind.AMEND])
"""Commands for which a run goes on that has ended."""


class Interrupted(Exception):
    """What a role was doing was broken off because a person steers the run or the app closes; not an error."""


class RunControl:
    """Commands on their way to a run. Every method may be called from any thread."""

    def __init__(self, *, while_waiting: Callable[[], None] | None = None) -> None:
        """Make a control without commands.

        Args:
            while_waiting: called each time a role that waits for a language model looks whether it should break off,
                on whatever thread looks. The run stands between two of its stored events then.
        """
        self._lock = threading.Lock()
        self._commands: deque[CommandGiven] = deque()
        self._interrupted = threading.Event()
        self._while_waiting = while_waiting

    def give(self, command: CommandGiven) -> None:
        """Hand over a command; the run stores and obeys it at its next step."""
        with self._lock:
            self._commands.append(command)

    def interrupt(self) -> None:
        """Ask the run to return at its next step without storing anything: the app is closing."""
        self._interrupted.set()

    @property
    def is_interrupted(self) -> bool:
        """Whether the app is closing."""
        return self._interrupted.is_set()

    @property
    def wants_attention(self) -> bool:
        """Whether a role should break off what it is doing, so that the run can obey. Asked often, so it is cheap."""
        if self._while_waiting is not None:
            self._while_waiting()
        if self._interrupted.is_set():
            return True
        return bool(self._commands) and self.is_unwanted

    @property
    def is_unwanted(self) -> bool:
        """Whether what is under way should be given up, as ``wants_attention``, asked from any thread."""
        if self._interrupted.is_set():
            return True
        with self._lock:
            return any(command.kind not in _PATIENT for command in self._commands)

    @property
    def wakes(self) -> bool:
        """Whether a command waits for which a run goes on that has ended: a source, or a change of its report."""
        with self._lock:
            return any(command.kind in _WAKING for command in self._commands)

    def take(self) -> tuple[CommandGiven, ...]:
        """Return the commands given since the last call."""
        with self._lock:
            commands = tuple(self._commands)
            self._commands.clear()
        return commands
