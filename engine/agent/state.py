"""What a run knows: a pure fold over its events. View, replay, resume and tests all use this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from engine.agent.episode_state import Episode, Step, taken_up_again
from engine.agent.run_state import RunState, Stage, Supply, with_checked_claims
from engine.citations.versions import with_each_claim
from engine.domain import (
    Claim,
    Mark,
    Outcome,
    Outline,
    Report,
    ReportVersion,
    Side,
    SubQuestion,
)
from engine.events import (
    AmendmentBegun,
    AmendmentFailed,
    ClaimChecked,
    ClaimMarked,
    ClaimRewritten,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    EpisodeStarted,
    GapsFound,
    ModelRestarted,
    OutlineMade,
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
    SectionWritten,
    SourceFailed,
    SourceRead,
    StoredEvent,
    WorkspaceRebuilt,
)

__all__ = ["RunState", "Stage", "Supply", "apply", "fold", "with_checked_claims"]


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
        case OutlineMade():
            return _with_outline(state, event.outline)
        case SectionWritten():
            return replace(state, written={**state.written, event.part: event.section})
        case GapsFound():
            state = _with_subquestions(state, event.subquestions)
            return replace(state, is_outline_stale=True, deepenings=state.deepenings + 1)
        case ReportDrafted():
            return replace(state, draft=event.report, checked=(), report=None)
        case ClaimRewritten():
            return replace(state, draft=_with_rewritten(state.draft, event) if state.draft is not None else None)
        case ClaimChecked():
            return replace(state, checked=(*state.checked, event.claim))
        case ReportFinished():
            return _with_version(state, event, at=stored.at)
        case AmendmentBegun():
            state = _with_subquestions(state, event.subquestions)
            return replace(
                state,
                amendments=tuple(one for one in state.amendments if one != event.amendment),
                amending=event.amendment,
                amending_subquestions=tuple(one.id for one in event.subquestions),
                write_requested=False,
            )
        case AmendmentFailed():
            return _without_amendment(state, event)
        case ClaimMarked():
            marks = {number: mark for number, mark in state.marks.items() if number != event.claim_id}
            if event.verdict is not None:
                marks[event.claim_id] = Mark(
                    claim_id=event.claim_id, verdict=event.verdict, note=event.note, at=stored.at
                )
            return replace(state, marks=marks)
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


def _with_subquestions(state: RunState, added: Iterable[SubQuestion]) -> RunState:
    known = {episode.subquestion.id for episode in state.episodes}
    new = tuple(Episode(subquestion=one) for one in added if one.id not in known)
    return replace(state, episodes=(*state.episodes, *new))


def _with_outline(state: RunState, outline: Outline) -> RunState:
    """Take over an outline; a part of the one before that is the same, with the same evidence, stays written."""
    before = state.outline.parts if state.outline is not None else ()
    kept = {before[index]: section for index, section in state.written.items() if index < len(before)}
    written = {index: kept[part] for index, part in enumerate(outline.parts) if part in kept}
    return replace(state, outline=outline, is_outline_stale=False, written=written)


def _with_version(state: RunState, event: ReportFinished, *, at: datetime) -> RunState:
    version = ReportVersion(number=len(state.versions) + 1, report=event.report, at=at, amendment=event.amendment)
    return replace(
        state,
        report=event.report,
        earlier_report=None,
        versions=(*state.versions, version),
        amending=None,
        amending_subquestions=(),
    )


def _without_amendment(state: RunState, event: AmendmentFailed) -> RunState:
    """Give a change up: the report is as it was, and a wish to stop, which meant the change, is fulfilled."""
    left = tuple(one for one in state.amendments if one != event.amendment)
    report = state.versions[-1].report if state.versions else state.report
    return replace(
        state,
        episodes=tuple(
            _ended_by_force(one, event.reason) if one.subquestion.id in state.amending_subquestions else one
            for one in state.episodes
        ),
        amendments=left,
        amending=None,
        amending_subquestions=(),
        draft=report,
        checked=(),
        report=report,
        stop_requested=state.stop_requested and bool(left),
    )


def _with_rewritten(draft: Report, event: ClaimRewritten) -> Report:
    replaced = event.claim.id if event.replaces is None else event.replaces

    def current(claim: Claim) -> Claim:
        return event.claim if claim.id == replaced else claim

    return with_each_claim(draft, current)


def _ended_by_force(episode: Episode, reason: str) -> Episode:
    if episode.ended is not None:
        return episode
    number = episode.subquestion.id
    return replace(episode, ended=EpisodeEnded(subquestion_id=number, found=bool(episode.passages), reason=reason))


def _idle_before(state: RunState, stored: StoredEvent) -> float:
    """Return how many of the seconds before an event nobody worked."""
    rests = state.outcome is not None or state.is_paused
    if isinstance(stored.event, RunContinued) or (rests and isinstance(stored.event, CommandGiven | ClaimMarked)):
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
        return _to_be_written_again(state)
    return state


def _to_be_written_again(state: RunState) -> RunState:
    """What was written does not know of what was found since; what is researched for a change is put in by that."""
    if state.amending is not None:
        return state
    return replace(
        state, earlier_report=state.current_report, draft=None, checked=(), report=None, is_outline_stale=True
    )


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
        case CommandKind.AMEND:
            wanted = command.amendment
            if wanted is None:
                return state
            # What had ended has something to do again; what had failed is taken up again by RunContinued.
            has_more = state.outcome is not None and state.outcome is not Outcome.FAILED
            state = replace(state, outcome=None, end_reason="") if has_more else state
            return replace(state, amendments=(*state.amendments, wanted))
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
