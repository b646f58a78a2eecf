"""Remembers how each engine has fared, lets one that failed rest, and says so in words.

An engine that refuses us rests at once; one that cannot be reached or understood rests after the third time in a row.
Every further failure doubles the rest, up to a limit, with a little chance in it so that many programs do not come back
in the same second. What the engine itself asked for in ``Retry-After`` is always waited for. After the rest, one query
is let through as a trial: if it is answered, all is well again.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from engine.domain import EngineState
from engine.search.refusal import LONGEST_PATIENCE_S
from engine.search.rests import Rest, Rests

_FIRST_REST_S = {EngineState.BLOCKED: 60.0, EngineState.UNREACHABLE: 30.0, EngineState.NONSENSE: 120.0}
_LONGEST_REST_S = {EngineState.BLOCKED: 3600.0, EngineState.UNREACHABLE: 600.0, EngineState.NONSENSE: 3600.0}
_PATIENCE = {EngineState.BLOCKED: 1, EngineState.UNREACHABLE: 3, EngineState.NONSENSE: 3}
_JITTER = 0.25
_LATEST_S = 30.0
"""Added to what an engine asked for, at most."""
_FORGOTTEN_S = 6 * 3600.0
"""So long after its rest an engine that was not asked since is as good as new."""


class Condition(StrEnum):
    """How an engine is at the moment."""

    UNTRIED = "untried"
    WELL = "well"
    FAILING = "failing"
    """It failed lately, and is asked all the same."""
    RESTING = "resting"
    TRIAL = "trial"
    """Its rest is over; the next query decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineHealth:
    """How one engine is, for people."""

    name: str
    title: str
    condition: Condition
    words: str
    """A sentence or two."""
    since: datetime | None = None
    """Of the condition; None while it was never asked."""
    again_at: datetime | None = None
    """When it is asked again, if it rests."""
    about: str = ""
    is_on: bool = True
    """Whether the person wants it to be asked, and it has what it needs for that."""
    needs_key: bool = False
    takes_key: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    is_well: bool = True
    failures: int = 0
    state: EngineState = EngineState.ANSWERED
    words: str = ""
    since: datetime | None = None
    rests_until: float | None = None
    is_on_trial: bool = False


