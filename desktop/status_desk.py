"""What the status line says, and which actions are possible: read from what is going on."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QObject, QTimer

from desktop.actions import ActionId
from desktop.activity import activity_of
from desktop.casting import is_without_model
from desktop.engine_words import engine_explanation, engine_line, engine_note
from desktop.export_desk import ExportDesk
from desktop.live_desk import LiveDesk
from desktop.main_window import MainWindow, Page
from desktop.model_controller import ModelController
from desktop.model_words import host_of, is_this_computer, status_words
from desktop.run_controller import RunController
from desktop.work_controller import WorkController
from engine.domain import Outcome
from models.choice import RemoteChoice
from models.preparation import EngineState, Preparation, preparation
from models.status import ModelState

_ENGINE_LOOK_MS = 5000
_SILENCE_LOOK_MS = 1000
_CHANGES = (
    ActionId.CHANGE,
    ActionId.DEEPER,
    ActionId.CHECK,
    ActionId.MARK,
    ActionId.SHORTEN,
    ActionId.TRANSLATE,
    ActionId.AS_TABLE,
)
_AT_WORK = frozenset({ModelState.LOADING, ModelState.READING_PROMPT, ModelState.ANSWERING})


class StatusDesk(QObject):
    """Watches; steers nothing."""

    def __init__(
        self,
        *,
        runs: RunController,
        work: WorkController,
        export: ExportDesk,
        models: ModelController,
        live: LiveDesk,
        window: MainWindow,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._work = work
        self._export = export
        self._models = models
        self._live = live
        self._server = ""
        self._is_online = False
        self._preparation = Preparation(state=EngineState.MISSING)
        self._silence = QTimer(self)
        self._silence.setInterval(_SILENCE_LOOK_MS)
        self._silence.timeout.connect(self.show_model)
        self._window = window
        self._timer = QTimer(self)
        self._timer.setInterval(_ENGINE_LOOK_MS)
        self._timer.timeout.connect(self.show_engine)
        models.status_changed.connect(self.show_model)
        live.speaking_changed.connect(self.show_model)
        models.choice_changed.connect(self._show_choice)
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
        self._silence.stop()

    def show_engine(self) -> None:
        """Say how it stands with language models."""
        self._preparation = preparation()
        words = engine_explanation(self._preparation, model=self._models.chosen_name)
        self._window.settings_view.show_engine(words)
        self._window.models.show_engine(engine_note(self._preparation))
        self.show_model()

    def show_model(self) -> None:
        """Say what the chosen model does, or that none is chosen."""
        status = self._window.status
        now = self._live.status
        is_another = self._models.is_another_at_work
        if not self._models.chosen_name and not is_another:
            words = engine_line(self._preparation, now=datetime.now().astimezone())
            status.show_engine(words, hint=engine_explanation(self._preparation))
        else:
            is_at_work = now.state in _AT_WORK
            if is_at_work != self._silence.isActive():
                (self._silence.start if is_at_work else self._silence.stop)()
            is_remote = self._models.is_remote_at_work
            said = status_words(now, silent_s=self._live.silent_s if is_at_work else 0.0, is_remote=is_remote)
            can_unload = said.can_unload and not is_remote
            text = f"{said.text}  ·  until this run ends" if is_another else said.text
            status.show_engine(text, hint=said.hint, can_unload=can_unload, is_problem=said.is_problem)
            self._window.set_available(ActionId.UNLOAD_MODEL, available=can_unload)

    def _show_choice(self) -> None:
        policy = self._models.choice.policy
        address = policy.address if isinstance(policy, RemoteChoice) else ""
        server = host_of(address) if address and not is_this_computer(address) else ""
        self._server = server
        self.show_network(is_online=self._is_online)
        self._window.library.show_server(server)
        self._window.ask.show_model(self._models.chosen_name, server=server)
        self.show_engine()

    def show_network(self, *, is_online: bool) -> None:
        """Say whether anything may leave this computer."""
        self._is_online = is_online
        self._window.status.show_network(is_online=is_online, server=self._server)

    def show_run(self) -> None:
        """Say what is being worked on, or what became of the run on the desk."""
        current = self._runs.current
        state = self._runs.state(current) if current is not None else self._work.state
        status = self._window.status
        waiting = f"  ·  {len(self._runs.waiting)} waiting" if self._runs.waiting else ""
        if state is None or state.outcome is not None:
            status.show_run("", can_stop=False)
        elif current is not None:
            words = activity_of(state).text.split(" “", maxsplit=1)[0].removesuffix(":")
            status.show_run(words + waiting, can_stop=True)
        elif state.is_paused:
            status.show_run("Paused" + waiting, can_stop=True, is_paused=True)
        elif state.run_id in self._runs.waiting:
            status.show_run("Queued", can_stop=True)
        else:
            status.show_run("Interrupted", can_stop=True, is_paused=True)
        self.show_available()

    def _can_do_without(self) -> bool:
        """Return whether the run on the desk rests and could go on without the model it was asked with."""
        state = self._work.state
        rests = (
            state is not None and not self._work.is_live and state.outcome in {None, Outcome.FAILED, Outcome.STOPPED}
        )
        return rests and state is not None and not is_without_model(state)

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
            ActionId.WITHOUT_MODEL: is_on_work and self._can_do_without(),
            ActionId.WRITE_NOW: is_running,
            ActionId.SKIP: is_on_work and self._work.is_live,
            ActionId.EXPORT_MARKDOWN: is_on_work and self._export.can_export,
            ActionId.EXPORT_HTML: is_on_work and self._export.can_export,
            ActionId.EXPORT: is_on_work and self._export.can_export,
            ActionId.COPY_REPORT: is_on_work and self._export.can_export,
            ActionId.OPEN_BUNDLE: is_open,
            ActionId.COMPARE: is_on_work and state is not None and len(state.versions) > 1,
            ActionId.NEWEST: is_on_work and state is not None and len(state.versions) > 1,
            **dict.fromkeys(_CHANGES, is_on_work and state is not None and not is_open_ended and bool(state.versions)),
            ActionId.PLAN: is_on_work,
            ActionId.SOURCES: is_on_work,
            ActionId.TRACE: is_on_work,
            ActionId.NETWORK: is_on_work,
            ActionId.NETWORK_SWITCH: is_open,
            ActionId.LOOK_UP: is_on_work and not is_open_ended,
            ActionId.PRIVACY: is_open,
            ActionId.SEARCH_ENGINES: is_open,
            ActionId.FOLD_EVIDENCE: is_on_work,
            ActionId.FIND_HERE: is_on_work or window.page in {Page.LIBRARY, Page.MODELS, Page.PRIVACY},
            ActionId.FIND_EVERYWHERE: is_open,
            ActionId.LIBRARY: is_open,
            ActionId.ADD_FOLDER: is_open,
            ActionId.MODELS: is_open,
            ActionId.ADD_MODEL: is_open,
            ActionId.UNLOAD_MODEL: self._models.status.state in _AT_WORK | {ModelState.READY},
        }
        for action_id, is_available in available.items():
            window.set_available(action_id, available=is_available)
