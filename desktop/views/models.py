"""The models page: what is chosen, what is on this computer, what could be downloaded, other servers, preferences."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.items.models import ChosenCard, DownloadRow, FoundRow, OfferRow
from desktop.theme import Theme
from desktop.views.chosen_model import ChosenModelView
from desktop.views.controls import Label, TextButton, ground
from desktop.views.download_row import DownloadView
from desktop.views.form_rows import Disclosure
from desktop.views.model_preferences import ModelPreferencesView
from desktop.views.model_row import FoundModelRow, OfferModelRow
from desktop.views.server_form import ServerFormView
from models.hub.download import DownloadState
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

_COLUMN_WIDTH = 760
_FILTER_FROM = 6
"""Rows from which on a filter is worth its room."""
_LOOKING = "Looking for models on this computer…"
_NOTHING = (
    "No model was found where LM Studio, Jan, GPT4All, Ollama and the hub's own tools keep theirs. "
    "Get one below, or add a GGUF file you have."
)
_HUB = (
    "A download contacts {hub} on the internet, when you press a button and not before. "
    "It learns this computer's address and which file you want; nothing of your questions and documents."
)


class ModelsView(QScrollArea):
    """Shows models, and says what a person wants done with them."""

    use_requested = Signal(object)
    """Path."""
    remove_requested = Signal(object)
    """Path."""
    add_requested = Signal()
    look_requested = Signal()
    refresh_requested = Signal()
    """Ask the hub which files there are now."""
    download_requested = Signal(str)
    """Key of an offer."""
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    cancel_requested = Signal(str)
    """Key of a download."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._found: dict[str, FoundModelRow] = {}
        self._offers: dict[str, OfferModelRow] = {}
        self._downloads: dict[str, DownloadView] = {}
        self._rows: Mapping[str, DownloadRow] = {}
        self._shows_all = False
        self._has_usable = False
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.chosen = ChosenModelView(theme)
        self.server = ServerFormView(theme)
        self.preferences = ModelPreferencesView(theme)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter models")
        self._filter.setAccessibleName("Filter models")
        self._filter.setClearButtonEnabled(True)
        self._filter.setFixedWidth(200)
        self._filter.textChanged.connect(self._apply_filter)
        self._found_list = QVBoxLayout()
        self._offer_list = QVBoxLayout()
        self._download_list = QVBoxLayout()
        for rows in (self._found_list, self._offer_list):
            rows.setSpacing(0)
        self._download_list.setSpacing(SPACE_2)
        self._engine = Label(tone="warn", wraps=True, selectable=True)
        self._engine.hide()
        self._found_note = Label(_LOOKING, tone="secondary", wraps=True)
        self._hub_note = Label(tone="muted", wraps=True)
        self._offers_note = Label(tone="secondary", wraps=True)
        self.server_part = Disclosure(
            "Use a model on another server",
            "Any that speaks the OpenAI protocol: llama-server, vLLM, Ollama, LM Studio, or one on the internet.",
            self.server,
            theme,
        )
        self.preferences_part = Disclosure(
            "More settings",
            "Who reads and writes, when memory is given back, folder, mirror.",
            self.preferences,
            theme,
        )
        self.setWidget(self._page())
        self.show_hub("the model hub")
        self.show_offers_note("")

    def _page(self) -> QWidget:
        page = QWidget()
        ground(page, "surface")
        holder = QWidget()
        holder.setMaximumWidth(_COLUMN_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        column.addLayout(self._head())
        column.addSpacing(SPACE_1)
        column.addWidget(self.chosen)
        column.addWidget(self._engine)
        column.addSpacing(SPACE_3)
        column.addLayout(self._found_part())
        column.addSpacing(SPACE_4)
        column.addLayout(self._offer_part())
        column.addSpacing(SPACE_4)
        column.addWidget(self.server_part)
        column.addWidget(self.preferences_part)
        column.addStretch(1)
        row = QHBoxLayout(page)
        row.setContentsMargins(SPACE_6, SPACE_8, SPACE_6, SPACE_8)
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        return page

    def _head(self) -> QVBoxLayout:
        head = QHBoxLayout()
        head.addWidget(Label("Language model", tone="title"), 1)
        head.addWidget(self._filter)
        column = QVBoxLayout()
        column.setSpacing(SPACE_1)
        column.addLayout(head)
        words = (
            "It plans the research, chooses what to read, and writes. Every sentence rests on passages you can open."
        )
        column.addWidget(Label(words, tone="muted", wraps=True))
        return column

    def _found_part(self) -> QVBoxLayout:
        look = TextButton("Look again", kind="quiet", theme=self._theme, icon="arrows-clockwise")
        look.clicked.connect(self.look_requested)
        add = TextButton("Add a file…", theme=self._theme, icon="file-plus", tip="Choose a GGUF file, or drag one here")
        add.clicked.connect(self.add_requested)
        part = QVBoxLayout()
        part.setSpacing(SPACE_2)
        part.addLayout(_heading("On this computer", look, add))
        part.addWidget(self._found_note)
        part.addLayout(self._found_list)
        return part

    def _offer_part(self) -> QVBoxLayout:
        self._refresh = TextButton("Ask for newer files", kind="quiet", theme=self._theme, icon="globe")
        self._refresh.clicked.connect(self.refresh_requested)
        part = QVBoxLayout()
        part.setSpacing(SPACE_2)
        part.addLayout(_heading("Get a model", self._refresh))
        part.addWidget(self._hub_note)
        part.addLayout(self._download_list)
        part.addWidget(self._offers_note)
        part.addLayout(self._offer_list)
        self._all = TextButton("", kind="link")
        self._all.clicked.connect(self._toggle_all)
        part.addWidget(self._all)
        return part

    # --- what is shown ---

    def show_chosen(self, card: ChosenCard) -> None:
        """Show what is chosen and how it stands."""
        self.chosen.show_card(card)

    def show_engine(self, words: str) -> None:
        """Say what stands in the way of models on this computer; empty when nothing does."""
        self._engine.setText(words)
        self._engine.setVisible(bool(words))

    def show_found(self, rows: Collection[FoundRow], *, is_looking: bool) -> None:
        """Show the models on this computer."""
        by_key = {str(row.path): row for row in rows}
        self._has_usable = any(row.fits and not row.problem and not row.is_test_only for row in rows)
        is_open = not any(row.is_chosen for row in rows)
        for gone in [key for key in self._found if key not in by_key]:
            _take_away(self._found_list, self._found.pop(gone))
        for position, (key, row) in enumerate(by_key.items()):
            if key not in self._found:
                view = FoundModelRow(row, self._theme)
                view.use_requested.connect(self.use_requested)
                view.remove_requested.connect(self.remove_requested)
                self._found[key] = view
            self._found[key].show_row(row, is_next=is_open and row.is_recommended)
            self._found_list.removeWidget(self._found[key])
            self._found_list.insertWidget(position, self._found[key])
        self._found_note.setText(_LOOKING if is_looking else _NOTHING)
        self._found_note.setVisible(not rows)
        self._show_offer_rows()
        self._apply_filter()

    def show_offers(self, rows: Collection[OfferRow]) -> None:
        """Show what could be downloaded."""
        by_key = {row.key: row for row in rows}
        for gone in [key for key in self._offers if key not in by_key]:
            _take_away(self._offer_list, self._offers.pop(gone))
        for position, (key, row) in enumerate(by_key.items()):
            if key not in self._offers:
                view = OfferModelRow(row, self._theme)
                view.download_requested.connect(self.download_requested)
                self._offers[key] = view
            self._show_offer(self._offers[key], row)
            self._offer_list.removeWidget(self._offers[key])
            self._offer_list.insertWidget(position, self._offers[key])
        self._apply_filter()

    def show_offers_note(self, words: str, *, is_problem: bool = False) -> None:
        """Say something about the list: that it is being asked for, how old it is, or why it could not be had."""
        self._offers_note.setText(words)
        self._offers_note.setProperty("tone", "error" if is_problem else "secondary")
        self._offers_note.style().polish(self._offers_note)
        self._offers_note.setVisible(bool(words))

    def show_hub(self, name: str) -> None:
        """Say whom a download contacts."""
        self._hub_note.setText(_HUB.format(hub=name))
        self._refresh.setToolTip(f"Contacts {name} on the internet and asks which files it has now")

    def show_downloads(self, rows: Collection[DownloadRow]) -> None:
        """Show the downloads under way and those that came to rest."""
        self._rows = {row.key: row for row in rows}
        for gone in [key for key in self._downloads if key not in self._rows]:
            _take_away(self._download_list, self._downloads.pop(gone))
        for key, row in self._rows.items():
            if key in self._downloads:
                self._downloads[key].show_row(row)
            else:
                self._downloads[key] = self._new_download(row)
                self._download_list.addWidget(self._downloads[key])
        self._show_offer_rows()

    def start_filter(self) -> None:
        """Put the keyboard into the filter."""
        self._filter.show()
        self._filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._filter.selectAll()

    def show_first(self, widget: QWidget) -> None:
        """Bring a part of the page into view."""
        self.ensureWidgetVisible(widget, 0, SPACE_8)

    # --- inside ---

    def _new_download(self, row: DownloadRow) -> DownloadView:
        view = DownloadView(row, self._theme)
        view.pause_requested.connect(self.pause_requested)
        view.resume_requested.connect(self.resume_requested)
        view.cancel_requested.connect(self.cancel_requested)
        return view

    def _show_offer_rows(self) -> None:
        for view in self._offers.values():
            self._show_offer(view, view.row)

    def _show_offer(self, view: OfferModelRow, row: OfferRow) -> None:
        download = self._rows.get(row.key)
        is_loading = download is not None and download.state is not DownloadState.DONE
        view.show_row(row, is_loading=is_loading, is_next=row.is_recommended and not self._has_usable)

    def _toggle_all(self) -> None:
        self._shows_all = not self._shows_all
        self._apply_filter()

    def _apply_filter(self) -> None:
        words = self._filter.text().casefold().split()
        views: list[FoundModelRow | OfferModelRow] = [*self._found.values(), *self._offers.values()]
        for view in views:
            said = view.accessibleName().casefold()
            is_listed = isinstance(view, FoundModelRow) or view.row.is_first or self._shows_all or bool(words)
            view.setVisible(is_listed and all(word in said for word in words))
        count = len(self._offers)
        self._all.set_words("Show fewer" if self._shows_all else f"Show all {count}")
        has_more = not all(view.row.is_first for view in self._offers.values())
        self._all.setVisible(has_more and not words)
        self._filter.setVisible(bool(words) or len(views) >= _FILTER_FROM)


def _heading(text: str, *buttons: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(SPACE_2)
    row.addWidget(Label(text, tone="heading"), 1, Qt.AlignmentFlag.AlignVCenter)
    for button in buttons:
        row.addWidget(button)
    return row


def _take_away(layout: QVBoxLayout, widget: QWidget) -> None:
    layout.removeWidget(widget)
    widget.hide()
    widget.deleteLater()
