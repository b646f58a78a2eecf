"""The card of a citation: the passage in its paragraph, where it is from, how well it carries the claim."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QGuiApplication,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.evidence import Evidence
from desktop.plain_text import laid_out, one_line
from desktop.theme import Theme
from desktop.views.citation_chip import STATE_COLOURS, draw_state_mark
from desktop.views.controls import pressed_by_enter
from desktop.views.reading_view import ReadingView
from desktop.views.typesetting import Role, Typesetting, with_ground
from desktop.web_words import site_of
from engine.citations.context import PassageInContext, in_context
from engine.domain import ClaimState
from engine.errors import PlumblineError
from engine.reading.document import Document
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_8, TEXT_PX

WIDTH: Final = 440
_MOST_TEXT: Final = 196
"""Height of the passage, in logical pixels; longer ones scroll."""
_GAP: Final = SPACE_1
_EDGE: Final = SPACE_2
"""Least distance from the edge of the window."""
_MOST_AGREEING: Final = 3
_INDENT: Final = 18
"""Of what stands beside or under the state's mark."""


class CitationCard(QFrame):
    """Floats over the window, inside it; it never takes the keyboard unless asked to."""

    source_requested = Signal(object)
    """PassageId."""
    original_requested = Signal(object)
    """PassageId."""
    look_up_requested = Signal(int)
    """Number of the claim, to be looked up on the web."""
    pointer_entered = Signal()
    pointer_left = Signal()
    closed_by_keyboard = Signal()

    def __init__(self, theme: Theme, window: QWidget, *, document_of: Callable[[str], Document]) -> None:
        super().__init__(window)
        self._theme = theme
        self._document_of = document_of
        self._evidence: Evidence | None = None
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
        self._title = _label("strong")
        self._origin = _label("small")
        self._place = _label("small")
        self._text = _PassageText(self._theme, self)
        self._state = _StateRow(self._theme, self)
        self._agreeing = QVBoxLayout()
        self._agreeing.setSpacing(0)
        self._agreeing.setContentsMargins(_INDENT, 0, 0, 0)
        self._show_source = _button("Show in source", kind="link")
        self._open_original = _button("Open original", kind="link")
        self._copy = _button("Copy quote", kind="link")
        self._look_up = _button("Look up…", kind="link")
        self._look_up.setToolTip("Look the sentence up on the web; the exact words are shown before they are sent")
        self._look_up.clicked.connect(self._ask_look_up)
        self._show_source.clicked.connect(self._ask_for_source)
        self._open_original.clicked.connect(self._ask_for_original)
        self._copy.clicked.connect(self.copy_quote)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_3)
        buttons.addSpacing(-3)
        for button in (self._show_source, self._open_original, self._copy, self._look_up):
            buttons.addWidget(button)
        buttons.addStretch(1)
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
        layout.addWidget(self._state)
        layout.addLayout(self._agreeing)
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

    def show_evidence(self, evidence: Evidence, *, chip: int, at: QRect, by_keyboard: bool) -> None:
        """Show the card beside a chip.

        Args:
            evidence: what it shows.
            chip: number of the chip within its view.
            at: the chip, in global coordinates.
            by_keyboard: whether it stays until the keyboard closes it.
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
        width = min(WIDTH, window.width() - 2 * _EDGE) if window is not None else WIDTH
        self.setFixedWidth(width)
        self._text.show_passage(evidence, self._context(evidence), width=width - 2 * SPACE_4 - 2)
        self._state.show_state(evidence)
        self._show_agreeing(evidence)
        self._look_up.setVisible(evidence.claim is not None)
        site = site_of(evidence.source.address)
        self._open_original.setText("Open live page" if site else "Open original")
        self._open_original.setToolTip(f"Your browser contacts {site}; Plumbline sends nothing" if site else "")
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(width, layout.heightForWidth(width) if layout.hasHeightForWidth() else self.sizeHint().height())
        self.move(self._place_beside(at))
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

    def _context(self, evidence: Evidence) -> PassageInContext | None:
        try:
            return in_context(evidence.passage, self._document_of(evidence.source.text_hash), margin=480)
        except (PlumblineError, KeyError):
            return None

    def _show_agreeing(self, evidence: Evidence) -> None:
        while (item := self._agreeing.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for agreement in evidence.agreeing[:_MOST_AGREEING]:
            self._agreeing.addWidget(
                _label("small", text=f"Also {agreement.label}  {one_line(agreement.title, limit=52)}")
            )
        more = len(evidence.agreeing) - _MOST_AGREEING
        if more > 0:
            self._agreeing.addWidget(_label("small", text=f"and {more} more"))

    def _place_beside(self, at: QRect) -> QPoint:
        window = self.parentWidget()
        assert window is not None
        chip = QRect(window.mapFromGlobal(at.topLeft()), at.size())
        room = window.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
        left = max(room.left(), min(chip.center().x() - SPACE_8, room.right() - self.width() + 1))
        top = chip.bottom() + _GAP
        if top + self.height() > room.bottom() and chip.top() - _GAP - self.height() >= room.top():
            top = chip.top() - _GAP - self.height()
        return QPoint(left, max(room.top(), min(top, room.bottom() - self.height() + 1)))

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
        buttons = [self._show_source, self._open_original, self._copy]
        if not self._look_up.isHidden():
            buttons.append(self._look_up)
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


class _PassageText(ReadingView):
    """The paragraph: the passage on a coloured ground, and the words of the claim on a stronger one."""

    top_margin = 0
    bottom_margin = 0

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self._context: PassageInContext | None = None
        self._quote = ""
        self._claimed = (0, 0)
        self._quote_start = self._quote_end = 0
        super().__init__(theme, parent, margin=0)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setAccessibleName("Passage")

    def show_passage(self, evidence: Evidence, context: PassageInContext | None, *, width: int) -> None:
        self._context = context
        self._quote = evidence.passage.quote
        self._claimed = evidence.claimed
        self.typesetting = Typesetting(
            self.theme, zoom=(TEXT_PX + 1) / self.theme.reading_font().pixelSize() * self.theme.text_scale
        )
        self.setFixedWidth(width)
        self.set_document()
        self.document().setTextWidth(width)
        height = min(_MOST_TEXT, round(self.document().size().height()) + 2)
        self.setFixedHeight(height)

    def show_quote(self) -> None:
        """Bring the quoted words into view."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._quote_end)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()
        cursor.setPosition(self._quote_start)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _set(self, cursor: QTextCursor) -> None:
        setting = self.typesetting
        is_code = self._context is not None and self._context.is_code
        plain = QTextCharFormat(setting.code() if is_code else setting.body())
        plain.setForeground(setting.colour("text_secondary"))
        quiet = with_ground(plain, setting.colour("highlight_quiet"))
        quiet.setForeground(setting.colour("text"))
        loud = with_ground(quiet, setting.colour("highlight"))
        cursor.setBlockFormat(setting.block(Role.PARAGRAPH, bottom=0))
        before, quote, after = ("", self._quote, "")
        if self._context is not None:
            before = ("… " if self._context.starts_midway else "") + self._context.before
            quote = self._context.quote
            after = self._context.after + (" …" if self._context.ends_midway else "")
        cursor.insertText(laid_out(before), plain)
        first, last = self._claimed
        cursor.insertText(laid_out(quote[:first]), quiet)
        self._quote_start = cursor.position()
        cursor.insertText(laid_out(quote[first:last]), loud)
        self._quote_end = cursor.position()
        cursor.insertText(laid_out(quote[last:]), quiet)
        cursor.insertText(laid_out(after), plain)
        if self._context is None:
            cursor.insertBlock(setting.note(top=SPACE_2, bottom=0))
            cursor.insertText("The text around it is not in the archive.", setting.small())


class _StateRow(QWidget):
    """The state's mark and words, and the remark under them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._claim_state: ClaimState | None = None
        self._words = _label("")
        self._remark = _label("small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_INDENT, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._words)
        layout.addWidget(self._remark)

    def show_state(self, evidence: Evidence) -> None:
        self._claim_state = evidence.state
        self._words.setText(evidence.state_words)
        self._remark.setText(evidence.remark)
        self._remark.setVisible(bool(evidence.remark))
        self.setVisible(evidence.state is not None)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._claim_state is not None:
            painter = QPainter(self)
            middle = self._words.geometry().center().y() + 0.5
            colour = self._theme.colour(STATE_COLOURS[self._claim_state])
            draw_state_mark(painter, QRectF(1, middle - 5, 10, 10), self._claim_state, colour)
            painter.end()


def _label(tone: str, *, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if tone:
        label.setProperty("tone", tone)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


class _Button(QPushButton):
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not pressed_by_enter(self, event):
            super().keyPressEvent(event)


def _button(text: str, *, kind: str) -> QPushButton:
    button = _Button(text)
    button.setProperty("kind", kind)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button
