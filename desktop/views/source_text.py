"""The archived text of a source as a page to read, set in small steps around the place that is wanted.

A megabyte of text is a second of layout: the stretch around the cited words comes first, the rest follows while the
window stays awake.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

from PySide6.QtCore import QPointF, QTimer, Signal
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from desktop.plain_text import laid_out, utf16_length
from desktop.theme import Theme
from desktop.views.reading_view import ReadingView
from desktop.views.source_pieces import Piece, column_starts, cost, pieces_of
from desktop.views.typesetting import Property, Role, Typesetting, with_ground
from engine.reading.document import BlockKind, Document
from resources.tokens import READING_LINE, SPACE_1, SPACE_2, SPACE_3, SPACE_4

Span = tuple[int, int]
"""Start and end in the archived text, half-open."""

_FIRST_PIECES: Final = 60
_STEP_PIECES: Final = 80
_STEP_CHARACTERS: Final = 8_000
_MOST_TABLE_ROWS: Final = 60
"""That decide on the columns of a table."""


class SourceText(ReadingView):
    """Shows a document; ``is_complete`` says whether all of it has been set."""

    completed = Signal()

    bottom_margin = 160

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._document: Document | None = None
        self._pieces: list[Piece] = []
        self._starts: list[int] = []
        self._low = self._high = 0
        self._highlight: Span | None = None
        self._others: tuple[Span, ...] = ()
        self._wanted_find = ""
        self._columns: dict[int, list[float]] = {}
        super().__init__(theme, parent, margin=SPACE_4)
        self.setAccessibleName("Text of the source")
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._set_more)

    # --- showing ---

    @property
    def is_complete(self) -> bool:
        """Whether everything that will be set is set."""
        return self._low == 0 and self._high == len(self._pieces)

    def show_document(self, document: Document | None, *, highlight: Span | None, others: Sequence[Span]) -> None:
        """Show a document at a span.

        Args:
            document: None empties the page.
            highlight: the words to bring into view and mark.
            others: other spans, marked more quietly.
        """
        self._document = document
        self._highlight, self._others = highlight, tuple(others)
        wanted = highlight[0] if highlight is not None else 0
        self._pieces = pieces_of(document, around=wanted) if document is not None else []
        self._starts = [piece.start for piece in self._pieces]
        self._columns = {}
        self._begin_at(self._piece_at(wanted))
        if highlight is not None:
            self.go_to(highlight)
        else:
            self.verticalScrollBar().setValue(0)

    def highlight(self, span: Span) -> None:
        """Mark another of the spans as the one that is meant, and go there."""
        everything = {*self._others, *([self._highlight] if self._highlight is not None else [])}
        self._highlight = span
        self._others = tuple(sorted(everything - {span}))
        piece = self._piece_at(span[0])
        if not self._low <= piece < self._high:
            self._begin_at(piece)
        self._mark_passages()
        self.go_to(span)

    def go_to(self, span: Span) -> None:
        """Scroll to a span that is set."""
        cursor = self._cursor_of(span)
        if cursor is not None:
            cursor.clearSelection()
            self.setTextCursor(cursor)
            self.show_range(cursor)

    def text_position(self, offset: int) -> int | None:
        """Return the position on the page of an offset of the archived text, or None if that is not set (yet)."""
        if self._document is None or not self._pieces:
            return None
        number = self._piece_at(offset)
        if not self._low <= number < self._high:
            return None
        piece = self._pieces[number]
        block = self.document().findBlockByNumber(number - self._low)
        inside = self._document.text[piece.start : max(piece.start, min(offset, piece.end))]
        return block.position() + len(piece.prefix) + utf16_length(inside)

    def marked_text(self) -> str:
        """Return the words under the strong mark."""
        cursor = self._cursor_of(self._highlight) if self._highlight is not None else None
        return cursor.selectedText() if cursor is not None else ""

    # --- setting ---

    def _begin_at(self, piece: int) -> None:
        """Set the stretch around a piece and leave the rest to the timer."""
        self._timer.stop()
        self._low = max(0, piece - _FIRST_PIECES // 2)
        self._high = min(len(self._pieces), piece + _FIRST_PIECES)
        self._low, self._high = self._bounded(self._low, self._high, keep=piece)
        self._set_text()
        self._mark_passages()
        if not self.is_complete:
            self._timer.start()
        else:
            self.completed.emit()

    def _set(self, cursor: QTextCursor) -> None:
        for number in range(self._low, self._high):
            self._write(cursor, number, is_new=number > self._low)

    def _set_anew(self) -> None:
        self.typesetting = Typesetting(self.theme, zoom=self._zoom)
        if not self._pieces:
            self._set_text()
            return
        block = self.cursorForPosition(QPointF(self._margin, 1).toPoint()).block()
        top = min(len(self._pieces) - 1, self._low + block.blockNumber())
        offset = self.block_top(block) - self.verticalScrollBar().value()
        self._begin_at(top)
        again = self.document().findBlockByNumber(top - self._low)
        self.verticalScrollBar().setValue(round(self.block_top(again) - offset))

    def _set_more(self) -> None:
        """Set the next stretch below, then the next above."""
        if self._high < len(self._pieces):
            self._append()
        if self._low > 0:
            self._prepend()
        self._mark_passages()
        if self.is_complete:
            self._timer.stop()
            if self._wanted_find:
                self.find_all(self._wanted_find)
            self.completed.emit()

    def _append(self) -> None:
        end = self._bounded(self._high, min(len(self._pieces), self._high + _STEP_PIECES), keep=self._high)[1]
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for number in range(self._high, end):
            self._write(cursor, number, is_new=True)
        cursor.endEditBlock()
        self._high = end

    def _prepend(self) -> None:
        start = self._bounded(max(0, self._low - _STEP_PIECES), self._low, keep=self._low - 1)[0]
        bar = self.verticalScrollBar()
        first = self.document().begin()
        before = self.block_top(first)
        offset = bar.value() - before
        format_of_first = QTextBlockFormat(first.blockFormat())
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.insertBlock(format_of_first)
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        for number in range(start, self._low):
            self._write(cursor, number, is_new=number > start)
        cursor.endEditBlock()
        moved = self.document().findBlockByNumber(self._low - start)
        self._low = start
        bar.setValue(round(self.block_top(moved) + offset))

    def _bounded(self, low: int, high: int, *, keep: int) -> tuple[int, int]:
        """Narrow a range of pieces around one of them until it is little enough to be laid out at once."""
        work, start, end = 0, keep, keep
        while end < high and work < _STEP_CHARACTERS:
            work += cost(self._text_of(self._pieces[end]))
            end += 1
        work = 0
        while start > low and work < _STEP_CHARACTERS:
            start -= 1
            work += cost(self._text_of(self._pieces[start]))
        return start, end

    def _text_of(self, piece: Piece) -> str:
        return self._document.text[piece.start : piece.end] if self._document is not None else ""

    def _write(self, cursor: QTextCursor, number: int, *, is_new: bool) -> None:
        piece = self._pieces[number]
        block, characters = self._formats(piece, number)
        block.setProperty(Property.KEY, f"piece:{number}")
        if is_new:
            cursor.insertBlock(block, characters)
        else:
            cursor.setBlockFormat(block)
            cursor.setBlockCharFormat(characters)
        if piece.block is None:
            cursor.insertText(piece.note, characters)
            return
        if piece.prefix:
            cursor.insertText(piece.prefix, self.typesetting.small())
        cursor.insertText(laid_out(self._text_of(piece)), characters)

    def _formats(self, piece: Piece, number: int) -> tuple[QTextBlockFormat, QTextCharFormat]:
        setting = self.typesetting
        source = piece.block
        if source is None:
            return setting.note(top=SPACE_4, bottom=SPACE_2), setting.label()
        bottom = SPACE_2 if piece.is_last else 0
        ends_group = piece.is_last and not self._is_followed_by_its_like(number)
        if source.is_navigation:
            return setting.note(bottom=SPACE_1), setting.small()
        match source.kind:
            case BlockKind.HEADING:
                level = min(3, max(1, source.level))
                return setting.heading_block(level), setting.heading(level)
            case BlockKind.LIST_ITEM:
                block = setting.block(Role.ITEM, bottom=SPACE_3 if ends_group else bottom / 2, left=SPACE_4)
                if piece.is_first:
                    setting.hang(block)
                return block, setting.body()
            case BlockKind.CODE:
                line_px = setting.code().font().pixelSize() * READING_LINE
                block = setting.block(Role.CODE, bottom=bottom, left=SPACE_2, line_px=line_px)
                block.setBackground(setting.colour("code"))
                return block, setting.code()
            case BlockKind.TABLE_ROW:
                line_px = setting.small_px * READING_LINE
                block = setting.block(Role.CODE, bottom=SPACE_3 if ends_group else SPACE_1, line_px=line_px)
                self._tabulate(block, number)
                return block, setting.small("text")
            case BlockKind.QUOTE:
                return setting.quote(bottom=bottom), setting.body()
            case _:
                return setting.paragraph(bottom=bottom), setting.body()

    def _is_followed_by_its_like(self, number: int) -> bool:
        """Return whether the next piece is of the same kind, as in a list or a table."""
        here = self._pieces[number].block
        following = self._pieces[number + 1].block if number + 1 < len(self._pieces) else None
        return here is not None and following is not None and here.kind is following.kind

    def _tabulate(self, block: QTextBlockFormat, number: int) -> None:
        """Give all rows of one table the same columns; what does not fit wraps within the last one."""
        first = number
        while first > 0 and number - first < _MOST_TABLE_ROWS and self._pieces[first - 1].is_row:
            first -= 1
        if first not in self._columns:
            rows = itertools.takewhile(attrgetter("is_row"), self._pieces[first : first + _MOST_TABLE_ROWS])
            self._columns[first] = column_starts([self._cells(row) for row in rows])
        each = self.typesetting.small_px * 0.56
        starts = [start * each for start in self._columns[first]]
        room = self.column[1] - 12 * each
        if starts and starts[-1] > room:
            starts = [start * room / starts[-1] for start in starts]
        self.typesetting.tabulate(block, starts)

    def _cells(self, piece: Piece) -> list[int]:
        return [len(cell) for cell in self._text_of(piece).split("\t")]

    # --- marks ---

    def _mark_passages(self) -> None:
        self._passage_marks = []
        quiet, loud = self.theme.colour("highlight_quiet"), self.theme.colour("highlight")
        spans = [(span, quiet) for span in self._others]
        if self._highlight is not None:
            spans.append((self._highlight, loud))
        for span, colour in spans:
            cursor = self._cursor_of(span)
            if cursor is not None:
                selection = QTextEdit.ExtraSelection()
                selection.cursor = cursor
                selection.format = with_ground(QTextCharFormat(), colour)
                self._passage_marks.append(selection)
        self._show_marks()

    def _cursor_of(self, span: Span) -> QTextCursor | None:
        start, end = self.text_position(span[0]), self.text_position(max(span[0], span[1] - 1))
        if start is None or end is None or self._document is None:
            return None
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        last = self._document.text[span[1] - 1 : span[1]]
        limit = self.document().characterCount() - 1
        cursor.setPosition(min(limit, end + utf16_length(last)), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _piece_at(self, offset: int) -> int:
        """Return the piece that holds an offset, or the last before it."""
        number = max(0, bisect_right(self._starts, offset) - 1)
        while number + 1 < len(self._pieces) and self._pieces[number].block is None:
            number += 1
        return number

    # --- finding ---

    def find_all(self, text: str) -> int:
        """Mark every occurrence in what is set; once all is set, everywhere."""
        self._wanted_find = "" if self.is_complete else text
        return super().find_all(text)
