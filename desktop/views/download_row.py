"""A download as a row: how far it is, how fast, how long still, what went wrong, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.items.models import DownloadRow
from desktop.theme import Theme
from desktop.views.controls import IconButton, Label, NameLabel
from models.hub.download import DownloadState
from resources.tokens import SPACE_1, SPACE_2, SPACE_3

_STEPS = 1000


class DownloadView(QFrame):
    """One download; every signal carries its key."""

    pause_requested = Signal(str)
    resume_requested = Signal(str)
    cancel_requested = Signal(str)
    """Stop it and delete what is here of it; or, when it is over, take the row away."""

    def __init__(self, row: DownloadRow, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.setProperty("kind", "card")
        self._name = NameLabel(tone="strong")
        self._words = Label(tone="secondary")
        self._problem = Label(tone="error", wraps=True, selectable=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._toggle = IconButton(theme, "pause", "Pause")
        self._toggle.clicked.connect(self._ask_toggle)
        self._cancel = IconButton(theme, "x", "Cancel")
        self._cancel.clicked.connect(self._ask_cancel)
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        words.addWidget(self._name)
        words.addWidget(self._bar)
        words.addWidget(self._words)
        words.addWidget(self._problem)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2 + 2, SPACE_2, SPACE_2 + 2)
        layout.setSpacing(SPACE_2)
        layout.addLayout(words, 1)
        layout.addWidget(self._toggle)
        layout.addWidget(self._cancel)
        self.show_row(row)

    def show_row(self, row: DownloadRow) -> None:
        """Show how it stands now."""
        self._row = row
        self._name.set_text(row.name)
        self._words.setText(row.words)
        self._bar.setValue(round(row.fraction * _STEPS))
        self._bar.setVisible(row.state is not DownloadState.DONE)
        self._bar.setAccessibleName(f"Download of {row.name}")
        problem = f"{row.problem}. {row.hint}".strip(". ") + "." if row.problem else ""
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        self.setAccessibleName(f"{row.name}: {row.words} {problem}".strip())
        can_toggle = row.state not in {DownloadState.DONE, DownloadState.CHECKING}
        self._toggle.setVisible(can_toggle)
        self._toggle.set_icon(
            "arrow-clockwise" if row.state is DownloadState.FAILED else "play" if row.is_resting else "pause"
        )
        verb = "Try again" if row.state is DownloadState.FAILED else "Go on with" if row.is_resting else "Pause"
        self._toggle.set_name(f"{verb} the download of {row.name}")
        is_done = row.state is DownloadState.DONE
        self._cancel.set_name("Take this away" if is_done else f"Cancel the download of {row.name} and delete its part")

    def _ask_toggle(self) -> None:
        (self.resume_requested if self._row.is_resting else self.pause_requested).emit(self._row.key)

    def _ask_cancel(self) -> None:
        self.cancel_requested.emit(self._row.key)
