"""The box a question is written in: grows with the text, asks on Enter, keeps scope and depth at hand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from engine.research import MAX_QUESTION_CHARACTERS
from resources.tokens import SPACE_2, SPACE_3, SPACE_4

_MIN_LINES = 2
_MAX_LINES = 9
_COUNT_FROM = MAX_QUESTION_CHARACTERS * 9 // 10


class QuestionBox(QFrame):
    """One text field with its controls under it; ``asked`` carries what was written."""

    asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("kind", "field")
        self._field = QPlainTextEdit()
        self._field.setProperty("kind", "bare")
        self._field.setPlaceholderText("Ask a question about your documents…")
        self._field.setAccessibleName("Question")
        self._field.setAccessibleDescription("Enter asks, Shift and Enter starts a new line")
        self._field.setTabChangesFocus(True)
        # A folder dropped here is for the library, not for the question.
        self._field.setAcceptDrops(False)
        self._field.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._field.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._field.document().setDocumentMargin(0)
        self._field.textChanged.connect(self._changed)
        self._field.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._field.installEventFilter(self)
        self.setFocusProxy(self._field)
        self._remark = Label(tone="small")
        self._button = TextButton("Ask", kind="primary", tip="Ask  (Enter)")
        self._button.clicked.connect(self._ask)
        self._button.setEnabled(False)
        self._chips = QHBoxLayout()
        self._chips.setSpacing(SPACE_2)
        self._last: QWidget = self._field
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE_2)
        bottom.addLayout(self._chips)
        bottom.addStretch(1)
        bottom.addWidget(self._remark)
        bottom.addWidget(self._button)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_3 + 2, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_3)
        layout.addWidget(self._field)
        layout.addLayout(bottom)
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def text(self) -> str:
        """What is written."""
        return self._field.toPlainText()

    def add_chip(self, chip: QWidget) -> None:
        """Put a choice under the text; Tab comes to it after those before it and before the button."""
        self._chips.addWidget(chip)
        QWidget.setTabOrder(self._last, chip)
        QWidget.setTabOrder(chip, self._button)
        self._last = chip

    def set_placeholder(self, words: str) -> None:
        """Say, while the box is empty, what can be asked."""
        self._field.setPlaceholderText(words)

    def let_follow(self, widget: QWidget) -> None:
        """Have Tab come to another part of the form after the button."""
        QWidget.setTabOrder(self._button, widget)

    def set_text(self, text: str) -> None:
        """Write something into the box, the cursor behind it."""
        self._field.setPlainText(text)
        cursor = self._field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self._field.setTextCursor(cursor)

    def take_focus(self) -> None:
        """Put the keyboard into the box."""
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field:
            if event.type() in {QEvent.Type.FocusIn, QEvent.Type.FocusOut}:
                self._show_focus(focused=event.type() == QEvent.Type.FocusIn)
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
                if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                    self._ask()
                    return True
        return super().eventFilter(watched, event)

    def _ask(self) -> None:
        if self._button.isEnabled():
            self.asked.emit(self.text)

    def _changed(self) -> None:
        length = len(self.text)
        is_too_long = length > MAX_QUESTION_CHARACTERS
        self._button.setEnabled(length > 0 and not is_too_long and not self.text.isspace())
        self._remark.setProperty("tone", "error" if is_too_long else "small")
        self._remark.style().polish(self._remark)
        self._remark.setText(f"{length:,} of {MAX_QUESTION_CHARACTERS:,} characters" if length > _COUNT_FROM else "")

    def _grow(self) -> None:
        metrics = QFontMetrics(self._field.font())
        # A plain text document measures its height in lines.
        lines = min(_MAX_LINES, max(_MIN_LINES, round(self._field.document().documentLayout().documentSize().height())))
        self._field.setFixedHeight(lines * metrics.lineSpacing() + 2)

    def _show_focus(self, *, focused: bool) -> None:
        self.setProperty("focused", "true" if focused else "false")
        # The border is two pixels then: take one from the margin, so that nothing moves.
        inset = 1 if focused else 0
        self._layout.setContentsMargins(SPACE_4 - inset, SPACE_3 + 2 - inset, SPACE_3 - inset, SPACE_3 - inset)
        self.style().unpolish(self)
        self.style().polish(self)

    def _restyle(self) -> None:
        self._field.setFont(self._theme.reading_font())
        # The placeholder is painted with the font of the viewport, which a style sheet keeps from being inherited.
        self._field.viewport().setFont(self._theme.reading_font())
        self._grow()

    def sizeHint(self) -> QSize:
        return QSize(720, super().sizeHint().height())
