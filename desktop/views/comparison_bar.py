"""The line over a comparison: which two versions, how much is different, and the way from change to change."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import IconButton, Label, TextButton
from desktop.views.run_header import LEAST_WIDTH
from desktop.views.versions import VersionChip
from engine.domain import ReportVersion
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4


class ComparisonBar(QFrame):
    """Keeps to the column of the page below it."""

    versions_chosen = Signal(int, int)
    """Numbers of the older and the newer version."""
    step_requested = Signal(int)
    only_changes_chosen = Signal(bool)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(LEAST_WIDTH)
        self._column = (SPACE_4, LEAST_WIDTH)
        card = QFrame(self)
        card.setProperty("kind", "notice")
        self.old = VersionChip(theme, "From", card, offers_comparing=False)
        self.new = VersionChip(theme, "To", card, offers_comparing=False)
        for chip in (self.old, self.new):
            chip.setToolTip("Choose another version to compare")
        self.old.chosen.connect(self._choose_old)
        self.new.chosen.connect(self._choose_new)
        self.only = TextButton("Only what changed", kind="segment")
        self.only.setCheckable(True)
        self.only.toggled.connect(self.only_changes_chosen)
        self.previous = IconButton(theme, "caret-up", "Previous change", shortcut="P")
        self.following = IconButton(theme, "caret-down", "Next change", shortcut="N")
        self.previous.clicked.connect(self._go_back)
        self.following.clicked.connect(self._go_on)
        self.close_button = IconButton(theme, "x", "Back to the report", shortcut="Esc")
        self.close_button.clicked.connect(self.closed)
        self.counts = Label(tone="secondary", wraps=True)
        row = QHBoxLayout()
        row.setSpacing(SPACE_1)
        row.addWidget(self.old)
        row.addWidget(Label("→", tone="muted"))
        row.addWidget(self.new)
        row.addStretch(1)
        for button in (self.only, self.previous, self.following, self.close_button):
            row.addWidget(button)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(SPACE_1, SPACE_1, SPACE_1, SPACE_2)
        inside.setSpacing(SPACE_1)
        inside.addLayout(row)
        line = QHBoxLayout()
        line.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        line.addWidget(self.counts)
        inside.addLayout(line)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(card, 1, Qt.AlignmentFlag.AlignTop)
        self.keep_to(*self._column)
        self.hide()

    def keep_to(self, left: int, width: int) -> None:
        """Begin and end where the column of the page does."""
        self._column = (left, width)
        self._layout.setContentsMargins(left - SPACE_3, SPACE_2, max(SPACE_4, self.width() - left - width), 0)

    def show_versions(self, versions: tuple[ReportVersion, ...], *, old: int, new: int, counts: str) -> None:
        """Say which versions are compared, and how much is different."""
        self.old.show_versions(versions, shown=old)
        self.new.show_versions(versions, shown=new)
        self.counts.setText(counts)

    def _choose_old(self, number: int) -> None:
        self.versions_chosen.emit(number, self.new.number)

    def _choose_new(self, number: int) -> None:
        self.versions_chosen.emit(self.old.number, number)

    def _go_back(self) -> None:
        self.step_requested.emit(-1)

    def _go_on(self) -> None:
        self.step_requested.emit(1)
