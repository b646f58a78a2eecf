"""The card of a citation: the passage in its paragraph, where it is from, how well it carries the claim."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.evidence import Agreement, Evidence
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.claim_standing import INDENT, ClaimStanding, small_label
from desktop.views.controls import pressed_by_enter
from desktop.views.floating import EDGE, place_beside
from desktop.views.passage_text import PassageText
from desktop.views.reading_view import ReadingView
from desktop.web_words import site_of
from engine.citations.context import PassageInContext, in_context
from engine.errors import PlumblineError
from engine.reading.document import Document
from resources.tokens import SPACE_2, SPACE_3, SPACE_4

WIDTH: Final = 480
_MOST_OTHERS: Final = 3
"""Passages named of those that agree, and of those that say otherwise."""


class CitationCard(QFrame):
    """Floats over the window, inside it; it never takes the keyboard unless asked to."""

    source_requested = Signal(object)
    """PassageId."""
    original_requested = Signal(object)
    """PassageId."""
    look_up_requested = Signal(int)
    """Number of the claim, to be looked up on the web."""
    mark_requested = Signal(int)
    """Number of the claim that the reader wants to mark."""
    pointer_entered = Signal()
    pointer_left = Signal()
    closed_by_keyboard = Signal()

    def __init__(self, theme: Theme, window: QWidget, *, document_of: Callable[[str], Document]) -> None:
        super().__init__(window)
        self._theme = theme
        self._document_of = document_of
        self._evidence: Evidence | None = None
        self._links: list[QPushButton] = []
        self.chip = -1
        self.is_pinned = False
        """Whether the keyboard opened it: then the pointer does not close it."""
        self.setProperty("kind", "card")
        self.setAccessibleName("Citation")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._build()
        self._shadow = QGraphicsDropShadowEffect(self)
        self._shadow.setBlurRadius(28)
        self._shadow.setOffset(0, 6)
        self.setGraphicsEffect(self._shadow)
        theme.changed.connect(self.hide)
        self.hide()

    def _build(self) -> None:
        self._title = small_label("strong")
        self._origin = small_label("small")
        self._place = small_label("small")
        self._text = PassageText(self._theme, self)
        self._standing = ClaimStanding(self._theme, self)
        self._others = QVBoxLayout()
        self._others.setSpacing(0)
        self._others.setContentsMargins(INDENT - 3, 0, 0, 0)
        self._show_source = _button("Show in source", kind="link")
        self._open_original = _button("Open original", kind="link")
        self._copy = _button("Copy quote", kind="link")
        self._mark = _button("Mark…", kind="link")
        self._mark.setToolTip("Say whether the sentence is right, wrong or unclear, with a note  (M)")
        self._mark.clicked.connect(self._ask_mark)
        self._look_up = _button("Look up…", kind="link")
        self._look_up.setToolTip("Look the sentence up on the web; the exact words are shown before they are sent")
        self._look_up.clicked.connect(self._ask_look_up)
        self._show_source.clicked.connect(self._ask_for_source)
        self._open_original.clicked.connect(self._ask_for_original)
        self._copy.clicked.connect(self.copy_quote)
        self._first_row, self._second_row = QHBoxLayout(), QHBoxLayout()
        buttons = QVBoxLayout()
        for row in (self._first_row, self._second_row):
            row.setSpacing(SPACE_3)
            row.setContentsMargins(0, 0, 0, 0)
            buttons.addLayout(row)
        line = QFrame(self)
        line.setProperty("kind", "hairline")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_3)
        layout.setSpacing(0)
        layout.addWidget(self._title)
        layout.addWidget(self._origin)
        layout.addWidget(self._place)
        layout.addSpacing(SPACE_2)
        layout.addWidget(self._text)
        layout.addSpacing(SPACE_3)
        layout.addWidget(self._standing)
        layout.addLayout(self._others)
        layout.addSpacing(SPACE_3)
        layout.addWidget(line)
        layout.addSpacing(SPACE_2)
        layout.addLayout(buttons)

    # --- showing ---

    @property
    def evidence(self) -> Evidence | None:
        """What it shows."""
        return self._evidence

    @property
    def passage_text(self) -> ReadingView:
        """The passage in its paragraph."""
        return self._text

    @property
    def standing(self) -> ClaimStanding:
        """How the claim stands."""
        return self._standing

    def show_evidence(
        self, evidence: Evidence, *, chip: int, at: QRect, by_keyboard: bool, can_mark: bool = False
    ) -> None:
        """Show the card beside a chip.

        Args:
            evidence: what it shows.
            chip: number of the chip within its view.
            at: the chip, in global coordinates.
            by_keyboard: whether it stays until the keyboard closes it.
            can_mark: whether the reader may mark the claim now.
        """
        self._evidence = evidence
        self.chip = chip
        self.is_pinned = by_keyboard
        self.setAccessibleDescription(evidence.spoken)
        self._shadow.setColor(QColor(self._theme.palette.shadow))
        self._title.setText(evidence.title)
        self._origin.setText(evidence.origin)
        self._place.setText(evidence.place)
        self._place.setVisible(bool(evidence.place))
        window = self.parentWidget()
        assert window is not None
        width = min(WIDTH, window.width() - 2 * EDGE)
        self.setFixedWidth(width)
        self._text.show_passage(evidence, self._context(evidence), width=width - 2 * SPACE_4 - 2)
        self._standing.show_evidence(evidence)
        self._show_others(evidence)
        self._mark.setVisible(can_mark and evidence.claim is not None)
        self._look_up.setVisible(evidence.claim is not None)
        site = site_of(evidence.source.address)
        self._open_original.setText("Open live page" if site else "Open original")
        self._open_original.setToolTip(f"Your browser contacts {site}; Plumbline sends nothing" if site else "")
        layout = self.layout()
        assert layout is not None
        self._share_rows(width - 2 * SPACE_4 - 2)
        layout.activate()
        self.resize(width, layout.heightForWidth(width) if layout.hasHeightForWidth() else self.sizeHint().height())
        self.move(place_beside(at, size=self.size(), window=window))
        self.show()
        self.raise_()
        self._text.show_quote()

    def take_focus(self) -> None:
        """Give the keyboard to the first button."""
        self._show_source.setFocus(Qt.FocusReason.TabFocusReason)

    def copy_quote(self) -> None:
        """Put the quoted words on the clipboard."""
        if self._evidence is not None:
            QGuiApplication.clipboard().setText(self._evidence.passage.quote)

    def _share_rows(self, room: int) -> None:
        """Put the buttons that are about the sentence behind the others, or below them where there is no room."""
        first, last = (self._show_source, self._open_original, self._copy), (self._mark, self._look_up)
        shown = [*first, *(one for one in last if not one.isHidden())]
        needed = sum(one.sizeHint().width() for one in shown) + SPACE_3 * (len(shown) - 1)
        rows = (self._first_row, self._second_row)
        for row in rows:
            while row.takeAt(0) is not None:
                pass
        for one in first:
            rows[0].addWidget(one)
        for one in last:
            rows[0 if needed <= room else 1].addWidget(one)
        for row in rows:
            row.addStretch(1)

    def _context(self, evidence: Evidence) -> PassageInContext | None:
        try:
            return in_context(evidence.passage, self._document_of(evidence.source.text_hash), margin=480)
        except (PlumblineError, KeyError):
            return None

    def _show_others(self, evidence: Evidence) -> None:
        while (item := self._others.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._links = []
        for name, others in (("Also", evidence.agreeing), ("Against", evidence.against)):
            for other in others[:_MOST_OTHERS]:
                self._others.addWidget(self._link(name, other))
            more = len(others) - _MOST_OTHERS
            if more > 0:
                self._others.addWidget(small_label("small", text=f"  and {more} more"))

    def _link(self, name: str, other: Agreement) -> QPushButton:
        link = _button(f"{name} {other.label}  {_escaped(one_line(other.title, limit=50))}", kind="link")
        link.setToolTip("Show it in its source")
        link.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        link.clicked.connect(partial(self.source_requested.emit, other.passage))
        self._links.append(link)
        return link

    # --- acting ---

    def _ask_for_source(self) -> None:
        if self._evidence is not None:
            self.source_requested.emit(self._evidence.passage.id)

    def _ask_for_original(self) -> None:
        if self._evidence is not None:
            self.original_requested.emit(self._evidence.passage.id)

    def _ask_look_up(self) -> None:
        if self._evidence is not None and self._evidence.claim is not None:
            self.look_up_requested.emit(self._evidence.claim.id)

    def _ask_mark(self) -> None:
        if self._evidence is not None and self._evidence.claim is not None:
            self.mark_requested.emit(self._evidence.claim.id)

    # --- Qt ---

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.pointer_entered.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointer_left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            self.closed_by_keyboard.emit()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        always = [*self._links, self._show_source, self._open_original, self._copy]
        buttons = always + [one for one in (self._mark, self._look_up) if not one.isHidden()]
        current = next_to = -1
        for index, button in enumerate(buttons):
            if button.hasFocus():
                current = index
        next_to = current + (1 if next else -1)
        if 0 <= next_to < len(buttons):
            buttons[next_to].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        self.hide()
        self.closed_by_keyboard.emit()
        return True


def _escaped(text: str) -> str:
    """Return a text for a button, on which an ampersand stands for itself."""
    return text.replace("&", "&&")


class _Button(QPushButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


def _button(text: str, *, kind: str) -> QPushButton:
    button = _Button(text)
    button.setProperty("kind", kind)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
