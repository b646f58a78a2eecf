"""Tables of a document that are read whole for a wide question: row by row they would be left out as repetitions."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agent.extractive.table_rows import is_called
from engine.agent.extractive.table_things import is_about
from engine.agent.roles import Selection
from engine.agent.table_cells import name_key
from engine.agent.wide import WideQuestion
from engine.domain import BlockKind
from engine.reading.document import Document

RELEVANCE = 0.7
_MAX_CHARACTERS = 3_000
"""Of a piece of a table that becomes one passage."""
_MOST_PIECES = 4
_LEAST_ROWS = 2
_CAPTION_CHARACTERS = 200
_LOOKED_AT = 4
"""Rows that tell what the columns are called."""


def table_selections(document: Document, wide: WideQuestion, *, over: str, context: str) -> tuple[Selection, ...]:
    """Return the tables whose columns are asked for and that stand under words on the kind of thing; in pieces.

    Args:
        document: the one that is read.
        wide: what a table is wanted of.
        over: the title of the source.
        context: what is known of its collection, such as the end of its address.
    """
    found: list[Selection] = []
    for first, last in _tables(document):
        if not _is_wanted(document, first, last, wide, over=over, context=context):
            continue
        start = document.blocks[first].start
        end = start
        for block in document.blocks[first : last + 1]:
            if block.end - start > _MAX_CHARACTERS and end > start:
                found.append(Selection(start=start, end=end, relevance=RELEVANCE))
                start = block.start
            end = block.end
        found.append(Selection(start=start, end=end, relevance=RELEVANCE))
    return tuple(found[:_MOST_PIECES])


def _tables(document: Document) -> Iterator[tuple[int, int]]:
    """The first and the last block of each run of rows."""
    first: int | None = None
    for index, block in enumerate(document.blocks):
        is_row = block.kind is BlockKind.TABLE_ROW and not block.is_navigation
        if is_row and first is None:
            first = index
        elif not is_row and first is not None:
            yield first, index - 1
            first = None
    if first is not None:
        yield first, len(document.blocks) - 1


def _is_wanted(document: Document, first: int, last: int, wide: WideQuestion, *, over: str, context: str) -> bool:
    if last - first + 1 < _LEAST_ROWS:
        return False
    rows = [_cells(document, index) for index in range(first, last + 1)]
    labels = {cell.partition(": ")[0].strip(" :") for row in rows[:_LOOKED_AT] for cell in row}
    if not any(is_called(label, column) for label in labels for column in wide.columns[1:]):
        return False
    if wide.named:
        wanted = {name_key(name) for name in wide.named}
        return any(name_key(cell.rpartition(": ")[2]) in wanted for row in rows for cell in row)
    words = [over, *document.headings_above(first), rows[0][0]]
    if first and document.blocks[first - 1].kind is BlockKind.PARAGRAPH:
        before = document.blocks[first - 1]
        words.append(document.text[before.start : before.end][-_CAPTION_CHARACTERS:])
    return is_about(" · ".join(words), wide, context=context)


def _cells(document: Document, index: int) -> list[str]:
    block = document.blocks[index]
    return document.text[block.start : block.end].split("\t")
