"""The model that is chosen, or that none is, on one card: how it stands and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.items.models import ChosenCard
from desktop.theme import Theme
from desktop.views.controls import Label, NameLabel, TextButton
from desktop.views.model_row import TEST_ONLY, Badge
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4

_NONE = "No language model is chosen"
_NONE_WORDS = "Questions are answered without one: with sentences of your documents, quoted word for word."


class ChosenModelView(QFrame):
    """Says it, and offers the next step."""

    unload_requested = Signal()
    none_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._name = NameLabel(tone="heading")
        self._test_only = Badge(TEST_ONLY, is_warning=True)
        self._elsewhere = Badge("On another server", is_warning=True)
        self._words = Label(tone="secondary", wraps=True)
        self._problem = Label(tone="error", wraps=True, selectable=True)
        self._unload = TextButton("Unload", kind="quiet", theme=theme, icon="eject")
        self._unload.setToolTip("Give its memory back; the next question loads it again")
        self._unload.clicked.connect(self.unload_requested)
        self._none = TextButton("Use none", kind="quiet", tip="Answer questions without a language model")
        self._none.clicked.connect(self.none_requested)
        head = QHBoxLayout()
        head.setSpacing(SPACE_2)
        head.addWidget(self._name)
        head.addWidget(self._test_only)
        head.addWidget(self._elsewhere)
        head.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(SPACE_1)
        words.addLayout(head)
        words.addWidget(self._words)
        words.addWidget(self._problem)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_3, SPACE_3, SPACE_3)
        layout.setSpacing(SPACE_2)
        layout.addLayout(words, 1)
        layout.addWidget(self._unload)
        layout.addWidget(self._none)
        self.show_card(ChosenCard())

    def show_card(self, card: ChosenCard) -> None:
        """Show what is chosen."""
        words = card.words if card.name else f"{_NONE_WORDS} {card.words}".strip()
        if card.reading_name:
            words += f" Reading and writing: {card.reading_name}."
        self._name.set_text(card.name or _NONE)
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._problem.setText(card.problem)
        self._problem.setVisible(bool(card.problem))
        self._test_only.setVisible(card.is_test_only)
        self._elsewhere.setVisible(card.is_remote)
        self._unload.setVisible(card.can_unload)
        self._none.setVisible(bool(card.name))
        self.setAccessibleName(f"{card.name or _NONE}. {words} {card.problem}".strip())
