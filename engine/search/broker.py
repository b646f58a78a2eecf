"""Decides which engines a query is sent to, and to which further ones when those do not answer.

General engines are asked two at a time, so that each query is seen by two indexes and no engine sees every query: which
two begin goes round from query to query. When they refuse, or find too little, the next two are asked. An encyclopaedia
is asked beside them, and engines for papers when the question calls for them. Everything that was asked is reported.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from engine.agent.roles import Searched
from engine.domain import EngineReport, EngineState, WebLimits
from engine.network.gate import Gate
from engine.search.asking import Asker, Outcome
from engine.search.canonical import canonical, domain, is_in
from engine.search.caveats import caveats_of
from engine.search.merge import EngineAnswer, is_wanted, merged
from engine.search.plain import query_text
from engine.search.provider import Kind, Provider, WebQuery
from models.http import IsCancelled, RequestCancelled

_AT_ONCE = {Kind.GENERAL: 2, Kind.SCHOLARLY: 2, Kind.BACKGROUND: 1}
_GOING_ROUND = {Kind.GENERAL: 4, Kind.SCHOLARLY: 3, Kind.BACKGROUND: 1}
"""How many of the first engines of a kind take turns at being asked first."""
_WEIGHT = {Kind.GENERAL: 1.0, Kind.SCHOLARLY: 1.0, Kind.BACKGROUND: 0.8}
_ENOUGH = 5
"""Results within the limits, after which no further engine is asked."""
_MOST_ANSWERS = 3
_NOTHINGS = 2
"""So many engines that say that there is nothing are believed."""
_FEWEST_ASKED, _MOST_ASKED = 10, 20

_NOBODY_IS_ON = "No search engine is switched on."
_NOBODY_FITS = "No search engine that is on can find anything on the sites that are wanted."
_PATIENCE_S = 20.0
"""After so long no further engines are asked; those that are being asked have their own time."""


@dataclass(slots=True)
class _Line:
    """Engines of one kind, waiting to be asked one query."""

    kind: Kind
    waiting: list[Provider]
    outcomes: list[Outcome]
    """In the order of asking."""

    def next_ones(self, limits: WebLimits, limit: int) -> list[Provider]:
        """Take the engines that are to be asked next; none if it is enough."""
        if self._is_enough(limits, limit):
            return []
        taken = self.waiting[: _AT_ONCE[self.kind]]
        del self.waiting[: _AT_ONCE[self.kind]]
        return taken

    def _is_enough(self, limits: WebLimits, limit: int) -> bool:
        states = [outcome.report.state for outcome in self.outcomes]
        if states and all(state is EngineState.REFUSED for state in states):
            return True  # the door refuses every engine alike
        if states.count(EngineState.EMPTY) >= _NOTHINGS or states.count(EngineState.ANSWERED) >= _MOST_ANSWERS:
            return True
        if self.kind is not Kind.GENERAL:
            return EngineState.ANSWERED in states
        wanted = {
            canonical(found.address) for outcome in self.outcomes for found in outcome.found if is_wanted(found, limits)
        }
        return len(wanted) >= min(_ENOUGH, limit)


class Broker:
    """Sends queries of one run. May be used from several threads.

    Args:
        providers: that may be asked, each kind in its order; those ``ahead`` come before all others of their kind.
        ahead: names of engines that the person pays for or runs, which do not take turns.
        asker: asks each of them.
        gate: of the run.
        limits: what the person wants of the web.
        is_exact: whether queries are sent exactly as ``query_text`` returns them, without words for sites.
        clock: seconds that only go forward.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        *,
        ahead: frozenset[str],
        asker: Asker,
        gate: Gate,
        limits: WebLimits,
        is_exact: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_exact = is_exact
        self._clock = clock
        self._has_engines = bool(providers)
        self._providers = tuple(each for each in providers if _can_find(each, limits))
        self._ahead = ahead
        self._asker = asker
        self._gate = gate
        self._limits = limits

    def search(self, written: str, *, limit: int, turn: int, is_scholarly: bool, is_cancelled: IsCancelled) -> Searched:
        """Return what the engines found and how each of them fared; nothing is raised because they fail.

        Args:
            written: the query.
            limit: of results.
            turn: counts the queries of the run, from 0.
            is_scholarly: whether engines for papers are asked, too.
            is_cancelled: asked all the time.

        Raises:
            RequestCancelled: somebody gave up before every engine had answered; the query can be asked again.
        """
        text = query_text(written)
        if not text:
            return Searched(query=written, results=(), caveats=("There is nothing in the query to search for.",))
        if not self._providers:
            words = _NOBODY_FITS if self._has_engines else _NOBODY_IS_ON
            nobody = EngineReport(name="Search", state=EngineState.REFUSED, words=words)
            return Searched(query=written, results=(), caveats=(words,), engines=(nobody,))
        query = WebQuery(text=text, limits=self._limits, is_exact=self._is_exact)
        lines = self._lines(turn=turn, is_scholarly=is_scholarly)
        if self._ask(lines, query, limit=limit, is_cancelled=is_cancelled):
            raise RequestCancelled
        outcomes = [outcome for line in lines for outcome in line.outcomes]
        answers = [
            EngineAnswer(engine=outcome.facts.title, found=outcome.found, weight=_WEIGHT[outcome.facts.kind])
            for outcome in outcomes
        ]
        fused = merged(answers, limits=self._limits, limit=limit)
        reports = tuple(outcome.report for outcome in outcomes)
        caveats = caveats_of(reports, found=len(fused.results), outside=fused.outside)
        return Searched(query=written, results=fused.results, caveats=caveats, engines=reports)

    def _lines(self, *, turn: int, is_scholarly: bool) -> list[_Line]:
        kinds = [Kind.GENERAL, *([Kind.SCHOLARLY] if is_scholarly else []), Kind.BACKGROUND]
        return [_Line(kind, self._in_turn(kind, turn), []) for kind in kinds]

    def _in_turn(self, kind: Kind, turn: int) -> list[Provider]:
        ours = [each for each in self._providers if each.facts.kind is kind]
        ahead = [each for each in ours if each.facts.name in self._ahead]
        others = [each for each in ours if each.facts.name not in self._ahead]
        round_ = others[: _GOING_ROUND[kind]]
        if round_:
            first = turn * _AT_ONCE[kind] % len(round_)
            round_ = round_[first:] + round_[:first]
        return [*ahead, *round_, *others[_GOING_ROUND[kind] :]]

    def _ask(self, lines: Sequence[_Line], query: WebQuery, *, limit: int, is_cancelled: IsCancelled) -> bool:
        """Ask until it is enough or nobody is left; returns whether somebody gave up."""
        asked = min(max(limit, _FEWEST_ASKED), _MOST_ASKED)
        ends_at = self._clock() + _PATIENCE_S
        was_cancelled = False
        with ThreadPoolExecutor(max_workers=sum(_AT_ONCE.values()), thread_name_prefix="search") as pool:
            while not was_cancelled and self._clock() < ends_at:
                under_way: list[tuple[_Line, Future[Outcome]]] = [
                    (
                        line,
                        pool.submit(
                            self._asker.ask,
                            provider,
                            query,
                            gate=self._gate,
                            limit=asked,
                            is_cancelled=is_cancelled,
                        ),
                    )
                    for line in lines
                    for provider in line.next_ones(self._limits, limit)
                ]
                if not under_way:
                    break
                for line, future in under_way:
                    try:
                        line.outcomes.append(future.result())
                    except RequestCancelled:
                        was_cancelled = True
        return was_cancelled


def _can_find(provider: Provider, limits: WebLimits) -> bool:
    """Whether anything that an engine finds can lie within the domains that are wanted."""
    places = provider.facts.finds_only
    if not places:
        return True
    only = tuple(domain(each) for each in limits.only)
    never = tuple(domain(each) for each in limits.never)
    if only and not any(is_in(place, only) or is_in(each, (place,)) for place in places for each in only):
        return False
    return not all(is_in(place, never) for place in places)
