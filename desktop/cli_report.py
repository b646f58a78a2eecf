"""A run's report in the form that a command was asked for, to the output stream or into a file."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from desktop.cli_terminal import Terminal
from engine.agent.state import RunState
from engine.errors import ExportFailed
from engine.export import render_html, render_json, render_markdown, render_text, save
from engine.reading.document import Document


class ReportFormat(StrEnum):
    """What a report can be written as."""

    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    JSON = "json"


_ENDINGS = {
    ".txt": ReportFormat.TEXT,
    ".md": ReportFormat.MARKDOWN,
    ".markdown": ReportFormat.MARKDOWN,
    ".html": ReportFormat.HTML,
    ".htm": ReportFormat.HTML,
    ".json": ReportFormat.JSON,
}


def format_for(output: Path | None, chosen: ReportFormat | None) -> ReportFormat:
    """Return the format that was chosen, or that the ending of the file means, or plain text."""
    if chosen is not None:
        return chosen
    return _ENDINGS.get(output.suffix.lower(), ReportFormat.TEXT) if output is not None else ReportFormat.TEXT


def check_output(output: Path | None) -> None:
    """Find out before the work whether its result has a place to go.

    Raises:
        ExportFailed: the file's folder does not exist, or the name is a folder's.
    """
    if output is None:
        return
    if output.is_dir():
        raise ExportFailed(f"“{output}” is a folder", hint="Choose the name of a file in it.")
    if not output.absolute().parent.is_dir():
        raise ExportFailed(
            f"The folder {output.absolute().parent} does not exist", hint="Create it, or save somewhere else."
        )


def rendered(state: RunState, report_format: ReportFormat, document_of: Callable[[str], Document]) -> str:
    """Return the report of a run."""
    match report_format:
        case ReportFormat.TEXT:
            return render_text(state)
        case ReportFormat.MARKDOWN:
            return render_markdown(state)
        case ReportFormat.HTML:
            return render_html(state, document_of)
        case ReportFormat.JSON:
            return render_json(state)


def deliver(text: str, *, output: Path | None, terminal: Terminal) -> None:
    """Print a report, or save it.

    Raises:
        ExportFailed: it could not be saved.
    """
    if output is None:
        terminal.say(text.rstrip("\n"))
    else:
        save(output, text)
        terminal.note(f"Saved {output}")
