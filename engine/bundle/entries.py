"""The shape of the JSON in a bundle, and how it is made of a run: fields are added, never renamed or removed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.agent.state import RunState
from engine.bundle.layout import FORMAT, MANIFEST
from engine.citations.numbering import Numbering, number_citations
from engine.codec import encode
from engine.domain import Claim, Passage, PassageId, Report
from engine.events import StoredEvent
from engine.export.departures import Departures, HostSum, by_host
from engine.export.receipt import Receipt, receipt_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the manifest."""

    name: str
    size: int
    """In bytes."""
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What is in a bundle."""

    run: str
    """Its id on the computer on which it was made."""
    plumbline: str
    """Version of the program that packed it."""
    entries: tuple[Entry, ...]
    format: str = FORMAT
    renderer: str = ""
    """What tells the program that wrote the pages from others, also of the same version; a SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLine:
    """A sentence of the report, and where in it."""

    place: str
    """``answer``, ``section 2``, ``table of section 2``, or ``not established`` for one that was taken out."""
    title: str
    """Of the section; empty where there is none."""
    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageLine:
    """A passage, with what is needed to find it again by hand."""

    text_hash: str
    """SHA-256 of the archived text, which is also its name."""
    quote_sha256: str
    """Of the words in UTF-8."""
    label: str
    """What the citation is called in the report; empty where it is not cited."""
    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFile:
    """How the report was made, and what left the computer for it."""

    receipt: Receipt
    requests: int
    """Sent, as the ledger has it."""
    refused: int
    bytes_sent: int
    bytes_received: int
    hosts: tuple[HostSum, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHead:
    """What is known of a step before its kind is looked at."""

    sequence: int
    at: datetime
    kind: str


def claim_lines(report: Report) -> Iterator[ClaimLine]:
    """Yield every sentence of a report, those that failed their check last."""
    for claim in report.answer:
        yield ClaimLine(place="answer", title="", claim=claim)
    for number, section in enumerate(report.sections, start=1):
        for claim in section.claims:
            yield ClaimLine(place=f"section {number}", title=section.title, claim=claim)
        for claim in section.table.claims if section.table is not None else ():
            yield ClaimLine(place=f"table of section {number}", title=section.title, claim=claim)
    for claim in report.failed:
        yield ClaimLine(place="not established", title="", claim=claim)


def passage_lines(state: RunState, labels: dict[PassageId, str]) -> Iterator[PassageLine]:
    """Yield every passage that was found, cited or not."""
    for passage in state.passages.values():
        yield PassageLine(
            text_hash=state.sources[passage.source_id].text_hash,
            quote_sha256=sha256(passage.quote.encode("utf-8")),
            label=labels.get(passage.id, ""),
            passage=passage,
        )


def numbering_of(state: RunState) -> Numbering:
    """Return how the citations of a run's report are numbered."""
    report = state.current_report
    return number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})


def receipt_file(state: RunState, departures: Departures) -> ReceiptFile:
    """Return how a report was made, with the sums of what left."""
    left = departures.left
    return ReceiptFile(
        receipt=receipt_of(state, sources_cited=numbering_of(state).cited, departures=departures),
        requests=len(left),
        refused=len(departures.refused),
        bytes_sent=sum(one.bytes_sent for one in left),
        bytes_received=sum(one.bytes_received for one in left),
        hosts=by_host(departures.entries),
    )


def step_line(stored: StoredEvent) -> bytes:
    """Return one step of a run on one line, without the ids of session and run: they mean something on one computer."""
    head = encode(StepHead(sequence=stored.sequence, at=stored.at, kind=type(stored.event).__name__))
    return head[:-1] + b',"event":' + encode(stored.event) + b"}"


def in_lines(values: Iterable[object]) -> bytes:
    """Return the values as JSON, one a line."""
    return b"".join(encode(value) + b"\n" for value in values)


def indented(value: object) -> bytes:
    """Return the value as JSON for eyes."""
    return (json.dumps(json.loads(encode(value)), ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def sums(entries: Iterable[Entry], manifest: bytes) -> bytes:
    """Return the list that ``sha256sum -c`` reads."""
    lines = [f"{entry.sha256}  {entry.name}\n" for entry in entries]
    return "".join([*lines, f"{sha256(manifest)}  {MANIFEST}\n"]).encode("utf-8")


def sha256(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
