"""Words that a sentence puts in quotation marks, and whether they stand in a passage, word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_PAIRS = (
    ("“", "”"),
    ("„", "“"),
    ("„", "”"),
    ("«", "»"),
    ("»", "«"),
    ("「", "」"),
    ("『", "』"),
    ("‹", "›"),
    ("《", "》"),
)
_MOST_CHARACTERS = 1_000
_QUOTED = re.compile(
    "|".join(rf"{opening}([^{opening}{closing}]{{2,{_MOST_CHARACTERS}}}){closing}" for opening, closing in _PAIRS)
    + rf'|(?<![\w"])"([^"]{{2,{_MOST_CHARACTERS}}})"(?!\w)'
    + r"|`([^`\n]{1,200})`|(?<![\w‘])‘([^‘’]{2,200})’(?!\w)"
)
_LEFT_OUT = re.compile(r"\s*(?:\[\s*…\s*\]|\[\s*\.{3}\s*\]|…|\.{3}|\[[^\]]{0,60}\])\s*")
_SIGNS = str.maketrans(
    {
        **dict.fromkeys("“”„«»「」『』‹›‟″", '"'),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\ufeff", ""),
        "…": "...",
        "ﬁ": "fi",
        "ﬂ": "fl",
    }
)
_ENDS = " \t\n.,;:!?'\"。，"
_HYPHENATED = re.compile(r"(?<=[^\W\d_])-\s*\n\s*(?=[^\W\d_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """What stands between the marks, and where, the marks included."""

    words: str
    start: int
    end: int


def quotations_of(text: str) -> tuple[Quotation, ...]:
    """Return what a text puts in quotation marks."""
    return tuple(
        Quotation(words=next(group for group in match.groups() if group), start=match.start(), end=match.end())
        for match in _QUOTED.finditer(text)
    )


def is_quoted(words: str, texts: Sequence[str]) -> bool:
    """Return whether words stand in one of the texts (which ``flattened`` made), omissions marked by ``…`` aside."""
    parts = [part for piece in _LEFT_OUT.split(words) if (part := flattened(piece).strip(_ENDS))]
    return not parts or any(_in_order(parts, text) for text in texts)


def is_verbatim(sentence: str, texts: Sequence[str]) -> bool:
    """Return whether a whole sentence stands in one of the texts, which ``flattened`` made."""
    part = flattened(sentence).rstrip(_ENDS)
    return bool(part) and any(next(_places(part, text, 0), None) is not None for text in texts)


def flattened(text: str) -> str:
    """Return a text without what typography may change: white space, forms of quotation marks and dashes, case."""
    joined = _HYPHENATED.sub("", text)
    return " ".join(joined.translate(_SIGNS).casefold().split())


def _in_order(parts: Sequence[str], text: str) -> bool:
    position = 0
    for part in parts:
        place = next(_places(part, text, position), None)
        if place is None:
            return False
        position = place + len(part)
    return True


def _places(part: str, text: str, position: int) -> Iterator[int]:
    """Yield where a part stands as whole words."""
    while (place := text.find(part, position)) >= 0:
        before, after = text[place - 1 : place], text[place + len(part) : place + len(part) + 1]
        if not (_is_letter(before) and _is_letter(part[0])) and not (_is_letter(after) and _is_letter(part[-1])):
            yield place
        position = place + 1


def _is_letter(character: str) -> bool:
    """Whether it belongs to a word of a script that has spaces between words."""
    return bool(character) and character.isalnum() and not "\u0e00" <= character <= "\u0eff" and character < "\u3000"
