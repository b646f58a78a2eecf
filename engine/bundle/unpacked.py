"""The entries of a bundle as values: decoded within limits, and the run that they tell of."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from engine.agent.state import RunState, fold
from engine.bundle import layout
from engine.bundle.archive import BundleArchive, EntryBroken
from engine.bundle.entries import ClaimLine, Manifest, PassageLine, ReceiptFile, StepHead, sha256
from engine.bundle.measure import Measure
from engine.bundle.verification import Notebook, Topic
from engine.codec import Undecodable, decode
from engine.domain import Report, RunId, SessionId, Source
from engine.errors import StorageError
from engine.events import EVENT_TYPES, Event, RunStarted, SourceRead, StoredEvent
from engine.reading.document import Document
from engine.storage.trace import decode_event

T = TypeVar("T")

_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_UNFOLDABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, ArithmeticError, RecursionError)
_KINDS = frozenset(kind.__name__ for kind in EVENT_TYPES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """What a bundle says, before it is known whether it holds."""

    manifest: Manifest
    report: Report
    claims: tuple[ClaimLine, ...]
    passages: tuple[PassageLine, ...]
    sources: tuple[Source, ...]
    receipt: ReceiptFile
    trace: tuple[StoredEvent, ...]
    state: RunState
    """What its trace adds up to."""


def unpacked(archive: BundleArchive, notebook: Notebook) -> Unpacked | None:
    """Return what a bundle says, or None where too little of it can be understood; the notebook says what cannot."""
    manifest = _value(archive, layout.MANIFEST, Manifest, notebook)
    if manifest is not None and manifest.format != layout.FORMAT:
        words = "was written by a later version of Plumbline, or is no bundle"
        notebook.find(Topic.ENTRIES, layout.MANIFEST, words, is_fatal=True)
        return None
    report = _value(archive, layout.REPORT, Report, notebook)
    sources = _value(archive, layout.SOURCES, tuple[Source, ...], notebook)
    receipt = _value(archive, layout.RECEIPT, ReceiptFile, notebook)
    claims = _lines(archive, layout.CLAIMS, ClaimLine, notebook)
    passages = _lines(archive, layout.PASSAGES, PassageLine, notebook)
    trace = _trace(archive, notebook)
    state = _state(trace, notebook) if trace is not None else None
    if None in (manifest, report, sources, receipt, claims, passages, trace, state):
        return None
    assert manifest and report and receipt and state  # none of them is None
    return Unpacked(
        manifest=manifest,
        report=report,
        claims=claims or (),
        passages=passages or (),
        sources=sources or (),
        receipt=receipt,
        trace=trace or (),
        state=state,
    )


def document_in(archive: BundleArchive, text_hash: str) -> Document:
    """Return an archived text with its structure.

    Raises:
        EntryBroken: it is not there, damaged, or its structure does not fit it.
    """
    try:
        text = archive.read(layout.text_name(text_hash)).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise EntryBroken("is no text") from error
    try:
        structure = decode(archive.read(layout.structure_name(text_hash)), Document)
    except (Undecodable, RecursionError) as error:
        raise EntryBroken("has a structure that cannot be understood") from error
    position = 0
    for block in structure.blocks:
        if not position <= block.start <= block.end <= len(text):
            raise EntryBroken("has a structure that does not fit its text")
        position = block.end
    return replace(structure, text=text)


def text_in(archive: BundleArchive, text_hash: str) -> Document:
    """Return an archived text that has its hash, with its structure.

    Raises:
        EntryBroken: it is not there, damaged, another text, or its structure does not fit it.
    """
    document = document_in(archive, text_hash)
    if sha256(document.text.encode("utf-8", "surrogatepass")) != text_hash:
        raise EntryBroken("is not what its hash says")
    return document


def is_plausible(moment: datetime) -> bool:
    """Whether a time is one that a program of today can have written, and calculate with."""
    return moment.tzinfo is not None and _EARLIEST <= moment <= _LATEST


def _value(archive: BundleArchive, name: str, kind: type[T], notebook: Notebook) -> T | None:
    try:
        return decode(archive.read(name), kind)
    except EntryBroken as error:
        notebook.find(Topic.ENTRIES, name, str(error), is_fatal=True)
    except (Undecodable, RecursionError):
        notebook.find(Topic.ENTRIES, name, "cannot be understood", is_fatal=True)
    return None


def _lines(archive: BundleArchive, name: str, kind: type[T], notebook: Notebook) -> tuple[T, ...] | None:
    found: list[T] = []
    try:
        lines = archive.read(name).splitlines()
        if len(lines) > layout.MOST_LINES:
            notebook.find(Topic.ENTRIES, name, "has more lines than a bundle can have", is_fatal=True)
            return None
        for line in lines:
            found.append(decode(line, kind))
    except EntryBroken as error:
        notebook.find(Topic.ENTRIES, name, str(error), is_fatal=True)
        return None
    except (Undecodable, RecursionError):
        notebook.find(Topic.ENTRIES, f"{name}, line {len(found) + 1}", "cannot be understood", is_fatal=True)
        return None
    return tuple(found)


def _trace(archive: BundleArchive, notebook: Notebook) -> tuple[StoredEvent, ...] | None:
    """Return the steps of the run; their ids are those of nobody."""
    steps: list[StoredEvent] = []
    measure = Measure()
    where = layout.TRACE
    try:
        lines = archive.read(layout.TRACE).splitlines()
        if len(lines) > layout.MOST_STEPS:
            notebook.find(Topic.TRACE, where, "has more steps than a run can have", is_fatal=True)
            return None
        for number, line in enumerate(lines, start=1):
            where = f"{layout.TRACE}, line {number}"
            steps.append(_step(line, number))
            measure.add(steps[-1].event)
    except EntryBroken as error:
        notebook.find(Topic.TRACE, where, str(error), is_fatal=True)
        return None
    return tuple(steps)


def _step(line: bytes, number: int) -> StoredEvent:
    try:
        head = decode(line, StepHead)
        if head.kind not in _KINDS:
            raise EntryBroken("is of a kind that this version of Plumbline does not know")
        event = decode_event(head.kind, json.dumps(json.loads(line).get("event")))
    except (Undecodable, StorageError, RecursionError, ValueError) as error:
        raise EntryBroken("cannot be understood") from error
    if head.sequence != number:
        raise EntryBroken("is out of order")
    if isinstance(event, RunStarted) != (number == 1):
        raise EntryBroken("is no beginning of a run" if number == 1 else "begins a second run")
    if not is_plausible(head.at) or not _has_plausible_times(event):
        raise EntryBroken("has a time that cannot be")
    return StoredEvent(
        session_id=SessionId(""), run_id=RunId(""), sequence=number, at=head.at.astimezone(UTC), event=event
    )


def _has_plausible_times(event: Event) -> bool:
    if not isinstance(event, SourceRead):
        return True
    moments = (event.source.read_at, event.source.modified_at)
    return all(is_plausible(moment) for moment in moments if moment is not None)


def _state(trace: tuple[StoredEvent, ...], notebook: Notebook) -> RunState | None:
    try:
        state = fold(trace)
        report = state.current_report
    except _UNFOLDABLE:
        notebook.find(Topic.TRACE, layout.TRACE, "has steps that do not follow from each other", is_fatal=True)
        return None
    if state.outcome is None:
        notebook.find(Topic.TRACE, layout.TRACE, "is of a run that has not ended", is_fatal=True)
        return None
    if report is None:
        notebook.find(Topic.TRACE, layout.TRACE, "is of a run without a report", is_fatal=True)
        return None
    return state
