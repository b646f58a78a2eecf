"""A passage in its place: the paragraph it stands in, so that a reader sees what was said around it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain import Passage
from engine.reading.document import BlockKind, Document

_MARGIN_CHARACTERS = 700
"""Of the paragraph, on either side of the passage. Some documents are one paragraph of a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageInContext:
    """``before + quote + after`` is a stretch of the archived text, word for word."""

    before: str
    quote: str
    after: str
    starts_midway: bool
    """Whether the paragraph begins earlier than ``before``."""
    ends_midway: bool
    is_code: bool
    """Whether the line breaks and indentation carry meaning."""


def in_context(passage: Passage, document: Document, *, margin: int = _MARGIN_CHARACTERS) -> PassageInContext | None:
    """Return the passage with the rest of its paragraphs, at most ``margin`` characters on either side.

    Returns None if the document does not have the passage's words at the passage's place: then nothing around it
    may be shown as its context.
    """
    if document.text[passage.start : passage.end] != passage.quote or not passage.quote:
        return None
    first = document.block_at(passage.start)
    last = document.block_at(passage.end - 1)
    start = passage.start if first is None else min(passage.start, document.blocks[first].start)
    end = passage.end if last is None else max(passage.end, document.blocks[last].end)
    shown_start = _word_start(document.text, max(start, passage.start - margin), start, passage.start)
    shown_end = _word_end(document.text, min(end, passage.end + margin), end, passage.end)
    return PassageInContext(
        before=document.text[shown_start : passage.start],
        quote=passage.quote,
        after=document.text[passage.end : shown_end],
        starts_midway=shown_start > start,
        ends_midway=shown_end < end,
        is_code=first is not None and document.blocks[first].kind in (BlockKind.CODE, BlockKind.TABLE_ROW),
    )


def _word_start(text: str, position: int, lowest: int, highest: int) -> int:
    """Move a cut forward to the start of a word, if one begins before the passage does."""
    if position <= lowest:
        return position
    space = next((i for i in range(position, min(position + 40, highest)) if text[i].isspace()), None)
    return position if space is None else space + 1


def _word_end(text: str, position: int, highest: int, lowest: int) -> int:
    """Move a cut back to the end of a word, if one ends after the passage does."""
    if position >= highest:
        return position
    space = next((i for i in range(position, max(position - 40, lowest), -1) if text[i].isspace()), None)
    return position if space is None else space
