"""What a run is doing now, since when, and how to stop it; or how it ended, if there is more to say than "done"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.activity import Activity, ActivityKind
from desktop.live_relay import Live
from desktop.theme import Theme
from desktop.time_words import clock_words
from desktop.views.controls import ElidedLabel, IconButton, Label, TextButton
from desktop.views.run_header import LEAST_WIDTH
from resources.tokens import ICON, SPACE_1, SPACE_2, SPACE_3, SPACE_4

_QUIET_S = 2.0
"""After this long without an event the line says since when it waits."""
_CAN_GO_ON = frozenset({ActivityKind.PAUSED, ActivityKind.STOPPED, ActivityKind.FAILED})
_COLOURS = {
    ActivityKind.PAUSED: "partly",
    ActivityKind.STOPPED: "text_muted",
    ActivityKind.FAILED: "unsupported",
    ActivityKind.NOT_FOUND: "text_muted",
    ActivityKind.QUEUED: "text_muted",
    ActivityKind.DONE: "supported",
    ActivityKind.INCOMPLETE: "partly",
}


class ActivityLine(QWidget):
    """One line, and a mark that breathes while something is under way."""

    stop_requested = Signal()
    continue_requested = Signal()
    without_model_requested = Signal()
    models_requested = Signal()
    unfolded = Signal(bool)
    """Whether all of the words that a model is saying are wanted."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, now: Callable[[], datetime]) -> None:
        super().__init__(parent)
        self._now = now
        self.setMinimumWidth(LEAST_WIDTH)
        self._activity: Activity | None = None
        self._column = (SPACE_4 + 4, LEAST_WIDTH)
        self._mark = BreathingMark(theme, self)
        self.words = ElidedLabel(tone="strong", parent=self)
        self.detail = ElidedLabel(tone="secondary", parent=self)
        self.saying = ElidedLabel(tone="muted", mode=Qt.TextElideMode.ElideLeft, parent=self)
        for label in (self.words, self.detail, self.saying):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            label.setMinimumWidth(1)
        self.since = Label(tone="muted", parent=self)
        self.unfold = IconButton(theme, "caret-down", "Show what the model is saying", parent=self)
        self.unfold.setCheckable(True)
        self.unfold.toggled.connect(self._toggle)
        self.stop = TextButton("Stop", kind="quiet", theme=theme, icon="stop", parent=self)
        self.stop.clicked.connect(self.stop_requested)
        self.go_on = TextButton("Go on", kind="quiet", theme=theme, icon="play", parent=self)
        self.go_on.clicked.connect(self.continue_requested)
        self.without = TextButton("Without a model", kind="quiet", parent=self)
        self.without.setToolTip("Go on from here without a language model: with sentences quoted word for word")
        self.without.clicked.connect(self.without_model_requested)
        self.models = TextButton("Choose a model", kind="quiet", parent=self)
        self.models.clicked.connect(self.models_requested)
        self.reason = Label(tone="secondary", wraps=True, selectable=True, parent=self)
        self.reason.setContentsMargins(ICON + SPACE_2, 0, 0, 0)
        self.reason.hide()
        self._lay_out()
        self._live: Live | None = None
        self._silence = ""
        self._waiting = ""
        self._fetching = ""
        self.show_live(None)

    def _lay_out(self) -> None:
        self._row = QHBoxLayout()
        self._row.setSpacing(SPACE_2)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(SPACE_4, SPACE_1, SPACE_4, SPACE_1)
        self._layout.setSpacing(SPACE_1)
        self._layout.addLayout(self._row)
        self._layout.addWidget(self.reason)
        second = QHBoxLayout()
        second.setSpacing(SPACE_3)
        second.addWidget(self.since)
        second.addWidget(self.detail, 1)
        second.addWidget(self.saying, 2)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        lines.addWidget(self.words)
        lines.addLayout(second)
        lines.addStretch(1)
        self._row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(lines, 1)
        self._row.addWidget(self.unfold, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.stop, 0, Qt.AlignmentFlag.AlignTop)
        for button in (self.go_on, self.without, self.models):
            self._row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def keep_to(self, left: int, width: int) -> None:
        """Begin and end where the column of the page does."""
        self._column = (left, width)
        self._layout.setContentsMargins(left - 4, SPACE_1, max(SPACE_4, self.width() - left - width), SPACE_1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The page may have got its width, and told its column, before.
        self.keep_to(*self._column)

    def show_activity(self, activity: Activity | None, *, with_model: bool = False) -> None:
        """Say what is happening; None hides the line.

        Args:
            activity: what is happening.
            with_model: whether a language model plays in the run, so that a failure may be its doing.
        """
        self._activity = activity
        self.setVisible(activity is not None)
        if activity is None:
            self._mark.rest("text_muted")
            return
        self.words.set_text(activity.text)
        if not activity.kind.is_live:
            self._live = None
        self._show_second()
        self.setAccessibleName(f"{activity.text}. {activity.detail}".strip())
        is_live = activity.kind.is_live
        self.stop.setVisible(is_live)
        self.go_on.setVisible(activity.kind in _CAN_GO_ON)
        for button in (self.without, self.models):
            button.setVisible(with_model and activity.kind is ActivityKind.FAILED)
        self.stop.setEnabled(activity.kind is not ActivityKind.STOPPING)
        if is_live:
            self._mark.breathe()
        else:
            self._mark.rest(_COLOURS[activity.kind])
        self.show_time()

    @property
    def is_working(self) -> bool:
        """Whether the run that is shown works."""
        return self._activity is not None and self._activity.kind.is_live

    def show_waiting(self, words: str) -> None:
        """Say, in place of what happened last, what the run waits for; an empty text takes it back."""
        if words != self._waiting:
            self._waiting = words
            self._show_second()

    def show_fetching(self, words: str) -> None:
        """Say, in place of what happened last, which pages the run waits for; an empty text takes it back."""
        if words != self._fetching:
            self._fetching = words
            self._show_second()

    def show_asked(self, words: str) -> None:
        """Say at once that what was asked for is on its way; the run itself says it at its next step."""
        if self._activity is not None and self._activity.kind.is_live:
            self.words.set_text(words)
            self.stop.setEnabled(False)

    def show_live(self, live: Live | None) -> None:
        """Say what a model is saying; None says again what happened last."""
        self._live = live
        self._silence = ""
        self._show_second()

    def show_silence(self, words: str) -> None:
        """Say, in place of the model's words, that none have come for long; an empty text takes it back."""
        if words != self._silence:
            self._silence = words
            self._show_second()

    def offer_unfolding(self, *, is_offered: bool, is_unfolded: bool) -> None:
        """Show whether all of the model's words can be unfolded, and are."""
        self.unfold.setVisible(is_offered)
        self.unfold.setChecked(is_unfolded)

    def _toggle(self, is_unfolded: bool) -> None:
        self.unfold.set_icon("caret-up" if is_unfolded else "caret-down")
        self.unfold.set_name("Hide what the model is saying" if is_unfolded else "Show what the model is saying")
        self.unfolded.emit(is_unfolded)

    def _show_second(self) -> None:
        live, activity = self._live, self._activity
        detail = activity.detail if activity is not None else ""
        # Why there is no whole report is said in full, over as many lines as it needs.
        says_why = activity is not None and activity.kind in {ActivityKind.FAILED, ActivityKind.INCOMPLETE}
        self.reason.setText(detail if says_why else "")
        self.reason.setVisible(says_why and bool(detail))
        if says_why:
            detail = ""
        if live is not None:
            detail = f"{live.what} and {live.others} more" if live.others else live.what
            if activity is not None and detail == activity.text:
                detail = ""
        if self.is_working and (live is None or not live.text):
            detail = self._fetching or self._waiting or detail
        self.detail.set_text(detail)
        self.detail.setVisible(bool(detail))
        words = self._silence or (live.tail if live is not None else "")
        self.saying.set_text(words)
        self.saying.setVisible(bool(words))

    def show_time(self) -> None:
        """Say since when, if it has been long."""
        activity = self._activity
        if activity is None:
            return
        waited_s = (self._now() - activity.since).total_seconds()
        is_waiting = activity.kind.is_live or activity.kind is ActivityKind.PAUSED
        self.since.setText(clock_words(waited_s) if is_waiting and waited_s > _QUIET_S else "")
        self.since.setVisible(bool(self.since.text()))


class BreathingMark(QWidget):
    """A dot that grows and shrinks slowly; it holds still where the system asks for reduced motion."""

    _STEPS = 48

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._step = 0
        self._colour = "text_muted"
        self.setFixedSize(ICON, ICON)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setInterval(40)
        self._timer.timeout.connect(self._advance)
        theme.changed.connect(self.update)

    @property
    def is_breathing(self) -> bool:
        """Whether it moves."""
        return self._timer.isActive()

    def breathe(self) -> None:
        """Show that something is under way."""
        self._colour = "accent"
        if self._theme.motion_ms and not self._timer.isActive():
            self._timer.start()
        self.update()

    def rest(self, colour: str) -> None:
        """Hold still in a colour of the palette."""
        self._timer.stop()
        self._step = 0
        self._colour = colour
        self.update()

    def _advance(self) -> None:
        self._step = (self._step + 1) % self._STEPS
        if self.isVisible():
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        phase = abs(2 * self._step / self._STEPS - 1) if self._timer.isActive() else 1.0
        eased = phase * phase * (3 - 2 * phase)
        colour = self._theme.colour(self._colour)
        middle = QPointF(self.width() / 2, self.height() / 2)
        halo = QColor(colour)
        halo.setAlphaF(0.30 * (1 - eased) if self._timer.isActive() else 0.0)
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(halo)
        painter.drawEllipse(middle, 4 + 4 * (1 - eased), 4 + 4 * (1 - eased))
        painter.setBrush(colour)
        painter.drawEllipse(middle, 4, 4)
        painter.end()
