"""What writes a report's characters: blocks, sentences with their chips and marks, and where each sentence stands.

Nothing is ever markup on the way to the page, so no text can become any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor

from desktop.evidence import lone_words
from desktop.plain_text import as_tip, laid_out, one_line
from desktop.views.citation_chip import GLUE, OBJECT_CHARACTER, STATE_COLOURS, glue_format
from desktop.views.inline_signs import reader_format
from desktop.views.typesetting import Typesetting, underlined
from desktop.web_words import site_of
from engine.agent.state import RunState
from engine.citations.numbering import CitationMark, Numbering
from engine.domain import Claim, ClaimId, ClaimState, PassageId

PLAIN_STATES = frozenset({ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE, ClaimState.UNCHECKED})
"""States whose remark is only in the card."""


class InsertChip(Protocol):
    """Writes a citation chip at a cursor."""

    def __call__(
        self,
        cursor: QTextCursor,
        characters: QTextCharFormat,
        *,
        label: str,
        passage: PassageId,
        claim: ClaimId | None = None,
        shows_state: bool = True,
    ) -> None: ...


class Pen:
    """Writes at a cursor; ``spans`` tells afterwards where each sentence is."""

    def __init__(
        self,
        cursor: QTextCursor,
        *,
        setting: Typesetting,
        state: RunState,
        numbering: Numbering,
        insert_chip: InsertChip,
        spans: dict[ClaimId, tuple[int, int]] | None = None,
    ) -> None:
        self.cursor = cursor
        self.setting = setting
        self.state = state
        self.numbering = numbering
        self._insert_chip = insert_chip
        self.spans: dict[ClaimId, tuple[int, int]] = {} if spans is None else spans
        """First position of each sentence and the one behind it, without what is in a nested pen's table."""
        self._is_fresh = True
        self._has_begun = spans is not None

    def within(self, cursor: QTextCursor) -> Pen:
        """Return a pen for a cell of a table."""
        return Pen(
            cursor,
            setting=self.setting,
            state=self.state,
            numbering=self.numbering,
            insert_chip=self._insert_chip,
            spans=self.spans,
        )

    def leave_table(self, last_position: int) -> None:
        """Go on behind a table: there is an empty block, which the next one takes."""
        self.cursor.setPosition(last_position + 1)
        self._is_fresh = True

    # --- blocks ---

    def begin(self, block: QTextBlockFormat) -> None:
        """Begin a block."""
        if self._is_fresh:
            if not self._has_begun:
                block.setTopMargin(0)
                self._has_begun = True
            self.cursor.setBlockFormat(block)
            self._is_fresh = False
        else:
            self.cursor.insertBlock(block)

    def heading(self, text: str, *, key: str, colour: str = "") -> None:
        """Write a heading of the first level."""
        self.begin(self.setting.heading_block(key=key))
        characters = self.setting.heading()
        if colour:
            characters = QTextCharFormat(characters)
            characters.setForeground(self.setting.colour(colour))
        self.text(one_line(text, limit=600), characters)

    # --- inside ---

    def text(self, text: str, characters: QTextCharFormat) -> None:
        """Write characters."""
        self.cursor.insertText(text, characters)

    def chip(
        self, characters: QTextCharFormat, mark: CitationMark, *, claim: ClaimId | None, shows_state: bool
    ) -> None:
        """Write a citation."""
        self._insert_chip(
            self.cursor, characters, label=mark.label, passage=mark.passage_id, claim=claim, shows_state=shows_state
        )

    def sentence(
        self, claim: Claim, characters: QTextCharFormat, *, text: str | None = None, has_remark: bool = True
    ) -> None:
        """Write a claim with everything that belongs to it; ``text`` is what stands for it in a table."""
        start = self.cursor.position()
        words = laid_out(" ".join((claim.text if text is None else text).split()))
        self._words(words, claim, characters)
        marks = self.numbering.marks_of(claim)
        for place, mark in enumerate(marks):
            self.chip(characters, mark, claim=claim.id, shows_state=place == 0)
        for mark in self.numbering.agreeing_marks_of(claim):
            self.chip(characters, mark, claim=claim.id, shows_state=False)
        reader = self.state.marks.get(claim.id)
        if reader is not None:
            if not marks:
                self.text(GLUE, glue_format(characters))
            self.text(OBJECT_CHARACTER, reader_format(reader, characters))
        self.spans[claim.id] = (start, self.cursor.position())
        if has_remark and claim.remark and claim.state not in PLAIN_STATES:
            remark = f"\u2002{one_line(claim.remark, limit=600)}"
            self.text(remark, self.setting.small(STATE_COLOURS[claim.state]))

    def _words(self, words: str, claim: Claim, characters: QTextCharFormat) -> None:
        """Write the words; figures that only one place states have a dotted line under them."""
        if not claim.lone_figures:
            self.text(words, characters)
            return
        passage = self.state.passages.get(claim.passages[0]) if claim.passages else None
        source = self.state.sources.get(passage.source_id) if passage is not None else None
        tip = as_tip(lone_words(claim, is_web=source is not None and bool(site_of(source.address))))
        lone = underlined(characters, self.setting.colour(STATE_COLOURS[ClaimState.SINGLE_SOURCE]), tip=tip)
        at = 0
        for start, end in lone_spans(words, claim.lone_figures):
            self.text(words[at:start], characters)
            self.text(words[start:end], lone)
            at = end
        self.text(words[at:], characters)


def lone_spans(text: str, figures: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield where the figures stand in a text, in order, longer ones first and never within a longer number."""
    wanted = sorted({laid_out(" ".join(one.split())) for one in figures} - {""}, key=len, reverse=True)
    if not wanted:
        return
    pattern = "|".join(re.escape(one) for one in wanted)
    for found in re.finditer(rf"(?<!\d)(?<!\d[.,])(?:{pattern})(?!\d)(?![.,]\d)", text):
        yield found.span()
