"""The two sides of a run, the library and the web, and what keeps what is private on its own.

The agent that can reach the web is told the question, what the web answered, and nothing else: no file, no passage of
a file, not even how many there are. The agent of the library cannot reach the web. The writer, who has no tools, sees
the evidence of both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from engine.agent.episode_state import Episode, Step
from engine.agent.roles import Opener, Roles, Searcher
from engine.agent.state import RunState
from engine.agent.typed import without_addresses
from engine.domain import Claim, Passage, PassageId, Plan, Reach, Side, SubQuestion, SubQuestionId
from engine.events import SourceFailed, SourceRead

_TELLING_WORDS = 2
_WEB_QUERIES = 3


def _nothing_to_check() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What one side of a run can reach."""

    searcher: Searcher
    opener: Opener


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """Who researches one side, and what of the world is there for it."""

    roles: Roles
    world: World
    check: Callable[[], None] = _nothing_to_check
    """Raises NetworkRefused where its side may not be searched at the moment; asked before every step."""


class Agents:
    """The agents of a run, made when one is first needed: the library is not opened while the web is researched.

    Args:
        make: makes the agent of each side that the run has.
    """

    def __init__(self, make: Mapping[Side, Callable[[], Agent]]) -> None:
        self._make = dict(make)
        self._made: dict[Side, Agent] = {}

    @classmethod
    def of_library(cls, roles: Roles, world: World) -> Agents:
        """Return the only agent of a run that stays in the library."""
        agent = Agent(roles=roles, world=world)
        return cls({Side.LIBRARY: lambda: agent})

    def of(self, side: Side) -> Agent:
        """Return the agent of a side.

        Raises:
            KeyError: the run has no such side.
        """
        if side not in self._made:
            self._made[side] = self._make[side]()
        return self._made[side]

    @property
    def outward(self) -> Agent:
        """The agent that knows nothing private, where there is one: it plans."""
        return self.of(Side.WEB if Side.WEB in self._make else Side.LIBRARY)

    @property
    def inward(self) -> Agent:
        """The agent that may know everything; it has sent all that it will send. It writes and judges."""
        return self.of(Side.LIBRARY if Side.LIBRARY in self._make else Side.WEB)


def sided(plan: Plan, *, reach: Reach) -> Plan:
    """Return the plan with the side of each sub-question: with both, all of the web's before all of the library's.

    That order alone makes it impossible that what is read in the library has a part in what is sent.
    """
    if reach is Reach.LIBRARY:
        return plan
    outward = tuple(replace(one, side=Side.WEB, queries=web_queries(one)) for one in plan.subquestions)
    if reach is Reach.WEB:
        return Plan(subquestions=outward)
    last = max((one.id for one in outward), default=0)
    inward = tuple(
        replace(one, id=SubQuestionId(last + number), side=Side.LIBRARY, twin=one.id)
        for number, one in enumerate(plan.subquestions, start=1)
    )
    return Plan(subquestions=(*outward, *inward))


def web_queries(one: SubQuestion) -> tuple[str, ...]:
    """Return what search engines are asked: the question as it is, then its telling words, and never words added to it.

    The planner's further queries are made for a library, where "maximum limit number" finds the table of limits.
    """
    text = without_addresses(one.text).rstrip(" ?？؟")
    said = set(text.casefold().split())
    narrower = [
        query
        for query in one.queries
        if len(query.split()) >= _TELLING_WORDS and said.issuperset(word.casefold() for word in query.split())
    ]
    return tuple(dict.fromkeys([text, *narrower]))[:_WEB_QUERIES] if text else ()


def approved_plan(query: str) -> Plan:
    """Return the plan of a run that sends one query only, word for word."""
    only = SubQuestion(id=SubQuestionId(1), text=query, queries=(query,), side=Side.WEB)
    return Plan(subquestions=(only,))


def gap_side(state: RunState) -> Side | None:
    """Return where to look for what is found missing while the report is written, or None where nothing may be asked.

    What the writer misses may come from any evidence: it is looked for on the web only where all of that is public.
    """
    if state.scope.reach.has_library:
        return Side.LIBRARY
    is_all_public = not any(source.is_supplied for source in state.sources.values())
    return Side.WEB if is_all_public and not state.approved_query else None


