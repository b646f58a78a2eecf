"""Getting at a page that could not be fetched: open it in a browser, then supply it as a file or as text."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.items.sources import SourceRow
from desktop.plain_text import one_line
from desktop.views.controls import ElidedLabel, Label, TextButton, ground
from desktop.web_words import site_of
from engine.citations.wording import OBSTACLE_WORDS
from engine.counting import counted
from engine.domain import Obstacle
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4

_DIALOG_SIZE = (640, 460)


class RescueBar(QFrame):
    """Under the list of sources while one is chosen that a person could get at; every signal carries its address."""

    open_requested = Signal(str)
    file_requested = Signal(str)
    text_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "side")
        self._address = ""
        self._what = ElidedLabel(tone="strong")
        self._how = Label(tone="small", wraps=True)
        self.open = TextButton("Open page")
        self.open.setAccessibleName("Open the page in the browser")
        self.file = TextButton("Use a file…", tip="Choose the page or PDF that you have saved; or drop it here")
        self.file.setAccessibleName("Supply the saved page or PDF")
        self.text = TextButton("Paste text…", tip="Paste what you have copied from the page")
        self.open.clicked.connect(self._ask_open)
        self.file.clicked.connect(self._ask_file)
        self.text.clicked.connect(self._ask_text)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        for button in (self.open, self.file, self.text):
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_1)
        layout.addWidget(self._what)
        layout.addWidget(self._how)
        layout.addSpacing(SPACE_1)
        layout.addLayout(buttons)
        self.show_row(None, others=0)

    @property
    def address(self) -> str:
        """Of the source that it is about; empty while it is hidden."""
        return self._address

    def show_row(self, row: SourceRow | None, *, others: int) -> None:
        """Show how to get at a source; None hides the bar.

        Args:
            row: the source.
            others: how many more of its kind there are.
        """
        self.setVisible(row is not None)
        if row is None:
            self._address = ""
            return
        self._address = row.address
        site = site_of(row.address)
        title = row.title if len(row.title) <= 60 else site
        name = f"“{one_line(title, limit=80)}”" if title != site else site
        self._what.set_text(f"{name} {OBSTACLE_WORDS[row.obstacle or Obstacle.OTHER]}")
        more = f" {counted(others, 'more source')} could not be read either." if others else ""
        self._how.setText(
            f"Open it in your browser, which contacts {site}. Then drop the saved page or its PDF here, or paste its "
            f"text.{more}"
        )
        self.setAccessibleName(self._what.full_text)
        self.open.setToolTip(f"Your browser contacts {site}; Plumbline sends nothing")

    def keep_short(self, *, is_short: bool) -> None:
        """Leave out how it is done in words, which is shown on hovering then."""
        self._how.setVisible(not is_short)
        self._what.setToolTip(self._how.text() if is_short else "")

    def _ask_open(self) -> None:
        self.open_requested.emit(self._address)

    def _ask_file(self) -> None:
        self.file_requested.emit(self._address)

    def _ask_text(self) -> None:
        self.text_requested.emit(self._address)


class PasteDialog(QDialog):
    """Takes the text of a page."""

    pasted = Signal(str, object)
    """Address, and the text."""

    def __init__(self, address: str, title: str, parent: QWidget | None = None, *, draft: str = "") -> None:
        """Show what was written before, if anything was."""
        super().__init__(parent)
        self._address = address
        self.setWindowTitle("Paste the text of a page")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.resize(*_DIALOG_SIZE)
        self._text = QPlainTextEdit()
        self._text.setProperty("kind", "field")
        self._text.setAccessibleName("Text of the page")
        self._text.setPlaceholderText("In the browser: select all, copy. Then paste here.")
        self._text.setTabChangesFocus(True)
        self._text.textChanged.connect(self._count)
        self._size = Label(tone="small")
        self.use = TextButton("Use this text", kind="primary")
        self.use.setDefault(True)
        self.use.clicked.connect(self._take)
        self.use.setToolTip("Ctrl+Enter")
        cancel = TextButton("Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self._size, 1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.use)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_3)
        layout.addWidget(ElidedLabel(one_line(title, limit=200), tone="heading"))
        words = "It is read as the text of this page, marked “supplied by you”, and nothing is fetched for it."
        layout.addWidget(Label(words, tone="secondary", wraps=True))
        layout.addWidget(self._text, 1)
        layout.addLayout(buttons)
        # Who has pasted a text and goes on with Tab means the button that takes it.
        QWidget.setTabOrder(self._text, self.use)
        QWidget.setTabOrder(self.use, cancel)
        self._text.setPlainText(draft)
        self._count()
        self._text.setFocus()

    @property
    def draft(self) -> str:
        """What is in the box."""
        return self._text.toPlainText()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.use.click()
        else:
            super().keyPressEvent(event)

    def _count(self) -> None:
        text = self._text.toPlainText().strip()
        self.use.setEnabled(bool(text))
        self._size.setText(counted(len(text.split()), "word") if text else "")

    def _take(self) -> None:
        self.pasted.emit(self._address, self._text.toPlainText())
        self.accept()
