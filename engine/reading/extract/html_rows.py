"""Rows of tables in a page: which are real, which are there for the layout, and what a row says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engine.reading.document import BlockKind
from engine.reading.extract.draft import one_line
from engine.reading.extract.html_navigation import HtmlDraft
from engine.reading.extract.html_tags import ROW_BREAKERS
from engine.reading.extract.tables import labelled

_ROW_BLOCKS = ("p", "li", "div")
_MAX_BLOCKS_IN_ROW = 12
_GRID_CELL = frozenset({"table-header", "even-row-color", "odd-row-color", "col-first", "col-last"})


@dataclass(slots=True)
class Table:
    """A table that is open."""

    header: tuple[str, ...] = ()


@dataclass(slots=True)
class Row:
    """A row that is open, with the cells that are complete."""

    anchor: str
    is_grid: bool = False
    """Whether it is made of <div>s, as in the API documentation of Java."""
    depth: int = 0
    """Of a grid, how many elements of the current cell are open; else rows that are, wrongly, open inside this one."""
    is_last_cell: bool = False
    cells: list[str] = field(default_factory=list)
    are_headers: list[bool] = field(default_factory=list)
    link_characters: int = 0

    def begin_cell(self, *, is_header: bool, is_last: bool = False) -> None:
        """Note what kind of cell is coming."""
        self.are_headers.append(is_header)
        self.is_last_cell = is_last

    def end_cell(self, text: str, link_characters: int) -> None:
        """Keep a cell's text."""
        self.cells.append(one_line(text))
        self.link_characters += link_characters

    def draft(self, table: Table) -> HtmlDraft | None:
        """Return the block the row makes, None for an empty one; a row of names becomes the header of its table."""
        cells = self.cells
        filled = [cell for cell in cells if cell]
        if not filled:
            return None
        if len(filled) >= 2 and all(self.are_headers):
            table.header = tuple(cells)
        elif len(filled) >= 2 and len(table.header) == len(cells):
            filled = [cell for cell in labelled(cells, table.header) if cell]
        return HtmlDraft(
            kind=BlockKind.TABLE_ROW if len(filled) >= 2 else BlockKind.PARAGRAPH,
            text="\t".join(filled),
            anchor=self.anchor,
            link_characters=self.link_characters,
        )


def is_simple_row(row: Any) -> bool:
    """Return whether the cells hold values rather than parts of the page."""
    for blocks, element in enumerate(row.iterdescendants(*ROW_BREAKERS, *_ROW_BLOCKS)):
        if element.tag in ROW_BREAKERS or blocks > _MAX_BLOCKS_IN_ROW:
            return False
    return True


def is_grid_cell(element: Any) -> bool:
    """Return whether a <div> is a cell of a row made of such; the columns of a page's layout have similar names."""
    label = element.get("class")
    return label is not None and label.startswith("col-") and not _GRID_CELL.isdisjoint(label.split())
