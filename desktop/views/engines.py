"""The page of search engines: which are asked, how they fare, a SearXNG of one's own, keys."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.items.engines import EnginesCard
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton, ground
from desktop.views.engine_row import EngineRowView
from desktop.views.form_rows import Segments, form_row
from engine.search.settings import Scholarly
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

_COLUMN_WIDTH = 760
_WORDS = (
    "They are asked only for questions that ask for the web, in this order, until there are enough results. Here, "
    "nobody is contacted before you press “Try it”."
)
_OFFLINE = "Plumbline is offline: none of them can be asked or tried."
_PAPERS = {Scholarly.AUTOMATIC: "When they help", Scholarly.ALWAYS: "Always", Scholarly.NEVER: "Never"}


class EnginesView(QScrollArea):
    """Shows the engines, and says what a person wants of them."""

    switched = Signal(str, bool)
    try_requested = Signal(str)
    key_written = Signal(str, str)
    key_removed = Signal(str)
    scholarly_chosen = Signal(object)
    keeps_answers_chosen = Signal(bool)
    address_written = Signal(str)
    forget_requested = Signal()
    """Forget all earlier answers."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: dict[str, EngineRowView] = {}
        self._order: tuple[str, ...] = ()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self._offline = Label(_OFFLINE, tone="warn", wraps=True)
        self._papers = Segments("Engines for papers", _PAPERS)
        self._papers.chosen.connect(self.scholarly_chosen)
        self._keeps = QCheckBox("Keep answers for a week instead of asking again")
        self._keeps.clicked.connect(self.keeps_answers_chosen)
        self._forget = TextButton("Forget them", kind="link", tip="Delete all kept answers of search engines")
        self._forget.clicked.connect(self.forget_requested)
        self._address = QLineEdit()
        self._address.setPlaceholderText("https://searx.example.org, or one in your own network")
        self._address.setAccessibleName("Address of a SearXNG")
        self._address.editingFinished.connect(self._write_address)
        self._address_problem = Label(tone="error", wraps=True)
        # Its place is kept, so that nothing below moves when it comes.
        kept = self._address_problem.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._address_problem.setSizePolicy(kept)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.setWidget(self._page())
        self.show_card(EnginesCard())

    def _page(self) -> QWidget:
        page = QWidget()
        ground(page, "surface")
        holder = QWidget()
        holder.setMaximumWidth(_COLUMN_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addWidget(Label("Search engines", tone="title"))
        column.addWidget(Label(_WORDS, tone="muted", wraps=True))
        column.addWidget(self._offline)
        column.addSpacing(SPACE_1)
        column.addLayout(form_row("Papers", "When arXiv, OpenAlex, Crossref and their like are asked.", self._papers))
        kept = QHBoxLayout()
        kept.setSpacing(SPACE_3)
        kept.addWidget(self._keeps)
        kept.addWidget(self._forget)
        kept.addStretch(1)
        column.addLayout(kept)
        own = QVBoxLayout()
        own.setSpacing(SPACE_1)
        own.addWidget(Label("A SearXNG you trust"))
        own.addWidget(Label("It is asked first, and asks other engines for you.", tone="muted", wraps=True))
        own.addWidget(self._address)
        own.addWidget(self._address_problem)
        column.addLayout(own)
        column.addSpacing(SPACE_4)
        column.addLayout(self._list)
        column.addStretch(1)
        row = QHBoxLayout(page)
        row.setContentsMargins(SPACE_6, SPACE_8, SPACE_6, SPACE_8)
        row.setSpacing(SPACE_2)
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        return page

    # --- what is shown ---

    def show_network(self, *, is_online: bool) -> None:
        """Say whether anybody can be asked."""
        self._offline.setVisible(not is_online)

    def show_card(self, card: EnginesCard) -> None:
        """Show the engines as they are now."""
        self._papers.show_choice(card.settings.scholarly)
        self._keeps.setChecked(card.settings.keeps_answers)
        if not self._address.hasFocus() and not card.address_problem:
            self._address.setText(card.settings.searxng_address)
        problem = card.address_problem or card.settings.notice
        self._address_problem.setText(problem)
        self._address_problem.setVisible(bool(problem))
        wanted = {row.name: row for row in card.rows}
        self._order = tuple(wanted)
        is_first = not self._rows
        for gone in [name for name in self._rows if name not in wanted]:
            view = self._rows.pop(gone)
            self._list.removeWidget(view)
            view.hide()
            view.deleteLater()
        for name, row in wanted.items():
            if name in self._rows:
                self._rows[name].show_row(row)
                continue
            view = EngineRowView(row, self._theme)
            view.switched.connect(self.switched)
            view.try_requested.connect(self.try_requested)
            view.key_written.connect(self.key_written)
            view.key_removed.connect(self.key_removed)
            self._rows[name] = view
            # Below the others, so that none of them moves under a hand; the next time it is in its place.
            self._list.addWidget(view)
        if is_first or not self.isVisible():
            self._put_in_order()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._put_in_order()

    def _put_in_order(self) -> None:
        for position, name in enumerate(self._order):
            view = self._rows[name]
            if self._list.indexOf(view) != position:
                self._list.removeWidget(view)
                self._list.insertWidget(position, view)

    def _write_address(self) -> None:
        if self._address.isModified():
            self._address.setModified(False)
            self.address_written.emit(self._address.text().strip())
