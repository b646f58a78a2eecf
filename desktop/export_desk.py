"""Saving the report on the desk to a file, or putting it on the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QDialog, QFileDialog, QMenu

from desktop.export_words import FORMAT_WORDS, file_name
from desktop.exports import Exports
from desktop.main_window import MainWindow
from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.opening import open_original, show_in_folder
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.views.export_dialog import ExportDialog
from desktop.work_controller import WorkController
from engine.domain import RunId
from engine.errors import PlumblineError
from engine.export import ReportFormat

_QUICK = (ReportFormat.PDF, ReportFormat.DOCX, ReportFormat.HTML, ReportFormat.MARKDOWN)
"""What the menu has, besides the dialog with everything."""
_OTHER_PROGRAMS = frozenset(
    {ReportFormat.PDF, ReportFormat.DOCX, ReportFormat.ODT, ReportFormat.LATEX, ReportFormat.EPUB, ReportFormat.BUNDLE}
)
"""Formats that may take a while."""


class ExportDesk(QObject):
    """Asks as what and where to, has it written, and says that it was."""

    def __init__(
        self,
        *,
        work: WorkController,
        exports: Exports,
        window: MainWindow,
        settings: Settings,
        notices: Notices,
        theme: Theme,
        clipboard: QClipboard,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._exports = exports
        self._window = window
        self._settings = settings
        self._notices = notices
        self._theme = theme
        self._clipboard = clipboard
        self._last = ReportFormat.PDF
        self.dialog: ExportDialog | None = None
        """What is open now."""
        window.work.export_requested.connect(self.show_menu)
        exports.report_saved.connect(self._say_saved)
        exports.save_failed.connect(self._say_failed)
        exports.report_ready.connect(self._copy)

    @property
    def can_export(self) -> bool:
        """Whether there is a report on the desk."""
        state = self._work.state
        return state is not None and state.outcome is not None and state.current_report is not None

    def show_menu(self) -> None:
        """Offer the formats that are wanted most, and the way to all of them."""
        menu = QMenu(self._window)
        for format in _QUICK:
            words = FORMAT_WORDS[format]
            menu.addAction(self._theme.icon(words.icon), f"{words.name}…").triggered.connect(
                partial(self.export, format)
            )
        menu.addSeparator()
        menu.addAction(self._theme.icon("copy"), "Copy as Markdown").triggered.connect(self.copy_report)
        menu.addAction(self._theme.icon("export"), "All formats…").triggered.connect(self.show_dialog)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._window.work.header.export_place)

    def show_dialog(self, _checked: bool = False) -> None:
        """Offer every format, and a style for the references."""
        state = self._work.state
        if not self.can_export or state is None or self.dialog is not None:
            return
        dialog = ExportDialog(self._theme, format=self._last, parent=self._window)
        dialog.chosen.connect(self._ask_where)
        dialog.styles.styles_wanted.connect(self._exports.find_styles)
        self._exports.styles_found.connect(dialog.styles.show_styles)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.open()

    def export(self, format: ReportFormat, _checked: bool = False) -> None:
        """Ask where the report is to be saved, with our own numbers, and save it."""
        self._ask_where(format, "")

    def copy_report(self, _checked: bool = False) -> None:
        """Put the whole report on the clipboard as Markdown."""
        state = self._work.state
        if self.can_export and state is not None:
            self._exports.make_markdown(state.run_id, version=self._window.work.versions.earlier)

    def _ask_where(self, format: ReportFormat, style: str) -> None:
        state = self._work.state
        if not self.can_export or state is None:
            return
        self._last = format
        suggested = self._settings.export_folder / f"{file_name(state.question)}.{format.value}"
        dialog = QFileDialog(self._window, "Export the report", str(suggested.parent), FORMAT_WORDS[format].filter)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(format.value)
        dialog.selectFile(suggested.name)
        dialog.fileSelected.connect(partial(self._save_styled, state.run_id, format, style))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _save_styled(self, run_id: RunId, format: ReportFormat, style: str, path: str) -> None:
        self._save(run_id, format, path, style=style)

    def _save(self, run_id: RunId, format: ReportFormat, path: str, *, style: str = "") -> None:
        target = Path(path)
        self._settings.export_folder = target.parent
        if format in _OTHER_PROGRAMS:
            self._notices.say(
                Notice(title=f"Saving {target.name} …", hint="You can go on meanwhile.", key=_key(target))
            )
        version = self._window.work.versions.earlier
        self._exports.save_report(run_id, path=target, format=format, style=style, version=version)

    def _say_saved(self, path: Path) -> None:
        self._notices.withdraw(_key(path))
        address = path.absolute().as_uri()
        actions = (
            NoticeAction(text="Open", act=partial(self._try, open_original, address)),
            NoticeAction(text="Show in folder", act=partial(self._try, show_in_folder, address)),
        )
        self._notices.done(f"Saved {path.name}", actions=actions)

    def _say_failed(self, path: Path, error: PlumblineError) -> None:
        self._notices.withdraw(_key(path))
        self._notices.problem(error)

    def _copy(self, _run_id: RunId, text: str) -> None:
        mime = QMimeData()
        mime.setText(text)
        mime.setData("text/markdown", text.encode())
        self._clipboard.setMimeData(mime)
        self._notices.say(Notice(title="The report is on the clipboard, as Markdown", level=Level.DONE))

    def _forget(self, _result: int = QDialog.DialogCode.Rejected) -> None:
        if self.dialog is not None:
            self._exports.styles_found.disconnect(self.dialog.styles.show_styles)
            self.dialog.deleteLater()
            self.dialog = None

    def _try(self, act: Callable[[str], None], address: str) -> None:
        try:
            act(address)
        except PlumblineError as error:
            self._notices.problem(error)


def _key(path: Path) -> str:
    return f"saving {path}"
