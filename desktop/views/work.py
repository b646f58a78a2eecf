"""The centre of the window: the question, what happens now, findings as they come, and then the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from time import monotonic

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop.activity import activity_of, queued_activity
from desktop.fetch_words import FetchTally
from desktop.live_relay import Live
from desktop.theme import Theme
from desktop.views.activity_line import ActivityLine
from desktop.views.controls import Hairline, ground
from desktop.views.find_bar import FindBar
from desktop.views.findings import FindingsView
from desktop.views.follow_up_menu import add_on_top, can_follow_up, follow_ups
from desktop.views.live_box import LiveBox
from desktop.views.not_found import NotFoundView
from desktop.views.reading_view import ReadingView
from desktop.views.report import Place, ReportView
from desktop.views.run_header import LEAST_WIDTH, RunHeader
from desktop.views.version_reading import VersionReading
from engine.agent.state import RunState
from engine.casting import EXTRACTIVE
from engine.domain import FolderId, Outcome
from engine.events import RunEnded, StoredEvent
from engine.reading.document import Document
from engine.web.progress import Fetching
from resources.tokens import SPACE_2, SPACE_3, SPACE_4


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class WorkView(QFrame):
    """Fed with states and events; everything it wants done leaves by a signal."""

    citation_activated = Signal(object)
    """PassageId: show it in its source."""
    original_requested = Signal(object)
    """PassageId: open the original at its place."""
    look_up_requested = Signal(str)
    """Words of the report, to be looked up on the web."""
    follow_up_requested = Signal(object)
    """Amendment that a reader wants; what it still lacks is asked for."""
    change_requested = Signal()
    """What can be done with the report as a whole is wanted."""
    export_requested = Signal()
    stop_requested = Signal()
    ask_again_requested = Signal()
    continue_requested = Signal()
    """Go on with a run that was paused, stopped or broken off."""
    without_model_requested = Signal()
    """Go on with it, but without a language model."""
    models_requested = Signal()
    live_unfolded = Signal(bool)
    """Whether a person wants to see all of what a model says."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        document_of: Callable[[str], Document],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        super().__init__(parent)
        ground(self, "surface")
        self._theme = theme
        self._state: RunState | None = None
        self._is_queued = False
        self._ended_in_view = False
        self.header = RunHeader(theme, self, now=now)
        self.activity = ActivityLine(theme, self, now=now)
        self.live_box = LiveBox(theme, self)
        self.live_box.hide()
        self._fetches = FetchTally()
        self._has_said = False
        self._is_unfolded = False
        self.activity.unfolded.connect(self._unfold)
        self.findings = FindingsView(theme, self, document_of=document_of)
        self.report = ReportView(theme, self, document_of=document_of)
        self.not_found = NotFoundView(theme, self)
        self.versions = VersionReading(theme, self)
        self._pages = QStackedWidget(self)
        for page in self.pages:
            self._pages.addWidget(page)
            page.column_changed.connect(partial(self._take_column, page))
        for page in (self.findings, self.report):
            page.citation_activated.connect(self.citation_activated)
            page.original_requested.connect(self.original_requested)
        for page in (self.report, self.not_found):
            page.look_up_requested.connect(self.look_up_requested)
        self.find_bar = FindBar(theme, self, self)
        self.find_bar.closed.connect(self._back_to_page)
        self._connect()
        self._lay_out()
        find = QShortcut(QKeySequence.StandardKey.Find, self, self.find_bar.open_bar)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._seconds = QTimer(self)
        self._seconds.setInterval(1000)
        self._seconds.timeout.connect(self._show_time)
        self.show_state(None)

    def _connect(self) -> None:
        self.report.menu_opening.connect(self._offer_follow_ups)
        self.versions.amendment_requested.connect(self.follow_up_requested)
        self.versions.changed.connect(self._show_version)
        self.header.versions.chosen.connect(self.versions.read)
        self.header.versions.compare_requested.connect(self.versions.compare)
        self.header.change_requested.connect(self.change_requested)
        self.header.export_requested.connect(self.export_requested)
        self.header.ask_again_requested.connect(self.ask_again_requested)
        self.activity.continue_requested.connect(self.continue_requested)
        self.activity.stop_requested.connect(self.stop_requested)
        self.activity.without_model_requested.connect(self.without_model_requested)
        self.activity.models_requested.connect(self.models_requested)

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.activity)
        # A widget of its own that says how narrow it may be: its margins would otherwise hold the window open.
        live_row = QWidget(self)
        live_row.setMinimumWidth(LEAST_WIDTH)
        self._live_row = QHBoxLayout(live_row)
        self._live_row.setContentsMargins(0, 0, 0, 0)
        self._live_row.addWidget(self.live_box)
        layout.addWidget(live_row)
        layout.addSpacing(SPACE_3)
        layout.addWidget(Hairline(parent=self))
        layout.addWidget(self.versions)
        layout.addWidget(self._pages, 1)

    # --- what is shown ---

    @property
    def page(self) -> ReadingView:
        """The page in view: findings, report, or the one for nothing found."""
        widget = self._pages.currentWidget()
        assert isinstance(widget, ReadingView)
        return widget

    @property
    def pages(self) -> tuple[ReadingView, ...]:
        """Every page that there is, in view or not."""
        return self.findings, self.report, self.not_found, self.versions.page

    def show_folder_names(self, names: Mapping[FolderId, str]) -> None:
        """Take over what the library's folders are called, for the header."""
        self.header.show_folder_names(names)

    def show_state(self, state: RunState | None) -> None:
        """Show a run as it stands; None empties the view."""
        if state is None or self._state is None or state.run_id != self._state.run_id:
            self._has_said = False
            self.live_box.forget()
            self.end_fetching()
        self._state = state
        self._ended_in_view = False
        self.versions.take(state)
        self.findings.show_state(state)
        self.report.show_state(self.versions.as_read(state))
        self.not_found.show_state(state if self._is_not_found(state) else None)
        self._show_frame(state)

    def show_queued(self, *, is_queued: bool) -> None:
        """Say that the run waits for another one, or no longer does."""
        if is_queued != self._is_queued:
            self._is_queued = is_queued
            self._show_frame(self._state)

    def show_event(self, stored: StoredEvent, state: RunState) -> None:
        """Take over one more event; the state is the one after it."""
        if self._state is None or self._state.run_id != state.run_id or state.length != self._state.length + 1:
            self.show_state(state)
            return
        # The line stays when a run ends in view: if it went, everything below would move under the reader's eyes.
        if isinstance(stored.event, RunEnded) or state.outcome is None:
            self._ended_in_view = state.outcome is not None
        self._state = state
        self.versions.take(state)
        self.findings.show_event(stored, state)
        if state.current_report is not None:
            self.report.show_state(self.versions.as_read(state))
        if self._is_not_found(state):
            self.not_found.show_state(state)
        self._show_frame(state)

    def show_live(self, live: Live | None) -> None:
        """Show what a model is saying for the run in view; None when it has said it."""
        self._has_said = self._has_said or live is not None
        self.activity.show_live(live)
        self.live_box.show_live(live)
        self._show_box()

    def show_waiting(self, words: str) -> None:
        """Say what the run waits for before its model says something; an empty text: for nothing."""
        self.activity.show_waiting(words)

    def show_fetching(self, fetching: Fetching) -> None:
        """Take over how far a page is that the run in view waits for."""
        self._fetches.hear(fetching, at_s=monotonic())
        self._show_fetches()

    def end_fetching(self) -> None:
        """Nothing is fetched any more."""
        self._fetches.clear()
        self._show_fetches()

    def _show_fetches(self) -> None:
        self.activity.show_fetching(self._fetches.words(at_s=monotonic()))

    def show_asked(self, words: str) -> None:
        """Say at once that what was asked for is on its way."""
        self.activity.show_asked(words)

    def show_silence(self, words: str) -> None:
        """Say that no word has come for long, and what can be done; an empty text takes it back."""
        self.activity.show_silence(words)

    def unfold_live(self, *, is_unfolded: bool) -> None:
        """Show all of what a model says, or only its end."""
        self._is_unfolded = is_unfolded
        self._show_box()

    def _unfold(self, is_unfolded: bool) -> None:
        if is_unfolded != self._is_unfolded:
            self._is_unfolded = is_unfolded
            self._show_box()
            self.live_unfolded.emit(is_unfolded)

    def _show_box(self) -> None:
        # Between two replies it stays: if it went, everything below would move.
        offers = self._has_said and self.activity.is_working
        self.activity.offer_unfolding(is_offered=offers, is_unfolded=self._is_unfolded)
        self.live_box.setVisible(offers and self._is_unfolded)

    def _offer_follow_ups(self, menu: QMenu, place: Place) -> None:
        """Put what a reader can want at a place on top of its menu, where the newest version is finished and shown."""
        state, report = self._state, self.report.report
        if state is None or report is None or not can_follow_up(state, report):
            return
        claim = place.claim.id if place.claim is not None else None
        wanted = follow_ups(report, claim=claim, section=place.section, gap=place.gap)
        add_on_top(menu, wanted, theme=self._theme, ask=self.follow_up_requested.emit)

    def _show_version(self) -> None:
        """Show the version, or the comparison, that a reader has chosen."""
        self.report.show_state(self.versions.as_read(self._state))
        had_page = self.page.hasFocus() or self.versions.isAncestorOf(self.focusWidget())
        self._show_frame(self._state)
        if had_page or self.versions.is_comparing:
            self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_frame(self, state: RunState | None) -> None:
        self.header.show_state(state, is_queued=self._is_queued, is_newest=self.versions.is_newest)
        self.header.show_versions(state.versions if state is not None else (), shown=self.versions.number)
        says_all = state is None or state.outcome in (Outcome.COMPLETE, Outcome.NOT_FOUND)
        activity = activity_of(state) if state is not None and (self._ended_in_view or not says_all) else None
        if self._is_queued and state is not None:
            activity = queued_activity(state)
        has_model = state is not None and state.engine != EXTRACTIVE.name
        self.activity.show_activity(activity, with_model=has_model)
        self._show_box()
        page = self._page_for(state)
        if page is not self.page:
            self.find_bar.hide()
            had_focus = self.page.hasFocus()
            self._pages.setCurrentWidget(page)
            if had_focus:
                page.setFocus()
        self._keep_to_column(*self.page.column)
        if state is not None and state.outcome is None:
            self._seconds.start()
        else:
            self._seconds.stop()

    def _page_for(self, state: RunState | None) -> ReadingView:
        if self.versions.is_comparing:
            return self.versions.page
        if self._is_not_found(state):
            return self.not_found
        report = state.current_report if state is not None else None
        return self.report if report is not None and (report.claims or report.failed) else self.findings

    def _is_not_found(self, state: RunState | None) -> bool:
        return state is not None and state.outcome is Outcome.NOT_FOUND

    def _show_time(self) -> None:
        self.header.show_facts()
        self.activity.show_time()
        self._show_fetches()

    # --- finding on the page in view ---

    def find_all(self, text: str) -> int:
        """Mark every occurrence on the page in view; return how many there are."""
        return self.page.find_all(text)

    def find_step(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) occurrence."""
        self.page.find_step(step)

    @property
    def find_place(self) -> tuple[int, int]:
        """Return which occurrence the page is at, from 1, and how many there are."""
        return self.page.find_place

    def _back_to_page(self) -> None:
        self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the frame ---

    def _take_column(self, page: ReadingView, left: int, width: int) -> None:
        # A page that is not in view may have another width.
        if page is self.page:
            self._keep_to_column(left, width)

    def _keep_to_column(self, left: int, width: int) -> None:
        self.header.keep_to(left, width)
        self.activity.keep_to(left, width)
        self.versions.keep_to(left, width)
        self._live_row.setContentsMargins(left - SPACE_2, SPACE_2, max(SPACE_4, self.width() - left - width), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_find_bar()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._place_find_bar()

    def _place_find_bar(self) -> None:
        size = self.find_bar.sizeHint()
        self.find_bar.setGeometry(self.width() - size.width() - SPACE_4, SPACE_3, size.width(), size.height())
