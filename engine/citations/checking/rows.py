"""Rows of a table in a passage: a sentence on one row is held against that row and not against its neighbours.

Else “bigint, storage size: 2 bytes” would be borne out by what stands in the row of smallint.
"""

from __future__ import annotations

import re

_TAB = "\t"
_LEAST_LETTERS = 3
"""Of a name that a sentence may begin with in any way; a shorter one has to be set off by a comma or a colon."""
_ARTICLE = re.compile(r"(?:the|an?|der|die|das|les?|la|el|los|las|il|lo|gli|i) ", re.IGNORECASE)
_LABEL = re.compile(r"[^:\t]{1,60}: (?=\S)")
_LETTER = re.compile(r"[^\W\d_]")


def told_of(text: str, quote: str) -> str:
    """Return a quote without the rows of its table that a sentence is not on.

    That can be told where the sentence begins with what the first cell of a row says. A first row that names the
    columns and everything that is no row stay.

    Args:
        text: the sentence.
        quote: of a passage; the cells of rows are apart by tabs.
    """
    if _TAB not in quote:
        return quote
    lines = quote.split("\n")
    rows = [line for line in lines if _TAB in line]
    begins = " ".join(text.split()).casefold()
    own = [row for row in rows if _is_on(begins, row)]
    if len(rows) < 2 or not own:
        return quote
    header = rows[0] if not any(_LABEL.match(cell) for cell in rows[0].split(_TAB)) else ""
    return "\n".join(line for line in lines if _TAB not in line or line in own or line == header)


def _is_on(begins: str, row: str) -> bool:
    first = row.partition(_TAB)[0].strip()
    name = " ".join(_LABEL.sub("", first, count=1).split()).casefold()
    if not name:
        return False
    is_short = len(_LETTER.findall(name)) < _LEAST_LETTERS
    for said in (begins, _ARTICLE.sub("", begins, count=1)):
        after = said[len(name) : len(name) + 1]
        ends = after in (",", ":") if is_short else not (after.isalnum() or after in ("_", "-"))
        if said.startswith(name) and ends:
            return True
    return False
