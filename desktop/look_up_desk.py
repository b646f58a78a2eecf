"""From a sentence or a gap of a report to the web: the exact words are shown first, and sent only as they were read."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.main_window import MainWindow
from desktop.network_controller import NetworkController
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.views.approval import ApprovalDialog
from desktop.work_controller import WorkController
from engine.domain import Reach, Scope


class LookUpDesk(QObject):
    """One dialog at a time."""

    def __init__(
        self,
        *,
        work: WorkController,
        network: NetworkController,
        window: MainWindow,
        settings: Settings,
        theme: Theme,
        system_proxy: Callable[[], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._work = work
        self._network = network
        self._window = window
        self._settings = settings
        self._theme = theme
        self._system_proxy = system_proxy
        self.dialog: ApprovalDialog | None = None
        """What is open now."""
        window.work.look_up_requested.connect(self.show_words)
        network.changed.connect(self._show_network)

    def look_up(self) -> None:
        """Propose what is selected in the report, or else what it could not establish, or its question."""
        state = self._work.state
        if state is None:
            return
        report = state.current_report
        gaps = [gap.question for gap in report.gaps] if report is not None else []
        selected = self._window.work.page.textCursor().selectedText().replace("\ufffc", " ")
        self.show_words(selected.strip() or (gaps[0] if gaps else state.question))

    def show_words(self, words: str) -> None:
        """Show words that a person may send."""
        state = self._work.state
        if state is None or self.dialog is not None:
            return
        dialog = ApprovalDialog(
            self._theme, words[:2000], is_private=state.scope.reach.has_library, parent=self._window
        )
        dialog.approved.connect(self._start)
        self._open(dialog)

    def confirm_check(self, words: str, *, confirmed: Callable[[], object]) -> None:
        """Show the words of a sentence that is to be checked again on the web; nothing is begun before they are sent.

        Args:
            words: exactly as search engines would get them.
            confirmed: called when a person wants them sent.
        """
        if self.dialog is None:
            dialog = ApprovalDialog(self._theme, words, is_private=False, is_check=True, parent=self._window)
            dialog.accepted.connect(confirmed)
            self._open(dialog)

    def _open(self, dialog: ApprovalDialog) -> None:
        dialog.online_requested.connect(self._go_online)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        self._show_network()
        dialog.open()

    def _start(self, words: str) -> None:
        self._work.look_up(words, scope=Scope(reach=Reach.WEB, web=self._settings.web_limits))

    def _go_online(self, uses_proxy: bool) -> None:
        self._network.go_online(uses_system_proxy=uses_proxy)

    def _show_network(self) -> None:
        if self.dialog is not None:
            settings = self._network.settings
            proxy = "" if settings.proxy else self._system_proxy()
            self.dialog.show_network(is_online=settings.is_online, proxy=proxy)

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
