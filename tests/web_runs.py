"""A run over the web that never happened, and what a ledger would have of it: to show, fold and test with."""

from __future__ import annotations

from datetime import timedelta

from fake_runs import START, FakeRun, claim, document_from

from engine.domain import (
    ClaimState,
    EngineReport,
    EngineState,
    Gap,
    Obstacle,
    Reach,
    Report,
    Scope,
    SearchResult,
    Section,
    SubQuestionId,
)
from engine.events import SearchRan, SourceFailed
from engine.export.departures import Departure, Departures

QUERY = "lime mortar frost weeks"
SENTENCE = "Fresh lime mortar needs eight weeks without frost."


def web_run(text: str = "", *, address: str = "", canonical: str = "") -> FakeRun:
    """Return a finished run over the web: one page read, one supplied by the reader, one blocked.

    Args:
        text: stands wherever words of others can stand; ordinary words if left out.
        address: of the page that was read.
        canonical: what that page gives as its own address.
    """
    run = FakeRun(scope=Scope(reach=Reach.WEB))
    run.started()
    run.planned([run.question])
    run.began(1)
    page = address or "https://www.example.org/mortar?utm_source=x"
    login = text or "https://paper.example.net/frost"
    copy = "https://forum.example.com/thread/7"
    run.add(
        SearchRan(
            subquestion_id=SubQuestionId(1),
            query=text or QUERY,
            results=tuple(
                SearchResult(address=one, title=text or "Lime", snippet=text, score=1.0) for one in (page, login, copy)
            ),
            where="web",
            engines=(
                EngineReport(name="wikipedia", state=EngineState.ANSWERED, results=3),
                EngineReport(
                    name=text or "duckduckgo", state=EngineState.BLOCKED, words=text or "It asks for a person (202)."
                ),
            ),
        )
    )
    document = document_from(text or "Lime mortar in winter", [("h2", "Frost"), ("p", f"{SENTENCE} {text}".strip())])
    source = run.source(
        "mortar",
        document,
        address=page,
        canonical=canonical or "https://example.org/mortar",
        site=text or "Example of Building",
        authors=(text or "A. Mason",),
        published=text or "2025-02-03",
        folder=None,
        modified_at=None,
    )
    (passage,) = run.read(1, source, [SENTENCE])
    supplied = run.source(
        "thread",
        document_from(text or "A thread", [("p", "Nobody has tried less than six weeks.")]),
        address=copy,
        site="forum.example.com",
        is_supplied=True,
        folder=None,
        modified_at=None,
    )
    (other,) = run.read(1, supplied, ["Nobody has tried less than six weeks."])
    run.add(
        SourceFailed(
            subquestion_id=SubQuestionId(1),
            address=login,
            title=text or "Frost and lime, a study",
            reason=text or "It is shown to subscribers only.",
            obstacle=Obstacle.LOGIN,
        )
    )
    run.closed(1)
    run.wrote(
        Report(
            question=run.question,
            answer=(claim(1, SENTENCE, [passage], state=ClaimState.SINGLE_SOURCE),),
            sections=(Section(title="Tries", claims=(claim(2, "Nobody has tried less.", [other]),)),),
            gaps=(Gap(question="Why?", queries=(text or QUERY,), sources_read=2, reason="Not said."),),
            made_by="No language model: quoted word for word",
        )
    )
    run.ended()
    return run


def searched(number: int = 1, **changes: object) -> Departure:
    """Return a query that was sent to a search engine."""
    values: dict[str, object] = {
        "at": START + timedelta(seconds=number),
        "purpose": "search",
        "host": "html.duckduckgo.com",
        "method": "CONNECT",
        "words": QUERY,
        "provider": "duckduckgo",
        "address": "203.0.113.7",
        "bytes_sent": 1_412,
        "bytes_received": 31_000,
        "status": 202,
    }
    return Departure(**(values | changes))  # type: ignore[arg-type]


def fetched(number: int = 2, **changes: object) -> Departure:
    """Return a page that was fetched."""
    values: dict[str, object] = {
        "at": START + timedelta(seconds=number),
        "purpose": "page",
        "host": "www.example.org",
        "method": "GET",
        "path": "/mortar?utm_source=x",
        "address": "203.0.113.9",
        "bytes_sent": 240,
        "bytes_received": 52_000,
        "status": 200,
    }
    return Departure(**(values | changes))  # type: ignore[arg-type]


def turned_away(number: int = 3, **changes: object) -> Departure:
    """Return a request that the door did not let out."""
    values: dict[str, object] = {
        "at": START + timedelta(seconds=number),
        "purpose": "page",
        "host": "intranet.example",
        "method": "GET",
        "path": "/",
        "is_allowed": False,
        "reason": "It leads to an address that is not public (10.0.0.7).",
    }
    return Departure(**(values | changes))  # type: ignore[arg-type]


def web_departures() -> Departures:
    """Return what the ledger has of such a run."""
    return Departures(entries=(searched(), fetched(), turned_away()))
