"""Whether a cell of a table shows what its claim says: only the claim is checked, and the cell is what is read."""

from __future__ import annotations

import re
import unicodedata

from engine.citations.checking.alignment import NEGATIONS
from engine.domain import Cell

NAMES = 0
"""The column in which the rows of a table are named."""
_SIGNS = ".;。．"
"""With which a sentence may end and what a cell shows need not."""
_SEPARATORS = (": ", "：")
"""Behind which the value of a claim stands: ``Grey heron, wingspan: 175–195 cm``."""
_WORD = re.compile(r"[\w']+")


def shows_its_claim(cell: Cell) -> bool:
    """Return whether what a cell shows is said by its claim, in the words of the claim; an empty cell shows nothing.

    A cell without a claim that shows something is not one: whether its column may have such, as names of rows, is for
    the caller to say.
    """
    shown = _folded(cell.text)
    if not shown:
        return True
    if cell.claim is None:
        return False
    said = _folded(cell.claim.text)
    if shown == said:
        return True
    if said.endswith(shown) and said[: len(said) - len(shown)].endswith(_SEPARATORS):
        return True
    whole = re.search(rf"(?<![\w.,:/+−–-]){re.escape(shown)}(?![\w%°]|[.,–-]\w)", said)
    if whole is None:
        return False
    # "Toxic" stands in "not toxic", too.
    rest = f"{said[: whole.start()]} {said[whole.end() :]}".replace("’", "'")
    return not any(word.replace("'", "") in NEGATIONS or word.endswith("n't") for word in _WORD.findall(rest))


def shows_unproven(cell: Cell, *, place: int) -> bool:
    """Return whether a cell shows words that no claim of it says; the name of a row may, for a question may give it.

    Args:
        cell: of a table.
        place: of its column, from 0.
    """
    if cell.claim is None:
        return bool(cell.text.strip()) and place != NAMES
    return not shows_its_claim(cell)


def _folded(text: str) -> str:
    flat = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return flat.rstrip(_SIGNS).rstrip()
