"""Rows of tables as lines that can be read, found and cited by themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MAX_LABELLED_LENGTH = 60
_NUMBER = re.compile(r"[-+−±~≈<>≤≥$€£¥]?\s?[\d.,'\s\u00a0\u202f]*\d[\d.,]*\s?%?")


def labelled(cells: Sequence[str], header: Sequence[str]) -> list[str]:
    """Return the cells with the names of their columns before short values; the first often names the row itself."""
    result = []
    for index, (cell, name) in enumerate(zip(cells, header, strict=True)):
        names_the_row = index == 0 and not is_number(cell)
        is_short = len(cell) <= _MAX_LABELLED_LENGTH and len(name) <= _MAX_LABELLED_LENGTH
        if cell and name and is_short and not names_the_row:
            result.append(f"{name.rstrip(' :')}: {cell}")
        else:
            result.append(cell)
    return result


def is_header(cells: Sequence[str]) -> bool:
    """Return whether a first row can only be the names of columns: several, filled, short, different, no numbers."""
    return (
        len(cells) >= 2
        and all(cell and len(cell) <= _MAX_LABELLED_LENGTH and not is_number(cell) for cell in cells)
        and len({cell.casefold() for cell in cells}) == len(cells)
    )


def is_number(text: str) -> bool:
    """Return whether a cell holds a number, an amount or a share."""
    return _NUMBER.fullmatch(text.strip()) is not None
