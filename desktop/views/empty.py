"""A page with nothing on it yet, or with a problem: one sentence or two, and what can be done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import Label, TextButton, ground
from resources.tokens import SPACE_2, SPACE_4, SPACE_6, SPACE_8

_ICON = 40
_COLUMN_WIDTH = 440


class EmptyView(QWidget):
    """An icon, a title, a hint, and buttons for what to do; used wherever there is nothing else to show."""

    def __init__(self, theme: Theme, *, icon: str, colour: str = "text_muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._colour = colour
        ground(self, "surface")
        self._picture = QLabel()
        self._title = Label(tone="heading", wraps=True)
        self._hint = Label(tone="secondary", wraps=True, selectable=True)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(SPACE_2)
        holder = QWidget()
        holder.setMaximumWidth(_COLUMN_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_2)
        column.addWidget(self._picture)
        column.addSpacing(SPACE_2)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addSpacing(SPACE_4)
        column.addLayout(self._buttons)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_6, SPACE_8, SPACE_6, SPACE_8)
        layout.addStretch(2)
        layout.addLayout(row)
        layout.addStretch(3)
        theme.changed.connect(self._draw)
        self._draw()

    def say(self, title: str, hint: str) -> None:
        """Show what there is to say."""
        self._title.setText(title)
        self._hint.setText(hint)
        self.setAccessibleName(title)

    def offer(self, *offers: tuple[str, Callable[[], object]]) -> None:
        """Show buttons; the first is the one to press."""
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        for number, (text, act) in enumerate(offers):
            button = TextButton(text, kind="" if number else "primary")
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(act)
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)

    def _draw(self) -> None:
        icon = self._theme.icon(self._icon, colour=getattr(self._theme.palette, self._colour))
        self._picture.setPixmap(icon.pixmap(QSize(_ICON, _ICON)))
