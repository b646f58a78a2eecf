"""Reports and traces as JSON, for other programs."""

from __future__ import annotations

import json
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.citations.numbering import Numbering, number_citations
from engine.codec import encode
from engine.domain import Passage, PassageId, Report, Source
from engine.events import StoredEvent
from engine.export.bibliography import UnreadSource, unread_sources
from engine.export.departures import NOT_ASKED, Departures
from engine.export.receipt import Receipt, receipt_of

_FORMAT = "plumbline-report/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReportFile:
    """The shape of the file: fields are added, never renamed or removed."""

    format: str
    question: str
    session: str
    run: str
    report: Report | None
    labels: dict[PassageId, str]
    """What each cited passage is called in the other formats."""
    passages: tuple[Passage, ...]
    """Every passage that was found, cited or not."""
    sources: tuple[Source, ...]
    receipt: Receipt
    unread: tuple[UnreadSource, ...] = ()
    """What was found and could not be read: blocked is not the same as not relevant."""


def render_json(state: RunState, departures: Departures = NOT_ASKED) -> str:
    """Return the run's result as indented JSON in UTF-8, with every request that the ledger has of it."""
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    content = _ReportFile(
        format=_FORMAT,
        question=state.question,
        session=state.session_id,
        run=state.run_id,
        report=report,
        labels={mark.passage_id: mark.label for mark in numbering.marks},
        passages=tuple(state.passages.values()),
        sources=tuple(state.sources.values()),
        receipt=receipt_of(state, sources_cited=len(numbering.sources), departures=departures),
        unread=unread_sources(state),
    )
    return json.dumps(json.loads(encode(content)), ensure_ascii=False, indent=2) + "\n"


def render_trace_line(stored: StoredEvent) -> str:
    """Return one step of a run as JSON on one line, without the line end."""
    line = {
        "session": stored.session_id,
        "run": stored.run_id,
        "sequence": stored.sequence,
        "at": stored.at.isoformat(),
        "kind": type(stored.event).__name__,
        "event": json.loads(encode(stored.event)),
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
