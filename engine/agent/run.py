"""The stages of a run: from what is known to the next events, until the run has ended.

Nothing is remembered here between two steps: the next step follows from the state alone, and the state from the
stored events. That is why a run can be killed anywhere and go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.agent.control import Interrupted, RunControl
from engine.agent.roles import (
    Action,
    Brief,
    Browse,
    Conclude,
    EpisodeView,
    Findings,
    LookAgain,
    OpenedSource,
    Opener,
    ReadingTask,
    Rebuild,
    Reject,
    Roles,
    Said,
    Search,
    Searcher,
    Selection,
)
from engine.agent.state import Episode, RunState, Stage, apply, with_checked_claims
from engine.citations.integrity import with_only_known_citations
from engine.domain import Outcome, Passage, PassageId, SubQuestionId
from engine.errors import DocumentUnreadable, ModelBroke
from engine.events import (
    ClaimChecked,
    CommandGiven,
    CommandKind,
    EpisodeEnded,
    EpisodeStarted,
    Event,
    ModelRestarted,
    PlanMade,
    PolicyReplied,
    ReplyRejected,
    ReportDrafted,
    ReportFinished,
    RunEnded,
    SearchRan,
    SecondLookAsked,
    SourceFailed,
    SourceRead,
    StoredEvent,
    WorkspaceRebuilt,
)
from engine.reading.document import Document

RESULTS_PER_SEARCH = 16
MAX_DEATHS = 3
"""Of the language model in one step, after which the run ends with that reason; it can be continued."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event that is not stored yet, and the texts that must be archived in the same commit."""

    event: Event
    documents: Mapping[str, Document]
    """By text hash."""