def deeper_side(state: RunState) -> Side:
    """Return where a question is researched that a person asks of a report; in the library, where the run has it."""
    return Side.LIBRARY if state.scope.reach.has_library else Side.WEB


def is_private(state: RunState, claim: Claim) -> bool:
    """Whether a claim rests on anything that is not of the public web."""
    numbers = (*claim.passages, *claim.agreeing, *claim.against)
    sources = [state.sources.get(state.passages[number].source_id) for number in numbers if number in state.passages]
    return any(source is None or source.is_supplied or source.folder is not None for source in sources)


def passages_of(state: RunState, side: Side) -> tuple[Passage, ...]:
    """Return the evidence that the agent of a side may know."""
    own = (episode for episode in state.episodes if episode.subquestion.side is side)
    seen = map(outward_view, own) if side is Side.WEB else own
    return tuple(passage for episode in seen for passage in episode.passages)


def next_passage_id(state: RunState, side: Side) -> PassageId:
    """Return the number that the next passage of a side gets.

    Where the web is searched it has the odd numbers, and what is private the even ones, so that the numbers that the
    web's agent sees do not depend on anything else.
    """
    if not state.scope.reach.has_web:
        return PassageId(max(state.passages, default=0) + 1)
    parity = 1 if side is Side.WEB else 0
    own = (number for number in state.passages if number % 2 == parity)
    return PassageId(max(own, default=parity - 2 if parity else 0) + 2)


def _is_supplied(step: Step) -> bool:
    if isinstance(step, SourceRead):
        return step.source.is_supplied
    return isinstance(step, SourceFailed) and step.is_supplied


def passage_step(state: RunState) -> int:
    """Return by how much the numbers of passages grow."""
    return 2 if state.scope.reach.has_web else 1


def outward_view(episode: Episode) -> Episode:
    """Return an episode as the agent of the web may know it: without what a person has supplied.

    A page that was saved from behind a login is as private as a file.
    """
    if not any(_is_supplied(step) for step in episode.steps):
        return episode
    steps = tuple(step for step in episode.steps if not _is_supplied(step))
    return replace(
        episode,
        read=tuple(reading for reading in episode.read if not reading.source.is_supplied),
        failed=tuple(step for step in steps if isinstance(step, SourceFailed)),
        steps=steps,
    )


def with_twins_joined(episodes: tuple[Episode, ...]) -> tuple[Episode, ...]:
    """Return the episodes as the writer sees them: what both sides found on the same sub-question stands together."""
    library = {episode.subquestion.twin: episode for episode in episodes if episode.subquestion.twin is not None}
    joined = []
    for episode in episodes:
        if episode.subquestion.twin is not None:
            continue
        twin = library.get(episode.subquestion.id)
        joined.append(_joined(episode, twin) if twin is not None else episode)
    return tuple(joined)


def _joined(web: Episode, library: Episode) -> Episode:
    number = web.subquestion.id
    read = tuple(
        replace(reading, passages=tuple(replace(one, subquestion_id=number) for one in reading.passages))
        for reading in (*web.read, *library.read)
    )
    ended = web.ended
    if ended is not None and library.ended is not None:
        better = max((ended, library.ended), key=lambda end: (end.found, bool(end.answer), end is ended))
        ended = replace(better, subquestion_id=number)
    return replace(
        web,
        searches=(*web.searches, *library.searches),
        read=read,
        failed=(*web.failed, *library.failed),
        steps=(*web.steps, *library.steps),
        ended=ended,
    )


def joined_passages(state: RunState) -> dict[PassageId, Passage]:
    """Return the evidence of a run, each passage under the sub-question as the writer sees it."""
    twins = {one.subquestion.id: one.subquestion.twin for one in state.episodes if one.subquestion.twin is not None}
    return {
        number: replace(passage, subquestion_id=twins.get(passage.subquestion_id) or passage.subquestion_id)
        for number, passage in state.passages.items()
    }
