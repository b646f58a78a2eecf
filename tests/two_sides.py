"""Runs with a web and a library in memory: what each was asked is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from fakes import FakeWorld, scripted_roles

from engine.agent.budget import budget_for
from engine.agent.control import RunControl
from engine.agent.roles import OpenedSource, Roles, Searched
from engine.agent.run import Happening, follow
from engine.agent.sides import Agent, Agents, World
from engine.agent.state import RunState, fold
from engine.domain import Depth, EngineReport, EngineState, Reach, RunId, Scope, SessionId, Side
from engine.errors import DocumentUnreadable, NetworkRefused
from engine.events import Event, RunStarted, StoredEvent


class FakeWeb(FakeWorld):
    """Pages by address behind one search engine, which may be down; ``sent`` is all that would leave the computer."""

    def __init__(self, documents, *, unreadable: frozenset[str] = frozenset(), supplied: dict | None = None) -> None:
        super().__init__(documents, unreadable=unreadable)
        self.state = EngineState.ANSWERED
        self.supplied = supplied or {}
        self.sent: list[str] = []
        self.is_offline = False

    def search_all(self, queries: Sequence[str], *, limit: int) -> Iterator[Searched]:
        for query in queries:
            self.sent.append(f"query {query}")
            is_up = self.state in (EngineState.ANSWERED, EngineState.EMPTY)
            results = self.search(query, limit=limit) if is_up else ()
            words = "" if is_up else "too many requests"
            report = EngineReport(name="Engine", state=self.state, results=len(results), words=words)
            yield Searched(query=query, results=results, engines=(report,))

    def check(self) -> None:
        if self.is_offline:
            raise NetworkRefused("Plumbline is offline")

    def expect(self, addresses: Sequence[str]) -> None:
        self.sent.append(f"expect {' '.join(addresses)}")

    def open_source(self, address: str) -> OpenedSource:
        self.sent.append(f"page {address}")
        return super().open_source(address)

    def open_supplied(self, address: str, *, file: str) -> OpenedSource:
        if file not in self.supplied:
            raise DocumentUnreadable("The copy is not there any more")
        self.documents[address] = self.supplied[file]
        self.unreadable = self.unreadable - {address}
        opened = FakeWorld.open_source(self, address)
        return replace(opened, source=replace(opened.source, is_supplied=True))


class TwoSidedDiary:
    """A trace in memory of a run that may look in both."""

    def __init__(
        self, question: str, *, reach: Reach = Reach.BOTH, approved_query: str = "", depth: Depth = Depth.STANDARD
    ) -> None:
        self.trace: list[StoredEvent] = []
        started = RunStarted(
            question=question,
            scope=Scope(reach=reach),
            depth=depth,
            budget=budget_for(depth),
            engine="test",
            version="0",
            approved_query=approved_query,
        )
        self.add(started)

    def add(self, event: Event) -> StoredEvent:
        stored = StoredEvent(
            session_id=SessionId("s"),
            run_id=RunId("r"),
            sequence=len(self.trace) + 1,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            event=event,
        )
        self.trace.append(stored)
        return stored

    def record(self, happening: Happening) -> StoredEvent:
        return self.add(happening.event)

    def follow(
        self,
        *,
        web: FakeWorld | None = None,
        library: FakeWorld | None = None,
        web_roles: Roles | None = None,
        library_roles: Roles | None = None,
        control: RunControl | None = None,
    ) -> Iterator[StoredEvent]:
        def agent(world: FakeWorld, roles: Roles | None) -> Agent:
            return Agent(roles=roles or scripted_roles(), world=World(searcher=world, opener=world))

        make = {}
        if web is not None:
            make[Side.WEB] = lambda: replace(agent(web, web_roles), check=web.check)
        if library is not None:
            make[Side.LIBRARY] = lambda: agent(library, library_roles)
        return follow(fold(self.trace), agents=Agents(make), control=control or RunControl(), record=self.record)

    def run(self, **how) -> RunState:
        for _ in self.follow(**how):
            pass
        return fold(self.trace)

    def events(self, kind: type) -> list:
        return [stored.event for stored in self.trace if isinstance(stored.event, kind)]
