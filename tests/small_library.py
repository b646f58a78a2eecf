"""A library of a few documents in memory, and a whole run without a language model over it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from fakes import source_of
from one_by_one import OneByOne

from engine.agent.budget import budget_for
from engine.agent.control import RunControl
from engine.agent.extractive import extractive_roles
from engine.agent.roles import OpenedSource
from engine.agent.run import Happening, follow
from engine.agent.sides import Agents, World
from engine.agent.state import RunState, fold
from engine.domain import Depth, RunId, Scope, SearchResult, SessionId
from engine.events import RunStarted, StoredEvent
from engine.reading.document import Block, BlockKind, Document
from engine.reading.terms import terms

_MARKS = {"# ": BlockKind.HEADING, "- ": BlockKind.LIST_ITEM, "    ": BlockKind.CODE}


def article(title: str, markup: str, *, is_navigation: bool = False) -> Document:
    """A block for each line: ``# `` headings, ``- `` items, four spaces of code, cells between tabs, or prose."""
    text, blocks = "", []
    for line in markup.strip("\n").split("\n"):
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip("#"))
        kind, content = BlockKind.PARAGRAPH, line
        if depth and line[depth : depth + 1] == " ":
            kind, content = BlockKind.HEADING, line[depth + 1 :]
        elif line.startswith("- "):
            kind, content = BlockKind.LIST_ITEM, line[2:]
        elif line.startswith("    "):
            kind, content = BlockKind.CODE, line[4:]
        elif "\t" in line:
            kind = BlockKind.TABLE_ROW
        blocks.append(
            Block(
                kind=kind,
                start=len(text),
                end=len(text) + len(content),
                level=depth if kind is BlockKind.HEADING else 0,
                is_navigation=is_navigation,
            )
        )
        text += f"{content}\n\n"
    return Document(title=title, text=text, blocks=tuple(blocks), format="text")


class SmallLibrary(OneByOne):
    """Documents by address, found by the weight of the terms they share with the query."""

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = dict(documents)
        self._terms = {address: set(terms(f"{d.title}\n{d.text}")) for address, d in documents.items()}

    def document_count(self) -> int:
        return len(self._documents)

    def document_frequency(self, terms: Collection[str]) -> Mapping[str, int]:
        return {term: sum(term in found for found in self._terms.values()) for term in terms}

    def search(self, query: str, *, limit: int) -> tuple[SearchResult, ...]:
        wanted = set(terms(query))
        frequency = self.document_frequency(wanted)
        weights = {term: math.log((len(self._documents) + 1) / (frequency[term] + 0.5)) + 0.1 for term in wanted}
        scored = [(sum(weights[term] for term in wanted & found), address) for address, found in self._terms.items()]
        best = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
        return tuple(
            SearchResult(
                address=address,
                title=self._documents[address].title,
                snippet=self._documents[address].text[:200],
                score=score,
            )
            for score, address in best[:limit]
        )

    def open_source(self, address: str) -> OpenedSource:
        document = self._documents[address]
        return OpenedSource(source=source_of(address, document), document=document)


def research(question: str, documents: Mapping[str, Document], *, depth: Depth = Depth.STANDARD) -> RunState:
    """Return the state after a whole run."""
    library = SmallLibrary(documents)
    trace: list[StoredEvent] = []

    def record(happening: Happening) -> StoredEvent:
        stored = StoredEvent(
            session_id=SessionId("s"),
            run_id=RunId("r"),
            sequence=len(trace) + 1,
            at=datetime(2026, 1, 1, tzinfo=UTC),
            event=happening.event,
        )
        trace.append(stored)
        return stored

    started = RunStarted(
        question=question, scope=Scope(), depth=depth, budget=budget_for(depth), engine="test", version="0"
    )
    record(Happening(event=started, documents={}))
    world = World(searcher=library, opener=library)
    for _ in follow(
        fold(trace), agents=Agents.of_library(extractive_roles(library), world), control=RunControl(), record=record
    ):
        pass
    return fold(trace)


def answer_of(state: RunState) -> str:
    """The sentences of the answer, joined."""
    assert state.report is not None
    return " ".join(claim.text for claim in state.report.answer)
