"""A trace in memory, and runs of the real loop that are stored in it."""

from __future__ import annotations

from datetime import UTC, datetime

from fakes import FakeWorld, scripted_roles

from engine.agent.budget import budget_for
from engine.agent.control import RunControl
from engine.agent.run import Happening, follow
from engine.agent.sides import Agents, World
from engine.agent.state import RunState, fold
from engine.domain import Depth, RunId, Scope, SessionId
from engine.events import RunStarted, StoredEvent


class Notebook:
    """Stores events in memory, in the shape of the store."""

    def __init__(self, question: str, *, depth: Depth = Depth.STANDARD) -> None:
        self.trace: list[StoredEvent] = []
        self.record(
            Happening(
                event=RunStarted(
                    question=question, scope=Scope(), depth=depth, budget=budget_for(depth), engine="test", version="0"
                ),
                documents={},
            )
        )

    def record(self, happening: Happening) -> StoredEvent:
        stored = StoredEvent(
            session_id=SessionId("s"),
            run_id=RunId("r"),
            sequence=len(self.trace) + 1,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            event=happening.event,
        )
        self.trace.append(stored)
        return stored

    def follow(self, world: FakeWorld, *, control: RunControl | None = None, roles=None):
        return follow(
            fold(self.trace),
            agents=Agents.of_library(roles or scripted_roles(), World(searcher=world, opener=world)),
            control=control or RunControl(),
            record=self.record,
        )

    def run(self, world: FakeWorld, **how) -> RunState:
        for _ in self.follow(world, **how):
            pass
        return fold(self.trace)

    def events(self, kind: type) -> list:
        return [stored.event for stored in self.trace if isinstance(stored.event, kind)]
