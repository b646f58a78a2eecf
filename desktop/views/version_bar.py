"""A line over a report that is not the newest: which version it is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.amendment_words import done_words
from desktop.theme import Theme
from desktop.time_words import moment_words
from desktop.views.controls import Label, TextButton
from desktop.views.run_header import LEAST_WIDTH
from engine.domain import ReportVersion
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4


class VersionBar(QFrame):
    """Keeps to the column of the page below it."""

    restore_requested = Signal()
    compare_requested = Signal()
    newest_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(LEAST_WIDTH)
        self._column = (SPACE_4, LEAST_WIDTH)
        card = QFrame(self)
        card.setProperty("kind", "notice")
        self.words = Label(tone="secondary", wraps=True, parent=card)
        self.restore = TextButton("Restore this version", kind="quiet", theme=theme, icon="arrow-u-up-left")
        self.restore.clicked.connect(self.restore_requested)
        self.compare = TextButton("Compare", kind="quiet", theme=theme, icon="git-diff")
        self.compare.setToolTip("Show what became of each sentence from this version to the newest")
        self.compare.clicked.connect(self.compare_requested)
        self.newest = TextButton("Back to the newest", kind="quiet")
        self.newest.clicked.connect(self.newest_requested)
        row = QHBoxLayout()
        row.setSpacing(SPACE_1)
        for button in (self.restore, self.compare, self.newest):
            row.addWidget(button)
        row.addStretch(1)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_1, SPACE_2, SPACE_1, SPACE_1)
        inside.setSpacing(SPACE_1)
        line = QHBoxLayout()
        line.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        line.addWidget(self.words)
        inside.addLayout(line)
        inside.addLayout(row)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(card, 1, Qt.AlignmentFlag.AlignTop)
        self.keep_to(*self._column)
        self.hide()

    def keep_to(self, left: int, width: int) -> None:
        """Begin and end where the column of the page does."""
        self._column = (left, width)
        self._layout.setContentsMargins(left - SPACE_3, SPACE_2, max(SPACE_4, self.width() - left - width), 0)

    def show_version(self, version: ReportVersion | None, *, newest: int, can_restore: bool = True) -> None:
        """Say which earlier version is read; None: the newest is."""
        self.setVisible(version is not None)
        if version is None:
            return
        said = f"Version {version.number} of {newest}, {done_words(version.amendment)}, {moment_words(version.at)}"
        self.words.setText(f"You are reading an earlier version, which cannot be changed: {said}.")
        self.setAccessibleName(self.words.text())
        self.restore.setEnabled(can_restore)
