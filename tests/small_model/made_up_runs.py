"""A run in a made-up world through the real loop, stored in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from small_model.made_up_worlds import MadeUpWorld

from engine.agent.budget import budget_for
from engine.agent.control import RunControl
from engine.agent.model_roles.editor import ModelEditor
from engine.agent.model_roles.judge import ModelJudge
from engine.agent.model_roles.planner import ModelPlanner
from engine.agent.model_roles.policy import ModelPolicy
from engine.agent.model_roles.profiles import DEEPRESEARCHER
from engine.agent.model_roles.reader import ModelReader
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.writer import ModelWriter
from engine.agent.roles import Roles
from engine.agent.run import Happening, follow
from engine.agent.sides import Agents, World
from engine.agent.state import RunState, apply
from engine.domain import Depth, RunId, Scope, SessionId
from engine.events import Event, RunStarted, StoredEvent

MODEL_NAME = "Plumbline test model"


class NoStatistics:
    """How common words are where nothing is known of it."""

    def document_frequency(self, terms: Collection[str]) -> Mapping[str, int]:
        return dict.fromkeys(terms, 1)

    def document_count(self) -> int:
        return 5


def roles_of(speaking: Speaking, *, today: date) -> Roles:
    """Return the cast that a model plays in the frame of DeepResearcher."""
    return Roles(
        name=MODEL_NAME,
        planner=ModelPlanner(speaking),
        policy=ModelPolicy(speaking, DEEPRESEARCHER, today=lambda: today),
        reader=ModelReader(speaking, NoStatistics()),
        writer=ModelWriter(speaking),
        editor=ModelEditor(speaking),
        judge=ModelJudge(speaking),
    )


def researched(world: MadeUpWorld, roles: Roles, *, at: datetime, depth: Depth = Depth.STANDARD) -> RunState:
    """Return what is known at the end of a run on a world's question."""
    return trace_and_state(world, roles, at=at, depth=depth)[1]


def trace_and_state(
    world: MadeUpWorld, roles: Roles, *, at: datetime, depth: Depth = Depth.STANDARD
) -> tuple[list[StoredEvent], RunState]:
    """Return the events of a run on a world's question, and what is known at its end."""
    trace: list[StoredEvent] = []

    def stored(event: Event) -> StoredEvent:
        one = StoredEvent(
            session_id=SessionId("session"), run_id=RunId("run"), sequence=len(trace) + 1, at=at, event=event
        )
        trace.append(one)
        return one

    def record(happening: Happening) -> StoredEvent:
        return stored(happening.event)

    started = RunStarted(
        question=world.truth.question,
        scope=Scope(),
        depth=depth,
        budget=budget_for(depth),
        engine=MODEL_NAME,
        version="test",
    )
    state = apply(None, stored(started))
    reachable = World(searcher=world, opener=world)
    for one in follow(state, agents=Agents.of_library(roles, reachable), control=RunControl(), record=record):
        state = apply(state, one)
    return trace, state
