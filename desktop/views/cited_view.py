"""A page with citations: chips under the pointer and under the keyboard, and one card at a time for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLine,
)
from PySide6.QtWidgets import QWidget

from desktop.evidence import Evidence
from desktop.theme import Theme
from desktop.views.citation_card import CitationCard
from desktop.views.citation_chip import (
    CHIP_OBJECT,
    GLUE,
    MARK_OBJECT,
    OBJECT_CHARACTER,
    Chip,
    ChipLook,
    ChipPainter,
    MarkPainter,
    chip_format,
    glue_format,
)
from desktop.views.reading_view import ReadingView
from desktop.views.typesetting import Property
from engine.domain import Claim, ClaimId, ClaimState, PassageId
from engine.reading.document import Document
from resources.tokens import CARD_DELAY_MS

CARD_GRACE_MS: Final = 220
"""After the pointer left the chip: time to reach the card."""


class CitedView(ReadingView):
    """Tab goes from chip to chip, Enter opens the card, Enter again the source; hovering opens the card, too."""

    citation_activated = Signal(object)
    """PassageId: show it in its source."""
    original_requested = Signal(object)
    """PassageId: open the original at its place."""
    look_up_wanted = Signal(int)
    """Number of a claim, to be looked up on the web."""
    mark_wanted = Signal(int)
    """Number of a claim that the reader wants to mark."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, document_of: Callable[[str], Document]) -> None:
        self._chips: list[Chip] = []
        self._positions: list[int] = []
        self._focused = -1
        self._hovered = -1
        self._claims: Mapping[ClaimId, Claim] = {}
        super().__init__(theme, parent)
        self._document_of = document_of
        self._card: CitationCard | None = None
        self._opening = self._timer(CARD_DELAY_MS, self._open_hovered)
        self._closing = self._timer(CARD_GRACE_MS, self._close_unless_used)
        self.viewport().setMouseTracking(True)
        self.verticalScrollBar().valueChanged.connect(self._follow_scroll)

    def _timer(self, interval_ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(slot)
        return timer

    # --- for subclasses ---

    def _evidence_of(self, chip: Chip) -> Evidence | None:
        """Return what the card of a chip shows."""
        raise NotImplementedError

    @property
    def can_mark(self) -> bool:
        """Whether the reader may mark claims now."""
        return False

    def _prepare(self, document: QTextDocument) -> None:
        layout = document.documentLayout()
        layout.registerHandler(
            CHIP_OBJECT, ChipPainter(self.theme, chip_of=self._chip_of, look_of=self._look_of, parent=document)
        )
        layout.registerHandler(MARK_OBJECT, MarkPainter(self.theme, parent=document))
        self._chips, self._positions = [], []
        self._hovered = -1
        self.close_card()

    def _insert_chip(
        self,
        cursor: QTextCursor,
        characters: QTextCharFormat,
        *,
        label: str,
        passage: PassageId,
        claim: ClaimId | None = None,
        shows_state: bool = True,
    ) -> None:
        """Write a chip at the cursor, tied to the word in front of it."""
        # Between two objects Qt breaks lines even where there is glue, which would then indent the second line.
        follows = not cursor.atBlockStart() and follows_object(cursor)
        chip = Chip(
            number=len(self._chips),
            label=label,
            passage=passage,
            claim=claim,
            shows_state=shows_state,
            follows=follows,
        )
        self._chips.append(chip)
        if not cursor.atBlockStart() and not follows:
            cursor.insertText(GLUE, glue_format(characters))
        self._positions.append(cursor.position())
        cursor.insertText(OBJECT_CHARACTER, chip_format(chip, characters))

    def _show_claims(self, claims: Mapping[ClaimId, Claim]) -> None:
        """Take over the states of claims; the page is only painted again."""
        self._claims = claims
        self.viewport().update()

    # --- chips ---

    @property
    def chips(self) -> tuple[Chip, ...]:
        """Every citation on the page, in reading order."""
        return tuple(self._chips)

    @property
    def focused_chip(self) -> Chip | None:
        """The citation that has the keyboard."""
        return self._chips[self._focused] if 0 <= self._focused < len(self._chips) else None

    def chip_rect(self, chip: Chip) -> QRect:
        """Return where a chip is in the viewport."""
        position = self._positions[chip.number]
        block = self.document().findBlock(position)
        inside = position - block.position()
        line = block.layout().lineForTextPosition(inside)
        if not line.isValid():
            return QRect()
        left, right = _x(line, inside), _x(line, inside + 1)
        origin = self.document().documentLayout().blockBoundingRect(block).topLeft() + QPointF(0, line.y())
        rect = QRectF(min(left, right), 0, abs(right - left), line.height()).translated(origin)
        return rect.translated(0, -self.verticalScrollBar().value()).toAlignedRect()

    def chip_at(self, point: QPoint) -> Chip | None:
        """Return the chip at a point of the viewport."""
        position = self.cursorForPosition(point).position()
        for candidate in (position, position - 1):
            characters = self._characters_at(candidate)
            if characters is not None and characters.objectType() == CHIP_OBJECT:
                chip = self._chips[int(characters.property(Property.CHIP))]
                if self.chip_rect(chip).contains(point):
                    return chip
        return None

    def focus_chip(self, number: int) -> None:
        """Give a chip the keyboard, bring it into view and say what it is."""
        self._focused = number
        chip = self.focused_chip
        if chip is None:
            return
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._positions[number])
        self.show_range(cursor)
        self.viewport().update()
        self._announce(chip)

    def _characters_at(self, position: int) -> QTextCharFormat | None:
        if not 0 <= position < self.document().characterCount() - 1:
            return None
        cursor = QTextCursor(self.document())
        cursor.setPosition(position + 1)
        return cursor.charFormat()

    def _chip_of(self, number: int) -> Chip:
        return self._chips[number]

    def _look_of(self, chip: Chip) -> ChipLook:
        claim = self._claims.get(chip.claim) if chip.claim is not None else None
        return ChipLook(
            state=claim.state if claim is not None else ClaimState.UNCHECKED,
            is_hovered=chip.number == self._hovered,
            has_focus=chip.number == self._focused and self.hasFocus(),
        )

    def _announce(self, chip: Chip) -> None:
        evidence = self._evidence_of(chip)
        if evidence is None:
            return
        self.setAccessibleDescription(evidence.spoken)
        event = QAccessibleAnnouncementEvent(self, evidence.spoken)
        QAccessible.updateAccessibility(event)

    # --- the card ---

    @property
    def card(self) -> CitationCard | None:
        """The open card."""
        return self._card if self._card is not None and self._card.isVisible() else None

    def open_card(self, chip: Chip, *, by_keyboard: bool) -> None:
        """Show the card of a chip, and no other one."""
        evidence = self._evidence_of(chip)
        if evidence is None:
            return
        if self._card is None:
            self._card = self._new_card()
        top_left = self.viewport().mapToGlobal(self.chip_rect(chip).topLeft())
        self._card.show_evidence(
            evidence,
            chip=chip.number,
            at=QRect(top_left, self.chip_rect(chip).size()),
            by_keyboard=by_keyboard,
            can_mark=self.can_mark,
        )

    def close_card(self) -> None:
        """Close the card, if one is open."""
        self._opening_stopped()
        if self._card is not None and self._card.isVisible():
            self._card.hide()

    def _opening_stopped(self) -> None:
        if hasattr(self, "_opening"):
            self._opening.stop()
            self._closing.stop()

    def _ask_look_up(self, number: int) -> None:
        self.close_card()
        self.look_up_wanted.emit(number)

    def _ask_mark(self, number: int) -> None:
        self.close_card()
        self.mark_wanted.emit(number)

    def _new_card(self) -> CitationCard:
        card = CitationCard(self.theme, self.window(), document_of=self._document_of)
        card.source_requested.connect(self._activate)
        card.original_requested.connect(self.original_requested)
        card.look_up_requested.connect(self._ask_look_up)
        card.mark_requested.connect(self._ask_mark)
        card.pointer_left.connect(self._closing.start)
        card.pointer_entered.connect(self._closing.stop)
        card.closed_by_keyboard.connect(self.setFocus)
        return card

    def _activate(self, passage: PassageId) -> None:
        self.close_card()
        self.citation_activated.emit(passage)

    def _open_hovered(self) -> None:
        if 0 <= self._hovered < len(self._chips):
            self.open_card(self._chips[self._hovered], by_keyboard=False)

    def _close_unless_used(self) -> None:
        card = self.card
        if card is None or card.is_pinned or card.underMouse():
            return
        if self._hovered < 0 or self._hovered != card.chip:
            card.hide()

    def _hover(self, number: int) -> None:
        if number == self._hovered:
            return
        self._hovered = number
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if number >= 0 else Qt.CursorShape.IBeamCursor)
        self.viewport().update()
        card = self.card
        if number >= 0:
            if card is not None and card.chip == number:
                self._closing.stop()
            else:
                self._opening.start()
        else:
            self._opening.stop()
            self._closing.start()

    def _follow_scroll(self) -> None:
        self._hovered = -1
        self.close_card()

    # --- Qt ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if event.buttons() == Qt.MouseButton.NoButton:
            chip = self.chip_at(event.position().toPoint())
            self._hover(chip.number if chip is not None else -1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        chip = self.chip_at(event.position().toPoint())
        self._pressed = chip.number if chip is not None and event.button() == Qt.MouseButton.LeftButton else -1
        if self._pressed < 0:
            self._focused = -1
            self.close_card()
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        chip = self.chip_at(event.position().toPoint())
        if chip is not None and chip.number == self._pressed:
            self._focused = chip.number
            self._activate(chip.passage)
        else:
            super().mouseReleaseEvent(event)
        self._pressed = -1

    _pressed: int = -1

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(-1)
        super().leaveEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.close_card()
        super().hideEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        card, chip = self.card, self.focused_chip
        if event.key() == Qt.Key.Key_Escape and card is not None:
            card.hide()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chip is not None:
            if card is not None and card.chip == chip.number:
                self._activate(chip.passage)
            else:
                self.open_card(chip, by_keyboard=True)
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        card = self.card
        if card is not None and card.is_pinned and next:
            card.take_focus()
            return True
        number = self._next_chip(1 if next else -1)
        if number is None:
            self._focused = -1
            self.close_card()
            return super().focusNextPrevChild(next)
        self.close_card()
        self.focus_chip(number)
        return True

    def _next_chip(self, step: int) -> int | None:
        if not self._chips:
            return None
        if self._focused >= 0:
            number = self._focused + step
            return number if 0 <= number < len(self._chips) else None
        first_in_view = self.cursorForPosition(QPoint(self._margin, 1)).position()
        following = next((n for n, position in enumerate(self._positions) if position >= first_in_view), None)
        if step > 0:
            return following
        return len(self._chips) - 1 if following is None else (following - 1 if following > 0 else None)


def follows_object(cursor: QTextCursor) -> bool:
    """Return whether an inline object stands directly in front of a cursor."""
    is_object = cursor.charFormat().objectType() in (CHIP_OBJECT, MARK_OBJECT)
    return is_object and cursor.document().characterAt(cursor.position() - 1) == OBJECT_CHARACTER


def _x(line: QTextLine, position: int) -> float:
    """Return where a position of a line's block is on the line; the stubs call the answer an object."""
    found = line.cursorToX(position)
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]
