"""The application: builds everything once, connects it, starts it and takes it down again."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from desktop.actions import ActionId
from desktop.bundle_desk import BundleDesk
from desktop.casting import Casting
from desktop.engines_desk import EnginesDesk
from desktop.export_desk import ExportDesk
from desktop.exports import Exports
from desktop.fetch_relay import FetchRelay
from desktop.follow_up_desk import FollowUpDesk
from desktop.interrupts import Interrupts
from desktop.library_controller import LibraryController
from desktop.library_desk import LibraryDesk
from desktop.live_desk import LiveDesk
from desktop.live_relay import LiveRelay
from desktop.look_up_desk import LookUpDesk
from desktop.lookups import Archive, Lookups
from desktop.main_window import MainWindow, Page
from desktop.meanings import Meanings
from desktop.mistakes import Mistakes
from desktop.model_controller import ModelController
from desktop.model_desk import ModelDesk
from desktop.model_office import LocalOffice, make_runner
from desktop.model_seams import ModelOffice, ModelRunner
from desktop.network_controller import NetworkController, system_proxy
from desktop.network_desk import NetworkDesk
from desktop.notices import Notices
from desktop.preferences import Preferences
from desktop.run_controller import RunController
from desktop.settings import Settings
from desktop.single_instance import SingleInstance
from desktop.status_desk import StatusDesk
from desktop.theme import Theme
from desktop.trouble_desk import TroubleDesk
from desktop.web_office import WebOffice
from desktop.work_controller import WorkController
from engine.errors import DataFolderInUse, PlumblineError
from engine.network.door import Door
from engine.network.ledger import LedgerReader, OnEntry
from engine.research import Research, StoreNotice
from models.files.model_folder import default_folder
from models.keys import Keys
from models.status import OnStatus

_LEAVE_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are."""

    data_folder: Path
    guide: Path
    started_file: Path | None = None
    """Written when the window has been painted for the first time, to measure how long that takes."""


