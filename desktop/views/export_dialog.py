"""As what a report is saved: every format with what it is good for, and the style of its references."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QDialog, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.export_words import FORMAT_WORDS, GROUPS
from desktop.theme import Theme
from desktop.views.controls import Hairline, Label, TextButton
from desktop.views.style_chooser import StyleChooser
from engine.export import ReportFormat
from engine.export.formats import STYLED_FORMATS
from resources.tokens import CONTROL, SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6

_WIDTH = 620
_COLUMNS = ((0, 3), (1,), (2,))
"""Which groups stand below each other."""


class ExportDialog(QDialog):
    """Choose, then say where to; what was chosen last is chosen again."""

    chosen = Signal(object, str)
    """ReportFormat, and the name of a reference style, empty for our own numbers."""

    def __init__(self, theme: Theme, *, format: ReportFormat, parent: QWidget | None = None) -> None:
        """Offer the formats.

        Args:
            theme: what it is drawn with.
            format: chosen at first.
            parent: the owner.
        """
        super().__init__(parent)
        self.setWindowTitle("Export the report")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._format = format
        self.buttons: dict[ReportFormat, QPushButton] = {}
        self._group = QButtonGroup(self)
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_6)
        for groups in _COLUMNS:
            column = QVBoxLayout()
            column.setSpacing(SPACE_4)
            for number in groups:
                column.addLayout(self._group_of(theme, number))
            column.addStretch(1)
            columns.addLayout(column, 1)
        self.meaning = Label(tone="secondary", wraps=True)
        self.meaning.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.styles = StyleChooser(theme)
        self.styles.setMinimumHeight(CONTROL)
        self.save = TextButton("Save as…", kind="primary", theme=theme, icon="export")
        self.save.clicked.connect(self._choose)
        self.save.setDefault(True)
        cancel = TextButton("Cancel")
        cancel.clicked.connect(self.reject)
        cancel.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_6, SPACE_4, SPACE_6, SPACE_4)
        layout.setSpacing(SPACE_3)
        layout.addWidget(Label("Export the report", tone="heading"))
        layout.addLayout(columns)
        layout.addWidget(Hairline())
        layout.addWidget(self.meaning)
        layout.addWidget(self.styles)
        layout.addLayout(buttons)
        self.setFixedWidth(_WIDTH)
        lines = 3 * self.meaning.fontMetrics().lineSpacing()
        self.meaning.setMinimumHeight(lines + SPACE_1)
        self._show(format)

    @property
    def format(self) -> ReportFormat:
        """What is chosen."""
        return self._format

    def _group_of(self, theme: Theme, number: int) -> QGridLayout:
        title, formats = GROUPS[number]
        grid = QGridLayout()
        grid.setSpacing(0)
        grid.addWidget(Label(title, tone="section"), 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.setRowMinimumHeight(0, SPACE_6)
        for row, (format, words) in enumerate(formats.items(), start=1):
            button = TextButton(words.name, kind="row", theme=theme, icon=words.icon)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setAccessibleDescription(words.meaning)
            button.toggled.connect(partial(self._take, format))
            self._group.addButton(button)
            self.buttons[format] = button
            grid.addWidget(button, row, 0)
        return grid

    def _take(self, format: ReportFormat, is_chosen: bool) -> None:
        if is_chosen:
            self._show(format)

    def _show(self, format: ReportFormat) -> None:
        self._format = format
        self.buttons[format].setChecked(True)
        self.buttons[format].setFocus()
        words = FORMAT_WORDS[format]
        self.meaning.setText(words.meaning)
        self.styles.setEnabled(format in STYLED_FORMATS)

    def _choose(self) -> None:
        style = self.styles.style_name if self._format in STYLED_FORMATS else ""
        self.chosen.emit(self._format, style)
        self.accept()
