"""A passage in its paragraph: the passage on a coloured ground, and the words of the claim on a stronger one."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop.evidence import Evidence
from desktop.plain_text import laid_out
from desktop.theme import Theme
from desktop.views.reading_view import ReadingView
from desktop.views.typesetting import Role, Typesetting, with_ground
from engine.citations.context import PassageInContext
from resources.tokens import SPACE_2, TEXT_PX

_MOST_TEXT: Final = 196
"""Height of the passage, in logical pixels; longer ones scroll."""


class PassageText(ReadingView):
    """The paragraph of a passage, as high as it needs to be up to a limit."""

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
        """Show what a citation leads to; without its context, the quote alone and that the rest is not there."""
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
