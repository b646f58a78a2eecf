"""The formats that a report can be written in, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from engine.agent.state import RunState
from engine.errors import ExportFailed
from engine.export.bibtex import bibtex_of
from engine.export.csl import csl_items, csl_json_of
from engine.export.departures import NOT_ASKED, Departures
from engine.export.documents import Works, docx_of, epub_of, latex_of, odt_of, report_pdf
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.export.ris import ris_of
from engine.export.sheets import csv_of, xlsx_of
from engine.export.structured import render_json
from engine.export.styles import style_xml
from engine.export.text import render_text
from engine.reading.document import Document


class ReportFormat(StrEnum):
    """What a report can be written as; the value is the ending of the file."""

    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"
    DOCX = "docx"
    ODT = "odt"
    PDF = "pdf"
    LATEX = "tex"
    EPUB = "epub"
    CSV = "csv"
    """The tables of the report, or its sentences where it has none."""
    XLSX = "xlsx"
    BIBTEX = "bib"
    RIS = "ris"
    CSL_JSON = "csl.json"
    BUNDLE = "plumbline"
    """The report with its evidence, which ``engine.bundle`` makes from the store."""


TEXT_FORMATS = (ReportFormat.TEXT, ReportFormat.MARKDOWN, ReportFormat.HTML, ReportFormat.JSON)
"""What ``render`` writes: the whole report as text."""
STYLED_FORMATS = (ReportFormat.DOCX, ReportFormat.ODT, ReportFormat.PDF, ReportFormat.LATEX, ReportFormat.EPUB)
"""What can cite in a style of the Citation Style Language."""

_OTHER_ENDINGS = {
    ".markdown": ReportFormat.MARKDOWN,
    ".htm": ReportFormat.HTML,
    ".text": ReportFormat.TEXT,
    ".latex": ReportFormat.LATEX,
    ".bibtex": ReportFormat.BIBTEX,
}
_BY_ENDING = {f".{form.value}": form for form in ReportFormat} | _OTHER_ENDINGS


def format_of(path: Path) -> ReportFormat:
    """Return the format that the ending of a file means; a name without one is plain text.

    Raises:
        ExportFailed: no format has that ending, so that nothing is written into what another program takes for
            something else.
    """
    ending = path.suffix.lower()
    if path.name.lower().endswith(".csl.json"):
        return ReportFormat.CSL_JSON
    if not ending:
        return ReportFormat.TEXT
    if ending not in _BY_ENDING:
        known = ", ".join(f".{form.value}" for form in ReportFormat)
        raise ExportFailed(f"Reports cannot be written as “{ending}”", hint=f"Choose one of these endings: {known}.")
    return _BY_ENDING[ending]


def render(
    state: RunState,
    report_format: ReportFormat,
    document_of: Callable[[str], Document],
    *,
    departures: Departures = NOT_ASKED,
) -> str:
    """Return the report of a run as text.

    Args:
        state: of the run.
        report_format: one of ``TEXT_FORMATS``.
        document_of: text hash → archived document, for the formats that show passages in their paragraph.
        departures: what the ledger says that left this computer for the run.

    Raises:
        ExportFailed: the format is not one of text; ``render_bytes`` makes those.
    """
    match report_format:
        case ReportFormat.TEXT:
            return render_text(state, departures)
        case ReportFormat.MARKDOWN:
            return render_markdown(state, departures)
        case ReportFormat.HTML:
            return render_html(state, document_of, departures)
        case ReportFormat.JSON:
            return render_json(state, departures)
        case _:
            raise ExportFailed(
                f"A report as .{report_format.value} is a file, and no text to show", hint="Save it in a file."
            )


def render_bytes(
    state: RunState,
    report_format: ReportFormat,
    document_of: Callable[[str], Document],
    *,
    departures: Departures = NOT_ASKED,
    style: str = "",
) -> bytes:
    """Return what a file of the format holds, but for a bundle, which ``engine.bundle`` packs from the trace.

    Args:
        state: of the run.
        report_format: what to write it as.
        document_of: text hash → archived document, for the formats that show passages in their paragraph.
        departures: what the ledger says that left this computer for the run.
        style: the name of a citation style, for ``STYLED_FORMATS``; empty for the report's own numbers.

    Raises:
        ExportFailed: there is no such style, the program that makes the format is missing or failed, it takes too
            much, or the format holds something that the report has not.
    """
    if report_format in TEXT_FORMATS:
        return render(state, report_format, document_of, departures=departures).encode("utf-8", "replace")
    if report_format in STYLED_FORMATS:
        return _document(state, report_format, departures, style)
    match report_format:
        case ReportFormat.CSV:
            return csv_of(state)
        case ReportFormat.XLSX:
            return xlsx_of(state)
        case ReportFormat.BIBTEX:
            return bibtex_of(state)
        case ReportFormat.RIS:
            return ris_of(state)
        case ReportFormat.CSL_JSON:
            return csl_json_of(state)
        case _:
            raise ExportFailed(
                "A bundle is packed from what is stored of a run, and not from its report alone",
                hint="Export it from the window, or with “plumbline export”.",
            )


def _document(state: RunState, report_format: ReportFormat, departures: Departures, style: str) -> bytes:
    works: Works = tuple(csl_items(state)) if style else ()
    xml = style_xml(style) if works else ""
    match report_format:
        case ReportFormat.DOCX:
            return docx_of(state, departures, works=works, style=xml)
        case ReportFormat.ODT:
            return odt_of(state, departures, works=works, style=xml)
        case ReportFormat.LATEX:
            return latex_of(state, departures, works=works, style=xml)
        case ReportFormat.EPUB:
            return epub_of(state, departures, works=works, style=xml)
        case _:
            return report_pdf(state, departures, works=works, style=xml)
