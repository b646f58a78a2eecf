"""A run's report as a command was asked for it: printed or saved, in the format that was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop.terminal.streams import Terminal
from engine.agent.state import RunState
from engine.counting import size_words
from engine.departures import departures_of
from engine.errors import ExportFailed
from engine.export import STYLED_FORMATS, TEXT_FORMATS, ReportFormat, format_of, render, render_bytes, save
from engine.research import History

TRAVELS = (
    "Everything that was read for it is in that file: whole texts, where your files lie (with your user name, if it is "
    "in a path), every query, and your marks and notes."
)
_MOST_NAME_BYTES = 255
"""Of a file, on every common system."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the result of a command is wanted."""

    report_format: ReportFormat | None = None
    """None: as the ending of the file says, or plain text."""
    output: Path | None = None
    """The file to save in, or None to print."""
    as_trace: bool = False
    """Whether the output stream gets every step as JSON; the report then only goes into a file."""
    style: str = ""
    """The name of a citation style; empty for the report's own numbers."""

    @property
    def form(self) -> ReportFormat:
        """What the report is written as.

        Raises:
            ExportFailed: the ending of the file means no format.
        """
        if self.report_format is not None:
            return self.report_format
        return format_of(self.output) if self.output is not None else ReportFormat.TEXT

    def check(self) -> None:
        """Find out before the work whether its result has a place to go, and can be written as it is wanted.

        Raises:
            ExportFailed: the file's folder does not exist, or the name is a folder's; the ending or the style is not
                known; or what is wanted cannot be printed.
        """
        form = self.form
        if self.output is None and form not in TEXT_FORMATS:
            raise ExportFailed(
                f"A report as .{form.value} is a file, and no text to print", hint=f"Add:  -o FILE.{form.value}"
            )
        if self.style:
            self._check_style(form)
        if self.output is None:
            return
        if any(len(part.encode("utf-8", "replace")) > _MOST_NAME_BYTES for part in self.output.parts):
            raise ExportFailed("The file name is too long", hint="Choose a shorter one.")
        if self.output.is_dir():
            raise ExportFailed(f"“{self.output}” is a folder", hint="Choose the name of a file in it.")
        folder = self.output.absolute().parent
        if not folder.is_dir():
            raise ExportFailed(f"The folder {folder} does not exist", hint="Create it, or save somewhere else.")

    def _check_style(self, form: ReportFormat) -> None:
        from engine.export.styles import style_title  # noqa: PLC0415  needed by few

        if form not in STYLED_FORMATS:
            styled = ", ".join(f".{one.value}" for one in STYLED_FORMATS)
            raise ExportFailed(
                f"A report as .{form.value} is not written in a citation style", hint=f"These are: {styled}."
            )
        style_title(self.style)


def deliver(state: RunState, delivery: Delivery, *, data_folder: Path, history: History, terminal: Terminal) -> None:
    """Print a report, or save it, with the receipt of what left this computer for it.

    Raises:
        ExportFailed: it could not be made or saved.
    """
    form, departures = delivery.form, departures_of(data_folder, state)
    if delivery.output is None:
        terminal.say(render(state, form, history.documents_of(state.run_id), departures=departures).rstrip("\n"))
        return
    if form is ReportFormat.BUNDLE:
        from engine.bundle.pack import pack  # noqa: PLC0415  needed by few

        content = pack(history.trace(state.run_id), history.documents_of(state.run_id), departures=departures)
    else:
        content = render_bytes(
            state, form, history.documents_of(state.run_id), departures=departures, style=delivery.style
        )
    save(delivery.output, content)
    terminal.note(f"Saved {delivery.output} ({size_words(len(content))})")
    if form is ReportFormat.BUNDLE:
        terminal.note(TRAVELS)
