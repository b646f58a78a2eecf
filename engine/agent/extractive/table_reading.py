"""Tables and lists of a document that are read whole for a wide question.

Row by row they would be left out as repetitions, and of a list the best items alone would be kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.agent.extractive.table_columns import is_descriptive, speaks_of
from engine.agent.extractive.table_entries import entry_name, is_list_of_kind
from engine.agent.extractive.table_kind import can_name, is_list_of, is_of_kind, plain_heading
from engine.agent.extractive.table_names import is_table_of_kind
from engine.agent.extractive.table_rows import is_called
from engine.agent.roles import Selection
from engine.agent.table_cells import name_key
from engine.agent.wide import WideQuestion
from engine.domain import BlockKind
from engine.reading.document import Block, Document

RELEVANCE = 0.7
_MAX_CHARACTERS = 3_000
"""Of a piece of a table that becomes one passage."""
_MOST_PIECES = 4
_LEAST_ROWS = 2
_CAPTION_CHARACTERS = 200
_LEAST_ITEMS = 2
_MAX_LEAD_CHARACTERS = 600
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
        start = end = _start_with_caption(document, first)
        for block in document.blocks[first : last + 1]:
            if block.end - start > _MAX_CHARACTERS and end > start:
                found.append(Selection(start=start, end=end, relevance=RELEVANCE))
                start = block.start
            end = block.end
        found.append(Selection(start=start, end=end, relevance=RELEVANCE))
    found += _lists(document, wide, over=over, context=context)
    found += _sections(document, wide, over=over, context=context)
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


def _lists(document: Document, wide: WideQuestion, *, over: str, context: str) -> Iterator[Selection]:
    """The lists whose items say what they are of, are of the kind, and tell of a column; in pieces of whole items."""
    for lead, items in _runs_of_items(document, wide):
        texts = [document.text[start:end] for start, end in items]
        words = " ".join(document.text[lead.start : lead.end].split()) if lead is not None else ""
        first = document.block_at(items[0][0])
        headings = (over, *document.headings_above(first or 0))
        if not is_list_of_kind(words, texts, wide, headings=headings, context=context):
            continue
        telling = [column for column in wide.columns[1:] if is_descriptive(column) or _is_told(column, texts)]
        if not telling:
            continue
        start, end = (lead.start if lead is not None else items[0][0]), items[0][1]
        for (item_start, item_end), (_, last_end) in zip(items[1:], items, strict=False):
            has_gap = document.text[last_end:item_start].strip()
            if has_gap or item_end - start > _MAX_CHARACTERS:
                yield Selection(start=start, end=end, relevance=RELEVANCE)
                start = item_start
            end = item_end
        yield Selection(start=start, end=end, relevance=RELEVANCE)


def _sections(document: Document, wide: WideQuestion, *, over: str, context: str) -> Iterator[Selection]:
    """What stands under each of the headings below that of the kind: whole sections, as many as fit in one piece.

    A piece begins with a heading, so that it stands under the kind's and not under that of its first thing.
    """
    for place, block in enumerate(document.blocks):
        words = document.text[block.start : block.end]
        if block.kind is not BlockKind.HEADING or block.is_navigation or not is_list_of(plain_heading(words), wide):
            continue
        above = " ".join((over, *document.headings_above(place), words))
        if not is_of_kind(above, wide, context=context):
            continue
        spans = _sections_below(document, place, wide)
        if len(spans) < _LEAST_ITEMS:
            continue
        start, end = spans[0]
        for section_start, section_end in spans[1:]:
            if section_end - start > _MAX_CHARACTERS or document.text[end:section_start].strip():
                yield Selection(start=start, end=end, relevance=RELEVANCE)
                start = section_start
            end = section_end
        yield Selection(start=start, end=end, relevance=RELEVANCE)


def _sections_below(document: Document, place: int, wide: WideQuestion) -> list[tuple[int, int]]:
    """The spans of the sections whose headings stand one level below a heading and may name things; cut where long."""
    level = 0
    spans: list[tuple[int, int]] = []
    for block in document.blocks[place + 1 :]:
        if block.is_navigation:
            continue
        if block.kind is BlockKind.HEADING:
            if block.level <= document.blocks[place].level:
                break
            level = level or block.level
            if block.level == level:
                if not can_name(plain_heading(document.text[block.start : block.end]), wide):
                    return []
                spans.append((block.start, block.end))
                continue
        if (
            spans
            and block.end - spans[-1][0] <= _MAX_CHARACTERS
            and document.text[spans[-1][1] : block.start].isspace()
        ):
            spans[-1] = (spans[-1][0], block.end)
    return spans


def _is_told(column: str, items: Sequence[str]) -> bool:
    return sum(speaks_of(item, column, partly=True) for item in items) >= _LEAST_ITEMS


def _runs_of_items(document: Document, wide: WideQuestion) -> Iterator[tuple[Block | None, list[tuple[int, int]]]]:
    """The lists under each heading: the short block before, and the spans of the items with what stands under them."""
    lead: Block | None = None
    items: list[tuple[int, int]] = []
    for block in document.blocks:
        is_item = block.kind is BlockKind.LIST_ITEM and not block.is_navigation
        if is_item and entry_name(document.text[block.start : block.end], wide) is not None:
            items.append((block.start, block.end))
            continue
        if block.kind in (BlockKind.HEADING, BlockKind.TABLE_ROW) or block.is_navigation:
            if len(items) >= _LEAST_ITEMS:
                yield lead, items
            lead, items = None, []
        elif not items:
            is_short = block.kind is BlockKind.PARAGRAPH and block.end - block.start <= _MAX_LEAD_CHARACTERS
            lead = block if is_short and " " in document.text[block.start : block.end] else None
        elif block.end - items[-1][0] <= _MAX_CHARACTERS and not document.text[items[-1][1] : block.start].strip():
            items[-1] = (items[-1][0], block.end)
    if len(items) >= _LEAST_ITEMS:
        yield lead, items


def _is_wanted(document: Document, first: int, last: int, wide: WideQuestion, *, over: str, context: str) -> bool:
    if last - first + 1 < _LEAST_ROWS:
        return False
    rows = [_cells(document, index) for index in range(first, last + 1)]
    labels = {cell.partition(": ")[0].strip(" :") for row in rows[:_LOOKED_AT] for cell in row}
    is_of_them = is_list_of(rows[0][0].strip(" :"), wide)
    if not is_of_them and not any(is_called(label, column) for label in labels for column in wide.columns[1:]):
        return False
    if wide.named:
        wanted = {name_key(name) for name in wide.named}
        return any(name_key(cell.rpartition(": ")[2]) in wanted for row in rows for cell in row)
    words = [over, *document.headings_above(first), rows[0][0]]
    if first and document.blocks[first - 1].kind is BlockKind.PARAGRAPH:
        before = document.blocks[first - 1]
        words.append(document.text[before.start : before.end][-_CAPTION_CHARACTERS:])
    return is_table_of_kind(" · ".join(words), wide, context=context)


def _start_with_caption(document: Document, first: int) -> int:
    """Where a table begins, with the short paragraph right before it."""
    before = document.blocks[first - 1] if first else None
    if before is None or before.kind is not BlockKind.PARAGRAPH or before.is_navigation:
        return document.blocks[first].start
    return before.start if before.end - before.start <= _CAPTION_CHARACTERS else document.blocks[first].start


def _cells(document: Document, index: int) -> list[str]:
    block = document.blocks[index]
    return document.text[block.start : block.end].split("\t")
