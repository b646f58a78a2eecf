"""What the policy has done so far in an episode: a fold over its steps, as far as the next choice depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from engine.agent.episode_state import Step
from engine.agent.extractive.similarity import are_twins
from engine.agent.model_roles.addresses import AddressBook
from engine.agent.model_roles.profiles.frame import Choices, Profile
from engine.agent.model_roles.repetition import query_key
from engine.domain import Budget, Passage, SearchResult, Source, SourceId
from engine.events import (
    PolicyReplied,
    ReplyRejected,
    SearchRan,
    SecondLookAsked,
    SourceFailed,
    SourceRead,
    WorkspaceRebuilt,
)

RESULTS_SHOWN = (10, 6, 4)
"""Of the first, the second and every further query of one call."""
UNOPENED_SHOWN = 8
"""Results that a rebuilt workspace still offers."""
BARREN_READINGS = 4
"""Sources without anything new, one after the other, that call for another course."""
SAME_QUERY = "You have searched for this before."
SAME_PAGE = "You have opened this before."


class Look(StrEnum):
    """Why another look was asked for."""

    NOTHING_READ = "nothing_read"
    ONE_SOURCE = "one_source"


class Progress:
    """Grows step by step; the same steps give the same progress."""

    def __init__(self, budget: Budget, *, earlier: Iterable[Passage] = ()) -> None:
        self._budget = budget
        self._earlier: dict[SourceId, list[Passage]] = {}
        for passage in earlier:
            self._earlier.setdefault(passage.source_id, []).append(passage)
        self._last: Step | None = None
        self._queries_in_call = 0
        self._sources: dict[SourceId, Source] = {}
        self.book = AddressBook()
        self.queries: set[str] = set()
        """Keys of the queries that were asked."""
        self.searches: list[SearchRan] = []
        self.readings: list[SourceRead] = []
        self.opened: set[str] = set()
        self.calls = 0
        self.rejections = 0
        self.told: set[str] = set()
        """Problems that the model was told, by their first sentence."""
        self.looks: set[Look] = set()
        self.barren = 0
        """Sources without anything new since the last one that had something."""
        self.shown: dict[str, SearchResult] = {}
        """Results that stand in the conversation, by address."""

    def add(self, step: Step) -> None:
        """Take in the next step."""
        if isinstance(step, SearchRan | SourceRead | SourceFailed) and not _is_same_call(self._last, step):
            self.calls += 1
            self._queries_in_call = 0
        match step:
            case SearchRan():
                self.queries.add(query_key(step.query))
                self.searches.append(step)
                for result in step.results[: results_shown(self._queries_in_call)]:
                    self.book.name(result.address)
                    self.shown.setdefault(result.address, result)
                self._queries_in_call += 1
            case SourceRead():
                self.readings.append(step)
                self.opened.add(step.source.address)
                self._sources[step.source.id] = step.source
                self.barren = 0 if self.passages_in(step) else self.barren + 1
            case SourceFailed():
                self.opened.add(step.address)
                self.barren += 1
            case ReplyRejected():
                self.rejections += 1
                self.told |= {problem for problem in (SAME_QUERY, SAME_PAGE) if step.problem.startswith(problem)}
            case SecondLookAsked():
                self.looks.add(self.look())
            case WorkspaceRebuilt():
                offered = self.unopened()[:UNOPENED_SHOWN]
                self.shown = {result.address: result for result in offered}
            case PolicyReplied():
                pass
        self._last = step

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The evidence in the sources that were read, in the order in which they were."""
        return tuple(passage for reading in self.readings for passage in self.passages_in(reading))

    def passages_in(self, reading: SourceRead) -> tuple[Passage, ...]:
        """Return the evidence in a source: also what was found in it for another sub-question before."""
        return (*self._earlier.get(reading.source.id, ()), *reading.passages)

    @property
    def searches_left(self) -> int:
        """How many queries the budget still allows."""
        return max(0, self._budget.searches_per_episode - len(self.searches))

    @property
    def sources_left(self) -> int:
        """How many sources the budget still allows to open."""
        return max(0, self._budget.sources_per_episode - len(self.opened))

    def calls_left(self) -> int:
        """Return how many tool calls make sense: none without a call, a source, or anything to search or open."""
        left = max(0, self._budget.tool_calls_per_episode - self.calls)
        if not self.sources_left or not (self.searches_left or self.unopened()):
            return 0
        return left

    def unopened(self) -> list[SearchResult]:
        """Return the results in the conversation that were not opened, those of the latest search first."""
        order = {result.address: number for number, ran in enumerate(self.searches) for result in ran.results}
        left = [result for address, result in self.shown.items() if address not in self.opened]
        return sorted(left, key=lambda result: -order.get(result.address, 0))

    def choices(self, profile: Profile, *, skipped: frozenset[str]) -> Choices:
        """Return what the model may do next."""
        if not self.calls_left():
            return Choices(queries=0, addresses=(), pages=0)
        names = [
            self.book.name(address) for address in self.shown if address not in self.opened and address not in skipped
        ]
        return Choices(
            queries=min(profile.queries_at_once, self.searches_left),
            addresses=tuple(names),
            pages=min(profile.pages_at_once, self.sources_left),
        )

    def witnesses(self) -> int:
        """Return the number of different documents with evidence; two forms of one document count once."""
        distinct: list[Source] = []
        for source_id in dict.fromkeys(passage.source_id for passage in self.passages):
            source = self._sources[source_id]
            if not any(source.text_hash == other.text_hash or are_twins(source, other) for other in distinct):
                distinct.append(source)
        return len(distinct)

    def look(self) -> Look:
        """Return why another look would be asked for at this point."""
        return Look.ONE_SOURCE if self.passages else Look.NOTHING_READ

    def title(self, address: str) -> str:
        """Return the title under which an address was found."""
        titles = (result.title for ran in self.searches for result in ran.results if result.address == address)
        return next(titles, address)


def progress_of(steps: Iterable[Step], *, budget: Budget, earlier: Iterable[Passage] = ()) -> Progress:
    """Return the progress after the given steps.

    Args:
        steps: of the episode, in order.
        budget: of the run.
        earlier: evidence of the run's other sub-questions.
    """
    progress = Progress(budget, earlier=earlier)
    for step in steps:
        progress.add(step)
    return progress


def results_shown(number: int) -> int:
    """Return how many results of a call's query are shown; the queries of a call are numbered from 0."""
    return RESULTS_SHOWN[min(number, len(RESULTS_SHOWN) - 1)]


def _is_same_call(last: Step | None, step: Step) -> bool:
    if isinstance(step, SearchRan):
        return isinstance(last, SearchRan)
    return isinstance(last, SourceRead | SourceFailed)
