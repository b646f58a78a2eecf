"""A document as text: one string, and the blocks that say what each stretch of it is.

Every format ends in this shape, so nothing after extraction knows what the bytes were.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from engine.domain import BlockKind, Locator, Reference

__all__ = ["Block", "BlockKind", "Document"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One paragraph-like stretch of a document's text. Blocks are in order and do not overlap."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Of a heading: 1 to 6. Otherwise 0."""
    page: int | None = None
    """1-based page or slide, where the format has them."""
    anchor: str = ""
    """The nearest fragment at or above the block by which the original can be opened there."""
    is_navigation: bool = False
    """Whether the block is a table of contents, an index, a menu: it names things and says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The text of a page or file and its structure."""

    title: str
    text: str
    blocks: tuple[Block, ...]
    format: str
    """``html``, ``markdown``, ``text``, ``pdf``, ``docx``, ``odt``, ``rtf``, ``epub``, ``xlsx``, ``csv``, ``pptx``."""
    language: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    warnings: tuple[str, ...] = ()
    """In words for the person: what is missing from the text and why."""
    reference: Reference = field(default_factory=Reference)
    """What else it says of itself that a reference list needs."""

    def block_at(self, offset: int) -> int | None:
        """Return the index of the block that holds the offset, or None between blocks."""
        index = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        if index >= 0 and offset < self.blocks[index].end:
            return index
        return None

    def locator_at(self, offset: int) -> Locator:
        """Return where the offset stands: page, headings above it, fragment."""
        index = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        if index < 0:
            return Locator()
        block = self.blocks[index]
        return Locator(page=block.page, section=self.headings_above(index), anchor=block.anchor)

    def headings_above(self, block_index: int) -> tuple[str, ...]:
        """Return the texts of the headings that a block stands under, outermost first."""
        found: list[str] = []
        level = 7
        for block in reversed(self.blocks[: block_index + 1]):
            if block.kind is BlockKind.HEADING and block.level < level:
                if block is not self.blocks[block_index]:
                    found.append(self.text[block.start : block.end])
                level = block.level
                if level <= 1:
                    break
        return tuple(reversed(found))
