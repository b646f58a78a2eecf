"""Preferences on one page; every choice takes effect at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.settings import TEXT_SCALES
from desktop.theme import Appearance, Theme, Typeface
from desktop.views.controls import ElidedLabel, Hairline, Label, TextButton, ground
from desktop.views.form_rows import Segments, form_block, form_row
from desktop.words import DEPTH_WORDS
from engine.domain import Depth
from engine.version import VERSION
from resources.tokens import SPACE_2, SPACE_4, SPACE_6, SPACE_8

_COLUMN_WIDTH = 640
_MADE_WITH = (
    "Language models run through llama.cpp (by way of llama-cpp-python) and are kept to their form by llguidance; all "
    "three are free software under the MIT licence. Models have licences of their own."
)


class SettingsView(QScrollArea):
    """What can be chosen, and where things are."""

    appearance_chosen = Signal(object)
    text_scale_chosen = Signal(object)
    typeface_chosen = Signal(object)
    depth_chosen = Signal(object)
    data_folder_requested = Signal()
    models_requested = Signal()
    privacy_requested = Signal()
    engines_requested = Signal()

    def __init__(self, theme: Theme, *, data_folder: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self._appearance = Segments(
            "Appearance",
            {Appearance.SYSTEM: "As the system", Appearance.LIGHT: "Light", Appearance.DARK: "Dark"},
        )
        self._appearance.chosen.connect(self.appearance_chosen)
        self._text = Segments("Text size", {scale: name for name, scale in TEXT_SCALES.items()})
        self._text.chosen.connect(self.text_scale_chosen)
        self._typeface = Segments("Reports are set in", {Typeface.SANS: "Sans serif", Typeface.SERIF: "Serif"})
        self._typeface.chosen.connect(self.typeface_chosen)
        self._depth = Segments("New questions", {depth: words[0] for depth, words in DEPTH_WORDS.items()})
        self._depth.chosen.connect(self.depth_chosen)
        self._engine = Label(tone="secondary", wraps=True)
        self.setWidget(self._page(data_folder))

    def show_choices(self, *, appearance: Appearance, text_scale: float, typeface: Typeface, depth: Depth) -> None:
        """Show what is chosen now."""
        self._appearance.show_choice(appearance)
        self._text.show_choice(text_scale)
        self._typeface.show_choice(typeface)
        self._depth.show_choice(depth)

    def show_engine(self, words: str) -> None:
        """Say how it stands with language models."""
        self._engine.setText(words)

    def _page(self, data_folder: Path) -> QWidget:
        page = QWidget()
        ground(page, "surface")
        holder = QWidget()
        holder.setMaximumWidth(_COLUMN_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_4)
        column.addWidget(Label("Settings", tone="title"))
        column.addSpacing(SPACE_2)
        column.addWidget(Label("Reading", tone="section"))
        column.addLayout(form_row("Appearance", "Light or dark; both follow the same design.", self._appearance))
        column.addLayout(form_row("Text size", "Of the whole window.", self._text))
        column.addLayout(form_row("Typeface", "Of reports and sources.", self._typeface))
        column.addWidget(Hairline())
        column.addWidget(Label("Research", tone="section"))
        column.addLayout(form_row("Depth", "Of new questions; each can have its own.", self._depth))
        column.addLayout(form_block("Language model", self._engine))
        models = TextButton("Choose a language model…", kind="link")
        models.clicked.connect(self.models_requested)
        column.addWidget(models)
        column.addWidget(Hairline())
        column.addWidget(Label("The web", tone="section"))
        for name, meaning, signal in (
            ("Privacy", "Online or offline, proxy, robots, and everything that ever left.", self.privacy_requested),
            ("Search engines", "Which are asked, how they fare, and their keys.", self.engines_requested),
        ):
            button = TextButton("Open…")
            button.setAccessibleName(f"Open {name}")
            button.clicked.connect(signal)
            column.addLayout(form_row(name, meaning, button))
        column.addWidget(Hairline())
        column.addWidget(Label("Your data", tone="section"))
        column.addLayout(self._data_row(data_folder))
        column.addWidget(Hairline())
        column.addWidget(Label(f"Plumbline {VERSION}", tone="small"))
        column.addWidget(Label(_MADE_WITH, tone="small", wraps=True))
        column.addStretch(1)
        row = QHBoxLayout(page)
        row.setContentsMargins(SPACE_6, SPACE_8, SPACE_6, SPACE_8)
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        return page

    def _data_row(self, data_folder: Path) -> QHBoxLayout:
        path = ElidedLabel(str(data_folder), tone="secondary", mode=Qt.TextElideMode.ElideMiddle)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label("Data folder"))
        words.addWidget(path)
        words.addWidget(
            Label("Sessions, archived sources and the index: all of it is kept here.", tone="muted", wraps=True)
        )
        button = TextButton("Show in folder")
        button.clicked.connect(self.data_folder_requested)
        row = QHBoxLayout()
        row.setSpacing(SPACE_4)
        row.addLayout(words, 1)
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return row
