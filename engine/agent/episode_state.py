"""What is known of the work on one sub-question, and what of it counts when a run that failed goes on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.domain import Obstacle, Passage, SubQuestion
from engine.events import (
    EpisodeEnded,
    PolicyReplied,
    ReplyRejected,
    SearchRan,
    SecondLookAsked,
    SourceFailed,
    SourceRead,
    WorkspaceRebuilt,
)

Step = PolicyReplied | ReplyRejected | SecondLookAsked | WorkspaceRebuilt | SearchRan | SourceRead | SourceFailed
"""What happens within an episode."""


_PASSING = frozenset([Obstacle.REFUSED, Obstacle.UNREACHABLE, Obstacle.SLOW, Obstacle.LIMIT])
"""What kept a page from being read, and may be over when a run goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """What is known of the work on one sub-question."""

    subquestion: SubQuestion
    searches: tuple[SearchRan, ...] = ()
    read: tuple[SourceRead, ...] = ()
    failed: tuple[SourceFailed, ...] = ()
    steps: tuple[Step, ...] = ()
    """Everything that happened in it, in order: what was found and what the policy said."""
    is_started: bool = False
    ended: EpisodeEnded | None = None

    @property
    def passages(self) -> tuple[Passage, ...]:
        """The evidence of this episode, in the order in which it was found."""
        return tuple(passage for reading in self.read for passage in reading.passages)

    @property
    def opened(self) -> frozenset[str]:
        """Addresses that were read, failed or were skipped: not to be opened again."""
        return frozenset(
            [reading.source.address for reading in self.read] + [failure.address for failure in self.failed]
        )


def taken_up_again(episode: Episode) -> Episode:
    """Return an episode as it is when a failed run goes on: without what failed and may well work the next time."""
    episode = _without_passing_failures(_without_unanswered(episode))
    return replace(episode, ended=None) if episode.ended is not None and episode.ended.model_failed else episode


def _without_unanswered(episode: Episode) -> Episode:
    """Return the episode as if it had not searched, where nobody answered any of its searches."""
    asked = [ran for ran in episode.searches if ran.engines]
    if not asked or episode.read or not all(ran.is_unanswered for ran in asked):
        return episode
    return replace(episode, searches=(), failed=(), steps=(), ended=None)


def _without_passing_failures(episode: Episode) -> Episode:
    """Return the episode as if it had not tried what may well work the next time: pages, unanswered queries."""
    steps = tuple(step for step in episode.steps if not _is_passing(step))
    if steps == episode.steps:
        return episode
    return replace(
        episode,
        searches=tuple(ran for ran in episode.searches if not _is_passing(ran)),
        failed=tuple(failure for failure in episode.failed if not _is_passing(failure)),
        steps=steps,
        ended=None,
    )


def _is_passing(step: Step) -> bool:
    if isinstance(step, SearchRan):
        return step.is_unanswered
    return isinstance(step, SourceFailed) and step.obstacle in _PASSING
