"""Signs on a line of text that are no citations: what a reader thinks of a sentence, and how much is established.

Drawn by Qt's text layout as if they were characters, like the chips.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPen,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)

from desktop.mark_words import VERDICT_SIGNS, mark_words
from desktop.plain_text import as_tip
from desktop.theme import Theme
from desktop.views.citation_chip import STATE_COLOURS
from desktop.views.typesetting import Property
from engine.domain import ClaimState, Mark, Verdict
from resources.tokens import RADIUS_SMALL

READER_OBJECT: Final = QTextFormat.ObjectTypes.UserObject + 3
BAR_OBJECT: Final = QTextFormat.ObjectTypes.UserObject + 4
_GAP: Final = 3
"""In front of a mark, in logical pixels."""
_BAR_EMS: Final = 9.0
_BAR_ORDER: Final = (
    ClaimState.SUPPORTED,
    ClaimState.SINGLE_SOURCE,
    ClaimState.CONTRADICTED,
    ClaimState.PARTLY,
    ClaimState.UNSUPPORTED,
    ClaimState.UNCHECKED,
)


def reader_format(mark: Mark, characters: QTextCharFormat) -> QTextCharFormat:
    """Return the format with which the object character becomes a reader's mark, copied as its sign."""
    result = QTextCharFormat(characters)
    result.setObjectType(READER_OBJECT)
    result.setProperty(Property.VERDICT, list(Verdict).index(mark.verdict))
    result.setProperty(Property.LABEL, f"[{VERDICT_SIGNS[mark.verdict]}]")
    result.setToolTip(as_tip(mark_words(mark)))
    return result


def bar_format(counts: dict[ClaimState, int], characters: QTextCharFormat) -> QTextCharFormat:
    """Return the format with which the object character becomes a bar of how many claims are in each state."""
    result = QTextCharFormat(characters)
    result.setObjectType(BAR_OBJECT)
    result.setProperty(Property.SHARES, ",".join(str(counts.get(state, 0)) for state in _BAR_ORDER))
    result.setProperty(Property.GLUE, True)
    return result


class ReaderPainter(QPyTextObject):
    """Draws a tick, a cross or a question mark on a tinted ground: it is the reader's, not ours."""

    def __init__(self, theme: Theme, *, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def intrinsicSize(self, doc: QTextDocument, position: int, format: QTextFormat) -> QSizeF:  # noqa: ARG002
        size = format.toCharFormat().font().pixelSize()
        return QSizeF(size + 1 + _GAP, size)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,  # noqa: ARG002
        position: int,  # noqa: ARG002
        format: QTextFormat,
    ) -> None:
        rect = QRectF(rect).adjusted(_GAP, 0, 0, 0)
        font = format.toCharFormat().font()
        middle = rect.bottom() - QFontMetricsF(font).capHeight() / 2
        edge = rect.width() - 1
        box = QRectF(round(rect.left()) + 0.5, round(middle - edge / 2) + 0.5, edge - 1, edge - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("accent_soft"))
        painter.drawRoundedRect(box, RADIUS_SMALL, RADIUS_SMALL)
        inside = box.adjusted(*(edge * one for one in (0.26, 0.26, -0.26, -0.26)))
        verdict = list(Verdict)[int(format.property(Property.VERDICT))]
        draw_verdict(painter, inside, verdict, self._theme.colour("accent"))
        painter.restore()


class BarPainter(QPyTextObject):
    """Draws the bar: its length is all that was written, each part of it one state."""

    def __init__(self, theme: Theme, *, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def intrinsicSize(self, doc: QTextDocument, position: int, format: QTextFormat) -> QSizeF:  # noqa: ARG002
        font = format.toCharFormat().font()
        return QSizeF(round(font.pixelSize() * _BAR_EMS), QFontMetricsF(font).capHeight())

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        doc: QTextDocument,  # noqa: ARG002
        position: int,  # noqa: ARG002
        format: QTextFormat,
    ) -> None:
        counts = [int(one) for one in str(format.property(Property.SHARES)).split(",")]
        total = sum(counts)
        if not total:
            return
        rect = QRectF(rect)
        height = max(4.0, round(rect.height() * 0.62))
        left, top = rect.left(), round(rect.center().y() - height / 2)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        for state, count in zip(_BAR_ORDER, counts, strict=True):
            if count:
                width = rect.width() * count / total
                colour = self._theme.colour(STATE_COLOURS[state])
                painter.fillRect(
                    QRectF(round(left), top, max(2, round(left + width) - round(left) - 1), height), colour
                )
                left += width
        painter.restore()


def draw_verdict(painter: QPainter, rect: QRectF, verdict: Verdict, colour: QColor) -> None:
    """Draw the sign of a verdict: its shape says what it is."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(colour, max(1.4, rect.width() / 5), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    left, right, top, bottom = rect.left(), rect.right(), rect.top(), rect.bottom()
    middle = rect.center()
    match verdict:
        case Verdict.RIGHT:
            foot = QPointF(left + rect.width() * 0.36, bottom - rect.height() * 0.08)
            painter.drawLine(QPointF(left, middle.y() + rect.height() * 0.08), foot)
            painter.drawLine(foot, QPointF(right, top + rect.height() * 0.1))
        case Verdict.WRONG:
            painter.drawLine(rect.topLeft(), rect.bottomRight())
            painter.drawLine(rect.topRight(), rect.bottomLeft())
        case Verdict.UNCLEAR:
            bow = QRectF(middle.x() - rect.width() * 0.3, top, rect.width() * 0.6, rect.height() * 0.55)
            painter.drawArc(bow, 180 * 16, -230 * 16)
            painter.drawLine(QPointF(middle.x(), bow.bottom()), QPointF(middle.x(), bow.bottom() + rect.height() * 0.1))
            painter.drawPoint(QPointF(middle.x(), bottom))
