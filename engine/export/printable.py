"""Text of any origin made safe to show: no control characters, no half characters, no runaway text direction.

A document may hold an escape sequence that rewrites a terminal's title, or an override that turns the rest of a line
around. What is replaced is shown as U+FFFD, so that a reader sees that something was there.
"""

from __future__ import annotations

import re
import unicodedata

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_OPENS_EMBEDDING = frozenset("\u202a\u202b\u202d\u202e")
_OPENS_ISOLATE = frozenset("\u2066\u2067\u2068")
_ENDS_EMBEDDING = "\u202c"
_ENDS_ISOLATE = "\u2069"
_LINE_ENDS = re.compile("\r\n|[\r\n\u2028\u2029]")


def printable(text: str) -> str:
    """Return the text with its lines ended by line feeds and everything unprintable replaced."""
    return _UNPRINTABLE.sub("\ufffd", _LINE_ENDS.sub("\n", text.replace("\x85", "\n")))


def one_line(text: str) -> str:
    """Return the printable text on one line, its runs of white space made single spaces."""
    return closed(" ".join(printable(text).split()))


def closed(text: str) -> str:
    """Return the text with every change of direction that it begins also ended, so that nothing after it is turned."""
    open_: list[str] = []
    isolates = 0
    for character in text:
        if character in _OPENS_EMBEDDING:
            open_.append(_ENDS_EMBEDDING)
        elif character in _OPENS_ISOLATE:
            open_.append(_ENDS_ISOLATE)
            isolates += 1
        elif character == _ENDS_EMBEDDING:
            if open_ and open_[-1] == _ENDS_EMBEDDING:
                open_.pop()
        elif character == _ENDS_ISOLATE and isolates:
            isolates -= 1
            while open_.pop() != _ENDS_ISOLATE:
                pass
    return text + "".join(reversed(open_))


def direction(text: str) -> str:
    """Return ``rtl`` if the first letter of the text is of a script written from right to left, else ``ltr``."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL", "L"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"
