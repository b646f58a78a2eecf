"""One step of an episode: what the policy chose, carried out on its side of the run, as events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.agent.episode_state import Episode
from engine.agent.happening import Happening, happening
from engine.agent.roles import (
    Action,
    Browse,
    Conclude,
    EpisodeView,
    Findings,
    LookAgain,
    OpenedSource,
    ReadingTask,
    Rebuild,
    Reject,
    Said,
    Search,
    Selection,
)
from engine.agent.sides import (
    Agent,
    next_passage_id,
    outward_view,
    passage_step,
    passages_of,
)
from engine.agent.state import RunState, Supply
from engine.agent.typed import typed_addresses
from engine.domain import BlockKind, Passage, PassageId, Reach, SearchResult, Side, SubQuestionId
from engine.errors import DocumentUnreadable
from engine.events import (
    EpisodeEnded,
    EpisodeStarted,
    PolicyReplied,
    ReplyRejected,
    SearchRan,
    SecondLookAsked,
    SourceFailed,
    SourceRead,
    WorkspaceRebuilt,
)
from engine.reading.document import Document

RESULTS_PER_SEARCH = 16
_EXPECTED = 4
"""Results that are fetched while the policy still thinks."""
_MAX_LINKS = 100
TYPED = "question"
"""Where the addresses come from that the person wrote into the question."""


def episode_step(state: RunState, episode: Episode, *, agent: Agent) -> Iterator[Happening]:
    """Yield what happens next in an episode; nothing more once it has ended."""
    subquestion = episode.subquestion
    if not episode.is_started:
        agent.world.opener.begin_subquestion()
        yield happening(EpisodeStarted(subquestion_id=subquestion.id))
        return
    if typed := _typed(state, episode):
        yield happening(typed)
        return
    view = EpisodeView(
        question=state.question,
        episode=outward_view(episode) if subquestion.side is Side.WEB else episode,
        budget=state.budget,
        skipped=state.skipped,
        asked_at=state.started_at,
        earlier=tuple(
            passage for passage in passages_of(state, subquestion.side) if passage.subquestion_id != subquestion.id
        ),
    )
    action = agent.roles.policy.next_action(view)
    if isinstance(action, Search) and state.approved_query:
        action = _only_approved(action, episode, state)
    spent = _spent_reason(action, episode, state)
    if spent:
        action = Conclude(found=bool(episode.passages), reason=spent)
    if isinstance(action, Conclude) and not action.found and _is_unanswered(episode):
        action = replace(action, reason="No search engine answered.")
    if isinstance(action, Search | Browse | Conclude) and action.said is not None:
        yield happening(_replied(subquestion.id, action.said))
    match action:
        case Search():
            yield from _searches(state, episode, action, agent=agent)
        case Browse():
            room = state.budget.sources_per_episode - len(episode.opened)
            known = _openable(episode, state)
            chosen = dict.fromkeys((action.address, *action.also))
            addresses = [one for one in chosen if one in known and one not in episode.opened][:room]
            yield from _readings(state, episode, addresses, agent=agent)
        case Conclude():
            ended = EpisodeEnded(
                subquestion_id=subquestion.id,
                found=action.found,
                reason=action.reason,
                answer=action.answer,
                model_failed=action.model_failed,
            )
            yield happening(ended)
        case Reject():
            yield happening(ReplyRejected(subquestion_id=subquestion.id, reply=action.reply, problem=action.problem))
        case LookAgain():
            if not (episode.steps and isinstance(episode.steps[-1], PolicyReplied)):
                # Otherwise the run was cut off between the two: what was said is stored already.
                yield happening(_replied(subquestion.id, action.said))
            yield happening(
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
            yield happening(rebuilt)


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
        case Search() if _asked(episode) >= state.budget.searches_per_episode:
            return f"All {state.budget.searches_per_episode} searches for this question were used."
        case Browse() if len(episode.opened) >= state.budget.sources_per_episode:
            return f"All {state.budget.sources_per_episode} sources for this question were opened."
        case Browse() if action.address in episode.opened:
            return "The same source was chosen twice."
        case Browse() if action.address not in _openable(episode, state):
            return "A source was chosen that no search had returned."
        case _:
            return ""


def _typed(state: RunState, episode: Episode) -> SearchRan | None:
    """Return the addresses in the question as results of the first web episode, if that was not done yet."""
    if episode.subquestion.side is not Side.WEB or state.approved_query:
        return None
    if any(other.searches or other.read for other in state.episodes):
        return None
    addresses = typed_addresses(state.question)
    if not addresses:
        return None
    results = tuple(SearchResult(address=address, title=address, snippet="", score=1.0) for address in addresses)
    return SearchRan(
        subquestion_id=episode.subquestion.id,
        query="Addresses in the question",
        results=results,
        reason="You wrote them.",
        where=TYPED,
    )


def _is_unanswered(episode: Episode) -> bool:
    """Whether nobody has answered any of the searches: then nothing is known of what there is to find."""
    asked = [ran for ran in episode.searches if ran.engines]
    return bool(asked) and not episode.read and all(ran.is_unanswered for ran in asked)


def _asked(episode: Episode) -> int:
    """How many queries were asked."""
    return sum(ran.where != TYPED for ran in episode.searches)


def _only_approved(action: Search, episode: Episode, state: RunState) -> Search | Conclude:
    """Return the search for the words that a person let leave, whatever the policy would rather ask."""
    if any(ran.query == state.approved_query for ran in episode.searches):
        return Conclude(
            found=bool(episode.passages), reason="Only the words that you approved are searched for.", said=action.said
        )
    return Search(queries=(state.approved_query,), reason=action.reason, said=action.said)


def _openable(episode: Episode, state: RunState) -> frozenset[str]:
    """Return the addresses that may be opened: composed ones are not among them."""
    found = {result.address for ran in episode.searches for result in ran.results}
    if state.scope.reach is Reach.WEB:
        found.update(link for reading in outward_view(episode).read for link in reading.links)
    return frozenset(found)


def _searches(state: RunState, episode: Episode, action: Search, *, agent: Agent) -> Iterator[Happening]:
    room = state.budget.searches_per_episode - _asked(episode)
    side = episode.subquestion.side
    promising: list[tuple[int, str]] = []
    for answer in agent.world.searcher.search_all(action.queries[:room], limit=RESULTS_PER_SEARCH):
        ran = SearchRan(
            subquestion_id=episode.subquestion.id,
            query=answer.query,
            results=answer.results,
            reason=action.reason,
            where=side.value,
            caveats=answer.caveats,
            engines=answer.engines,
        )
        promising += [(place, result.address) for place, result in enumerate(answer.results)]
        yield happening(ran)
    left = state.budget.sources_per_episode - len(episode.opened)
    best = dict.fromkeys(address for _, address in sorted(promising, key=_place))
    unread = [address for address in best if address not in episode.opened and address not in state.skipped]
    agent.world.opener.expect(unread[: max(0, min(_EXPECTED, left))])


def _place(promising: tuple[int, str]) -> int:
    return promising[0]


def _readings(state: RunState, episode: Episode, addresses: Sequence[str], *, agent: Agent) -> Iterator[Happening]:
    """Open the addresses, then have all that could be opened read together."""
    opened: list[OpenedSource] = []
    wanted = [address for address in addresses if address not in state.skipped]
    for address in addresses:
        if address in state.skipped:
            skipped = DocumentUnreadable("You chose to skip this source")
            yield happening(_failure(episode, address, problem=skipped))
    for address, answer in zip(wanted, agent.world.opener.open_all(wanted), strict=True):
        if isinstance(answer, OpenedSource):
            opened.append(answer)
        else:
            yield happening(_failure(episode, address, problem=answer))
    if opened:
        yield from _read(state, episode, opened, agent=agent)


def supplied_step(state: RunState, supply: Supply, *, agent: Agent) -> Iterator[Happening]:
    """Yield what is found in a source that a person saved because it could not be fetched."""
    episode = state.episode(supply.subquestion_id)
    try:
        opened = agent.world.opener.open_supplied(supply.address, file=supply.file)
    except DocumentUnreadable as error:
        yield happening(replace(_failure(episode, supply.address, problem=error), is_supplied=True))
        return
    yield from _read(state, episode, [opened], agent=agent, is_supplied=True)


def _read(
    state: RunState, episode: Episode, opened: Sequence[OpenedSource], *, agent: Agent, is_supplied: bool = False
) -> Iterator[Happening]:
    side = episode.subquestion.side
    tasks = tuple(
        ReadingTask(
            question=state.question,
            subquestion=episode.subquestion,
            document=one.document,
            source=one.source,
            known=passages_of(state, side),
            max_passages=state.budget.passages_per_source,
        )
        for one in opened
    )
    next_id, step = next_passage_id(state, Side.LIBRARY if is_supplied else side), passage_step(state)
    for one, findings in zip(opened, agent.roles.reader.read(tasks), strict=True):
        passages = _passages(one, findings, state=state, episode=episode, ids=(next_id, step))
        next_id = PassageId(next_id + step * len(passages))
        read = SourceRead(
            subquestion_id=episode.subquestion.id,
            source=one.source,
            passages=passages,
            note=findings.note,
            segments_read=findings.segments_read,
            segments=findings.segments,
            links=one.links[:_MAX_LINKS] if state.scope.reach is Reach.WEB and not is_supplied else (),
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
    opened: OpenedSource, findings: Findings, *, state: RunState, episode: Episode, ids: tuple[PassageId, int]
) -> tuple[Passage, ...]:
    return tuple(
        Passage(
            id=PassageId(ids[0] + ids[1] * index),
            source_id=opened.source.id,
            subquestion_id=episode.subquestion.id,
            start=selection.start,
            end=selection.end,
            quote=_quote(opened.document, selection),
            locator=opened.document.locator_at(selection.start),
            relevance=selection.relevance,
            kind=_kind_at(opened.document, selection.start),
        )
        for index, selection in enumerate(findings.selections[: state.budget.passages_per_source])
    )


def _kind_at(document: Document, position: int) -> BlockKind | None:
    index = document.block_at(position)
    return None if index is None else document.blocks[index].kind


def _quote(document: Document, selection: Selection) -> str:
    if not 0 <= selection.start < selection.end <= len(document.text):
        raise ValueError(f"the reader selected {selection.start}:{selection.end} of {len(document.text)} characters")
    return document.text[selection.start : selection.end]
