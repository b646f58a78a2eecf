"""Tells a model process that is slow from one that is stuck: how long it may work without a sign of life."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

QUICK = frozenset({"template", "tokenizing", "counting"})
"""What takes milliseconds, but can go on for ever: chat templates are programs."""
LOADING = "loading"
SETTLING = "settling"
"""The weights are there; the caches are made, and the chat template is tried."""
UNSEEN = frozenset({"weighing", "measuring"})
"""What may take many batches without a word."""

_KNOWN_BATCHES = 8
_BATCH_TAKES_S = 0.02
"""Signs that come faster say nothing of how long a batch takes."""
_SLOWEST_TIMES = 20.0
_LEAST_SHARE = 0.5
"""Of the time it should have had: a process that was given less of the machine is not stuck but starved."""
_NO_BATCHES = QUICK | {LOADING, SETTLING, "starting"}
_LEAST_LOADING_S = 6.0
_MOST_LOADING_S = 300.0
_SLOW_BYTES_PER_S = 20e6
_LEAST_SETTLING_S = 5.0
_MOST_SETTLING_S = 30.0
_SETTLED_BYTES_PER_S = 400e6
_UNSEEN_TIMES = 4.0
_STARVED_TIMES = 3.0
_ASLEEP_S = 3.0
"""Whoever looks several times a second and finds that this much has passed was asleep, and so was the model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a model process may be silent, in seconds, and how long it may go on after it was cancelled."""

    quick_s: float = 5.0
    """Of what takes milliseconds as a rule."""
    loading_s: float | None = None
    """Without any progress; by the size of the file unless given: disks can be slow, and rearranging weights is."""
    settling_s: float | None = None
    """For the caches and the chat template; by the size of the file unless given."""
    first_batch_s: float = 300.0
    """For the first batches of a process, before it is known how long one takes."""
    batch_s: float = 60.0
    """At least, of later batches; more where they take long."""
    grace_s: float = 2.0
    """After a cancel; then it is ended, and started again at the next request."""
    loading_grace_s: float = 0.15
    """The same while it is loaded, where little is lost."""


def limits_for(file_bytes: int, *, given: Limits) -> Limits:
    """Return the limits for a model file of this size."""
    loading_s = min(_LEAST_LOADING_S + file_bytes / _SLOW_BYTES_PER_S, _MOST_LOADING_S)
    settling_s = min(_LEAST_SETTLING_S + file_bytes / _SETTLED_BYTES_PER_S, _MOST_SETTLING_S)
    return replace(
        given,
        loading_s=given.loading_s if given.loading_s is not None else loading_s,
        settling_s=given.settling_s if given.settling_s is not None else settling_s,
    )


class Working(Protocol):
    """A process that uses processor time."""

    def worked_s(self) -> float: ...


class Patience:
    """Watches one process; told of signs of life and asked, several times a second, whether it is stuck."""

    def __init__(
        self, process: Working, *, limits: Limits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits or Limits()
        self._process = process
        self._clock = clock
        self._slowest_s = 0.0
        self._batches = 0
        self._phase = ""
        self._sign_at = self._looked_at = clock()
        self._worked_before_s: float | None = None

    @property
    def phase(self) -> str:
        """What the process does, as it says."""
        return self._phase

    def begin(self, phase: str) -> None:
        """A command was given."""
        self._phase = phase
        self._sign_at = self._looked_at = self._clock()
        self._worked_before_s = None

    def sign(self, phase: str | None = None) -> None:
        """The process said something; of its phase if that is known."""
        now = self._clock()
        if self._phase not in _NO_BATCHES and now - self._sign_at > _BATCH_TAKES_S:
            self._slowest_s = max(self._slowest_s, now - self._sign_at)
            self._batches += 1
        if phase is not None:
            self._phase = phase
        self._sign_at = self._looked_at = now
        self._worked_before_s = None

    def is_stuck(self) -> bool:
        """Whether it has been silent for too long for what it does."""
        now = self._clock()
        if now - self._looked_at > _ASLEEP_S:
            self._sign_at += now - self._looked_at
        self._looked_at = now
        silent_s = now - self._sign_at
        limit_s = self.limit_s()
        if silent_s < limit_s:
            if self._worked_before_s is None and silent_s > limit_s / 5:
                self._worked_before_s = self._process.worked_s()
            return False
        worked_s = self._process.worked_s() - (self._worked_before_s or 0.0)
        is_starved = worked_s < _LEAST_SHARE * limit_s
        return not is_starved or silent_s > _STARVED_TIMES * limit_s

    def limit_s(self) -> float:
        """Return how long it may be silent in its phase, in seconds."""
        limits = self.limits
        if self._phase in QUICK:
            return limits.quick_s
        if self._phase == LOADING:
            return limits.loading_s if limits.loading_s is not None else _MOST_LOADING_S
        if self._phase == SETTLING:
            return limits.settling_s if limits.settling_s is not None else _MOST_SETTLING_S
        times = _UNSEEN_TIMES if self._phase in UNSEEN else 1.0
        if self._batches < _KNOWN_BATCHES:
            return times * limits.first_batch_s
        return times * min(max(limits.batch_s, _SLOWEST_TIMES * self._slowest_s), 2 * limits.first_batch_s)
