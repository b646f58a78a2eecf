"""A document cut into what is set one by one: its blocks, long ones in parts, and marks of pages in between. No Qt."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from engine.reading.document import Block, BlockKind, Document

_MOST_BLOCKS: Final = 24_000
"""Of a document that are set on either side of the wanted place; beyond that the original is the better view."""
_PIECE_CHARACTERS: Final = 2_000
"""A longer block is set in pieces, because a paragraph is laid out in one go."""
_COSTLY_PIECE_CHARACTERS: Final = 500
_LAST_CHEAP: Final = "\u2dff"
_COSTLY: Final = 20
"""Times the cost of a Latin character, measured: beyond that every character goes through the fallback fonts."""
_MOST_COLUMNS: Final = 16
_WIDEST_CELL: Final = 32
_BULLET: Final = "•\t"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What becomes one text block."""

    start: int
    end: int
    block: Block | None = None
    """The block of the document that it is, or is part of."""
    is_first: bool = True
    is_last: bool = True
    note: str = ""
    """What is said instead, where it is no part of the document: the number of a page, what is left out."""

    @property
    def prefix(self) -> str:
        """What stands in front of the text."""
        is_item = self.block is not None and self.block.kind is BlockKind.LIST_ITEM and not self.block.is_navigation
        return _BULLET if is_item and self.is_first else ""

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table."""
        return self.block is not None and self.block.kind is BlockKind.TABLE_ROW


def pieces_of(document: Document, *, around: int) -> list[Piece]:
    """Return what is set of a document, in order; of a huge one the stretch around an offset."""
    blocks: Sequence[Block] = document.blocks
    if not blocks and document.text:
        blocks = (Block(kind=BlockKind.PARAGRAPH, start=0, end=len(document.text)),)
    middle = max(0, bisect_right(blocks, around, key=_start) - 1)
    first, last = max(0, middle - _MOST_BLOCKS), min(len(blocks), middle + _MOST_BLOCKS)
    pieces: list[Piece] = []
    if first > 0:
        start = blocks[first].start
        pieces.append(Piece(start=start, end=start, note="What comes before is too long to be shown here"))
    page: int | None = None
    for block in blocks[first:last]:
        if block.page is not None and block.page != page:
            page = block.page
            pieces.append(Piece(start=block.start, end=block.start, note=f"page {page}"))
        if block.end - block.start <= _COSTLY_PIECE_CHARACTERS:
            pieces.append(Piece(start=block.start, end=block.end, block=block))
        else:
            pieces.extend(_cut(document.text, block))
    if last < len(blocks):
        end = blocks[last - 1].end
        pieces.append(Piece(start=end, end=end, note="What comes after is too long to be shown here"))
    return pieces


def cost(text: str) -> int:
    """Return what a text costs to lay out, in Latin characters."""
    return len(text) if text.isascii() else sum(_COSTLY if one > _LAST_CHEAP else 1 for one in text)


def column_starts(rows: list[list[int]]) -> list[float]:
    """Return where the second and later columns begin, in characters, from the lengths of cells."""
    columns = max((len(row) for row in rows), default=0)
    starts, at = [], 0.0
    for column in range(min(columns, _MOST_COLUMNS) - 1):
        longest = max((row[column] for row in rows if column < len(row)), default=0)
        at += min(longest, _WIDEST_CELL) + 3
        starts.append(at)
    return starts


def _cut(text: str, block: Block) -> list[Piece]:
    """Cut a long block behind white space or the end of a sentence, or anywhere if there is none."""
    pieces = []
    start = block.start
    while start < block.end:
        is_costly = cost(text[start : start + _PIECE_CHARACTERS]) > 2 * _PIECE_CHARACTERS
        end = min(block.end, start + (_COSTLY_PIECE_CHARACTERS if is_costly else _PIECE_CHARACTERS))
        if end < block.end:
            gap = max(text.rfind(one, (start + end) // 2, end) for one in " \n。")
            end = gap + 1 if gap > start else end
        is_first, is_last = start == block.start, end == block.end
        pieces.append(Piece(start=start, end=end, block=block, is_first=is_first, is_last=is_last))
        start = end
    return pieces


def _start(block: Block) -> int:
    return block.start
