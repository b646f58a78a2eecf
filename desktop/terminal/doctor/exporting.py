"""Whether reports can be saved where other programs have to help: a made-up one, as each of these formats."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from desktop.terminal.doctor.finding import SET_UP_AGAIN, Finding, Verdict
from engine.agent.budget import budget_for
from engine.agent.state import fold
from engine.domain import Depth, Outcome, Report, RunId, Scope, SessionId
from engine.errors import BundleUnusable, DocumentUnreadable, ExportFailed
from engine.events import Event, ReportFinished, RunEnded, RunStarted, StoredEvent
from engine.export import STYLED_FORMATS, render_bytes
from engine.reading.document import Document
from engine.version import VERSION

_QUESTION = "Does this work?"


def check_exporting() -> Iterator[Finding]:
    """The programs for word processors, books and PDF, a citation style, and a bundle that is packed and verified."""
    trace = _made_up()
    state = fold(trace)
    failed, hint = [], ""
    for form in STYLED_FORMATS:
        try:
            render_bytes(state, form, _no_document)
        except ExportFailed as error:
            failed.append(f"{form.value} ({error.title})")
            hint = error.hint
    formats = ", ".join(form.value for form in STYLED_FORMATS)
    yield Finding(
        name="Exporting",
        verdict=Verdict.FAILS if failed else Verdict.WORKS,
        detail=f"these do not work: {', '.join(failed)}" if failed else f"{formats}, each made once",
        hint=hint if failed else "",
    )
    yield _styles()
    yield _bundles(trace)


def _styles() -> Finding:
    from engine.export.styles import style_names, style_xml  # noqa: PLC0415  needed by few

    try:
        for style in style_names():
            style_xml(style.name)
    except ExportFailed as error:
        return Finding(name="Citation styles", verdict=Verdict.FAILS, detail=error.title, hint=SET_UP_AGAIN)
    return Finding(name="Citation styles", verdict=Verdict.WORKS, detail="the best known ones can be used")


def _bundles(trace: tuple[StoredEvent, ...]) -> Finding:
    from engine.bundle.pack import pack  # noqa: PLC0415  needed by few
    from engine.bundle.verify import verify  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix="plumbline-doctor-") as folder:
        path = Path(folder) / "made-up.plumbline"
        try:
            path.write_bytes(pack(trace, _no_document))
            found = verify(path)
        except (ExportFailed, BundleUnusable) as error:
            return Finding(name="Bundles", verdict=Verdict.FAILS, detail=error.title, hint=SET_UP_AGAIN)
    return Finding(
        name="Bundles",
        verdict=Verdict.WORKS if found.is_sound else Verdict.FAILS,
        detail="one was packed and verified" if found.is_sound else found.summary,
        hint="" if found.is_sound else SET_UP_AGAIN,
    )


def _made_up() -> tuple[StoredEvent, ...]:
    """A run that has found nothing: no model, no file and no network are needed for it."""
    started = RunStarted(
        question=_QUESTION,
        scope=Scope(),
        depth=Depth.QUICK,
        budget=budget_for(Depth.QUICK),
        engine="The doctor",
        version=VERSION,
    )
    report = Report(question=_QUESTION, answer=(), sections=(), gaps=(), made_by="The doctor")
    events: tuple[Event, ...] = (started, ReportFinished(report=report), RunEnded(outcome=Outcome.NOT_FOUND))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return tuple(
        StoredEvent(session_id=SessionId(""), run_id=RunId(""), sequence=number, at=at, event=event)
        for number, event in enumerate(events, start=1)
    )


def _no_document(_text_hash: str) -> Document:
    raise DocumentUnreadable("There is no document in this report")
