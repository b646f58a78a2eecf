"""How the search engines of the web dealt with a run: blocked is not the same as nothing found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.citations.wording import ENGINE_NAMES, ENGINE_STATE_WORDS
from engine.counting import counted
from engine.domain import EngineReport, EngineState

_HEARD = (EngineState.ANSWERED, EngineState.EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSum:
    """What became of the queries of a run at one search engine."""

    name: str
    states: tuple[tuple[EngineState, int], ...]
    """How often each, the most frequent first."""
    cached: int
    """How many answers were some days old, so that nothing was sent for them."""
    reasons: tuple[str, ...]
    """Why it did not answer, each once."""

    @property
    def words(self) -> str:
        """A sentence without the engine's name, such as ``answered 2 queries; refused the query once (…)``."""
        parts = [f"{ENGINE_STATE_WORDS[state]} ({_times(number)})" for state, number in self.states]
        if self.cached:
            parts.append(f"{counted(self.cached, 'answer')} kept from earlier")
        said = "; ".join(parts)
        return f"{said}. {' '.join(self.reasons)}".strip() if self.reasons else f"{said}."


def engine_sums(state: RunState) -> tuple[EngineSum, ...]:
    """Return a sum for each search engine that a run wanted to ask, in the order of the first time."""
    reports: dict[str, list[EngineReport]] = {}
    for episode in state.episodes:
        for search in episode.searches:
            for report in search.engines:
                reports.setdefault(report.name, []).append(report)
    return tuple(
        EngineSum(
            name=ENGINE_NAMES.get(name, name),
            states=tuple(Counter(one.state for one in found).most_common()),
            cached=sum(one.is_cached for one in found),
            reasons=_distinct(one.words for one in found if one.words and one.state not in _HEARD),
        )
        for name, found in reports.items()
    )


def unanswered_searches(state: RunState) -> int:
    """Return how many queries no search engine answered."""
    return sum(search.is_unanswered for episode in state.episodes for search in episode.searches)


def _distinct(reasons: Iterable[str]) -> tuple[str, ...]:
    """Each reason once; what only adds to another one, such as when it is asked again, is left out."""
    known = tuple(dict.fromkeys(reasons))
    return tuple(one for one in known if not any(one != other and one.startswith(other) for other in known))


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"
