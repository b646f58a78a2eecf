"""Asks one engine one query: from the cache or in its turn, and only if it is not resting; hears how it went."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from engine.domain import EngineReport, EngineState
from engine.network.gate import Gate
from engine.search.cache import SearchCache
from engine.search.health import Health
from engine.search.pace import Pace
from engine.search.provider import Errand, Facts, Found, Provider, ProviderTrouble, WebQuery
from models.http import IsCancelled, RequestCancelled

_LOG = logging.getLogger(__name__)
_SLICE_S = 0.05
_MOST_FOUND = 40
"""Of one engine. A page of results holds fewer; one with thousands is no such page, and comparing them takes long."""

Wait = Callable[[float, IsCancelled], None]
"""Waits for some seconds; raises ``RequestCancelled`` as soon as somebody gave up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a query at an engine."""

    facts: Facts
    report: EngineReport
    found: tuple[Found, ...] = ()


class Asker:
    """Asks engines. May be used from several threads.

    Args:
        health: hears how every query went.
        pace: gives every request its turn.
        cache: holds earlier answers; None for not using any.
        key_of: returns the key of an engine, or an empty text.
        wait: how a turn is waited for.
        clock: seconds that only go forward.
        limit_s: for one answer, in seconds.
    """

    def __init__(
        self,
        *,
        health: Health,
        pace: Pace,
        cache: SearchCache | None,
        key_of: Callable[[Facts], str],
        wait: Wait | None = None,
        clock: Callable[[], float] = time.monotonic,
        limit_s: float = 12.0,
    ) -> None:
        self._health = health
        self._pace = pace
        self._cache = cache
        self._key_of = key_of
        self._wait = wait or wait_patiently
        self._clock = clock
        self._limit_s = limit_s

    def ask(self, provider: Provider, query: WebQuery, *, gate: Gate, limit: int, is_cancelled: IsCancelled) -> Outcome:
        """Return what an engine found, or why it did not answer.

        Raises:
            RequestCancelled: somebody gave up.
        """
        facts = provider.facts
        cached = self._cache.find(facts.name, query, limit=limit) if self._cache is not None else None
        if cached is not None:
            report = EngineReport(name=facts.title, state=EngineState.ANSWERED, results=len(cached), is_cached=True)
            return Outcome(facts=facts, report=report, found=cached)
        if self._health.again_in_s(facts.name):
            return self._resting(facts)
        key = self._key_of(facts) if facts.takes_key else ""
        if facts.needs_key and not key:
            words = f"{facts.title} was not asked: there is no key for it."
            return Outcome(facts=facts, report=EngineReport(name=facts.title, state=EngineState.RESTING, words=words))

        def wait_turn() -> None:
            self._wait(self._pace.take_turn(facts.name, interval_s=facts.interval_s), is_cancelled)

        wait_turn()
        if not self._health.may_ask(facts.name):
            return self._resting(facts)
        errand = Errand(
            gate=gate,
            limit=limit,
            key=key,
            is_cancelled=is_cancelled,
            limit_s=self._limit_s,
            wait_turn=wait_turn,
            clock=self._clock,
        )
        return self._asked(provider, query, errand=errand)

    def _asked(self, provider: Provider, query: WebQuery, *, errand: Errand) -> Outcome:
        facts = provider.facts
        began = self._clock()
        try:
            found = provider.ask(query, errand=errand)[:_MOST_FOUND]
        except ProviderTrouble as trouble:
            return self._failed(facts, trouble, began=began)
        except RequestCancelled:
            self._health.released(facts.name)
            raise
        except Exception:  # the border to each engine's own reading of strangers' answers: one must not end a run
            _LOG.exception("Asking %s broke down", facts.name)
            words = f"{facts.title} could not be asked: reading its answer broke down."
            return self._failed(facts, ProviderTrouble(EngineState.NONSENSE, words), began=began)
        except BaseException:
            self._health.released(facts.name)
            raise
        self._health.answered(facts.name)
        if self._cache is not None:
            self._cache.keep(facts.name, query, found, limit=errand.limit)
        report = EngineReport(
            name=facts.title,
            state=EngineState.ANSWERED if found else EngineState.EMPTY,
            results=len(found),
            words="" if found else f"{facts.title} found nothing.",
            seconds=self._clock() - began,
        )
        return Outcome(facts=facts, report=report, found=found)

    def _failed(self, facts: Facts, trouble: ProviderTrouble, *, began: float) -> Outcome:
        self._health.failed(facts.name, trouble.state, words=trouble.words, retry_after_s=trouble.retry_after_s)
        # When it is asked again passes, and a report is kept: only its health says so.
        seconds = self._clock() - began
        report = EngineReport(name=facts.title, state=trouble.state, words=trouble.words, seconds=seconds)
        return Outcome(facts=facts, report=report)

    def _resting(self, facts: Facts) -> Outcome:
        words = f"{facts.title} was not asked, as it failed before."
        return Outcome(facts=facts, report=EngineReport(name=facts.title, state=EngineState.RESTING, words=words))


def wait_patiently(seconds: float, is_cancelled: IsCancelled) -> None:
    """Wait, looking up every now and then.

    Raises:
        RequestCancelled: somebody gave up.
    """
    ends_at = time.monotonic() + seconds
    nothing = threading.Event()
    while True:
        if is_cancelled():
            raise RequestCancelled
        left = ends_at - time.monotonic()
        if left <= 0:
            return
        nothing.wait(min(left, _SLICE_S))
