"""The keys, on one card."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.actions import ACTIONS
from desktop.theme import Theme
from desktop.views.controls import Label
from desktop.views.overlay import Overlay
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6

_COLUMNS = (("Ask", "Report"), ("Find", "Web"), ("Window",))


class ShortcutsOverlay(Overlay):
    """Opened with ``?``, closed with Escape."""

    def __init__(self, theme: Theme, *, parent: QWidget) -> None:
        super().__init__(theme, width=920, parent=parent)
        self.setAccessibleName("Keyboard shortcuts")
        self.content.setContentsMargins(SPACE_6, SPACE_4 + SPACE_1, SPACE_6, SPACE_6)
        self.content.setSpacing(SPACE_4)
        self.content.addWidget(Label("Keyboard shortcuts", tone="heading"))
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_6 + SPACE_2)
        for groups in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(SPACE_3)
            for group in groups:
                column.addLayout(_group(group))
            column.addStretch(1)
            columns.addLayout(column, 1)
        self.content.addLayout(columns)


def _group(name: str) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE_3)
    grid.setVerticalSpacing(SPACE_2)
    grid.setColumnStretch(0, 1)
    grid.addWidget(Label(name, tone="section"), 0, 0, 1, 2)
    row = 1
    for action in ACTIONS.values():
        if action.group != name or not action.keys:
            continue
        keys = QKeySequence(action.keys).toString(QKeySequence.SequenceFormat.NativeText)
        grid.addWidget(Label(action.text.removesuffix("…"), wraps=True), row, 0)
        grid.addWidget(Label(keys, tone="key"), row, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        row += 1
    return grid
