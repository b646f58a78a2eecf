"""The three columns of the window: how wide they are, when they fold, and where they go when the window is narrow."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QWidget

from desktop.settings import Settings
from desktop.theme import Theme
from desktop.views.controls import IconButton
from desktop.views.evidence import EvidenceView
from desktop.views.sessions import SessionsView
from desktop.views.source_viewer import SourceViewer
from resources.tokens import EVIDENCE_WIDTH, SIDEBAR_WIDTH, SPACE_2

NARROW_BELOW = 1040
"""Window width in logical pixels under which plan, sources and trace are tabs under the report."""
SIDEBAR_FOLDS_BELOW = 780
_SIDE_LIMITS = (190, 420)
_EVIDENCE_LEAST = 280
_VIEWER_WIDTH = 560


class Columns(QObject):
    """Sessions at the left, the page in the middle, evidence or a source at the right."""

    def __init__(
        self,
        window: QMainWindow,
        *,
        theme: Theme,
        settings: Settings,
        sessions: SessionsView,
        centre: QWidget,
        evidence: EvidenceView,
        viewer: SourceViewer,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._sessions = sessions
        self._centre = centre
        self._evidence = evidence
        self._viewer = viewer
        self._is_narrow = False
        self._shows_work = False
        self._shows_problem = False
        self._folded = {part: settings.is_folded(part) for part in ("sessions", "evidence")}
        self._show_sessions = IconButton(theme, "sidebar-left", "Show the sidebar", shortcut="Ctrl+B", parent=centre)
        self._show_sessions.clicked.connect(partial(self.toggle, "sessions"))
        self._show_evidence = IconButton(
            theme, "sidebar-right", "Show plan, sources and trace", shortcut="Ctrl+Shift+B", parent=centre
        )
        self._show_evidence.clicked.connect(partial(self.toggle, "evidence"))
        self._side = QStackedWidget()
        self._side.addWidget(evidence)
        self._side.addWidget(viewer)
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._middle.setHandleWidth(1)
        self._middle.setChildrenCollapsible(False)
        self._middle.addWidget(centre)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for position, (column, stretch) in enumerate(((sessions, 0), (self._middle, 1), (self._side, 0))):
            self.splitter.addWidget(column)
            self.splitter.setStretchFactor(position, stretch)
        sessions.setMinimumWidth(_SIDE_LIMITS[0])
        sessions.setMaximumWidth(_SIDE_LIMITS[1])
        self._side.setMinimumWidth(_EVIDENCE_LEAST)
        self.splitter.splitterMoved.connect(self.keep_widths)
        centre.installEventFilter(self)

    @property
    def is_source_shown(self) -> bool:
        """Whether the side column shows a source instead of plan, sources and trace."""
        return self._side.currentWidget() is self._viewer

    def show_source(self, *, shown: bool) -> None:
        """Show the source viewer in the side column, or plan, sources and trace again."""
        if not self._is_narrow:
            self.keep_widths()
        self._side.setCurrentWidget(self._viewer if shown else self._evidence)
        self.arrange()
        self.set_widths()

    def show_page(self, *, shows_work: bool, shows_problem: bool) -> None:
        """Show the columns that go with a page."""
        self._shows_work = shows_work
        self._shows_problem = shows_problem
        self.arrange()

    def toggle(self, part: str) -> None:
        """Fold or show the column of ``sessions`` or ``evidence``."""
        column = self._sessions if part == "sessions" else self._side
        self._folded[part] = column.isVisible()
        self._settings.keep_folded(part, folded=self._folded[part])
        if part == "sessions" and self._window.width() < SIDEBAR_FOLDS_BELOW:
            column.setVisible(not column.isVisible())
            self._place_toggles()
            return
        self.arrange()

    def arrange(self) -> None:
        """Put every column where the room allows it."""
        is_narrow = self._window.width() < NARROW_BELOW
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            focused = self._window.focusWidget()
            if is_narrow:
                self._middle.addWidget(self._side)
                self._middle.setStretchFactor(0, 3)
                self._middle.setStretchFactor(1, 2)
                self._side.setMinimumHeight(160)
                self._middle.setSizes([600, 300])
            else:
                self._side.setMinimumHeight(0)
                self.splitter.addWidget(self._side)
                self.splitter.setStretchFactor(2, 0)
                self.set_widths()
            self._evidence.use_tabs(tabs=is_narrow)
            if focused is not None and self._side.isAncestorOf(focused):
                # What moves to another parent loses the keyboard.
                focused.setFocus()
        has_sidebar = not self._folded["sessions"] and self._window.width() >= SIDEBAR_FOLDS_BELOW
        self._sessions.setVisible(has_sidebar and not self._shows_problem)
        is_open = self.is_source_shown or not self._folded["evidence"]
        self._side.setVisible(self._shows_work and is_open)
        self._place_toggles()

    def set_widths(self) -> None:
        """Give the columns the widths they had, or their first ones."""
        if self._is_narrow:
            return
        kept = self._settings.widths("viewer" if self.is_source_shown else "columns")
        sides = kept if len(kept) == 2 else (SIDEBAR_WIDTH, _VIEWER_WIDTH if self.is_source_shown else EVIDENCE_WIDTH)
        width = self._window.width()
        side, evidence = sides[0], min(sides[1], width // 2)
        self.splitter.setSizes([side, max(320, width - side - evidence), evidence])

    def keep_widths(self) -> None:
        """Remember the widths."""
        sizes = self.splitter.sizes()
        if self._is_narrow or len(sizes) != 3:
            return
        known = self._settings.widths("columns")
        side = sizes[0] or (known[0] if known else SIDEBAR_WIDTH)
        if self._side.isVisible():
            self._settings.keep_widths("viewer" if self.is_source_shown else "columns", [side, sizes[2]])
        elif known or side != SIDEBAR_WIDTH:
            self._settings.keep_widths("columns", [side, known[1] if len(known) == 2 else EVIDENCE_WIDTH])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._centre and event.type() == QEvent.Type.Resize:
            self._place_toggles()
        return super().eventFilter(watched, event)

    def _place_toggles(self) -> None:
        self._show_sessions.setVisible(self._sessions.isHidden() and not self._shows_problem)
        self._show_sessions.move(SPACE_2, SPACE_2)
        self._show_evidence.setVisible(self._shows_work and self._side.isHidden())
        self._show_evidence.adjustSize()
        self._show_evidence.move(self._centre.width() - self._show_evidence.width() - SPACE_2, SPACE_2)
        for button in (self._show_sessions, self._show_evidence):
            button.raise_()
