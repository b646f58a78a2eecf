"""Plain text in lines of a fixed width, and tables in it: aligned where they fit, row below row where they do not."""

from __future__ import annotations

import textwrap
import unicodedata

WIDTH = 78
TIE = "\0"
"""Stands for a space at which no line ends; no printable text has one."""

_GAP = "  "
_LONGEST_CELL = 40
"""Columns: what is wider is not read in a column any more."""


def wrapped(text: str, *, first: str = "", indent: str = "") -> str:
    """Return the text in lines of at most ``WIDTH`` columns; longer words stay whole."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        expand_tabs=False,
        replace_whitespace=False,
    )
    return "\n".join(lines).replace(TIE, " ")


def laid_out(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a table, each cell on one line where all of it fits into the width.

    Otherwise each row is a block: its first cell, and below it the others with the name of their column.
    """
    table = [columns, *rows]
    shown = [tuple(cell.replace(TIE, " ") for cell in row) for row in table]
    widths = [max(_columns(row[at]) for row in shown) for at in range(len(columns))]
    if sum(widths) + len(_GAP) * (len(widths) - 1) <= WIDTH and max(widths) <= _LONGEST_CELL:
        head, *body = shown
        ruler = _GAP.join("-" * width for width in widths)
        return "\n".join([_aligned(head, widths), ruler, *(_aligned(row, widths) for row in body)])
    return "\n\n".join(_stacked(columns, row) for row in rows)


def _aligned(row: tuple[str, ...], widths: list[int]) -> str:
    cells = (cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True))
    return _GAP.join(cells).rstrip()


def _stacked(columns: tuple[str, ...], row: tuple[str, ...]) -> str:
    lines = [wrapped(f"{columns[0]}: {row[0]}" if columns[0] else row[0], indent="  ")]
    lines += [
        wrapped(f"{column}: {cell}" if column else cell, first=" " * 4, indent=" " * 6)
        for column, cell in zip(columns[1:], row[1:], strict=True)
    ]
    return "\n".join(lines)


def _columns(text: str) -> int:
    """How many columns a terminal takes for a text."""
    return sum(
        0
        if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(sign) in ("W", "F")
        else 1
        for sign in text
    )
