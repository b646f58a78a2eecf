"""Saving the report on the desk to a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFileDialog, QMenu

from desktop.lookups import Lookups
from desktop.main_window import MainWindow
from desktop.notices import NoticeAction, Notices
from desktop.opening import open_original, show_in_folder
from desktop.settings import Settings
from desktop.work_controller import WorkController
from engine.domain import RunId
from engine.errors import PlumblineError
from engine.export import ReportFormat

_FORMATS = {
    ReportFormat.HTML: ("Web page, one file…", "Web page (*.html)"),
    ReportFormat.MARKDOWN: ("Markdown…", "Markdown (*.md)"),
    ReportFormat.TEXT: ("Plain text…", "Plain text (*.txt)"),
}
_NAME_LENGTH = 60


class ExportDesk(QObject):
    """Asks where to, has it written, and says that it was."""

    def __init__(
        self,
        *,
        work: WorkController,
        lookups: Lookups,
        window: MainWindow,
        settings: Settings,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._lookups = lookups
        self._window = window
        self._settings = settings
        self._notices = notices
        window.work.export_requested.connect(self.show_menu)
        lookups.report_saved.connect(self._say_saved)

    @property
    def can_export(self) -> bool:
        """Whether there is a report on the desk."""
        state = self._work.state
        return state is not None and state.outcome is not None and state.current_report is not None

    def show_menu(self) -> None:
        """Offer the formats where the pointer or the button is."""
        menu = QMenu(self._window)
        for format, (text, _) in _FORMATS.items():
            menu.addAction(text).triggered.connect(partial(self.export, format))
        menu.aboutToHide.connect(menu.deleteLater)
        button = self._window.focusWidget()
        place = QCursor.pos()
        if button is not None and not button.rect().contains(button.mapFromGlobal(place)) and button.height() < 60:
            place = button.mapToGlobal(QPoint(0, button.height()))
        menu.popup(place)

    def export(self, format: ReportFormat, _checked: bool = False) -> None:
        """Ask where the report is to be saved, and save it."""
        state = self._work.state
        if not self.can_export or state is None:
            return
        suggested = self._settings.export_folder / f"{file_name(state.question)}.{format.value}"
        dialog = QFileDialog(self._window, "Export the report", str(suggested.parent), _FORMATS[format][1])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(format.value)
        dialog.selectFile(suggested.name)
        dialog.fileSelected.connect(partial(self._save, state.run_id, format))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save(self, run_id: RunId, format: ReportFormat, path: str) -> None:
        self._settings.export_folder = Path(path).parent
        self._lookups.save_report(run_id, path=Path(path), format=format)

    def _say_saved(self, path: Path) -> None:
        address = path.absolute().as_uri()
        actions = (
            NoticeAction(text="Open", act=partial(self._try, open_original, address)),
            NoticeAction(text="Show in folder", act=partial(self._try, show_in_folder, address)),
        )
        self._notices.done(f"Saved {path.name}", actions=actions)

    def _try(self, act: Callable[[str], None], address: str) -> None:
        try:
            act(address)
        except PlumblineError as error:
            self._notices.problem(error)


def file_name(question: str) -> str:
    """Return a name for a file that every system accepts, from the words of a question."""
    words = re.sub(r"[^\w\s-]", "", " ".join(question.split())).strip()
    name = words[:_NAME_LENGTH].rsplit(" ", 1)[0] if len(words) > _NAME_LENGTH else words
    return name.strip(". ") or "Report"
