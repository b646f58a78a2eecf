"""What a follow-up still lacks: the question to go deeper into, as a person sees and changes it; or a language."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import QEvent, QObject, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QListView, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.language_words import LANGUAGES
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from engine.domain import Reach
from engine.research import MAX_QUESTION_CHARACTERS
from resources.tokens import SPACE_2, SPACE_3, SPACE_4

_WIDTH = 560
_FIELD_HEIGHT = 84
_LIST_HEIGHT = 280
_CODE = Qt.ItemDataRole.UserRole + 1
_WHERE = {
    Reach.LIBRARY: "It is looked for in the folders of this question, and not on the web.",
    Reach.WEB: "It is looked for on the web, where this question was: exactly these words are sent to search engines.",
    Reach.BOTH: "It is looked for in your library only: these words may come from your own files, and no search "
    "engine is told them.",
}


class DeeperDialog(QDialog):
    """The words are what is researched; nothing else of the report is."""

    asked = Signal(str)
    """The question."""
    look_up_requested = Signal(str)
    """The same words, to be looked up on the web, where they are shown once more before they leave."""

    def __init__(self, theme: Theme, words: str, *, reach: Reach, parent: QWidget | None = None) -> None:
        """Show words.

        Args:
            theme: what it is drawn with.
            words: proposed; may be empty.
            reach: how far the run may go whose report is changed.
            parent: the owner.
        """
        super().__init__(parent)
        self.setWindowTitle("Go deeper")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.field = QPlainTextEdit(one_line(words, limit=1000))
        self.field.setProperty("kind", "field")
        self.field.setAccessibleName("What is to be looked into")
        self.field.setAccessibleDescription(_WHERE[reach])
        self.field.setPlaceholderText("What would you like to know more about?")
        self.field.setTabChangesFocus(True)
        self.field.setFixedHeight(_FIELD_HEIGHT)
        self.field.textChanged.connect(self._check)
        self.field.installEventFilter(self)
        self.look_up = TextButton("Look this up on the web…", kind="quiet", theme=theme, icon="globe")
        self.look_up.clicked.connect(self._ask_web)
        self.look_up.setVisible(reach.has_library)
        self.go = TextButton("Go deeper", kind="primary", theme=theme, icon="arrow-bend-down-right")
        self.go.clicked.connect(self._ask)
        self.cancel = TextButton("Cancel")
        self.cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self.look_up)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_3)
        layout.addWidget(Label("What should be looked into?", tone="heading"))
        layout.addWidget(self.field)
        layout.addWidget(Label(_WHERE[reach], tone="secondary", wraps=True))
        layout.addWidget(
            Label("What is found becomes a new version of the report; this one stays.", tone="muted", wraps=True)
        )
        layout.addLayout(buttons)
        self.setFixedWidth(_WIDTH)
        self._check()
        self.field.setFocus()
        self.field.selectAll()

    @property
    def words(self) -> str:
        """What is asked; empty while there is no word in it."""
        text = " ".join(self.field.toPlainText().split())
        usable = len(text) <= MAX_QUESTION_CHARACTERS and any(character.isalnum() for character in text)
        return text if usable else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            if is_enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._ask()
                return True
        return super().eventFilter(watched, event)

    def _check(self) -> None:
        for button in (self.go, self.look_up):
            button.setEnabled(bool(self.words))

    def _ask(self) -> None:
        if self.words:
            self.asked.emit(self.words)
            self.accept()

    def _ask_web(self) -> None:
        words = self.words
        self.reject()
        self.look_up_requested.emit(words)


class LanguageDialog(QDialog):
    """A list that is filtered by typing: the English name, the language's own, or its two letters."""

    chosen = Signal(str)
    """Two letters of ISO 639-1."""

    def __init__(
        self, theme: Theme, *, likely: tuple[str, ...] = (), by: str = "", parent: QWidget | None = None
    ) -> None:
        """Offer the languages.

        Args:
            theme: what it is drawn with.
            likely: those that come first.
            by: the language model that translates, where the report was made without one.
            parent: the owner.
        """
        super().__init__(parent)
        self.setWindowTitle("Translate")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._model = QStandardItemModel(self)
        first = [code for code in likely if code in LANGUAGES]
        for code in (*first, *sorted(set(LANGUAGES) - set(first), key=_english)):
            english, own = LANGUAGES[code]
            item = QStandardItem(english if english == own else f"{english} · {own}")
            item.setData(code, _CODE)
            item.setData(f"{english} {own} {_folded(own)} {code}", Qt.ItemDataRole.UserRole)
            item.setEditable(False)
            self._model.appendRow(item)
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setFilterRole(Qt.ItemDataRole.UserRole)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Type a language")
        self.field.setAccessibleName("Filter languages")
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setModel(self._shown)
        self.list.setAccessibleName("Languages")
        self.list.setFixedHeight(_LIST_HEIGHT)
        self.list.activated.connect(self._choose)
        self.go = TextButton("Translate", kind="primary", theme=theme, icon="translate")
        self.go.clicked.connect(self._choose)
        cancel = TextButton("Cancel")
        cancel.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.go)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_4, SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_3)
        layout.addWidget(Label("Into which language?", tone="heading"))
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        layout.addWidget(
            Label(
                f"{one_line(by, limit=80) + ' translates. ' if by else ''}"
                "Every sentence is checked again against its passages. This version stays beside the new one.",
                tone="muted",
                wraps=True,
            )
        )
        layout.addLayout(buttons)
        self.setFixedWidth(_WIDTH - 120)
        self._filter("")
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._choose()
                return True
            if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
                self._step(1 if event.key() == Qt.Key.Key_Down else -1)
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        self._shown.setFilterFixedString(text.strip())
        self.list.setCurrentIndex(self._shown.index(0, 0))
        self.go.setEnabled(self._shown.rowCount() > 0)

    def _step(self, step: int) -> None:
        row = max(0, min(self._shown.rowCount() - 1, self.list.currentIndex().row() + step))
        self.list.setCurrentIndex(self._shown.index(row, 0))

    def _choose(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            self.chosen.emit(str(index.data(_CODE)))
            self.accept()


def _folded(text: str) -> str:
    """Return letters without their accents, as people type them."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


def _english(code: str) -> str:
    return LANGUAGES[code][0]
