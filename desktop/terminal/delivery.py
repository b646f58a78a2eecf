"""A run's report as a command was asked for it: printed or saved, in the format that was chosen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop.terminal.streams import Terminal
from engine.agent.state import RunState
from engine.departures import departures_of
from engine.errors import ExportFailed
from engine.export import ReportFormat, format_of, render, save
from engine.reading.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the result of a command is wanted."""

    report_format: ReportFormat | None = None
    """None: as the ending of the file says, or plain text."""
    output: Path | None = None
    """The file to save in, or None to print."""
    as_trace: bool = False
    """Whether the output stream gets every step as JSON; the report then only goes into a file."""

    def check(self) -> None:
        """Find out before the work whether its result has a place to go.

        Raises:
            ExportFailed: the file's folder does not exist, or the name is a folder's.
        """
        if self.output is None:
            return
        if self.output.is_dir():
            raise ExportFailed(f"“{self.output}” is a folder", hint="Choose the name of a file in it.")
        folder = self.output.absolute().parent
        if not folder.is_dir():
            raise ExportFailed(f"The folder {folder} does not exist", hint="Create it, or save somewhere else.")


def deliver(
    state: RunState,
    delivery: Delivery,
    *,
    data_folder: Path,
    document_of: Callable[[str], Document],
    terminal: Terminal,
) -> None:
    """Print a report, or save it, with the receipt of what left this computer for it.

    Raises:
        ExportFailed: it could not be saved.
    """
    report_format = delivery.report_format or (format_of(delivery.output) if delivery.output else ReportFormat.TEXT)
    text = render(state, report_format, document_of, departures=departures_of(data_folder, state))
    if delivery.output is None:
        terminal.say(text.rstrip("\n"))
    else:
        save(delivery.output, text)
        terminal.note(f"Saved {delivery.output}")
