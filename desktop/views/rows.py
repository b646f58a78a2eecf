"""Painting rows of the panes: grounds, icons, text that is elided or wrapped, badges."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPen, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.theme import Theme
from resources.tokens import ICON, RADIUS_SMALL, SMALL_PX, SPACE_1, SPACE_2

Index = QModelIndex | QPersistentModelIndex
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


class RowDelegate(QStyledItemDelegate):
    """What the delegates of the panes have in common."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self._icons: dict[tuple[str, str], QIcon] = {}
        theme.changed.connect(self._icons.clear)

    def small_font(self, font: QFont) -> QFont:
        """Return the font of second lines, with figures of one width."""
        small = QFont(font)
        small.setPixelSize(round(SMALL_PX * self.theme.text_scale))
        small.setFeature(QFont.Tag("tnum"), 1)
        return small

    def draw_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Draw what the style sheet puts behind hovered and chosen rows, and the focus ring."""
        widget = option.widget
        style = widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, widget)
        state = option.state
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.theme.colour("focus"), 2))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), RADIUS_SMALL, RADIUS_SMALL)
            painter.restore()

    def draw_icon(self, painter: QPainter, rect: QRect, name: str, colour: str, *, opacity: float = 1.0) -> None:
        """Draw a line icon in a colour of the palette."""
        key = (name, colour)
        if key not in self._icons:
            self._icons[key] = self.theme.icon(name, colour=getattr(self.theme.palette, colour))
        painter.save()
        painter.setOpacity(opacity)
        self._icons[key].paint(painter, rect)
        painter.restore()

    def draw_line(
        self, painter: QPainter, rect: QRect, text: str, font: QFont, colour: str, *, right: bool = False
    ) -> None:
        """Draw one line of text, elided where it does not fit."""
        painter.setFont(font)
        painter.setPen(self.theme.colour(colour))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)

    def draw_wrapped(self, painter: QPainter, rect: QRect, text: str, font: QFont, colour: str) -> None:
        """Draw a text over several lines."""
        painter.setFont(font)
        painter.setPen(self.theme.colour(colour))
        option = QTextOption(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        painter.drawText(QRectF(rect), text, option)

    def draw_badge(self, painter: QPainter, right: int, middle: int, text: str, font: QFont) -> int:
        """Draw a number in a small pill that ends at ``right``; return where it begins."""
        width = QFontMetrics(font).horizontalAdvance(text) + 2 * (SPACE_1 + 1)
        height = QFontMetrics(font).height() + 2
        rect = QRectF(right - width, middle - height / 2, width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.theme.colour("hairline"), 1))
        painter.setBrush(self.theme.colour("code"))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_SMALL, RADIUS_SMALL)
        painter.setFont(font)
        painter.setPen(self.theme.colour("text_secondary"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()
        return round(rect.left())


def wrapped_height(text: str, font: QFont, width: int) -> int:
    """Return how tall a text is when it is wrapped to a width."""
    return QFontMetrics(font).boundingRect(QRect(0, 0, max(40, width), 10_000), _WRAP, text).height()


def icon_rect(rect: QRect, *, line_height: int) -> QRect:
    """Return the place of an icon at the left of a row, beside its first line."""
    return QRect(rect.left() + SPACE_2, rect.top() + SPACE_1 + (line_height - ICON) // 2, ICON, ICON)


def view_width(option: QStyleOptionViewItem) -> int:
    """Return the width a row will get; it is not in the option before the first layout."""
    widget: QWidget | None = option.widget
    viewport = getattr(widget, "viewport", None)
    return viewport().width() if viewport is not None else option.rect.width() or 300
