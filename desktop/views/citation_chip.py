"""Citation chips: small pills on a line of text, drawn by Qt's text layout as if they were characters.

A chip knows its number; what it stands for and how it looks now is asked of the view, so that a claim that has just
been checked only needs to be painted again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)

from desktop.theme import Theme
from desktop.views.typesetting import Property
from engine.domain import ClaimId, ClaimState, PassageId
from resources.tokens import RADIUS_SMALL

CHIP_OBJECT: Final = QTextFormat.ObjectTypes.UserObject + 1
MARK_OBJECT: Final = QTextFormat.ObjectTypes.UserObject + 2
OBJECT_CHARACTER: Final = "\ufffc"
GLUE: Final = "\u00a0"
"""In front of a chip, so that it does not begin a line; U+2060 would do without width, but few fonts have it."""

STATE_COLOURS: Final = {
    ClaimState.UNCHECKED: "text_muted",
    ClaimState.SUPPORTED: "supported",
    ClaimState.SINGLE_SOURCE: "single_source",
    ClaimState.PARTLY: "partly",
    ClaimState.UNSUPPORTED: "unsupported",
    ClaimState.CONTRADICTED: "contradicted",
}
"""Token names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """One citation on the page."""

    number: int
    """Within the view, from 0, in reading order."""
    label: str
    """``1`` or ``1a``."""
    passage: PassageId
    claim: ClaimId | None
    shows_state: bool
    """The first chip of a claim wears its state; those of agreeing passages wear nothing."""
    follows: bool = False
    """Whether another chip stands directly in front, from which it keeps a distance of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChipLook:
    """How a chip is to be drawn now."""

    state: ClaimState
    is_hovered: bool
    has_focus: bool


def chip_format(chip: Chip, characters: QTextCharFormat) -> QTextCharFormat:
    """Return the format with which the object character becomes the chip."""
    result = QTextCharFormat(characters)
    result.setObjectType(CHIP_OBJECT)
    result.setProperty(Property.CHIP, chip.number)
    result.setProperty(Property.LABEL, f"[{chip.label}]")
    return result


def glue_format(characters: QTextCharFormat) -> QTextCharFormat:
    """Return the format of the glue, which is not copied."""
    result = QTextCharFormat(characters)
    result.setProperty(Property.GLUE, True)
    return result


def mark_format(state: ClaimState, characters: QTextCharFormat, *, sign: str, words: str) -> QTextCharFormat:
    """Return the format with which the object character becomes a state's mark and words, copied as text."""
    result = QTextCharFormat(characters)
    result.setObjectType(MARK_OBJECT)
    result.setProperty(Property.CHIP, list(ClaimState).index(state))
    result.setProperty(Property.LABEL, f"{sign} {words}")
    result.setProperty(Property.WORDS, words)
    return result


class ChipPainter(QPyTextObject):
    """Measures and draws chips; one for each view."""

    def __init__(
        self,
        theme: Theme,
        *,
        chip_of: Callable[[int], Chip],
        look_of: Callable[[Chip], ChipLook],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chip_of = chip_of
        self._look_of = look_of
        self._measures: dict[tuple[int, str], _Measures] = {}

    def _measures_of(self, format: QTextFormat) -> _Measures:
        font = format.toCharFormat().font()
        key = (font.pixelSize(), font.family())
        if key not in self._measures:
            self._measures[key] = _Measures(font)
        return self._measures[key]

    def intrinsicSize(self, doc: QTextDocument, position: int, format: QTextFormat) -> QSizeF:  # noqa: ARG002
        chip = self._chip_of(format.property(Property.CHIP))
        measures = self._measures_of(format)
        return QSizeF(measures.width(chip), measures.height)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,  # noqa: ARG002
        position: int,  # noqa: ARG002
        format: QTextFormat,
    ) -> None:
        chip = self._chip_of(format.property(Property.CHIP))
        look = self._look_of(chip)
        measures = self._measures_of(format)
        colour = self._theme.colour
        pill = measures.pill(QRectF(rect).adjusted(measures.gap if chip.follows else 0, 0, 0, 0))
        state_name = STATE_COLOURS[look.state]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = QPen(colour("hairline"), 1)
        if look.has_focus:
            edge = QPen(colour("focus"), 2)
        elif look.is_hovered:
            edge = QPen(colour("border"), 1)
        ground = "code"
        if look.is_hovered or look.has_focus:
            ground = f"{state_name}_soft" if chip.shows_state and look.state is not ClaimState.UNCHECKED else "hover"
        painter.setPen(edge)
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(pill, RADIUS_SMALL, RADIUS_SMALL)
        left = pill.left() + measures.padding
        if chip.shows_state:
            mark = QRectF(left, pill.center().y() - measures.mark / 2, measures.mark, measures.mark)
            draw_state_mark(painter, mark, look.state, colour(state_name))
            left += measures.mark + measures.gap
        painter.setFont(measures.font)
        painter.setPen(colour("text" if look.is_hovered or look.has_focus else "text_secondary"))
        baseline = pill.center().y() + measures.metrics.capHeight() / 2
        painter.drawText(QPointF(left, baseline), chip.label)
        painter.restore()


