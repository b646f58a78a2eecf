"""What each action of the table means: from the key or the palette to the desk that does it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from desktop.actions import ActionId
from desktop.bundle_desk import BundleDesk
from desktop.export_desk import ExportDesk
from desktop.follow_up_desk import FollowUpDesk
from desktop.library_desk import LibraryDesk
from desktop.look_up_desk import LookUpDesk
from desktop.main_window import MainWindow, Page
from desktop.model_desk import ModelDesk
from desktop.network_desk import NetworkDesk
from desktop.preferences import Preferences
from desktop.work_controller import WorkController
from engine.domain import AmendmentKind
from engine.export import ReportFormat


class Meanings:
    """Carries actions out."""

    def __init__(
        self,
        *,
        work: WorkController,
        export: ExportDesk,
        shelf: LibraryDesk,
        models: ModelDesk,
        network: NetworkDesk,
        look_up: LookUpDesk,
        follow_up: FollowUpDesk,
        bundles: BundleDesk,
        preferences: Preferences,
        window: MainWindow,
    ) -> None:
        self._work = work
        self._window = window
        self._acts: dict[ActionId, Callable[[], object]] = {
            ActionId.NEW: work.start_over,
            ActionId.ASK_AGAIN: work.ask_again,
            ActionId.PAUSE: work.pause_or_continue,
            ActionId.STOP: work.stop,
            ActionId.WITHOUT_MODEL: work.go_on_without_model,
            ActionId.WRITE_NOW: work.write_now,
            ActionId.SKIP: work.skip,
            ActionId.PALETTE: self._open_palette,
            ActionId.FIND_HERE: self._find_here,
            ActionId.FIND_EVERYWHERE: self._find_everywhere,
            ActionId.SESSIONS: self._go_to_sessions,
            ActionId.PLAN: partial(self._go_to_pane, "plan"),
            ActionId.SOURCES: partial(self._go_to_pane, "sources"),
            ActionId.TRACE: partial(self._go_to_pane, "trace"),
            ActionId.NETWORK: partial(self._go_to_pane, "network"),
            ActionId.CHANGE: follow_up.show_menu,
            ActionId.DEEPER: follow_up.go_deeper,
            ActionId.CHECK: partial(follow_up.want, AmendmentKind.CHECK),
            ActionId.MARK: follow_up.mark_chosen,
            ActionId.SHORTEN: partial(follow_up.want, AmendmentKind.SHORTEN),
            ActionId.TRANSLATE: partial(follow_up.want, AmendmentKind.TRANSLATE),
            ActionId.AS_TABLE: partial(follow_up.want, AmendmentKind.TABLE),
            ActionId.COMPARE: window.work.versions.compare,
            ActionId.NEWEST: window.work.versions.read_newest,
            ActionId.EXPORT: export.show_dialog,
            ActionId.COPY_REPORT: export.copy_report,
            ActionId.OPEN_BUNDLE: bundles.choose,
            ActionId.EXPORT_MARKDOWN: partial(export.export, ReportFormat.MARKDOWN),
            ActionId.EXPORT_HTML: partial(export.export, ReportFormat.HTML),
            ActionId.LIBRARY: partial(window.show_page, Page.LIBRARY),
            ActionId.ADD_FOLDER: shelf.choose_folder,
            ActionId.MODELS: models.open_page,
            ActionId.ADD_MODEL: models.choose_file,
            ActionId.UNLOAD_MODEL: models.unload,
            ActionId.SETTINGS: partial(window.show_page, Page.SETTINGS),
            ActionId.LOOK_UP: look_up.look_up,
            ActionId.NETWORK_SWITCH: network.switch,
            ActionId.PRIVACY: network.open_page,
            ActionId.SEARCH_ENGINES: partial(window.show_page, Page.ENGINES),
            ActionId.FOLD_SESSIONS: partial(window.toggle, "sessions"),
            ActionId.FOLD_EVIDENCE: partial(window.toggle, "evidence"),
            ActionId.SWITCH_APPEARANCE: preferences.switch_appearance,
            ActionId.LARGER: partial(preferences.step_text, 1),
            ActionId.SMALLER: partial(preferences.step_text, -1),
            ActionId.SHORTCUTS: window.shortcuts_overlay.open,
            ActionId.BACK: window.go_back,
            ActionId.QUIT: window.close,
        }

    def act(self, action_id: ActionId) -> None:
        """Do what an action means."""
        self._acts[action_id]()

    def _open_palette(self) -> None:
        self._window.palette_overlay.open_with(available=self._window.available, sessions=self._work.sessions)

    def _find_here(self) -> None:
        if self._window.page is Page.LIBRARY:
            self._window.library.start_filter()
        elif self._window.page is Page.MODELS:
            self._window.models.start_filter()
        elif self._window.page is Page.PRIVACY:
            self._window.privacy.start_filter()
        else:
            self._window.work.find_bar.open_bar()

    def _find_everywhere(self) -> None:
        if self._window.sessions.isHidden():
            self._window.toggle("sessions")
        self._window.sessions.start_search()

    def _go_to_sessions(self) -> None:
        if self._window.sessions.isHidden():
            self._window.toggle("sessions")
        self._window.sessions.focus_list()

    def _go_to_pane(self, key: str) -> None:
        self._window.show_source(shown=False)
        if self._window.evidence.isHidden() or not self._window.evidence.isVisible():
            self._window.toggle("evidence")
        self._window.evidence.go_to(key)
