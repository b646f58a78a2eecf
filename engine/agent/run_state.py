"""What a run knows at one moment, and what comes next in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from engine.agent.episode_state import Episode
from engine.citations.versions import with_each_claim
from engine.domain import (
    Amendment,
    Budget,
    Claim,
    ClaimId,
    Depth,
    Mark,
    Outcome,
    Outline,
    Passage,
    PassageId,
    Plan,
    Report,
    ReportVersion,
    RunId,
    Scope,
    Section,
    SessionId,
    Source,
    SourceId,
    SubQuestionId,
)


class Stage(StrEnum):
    """What a run is doing, as its trace tells."""

    PLANNING = "planning"
    RESEARCHING = "researching"
    WRITING = "writing"
    CHECKING = "checking"
    AMENDING = "amending"
    """The finished report is being changed."""
    FINISHING = "finishing"
    """The report is finished; what is left are changes that a reader wants, and the end of the run."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A source that a person has saved, and that is still to be read."""

    address: str
    file: str
    """The name of its copy in the data folder."""
    subquestion_id: SubQuestionId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """Everything that a run's trace says."""

    session_id: SessionId
    run_id: RunId
    question: str
    scope: Scope
    depth: Depth
    budget: Budget
    engine: str
    version: str
    started_at: datetime
    updated_at: datetime
    length: int
    """Number of events folded."""
    idle_s: float = 0.0
    """Seconds since it started in which nobody worked: it had ended, was paused, or the program was closed."""
    episodes: tuple[Episode, ...] = ()
    is_planned: bool = False
    plan_reason: str = ""
    sources: dict[SourceId, Source] = field(default_factory=dict)
    passages: dict[PassageId, Passage] = field(default_factory=dict)
    outline: Outline | None = None
    is_outline_stale: bool = False
    """Whether more was found since the outline was made."""
    written: dict[int, Section] = field(default_factory=dict)
    """The parts of the outline that were written, by their index."""
    deepenings: int = 0
    """How often what was found missing while writing became new sub-questions."""
    draft: Report | None = None
    checked: tuple[Claim, ...] = ()
    report: Report | None = None
    earlier_report: Report | None = None
    """What was written before more evidence came in; shown until there is a new one."""
    versions: tuple[ReportVersion, ...] = ()
    """Every report that was finished, oldest first."""
    amendments: tuple[Amendment, ...] = ()
    """Changes that a reader wants and that were not begun."""
    amending: Amendment | None = None
    """The change that is being made."""
    amending_subquestions: tuple[SubQuestionId, ...] = ()
    """What is researched for it."""
    marks: dict[ClaimId, Mark] = field(default_factory=dict)
    """What readers think of claims."""
    supplies: tuple[Supply, ...] = ()
    approved_query: str = ""
    """The only query that is sent, if it is not empty."""
    is_paused: bool = False
    stop_requested: bool = False
    write_requested: bool = False
    skipped: frozenset[str] = frozenset()
    """Addresses the person does not want to be read."""
    skipped_subquestions: frozenset[SubQuestionId] = frozenset()
    """Sub-questions that the person gave up."""
    outcome: Outcome | None = None
    end_reason: str = ""
    deaths: int = 0
    """How often the language model broke down since the last step that was done."""
    sent_to: tuple[str, ...] = ()
    """Hosts to which everything went that the language models were told; none where they ran on this computer."""

    @property
    def stage(self) -> Stage:
        """What comes next, or ENDED."""
        if self.outcome is not None:
            return Stage.ENDED
        if self.draft is not None and self.report is None:
            return Stage.CHECKING
        if self.report is not None and self.amending is None:
            return Stage.FINISHING
        if not self.is_planned:
            return Stage.PLANNING
        if self.current_episode is not None and not self.write_requested:
            return Stage.RESEARCHING
        return Stage.WRITING if self.amending is None else Stage.AMENDING

    @property
    def worked_s(self) -> float:
        """Seconds of work until the last event."""
        return max(0.0, (self.updated_at - self.started_at).total_seconds() - self.idle_s)

    @property
    def plan(self) -> Plan:
        """The sub-questions as they stand now."""
        return Plan(subquestions=tuple(episode.subquestion for episode in self.episodes))

    @property
    def current_episode(self) -> Episode | None:
        """The first episode that has not ended; while a report is changed, of those that are researched for it."""
        return next(
            (
                episode
                for episode in self.episodes
                if episode.ended is None
                and (self.amending is None or episode.subquestion.id in self.amending_subquestions)
            ),
            None,
        )

    @property
    def next_passage_id(self) -> PassageId:
        """The number that the next passage gets."""
        return PassageId(max(self.passages, default=0) + 1)

    def episode(self, subquestion_id: SubQuestionId) -> Episode:
        """Return the episode of a sub-question.

        Raises:
            KeyError: the plan has no such sub-question.
        """
        for episode in self.episodes:
            if episode.subquestion.id == subquestion_id:
                return episode
        raise KeyError(subquestion_id)

    @property
    def current_report(self) -> Report | None:
        """The newest finished report while one is changed; else the draft as far as it is written and checked."""
        if self.report is not None:
            return self.report
        if self.amending is not None and self.versions:
            return self.versions[-1].report
        if self.draft is not None:
            return with_checked_claims(self.draft, self.checked)
        return self.earlier_report or self._written_so_far()

    def _written_so_far(self) -> Report | None:
        """The parts that are written, in the order of the outline; None before there is any."""
        if self.outline is None or not self.written:
            return None
        return Report(
            question=self.question,
            answer=(),
            sections=tuple(self.written[part] for part in sorted(self.written) if self.written[part].all_claims),
            gaps=(),
            made_by=self.engine,
            unwritten=tuple(part.title for index, part in enumerate(self.outline.parts) if index not in self.written),
        )


def with_checked_claims(report: Report, checked: Iterable[Claim]) -> Report:
    """Return the report with every claim that has been checked in its checked form."""
    by_id = {claim.id: claim for claim in checked}

    def current(claim: Claim) -> Claim:
        return by_id.get(claim.id, claim)

    return with_each_claim(report, current)
