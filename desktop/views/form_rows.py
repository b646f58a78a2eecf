"""Rows of a page on which something is chosen: a name and what it means at the left, a control at the right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from resources.tokens import SPACE_1, SPACE_3, SPACE_4


class Segments(QFrame):
    """A few choices side by side, one of them chosen; arrow keys move between them."""

    chosen = Signal(object)

    def __init__(self, name: str, choices: Mapping[Any, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "track")
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[Any, TextButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        for value, text in choices.items():
            button = TextButton(text, kind="segment")
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {text}")
            button.clicked.connect(partial(self._choose, value))
            self._group.addButton(button)
            self._buttons[value] = button
            layout.addWidget(button)

    def show_choice(self, value: Any) -> None:
        """Show a choice without saying that it was chosen; one that is not offered leaves none marked."""
        button = self._buttons.get(value)
        if button is not None:
            button.setChecked(True)
            return
        self._group.setExclusive(False)
        for other in self._buttons.values():
            other.setChecked(False)
        self._group.setExclusive(True)

    def _choose(self, value: Any, _checked: bool = False) -> None:
        self.chosen.emit(value)


class Disclosure(QWidget):
    """A heading that unfolds what is under it; folded at first."""

    unfolded = Signal(bool)

    def __init__(self, title: str, meaning: str, body: QWidget, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._heading = TextButton(title, kind="disclosure", theme=theme, icon="caret-right")
        self._heading.setCheckable(True)
        self._heading.toggled.connect(self._toggle)
        self._title = title
        self._body = body
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        self._meaning = Label(meaning, tone="muted", wraps=True)
        self._meaning.setContentsMargins(SPACE_4 + SPACE_1 + 4, 0, 0, 0)
        layout.addWidget(self._meaning)
        holder = QHBoxLayout()
        holder.setContentsMargins(SPACE_4 + SPACE_1 + 4, SPACE_3, 0, 0)
        holder.addWidget(body)
        layout.addLayout(holder)
        body.hide()

    @property
    def is_unfolded(self) -> bool:
        """Whether what is under the heading shows."""
        return self._heading.isChecked()

    def unfold(self, *, is_unfolded: bool = True) -> None:
        """Unfold or fold."""
        self._heading.setChecked(is_unfolded)

    def _toggle(self, is_unfolded: bool) -> None:
        self._heading.set_icon("caret-down" if is_unfolded else "caret-right")
        self._heading.setAccessibleDescription("unfolded" if is_unfolded else "folded")
        self._body.setVisible(is_unfolded)
        self.unfolded.emit(is_unfolded)


def form_row(name: str, meaning: str, control: QWidget) -> QHBoxLayout:
    """Return a row with a control at its right."""
    words = QVBoxLayout()
    words.setSpacing(2)
    words.addWidget(Label(name))
    words.addWidget(Label(meaning, tone="muted", wraps=True))
    row = QHBoxLayout()
    row.setSpacing(SPACE_3)
    row.addLayout(words, 1)
    row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
    return row


def form_block(name: str, control: QWidget) -> QVBoxLayout:
    """Return a control under its name."""
    column = QVBoxLayout()
    column.setSpacing(SPACE_1 - 2)
    column.addWidget(Label(name))
    column.addWidget(control)
    return column
