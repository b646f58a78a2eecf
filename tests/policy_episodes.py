"""Episodes led by a scripted model in a world of documents in memory, for tests of the policy."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

from fakes import FakeWorld, OneEachPlanner, document_of, scripted_roles, source_of
from scripted_model import ScriptedModel

from engine.agent.budget import budget_for
from engine.agent.control import RunControl
from engine.agent.episode_state import Episode
from engine.agent.model_roles.policy import ModelPolicy
from engine.agent.model_roles.profiles import DEEPRESEARCHER, Profile
from engine.agent.model_roles.speaking import Speaking
from engine.agent.roles import Roles
from engine.agent.run import Happening, follow
from engine.agent.sides import Agents, World
from engine.agent.state import RunState, fold
from engine.domain import (
    Budget,
    Depth,
    Locator,
    Passage,
    PassageId,
    RunId,
    Scope,
    SearchResult,
    SessionId,
    SourceId,
    SubQuestionId,
)
from engine.events import (
    EpisodeStarted,
    Event,
    PlanMade,
    PolicyReplied,
    RunStarted,
    SearchRan,
    SourceRead,
    StoredEvent,
    ThoughtKind,
)
from engine.reading.document import Document

QUESTION = "where do herons nest?"
ONE = SubQuestionId(1)
ASKED_AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
HERONS = "file:///home/someone/notes/birds/herons.txt"
GREY = "https://birds.example/grey-herons"
EGRETS = "https://egrets.example/nests"


def pages() -> dict[str, Document]:
    """Three documents on herons, the first of them a file."""
    return {
        HERONS: document_of("herons nest in tall trees\nthey fish in shallow water", title="Herons"),
        GREY: document_of("grey herons nest high up in trees and sometimes in reeds", title="Grey herons"),
        EGRETS: document_of("egrets and herons share trees", title="Egrets"),
    }


def search(*queries: str, thought: str = "I should search for this.") -> str:
    """A well-formed reply that searches."""
    return _call("web_search", "query", queries, thought)


def browse(*names: str, thought: str = "This page may have it.") -> str:
    """A well-formed reply that opens pages."""
    return _call("browse_webpage", "url_list", names, thought)


def answer(text: str, *, thought: str = "That is it.") -> str:
    """A well-formed reply that answers."""
    return f" {thought} </think>\n<answer>\n{text}\n</answer>"


def _call(name: str, key: str, values: tuple[str, ...], thought: str) -> str:
    call = json.dumps({"name": name, "arguments": {key: list(values)}}, ensure_ascii=False)
    return f" {thought} </think>\n<tool_call>\n{call}\n</tool_call>"


class Diary:
    """Stores the events of a run in memory."""

    def __init__(self, *, question: str = QUESTION, depth: Depth = Depth.STANDARD, **limits: int) -> None:
        self.trace: list[StoredEvent] = []
        budget = replace(budget_for(depth), **limits)
        started = RunStarted(question=question, scope=Scope(), depth=depth, budget=budget, engine="test", version="0")
        self.record(Happening(event=started, documents={}))

    def record(self, happening: Happening) -> StoredEvent:
        stored = StoredEvent(
            session_id=SessionId("s"),
            run_id=RunId("r"),
            sequence=len(self.trace) + 1,
            at=ASKED_AT,
            event=happening.event,
        )
        self.trace.append(stored)
        return stored

    def run(
        self,
        model: ScriptedModel,
        world: FakeWorld,
        *,
        profile: Profile = DEEPRESEARCHER,
        control: RunControl | None = None,
    ) -> RunState:
        """Follow the run to its end and return what is known then."""
        control = control or RunControl()
        roles = cast_with(model, profile=profile, control=control)
        stream = follow(
            fold(self.trace),
            agents=Agents.of_library(roles, World(searcher=world, opener=world)),
            control=control,
            record=self.record,
        )
        for _ in stream:
            pass
        return fold(self.trace)

    def events(self, kind: type) -> list:
        return [stored.event for stored in self.trace if isinstance(stored.event, kind)]

    def cut(self, length: int) -> Diary:
        """Return the diary as it was after some events."""
        shorter = Diary()
        shorter.trace = self.trace[:length]
        return shorter


def cast_with(model: ScriptedModel, *, profile: Profile = DEEPRESEARCHER, control: RunControl | None = None) -> Roles:
    """The scripted cast with a policy that is led by a model."""
    speaking = Speaking(model, control=control or RunControl())
    return replace(scripted_roles(), policy=ModelPolicy(speaking, profile, today=lambda: date(2026, 1, 1)))


# --- steps made by hand ------------------------------------------------------------------------------------------


def replied(reply: str) -> PolicyReplied:
    return PolicyReplied(subquestion_id=ONE, reply=reply, thought="", kind=ThoughtKind.NEXT_STEP)


def ran(query: str, *addresses: str, snippet: str = "a few words") -> SearchRan:
    results = tuple(
        SearchResult(address=address, title=f"Title of {address[-12:]}", snippet=snippet, score=1.0)
        for address in addresses
    )
    return SearchRan(subquestion_id=ONE, query=query, results=results)


def was_read(address: str, *quotes: str, first_id: int = 1, relevance: float = 0.5) -> SourceRead:
    source = source_of(address, document_of("\n".join(quotes) or f"nothing at {address}", title=f"Title {address}"))
    passages = tuple(
        Passage(
            id=PassageId(first_id + index),
            source_id=SourceId(source.id),
            subquestion_id=ONE,
            start=0,
            end=len(quote),
            quote=quote,
            locator=Locator(),
            relevance=relevance,
        )
        for index, quote in enumerate(quotes)
    )
    return SourceRead(subquestion_id=ONE, source=source, passages=passages)


def episode_of(events: Iterable[Event]) -> Episode:
    """The first episode of a run with these events of it after its start."""
    diary = Diary()
    proposal = OneEachPlanner().plan(QUESTION, max_subquestions=1)
    for event in (PlanMade(plan=proposal.plan), EpisodeStarted(subquestion_id=ONE), *events):
        diary.record(Happening(event=event, documents={}))
    return fold(diary.trace).episodes[0]


def standard_budget(**limits: int) -> Budget:
    return replace(budget_for(Depth.STANDARD), **limits)
