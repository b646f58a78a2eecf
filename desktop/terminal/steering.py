"""Hands Ctrl+C to a run that is in the middle of a step."""

from __future__ import annotations

from desktop.terminal.interruption import Interruption
from engine.events import CommandGiven, CommandKind
from engine.research import RunControl


class TerminalControl(RunControl):
    """Looks whether the person asked to stop each time the run looks for commands: every 50 ms while a model speaks.

    A signal may arrive while any lock is held, so its handler only leaves a note, and this picks it up.
    """

    def __init__(self, interruption: Interruption) -> None:
        super().__init__()
        self._interruption = interruption
        self._is_told = False

    @property
    def is_interrupted(self) -> bool:
        """Whether the system ends the command."""
        self._pick_up()
        return super().is_interrupted

    @property
    def wants_attention(self) -> bool:
        """Whether a role should break off what it is doing."""
        self._pick_up()
        return super().wants_attention

    def take(self) -> tuple[CommandGiven, ...]:
        """Return the commands given since the last call."""
        self._pick_up()
        return super().take()

    def _pick_up(self) -> None:
        if not self._interruption.is_requested or self._is_told:
            return
        self._is_told = True
        if self._interruption.is_by_system:
            self.interrupt()
        else:
            self.give(CommandGiven(kind=CommandKind.STOP))
