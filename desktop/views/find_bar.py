"""Finding words on a page: a field, how many there are, next and previous."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from desktop.theme import Theme
from desktop.views.controls import IconButton, Label
from resources.tokens import SPACE_1, SPACE_2


class Findable(Protocol):
    """A page that can be searched."""

    def find_all(self, text: str) -> int: ...

    def find_step(self, step: int) -> None: ...

    @property
    def find_place(self) -> tuple[int, int]: ...


class FindBar(QFrame):
    """Hidden until it is asked for; Enter and Shift+Enter step, Esc closes."""

    closed = Signal()

    def __init__(self, theme: Theme, page: Findable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._page = page
        self.setProperty("kind", "card")
        self.field = QLineEdit(self)
        self.field.setProperty("kind", "bare")
        self.field.setPlaceholderText("Find on this page")
        self.field.setAccessibleName("Find on this page")
        self.field.setMinimumWidth(180)
        self._count = Label("", tone="small", parent=self)
        self._count.setMinimumWidth(64)
        self._count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        previous = IconButton(theme, "caret-up", "Previous", parent=self)
        following = IconButton(theme, "caret-down", "Next", parent=self)
        close = IconButton(theme, "x", "Close", parent=self)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_2, SPACE_1, SPACE_1, SPACE_1)
        layout.setSpacing(2)
        layout.addWidget(self.field, 1)
        layout.addWidget(self._count)
        for button in (previous, following, close):
            layout.addWidget(button)
        self.field.textChanged.connect(self._find)
        previous.clicked.connect(self.find_previous)
        following.clicked.connect(self.find_next)
        close.clicked.connect(self.close_bar)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar and give it the keyboard."""
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()
        if self.field.text():
            self._find(self.field.text())

    def close_bar(self) -> None:
        """Hide the bar and its marks."""
        self.hide()
        self._page.find_all("")
        self.closed.emit()

    def find_next(self) -> None:
        """Go to the next occurrence."""
        self._page.find_step(1)
        self._show_count()

    def find_previous(self) -> None:
        """Go to the previous occurrence."""
        self._page.find_step(-1)
        self._show_count()

    @property
    def count_text(self) -> str:
        """``2 of 7``, ``nothing``, or empty."""
        return self._count.text()

    def _find(self, text: str) -> None:
        self._page.find_all(text)
        self._show_count()

    def _show_count(self) -> None:
        place, total = self._page.find_place
        self._count.setText("" if not self.field.text() else f"{place} of {total}" if total else "nothing")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Escape:
                self.close_bar()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
                (self.find_previous if back else self.find_next)()
            case _:
                super().keyPressEvent(event)
