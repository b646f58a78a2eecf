"""Chooses with how many threads to generate while other programs want the processor too.

The threads of a step wait for each other many hundred times, so one that has to share its core with another program
holds all of them up: two threads beside one busy program took three to eight times as long as alone, one thread took
1.3 times as long. Steps are timed; when they get much slower, one thread fewer is tried, and all of them now and then.
"""

from __future__ import annotations

import statistics

_STEPS = 6
"""That are looked at together."""
_SLOW = 1.4
"""How much longer steps must take than they did before fewer threads are tried."""
_BETTER = 0.85
"""Share of the slow time that they must take with fewer threads for that to stay."""
_WINDOWS_BEFORE_ALL = 12
"""With fewer threads, before all are tried again."""
_WINDOWS_OF_PATIENCE = 20
"""After fewer threads have not helped."""
_DRIFT = 1.01
"""Steps get slower as a conversation grows: the time they are held against grows by this in each window."""


class Pace:
    """Times the steps of one context."""

    def __init__(self, threads: int) -> None:
        self.threads = threads
        """With how many the next step is to be computed."""
        self._most = threads
        self._size = 0
        self._taken: list[float] = []
        self._usual: dict[int, float] = {}
        """Seconds of a step with all threads, by the number of tokens in it."""
        self._slow = 0.0
        self._fewer = 0.0
        self._windows = 0
        self._patience = 0

    def took(self, size: int, seconds: float) -> bool:
        """Take note of a step of some tokens; returns whether ``threads`` is now another number."""
        if self._most < 2:
            return False
        if size != self._size:
            self._size = size
            self._taken.clear()
        self._taken.append(seconds)
        if len(self._taken) < _STEPS:
            return False
        median = statistics.median(self._taken)
        self._taken.clear()
        before = self.threads
        if self.threads == self._most:
            self._with_all(median)
        else:
            self._with_fewer(median)
        return self.threads != before

    def _with_all(self, median: float) -> None:
        usual = min(median, self._usual.get(self._size, median) * _DRIFT)
        self._usual[self._size] = usual
        if self._fewer and median > self._fewer:
            self.threads -= 1  # they were tried again, and it is still better without
            self._windows = 1
            return
        self._fewer = 0.0
        self._patience = max(0, self._patience - 1)
        if median > _SLOW * usual and not self._patience:
            self._slow = median
            self._windows = 0
            self.threads -= 1

    def _with_fewer(self, median: float) -> None:
        self._windows += 1
        if self._windows == 1 and median > _BETTER * self._slow:
            self._patience = _WINDOWS_OF_PATIENCE
            self._fewer = 0.0
            self.threads = self._most
        elif self._windows > _WINDOWS_BEFORE_ALL:
            self._fewer = median
            self.threads = self._most
