"""Spaces the requests to one engine out. Here nothing waits: whoever asks is told how long to wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """Gives every request its turn. May be used from several threads.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}
        self._mutex = threading.Lock()

    def take_turn(self, name: str, *, interval_s: float) -> float:
        """Take the next free turn at an engine; returns in how many seconds it comes."""
        with self._mutex:
            now = self._clock()
            turn = max(now, self._next.get(name, now))
            self._next[name] = turn + interval_s
            return turn - now