class Health:
    """How all engines are. May be used from several threads.

    Args:
        clock: seconds that only go forward.
        now: the time of day, with a time zone.
        chance: a number from 0 up to 1, another one each time.
        rests: where it is kept which engines rest when the program ends; None for nowhere.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] | None = None,
        chance: Callable[[], float] = random.random,
        rests: Rests | None = None,
    ) -> None:
        self._clock = clock
        self._now = now or _utc_now
        self._chance = chance
        self._records: dict[str, _Record] = {}
        self._mutex = threading.Lock()
        self._rests = rests
        if rests is not None:
            self._records |= self._known(rests)

    def may_ask(self, name: str) -> bool:
        """Whether an engine may be asked now. Whoever hears True after a rest has the trial, and has to report back."""
        with self._mutex:
            record = self._records.get(name, _Record())
            if record.rests_until is None:
                return True
            if record.is_on_trial or self._clock() < record.rests_until:
                return False
            self._records[name] = replace(record, is_on_trial=True)
            return True

    def answered(self, name: str) -> None:
        """Hear that an engine answered, if only that there is nothing."""
        with self._mutex:
            before = self._records.get(name)
            since = before.since if before is not None and before.is_well else self._now()
            self._records[name] = _Record(since=since)
            if before is not None and before.rests_until is not None:
                self._keep()

    def failed(self, name: str, state: EngineState, *, words: str, retry_after_s: float | None = None) -> None:
        """Hear that an engine did not answer, and why. What the door refused says nothing about the engine."""
        if state not in _PATIENCE:
            self.released(name)
            return
        with self._mutex:
            before = self._records.get(name, _Record())
            # Queries that were under way when the first refusal came count as one failure with it, and do not make the
            # rest shorter.
            is_late = before.rests_until is not None and not before.is_on_trial
            failures = before.failures + (not is_late)
            over = failures - _PATIENCE[state]
            rests_until = None
            if over >= 0 or retry_after_s or before.rests_until is not None:
                rests_until = self._clock() + self._rest_s(state, max(0, over), retry_after_s)
            if is_late and rests_until is not None and before.rests_until is not None:
                rests_until = max(rests_until, before.rests_until)
            self._records[name] = _Record(
                is_well=False,
                failures=failures,
                state=state,
                words=words,
                since=before.since if not before.is_well else self._now(),
                rests_until=rests_until,
            )
            if rests_until is not None:
                self._keep()

    def released(self, name: str) -> None:
        """Hear that a query was given up before anything became of it; a trial is free again."""
        with self._mutex:
            if (record := self._records.get(name)) is not None:
                self._records[name] = replace(record, is_on_trial=False)

    def again_in_s(self, name: str) -> float | None:
        """Return in how many seconds a resting engine is asked again; None if it does not rest."""
        with self._mutex:
            until = self._records.get(name, _Record()).rests_until
            return None if until is None else max(0.0, until - self._clock())

    def promise(self, name: str) -> str:
        """Return when a resting engine is asked again, as a sentence; empty if it does not rest."""
        seconds = self.again_in_s(name)
        return "" if seconds is None else f"It is asked again in {in_words(seconds)}."

    def of(self, name: str, *, title: str) -> EngineHealth:
        """Return how an engine is."""
        with self._mutex:
            record = self._records.get(name)
        if record is None:
            words = f"{title} has not been asked yet."
            return EngineHealth(name=name, title=title, condition=Condition.UNTRIED, words=words)
        if record.is_well:
            return EngineHealth(
                name=name, title=title, condition=Condition.WELL, words=f"{title} answers.", since=record.since
            )
        left_s = self.again_in_s(name)
        if left_s is None:
            condition, words = Condition.FAILING, record.words
        elif left_s > 0:
            condition, words = Condition.RESTING, f"{record.words} {self.promise(name)}"
        else:
            condition, words = Condition.TRIAL, f"{record.words} The next query tries it again."
        again_at = self._now() + timedelta(seconds=left_s) if left_s else None
        return EngineHealth(
            name=name, title=title, condition=condition, words=words, since=record.since, again_at=again_at
        )

    def forgive(self, name: str) -> None:
        """Forget how an engine fared, as its key or address is another one now."""
        with self._mutex:
            before = self._records.pop(name, None)
            if before is not None and before.rests_until is not None:
                self._keep()

    def _known(self, rests: Rests) -> dict[str, _Record]:
        """Those that rested when a program ended, also where that is over: what comes next is a trial."""
        known = {}
        for name, rest in rests.read().items():
            left_s = (rest.until - self._now()).total_seconds()
            if rest.state in _PATIENCE and -_FORGOTTEN_S < left_s <= LONGEST_PATIENCE_S + _LATEST_S:
                known[name] = _Record(
                    is_well=False,
                    failures=rest.failures,
                    state=rest.state,
                    words=rest.words,
                    since=rest.since,
                    rests_until=self._clock() + max(0.0, left_s),
                )
        return known

    def _keep(self) -> None:
        if self._rests is None:
            return
        now, clock = self._now(), self._clock()
        self._rests.keep(
            {
                name: Rest(
                    until=now + timedelta(seconds=record.rests_until - clock),
                    since=record.since or now,
                    failures=max(1, record.failures),
                    state=record.state,
                    words=record.words,
                )
                for name, record in self._records.items()
                if record.rests_until is not None and not record.is_well
            }
        )

    def _rest_s(self, state: EngineState, times: int, retry_after_s: float | None) -> float:
        rest = min(_FIRST_REST_S[state] * 2.0 ** min(times, 20), _LONGEST_REST_S[state])
        rest *= 1.0 + _JITTER * (2.0 * self._chance() - 1.0)
        if retry_after_s is None:
            return rest
        # Never earlier than it asked for, and a little later than everybody else it told the same.
        asked = max(1.0, min(retry_after_s, LONGEST_PATIENCE_S))
        later = asked + min(asked * _JITTER, _LATEST_S) * self._chance()
        # One that asks for a second every time is not asked every second.
        return max(later, rest) if times else later


def in_words(seconds: float) -> str:
    """Return a time span for people."""
    if seconds <= 1:
        return "a second"
    if seconds < 55:
        return f"{int(seconds) + (seconds > int(seconds))} seconds"
    minutes = max(1, round(seconds / 60))
    if minutes == 1:
        return "a minute"
    if minutes < 100:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"


def _utc_now() -> datetime:
    return datetime.now(UTC)
