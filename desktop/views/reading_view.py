"""A page to read: a column of a good measure, zoom, finding, copying; it shows text and does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QMimeData, QPointF, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCursor,
    QTextDocument,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QFrame, QTextEdit, QWidget

from desktop.theme import Theme
from desktop.views.copying import CitedLine, copied, no_sources
from desktop.views.typesetting import PlainDocument, Property, Role, Typesetting, nothing_loaded, role_of, with_ground
from resources.tokens import SPACE_6, SPACE_8

ZOOM_STEPS: Final = (0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5)
_MOST_FINDS = 2_000
_RULED = frozenset({Role.ANSWER.value, Role.QUOTE.value})


NO_MODIFIER: Final = Qt.KeyboardModifier.NoModifier
_SCROLLS: Final = {
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}
"""These keys would otherwise move a text cursor that nobody sees; with Shift they still select."""


class ReadingView(QTextEdit):
    """Shows a document that a subclass sets with a cursor in ``_set``; sets it anew when theme or zoom change."""

    column_changed = Signal(int, int)
    """Left edge and width of the column in the viewport, in logical pixels."""
    zoom_changed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, margin: int = SPACE_6) -> None:
        super().__init__(parent)
        self.theme = theme
        self._zoom = 1.0
        self._margin = margin
        self._finds: list[QTextEdit.ExtraSelection] = []
        self._finds_at = -1
        self._passage_marks: list[QTextEdit.ExtraSelection] = []
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.typesetting = Typesetting(theme)
        self.setDocument(PlainDocument(self))
        theme.changed.connect(self._set_anew)

    # --- for subclasses ---

    def _set(self, cursor: QTextCursor) -> None:
        """Write the whole document at the cursor, with ``self.typesetting``."""

    def set_document(self) -> None:
        """Set the document from the beginning and go to its top."""
        self._set_text()
        self.verticalScrollBar().setValue(0)

    def set_document_in_place(self) -> None:
        """Set the document anew and keep what is at the top of the page where it is.

        Whoever is at the very beginning stays there: what comes in front, as the answer of a draft does, is seen.
        """
        bar = self.verticalScrollBar()
        if bar.value() <= bar.minimum():
            self._set_text()
            bar.setValue(bar.minimum())
            return
        key, offset = self._top()
        self._set_text()
        self._go_to_top(key, offset)

    def _prepare(self, document: QTextDocument) -> None:
        """Get a new document ready before anything is written into it (painters of inline objects)."""

    def _set_text(self) -> None:
        document = PlainDocument(self)
        document.setDefaultFont(self.typesetting.body_font)
        self._prepare(document)
        self._finds, self._finds_at, self._passage_marks = [], -1, []
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        self._set(cursor)
        cursor.endEditBlock()
        old = self.document()
        self.setDocument(document)
        self.setCursorWidth(0)
        self._place_column()
        old.deleteLater()

    def _set_anew(self) -> None:
        self.typesetting = Typesetting(self.theme, zoom=self._zoom)
        self.set_document_in_place()

    # --- the place on the page ---

    @property
    def is_at_end(self) -> bool:
        """Whether the last line is in view."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - 4

    def follow_end(self) -> None:
        """Go to the last line."""
        bar = self.verticalScrollBar()
        bar.setValue(bar.maximum())

    def block_top(self, block: QTextBlock) -> float:
        """Return where a block begins, from the top of the document."""
        return self.document().documentLayout().blockBoundingRect(block).top()

    def _top(self) -> tuple[str, float]:
        """Return the key of the first named block in view and how far below the top it begins."""
        scroll = self.verticalScrollBar().value()
        block = self.cursorForPosition(QPointF(self._margin, 1).toPoint()).block()
        while block.isValid():
            key = block.blockFormat().property(Property.KEY)
            if key:
                return str(key), self.block_top(block) - scroll
            block = block.next()
        return "", float(-scroll)

    def _go_to_top(self, key: str, offset: float) -> None:
        block = self.document().begin()
        while key and block.isValid():
            if block.blockFormat().property(Property.KEY) == key:
                self.verticalScrollBar().setValue(round(self.block_top(block) - offset))
                return
            block = block.next()
        self.verticalScrollBar().setValue(round(-offset))

    # --- zoom ---

    @property
    def zoom(self) -> float:
        """1.0 is the normal size."""
        return self._zoom

    def set_zoom(self, zoom: float) -> None:
        """Set the text in another size and keep the place on the page."""
        if zoom != self._zoom:
            self._zoom = zoom
            self._set_anew()
            self.zoom_changed.emit(zoom)

    def zoom_in(self) -> None:
        """Make the text one step larger."""
        self.set_zoom(next((step for step in ZOOM_STEPS if step > self._zoom), self._zoom))

    def zoom_out(self) -> None:
        """Make the text one step smaller."""
        self.set_zoom(next((step for step in reversed(ZOOM_STEPS) if step < self._zoom), self._zoom))

    def reset_zoom(self) -> None:
        """Go back to the normal size."""
        self.set_zoom(1.0)

    # --- finding ---

    def find_all(self, text: str) -> int:
        """Mark every occurrence, go to the first from the top of the page on; return how many there are."""
        self._finds, self._finds_at = [], -1
        if text:
            first = self.cursorForPosition(QPointF(self._margin, 1).toPoint()).position()
            cursor = QTextCursor(self.document())
            while len(self._finds) < _MOST_FINDS:
                cursor = self.document().find(text, cursor)
                if cursor.isNull():
                    break
                if self._finds_at < 0 and cursor.selectionStart() >= first:
                    self._finds_at = len(self._finds)
                self._finds.append(_selection(QTextCursor(cursor)))
            self._finds_at = max(self._finds_at, 0) if self._finds else -1
        self._show_finds()
        return len(self._finds)

    def find_step(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) occurrence."""
        if self._finds:
            self._finds_at = (self._finds_at + step) % len(self._finds)
            self._show_finds()

    @property
    def find_place(self) -> tuple[int, int]:
        """Return which occurrence the page is at, from 1, and how many there are."""
        return self._finds_at + 1, len(self._finds)

    def _show_finds(self) -> None:
        quiet, loud = self.theme.colour("highlight_quiet"), self.theme.colour("accent")
        for number, selection in enumerate(self._finds):
            is_current = number == self._finds_at
            selection.format = with_ground(selection.format, loud if is_current else quiet)
            if is_current:
                selection.format.setForeground(self.theme.colour("on_accent"))
            else:
                selection.format.clearForeground()
        self._show_marks()
        if 0 <= self._finds_at < len(self._finds):
            self.show_range(self._finds[self._finds_at].cursor)

    def _show_marks(self) -> None:
        self.setExtraSelections([*self._passage_marks, *self._finds])

    def show_range(self, cursor: QTextCursor, *, at: float = 0.33) -> None:
        """Scroll so that a range is in view, at a part of the height if it is not yet."""
        start = QTextCursor(cursor)
        start.setPosition(cursor.selectionStart())
        rect = self.cursorRect(start)
        if rect.top() < 0 or rect.bottom() > self.viewport().height() - SPACE_8:
            bar = self.verticalScrollBar()
            bar.setValue(round(bar.value() + rect.top() - self.viewport().height() * at))

    # --- the column ---

    @property
    def column(self) -> tuple[int, int]:
        """Left edge and width of the column in the viewport, in logical pixels."""
        width = self.viewport().width()
        column = max(80, min(self.typesetting.measure_px, width - 2 * self._margin))
        return max(0, (width - column) // 2), column

    def _place_column(self) -> None:
        left, column = self.column
        root = self.document().rootFrame()
        frame = root.frameFormat()
        right = self.viewport().width() - left - column
        if (frame.leftMargin(), frame.rightMargin()) != (left, right):
            frame.setTopMargin(self.top_margin)
            frame.setBottomMargin(self.bottom_margin)
            frame.setLeftMargin(left)
            frame.setRightMargin(right)
            root.setFrameFormat(frame)
        self.column_changed.emit(left, column)

    top_margin: int = SPACE_6
    bottom_margin: int = 3 * SPACE_8

    # --- Qt ---

    def loadResource(self, type: int, name: QUrl | str) -> object:  # noqa: ARG002 - Qt's signature
        return nothing_loaded(type)

    def createMimeDataFromSelection(self) -> QMimeData:
        return copied(self.textCursor(), sources=self._sources_of)

    def _sources_of(self, numbers: tuple[int, ...]) -> tuple[CitedLine, ...]:
        """Return the sources of citations, by their numbers, for what is copied; a page without any has none."""
        return no_sources(numbers)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.oldSize().width() == event.size().width() or event.oldSize().width() <= 0:
            super().resizeEvent(event)
            self._place_column()
            return
        key, offset = self._top()
        super().resizeEvent(event)
        self._place_column()
        self._go_to_top(key, offset)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            step = event.angleDelta().y()
            if step:
                (self.zoom_in if step > 0 else self.zoom_out)()
            event.accept()
            return
        super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions: tuple[tuple[QKeySequence.StandardKey | QKeySequence, Callable[[], None]], ...] = (
            (QKeySequence.StandardKey.ZoomIn, self.zoom_in),
            (QKeySequence("Ctrl+="), self.zoom_in),
            (QKeySequence.StandardKey.ZoomOut, self.zoom_out),
            (QKeySequence("Ctrl+0"), self.reset_zoom),
        )
        for keys, action in actions:
            wanted = QKeySequence.keyBindings(keys) if isinstance(keys, QKeySequence.StandardKey) else [keys]
            if QKeySequence(event.keyCombination()) in wanted:
                action()
                event.accept()
                return
        scrolls = _SCROLLS.get(Qt.Key(event.key()))
        if scrolls is not None and event.modifiers() in (NO_MODIFIER, Qt.KeyboardModifier.KeypadModifier):
            self.verticalScrollBar().triggerAction(scrolls)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        self._paint_rules(painter, QRectF(event.rect()))
        painter.end()
        super().paintEvent(event)

    def _paint_rules(self, painter: QPainter, area: QRectF) -> None:
        """Draw the rule at the side of answers and quotations that are in view, one for a run of like blocks."""
        block = self.cursorForPosition(QPointF(self._margin, 0).toPoint()).block()
        while block.previous().isValid() and role_of(block.previous().blockFormat()) in _RULED:
            block = block.previous()
        while block.isValid():
            role = role_of(block.blockFormat())
            top, bottom = self._lines_of(block)
            if top > area.bottom():
                return
            if role in _RULED:
                while block.next().isValid() and role_of(block.next().blockFormat()) == role:
                    block = block.next()
                    bottom = self._lines_of(block)[1]
                colour = "accent" if role == Role.ANSWER.value else "border"
                painter.fillRect(QRectF(self.column[0], top + 3, 2, bottom - top - 6), self.theme.colour(colour))
            block = block.next()

    def _lines_of(self, block: QTextBlock) -> tuple[float, float]:
        """Return where the lines of a block begin and end in the viewport."""
        layout = block.layout()
        origin = self.document().documentLayout().blockBoundingRect(block).top() - self.verticalScrollBar().value()
        if not layout.lineCount():
            return origin, origin
        first, last = layout.lineAt(0), layout.lineAt(layout.lineCount() - 1)
        return origin + first.y(), origin + last.y() + last.height()


def _selection(cursor: QTextCursor) -> QTextEdit.ExtraSelection:
    selection = QTextEdit.ExtraSelection()
    selection.cursor = cursor
    return selection
