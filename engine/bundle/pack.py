"""Puts a report and all it rests on into one file. The same run gives the same bytes."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from engine.agent.state import RunState, fold
from engine.bundle import layout, readme
from engine.bundle.entries import (
    Entry,
    Manifest,
    claim_lines,
    in_lines,
    indented,
    numbering_of,
    passage_lines,
    receipt_file,
    sha256,
    step_line,
    sums,
)
from engine.bundle.pages import renderer
from engine.codec import encode
from engine.errors import ExportFailed, PlumblineError
from engine.events import StoredEvent
from engine.export.departures import NOT_ASKED, Departures
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.reading.document import Document
from engine.version import VERSION

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The earliest that a ZIP file can say: when it was packed is not told."""
_PLAIN_FILE = 0o100644 << 16
_UNIX = 3


def pack(
    trace: Sequence[StoredEvent], document_of: Callable[[str], Document], *, departures: Departures = NOT_ASKED
) -> bytes:
    """Return the bundle of a run that has ended with a report.

    What it holds is what the run has stored: all that was read for it, whether it is cited or not, and each step.

    Args:
        trace: of the run, whole.
        document_of: text hash → archived document.
        departures: what the ledger says that left this computer for the run.

    Raises:
        ExportFailed: the run has not ended, has no report, or its archive is not whole or far too large.
    """
    state = fold(trace)
    if state.outcome is None:
        raise ExportFailed(
            "This run has not ended, and a bundle is made of a whole one",
            hint="Wait until the report is finished, or stop the run.",
        )
    if state.current_report is None:
        raise ExportFailed("This run has no report", hint="There is nothing that a bundle could prove.")
    packed = io.BytesIO()
    listed: list[Entry] = []
    total = 0
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in _contents(trace, state, document_of, departures):
            total += len(content)
            if len(content) > layout.MOST_ENTRY_BYTES or total > layout.MOST_BYTES:
                raise _too_large()
            _write(archive, name, content)
            listed.append(Entry(name=name, size=len(content), sha256=sha256(content)))
        manifest = indented(Manifest(run=state.run_id, plumbline=VERSION, entries=tuple(listed), renderer=renderer()))
        _write(archive, layout.MANIFEST, manifest)
        _write(archive, layout.SUMS, sums(listed, manifest))
        archive.comment = layout.SEAL_BEGINNING + b"0" * layout.DIGEST_DIGITS
    content = packed.getvalue()[: -layout.DIGEST_DIGITS]
    is_too_dense = total > max(layout.SMALL_BYTES, len(content) * layout.MOST_RATIO)
    if (
        is_too_dense
        or len(content) > layout.MOST_FILE_BYTES
        or len(listed) > layout.MOST_ENTRIES - len(layout.UNLISTED)
    ):
        raise _too_large()
    return content + hashlib.sha256(content).hexdigest().encode("ascii")


def _contents(
    trace: Sequence[StoredEvent], state: RunState, document_of: Callable[[str], Document], departures: Departures
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every entry but the manifest and the sums, those for people first."""
    report = state.current_report
    assert report is not None  # looked at before
    documents = dict.fromkeys(source.text_hash for source in state.sources.values())
    yield layout.README, readme.TEXT.encode("utf-8")
    yield layout.MARKDOWN, render_markdown(state, departures).encode("utf-8", "replace")
    yield layout.PAGE, render_html(state, document_of, departures).encode("utf-8", "replace")
    yield layout.REPORT, indented(report)
    yield layout.CLAIMS, in_lines(claim_lines(report))
    labels = {mark.passage_id: mark.label for mark in numbering_of(state).marks}
    yield layout.PASSAGES, in_lines(passage_lines(state, labels))
    yield layout.SOURCES, indented(tuple(state.sources.values()))
    yield layout.TRACE, b"".join(step_line(stored) + b"\n" for stored in trace)
    yield layout.RECEIPT, indented(receipt_file(state, departures))
    for text_hash in sorted(documents):
        try:
            document = document_of(text_hash)
        except (PlumblineError, KeyError) as error:
            raise ExportFailed(
                "A text that the report rests on is not in the archive",
                hint="The bundle would not be whole, so none was made. Other formats can be saved.",
            ) from error
        yield layout.text_name(text_hash), document.text.encode("utf-8", "surrogatepass")
        # The text is in the entry beside it.
        yield layout.structure_name(text_hash), encode(replace(document, text=""))


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, date_time=_MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = _UNIX
    info.external_attr = _PLAIN_FILE
    archive.writestr(info, content, compresslevel=6)


def _too_large() -> ExportFailed:
    return ExportFailed(
        "What this report rests on is too large for a bundle",
        hint=f"A bundle holds up to {layout.MOST_BYTES >> 20} MB. Other formats can be saved.",
    )
