"""One search engine of the settings page: on or off, how it fares, its key, and a button to try it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from desktop.items.engines import EngineRow
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from desktop.web_words import engine_words
from engine.domain import EngineState
from engine.search.health import Condition
from resources.tokens import SPACE_2, SPACE_6

_CONDITION_ICONS = {
    Condition.UNTRIED: ("circle-dashed", "text_muted"),
    Condition.WELL: ("check-circle", "supported"),
    Condition.FAILING: ("circle-half", "partly"),
    Condition.RESTING: ("hourglass", "partly"),
    Condition.TRIAL: ("circle-half", "partly"),
}

_GOOD = frozenset({EngineState.ANSWERED, EngineState.EMPTY})


class EngineRowView(QFrame):
    """Every signal carries the engine's name; a key is handed over once and never shown again."""

    switched = Signal(str, bool)
    try_requested = Signal(str)
    key_written = Signal(str, str)
    key_removed = Signal(str)

    def __init__(self, row: EngineRow, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.row = row
        self.setProperty("kind", "model")
        self._on = QCheckBox()
        self._on.clicked.connect(self._switch)
        self._title = Label(tone="strong")
        self._about = Label(tone="muted", wraps=True)
        self._mark = QLabel()
        self._words = Label(tone="small", wraps=True)
        self._try = TextButton("Try it", kind="quiet", tip="Ask it for the words “plumb line”. This contacts it.")
        self._try.clicked.connect(self._ask_try)
        self._key = QLineEdit()
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setMaximumWidth(300)
        self._key.returnPressed.connect(self._keep_key)
        self._keep = TextButton("Keep the key")
        self._keep.clicked.connect(self._keep_key)
        self._add = TextButton("Enter a key…", kind="link")
        self._add.clicked.connect(self._open_key)
        self._is_key_open = False
        self._remove = TextButton("Delete the key", kind="link")
        self._remove.clicked.connect(self._ask_remove)
        self._key_words = Label(tone="small", wraps=True)
        self._key.textChanged.connect(self._written)
        self._lay_out()
        theme.changed.connect(self._draw)
        self.show_row(row)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(self._on)
        head.addWidget(self._title)
        head.addWidget(self._about, 1)
        head.addWidget(self._try)
        state = QHBoxLayout()
        state.setContentsMargins(SPACE_6, 0, 0, 0)
        state.setSpacing(SPACE_2)
        state.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        state.addWidget(self._words, 1)
        self._key_row = QWidget()
        keys = QHBoxLayout(self._key_row)
        keys.setContentsMargins(SPACE_6, 0, 0, 0)
        keys.setSpacing(SPACE_2)
        keys.addWidget(self._add)
        keys.addWidget(self._key, 1)
        keys.addWidget(self._keep)
        keys.addWidget(self._remove)
        keys.addWidget(self._key_words, 1)
        keys.addStretch(0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE_2 + 2, 0, SPACE_2 + 2)
        layout.setSpacing(SPACE_2 - 2)
        layout.addLayout(head)
        layout.addLayout(state)
        layout.addWidget(self._key_row)

    def show_row(self, row: EngineRow) -> None:
        """Show how the engine is now."""
        self.row = row
        self._on.setAccessibleName(f"Ask {row.title}")
        self._on.setChecked(row.is_on and not row.is_waiting_for_key)
        self._on.setEnabled(not row.is_waiting_for_key)
        self._title.setText(row.title)
        self._about.setText(row.about)
        words = row.words
        if row.is_busy:
            words = f"Asking {row.title}…"
        elif row.tried is not None and row.tried.state in _GOOD:
            words = engine_words(row.tried)
        elif row.tried is not None and row.condition in (Condition.UNTRIED, Condition.WELL):
            words = row.tried.words
        elif row.is_waiting_for_key:
            words = "It needs a key of your own."
        self._words.setText(words)
        self._try.setAccessibleName(f"Try {row.title}")
        self._try.setEnabled(not row.is_busy and not row.is_waiting_for_key)
        self._key_row.setVisible(row.takes_key)
        self._key.setVisible(self._is_key_open)
        self._add.setVisible(not self._is_key_open)
        self._add.set_words("Replace the key…" if row.has_key else "Enter a key…")
        self._add.setAccessibleName(f"{self._add.text().rstrip('…')} for {row.title}")
        self._key.setAccessibleName(f"Key for {row.title}")
        words = "There is a key; write another to replace it" if row.has_key else "Key"
        self._key.setPlaceholderText(words if row.needs_key or row.has_key else "Key, if you have one")
        self._remove.setVisible(row.has_key)
        self._remove.setAccessibleName(f"Delete the key for {row.title}")
        self._keep.setAccessibleName(f"Keep the key for {row.title}")
        self._key_words.setText(row.key_words)
        self._key_words.setVisible(bool(row.key_words))
        self.setAccessibleName(f"{row.title}. {self._words.text()}")
        self._written()
        self._draw()

    def _draw(self) -> None:
        name, colour = _CONDITION_ICONS[self.row.condition]
        tried = self.row.tried
        if tried is not None and not self.row.is_busy:
            is_good = tried.state in _GOOD
            name, colour = ("check-circle", "supported") if is_good else ("warning-circle", "unsupported")
        if self.row.is_waiting_for_key:
            name, colour = "key", "text_muted"
        icon = self._theme.icon(name, colour=getattr(self._theme.palette, colour))
        self._mark.setPixmap(icon.pixmap(14, 14))

    def _written(self) -> None:
        self._keep.setVisible(bool(self._key.text().strip()))

    def _open_key(self) -> None:
        self._is_key_open = True
        self.show_row(self.row)
        self._key.setFocus(Qt.FocusReason.OtherFocusReason)

    def _switch(self, is_on: bool) -> None:
        self.switched.emit(self.row.name, is_on)

    def _ask_try(self) -> None:
        self.try_requested.emit(self.row.name)

    def _keep_key(self) -> None:
        key = self._key.text().strip()
        if key:
            self._key.clear()
            self._is_key_open = False
            self.key_written.emit(self.row.name, key)

    def _ask_remove(self) -> None:
        self.key_removed.emit(self.row.name)
