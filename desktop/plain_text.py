"""Text of any origin, made safe to lay out: every character stays one character, none of them can do anything.

Keeping the count lets offsets of an archived text be used on what is shown. Qt counts in UTF-16 units, Python in code
points: ``utf16_length`` is the bridge.
"""

from __future__ import annotations

import re
from html import escape

_LINE_SEPARATOR = "\u2028"
_EFFECTIVE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffc\ufffe\uffff]"
)
_LINE_ENDS = frozenset("\n\x0b\x0c\x85\u2029")
_INVISIBLE = frozenset("\r\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Changes of text direction that could turn what follows them; the text's own direction is found without them."""


def laid_out(text: str) -> str:
    """Return the text with every character that means something to a layout replaced, one for one.

    Line ends become U+2028, direction controls and carriage returns U+200B, everything unprintable U+FFFD.
    """
    return _EFFECTIVE.sub(_stand_in, text)


def one_line(text: str, *, limit: int = 0) -> str:
    """Return the text on one line, its white space collapsed, cut after ``limit`` characters (0: not cut)."""
    if limit:
        text = text[: 4 * limit + 64]
    line = " ".join(laid_out(text).replace("\u200b", "").split())
    return f"{line[: limit - 1].rstrip()}…" if limit and len(line) > limit else line


def as_tip(text: str) -> str:
    """Return text for a tool tip, in which Qt would otherwise take what looks like markup for it, and load pictures."""
    return f"<p style='white-space: pre-wrap'>{escape(laid_out(text))}</p>" if "<" in text else text


def utf16_length(text: str) -> int:
    """Return the length of the text as Qt counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _stand_in(match: re.Match[str]) -> str:
    character = match.group()
    if character in _LINE_ENDS:
        return _LINE_SEPARATOR
    return "\u200b" if character in _INVISIBLE else "\ufffd"
