"""A card floating over a dimmed window; Escape or a click beside it closes it and gives the keyboard back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.theme import Theme
from resources.tokens import SPACE_6

_TOP_SHARE = 0.14


class Overlay(QWidget):
    """Put what it shows into ``card``; ``open`` and ``close_overlay`` do the rest."""

    keyboard_homeless = Signal()
    """It has closed, and what had the keyboard before is not to be seen any more."""

    def __init__(self, theme: Theme, *, width: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._window = parent
        self._width = width
        self._before: QWidget | None = None
        self.card = QFrame(self)
        self.card.setProperty("kind", "card")
        self.content = QVBoxLayout(self.card)
        self.content.setContentsMargins(0, 0, 0, 0)
        self.content.setSpacing(0)
        shadow = QGraphicsDropShadowEffect(self.card)
        shadow.setBlurRadius(32)
        shadow.setOffset(0, 8)
        self._shadow = shadow
        self.card.setGraphicsEffect(shadow)
        parent.installEventFilter(self)
        theme.changed.connect(self._redraw)
        self._redraw()
        self.hide()

    def open(self) -> None:
        """Show the card in front of everything and give it the keyboard."""
        if self.isVisible():
            return
        self._before = self._window.focusWidget()
        self.show()
        self.fit()
        self.raise_()
        self.take_focus()

    def close_overlay(self) -> None:
        """Hide the card; the keyboard goes back to where it was."""
        if not self.isVisible():
            return
        self.hide()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.keyboard_homeless.emit()
        self._before = None

    def take_focus(self) -> None:
        """Put the keyboard where it belongs in the card."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def fit(self) -> None:
        """Give the card the height of what is in it now."""
        for layout in self.card.findChildren(QLayout):
            layout.invalidate()
            layout.activate()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_overlay()
        # Nothing gets through to the window behind.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_overlay()

    def paintEvent(self, event: QPaintEvent) -> None:
        scrim = QColor(self._theme.palette.text if not self._theme.is_dark else "#000000")
        scrim.setAlphaF(0.5 if self._theme.is_dark else 0.13)
        QPainter(self).fillRect(event.rect(), scrim)

    def _place(self) -> None:
        self.setGeometry(self._window.rect())
        width = min(self._width, self.width() - 2 * SPACE_6)
        top = max(SPACE_6, round(self.height() * _TOP_SHARE))
        height = min(self.card.sizeHint().height(), self.height() - top - SPACE_6)
        self.card.setGeometry(QRect((self.width() - width) // 2, top, width, height))

    def _redraw(self) -> None:
        self._shadow.setColor(QColor(self._theme.palette.shadow))
        self.update()
