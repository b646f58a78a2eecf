"""Ctrl+C in two steps: the first asks the work to end properly, the second ends the command at once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from desktop.terminal.streams import Terminal


class Interruption:
    """Whether the person, or the system, has asked the command to end.

    A signal only leaves a note here: it may arrive while any lock is held, so the work has to look.
    """

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.is_requested = False
        self.is_by_system = False
        """Whether it was not the person: the computer shuts down, the terminal was closed."""

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Listen while the block runs; outside the main thread nothing can be listened to."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
        kinds = [getattr(signal, name) for name in names if hasattr(signal, name)]
        before = {kind: signal.signal(kind, self._asked) for kind in kinds}
        try:
            yield
        finally:
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def should_stop(self) -> bool:
        """Return whether the command has been asked to end."""
        return self.is_requested

    def _asked(self, kind: int, _frame: FrameType | None) -> None:
        if self.is_requested:
            raise KeyboardInterrupt
        self.is_requested = True
        self.is_by_system = kind != signal.SIGINT
        with suppress(RuntimeError, OSError):  # it may have arrived in the middle of a write
            self._terminal.note("Stopping at the next step. Ctrl+C again ends at once; nothing stored is lost.")
