"""A model on another server: where it is, its name and key; and what that means for what leaves this computer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from desktop.items.models import ServerAnswer, ServerForm
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from resources.tokens import SPACE_2, SPACE_3

LEAVES = "Questions, and the passages found in your documents, then leave this computer and go to that server."
STAYS = "This address is on this computer: nothing leaves it."


class ServerFormView(QWidget):
    """Every signal carries the address; a key is handed over once and never shown again."""

    list_requested = Signal(str, str)
    """Address and key: which models are there?"""
    try_requested = Signal(str, str, str)
    """Address, model, key: does it answer?"""
    use_requested = Signal(str, str, str)
    """Address, model, key."""
    forget_requested = Signal(str)
    """Address: delete its key."""
    address_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_busy = False
        self._address = _field("Address of the server", "http://127.0.0.1:8080/v1")
        self._address.textChanged.connect(self._changed)
        self._address.textChanged.connect(self.address_changed)
        self._key = _field("Key for the server", "Only if the server asks for one")
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._model = _field("Model on the server", "As the server calls it")
        self._model.textChanged.connect(self._changed)
        self._list = TextButton("List models", tip="Ask the server which models it has")
        self._list.clicked.connect(self._ask_list)
        self._menu = QMenu(self)
        self._forget = TextButton("Delete the key", kind="link")
        self._forget.clicked.connect(self._ask_forget)
        self._key_words = Label(tone="muted", wraps=True)
        self._consequence = Label(tone="secondary", wraps=True)
        self._try = TextButton("Try it", tip="Ask the model for a word")
        self._try.clicked.connect(self._ask_try)
        self._use = TextButton("Use this server", kind="primary")
        self._use.clicked.connect(self._ask_use)
        self._answer = Label(wraps=True, selectable=True)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self._use)
        buttons.addWidget(self._try)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_3)
        layout.addLayout(self._grid())
        layout.addWidget(self._consequence)
        layout.addLayout(buttons)
        layout.addWidget(self._answer)
        self.say_answer(None)
        self.show_key("")
        self._changed()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_3)
        grid.setVerticalSpacing(SPACE_2)
        grid.setColumnStretch(1, 1)
        key_row = QHBoxLayout()
        key_row.addWidget(self._key_words, 1)
        key_row.addWidget(self._forget)
        for row, (name, field) in enumerate((("Address", self._address), ("Key", self._key), ("Model", self._model))):
            label = Label(name)
            label.setBuddy(field)
            place = row + (row > 1)
            grid.addWidget(label, place, 0)
            grid.addWidget(field, place, 1)
        grid.addLayout(key_row, 2, 1)
        grid.addWidget(self._list, 3, 2)
        return grid

    # --- what is shown ---

    def show_form(self, form: ServerForm) -> None:
        """Show what is kept; what a person is writing stays."""
        for field, text in ((self._address, form.address), (self._model, form.model)):
            if text and not field.hasFocus() and not field.text():
                field.setText(text)
        self.show_key(form.key_words)

    def show_key(self, words: str) -> None:
        """Say where the key is; empty when there is none."""
        self._key_words.setText(words)
        self._key_words.setVisible(bool(words))
        self._forget.setVisible(bool(words))
        self._key.setPlaceholderText("There is a key; write another to replace it" if words else _KEY_PLACEHOLDER)

    def show_consequence(self, *, leaves: bool) -> None:
        """Say whether what is asked leaves this computer."""
        self._consequence.setText(LEAVES if leaves else STAYS)
        self._consequence.setProperty("tone", "warn" if leaves else "secondary")
        self._consequence.style().polish(self._consequence)

    def say_busy(self, words: str) -> None:
        """Say that the server is being asked."""
        self._is_busy = True
        self._say(words, tone="muted")
        self._changed()

    def say_answer(self, answer: ServerAnswer | None) -> None:
        """Say what came of it."""
        self._is_busy = False
        self._say(
            answer.words if answer is not None else "", tone="secondary" if answer and answer.is_good else "error"
        )
        if answer is not None and answer.models:
            self._offer(answer.models)
        self._changed()

    # --- inside ---

    def _say(self, words: str, *, tone: str) -> None:
        self._answer.setText(words)
        self._answer.setProperty("tone", tone)
        self._answer.style().polish(self._answer)
        self._answer.setVisible(bool(words))

    def _offer(self, models: Sequence[str]) -> None:
        if len(models) == 1:
            self._model.setText(models[0])
            return
        self._menu.clear()
        for model in models[:200]:
            self._menu.addAction(model.replace("&", "&&")).triggered.connect(partial(self._take, model))
        if self.isVisible() and self.window().isActiveWindow():
            self._menu.popup(self._model.mapToGlobal(self._model.rect().bottomLeft()))

    def _take(self, model: str, _checked: bool = False) -> None:
        self._model.setText(model)

    def _changed(self) -> None:
        has_address = bool(self._address.text().strip())
        has_model = bool(self._model.text().strip())
        self._list.setEnabled(has_address and not self._is_busy)
        self._try.setEnabled(has_address and has_model and not self._is_busy)
        self._use.setEnabled(has_address and has_model)
        self._consequence.setVisible(has_address)

    def _written(self) -> tuple[str, str, str]:
        return self._address.text().strip(), self._model.text().strip(), self._key.text().strip()

    def _ask_list(self) -> None:
        address, _, key = self._written()
        self.list_requested.emit(address, key)

    def _ask_try(self) -> None:
        self.try_requested.emit(*self._written())

    def _ask_use(self) -> None:
        self.use_requested.emit(*self._written())
        self._key.clear()

    def _ask_forget(self) -> None:
        self.forget_requested.emit(self._address.text().strip())


_KEY_PLACEHOLDER = "Only if the server asks for one"


def _field(name: str, placeholder: str) -> QLineEdit:
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(placeholder)
    field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return field
