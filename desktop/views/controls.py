"""The controls that views are made of, so that each kind looks, reads and behaves the same everywhere."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QKeySequence, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop.plain_text import as_tip
from desktop.theme import Theme
from resources.tokens import ICON

_LEAST_NAME = 40


class IconButton(QToolButton):
    """A quiet button that is only an icon; its name is read aloud and shown, with its shortcut, on hovering."""

    def __init__(
        self, theme: Theme, icon: str, name: str, *, shortcut: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self._shortcut = shortcut
        self.setIconSize(QSize(ICON, ICON))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoRaise(True)
        self.set_name(name)
        theme.changed.connect(self._draw)
        self._draw()

    def set_name(self, name: str) -> None:
        """Give the button another name."""
        self.setAccessibleName(name)
        self.setToolTip(with_shortcut(name, self._shortcut))

    def set_icon(self, icon: str) -> None:
        """Give the button another icon."""
        self._icon = icon
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def _draw(self) -> None:
        self.setIcon(self._theme.icon(self._icon))


class TextButton(QPushButton):
    """A button with words, and an icon where it helps. Kinds are those of the style sheet."""

    def __init__(
        self,
        text: str,
        *,
        kind: str = "",
        theme: Theme | None = None,
        icon: str = "",
        tip: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self._theme = theme
        self._icon = icon
        self._kind = kind
        self.set_words(text)
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setToolTip(tip)
        if kind in {"primary", "quiet", "link"}:
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        if kind == "link":
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        if theme is not None and icon:
            self.setIconSize(QSize(ICON, ICON))
            theme.changed.connect(self._draw)
            self._draw()

    def set_words(self, text: str) -> None:
        """Give the button another text; the gap to its icon is a part of it, since Qt has none of its own."""
        self.setText(f" {text}" if self._icon and text else text)
        self.setAccessibleName(text)

    def set_icon(self, icon: str) -> None:
        """Give the button another icon."""
        self._icon = icon
        self._draw()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def _draw(self) -> None:
        if self._theme is not None:
            colour = self._theme.palette.on_accent if self._kind == "primary" else None
            self.setIcon(self._theme.icon(self._icon, colour=colour))


class Label(QLabel):
    """Plain text in one of the tones of the style sheet; never markup, whatever the text."""

    def __init__(
        self,
        text: str = "",
        *,
        tone: str = "",
        wraps: bool = False,
        selectable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        if tone:
            self.setProperty("tone", tone)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )


class ElidedLabel(Label):
    """One line that gives way: what does not fit is elided, and then shown on hovering."""

    def __init__(
        self,
        text: str = "",
        *,
        tone: str = "",
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", tone=tone, parent=parent)
        self._full = ""
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show another text."""
        self._full = " ".join(text.split())
        self.setAccessibleName(self._full)
        self._fit()

    @property
    def full_text(self) -> str:
        """All of the text, elided or not."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        self._fit()
        super().paintEvent(event)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._full) + 2, super().sizeHint().height())

    def _fit(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._full, self._mode, max(0, self.width()))
        if shown != self.text():
            self.setText(shown)
            self.setToolTip(as_tip(self._full) if shown != self._full else "")


class NameLabel(ElidedLabel):
    """A name that something may stand behind: as wide as it is, elided only where that is too much."""

    def __init__(self, text: str = "", *, tone: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, tone=tone, parent=parent)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(_LEAST_NAME)

    def set_text(self, text: str) -> None:
        """Show another name."""
        super().set_text(text)
        self.updateGeometry()


class Hairline(QFrame):
    """A one-pixel line between regions."""

    def __init__(self, *, vertical: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "hairline-vertical" if vertical else "hairline")


def pressed_by_enter(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press a button if the key is Enter, which Qt leaves to Space alone; return whether it was."""
    if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return False
    if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    if not event.isAutoRepeat():
        button.click()
    return True


def with_shortcut(name: str, shortcut: str) -> str:
    """Return what a control is called, with its keys as the platform writes them."""
    if not shortcut:
        return name
    return f"{name}  ({QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)})"


def ground(widget: QWidget, kind: str) -> None:
    """Give a plain widget one of the grounds of the style sheet."""
    widget.setProperty("kind", kind)
    widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
