"""Writing reports to files and looking bundles through, on a thread of its own: other programs may have to help."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.read_version import with_version
from desktop.threads import WorkThread
from engine.departures import departures_of
from engine.domain import RunId
from engine.errors import PlumblineError
from engine.export import ReportFormat
from engine.research import History

_CLOSE_TIMEOUT_S = 20.0
"""A document of thousands of pages is not broken off in the middle."""


class Exports(QObject):
    """The thread is started when it is first needed."""

    report_saved = Signal(object)
    """Path of the file."""
    report_ready = Signal(object, str)
    """RunId, and its report as Markdown."""
    bundle_examined = Signal(object, object)
    """Path of a bundle, and its Verification."""
    styles_found = Signal(str, object)
    """The words that were searched for, and tuple[StyleName, ...]."""
    problem = Signal(object)
    """PlumblineError."""
    save_failed = Signal(object, object)
    """Path, and the PlumblineError with which it was not written."""
    mistake = Signal(object)
    """An exception that nobody expected."""

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data_folder = data_folder
        self._thread = WorkThread("exports", on_end=self._close_reader, parent=self)
        self._thread.failed.connect(self._sort_failure)
        self._history: History | None = None
        self._style_words = ""
        self._is_closed = False

    def close(self) -> bool:
        """End the thread; return whether it has ended in time. What is asked for afterwards is not begun."""
        self._is_closed = True
        return not self._thread.isRunning() or self._thread.finish(timeout_s=_CLOSE_TIMEOUT_S)

    # --- asked for on the Qt thread ---

    def save_report(
        self, run_id: RunId, *, path: Path, format: ReportFormat, style: str = "", version: int | None = None
    ) -> None:
        """Write the report of a run to a file.

        Args:
            run_id: of the run.
            path: of the file.
            format: what to write it as.
            style: name of a reference style, for formats that have one; empty for our own numbers.
            version: number of an earlier version of the report; None: the newest. A bundle has all of them.
        """
        self._do(self._save_report, run_id, path, format, style, version)

    def make_markdown(self, run_id: RunId, *, version: int | None = None) -> None:
        """Make the report of a run, or an earlier version of it, as Markdown."""
        self._do(self._make_markdown, run_id, version)

    def examine(self, path: Path) -> None:
        """Look a bundle through."""
        self._do(self._examine, path)

    def find_styles(self, words: str) -> None:
        """Look for reference styles; of several searches only the last is answered."""
        self._style_words = words
        self._do(self._find_styles, words)

    # --- on the thread ---

    def _do(self, job: object, *arguments: object) -> None:
        if self._is_closed:
            return
        if not self._thread.isRunning():
            self._thread.start()
        self._thread.do(job, *arguments)  # type: ignore[arg-type]

    def _save_report(self, run_id: RunId, path: Path, format: ReportFormat, style: str, version: int | None) -> None:
        try:
            self._write(run_id, path, format, style, version)
        except PlumblineError as error:
            self.save_failed.emit(path, error)
        else:
            self.report_saved.emit(path)

    def _write(self, run_id: RunId, path: Path, format: ReportFormat, style: str, version: int | None) -> None:
        from engine.bundle.pack import pack  # noqa: PLC0415  slow to import, and needed by few
        from engine.export import render_bytes, save  # noqa: PLC0415

        history = self._opened()
        state = with_version(history.state(run_id), version)
        origin = history.origin(run_id)
        departures = origin.departures if origin is not None else departures_of(self._data_folder, state)
        if format is ReportFormat.BUNDLE:
            content = pack(history.trace(run_id), history.documents_of(run_id), departures=departures)
        else:
            content = render_bytes(state, format, history.documents_of(run_id), departures=departures, style=style)
        save(path, content)

    def _make_markdown(self, run_id: RunId, version: int | None) -> None:
        from engine.export import render  # noqa: PLC0415

        history = self._opened()
        state = with_version(history.state(run_id), version)
        self.report_ready.emit(run_id, render(state, ReportFormat.MARKDOWN, history.documents_of(run_id)))

    def _examine(self, path: Path) -> None:
        from engine.bundle.verify import verify  # noqa: PLC0415  needed by few

        self.bundle_examined.emit(path, verify(path))

    def _find_styles(self, words: str) -> None:
        from engine.export.styles import find_styles  # noqa: PLC0415  reads thousands of names

        if words == self._style_words:
            self.styles_found.emit(words, find_styles(words))

    def _opened(self) -> History:
        if self._history is None:
            self._history = History.open(self._data_folder)
        return self._history

    def _close_reader(self) -> None:
        if self._history is not None:
            self._history.close()
            self._history = None

    def _sort_failure(self, error: BaseException) -> None:
        if isinstance(error, PlumblineError):
            self.problem.emit(error)
        else:
            self.mistake.emit(error)
