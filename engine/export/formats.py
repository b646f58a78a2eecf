"""The formats that a report can be written in, by the ending of the file."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from engine.agent.state import RunState
from engine.export.departures import NOT_ASKED, Departures
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.export.structured import render_json
from engine.export.text import render_text
from engine.reading.document import Document


class ReportFormat(StrEnum):
    """What a report can be written as; the value is the ending of the file."""

    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


_OTHER_ENDINGS = {".markdown": ReportFormat.MARKDOWN, ".htm": ReportFormat.HTML}
_BY_ENDING = {f".{form.value}": form for form in ReportFormat} | _OTHER_ENDINGS


def format_of(path: Path) -> ReportFormat:
    """Return the format that the ending of a file means; plain text if it means none."""
    return _BY_ENDING.get(path.suffix.lower(), ReportFormat.TEXT)


def render(
    state: RunState,
    report_format: ReportFormat,
    document_of: Callable[[str], Document],
    *,
    departures: Departures = NOT_ASKED,
) -> str:
    """Return the report of a run.

    Args:
        state: of the run.
        report_format: what to write it as.
        document_of: text hash → archived document, for the formats that show passages in their paragraph.
        departures: what the ledger says that left this computer for the run.
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
