"""What a run knows: a pure fold over its events. View, replay, resume and tests all use this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from engine.agent.episode_state import Episode, Step, taken_up_again
from engine.domain import (
    Budget,
    Claim,
    Depth,
    Outcome,
    Passage,
    PassageId,
    Plan,
    Report,
    RunId,
    Scope,
    Section,
    SessionId,
    Side,
    Source,
    SourceId,
    SubQuestionId,
)
from engine.events import (
    ClaimChecked,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    EpisodeStarted,
    ModelRestarted,
    PlanMade,
    PolicyReplied,
    ReplyRejected,
    ReportDrafted,
    ReportFinished,
    RunContinued,
    RunEnded,
    RunStarted,
    SearchRan,
    SecondLookAsked,
    SourceFailed,
    SourceRead,
    StoredEvent,
    WorkspaceRebuilt,
)


class Stage(StrEnum):
    """What a run is doing, as its trace tells."""

    PLANNING = "planning"
    RESEARCHING = "researching"
    WRITING = "writing"
    CHECKING = "checking"
    FINISHING = "finishing"
    """The report is finished; only the end of the run is still to be stored."""
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
    draft: Report | None = None
    checked: tuple[Claim, ...] = ()
    report: Report | None = None
    earlier_report: Report | None = None
    """What was written before more evidence came in; shown until there is a new one."""
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
        if self.report is not None:
            return Stage.FINISHING
        if self.draft is not None:
            return Stage.CHECKING
        if not self.is_planned:
            return Stage.PLANNING
        if self.write_requested or all(episode.ended for episode in self.episodes):
            return Stage.WRITING
        return Stage.RESEARCHING

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
        """The first episode that has not ended."""
        return next((episode for episode in self.episodes if episode.ended is None), None)

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
        """The finished report, or the draft with the claims checked so far, or the last one before it."""
        if self.report is not None:
            return self.report
        return with_checked_claims(self.draft, self.checked) if self.draft else self.earlier_report


def with_checked_claims(report: Report, checked: Iterable[Claim]) -> Report:
    """Return the report with every claim that has been checked in its checked form."""
    by_id = {claim.id: claim for claim in checked}

    def current(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        return tuple(by_id.get(claim.id, claim) for claim in claims)

    sections = tuple(
        Section(title=section.title, claims=current(section.claims), subquestion_id=section.subquestion_id)
        for section in report.sections
    )
    return replace(report, answer=current(report.answer), sections=sections)


def fold(trace: Iterable[StoredEvent]) -> RunState:
    """Return the state after a whole trace.

    Raises:
        ValueError: the trace is empty or does not begin with RunStarted.
    """
    state: RunState | None = None
    for stored in trace:
        state = apply(state, stored)
    if state is None:
        raise ValueError("a trace has at least one event")
    return state


def apply(state: RunState | None, stored: StoredEvent) -> RunState:
    """Return the state after one more event; the state is None before the first."""
    event = stored.event
    if isinstance(event, RunStarted):
        return RunState(
            session_id=stored.session_id,
            run_id=stored.run_id,
            question=event.question,
            scope=event.scope,
            depth=event.depth,
            budget=event.budget,
            engine=event.engine,
            version=event.version,
            started_at=stored.at,
            updated_at=stored.at,
            length=1,
            sent_to=(event.sent_to,) if event.sent_to else (),
            approved_query=event.approved_query,
        )
    if state is None:
        raise ValueError(f"a trace begins with RunStarted, not {type(event).__name__}")
    deaths = state.deaths + 1 if isinstance(event, ModelRestarted) else 0
    idle_s = state.idle_s + _idle_before(state, stored)
    state = replace(state, updated_at=stored.at, idle_s=idle_s, length=state.length + 1, deaths=deaths)
    match event:
        case PlanMade():
            known = {episode.subquestion.id: episode for episode in state.episodes}
            episodes = tuple(
                replace(known[subquestion.id], subquestion=subquestion)
                if subquestion.id in known
                else Episode(subquestion=subquestion)
                for subquestion in event.plan.subquestions
            )
            return replace(state, episodes=episodes, is_planned=True, plan_reason=event.reason or state.plan_reason)
        case EpisodeStarted():
            return _with_episode(state, replace(state.episode(event.subquestion_id), is_started=True))
        case SearchRan():
            episode = state.episode(event.subquestion_id)
            return _with_episode(state, replace(_with_step(episode, event), searches=(*episode.searches, event)))
        case SourceRead():
            return _with_reading(state, event)
        case SourceFailed():
            episode = state.episode(event.subquestion_id)
            state = replace(state, supplies=_without_supply(state, event.address))
            return _with_episode(state, replace(_with_step(episode, event), failed=(*episode.failed, event)))
        case PolicyReplied() | ReplyRejected() | SecondLookAsked() | WorkspaceRebuilt():
            return _with_episode(state, _with_step(state.episode(event.subquestion_id), event))
        case ModelRestarted():
            return state
        case EpisodeEnded():
            return _with_episode(state, replace(state.episode(event.subquestion_id), ended=event))
        case ReportDrafted():
            return replace(state, draft=event.report, checked=())
        case ClaimChecked():
            return replace(state, checked=(*state.checked, event.claim))
        case ReportFinished():
            return replace(state, report=event.report)
        case CommandGiven():
            return _after_command(state, event)
        case RunContinued():
            engine = event.engine or state.engine
            state = _with_failed_episodes_open(state) if state.outcome is Outcome.FAILED else state
            state = replace(state, is_paused=False, stop_requested=False, outcome=None, end_reason="", engine=engine)
            hosts = (*state.sent_to, event.sent_to) if event.sent_to else state.sent_to
            return replace(state, sent_to=tuple(dict.fromkeys(hosts)))
        case RunEnded():
            return replace(state, outcome=event.outcome, end_reason=event.reason, is_paused=False)
        case _:
            assert_never(event)


def _idle_before(state: RunState, stored: StoredEvent) -> float:
    """Return how many of the seconds before an event nobody worked."""
    rests = state.outcome is not None or state.is_paused
    if isinstance(stored.event, RunContinued) or (rests and isinstance(stored.event, CommandGiven)):
        return max(0.0, (stored.at - state.updated_at).total_seconds())
    return 0.0


def _with_step(episode: Episode, step: Step) -> Episode:
    return replace(episode, steps=(*episode.steps, step))


def _with_episode(state: RunState, changed: Episode) -> RunState:
    episodes = tuple(
        changed if episode.subquestion.id == changed.subquestion.id else episode for episode in state.episodes
    )
    return replace(state, episodes=episodes)


def _with_reading(state: RunState, event: SourceRead) -> RunState:
    episode = state.episode(event.subquestion_id)
    address = event.source.address
    is_supplied = any(supply.address == address for supply in state.supplies)
    failed = tuple(failure for failure in episode.failed if not (is_supplied and failure.address == address))
    episode = replace(_with_step(episode, event), read=(*episode.read, event), failed=failed)
    state = replace(
        _with_episode(state, episode),
        sources={**state.sources, event.source.id: event.source},
        passages={**state.passages, **{passage.id: passage for passage in event.passages}},
        supplies=_without_supply(state, address),
    )
    if event.passages and state.draft is not None:
        # What was written does not know of it: it is written again.
        return replace(state, earlier_report=state.current_report, draft=None, checked=(), report=None)
    return state


def _without_supply(state: RunState, address: str) -> tuple[Supply, ...]:
    return tuple(supply for supply in state.supplies if supply.address != address)


def _with_failed_episodes_open(state: RunState) -> RunState:
    """Let episodes be taken up again that failed for reasons which say nothing of what there is to find.

    Those of the web only as long as nothing of the library was read: whether a run failed may depend on that.
    """
    is_inward = any(one.is_started for one in state.episodes if one.subquestion.side is Side.LIBRARY)
    return replace(
        state,
        episodes=tuple(
            one if is_inward and one.subquestion.side is Side.WEB else taken_up_again(one) for one in state.episodes
        ),
    )


def _after_command(state: RunState, command: CommandGiven) -> RunState:
    match command.kind:
        case CommandKind.STOP:
            return replace(state, stop_requested=True, is_paused=False)
        case CommandKind.PAUSE:
            return replace(state, is_paused=True)
        case CommandKind.WRITE_NOW:
            return replace(state, write_requested=True, is_paused=False)
        case CommandKind.SKIP_SOURCE:
            return replace(state, skipped=state.skipped | {command.target})
        case CommandKind.SKIP_SUBQUESTION:
            # The loop answers with EpisodeEnded, which is what ends the episode.
            known = frozenset(one.subquestion.id for one in state.episodes if str(one.subquestion.id) == command.target)
            return replace(state, skipped_subquestions=state.skipped_subquestions | known)
        case CommandKind.SUPPLY_SOURCE:
            episode = _episode_of(state, command.target)
            if episode is None:
                return state
            supply = Supply(address=command.target, file=command.file, subquestion_id=episode.subquestion.id)
            return replace(state, supplies=(*_without_supply(state, command.target), supply))
        case _:
            assert_never(command.kind)


def _episode_of(state: RunState, address: str) -> Episode | None:
    """Return the episode that could not read an address, or that at least has found it."""
    for episode in reversed(state.episodes):
        if any(failure.address == address for failure in episode.failed):
            return episode
    web = [episode for episode in state.episodes if episode.subquestion.side is Side.WEB]
    for episode in web:
        if any(result.address == address for ran in episode.searches for result in ran.results):
            return episode
    # What failed for a while is forgotten when a run goes on; what was linked or written is in no result.
    return web[0] if web else None
