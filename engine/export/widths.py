"""How wide the columns of a table are: as much as their words need, and never less than a word."""

from __future__ import annotations

import unicodedata

from engine.citations.wording import STATE_SIGNS
from engine.export.manuscript import Grid, Inline, MarkLink, Paragraph, Sign, StyledCitation, WebLink, Words

_LINE = 84
"""Letters that a line across the page has in the size that tables are set in."""
_LONGEST_WORD = 16
"""Letters; longer words are broken rather than that they make a column wide."""
_LONGEST_CELL = 120
"""Letters; a text that is longer takes lines, and no more of the width."""
_LEAST = 4
_CITED = "(Author, 2000)"
"""About as much as a citation style writes."""


def column_shares(grid: Grid) -> tuple[float, ...]:
    """Return what part of the width each column gets; together they are 1.

    As in a browser: each column has its longest word, and of what is left as much as its longest cell would like.
    """
    least, wanted = [], []
    for place, title in enumerate(grid.columns):
        texts = [title, *(_text(row[place]) for row in grid.rows)]
        words = [word for text in texts for word in text.split()]
        narrow = max(_LEAST, min(_LONGEST_WORD, max(map(_letters, words), default=0)))
        least.append(narrow)
        wanted.append(max(narrow, min(_LONGEST_CELL, max(map(_letters, texts)))))
    left = _LINE - sum(least)
    more = [one - narrow for one, narrow in zip(wanted, least, strict=True)]
    if left <= 0:
        widths = [float(narrow) for narrow in least]
    elif sum(more) <= left:
        widths = [float(one) for one in wanted]
    else:
        widths = [narrow + left * one / sum(more) for narrow, one in zip(least, more, strict=True)]
    return tuple(width / sum(widths) for width in widths)


def _text(cell: Paragraph) -> str:
    return "".join(_shown(one) for one in cell.inlines)


def _shown(inline: Inline) -> str:
    match inline:
        case Words():
            return inline.text
        case Sign():
            return STATE_SIGNS[inline.state]
        case MarkLink():
            return inline.words
        case WebLink():
            return inline.address
        case StyledCitation():
            return _CITED


def _letters(text: str) -> int:
    """Letters, those of Chinese and its like counted twice."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)
