"""What the status line says, and which actions are possible: read from what is going on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, QTimer

from desktop.actions import ActionId
from desktop.activity import activity_of
from desktop.engine_words import engine_explanation, engine_line
from desktop.export_desk import ExportDesk
from desktop.main_window import MainWindow, Page
from desktop.run_controller import RunController
from desktop.work_controller import WorkController
from models.preparation import preparation

_ENGINE_LOOK_MS = 5000


class StatusDesk(QObject):
    """Watches; steers nothing."""

    def __init__(
        self,
        *,
        runs: RunController,
        work: WorkController,
        export: ExportDesk,
        window: MainWindow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._work = work
        self._export = export
        self._window = window
        self._timer = QTimer(self)
        self._timer.setInterval(_ENGINE_LOOK_MS)
        self._timer.timeout.connect(self.show_engine)
        runs.queue_changed.connect(self.show_run)
        runs.event_stored.connect(self.show_run)
        runs.run_ended.connect(self.show_run)
        work.shown_changed.connect(self.show_run)
        window.page_changed.connect(self.show_available)

    def start(self) -> None:
        """Show everything, and look now and then how the engine for models stands."""
        self.show_engine()
        self.show_run()
        self._timer.start()

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def show_engine(self) -> None:
        """Say how it stands with language models."""
        now = preparation()
        words = engine_explanation(now)
        self._window.status.show_engine(engine_line(now, now=datetime.now().astimezone()), hint=words)
        self._window.settings_view.show_engine(words)

    def show_run(self) -> None:
        """Say what is being worked on, or what became of the run on the desk."""
        current = self._runs.current
        state = self._runs.state(current) if current is not None else self._work.state
        status = self._window.status
        waiting = f"  ·  {len(self._runs.waiting)} waiting" if self._runs.waiting else ""
        if state is None or state.outcome is not None:
            status.show_run("", can_stop=False)
        elif current is not None:
            words = activity_of(state).text.split(" “", maxsplit=1)[0]
            status.show_run(words + waiting, can_stop=True)
        elif state.is_paused:
            status.show_run("Paused" + waiting, can_stop=True, is_paused=True)
        elif state.run_id in self._runs.waiting:
            status.show_run("Queued", can_stop=True)
        else:
            status.show_run("Interrupted", can_stop=True, is_paused=True)
        self.show_available()

    def show_available(self) -> None:
        """Allow what can be done now."""
        window, state = self._window, self._work.state
        is_on_work = window.page is Page.WORK and state is not None
        is_running = self._runs.current is not None
        is_open_ended = state is not None and state.outcome is None
        is_open = self._runs.is_open
        available = {
            ActionId.NEW: is_open,
            ActionId.ASK_AGAIN: is_on_work and not is_open_ended,
            ActionId.PAUSE: is_running or (is_on_work and is_open_ended),
            ActionId.STOP: is_running or (is_on_work and is_open_ended),
            ActionId.WRITE_NOW: is_running,
            ActionId.SKIP: is_on_work and self._work.is_live,
            ActionId.EXPORT_MARKDOWN: is_on_work and self._export.can_export,
            ActionId.EXPORT_HTML: is_on_work and self._export.can_export,
            ActionId.PLAN: is_on_work,
            ActionId.SOURCES: is_on_work,
            ActionId.TRACE: is_on_work,
            ActionId.FOLD_EVIDENCE: is_on_work,
            ActionId.FIND_HERE: is_on_work or window.page is Page.LIBRARY,
            ActionId.FIND_EVERYWHERE: is_open,
            ActionId.LIBRARY: is_open,
            ActionId.ADD_FOLDER: is_open,
        }
        for action_id, is_available in available.items():
            window.set_available(action_id, available=is_available)
