"""Every fact a run can report: frozen, past tense, stored before anyone sees it.

The names and fields are a file format: a field is never renamed or removed, and a new one has a default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.domain import (
    Budget,
    Claim,
    Depth,
    Outcome,
    Passage,
    Plan,
    Report,
    RunId,
    Scope,
    SearchResult,
    SessionId,
    Source,
    SubQuestionId,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A person asked a question."""

    question: str
    scope: Scope
    depth: Depth
    budget: Budget
    engine: str
    """Who plays the roles, in words: shown in the report."""
    version: str
    """Of Plumbline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """The planner divided the question."""

    plan: Plan
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeStarted:
    """Work on one sub-question began."""

    subquestion_id: SubQuestionId


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRan:
    """One query was answered."""

    subquestion_id: SubQuestionId
    query: str
    results: tuple[SearchResult, ...]
    reason: str = ""
    """Why the policy searched for this, in a sentence."""
    where: str = "library"
    caveats: tuple[str, ...] = ()
    """What limited these results, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """A source was opened, archived and read for a sub-question; what was found in it comes with it."""

    subquestion_id: SubQuestionId
    source: Source
    passages: tuple[Passage, ...] = field(default_factory=tuple)
    """New evidence; empty when the source had nothing on the sub-question."""
    note: str = ""
    """One line for the person watching."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailed:
    """A source could not be read, and why."""

    subquestion_id: SubQuestionId
    address: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeEnded:
    """Work on one sub-question ended: answered, out of budget, or without evidence."""

    subquestion_id: SubQuestionId
    found: bool
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDrafted:
    """The writer wrote a report from the evidence; its claims are not checked yet."""

    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChecked:
    """One claim was checked against its passages; the claim carries its new state."""

    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFinished:
    """The checked report, as it will be shown."""

    report: Report


class CommandKind(StrEnum):
    """What a person can tell a run. A run that was paused or stopped goes on when it is followed again."""

    STOP = "stop"
    PAUSE = "pause"
    WRITE_NOW = "write_now"
    SKIP_SUBQUESTION = "skip_subquestion"
    SKIP_SOURCE = "skip_source"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven:
    """A person steered the run."""

    kind: CommandKind
    target: str = ""
    """A sub-question's number or a source's address, where the command has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContinued:
    """The run goes on: after the app was closed or died, after a pause, or after it was stopped or failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """Nothing more will happen in this run."""

    outcome: Outcome
    reason: str = ""


Event = (
    RunStarted
    | PlanMade
    | EpisodeStarted
    | SearchRan
    | SourceRead
    | SourceFailed
    | EpisodeEnded
    | ReportDrafted
    | ClaimChecked
    | ReportFinished
    | CommandGiven
    | RunContinued
    | RunEnded
)

EVENT_TYPES: tuple[type[Event], ...] = Event.__args__


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEvent:
    """An event that is committed, with its place in the trace."""

    session_id: SessionId
    run_id: RunId
    sequence: int
    """From 1 within the run, without gaps."""
    at: datetime
    event: Event
