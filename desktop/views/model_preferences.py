"""What else can be set about models: who reads and writes, where downloads go, when memory is given back."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from desktop.items.models import ModelPreferences, ReadingChoice
from desktop.theme import Theme
from desktop.views.choices import ReadingChip
from desktop.views.controls import ElidedLabel, Label, TextButton
from desktop.views.form_rows import Segments, form_row
from resources.tokens import SPACE_2, SPACE_4

_IDLE = {5: "5 min", 10: "10 min", 30: "30 min", 60: "1 hour", 0: "Never"}
_FIELD_WIDTH = 280


class ModelPreferencesView(QWidget):
    """Every choice takes effect at once."""

    reading_chosen = Signal(str)
    """Key of a model; empty for the same one."""
    idle_chosen = Signal(object)
    """Minutes; 0 for never."""
    folder_requested = Signal()
    mirror_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reading = ReadingChip(theme)
        self._reading.chosen.connect(self.reading_chosen)
        self._idle = Segments("Give memory back", _IDLE)
        self._idle.chosen.connect(self.idle_chosen)
        self._folder = ElidedLabel(tone="secondary", mode=Qt.TextElideMode.ElideMiddle)
        change = TextButton("Change…")
        change.setAccessibleName("Change the folder for downloads")
        change.clicked.connect(self.folder_requested)
        self._mirror = self._field("Mirror of the model hub", "None")
        self._mirror.editingFinished.connect(self._tell_mirror)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_4)
        layout.addLayout(
            form_row(
                "Reading and writing",
                "Another model may plan, read and write; the chosen one still leads the research.",
                self._reading,
            )
        )
        layout.addLayout(form_row("Give memory back", "After so long without work.", self._idle))
        folder = QHBoxLayout()
        folder.setSpacing(SPACE_4)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label("Folder for downloads"))
        words.addWidget(self._folder)
        folder.addLayout(words, 1)
        folder.addWidget(change, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(folder)
        layout.addLayout(form_row("Mirror", "Address of a hub to download from instead.", self._mirror))
        layout.addSpacing(SPACE_2)

    def show_preferences(self, preferences: ModelPreferences) -> None:
        """Show what is set; what a person is writing stays."""
        self._idle.show_choice(preferences.idle_minutes)
        self._folder.set_text(str(preferences.folder))
        if not self._mirror.hasFocus():
            self._mirror.setText(preferences.mirror)

    def show_reading(self, choice: ReadingChoice) -> None:
        """Show which model reads and writes, and which could."""
        self._reading.show_choice(choice)

    def _field(self, name: str, placeholder: str) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setPlaceholderText(placeholder)
        field.setFixedWidth(_FIELD_WIDTH)
        return field

    def _tell_mirror(self) -> None:
        self.mirror_changed.emit(self._mirror.text().strip())
