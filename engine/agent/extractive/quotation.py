"""The quote of a passage as a small document of its own, so that its sentences can be weighed like any others."""

from __future__ import annotations

import re

from engine.domain import Passage, Source
from engine.reading.document import Block, BlockKind, Document
from engine.reading.sentences import sentence_spans

_ENTRY = re.compile(r"[^\s.!?][^.!?\n]{0,60}: \S")


def quote_spans(quote: str) -> tuple[tuple[int, int], ...]:
    """Return the spans of the sentences of a quote; each line begins a new one, since blocks are lines."""
    found: list[tuple[int, int]] = []
    position = 0
    for line in quote.split("\n"):
        if "\t" in line:
            left = len(line) - len(line.lstrip())
            found.append((position + left, position + len(line.rstrip())))
        else:
            found += [(position + start, position + end) for start, end in sentence_spans(line)]
        position += len(line) + 1
    return tuple(found)


def quotation(passage: Passage, source: Source) -> tuple[Document, int]:
    """Return a document of the headings above a passage and its quote, and where in it the quote begins."""
    text = ""
    blocks: list[Block] = []
    for level, heading in enumerate(passage.locator.section[-6:], start=1):
        blocks.append(Block(kind=BlockKind.HEADING, start=len(text), end=len(text) + len(heading), level=level))
        text += f"{heading}\n\n"
    offset = len(text)
    text += passage.quote
    position = offset
    for line in passage.quote.split("\n"):
        if line.strip():
            kind = BlockKind.TABLE_ROW if "\t" in line else BlockKind.PARAGRAPH
            if _ENTRY.match(line):
                kind = BlockKind.LIST_ITEM
            blocks.append(Block(kind=kind, start=position, end=position + len(line)))
        position += len(line) + 1
    return Document(title=source.title, text=text, blocks=tuple(blocks), format=source.format), offset
