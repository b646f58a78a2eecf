"""The line at the bottom: in words, where this may go, with which model, what is under way, and how to stop it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import (
    ElidedLabel,
    Hairline,
    IconButton,
    Label,
    TextButton,
    ground,
    pressed_by_enter,
    with_shortcut,
)
from engine.library.values import IndexProgress
from resources.tokens import SPACE_1, SPACE_2

NETWORK_KEYS = "Ctrl+Shift+O"
_HEIGHT = 34
_BAR_WIDTH = 72
_LEAST_MODEL = 60


class ModelButton(QPushButton):
    """The line about the language model, which leads to the models page; what does not fit is elided."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._words = ""
        self.setProperty("kind", "status")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(_LEAST_MODEL)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def words(self) -> str:
        """All of the line."""
        return self._words

    def show_words(self, words: str, *, hint: str, is_problem: bool) -> None:
        """Show another line."""
        if (words, hint) == (self._words, self.toolTip()):
            return
        self._words = words
        self.setAccessibleName(words)
        self.setAccessibleDescription(hint)
        self.setToolTip(hint)
        state = "problem" if is_problem else ""
        if self.property("state") != state:
            self.setProperty("state", state)
            self.style().polish(self)
        self.updateGeometry()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + 4 * SPACE_1, super().sizeHint().height())

    def _fit(self) -> None:
        room = max(0, self.width() - 2 * SPACE_1 - 2)
        shown = self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        if shown != self.text():
            self.setText(shown)


class NetworkButton(TextButton):
    """Says where this may go, and is the switch for it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", kind="status", theme=theme, icon="lock-simple", parent=parent)
        self.setIconSize(QSize(14, 14))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._colour = "accent"
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def show_network(self, words: str, *, is_online: bool, hint: str) -> None:
        """Show how it stands."""
        self.set_words(words)
        press = "Press to go offline" if is_online else "Press to go online"
        self.setAccessibleDescription(f"{press}. {hint}")
        self.setToolTip(f"{hint}\n{with_shortcut(press, NETWORK_KEYS)}")
        self._colour = "partly" if is_online else "accent"
        self.set_icon("globe" if is_online else "lock-simple")

    def _draw(self) -> None:
        if self._theme is not None:
            colour = getattr(self._theme.palette, getattr(self, "_colour", "accent"))
            self.setIcon(self._theme.icon(self._icon, colour=colour))


class StatusLine(QWidget):
    """Shows; and asks to go online or offline, pause, stop, or stop reading."""

    pause_requested = Signal()
    stop_requested = Signal()
    stop_reading_requested = Signal()
    models_requested = Signal()
    unload_requested = Signal()
    network_requested = Signal()
    """Go offline, or online."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "side")
        self.setAccessibleName("Status")
        self._network = NetworkButton(theme)
        self._network.clicked.connect(self.network_requested)
        self._engine = ModelButton()
        self._engine.clicked.connect(self.models_requested)
        self._unload = IconButton(theme, "eject", "Unload the language model; a run that needs it is paused")
        self._unload.clicked.connect(self.unload_requested)
        self._unload.hide()
        self._reading = ElidedLabel(tone="status-muted")
        self._reading.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(_BAR_WIDTH)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Reading the library")
        self._stop_reading = IconButton(theme, "x", "Stop reading; what was read stays")
        self._stop_reading.clicked.connect(self.stop_reading_requested)
        self._run = Label(tone="status")
        self._run.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._pause = IconButton(theme, "pause", "Pause", shortcut="Space")
        self._pause.clicked.connect(self.pause_requested)
        self._stop = IconButton(theme, "stop", "Stop", shortcut="Ctrl+.")
        self._stop.clicked.connect(self.stop_requested)
        self._between = Hairline(vertical=True)
        self._lay_out()
        self.setFixedHeight(_HEIGHT)
        self.show_reading(None)
        self.show_run("", can_stop=False)
        self.show_network(is_online=False)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2 + 2, 0, SPACE_2, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._network)
        layout.addSpacing(SPACE_1)
        layout.addWidget(Hairline(vertical=True))
        layout.addSpacing(SPACE_1)
        layout.addWidget(self._engine)
        layout.addWidget(self._unload)
        layout.addStretch(1)
        layout.addWidget(self._reading, 2)
        layout.addWidget(self._bar)
        layout.addWidget(self._stop_reading)
        layout.addWidget(self._between)
        layout.addWidget(self._run)
        layout.addWidget(self._pause)
        layout.addWidget(self._stop)

    def show_engine(self, words: str, *, hint: str = "", can_unload: bool = False, is_problem: bool = False) -> None:
        """Say which model writes and how it stands, or that none does."""
        self._engine.show_words(words, hint=hint, is_problem=is_problem)
        self._unload.setVisible(can_unload)

    def show_network(self, *, is_online: bool, server: str = "") -> None:
        """Say whether anything may leave this computer.

        Args:
            is_online: whether requests may leave.
            server: host of a language model elsewhere, to which what is asked and found goes; empty for none.
        """
        if is_online:
            words = "Online · Web"
            hint = "Search engines and pages are contacted for questions that ask for the web, and for nothing else."
        else:
            words, hint = "Offline · Library", "Nothing leaves this computer."
        if server and is_online:
            words += f" · model at {server}"
            hint += f"\nQuestions, and the passages found in your documents, go to the language model at {server}."
        elif server:
            words += f" · the model at {server} cannot be reached"
        self._network.show_network(words, is_online=is_online, hint=hint)

    def show_reading(self, progress: IndexProgress | None) -> None:
        """Say how far the reading of the library has come; None when nothing is being read."""
        is_reading = progress is not None and not progress.is_final
        for widget in (self._reading, self._bar, self._stop_reading):
            widget.setVisible(is_reading)
        self._arrange()
        if progress is None or not is_reading:
            return
        name = one_line(progress.folder.name, limit=40)
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        amount = f"{progress.done:,} of {progress.total:,}" if progress.total else "looking for files"
        self._reading.set_text(f"Reading {name}: {amount}")

    def show_run(self, words: str, *, can_stop: bool, is_paused: bool = False) -> None:
        """Say what the run is doing; empty when there is none."""
        self._run.setText(words)
        self._run.setVisible(bool(words))
        self._pause.setVisible(bool(words) and can_stop)
        self._stop.setVisible(bool(words) and can_stop)
        self._pause.set_icon("play" if is_paused else "pause")
        self._pause.set_name("Continue" if is_paused else "Pause")
        self._arrange()

    def _arrange(self) -> None:
        self._between.setVisible(not self._bar.isHidden() and not self._run.isHidden())
