"""Between a language model at work and the views that show it working."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.casting import is_without_model
from desktop.live_relay import Live, LiveRelay
from desktop.main_window import MainWindow
from desktop.model_controller import ModelController
from desktop.model_words import silence_words, waiting_words
from desktop.run_controller import RunController
from desktop.settings import Settings
from desktop.work_controller import WorkController
from engine.agent.state import RunState
from engine.domain import Outcome
from models.status import ModelState, ModelStatus

_LOOK_MS = 1000


class LiveDesk(QObject):
    """Shows words while they come, and says when none have come for long."""

    speaking_changed = Signal()
    """A model on a server has begun to speak, or has said what it had to say."""

    def __init__(
        self,
        *,
        live: LiveRelay,
        models: ModelController,
        runs: RunController,
        work: WorkController,
        window: MainWindow,
        settings: Settings,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        self._models = models
        self._runs = runs
        self._work = work
        self._window = window
        self._settings = settings
        self._was = ModelState.NONE
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        live.changed.connect(self._show)
        models.status_changed.connect(self._show_waiting)
        work.shown_changed.connect(self._show_again)
        runs.queue_changed.connect(self._watch)
        runs.run_ended.connect(self._note_end)
        window.work.unfold_live(is_unfolded=settings.shows_live_words)
        window.work.live_unfolded.connect(self._keep_unfolded)

    @property
    def silent_s(self) -> float:
        """Seconds since the model was last heard of, in words or otherwise."""
        return min(self._live.silent_s, self._models.silent_s)

    @property
    def status(self) -> ModelStatus:
        """What the chosen model does; of one on a server only its words tell."""
        told, live = self._models.status, self._live.live
        if not self._models.is_remote_at_work or live is None:
            return told
        return replace(told, state=ModelState.ANSWERING if live.text else ModelState.READING_PROMPT)

    def stop(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _show(self, live: Live | None) -> None:
        state = self.status.state
        if state is not self._was:
            self._was = state
            self.speaking_changed.emit()
        if self._work.is_live:
            self._window.work.show_live(live)
            self._window.trace.show_live_words(live.tail if live is not None else "")
        self._show_waiting()

    def _show_waiting(self) -> None:
        state = self._work.state
        waits = self._work.is_live and state is not None and not is_without_model(state)
        self._window.work.show_waiting(waiting_words(self.status) if waits else "")

    def _show_again(self) -> None:
        """Another run is shown, or the shown one has moved on: its words are those that were told last."""
        is_live = self._work.is_live
        live = self._live.live if is_live else None
        if live is not None or not is_live:
            self._window.work.show_live(live)
        self._window.trace.show_live_words(live.tail if live is not None else "")
        self._show_waiting()

    def _watch(self) -> None:
        if self._runs.current is not None:
            self._timer.start()
        else:
            self._timer.stop()
            self._window.work.show_silence("")

    def _note_end(self, state: RunState) -> None:
        self._models.end_work()
        if state.outcome in {Outcome.COMPLETE, Outcome.INCOMPLETE, Outcome.NOT_FOUND} and not is_without_model(state):
            # It has shown that it works: now is the time to find out how it works best here.
            self._models.tune()

    def _look(self) -> None:
        words = silence_words(self.status, silent_s=self.silent_s) if self._work.is_live else ""
        self._window.work.show_silence(words)

    def _keep_unfolded(self, is_unfolded: bool) -> None:
        self._settings.shows_live_words = is_unfolded
