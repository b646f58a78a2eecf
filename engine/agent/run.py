"""The stages of a run: from what is known to the next events, until the run has ended.

Nothing is remembered here between two steps: the next step follows from the state alone, and the state from the
stored events. That is why a run can be killed anywhere and go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.agent.amending import amended_draft, beginning
from engine.agent.control import Interrupted, RunControl
from engine.agent.ending import ending, failure
from engine.agent.episode import episode_step, supplied_step
from engine.agent.happening import Happening, happening
from engine.agent.roles import PlanProposal
from engine.agent.sides import Agents, approved_plan, sided
from engine.agent.state import RunState, Stage, apply
from engine.agent.typed import without_addresses
from engine.agent.writing import checking_step, writing_step
from engine.domain import Amendment, Outcome, Plan, Side, SubQuestion, SubQuestionId
from engine.errors import ModelBroke, PlumblineError
from engine.events import (
    AmendmentFailed,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    ModelRestarted,
    PlanMade,
    RunEnded,
    StoredEvent,
)
from models.http import RequestCancelled

__all__ = ["Happening", "Record", "broken_off", "follow"]

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


def broken_off(state: RunState, *, reason: str) -> Iterator[Happening]:
    """Yield how a run ends that cannot go on: a change of its report is given up, anything else has failed."""
    amendment = _change_under_way(state)
    if amendment is None or not state.versions:
        yield happening(RunEnded(outcome=Outcome.FAILED, reason=reason))
        return
    yield happening(AmendmentFailed(amendment=amendment, reason=reason))
    yield happening(ending(replace(state, report=state.versions[-1].report)))


def _next(happenings: Iterator[Happening], state: RunState) -> Happening | None:
    """Return what happens next in a step; None at its end, or where a role was broken off so that the run can obey."""
    try:
        return next(happenings, None)
    except (Interrupted, RequestCancelled):
        return None
    except PlumblineError as error:
        if isinstance(error, ModelBroke) and state.deaths < MAX_DEATHS:
            return happening(ModelRestarted(reason=error.title))
        if (amendment := _change_under_way(state)) is None:
            raise
        # A report that cannot be changed is still a report.
        return happening(AmendmentFailed(amendment=amendment, reason=str(error)))


def _next_happenings(state: RunState, *, agents: Agents, control: RunControl) -> Iterator[Happening]:
    commands = control.take()
    if commands:
        for command in commands:
            yield from _obeyed(state, command)
    elif state.stop_requested and (amendment := _change_under_way(state)) is not None:
        yield happening(AmendmentFailed(amendment=amendment, reason="You stopped it."))
    elif state.stop_requested and state.report is not None:
        yield happening(ending(state))
    elif state.stop_requested:
        yield happening(RunEnded(outcome=Outcome.STOPPED, reason="You stopped it."))
    elif state.supplies and state.amending is None and not _is_on_the_web(state):
        supply = state.supplies[0]
        side = state.episode(supply.subquestion_id).subquestion.side
        yield from supplied_step(state, supply, agent=agents.of(side))
    else:
        yield from _stage_step(state, agents=agents)


def _change_under_way(state: RunState) -> Amendment | None:
    """Return the change of a finished report that is being made, or that comes next."""
    if state.amending is not None:
        return state.amending
    return state.amendments[0] if state.report is not None and state.amendments else None


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
        case Stage.WRITING if why := failure(state):
            yield happening(RunEnded(outcome=Outcome.FAILED, reason=why))
        case Stage.WRITING:
            yield from writing_step(state, agents=agents)
        case Stage.CHECKING:
            yield from checking_step(state, agents=agents)
        case Stage.AMENDING:
            yield happening(amended_draft(state, agents=agents))
        case Stage.FINISHING if state.amendments:
            yield from beginning(state, state.amendments[0], agents=agents)
        case Stage.FINISHING:
            yield happening(ending(state))
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
