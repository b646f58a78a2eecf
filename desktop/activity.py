"""What a run is doing now, in a person's words: read from its state alone, so that live and reopened say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from desktop.amendment_words import doing_words
from desktop.episode_words import fails_on_the_web
from desktop.plain_text import one_line
from engine.agent.episode_state import Episode
from engine.agent.state import RunState, Stage
from engine.counting import counted
from engine.domain import Amendment, AmendmentKind, ClaimState, Outcome


class ActivityKind(StrEnum):
    """Decides the icon, and whether something is moving."""

    PLANNING = "planning"
    RESEARCHING = "researching"
    WRITING = "writing"
    CHECKING = "checking"
    AMENDING = "amending"
    QUEUED = "queued"
    PAUSED = "paused"
    STOPPING = "stopping"
    DONE = "done"
    INCOMPLETE = "incomplete"
    NOT_FOUND = "not_found"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_live(self) -> bool:
        """Whether the run works at this."""
        return self in _LIVE


_LIVE = frozenset(
    {
        ActivityKind.PLANNING,
        ActivityKind.RESEARCHING,
        ActivityKind.WRITING,
        ActivityKind.CHECKING,
        ActivityKind.AMENDING,
        ActivityKind.STOPPING,
    }
)
_ENDINGS = {
    Outcome.COMPLETE: (ActivityKind.DONE, "Done"),
    Outcome.INCOMPLETE: (ActivityKind.INCOMPLETE, "Incomplete"),
    Outcome.NOT_FOUND: (ActivityKind.NOT_FOUND, "Not found"),
    Outcome.STOPPED: (ActivityKind.STOPPED, "Stopped"),
    Outcome.FAILED: (ActivityKind.FAILED, "Failed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """One line about a run."""

    kind: ActivityKind
    text: str
    """``Researching “…”``, ``Checking``, ``Paused``, …"""
    detail: str
    """What happened last, or why it ended; may be empty."""
    since: datetime
    """Of the last committed event."""


def activity_of(state: RunState) -> Activity:
    """Return what the run is doing, or how it ended."""
    kind, text, detail = _words(state)
    return Activity(kind=kind, text=text, detail=detail, since=state.updated_at)


def queued_activity(state: RunState) -> Activity:
    """Return what a run is doing that waits for another one; its own trace cannot tell."""
    detail = "begins when the run before it is done"
    return Activity(kind=ActivityKind.QUEUED, text="Queued", detail=detail, since=state.updated_at)


def _words(state: RunState) -> tuple[ActivityKind, str, str]:
    if state.outcome is not None:
        kind, text = _ENDINGS[state.outcome]
        detail = one_line(state.end_reason, limit=300)
        if state.outcome is Outcome.STOPPED:
            detail = "This is what had been found until then." if state.passages else "Nothing had been found yet."
        elif state.outcome is Outcome.COMPLETE and state.report is not None:
            # What is said twice from the same passages counts once, as on the page.
            sentences = len({(claim.text, claim.passages) for claim in state.report.claims})
            detail = f"{counted(sentences, 'sentence')}, each checked against its passages"
            lacking = fails_on_the_web(state)
            if lacking:
                text, detail = "Done, without the web", f"{lacking[:1].upper()}{lacking[1:]}. {detail}"
        return kind, text, detail
    if state.stop_requested:
        return ActivityKind.STOPPING, "Stopping", "after the step that is under way"
    if state.is_paused:
        return ActivityKind.PAUSED, "Paused", "nothing is lost, and nothing runs"
    if state.amending is not None:
        return ActivityKind.AMENDING, doing_words(state.amending), _amending(state, state.amending)
    match state.stage:
        case Stage.PLANNING:
            return ActivityKind.PLANNING, "Planning", "dividing the question"
        case Stage.RESEARCHING:
            episode = state.current_episode
            if episode is None:
                return ActivityKind.RESEARCHING, "Researching", ""
            return (
                ActivityKind.RESEARCHING,
                f"Researching “{one_line(episode.subquestion.text, limit=160)}”",
                _last(episode),
            )
        case Stage.WRITING:
            return ActivityKind.WRITING, "Writing", _writing(state)
        case Stage.FINISHING if state.amendments:
            return ActivityKind.AMENDING, doing_words(state.amendments[0]), "beginning"
        case Stage.CHECKING | Stage.FINISHING:
            return ActivityKind.CHECKING, "Checking", _checking(state)
        case _:
            return ActivityKind.DONE, "Done", ""


def _writing(state: RunState) -> str:
    """Return what is being written: parts are stored one by one, in any order."""
    parts = state.outline.parts if state.outline is not None else ()
    if not parts or state.is_outline_stale:
        evidence = f"{counted(len(state.passages), 'passage')} of {counted(len(state.sources), 'source')}"
        return f"dividing the report again, from {evidence}" if parts else f"dividing the report, from {evidence}"
    left = [part.title for index, part in enumerate(parts) if index not in state.written]
    if left:
        place = f"section {len(parts) - len(left) + 1} of {len(parts)}"
        return f"{place}, “{one_line(left[0], limit=100)}”" if left[0].strip() else place
    if state.deepenings < state.budget.deepenings and not state.write_requested:
        return "looking for what is missing"
    return "putting the sections together"


def _checking(state: RunState) -> str:
    unchecked = (
        {claim.id for claim in state.draft.claims if claim.state is ClaimState.UNCHECKED} if state.draft else set()
    )
    done = len({claim.id for claim in state.checked} & unchecked)
    return f"{done} of {counted(len(unchecked), 'sentence')} against their passages"


def _amending(state: RunState, amending: Amendment) -> str:
    """Return how far the change of a report is; what is read meanwhile is the version before."""
    episode = state.current_episode
    match state.stage:
        case Stage.RESEARCHING if episode is not None and amending.kind is AmendmentKind.DEEPER:
            return _last(episode)
        case Stage.RESEARCHING if episode is not None:
            return f"researching “{one_line(episode.subquestion.text, limit=100)}”: {_last(episode)}"
        case Stage.CHECKING:
            return f"checking the new version: {_checking(state)}"
        case _:
            return "writing the new version; this one stays as it is"


def _last(episode: Episode) -> str:
    """Return what this episode did last; the state does not keep the order of different kinds, so readings go first."""
    if episode.read:
        reading = episode.read[-1]
        found = counted(len(reading.passages), "passage") if reading.passages else "nothing on this"
        return f"read “{one_line(reading.source.title, limit=80)}”: {found}"
    if episode.searches:
        results = counted(len(episode.searches[-1].results), "result")
        return f"reading: {results} for “{one_line(episode.searches[-1].query, limit=80)}”"
    return "searching"
