"""The line at the bottom: in words, where this may go, with which model, what is under way, and how to stop it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import ElidedLabel, Hairline, IconButton, Label, ground
from engine.library.values import IndexProgress
from resources.tokens import SPACE_1, SPACE_2, SPACE_3

_HEIGHT = 34
_BAR_WIDTH = 72


class StatusLine(QWidget):
    """Shows; and asks to pause, stop, or stop reading."""

    pause_requested = Signal()
    stop_requested = Signal()
    stop_reading_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        ground(self, "side")
        self.setAccessibleName("Status")
        self._lock = QLabel()
        self._privacy = Label("Library only · nothing leaves this computer")
        self._privacy.setToolTip("Plumbline looks only into the folders of the library. It does not use the internet.")
        self._privacy.setProperty("tone", "status")
        self._engine = ElidedLabel(tone="status-muted")
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
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3 + 2, 0, SPACE_2, 0)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._lock)
        layout.addWidget(self._privacy)
        layout.addSpacing(SPACE_1)
        layout.addWidget(Hairline(vertical=True))
        layout.addSpacing(SPACE_1)
        layout.addWidget(self._engine, 3)
        layout.addWidget(self._reading, 2)
        layout.addWidget(self._bar)
        layout.addWidget(self._stop_reading)
        layout.addWidget(self._between)
        layout.addWidget(self._run)
        layout.addWidget(self._pause)
        layout.addWidget(self._stop)
        self.setFixedHeight(_HEIGHT)
        self.show_reading(None)
        self.show_run("", can_stop=False)
        theme.changed.connect(self._draw)
        self._draw()

    def show_engine(self, words: str, *, hint: str = "") -> None:
        """Say which model writes, or that none does."""
        self._engine.set_text(words)
        self._engine.setAccessibleDescription(hint)
        if hint:
            self._engine.setToolTip(hint)

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

    def _draw(self) -> None:
        icon = self._theme.icon("lock-simple", colour=self._theme.palette.accent)
        self._lock.setPixmap(icon.pixmap(14, 14))
