"""Makes plain text of what strangers wrote: queries before they are sent, titles and snippets before they are shown."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

QUERY_LIMIT = 400
"""Characters. Brave's programming interface takes no more, DuckDuckGo 499."""

_TAG = re.compile(r"<[^<>]{0,500}>")
_SPACE_TAG = re.compile(r"<(?:br|p|li|div|jats:p|jats:title)\b[^<>]{0,500}>", re.IGNORECASE)
_BANG = re.compile(r"(?<!\S)[!\\]+(?=\S)")
_JOINERS = "\u200c\u200d"


def plain(written: object, *, limit: int) -> str:
    """Return a text in one line: without markup, control characters and what cannot be seen.

    Args:
        written: anything that an engine sent; what is no text is the same as none.
        limit: characters; what is longer ends in an ellipsis.
    """
    if not isinstance(written, str):
        return ""
    text = written[: limit * 8 + 1000]
    if "<" in text:
        text = _TAG.sub("", _SPACE_TAG.sub(" ", text))
    text = _visible(unescape(text))
    if len(text) <= limit:
        return text
    return text[: limit - 1].rstrip() + "…"


def query_text(written: str) -> str:
    """Return a query as it can be sent to any engine; empty if nothing is left of it.

    Only what no engine searches for is taken out. A ``!`` or backslash before a word would make some of them answer
    with another site instead of searching. What it returns, it leaves as it is: words that a person is to approve have
    to be shown as it returns them.
    """
    text = _cleaned(written)
    if len(text) > QUERY_LIMIT:
        cut = text[:QUERY_LIMIT]
        shorter = cut.rpartition(" ")[0]
        text = shorter if len(shorter) > QUERY_LIMIT // 2 else cut
    return text.strip() if any(character.isalnum() for character in text) else _symbols(text)


def fits_query(written: str) -> bool:
    """Return whether a query can be sent whole, with nothing cut off at ``QUERY_LIMIT``."""
    return len(written) <= QUERY_LIMIT * 10 and len(_cleaned(written)) <= QUERY_LIMIT


def _cleaned(written: str) -> str:
    return _BANG.sub("", _visible(written[: QUERY_LIMIT * 10]))


def _symbols(text: str) -> str:
    # An emoji alone can be searched for; punctuation alone cannot.
    return text.strip() if any(unicodedata.category(character)[0] == "S" for character in text) else ""


def _visible(text: str) -> str:
    kept = []
    for character in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(character)
        if kind in ("Cc", "Zl", "Zp", "Zs"):
            kept.append(" ")
        elif kind[0] != "C" or character in _JOINERS:
            kept.append(character)
    # Once more, as what stood between a letter and its accent may be gone now.
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
