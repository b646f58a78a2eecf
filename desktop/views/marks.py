"""What a reader thinks of a sentence, asked in a small card beside it: right, wrong or unclear, and why."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.mark_words import NOTE_LIMIT, VERDICT_WORDS
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.claim_standing import small_label
from desktop.views.controls import TextButton
from desktop.views.floating import EDGE, place_beside
from desktop.views.sign_icons import verdict_icon
from engine.domain import Claim, ClaimId, Mark, Verdict
from resources.tokens import ICON, SPACE_1, SPACE_2, SPACE_3, SPACE_4

WIDTH: Final = 400
_NOTE_LINES: Final = 3


class MarkCard(QFrame):
    """Floats over the window; Ctrl+Enter keeps the mark, Escape leaves it as it was."""

    mark_requested = Signal(int, object, str)
    """Number of the claim, Verdict or None to take the mark away, and the note."""
    closed = Signal()

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self._claim: ClaimId | None = None
        self.setProperty("kind", "card")
        self.setAccessibleName("Your mark")
        self._sentence = small_label("small")
        self._verdicts = QButtonGroup(self)
        choices = QHBoxLayout()
        choices.setSpacing(SPACE_1)
        for number, words in enumerate(VERDICT_WORDS.values()):
            button = _Choice(words)
            button.setCheckable(True)
            button.setProperty("kind", "segment")
            button.setAccessibleName(words)
            button.setIconSize(QSize(ICON, ICON))
            button.clicked.connect(self._follow_choice)
            self._verdicts.addButton(button, number)
            choices.addWidget(button)
        choices.addStretch(1)
        self._note = _Note(self)
        self._note.kept.connect(self._keep)
        self._note.textChanged.connect(self._follow_choice)
        self._save = TextButton("Mark", kind="primary", tip="Ctrl+Enter")
        self._save.clicked.connect(self._keep)
        self._remove = TextButton("Take the mark away", kind="quiet")
        self._remove.clicked.connect(self._take_away)
        self._cancel = TextButton("Cancel", kind="quiet")
        self._cancel.clicked.connect(self.close_card)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self._remove)
        buttons.addStretch(1)
        buttons.addWidget(self._cancel)
        buttons.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addWidget(small_label("strong", text="What do you think of this sentence?"))
        layout.addWidget(self._sentence)
        layout.addLayout(choices)
        layout.addWidget(self._note)
        layout.addLayout(buttons)
        self._shadow = QGraphicsDropShadowEffect(self)
        self._shadow.setBlurRadius(28)
        self._shadow.setOffset(0, 6)
        self.setGraphicsEffect(self._shadow)
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    @property
    def verdict(self) -> Verdict | None:
        """What is chosen."""
        number = self._verdicts.checkedId()
        return list(VERDICT_WORDS)[number] if number >= 0 else None

    def show_claim(self, claim: Claim, mark: Mark | None, *, at: QRect, verdict: Verdict | None = None) -> None:
        """Ask for a mark.

        Args:
            claim: what is to be marked.
            mark: what was marked before.
            at: where the claim is, in global coordinates.
            verdict: what is chosen already; that of the mark if None.
        """
        window = self.parentWidget()
        assert window is not None
        self._claim = claim.id
        self._sentence.setText(f"“{one_line(claim.text, limit=220)}”")
        chosen = verdict or (mark.verdict if mark is not None else None)
        self._verdicts.setExclusive(False)
        for number, one in enumerate(VERDICT_WORDS):
            self._verdicts.button(number).setChecked(one is chosen)
        self._verdicts.setExclusive(True)
        self._note.setPlainText(mark.note if mark is not None else "")
        self._remove.setVisible(mark is not None)
        self._follow_choice()
        width = min(WIDTH, window.width() - 2 * EDGE)
        self.setFixedWidth(width)
        layout = self.layout()
        assert layout is not None
        layout.activate()
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else self.sizeHint().height()
        self.resize(width, height)
        self.move_beside(at)
        self.show()
        self.raise_()
        first = self._verdicts.checkedButton() or self._verdicts.button(0)
        (self._note if chosen is not None else first).setFocus(Qt.FocusReason.PopupFocusReason)

    def move_beside(self, at: QRect) -> None:
        """Go where the claim is now, in global coordinates."""
        window = self.parentWidget()
        assert window is not None
        self.move(place_beside(at, size=self.size(), window=window))

    def close_card(self) -> None:
        """Leave the mark as it was."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def _keep(self) -> None:
        if self._claim is not None and self.verdict is not None:
            note = self._note.toPlainText().strip()[:NOTE_LIMIT]
            self.mark_requested.emit(self._claim, self.verdict, note)
            self.close_card()

    def _take_away(self) -> None:
        if self._claim is not None:
            self.mark_requested.emit(self._claim, None, "")
            self.close_card()

    def _follow_choice(self) -> None:
        self._save.setEnabled(self.verdict is not None)

    def _dress(self) -> None:
        self._shadow.setColor(QColor(self._theme.palette.shadow))
        for number, verdict in enumerate(VERDICT_WORDS):
            self._verdicts.button(number).setIcon(verdict_icon(verdict, self._theme))

    # --- Qt ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_card()
        elif is_keeping(event):
            self._keep()
        # Nothing gets through to the page behind.
        event.accept()

    def focusNextPrevChild(self, next: bool) -> bool:
        chosen = self._verdicts.checkedButton() or self._verdicts.button(0)
        order: list[QWidget] = [chosen, self._note, self._save, self._cancel, self._remove]
        order = [one for one in order if not one.isHidden() and one.isEnabled()]
        at = next_to = -1
        for number, one in enumerate(order):
            if one.hasFocus() or (number == 0 and any(each.hasFocus() for each in self._verdicts.buttons())):
                at = number
        next_to = (at + (1 if next else -1)) % len(order)
        order[next_to].setFocus(Qt.FocusReason.TabFocusReason)
        return True


class _Choice(QPushButton):
    """The arrows go from one to the next, as in any group."""

    def __init__(self, words: str) -> None:
        super().__init__(f" {words}")


class _Note(QPlainTextEdit):
    """Why, in the reader's words; Tab leaves it."""

    kept = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "field")
        self.setPlaceholderText("Why? (you can leave this empty)")
        self.setAccessibleName("Note")
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _NOTE_LINES + 2 * SPACE_2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_keeping(event):
            self.kept.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)


def is_keeping(event: QKeyEvent) -> bool:
    """Return whether a key keeps what was entered: Enter with Ctrl."""
    is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return is_enter and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
