"""The stages of a run: from what is known to the next events, until the run has ended.

Nothing is remembered here between two steps: the next step follows from the state alone, and the state from the
stored events. That is why a run can be killed anywhere and go on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from engine.agent.control import Interrupted, RunControl
from engine.agent.episode import Happening, episode_step, happening, supplied_step
from engine.agent.roles import Brief, PlanProposal
from engine.agent.sides import Agents, approved_plan, joined_passages, sided, with_twins_joined
from engine.agent.state import RunState, Stage, apply, with_checked_claims
from engine.agent.typed import without_addresses
from engine.citations.integrity import with_only_known_citations
from engine.domain import EngineReport, EngineState, Outcome, Plan, Side, SubQuestion, SubQuestionId
from engine.errors import ModelBroke
from engine.events import (
    ClaimChecked,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    ModelRestarted,
    PlanMade,
    ReportDrafted,
    ReportFinished,
    RunEnded,
    SearchRan,
    StoredEvent,
)
from engine.search.caveats import caveats_of
from models.http import RequestCancelled

__all__ = ["Happening", "Record", "follow"]

_HEARD = (EngineState.ANSWERED, EngineState.EMPTY)
MAX_DEATHS = 3
"""Of the language model in one step, after which the run ends with that reason; it can be continued."""

Record = Callable[[Happening], StoredEvent]


def follow(state: RunState, *, agents: Agents, control: RunControl, record: Record) -> Iterator[StoredEvent]:
    """Yield stored events from the given state until the run ends, is paused, or is interrupted."""
    while state.outcome is None and not state.is_paused:
        happenings = _next_happenings(state, agents=agents, control=control)
        while (happened := _next(happenings, state)) is not None:
            if control.is_interrupted:
                return
            stored = record(happened)
            state = apply(state, stored)
            yield stored
        if control.is_interrupted:
            return


def _next(happenings: Iterator[Happening], state: RunState) -> Happening | None:
    """Return what happens next in a step; None at its end, or where a role was broken off so that the run can obey."""
    try:
        return next(happenings, None)
    except (Interrupted, RequestCancelled):
        return None
    except ModelBroke as error:
        if state.deaths >= MAX_DEATHS:
            raise
        return happening(ModelRestarted(reason=error.title))


def _next_happenings(state: RunState, *, agents: Agents, control: RunControl) -> Iterator[Happening]:
    commands = control.take()
    if commands:
        for command in commands:
            yield from _obeyed(state, command)
    elif state.stop_requested:
        yield happening(RunEnded(outcome=Outcome.STOPPED, reason="You stopped it."))
    elif state.supplies and not _is_on_the_web(state):
        supply = state.supplies[0]
        side = state.episode(supply.subquestion_id).subquestion.side
        yield from supplied_step(state, supply, agent=agents.of(side))
    else:
        yield from _stage_step(state, agents=agents)


def _is_on_the_web(state: RunState) -> bool:
    """Whether the web's agent is at work: what a person supplies waits, so that it has no part in what is sent."""
    episode = state.current_episode if state.stage is Stage.RESEARCHING else None
    return state.stage is Stage.PLANNING or (episode is not None and episode.subquestion.side is Side.WEB)


def _stage_step(state: RunState, *, agents: Agents) -> Iterator[Happening]:
    match state.stage:
        case Stage.PLANNING:
            proposal = _proposal(state, agents=agents)
            plan = sided(proposal.plan, reach=state.scope.reach)
            yield happening(PlanMade(plan=plan, reason=proposal.reason))
        case Stage.RESEARCHING:
            episode = state.current_episode
            assert episode is not None
            agent = agents.of(episode.subquestion.side)
            agent.check()
            yield from episode_step(state, episode, agent=agent)
        case Stage.WRITING if failure := _failure(state):
            yield happening(RunEnded(outcome=Outcome.FAILED, reason=failure))
        case Stage.WRITING:
            draft = agents.inward.roles.writer.write(_brief(state))
            draft = replace(with_only_known_citations(draft, state.passages), caveats=_caveats(state))
            yield happening(ReportDrafted(report=draft))
        case Stage.CHECKING:
            yield from _checking_step(state, agents=agents)
        case Stage.FINISHING:
            yield happening(_ending(state))
        case Stage.ENDED:
            return


