"""Reports and traces as JSON, for other programs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from engine.agent.state import RunState
from engine.citations.numbering import Numbering, number_citations
from engine.codec import encode
from engine.domain import Coverage, Mark, Passage, PassageId, Report, ReportVersion, Source, SourceId
from engine.events import StoredEvent
from engine.export.bibliography import UnreadSource, unread_sources
from engine.export.csl import csl_item
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
    coverage: Coverage | None = None
    """How many sentences were written, and how many of them are said by what they cite."""
    versions: tuple[ReportVersion, ...] = ()
    """Every report that was finished, oldest first, and what made each of them."""
    marks: tuple[Mark, ...] = ()
    """What the reader thinks of claims, by the numbers of those."""
    references: dict[SourceId, dict[str, Any]] = field(default_factory=dict)
    """Each source as an item of the Citation Style Language."""


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
        receipt=receipt_of(state, sources_cited=numbering.cited, departures=departures),
        unread=unread_sources(state),
        coverage=report.coverage if report is not None else None,
        versions=state.versions,
        marks=tuple(state.marks.values()),
        references={source.id: csl_item(source) for source in state.sources.values()},
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
