"""The frame: three columns that fold and give way, the pages of the middle one, and the line at the bottom.

It arranges views and remembers how they stood. What they show and what follows from it is up to the controllers.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop.actions import ACTIONS, ActionId
from desktop.columns import Columns
from desktop.notices import Notices
from desktop.settings import Settings
from desktop.theme import Theme
from desktop.views.ask import AskView
from desktop.views.choices import RunsChip
from desktop.views.controls import Hairline, ground
from desktop.views.drop_sheet import DropSheet
from desktop.views.empty import EmptyView
from desktop.views.engines import EnginesView
from desktop.views.evidence import EvidenceView
from desktop.views.library import LibraryView
from desktop.views.models import ModelsView
from desktop.views.network import NetworkPane
from desktop.views.notice_bar import NoticeBars, NoticeCards
from desktop.views.palette import PaletteOverlay
from desktop.views.plan import PlanPane
from desktop.views.privacy import PrivacyView
from desktop.views.sessions import SessionsView
from desktop.views.settings import SettingsView
from desktop.views.shortcuts import ShortcutsOverlay
from desktop.views.source_viewer import SourceViewer
from desktop.views.sources import SourcesPane
from desktop.views.status import StatusLine
from desktop.views.trace import TracePane
from desktop.views.work import WorkView
from engine.reading.document import Document

_FIRST_SIZE = QSize(1360, 860)
_SCREEN_SHARE = 0.94
"""The most that the first window takes of a screen."""
_LEAST_SIZE = QSize(560, 420)


class Page(StrEnum):
    """What the middle column can show."""

    ASK = "ask"
    WORK = "work"
    LIBRARY = "library"
    MODELS = "models"
    SETTINGS = "settings"
    PRIVACY = "privacy"
    ENGINES = "engines"
    PROBLEM = "problem"


_SIDE_PAGES = frozenset({Page.LIBRARY, Page.MODELS, Page.SETTINGS, Page.PRIVACY, Page.ENGINES})
"""From which one goes back to where one was."""

_PANES = ("plan", "sources", "trace", "network")


class MainWindow(QMainWindow):
    """Everything on screen."""

    triggered = Signal(object)
    """ActionId: a person did something that is in the table of actions."""
    page_changed = Signal(object)
    """Page."""
    closing = Signal()
    """The window is about to close; it waits for what is connected."""

    def __init__(
        self,
        theme: Theme,
        *,
        settings: Settings,
        notices: Notices,
        data_folder: Path,
        document_of: Callable[[str], Document],
    ) -> None:
        super().__init__()
        self._theme = theme
        self._settings = settings
        self._page = Page.ASK
        self._page_before = Page.ASK
        self.setWindowTitle("Plumbline")
        self.setWindowIcon(theme.app_icon())
        self.setMinimumSize(_LEAST_SIZE)
        self.sessions = SessionsView(theme)
        self.ask = AskView(theme)
        self.work = WorkView(theme, document_of=document_of)
        self.plan = PlanPane(theme)
        self.sources = SourcesPane(theme)
        self.trace = TracePane(theme)
        self.network = NetworkPane(theme)
        self.viewer = SourceViewer(theme, document_of=document_of)
        self.library = LibraryView(theme)
        self.models = ModelsView(theme)
        self.privacy = PrivacyView(theme)
        self.engines = EnginesView(theme)
        self.settings_view = SettingsView(theme, data_folder=data_folder)
        self.problem = EmptyView(theme, icon="warning-circle", colour="unsupported")
        self.evidence = EvidenceView(
            theme,
            panes={
                "plan": ("Plan", self.plan),
                "sources": ("Sources", self.sources),
                "trace": ("Trace", self.trace),
                "network": ("Network", self.network),
            },
        )
        panes: dict[str, PlanPane | SourcesPane | TracePane | NetworkPane] = {
            "plan": self.plan,
            "sources": self.sources,
            "trace": self.trace,
            "network": self.network,
        }
        for key, pane in panes.items():
            pane.count_changed.connect(partial(self.evidence.set_summary, key))
            self.evidence.set_summary(key, pane.count_text)
        self.runs_menu = RunsChip(theme)
        self.evidence.runs.addWidget(self.runs_menu)
        self.status = StatusLine(theme)
        self.bars = NoticeBars(notices, theme)
        self._build()
        self.cards = NoticeCards(notices, theme, parent=self._centre)
        self.drop_sheet = DropSheet(self._centre)
        self.palette_overlay = PaletteOverlay(theme, parent=self)
        self.shortcuts_overlay = ShortcutsOverlay(theme, parent=self)
        for overlay in (self.palette_overlay, self.shortcuts_overlay):
            overlay.keyboard_homeless.connect(self._focus_page)
        self._actions = self._make_actions()
        self.sessions.fold_requested.connect(partial(self.toggle, "sessions"))
        self.evidence.fold_requested.connect(partial(self.toggle, "evidence"))
        self.evidence.folds_changed.connect(self._keep_folds)
        self._restore()

    # --- building ---

    def _build(self) -> None:
        self._pages = QStackedWidget()
        self._page_widgets: dict[Page, QWidget] = {
            Page.ASK: self.ask,
            Page.WORK: self.work,
            Page.LIBRARY: self.library,
            Page.MODELS: self.models,
            Page.SETTINGS: self.settings_view,
            Page.PRIVACY: self.privacy,
            Page.ENGINES: self.engines,
            Page.PROBLEM: self.problem,
        }
        for page in self._page_widgets.values():
            self._pages.addWidget(page)
        self._centre = QWidget()
        ground(self._centre, "surface")
        self._centre.setMinimumWidth(320)
        for reading in (*self.work.pages, self.viewer.text):
            reading.installEventFilter(self)
        centre = QVBoxLayout(self._centre)
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.bars)
        centre.addWidget(self._pages, 1)
        self.columns = Columns(
            self,
            theme=self._theme,
            settings=self._settings,
            sessions=self.sessions,
            centre=self._centre,
            evidence=self.evidence,
            viewer=self.viewer,
        )
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.columns.splitter, 1)
        layout.addWidget(Hairline())
        layout.addWidget(self.status)
        self.setCentralWidget(body)

    def _make_actions(self) -> dict[ActionId, QAction]:
        actions = {}
        for action_id, text in ACTIONS.items():
            action = QAction(text.text, self)
            if text.keys and text.is_global:
                keys = [QKeySequence(text.keys)]
                if action_id is ActionId.LARGER:
                    keys.append(QKeySequence("Ctrl+="))
                action.setShortcuts(keys)
            action.triggered.connect(partial(self._trigger, action_id))
            self.addAction(action)
            actions[action_id] = action
        return actions

    def _restore(self) -> None:
        geometry = self._settings.geometry
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(_FIRST_SIZE.boundedTo(self.screen().availableSize() * _SCREEN_SHARE))
        for key in _PANES:
            self.evidence.fold(key, folded=self._settings.is_folded(key, otherwise=key == "network"))
        heights = self._settings.widths("panes")
        if len(heights) == self.evidence.splitter.count():
            self.evidence.splitter.setSizes(list(heights))
        self.columns.arrange()
        self.columns.set_widths()

    # --- pages ---

    @property
    def page(self) -> Page:
        """What the middle column shows."""
        return self._page

    def show_page(self, page: Page) -> None:
        """Show a page in the middle column."""
        if page is not self._page:
            if self._page not in _SIDE_PAGES:
                self._page_before = self._page
            self._page = page
        if self._pages.currentWidget() is not self._page_widgets[page]:
            self._pages.setCurrentWidget(self._page_widgets[page])
            # Qt would give the keyboard to the first button of the page.
            self._focus_page()
        self.columns.show_page(shows_work=page is Page.WORK, shows_problem=page is Page.PROBLEM)
        self.page_changed.emit(page)

    def _focus_page(self) -> None:
        (self.work.page if self._page is Page.WORK else self._page_widgets[self._page]).setFocus()

    def go_back(self) -> None:
        """Close what is in front: an overlay, the source, a page."""
        if self.is_source_shown and self._page is Page.WORK:
            self.show_source(shown=False)
        elif self._page in _SIDE_PAGES:
            self.show_page(self._page_before)

    @property
    def is_source_shown(self) -> bool:
        """Whether the side column shows a source instead of plan, sources and trace."""
        return self.columns.is_source_shown

    def show_source(self, *, shown: bool) -> None:
        """Show the source viewer in the side column, or plan, sources and trace again."""
        if shown != self.is_source_shown:
            self.columns.show_source(shown=shown)
            (self.viewer if shown else self.work).setFocus(Qt.FocusReason.OtherFocusReason)

    # --- columns ---

    def toggle(self, part: str) -> None:
        """Fold or show the column of ``sessions`` or ``evidence``."""
        self.columns.toggle(part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.arrange()

    def _keep_folds(self) -> None:
        for key in _PANES:
            self._settings.keep_folded(key, folded=self.evidence.is_folded(key))

    # --- keys ---

    def set_available(self, action_id: ActionId, *, available: bool) -> None:
        """Allow or forbid an action."""
        self._actions[action_id].setEnabled(available)

    @property
    def available(self) -> frozenset[ActionId]:
        """The actions that can be done now."""
        return frozenset(action_id for action_id, action in self._actions.items() if action.isEnabled())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do what has keys of its own only where no field wanted them."""
        writes = isinstance(self.focusWidget(), QLineEdit | QPlainTextEdit)
        if event.key() == Qt.Key.Key_Escape:
            self._trigger(ActionId.BACK)
        elif event.text() == "?" and not writes:
            self._trigger(ActionId.SHORTCUTS)
        elif event.matches(QKeySequence.StandardKey.Find):
            self._trigger(ActionId.FIND_HERE)
        elif event.key() == Qt.Key.Key_Space and not writes and not event.isAutoRepeat():
            self._trigger(ActionId.PAUSE)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            # Where one reads, Space turns the page, unless there is a run to pause.
            is_space = event.key() == Qt.Key.Key_Space and event.modifiers() == Qt.KeyboardModifier.NoModifier
            if is_space and self._actions[ActionId.PAUSE].isEnabled():
                self._trigger(ActionId.PAUSE)
                return True
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._settings.geometry = self.saveGeometry()
        self.columns.keep_widths()
        self._settings.keep_widths("panes", self.evidence.splitter.sizes())
        self.closing.emit()
        super().closeEvent(event)

    def _trigger(self, action_id: ActionId, _checked: bool = False) -> None:
        if not self._actions[action_id].isEnabled():
            return
        was_palette = self.palette_overlay.isVisible()
        for overlay in (self.palette_overlay, self.shortcuts_overlay):
            # Nothing is done behind what is in front.
            overlay.close_overlay()
        if not (was_palette and action_id is ActionId.PALETTE):
            self.triggered.emit(action_id)
