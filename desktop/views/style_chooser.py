"""In which style references are set: our own numbers, one of the best known styles, or any other by typing its name."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from desktop.theme import Theme
from desktop.views.choices import MenuChip
from desktop.views.controls import Label
from engine.export.styles import StyleName, style_names
from resources.tokens import SPACE_2

OWN = "Numbers, as in the window"
_OTHER = "Another style…"
_TYPING_MS = 220


class StyleChip(MenuChip):
    """The best known styles in a menu."""

    chosen = Signal(object)
    """StyleName; None: our own numbers."""
    other_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "quotes", "Style of references", parent)
        self._menu.addAction(OWN).triggered.connect(partial(self._choose, None))
        self._menu.addSeparator()
        for style in style_names():
            self._menu.addAction(style.title).triggered.connect(partial(self._choose, style))
        self._menu.addSeparator()
        self._menu.addAction(_OTHER).triggered.connect(self._want_other)
        self.say(OWN)

    def say(self, words: str) -> None:
        """Show a choice."""
        self._say(words)

    def _choose(self, style: StyleName | None, _checked: bool = False) -> None:
        self.say(style.title if style is not None else OWN)
        self.chosen.emit(style)

    def _want_other(self, _checked: bool = False) -> None:
        self.say(_OTHER.removesuffix("…"))
        self.other_wanted.emit()


class StyleChooser(QWidget):
    """A menu, and a field beside it once another style is wanted."""

    styles_wanted = Signal(str)
    """Words that the name of a style should have."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chosen: StyleName | None = None
        self._is_other = False
        self._titles: dict[str, str] = {style.title: style.name for style in style_names()}
        self.chip = StyleChip(theme)
        self.chip.chosen.connect(self.choose)
        self.chip.other_wanted.connect(self._ask_other)
        self.field = QLineEdit()
        self.field.setPlaceholderText("A journal or a style, such as “Lancet” or “Turabian”")
        self.field.setAccessibleName("Name of a reference style")
        self._names = QStringListModel(self)
        completer = QCompleter(self._names, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.field.setCompleter(completer)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self._want)
        self.field.textEdited.connect(self._typing.start)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(Label("References", tone="secondary"))
        row.addWidget(self.chip)
        row.addWidget(self.field, 1)
        row.addStretch(0)
        self.choose(None)

    @property
    def style_name(self) -> str:
        """What the style is called for who sets references; empty for our own numbers."""
        if not self._is_other:
            return self._chosen.name if self._chosen is not None else ""
        words = " ".join(self.field.text().split())
        return self._titles.get(words, words)

    def choose(self, style: StyleName | None) -> None:
        """Choose one of the best known styles; None: our own numbers."""
        self._chosen, self._is_other = style, False
        self.chip.say(style.title if style is not None else OWN)
        self.field.hide()

    def show_styles(self, words: str, styles: tuple[StyleName, ...]) -> None:
        """Offer styles that were found for what was typed."""
        if words != " ".join(self.field.text().split()):
            return
        self._titles |= {style.title: style.name for style in styles}
        self._names.setStringList([style.title for style in styles])
        if styles and self.field.hasFocus():
            self.field.completer().complete()

    def _ask_other(self) -> None:
        self._is_other = True
        self.field.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _want(self) -> None:
        words = " ".join(self.field.text().split())
        if len(words) > 1:
            self.styles_wanted.emit(words)