def _proposal(state: RunState, *, agents: Agents) -> PlanProposal:
    if state.approved_query:
        plan = approved_plan(state.approved_query)
        return PlanProposal(plan=plan, reason="Only the words that you approved are searched for.")
    question = without_addresses(state.question) if state.scope.reach.has_web else state.question
    if not question:
        only = SubQuestion(id=SubQuestionId(1), text=state.question)
        return PlanProposal(plan=Plan(subquestions=(only,)), reason="What you named is read.")
    return agents.outward.roles.planner.plan(question, max_subquestions=state.budget.subquestions)


def _obeyed(state: RunState, command: CommandGiven) -> Iterator[Happening]:
    yield happening(command)
    if command.kind is CommandKind.SKIP_SUBQUESTION:
        for episode in state.episodes:
            if str(episode.subquestion.id) == command.target and episode.ended is None:
                ended = EpisodeEnded(
                    subquestion_id=episode.subquestion.id, found=bool(episode.passages), reason="You skipped the rest."
                )
                yield happening(ended)


def _checking_step(state: RunState, *, agents: Agents) -> Iterator[Happening]:
    assert state.draft is not None
    done = {claim.id for claim in state.checked}
    brief = _brief(state)
    for claim in state.draft.claims:
        if claim.id not in done:
            yield happening(ClaimChecked(claim=agents.inward.roles.judge.check(claim, brief)))
            return
    yield happening(ReportFinished(report=with_checked_claims(state.draft, state.checked)))


def _caveats(state: RunState) -> tuple[str, ...]:
    """Return what limited the searches of the run, each sentence once, and each search engine once."""
    searches = [ran for episode in state.episodes for ran in episode.searches]
    said = []
    for ran in searches:
        of_engines = set(caveats_of(ran.engines, found=len(ran.results), outside=0)) if ran.engines else set()
        said += [caveat for caveat in ran.caveats if caveat not in of_engines]
    return tuple(dict.fromkeys([*_engine_caveats(searches), *said]))


def _engine_caveats(searches: Iterable[SearchRan]) -> tuple[str, ...]:
    reports = [report for ran in searches for report in ran.engines]
    if not reports:
        return ()
    heard = [report for report in reports if report.state in _HEARD]
    names = {report.name for report in heard}
    silent: dict[str, EngineReport] = {}
    for report in sorted(reports, key=_is_resting):
        if report.name not in names:
            silent.setdefault(report.name, report)
    return caveats_of([*heard, *silent.values()], found=len(heard), outside=0)


def _is_mostly_silent(searches: Sequence[SearchRan]) -> bool:
    """Whether more engines gave no answer than said that there is nothing."""
    reports = [report for ran in searches for report in ran.engines]
    heard = {report.name for report in reports if report.state in _HEARD}
    return len({report.name for report in reports} - heard) > len(heard)


def _is_resting(report: EngineReport) -> bool:
    return report.state is EngineState.RESTING


def _ending(state: RunState) -> RunEnded:
    assert state.report is not None
    if state.report.claims:
        return RunEnded(outcome=Outcome.COMPLETE)
    if state.sources or not any(ran.results for episode in state.episodes for ran in episode.searches):
        return RunEnded(outcome=Outcome.NOT_FOUND, reason="Nothing relevant was found in these sources.")
    return RunEnded(outcome=Outcome.NOT_FOUND, reason="None of the sources that were found was read.")


def _failure(state: RunState) -> str:
    """Return why there is nothing to write a report from, where that says nothing of what there is to find."""
    if state.passages:
        return ""
    ends = [episode.ended for episode in state.episodes if episode.ended is not None]
    for ended in ends:
        if ended.model_failed:
            return ended.reason
    web = [episode for episode in state.episodes if episode.subquestion.side is Side.WEB]
    searches = [ran for episode in web for ran in episode.searches if ran.engines]
    if searches and all(ran.is_unanswered for ran in searches):
        return " ".join(_engine_caveats(searches))
    if searches and not any(ran.results for ran in searches) and _is_mostly_silent(searches):
        return " ".join(_engine_caveats(searches))
    failures = {failure.address: failure.reason for episode in web for failure in episode.failed}
    if failures and not any(episode.read for episode in web):
        ((most, _),) = Counter(failures.values()).most_common(1)
        return (
            f"Pages were found, but none of the {len(failures)} that were tried could be read. Most often: {most} "
            "A page that you save in your browser can be given instead."
        )
    return ""


def _brief(state: RunState) -> Brief:
    return Brief(
        question=state.question,
        episodes=with_twins_joined(state.episodes),
        passages=joined_passages(state),
        sources=state.sources,
    )