Record = Callable[[Happening], StoredEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a run can reach."""

    searcher: Searcher
    opener: Opener


def follow(
    state: RunState, *, roles: Roles, world: World, control: RunControl, record: Record
) -> Iterator[StoredEvent]:
    """Yield stored events from the given state until the run ends, is paused, or is interrupted."""
    while state.outcome is None and not state.is_paused:
        happenings = _next_happenings(state, roles=roles, world=world, control=control)
        while (happening := _next(happenings, state)) is not None:
            if control.is_interrupted:
                return
            stored = record(happening)
            state = apply(state, stored)
            yield stored
        if control.is_interrupted:
            return


def _next(happenings: Iterator[Happening], state: RunState) -> Happening | None:
    """Return what happens next in a step; None at its end, or where a role was broken off so that the run can obey."""
    try:
        return next(happenings, None)
    except Interrupted:
        return None
    except ModelBroke as error:
        if state.deaths >= MAX_DEATHS:
            raise
        return _happening(ModelRestarted(reason=error.title))


def _next_happenings(state: RunState, *, roles: Roles, world: World, control: RunControl) -> Iterator[Happening]:
    commands = control.take()
    if commands:
        for command in commands:
            yield from _obeyed(state, command)
    elif state.stop_requested:
        yield _happening(RunEnded(outcome=Outcome.STOPPED, reason="You stopped it."))
    else:
        match state.stage:
            case Stage.PLANNING:
                proposal = roles.planner.plan(state.question, max_subquestions=state.budget.subquestions)
                yield _happening(PlanMade(plan=proposal.plan, reason=proposal.reason))
            case Stage.RESEARCHING:
                episode = state.current_episode
                assert episode is not None
                yield from _episode_step(state, episode, roles=roles, world=world)
            case Stage.WRITING if failure := _failure_of_the_model(state):
                yield _happening(RunEnded(outcome=Outcome.FAILED, reason=failure))
            case Stage.WRITING:
                draft = roles.writer.write(_brief(state))
                draft = replace(with_only_known_citations(draft, state.passages), caveats=_caveats(state))
                yield _happening(ReportDrafted(report=draft))
            case Stage.CHECKING:
                yield from _checking_step(state, roles=roles)
            case Stage.FINISHING:
                yield _happening(_ending(state))
            case Stage.ENDED:
                return


def _obeyed(state: RunState, command: CommandGiven) -> Iterator[Happening]:
    yield _happening(command)
    if command.kind is CommandKind.SKIP_SUBQUESTION:
        for episode in state.episodes:
            if str(episode.subquestion.id) == command.target and episode.ended is None:
                ended = EpisodeEnded(
                    subquestion_id=episode.subquestion.id, found=bool(episode.passages), reason="You skipped the rest."
                )
                yield _happening(ended)


def _episode_step(state: RunState, episode: Episode, *, roles: Roles, world: World) -> Iterator[Happening]:
    subquestion = episode.subquestion
    if not episode.is_started:
        yield _happening(EpisodeStarted(subquestion_id=subquestion.id))
        return
    view = EpisodeView(
        question=state.question,
        episode=episode,
        budget=state.budget,
        skipped=state.skipped,
        asked_at=state.started_at,
        earlier=tuple(passage for other in state.episodes if other is not episode for passage in other.passages),
    )
    action = roles.policy.next_action(view)
    spent = _spent_reason(action, episode, state)
    if spent:
        action = Conclude(found=bool(episode.passages), reason=spent)
    if isinstance(action, Search | Browse | Conclude) and action.said is not None:
        yield _happening(_replied(subquestion.id, action.said))
    match action:
        case Search():
            room = state.budget.searches_per_episode - len(episode.searches)
            for answer in world.searcher.search_all(action.queries[:room], limit=RESULTS_PER_SEARCH):
                ran = SearchRan(
                    subquestion_id=subquestion.id,
                    query=answer.query,
                    caveats=answer.caveats,
                    results=answer.results,
                    reason=action.reason,
                    engines=answer.engines,
                )
                yield _happening(ran)
        case Browse():
            room = state.budget.sources_per_episode - len(episode.opened)
            shown = {result.address for ran in episode.searches for result in ran.results}
            chosen = dict.fromkeys((action.address, *action.also))
            addresses = [one for one in chosen if one in shown and one not in episode.opened][:room]
            yield from _readings(state, episode, addresses, roles=roles, world=world)
        case Conclude():
            ended = EpisodeEnded(
                subquestion_id=subquestion.id,
                found=action.found,
                reason=action.reason,
                answer=action.answer,
                model_failed=action.model_failed,
            )
            yield _happening(ended)
        case Reject():
            yield _happening(ReplyRejected(subquestion_id=subquestion.id, reply=action.reply, problem=action.problem))
        case LookAgain():
            if not (episode.steps and isinstance(episode.steps[-1], PolicyReplied)):
                # Otherwise the run was cut off between the two: what was said is stored already.
                yield _happening(_replied(subquestion.id, action.said))
            yield _happening(
                SecondLookAsked(subquestion_id=subquestion.id, reply=action.said.reply, reason=action.reason)
            )
        case Rebuild():
            rebuilt = WorkspaceRebuilt(
                subquestion_id=subquestion.id,
                tokens_before=action.tokens_before,
                tokens_after=action.tokens_after,
                reason=action.reason,
                left_out=action.left_out,
            )
            yield _happening(rebuilt)


def _replied(subquestion_id: SubQuestionId, said: Said) -> PolicyReplied:
    return PolicyReplied(
        subquestion_id=subquestion_id,
        reply=said.reply,
        thought=said.thought,
        kind=said.kind,
        prompt_tokens=said.prompt_tokens,
        reused_tokens=said.reused_tokens,
        reply_tokens=said.reply_tokens,
        seconds=said.seconds,
    )


def _spent_reason(action: Action, episode: Episode, state: RunState) -> str:
    """Return why an action is not carried out, in words for the trace, or nothing."""
    match action:
        case Search(queries=()):
            return "There was nothing left to search for."
        case Search() if len(episode.searches) >= state.budget.searches_per_episode:
            return f"All {state.budget.searches_per_episode} searches for this question were used."
        case Browse() if len(episode.opened) >= state.budget.sources_per_episode:
            return f"All {state.budget.sources_per_episode} sources for this question were opened."
        case Browse() if action.address in episode.opened:
            return "The same source was chosen twice."
        case Browse() if not any(
            result.address == action.address for ran in episode.searches for result in ran.results
        ):
            return "A source was chosen that no search had returned."
        case _:
            return ""


def _readings(
    state: RunState, episode: Episode, addresses: Sequence[str], *, roles: Roles, world: World
) -> Iterator[Happening]:
    """Open the addresses one by one, then have all that could be opened read together."""
    opened: list[OpenedSource] = []
    wanted = [address for address in addresses if address not in state.skipped]
    for address in addresses:
        if address in state.skipped:
            skipped = DocumentUnreadable("You chose to skip this source")
            yield _happening(_failure(episode, address, problem=skipped))
    for address, answer in zip(wanted, world.opener.open_all(wanted), strict=True):
        if isinstance(answer, OpenedSource):
            opened.append(answer)
        else:
            yield _happening(_failure(episode, address, problem=answer))
    if not opened:
        return
    tasks = tuple(
        ReadingTask(
            question=state.question,
            subquestion=episode.subquestion,
            document=one.document,
            source=one.source,
            known=tuple(state.passages.values()),
            max_passages=state.budget.passages_per_source,
        )
        for one in opened
    )
    next_id = state.next_passage_id
    for one, findings in zip(opened, roles.reader.read(tasks), strict=True):
        passages = _passages(one, findings, state=state, episode=episode, first_id=next_id)
        next_id = PassageId(next_id + len(passages))
        read = SourceRead(
            subquestion_id=episode.subquestion.id,
            source=one.source,
            passages=passages,
            note=findings.note,
            segments_read=findings.segments_read,
            segments=findings.segments,
        )
        yield Happening(event=read, documents={one.source.text_hash: one.document})


def _failure(episode: Episode, address: str, *, problem: DocumentUnreadable) -> SourceFailed:
    titles = [result.title for ran in episode.searches for result in ran.results if result.address == address]
    return SourceFailed(
        subquestion_id=episode.subquestion.id,
        address=address,
        title=titles[0] if titles else address,
        reason=str(problem),
        obstacle=problem.obstacle,
    )


def _passages(
    opened: OpenedSource, findings: Findings, *, state: RunState, episode: Episode, first_id: PassageId
) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            id=PassageId(first_id + index),
            source_id=opened.source.id,
            subquestion_id=episode.subquestion.id,
            start=selection.start,
            end=selection.end,
            quote=_quote(opened.document, selection),
            locator=opened.document.locator_at(selection.start),
            relevance=selection.relevance,
        )
        for index, selection in enumerate(findings.selections[: state.budget.passages_per_source])
    )


def _quote(document: Document, selection: Selection) -> str:
    if not 0 <= selection.start < selection.end <= len(document.text):
        raise ValueError(f"the reader selected {selection.start}:{selection.end} of {len(document.text)} characters")
    return document.text[selection.start : selection.end]


def _checking_step(state: RunState, *, roles: Roles) -> Iterator[Happening]:
    assert state.draft is not None
    done = {claim.id for claim in state.checked}
    brief = _brief(state)
    for claim in state.draft.claims:
        if claim.id not in done:
            yield _happening(ClaimChecked(claim=roles.judge.check(claim, brief)))
            return
    yield _happening(ReportFinished(report=with_checked_claims(state.draft, state.checked)))


def _caveats(state: RunState) -> tuple[str, ...]:
    """Return what limited the searches of the run, each sentence once."""
    said = [caveat for episode in state.episodes for ran in episode.searches for caveat in ran.caveats]
    return tuple(dict.fromkeys(said))


def _ending(state: RunState) -> RunEnded:
    assert state.report is not None
    if state.report.claims:
        return RunEnded(outcome=Outcome.COMPLETE)
    if state.sources or not any(ran.results for episode in state.episodes for ran in episode.searches):
        return RunEnded(outcome=Outcome.NOT_FOUND, reason="Nothing relevant was found in these sources.")
    return RunEnded(outcome=Outcome.NOT_FOUND, reason="None of the sources that were found was read.")


def _failure_of_the_model(state: RunState) -> str:
    """Return why there is nothing to write a report from, where that is the language model's fault; else nothing."""
    ends = [episode.ended for episode in state.episodes if episode.ended is not None]
    reasons = [ended.reason for ended in ends if ended.model_failed]
    return reasons[0] if reasons and not state.passages else ""


def _brief(state: RunState) -> Brief:
    return Brief(question=state.question, episodes=state.episodes, passages=state.passages, sources=state.sources)


def _happening(event: Event) -> Happening:
    return Happening(event=event, documents={})
