"""Every fact a run can report: frozen, past tense, stored before anyone sees it.

The names and fields are a file format: a field is never renamed or removed, and a new one has a default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.domain import (
    Amendment,
    Budget,
    Claim,
    ClaimId,
    Depth,
    EngineReport,
    EngineState,
    Obstacle,
    Outcome,
    Outline,
    Passage,
    Plan,
    Report,
    RunId,
    Scope,
    SearchResult,
    Section,
    SessionId,
    Source,
    SubQuestion,
    SubQuestionId,
    Verdict,
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
    sent_to: str = ""
    """The host to which everything goes that the language model is told; empty when it runs on this computer."""
    approved_query: str = ""
    """Words that may come from private files, and that a person has seen and let leave as they stand: the only query
    that this run sends of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMade:
    """The planner divided the question."""

    plan: Plan
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeStarted:
    """Work on one sub-question began."""

    subquestion_id: SubQuestionId


class ThoughtKind(StrEnum):
    """What a thought of the policy does, as far as its words and its place tell."""

    PLANNING = "planning"
    """The first one of an episode, or one that lays out steps."""
    NEXT_STEP = "next_step"
    CROSS_CHECK = "cross_check"
    """An answer is known and is looked for in another source."""
    CHANGE_OF_COURSE = "change_of_course"
    """What was tried did not work, and something else is tried."""
    ADMISSION = "admission"
    """It is said that something is not known or was not found."""
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReplied:
    """The language model that leads an episode thought and chose its next action, in the form it was taught."""

    subquestion_id: SubQuestionId
    reply: str
    """Its words exactly as generated, after the opening we wrote."""
    thought: str
    kind: ThoughtKind
    prompt_tokens: int = 0
    reused_tokens: int = 0
    reply_tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyRejected:
    """A reply of the policy was out of form, repeated an action, or asked for what it may not have."""

    subquestion_id: SubQuestionId
    reply: str
    problem: str
    """What the model was told, in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondLookAsked:
    """The policy had an answer that rests on one source, and was asked to look for another while budget lasts."""

    subquestion_id: SubQuestionId
    reply: str
    """The reply that held the answer."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceRebuilt:
    """The conversation of an episode had no room left and was begun anew from the evidence found so far."""

    subquestion_id: SubQuestionId
    tokens_before: int
    tokens_after: int
    reason: str
    left_out: int = 0
    """Passages, the least relevant ones, that the new conversation has no room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRestarted:
    """The language model broke down in the middle of a step and was started again; the step is repeated."""

    reason: str


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
    engines: tuple[EngineReport, ...] = ()
    """What became of the query at each search engine of the web; none for the library."""

    @property
    def is_unanswered(self) -> bool:
        """Whether nobody searched: that says nothing of what there is to find."""
        return bool(self.engines) and not any(
            report.state in (EngineState.ANSWERED, EngineState.EMPTY) for report in self.engines
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """A source was opened, archived and read for a sub-question; what was found in it comes with it."""

    subquestion_id: SubQuestionId
    source: Source
    passages: tuple[Passage, ...] = field(default_factory=tuple)
    """New evidence; empty when the source had nothing on the sub-question."""
    note: str = ""
    """One line for the person watching."""
    segments_read: int = 0
    """How many pieces of the text a language model read; 0 where none did."""
    segments: int = 0
    """Into how many pieces the text was cut."""
    links: tuple[str, ...] = ()
    """Addresses that the page leads to; kept only where they may be followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFailed:
    """A source could not be read, and why."""

    subquestion_id: SubQuestionId
    address: str
    title: str
    reason: str
    obstacle: Obstacle = Obstacle.OTHER
    is_supplied: bool = False
    """Whether it is the copy that a person gave which could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeEnded:
    """Work on one sub-question ended: answered, out of budget, or without evidence."""

    subquestion_id: SubQuestionId
    found: bool
    reason: str
    answer: str = ""
    """The short answer of the language model that led it; empty where none did or none was given."""
    model_failed: bool = False
    """Whether it ended because the language model could not go on: that says nothing of what the sources hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineMade:
    """The writer divided the report, at first or anew because more was found."""

    outline: Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionWritten:
    """One part of the outline was written; its claims are not checked yet."""

    part: int
    """Index in the outline."""
    section: Section


@dataclass(frozen=True, slots=True, kw_only=True)
class GapsFound:
    """While writing, something was found missing that is looked for before the report goes on."""

    subquestions: tuple[SubQuestion, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDrafted:
    """The writer wrote a report from the evidence, or changed one; claims without a state are not checked yet."""

    report: Report
    amendment: Amendment | None = None
    """What a reader wanted to be changed, where that made it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRewritten:
    """A claim failed its check and was written once more from its passages; it is checked again."""

    claim: Claim
    replaces: ClaimId | None = None
    """The number of the claim that it stands for; None where it has the same one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentBegun:
    """Work on a change of the report began."""

    amendment: Amendment
    subquestions: tuple[SubQuestion, ...] = ()
    """What is researched for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendmentFailed:
    """A change of the report could not be made; the report is as it was."""

    amendment: Amendment
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimMarked:
    """A reader judged a claim, or took that back."""

    claim_id: ClaimId
    verdict: Verdict | None
    """None takes an earlier mark away."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimChecked:
    """One claim was checked against its passages; the claim carries its new state."""

    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFinished:
    """The checked report, as it will be shown: a new version of it."""

    report: Report
    amendment: Amendment | None = None


class CommandKind(StrEnum):
    """What a person can tell a run. A run that was paused or stopped goes on when it is followed again."""

    STOP = "stop"
    PAUSE = "pause"
    WRITE_NOW = "write_now"
    SKIP_SUBQUESTION = "skip_subquestion"
    SKIP_SOURCE = "skip_source"
    SUPPLY_SOURCE = "supply_source"
    """A source that could not be fetched is given as a file."""
    AMEND = "amend"
    """The finished report is to be changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandGiven:
    """A person steered the run."""

    kind: CommandKind
    target: str = ""
    """A sub-question's number or a source's address, where the command has one."""
    file: str = ""
    """Of a supplied source: the name of its copy in the data folder."""
    amendment: Amendment | None = None
    """Of AMEND: how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContinued:
    """The run goes on: after the app was closed or died, after a pause, or after it was stopped or failed."""

    engine: str = ""
    """Who plays the roles from here on, in words; empty when that is not known."""
    sent_to: str = ""
    """As in ``RunStarted``, from here on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded:
    """Nothing more will happen in this run."""

    outcome: Outcome
    reason: str = ""


Event = (
    RunStarted
    | PlanMade
    | EpisodeStarted
    | PolicyReplied
    | ReplyRejected
    | SecondLookAsked
    | WorkspaceRebuilt
    | ModelRestarted
    | SearchRan
    | SourceRead
    | SourceFailed
    | EpisodeEnded
    | OutlineMade
    | SectionWritten
    | GapsFound
    | ReportDrafted
    | ClaimRewritten
    | ClaimChecked
    | ReportFinished
    | CommandGiven
    | AmendmentBegun
    | AmendmentFailed
    | ClaimMarked
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
