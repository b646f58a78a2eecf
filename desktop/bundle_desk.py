"""Opening a bundle: it is looked through first, what was found is shown, and then it is a session like others."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog

from desktop.exports import Exports
from desktop.main_window import MainWindow
from desktop.notices import Notices
from desktop.run_controller import RunController
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.views.bundle_dialog import BundleDialog
from desktop.work_controller import WorkController
from engine.bundle.opening import Opened
from engine.bundle.verification import Verification
from engine.errors import PlumblineError

_FILTER = "Plumbline bundles (*.plumbline *.zip)"


class BundleDesk(QObject):
    """One dialog at a time."""

    def __init__(
        self,
        *,
        runs: RunController,
        work: WorkController,
        exports: Exports,
        window: MainWindow,
        settings: Settings,
        notices: Notices,
        theme: Theme,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._work = work
        self._exports = exports
        self._window = window
        self._settings = settings
        self._notices = notices
        self._theme = theme
        self.dialog: BundleDialog | None = None
        """What is open now."""
        window.drop_sheet.bundles_dropped.connect(self._open_first)
        exports.bundle_examined.connect(self._show)
        exports.problem.connect(self._say)
        runs.bundle_opened.connect(self._take)

    def choose(self) -> None:
        """Let a person choose a bundle."""
        dialog = QFileDialog(self._window, "Open a bundle", str(self._settings.export_folder), _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, "Open")
        dialog.fileSelected.connect(self._examine)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def examine(self, path: Path) -> None:
        """Look a bundle through; what is found is shown before it is opened."""
        self._exports.examine(path)

    def _examine(self, path: str) -> None:
        self.examine(Path(path))

    def _open_first(self, paths: tuple[Path, ...]) -> None:
        self.examine(paths[0])

    def _show(self, path: Path, verification: Verification) -> None:
        if self.dialog is not None:
            return
        dialog = BundleDialog(self._theme, verification, parent=self._window)
        dialog.accepted.connect(partial(self._open, path, verification))
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.open()

    def _open(self, path: Path, verification: Verification) -> None:
        self._runs.open_bundle(path, despite_findings=not verification.is_sound)

    def _take(self, opened: Opened) -> None:
        self._work.open_session(opened.session_id)
        if not opened.is_new:
            self._notices.done("This bundle was opened before: here it is")

    def _say(self, error: PlumblineError) -> None:
        self._notices.problem(error)

    def _forget(self, _result: int = QDialog.DialogCode.Rejected) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
