"""All that a model is saying, while it says it: a box of fixed height, so that nothing below it moves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontMetrics, QShowEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desktop.live_relay import Live
from desktop.plain_text import laid_out
from desktop.theme import Theme
from resources.tokens import SPACE_2

_LINES = 8


class LiveBox(QPlainTextEdit):
    """Follows the end only if the end was in view."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._wanted = ""
        self.setProperty("kind", "live")
        self.setAccessibleName("What the model is saying")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(SPACE_2)
        self._size()

    def show_live(self, live: Live | None) -> None:
        """Show the words; the last ones stay when nothing is being said."""
        self._wanted = live.text if live is not None else self._wanted
        if self.isVisible():
            self._catch_up()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        """Write what was said since the box was last in view; nobody pays for it before."""
        # Empty lines at the end would push the words out of the box.
        text = self._wanted.rstrip()
        if not text or text == self._text:
            return
        bar = self.verticalScrollBar()
        was_at_end = bar.value() >= bar.maximum() - self.fontMetrics().height()
        if text.startswith(self._text):
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(_plain(text[len(self._text) :]))
        else:
            self.setPlainText(_plain(text))
        self._text = text
        if was_at_end:
            bar.setValue(bar.maximum())

    def forget(self) -> None:
        """Show nothing: another run."""
        self._text = self._wanted = ""
        self.clear()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._size()

    def _size(self) -> None:
        self.setFixedHeight(_LINES * QFontMetrics(self.font()).lineSpacing() + 2 * SPACE_2)


def _plain(text: str) -> str:
    # Line ends are wanted here; what else could steer a layout is not.
    return "\n".join(laid_out(line) for line in text.split("\n"))
