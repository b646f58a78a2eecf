"""How rows of the sidebar are painted: sessions, day headings, and hits with the found words marked."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop.items.sessions import KIND_WORDS, ROW, DayRow, SessionRow
from desktop.theme import Theme
from engine.research import HIT_END, HIT_START, HistoryHit
from resources.tokens import RADIUS, SPACE_1, SPACE_2, SPACE_3, SPACE_4
from resources.tokens import ROW as ROW_HEIGHT

_Index = QModelIndex | QPersistentModelIndex
_DOT = 7
_SNIPPET_LINES = 2


class _RowDelegate(QStyledItemDelegate):
    """What the rows have in common: the ground that shows pointer, choice and keyboard."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        state = option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_under_pointer = bool(state & QStyle.StateFlag.State_MouseOver)
        rect = QRectF(self.rect(option)).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if is_chosen or is_under_pointer:
            painter.setBrush(self.theme.colour("selection" if is_chosen else "hover"))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        if state & QStyle.StateFlag.State_HasFocus and state & QStyle.StateFlag.State_KeyboardFocusChange:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.theme.colour("focus"), 2))
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)

    @staticmethod
    def rect(option: QStyleOptionViewItem) -> QRect:
        rect: QRect = option.rect
        return rect


class SessionDelegate(_RowDelegate):
    """A session on one line, with a mark for what it is doing; a day heading above."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        row = index.data(ROW)
        painter.save()
        rect = self.rect(option).adjusted(SPACE_2, 0, -SPACE_2, 0)
        if isinstance(row, DayRow):
            font = self.theme.ui_font()
            font.setPixelSize(font.pixelSize() - 1)
            font.setWeight(QFont.Weight.DemiBold)
            painter.setFont(font)
            painter.setPen(self.theme.colour("text_muted"))
            bottom = rect.adjusted(0, 0, 0, -SPACE_1)
            painter.drawText(bottom, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeading, row.title)
        elif isinstance(row, SessionRow):
            self.paint_ground(painter, option)
            text_rect = rect
            if self._paint_mark(painter, rect, row.state):
                text_rect = rect.adjusted(0, 0, -(_DOT + SPACE_2), 0)
            painter.setFont(self.theme.ui_font())
            painter.setPen(self.theme.colour("text"))
            title = painter.fontMetrics().elidedText(
                " ".join(row.session.title.split()), Qt.TextElideMode.ElideRight, text_rect.width()
            )
            painter.drawText(text_rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, title)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        line = QFontMetrics(self.theme.ui_font()).height()
        if isinstance(index.data(ROW), DayRow):
            return QSize(0, line + SPACE_4 + SPACE_1 if index.row() else line + SPACE_2)
        return QSize(0, max(ROW_HEIGHT + 2, line + SPACE_3))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:  # noqa: ARG002
        editor = QLineEdit(parent)
        editor.setAccessibleName("New title")
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:  # noqa: ARG002
        editor.setGeometry(self.rect(option))

    def _paint_mark(self, painter: QPainter, rect: QRect, state: str) -> bool:
        """Paint the mark of a state at the end of the row; return whether the state has one."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(rect.right() - _DOT, rect.center().y() - _DOT / 2 + 1, _DOT, _DOT)
        pen = QPen(self.theme.colour("text_muted"), 1.5)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        match state:
            case "live":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self.theme.colour("accent"))
                painter.drawEllipse(box)
            case "queued":
                painter.setPen(pen)
                painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
            case "paused" | "not finished":
                painter.setPen(pen)
                for x in (box.left() + 1.5, box.right() - 1.5):
                    painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            case "incomplete":
                painter.setPen(QPen(self.theme.colour("partly"), 1.5))
                painter.drawEllipse(box.adjusted(0.5, 0.5, -0.5, -0.5))
                painter.setBrush(self.theme.colour("partly"))
                painter.drawPie(box.adjusted(0.5, 0.5, -0.5, -0.5), 90 * 16, 180 * 16)
            case "failed":
                painter.setPen(QPen(self.theme.colour("unsupported"), 1.5))
                painter.drawLine(box.topLeft(), box.bottomRight())
                painter.drawLine(box.topRight(), box.bottomLeft())
            case _:
                return False
        return True


class HitDelegate(_RowDelegate):
    """A hit: what it is, its title, and the words around what was found."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        hit = index.data(ROW)
        if not isinstance(hit, HistoryHit):
            return
        painter.save()
        self.paint_ground(painter, option)
        rect = self.rect(option).adjusted(SPACE_2, SPACE_2 - 1, -SPACE_2, -SPACE_2)
        title_font = self.theme.ui_font()
        title_font.setWeight(QFont.Weight.Medium)
        metrics = QFontMetrics(title_font)
        small = self._small_font()
        kind = KIND_WORDS.get(hit.kind, "")
        kind_width = QFontMetrics(small).horizontalAdvance(kind) + SPACE_2
        line = QRect(rect.left(), rect.top(), rect.width(), metrics.height())
        painter.setFont(title_font)
        painter.setPen(self.theme.colour("text"))
        title = metrics.elidedText(" ".join(hit.title.split()), Qt.TextElideMode.ElideRight, line.width() - kind_width)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, title)
        painter.setFont(small)
        painter.setPen(self.theme.colour("text_muted"))
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing, kind)
        painter.setPen(self.theme.colour("text_secondary"))
        layout = self._snippet(hit.snippet, rect.width(), small)
        layout.draw(painter, QPointF(rect.left(), line.bottom() + 3))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        line = QFontMetrics(self.theme.ui_font()).height()
        view = option.widget
        hit = index.data(ROW)
        width = view.viewport().width() if isinstance(view, QListView) else 0
        if not isinstance(hit, HistoryHit) or width <= 0:
            return QSize(0, line)
        snippet = self._snippet(hit.snippet, width - 2 * SPACE_2, self._small_font())
        return QSize(0, line + math.ceil(snippet.boundingRect().height()) + 2 * SPACE_2 + 2)

    def _small_font(self) -> QFont:
        font = self.theme.ui_font()
        font.setPixelSize(font.pixelSize() - 1)
        return font

    def _snippet(self, marked: str, width: int, font: QFont) -> QTextLayout:
        text, ranges = plain_and_ranges(beginning_near_mark(marked))
        layout = QTextLayout(text, font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        found = QTextCharFormat()
        found.setBackground(self.theme.colour("highlight"))
        found.setForeground(QColor(self.theme.palette.text))
        formats = []
        for start, length in ranges:
            mark = QTextLayout.FormatRange()
            mark.start, mark.length, mark.format = start, length, found
            formats.append(mark)
        layout.setFormats(formats)
        layout.beginLayout()
        top = 0.0
        for _ in range(_SNIPPET_LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, top))
            top += line.height() + 1
        layout.endLayout()
        return layout


def beginning_near_mark(marked: str, *, lead: int = 24) -> str:
    """Return the text from a word shortly before its first mark on, so that two short lines show what was found."""
    first = marked.find(HIT_START)
    if first <= lead:
        return marked
    start = marked.find(" ", first - lead, first) + 1
    return f"…{marked[start or first :]}"


def plain_and_ranges(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """Return the text without its marks, and where the marked words are as start and length in UTF-16 units."""
    text, ranges, start = "", [], 0
    units = 0
    for character in marked:
        if character == HIT_START:
            start = units
        elif character == HIT_END:
            ranges.append((start, units - start))
        else:
            text += character
            units += 2 if ord(character) > 0xFFFF else 1
    return text, ranges