class MarkPainter(QPyTextObject):
    """Draws a state's mark with its words, kept together on one line, for the legend."""

    def __init__(self, theme: Theme, *, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def intrinsicSize(self, doc: QTextDocument, position: int, format: QTextFormat) -> QSizeF:  # noqa: ARG002
        metrics = QFontMetricsF(format.toCharFormat().font())
        words = metrics.horizontalAdvance(str(format.property(Property.WORDS)))
        return QSizeF(round(metrics.capHeight() * 1.6 + words) + 1, metrics.ascent())

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,  # noqa: ARG002
        position: int,  # noqa: ARG002
        format: QTextFormat,
    ) -> None:
        state = list(ClaimState)[format.property(Property.CHIP)]
        rect = QRectF(rect)
        characters = format.toCharFormat()
        metrics = QFontMetricsF(characters.font())
        baseline = rect.bottom()
        edge = round(metrics.capHeight())
        mark = QRectF(round(rect.left()), round(baseline) - edge, edge, edge)
        painter.save()
        draw_state_mark(painter, mark, state, self._theme.colour(STATE_COLOURS[state]))
        painter.setFont(characters.font())
        painter.setPen(characters.foreground().color())
        painter.drawText(
            QPointF(rect.left() + metrics.capHeight() * 1.6, baseline), str(format.property(Property.WORDS))
        )
        painter.restore()


def draw_state_mark(painter: QPainter, rect: QRectF, state: ClaimState, colour: QColor) -> None:
    """Draw the sign of a state: its shape says as much as its colour."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    stroke = max(1.2, rect.width() / 6)
    pen = QPen(colour, stroke, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    ring = rect.adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2)
    centre = rect.center()
    match state:
        case ClaimState.SUPPORTED:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(rect)
        case ClaimState.PARTLY:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPie(ring, 90 * 16, 180 * 16)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(ring)
        case ClaimState.UNSUPPORTED:
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(ring)
        case ClaimState.SINGLE_SOURCE:
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(ring)
            painter.drawLine(
                QPointF(centre.x(), centre.y() - rect.height() * 0.13),
                QPointF(centre.x(), centre.y() + rect.height() * 0.13),
            )
        case ClaimState.CONTRADICTED:
            painter.setPen(pen)
            _draw_arrow(painter, centre.y() - rect.height() * 0.22, ring.left(), ring.right(), rect.width() * 0.24)
            _draw_arrow(painter, centre.y() + rect.height() * 0.22, ring.right(), ring.left(), rect.width() * 0.24)
        case _:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(centre, rect.width() * 0.16, rect.width() * 0.16)


def _draw_arrow(painter: QPainter, y: float, start: float, end: float, head: float) -> None:
    back = head if end > start else -head
    painter.drawLine(QPointF(start, y), QPointF(end, y))
    painter.drawLine(QPointF(end, y), QPointF(end - back, y - abs(head)))
    painter.drawLine(QPointF(end, y), QPointF(end - back, y + abs(head)))


class _Measures:
    """Sizes of a chip on text of a font."""

    def __init__(self, text_font: QFont) -> None:
        size = text_font.pixelSize()
        self._widths: dict[tuple[str, bool, bool], float] = {}
        """Asked for at every layout, many times for each chip."""
        self._text = QFontMetricsF(text_font)
        self.font = QFont(text_font)
        self.font.setPixelSize(max(9, round(size * 0.69)))
        self.font.setWeight(QFont.Weight.Medium)
        self.font.setFeature(QFont.Tag("tnum"), 1)
        self.metrics = QFontMetricsF(self.font)
        self.pill_height = round(size * 1.0)
        self.padding = max(3, round(size * 0.27))
        self.gap = max(2, round(size * 0.2))
        self.mark = max(7, round(size * 0.46))
        # An object stands on the baseline; the pill is centred on the capitals and so hangs a little below it.
        self.height = (self._text.capHeight() + self.pill_height) / 2

    def width(self, chip: Chip) -> float:
        key = (chip.label, chip.shows_state, chip.follows)
        if key not in self._widths:
            self._widths[key] = self._width(chip)
        return self._widths[key]

    def _width(self, chip: Chip) -> float:
        inside = self.metrics.horizontalAdvance(chip.label) + (self.mark + self.gap if chip.shows_state else 0)
        return round(2 * self.padding + inside) + 1 + (self.gap if chip.follows else 0)

    def pill(self, rect: QRectF) -> QRectF:
        """Return the pill within the object's rectangle: centred on the capitals of the line, on whole pixels."""
        middle = rect.bottom() - self._text.capHeight() / 2
        top = round(middle - self.pill_height / 2) + 0.5
        return QRectF(round(rect.left()) + 0.5, top, round(rect.width()) - 1, self.pill_height - 1)
