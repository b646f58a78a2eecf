"""Words on their way out: shown exactly as they would leave this computer, to be changed, sent or kept here."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.consent import ConsentPanel
from desktop.views.controls import Label, TextButton
from desktop.web_words import sendable
from engine.counting import counted
from engine.errors import QuestionUnusable
from resources.tokens import SPACE_2, SPACE_3, SPACE_4

_WIDTH = 620
_FIELD_HEIGHT = 96
_FROM_FILES = (
    "They come from a report that rests on your own files. Exactly the words in the box are sent to search engines, "
    "and pages that are found are fetched. Nothing else of the report or of your files leaves this computer."
)
_FROM_WEB = "Exactly the words in the box are sent to search engines, and pages that are found are fetched."
_TO_CHECK = (
    "To check this sentence again, these words are sent to search engines, and pages that are found are fetched. "
    "Nothing else of the report leaves this computer."
)


class ApprovalDialog(QDialog):
    """Nothing leaves before the button is pressed; what is pressed for is what is read in the box."""

    approved = Signal(str)
    """The words, exactly."""
    online_requested = Signal(bool)
    """Go online; whether through the proxy that was found."""

    def __init__(
        self, theme: Theme, words: str, *, is_private: bool, is_check: bool = False, parent: QWidget | None = None
    ) -> None:
        """Show words.

        Args:
            theme: what it is drawn with.
            words: proposed.
            is_private: whether they may come from files of this computer.
            is_check: whether they are a sentence that is checked again: then they are as they are.
            parent: the owner.
        """
        super().__init__(parent)
        meaning = _TO_CHECK if is_check else _FROM_FILES if is_private else _FROM_WEB
        self._is_check = is_check
        self.setWindowTitle("Check a sentence on the web" if is_check else "Look this up on the web")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._is_online = False
        self.field = QPlainTextEdit(_proposed(words))
        self.field.setProperty("kind", "field")
        self.field.setAccessibleName("Words that will be sent")
        self.field.setAccessibleDescription(meaning)
        self.field.setReadOnly(is_check)
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(_FIELD_HEIGHT)
        self.field.textChanged.connect(self._check)
        self._remark = Label(tone="small", wraps=True)
        self.consent = ConsentPanel(theme)
        self.consent.accepted.connect(self.online_requested)
        self.consent.declined.connect(self.reject)
        self.send = TextButton("Send exactly this", kind="primary", theme=theme, icon="globe")
        self.send.clicked.connect(self._approve)
        self.cancel = TextButton("Keep it here")
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self._remark, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.send)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_3)
        layout.addWidget(Label("These words will leave this computer", tone="heading"))
        layout.addWidget(Label(meaning, tone="secondary", wraps=True))
        layout.addWidget(self.field)
        layout.addWidget(self.consent)
        layout.addLayout(buttons)
        self.setFixedWidth(_WIDTH)
        self._check()
        self.field.setFocus()

    @property
    def words(self) -> str:
        """What would be sent; empty if it cannot be asked."""
        try:
            return sendable(self.field.toPlainText())
        except QuestionUnusable:
            return ""

    def show_network(self, *, is_online: bool | None, proxy: str) -> None:
        """Take over whether anything may leave."""
        self._is_online = is_online is True
        self.consent.show_network(was_asked=is_online is not None, proxy=proxy)
        self.consent.setVisible(not self._is_online)
        self._check()
        self.adjustSize()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter in a dialog presses a button by itself; what leaves is never sent by a slip.
        if event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)

    def _check(self) -> None:
        written = " ".join(self.field.toPlainText().split())
        try:
            words, problem = sendable(written), ""
        except QuestionUnusable as error:
            words, problem = "", f"{error.title}. {error.hint}" if written else "There is nothing to send."
        self.send.setEnabled(bool(words) and self._is_online)
        self.send.setAutoDefault(False)
        self.cancel.setAutoDefault(False)
        if problem:
            self._remark.setText(problem)
        elif words != self.field.toPlainText().strip():
            # What engines would take for a command, and what nobody can see, is left out of a query.
            self._remark.setText(f"Sent is exactly: {words}")
        else:
            becomes = "for a new version of the report" if self._is_check else "as a new run of this question"
            self._remark.setText(f"{counted(len(words.split()), 'word')}, {becomes}")

    def _approve(self) -> None:
        if self.words and self._is_online:
            self.approved.emit(self.words)
            self.accept()


def _proposed(words: str) -> str:
    """Return words as they would be sent, or as they are where they have to be changed first."""
    try:
        return sendable(words)
    except QuestionUnusable:
        return " ".join(words.split())