class App(QObject):
    """Everything there is, once. Nothing refers to it but ``__main__`` and tests."""

    def __init__(
        self,
        application: QApplication,
        places: Places,
        *,
        open_research: Callable[..., Research] = Research.open,
        open_door: Callable[..., Door] = Door,
        office: ModelOffice | None = None,
        runner: Callable[[OnStatus], ModelRunner] | None = None,
    ) -> None:
        super().__init__()
        self._application = application
        self.places = places
        self.settings = Settings(places.data_folder)
        self.theme = Theme(application.styleHints(), self)
        self.notices = Notices(self)
        self.mistakes = Mistakes(places.data_folder, self)
        self.instance = SingleInstance(places.data_folder, self)
        self.archive = Archive(places.data_folder)
        keys = Keys()
        self.fetching = FetchRelay(self)

        def opened_door(on_entry: OnEntry) -> Door:
            self.door = open_door(places.data_folder, on_entry=on_entry)
            return self.door

        self.network = NetworkController(
            open_door=opened_door, ledger=LedgerReader.open(places.data_folder), parent=self
        )
        self.web = WebOffice(places.data_folder, door=self.door, keys=keys)
        self.models = ModelController(
            office or LocalOffice(places.data_folder, keys=keys, door=self.door),
            runner=runner or partial(make_runner, places.data_folder, keys, self.door),
            parent=self,
        )
        self.live = LiveRelay(self)
        self.runs = RunController(
            places.data_folder,
            self,
            open_research=partial(self.web.open_research, open_research),
            casting=Casting(self.models, live=self.live, data_folder=places.data_folder),
            on_fetch=self.fetching.hear,
        )
        self.library = LibraryController(places.data_folder, guide=places.guide, parent=self)
        self.lookups = Lookups(places.data_folder, self)
        self.exports = Exports(places.data_folder, self)
        self.theme.use(
            appearance=self.settings.appearance,
            text_scale=self.settings.text_scale,
            typeface=self.settings.typeface,
        )
        self.theme.apply_to(application)
        self.window = MainWindow(
            self.theme,
            settings=self.settings,
            notices=self.notices,
            data_folder=places.data_folder,
            document_of=self.archive.document,
        )
        self.work = WorkController(
            runs=self.runs,
            lookups=self.lookups,
            archive=self.archive,
            window=self.window,
            notices=self.notices,
            parent=self,
        )
        self.shelf = LibraryDesk(
            library=self.library, lookups=self.lookups, window=self.window, notices=self.notices, parent=self
        )
        self.export = ExportDesk(
            work=self.work,
            exports=self.exports,
            window=self.window,
            settings=self.settings,
            notices=self.notices,
            theme=self.theme,
            clipboard=application.clipboard(),
            parent=self,
        )
        self.bundles = BundleDesk(
            runs=self.runs,
            work=self.work,
            exports=self.exports,
            window=self.window,
            settings=self.settings,
            notices=self.notices,
            theme=self.theme,
            parent=self,
        )
        self.model_desk = ModelDesk(
            models=self.models,
            runs=self.runs,
            window=self.window,
            notices=self.notices,
            model_folder=default_folder(places.data_folder),
            parent=self,
        )
        self.live_desk = LiveDesk(
            live=self.live,
            models=self.models,
            runs=self.runs,
            work=self.work,
            window=self.window,
            settings=self.settings,
            parent=self,
        )
        self.preferences = Preferences(settings=self.settings, theme=self.theme, window=self.window, parent=self)
        self.status = StatusDesk(
            runs=self.runs,
            work=self.work,
            export=self.export,
            models=self.models,
            live=self.live_desk,
            window=self.window,
            parent=self,
        )
        self.network_desk = NetworkDesk(
            network=self.network,
            runs=self.runs,
            work=self.work,
            lookups=self.lookups,
            status=self.status,
            window=self.window,
            notices=self.notices,
            settings=self.settings,
            system_proxy=system_proxy,
            parent=self,
        )
        self.engines_desk = EnginesDesk(
            engines=self.web.engines,
            door=self.door,
            network=self.network,
            window=self.window,
            notices=self.notices,
            parent=self,
        )
        self.look_up_desk = LookUpDesk(
            work=self.work,
            network=self.network,
            window=self.window,
            settings=self.settings,
            theme=self.theme,
            system_proxy=system_proxy,
            parent=self,
        )
        self.follow_up = FollowUpDesk(
            runs=self.runs,
            work=self.work,
            models=self.models,
            network=self.network,
            archive=self.archive,
            window=self.window,
            notices=self.notices,
            theme=self.theme,
            look_up=self.look_up_desk.show_words,
            confirm_check=self.look_up_desk.confirm_check,
            choose_model=self.model_desk.open_page,
            go_online=self.network_desk.switch,
            parent=self,
        )
        self.trouble = TroubleDesk(
            runs=self.runs,
            library=self.library,
            lookups=self.lookups,
            work=self.work,
            mistakes=self.mistakes,
            notices=self.notices,
            show_log=self._show_data_folder,
            parent=self,
        )
        self.interrupts = Interrupts(self)
        self._is_closed = False
        self._all_ended = True
        self._meanings = Meanings(
            work=self.work,
            export=self.export,
            shelf=self.shelf,
            models=self.model_desk,
            network=self.network_desk,
            look_up=self.look_up_desk,
            follow_up=self.follow_up,
            bundles=self.bundles,
            preferences=self.preferences,
            window=self.window,
        )
        self._connect()

    # --- starting and ending ---

    def start(self) -> None:
        """Show the window, then open everything behind it."""
        self.mistakes.catch_uncaught()
        self.interrupts.listen()
        self.preferences.put_into_effect()
        self.preferences.restore_question()
        self.status.start()
        self.window.show_page(Page.ASK)
        if self.places.started_file is not None:
            self.window.installEventFilter(self)
        self.window.show()
        self.window.ask.begin()
        self.models.start()
        self.network.start()
        self.engines_desk.start()
        self.network_desk.show_settings()
        self.network_desk.say_notice()
        self.runs.start()

    def close(self) -> bool:
        """Take everything down, each with a bound; return whether all of it has ended. A second call does nothing."""
        if self._is_closed:
            return self._all_ended
        self._is_closed = True
        self.status.stop()
        self.live_desk.stop()
        self.interrupts.close()
        self.instance.close()
        self.window.cards.settle()
        self.runs.interrupt()
        self.models.interrupt()
        self.library.stop()
        # Readers first: the last connection to a database tidies up after it, and only the writer's can.
        ended = [self.lookups.close(), self.exports.close(), self.library.close()]
        self.archive.close()
        # A run leaves its model within moments; one that does not loses it, and then has nothing to wait for.
        has_left = self.runs.close(timeout_s=_LEAVE_TIMEOUT_S)
        ended.append(self.models.close())
        ended.append(has_left or self.runs.close())
        ended.append(self.engines_desk.close())
        self.web.close()
        ended.append(self.network.close())
        self.door.close()
        self._all_ended = all(ended)
        self.settings.save()
        self.mistakes.stop_catching()
        return self._all_ended

    def dismantle(self) -> None:
        """Delete the window and everything else after ``close``, while there still is an application.

        WORKAROUND: left to the end of the interpreter, PySide deletes widgets after the application, and on
        Python 3.13 that crashes.
        """
        self.window.deleteLater()
        self.deleteLater()
        self._application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.window and event.type() == QEvent.Type.Paint and self.places.started_file is not None:
            self.window.removeEventFilter(self)
            self.places.started_file.write_text(f"{datetime.now().timestamp():.3f}\n", encoding="utf-8")
        return super().eventFilter(watched, event)

    # --- connecting ---

    def _connect(self) -> None:
        self.interrupts.asked_to_close.connect(self.window.close)
        self.instance.raise_requested.connect(self._raise_window)
        self.runs.opened.connect(self._go_ahead)
        self.runs.open_failed.connect(self._show_unusable)
        self.runs.run_waiting.connect(self._make_ready)
        self.library.ready.connect(self.runs.go)
        self.fetching.told.connect(self.work.show_fetching)
        self.engines_desk.errands.failed.connect(self.mistakes.record)
        for source in (self.runs, self.library, self.lookups, self.exports, self.models, self.network):
            source.mistake.connect(self.mistakes.record)
        window = self.window
        window.closing.connect(self.close)
        window.triggered.connect(self._act)
        window.palette_overlay.action_chosen.connect(self._act)
        window.palette_overlay.session_chosen.connect(self.work.open_session)
        window.sessions.library_requested.connect(partial(window.show_page, Page.LIBRARY))
        window.sessions.settings_requested.connect(partial(window.show_page, Page.SETTINGS))
        for view in (window.sessions, window.ask, window.work, window.status, window.settings_view):
            view.models_requested.connect(self.model_desk.open_page)
        window.settings_view.privacy_requested.connect(self.network_desk.open_page)
        window.settings_view.engines_requested.connect(partial(window.show_page, Page.ENGINES))
        window.settings_view.data_folder_requested.connect(self._show_data_folder)

    # --- the data folder ---

    def _go_ahead(self, notices: tuple[StoreNotice, ...]) -> None:
        if self._is_closed:
            return  # closed while the data folder was being opened: nothing more may start
        self.instance.listen()
        for notice in notices:
            self.trouble.show_store_notice(notice)
        if self.window.page is Page.PROBLEM:
            self.window.show_page(Page.ASK)
        self.lookups.start()
        self.lookups.list_sessions()
        self.library.start()
        self.status.show_available()

    def _show_unusable(self, error: PlumblineError) -> None:
        if isinstance(error, DataFolderInUse) and self.instance.raise_other():
            # Two were started at once: the one that came first has the data folder.
            self.window.close()
            return
        self.window.problem.say(error.title, error.hint)
        offers: list[tuple[str, Callable[[], object]]] = [("Try again", self.runs.open)]
        if not isinstance(error, DataFolderInUse):
            offers.append(("Show the folder", self._show_data_folder))
        offers.append(("Close Plumbline", self.window.close))
        self.window.problem.offer(*offers)
        self.window.show_page(Page.PROBLEM)
        self.status.show_available()

    def _make_ready(self) -> None:
        self.library.make_ready()

    def _raise_window(self) -> None:
        self.window.setWindowState(self.window.windowState() & ~self.window.windowState().WindowMinimized)
        self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    # --- doing things ---

    def _act(self, action_id: ActionId) -> None:
        self._meanings.act(action_id)

    def _show_data_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.places.data_folder)))
