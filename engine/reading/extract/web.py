"""An answer from the web to a document and what the page says about itself."""

from __future__ import annotations

import math
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from engine.reading.document import Document
from engine.reading.extract.content import Content
from engine.reading.extract.dispatch import extract
from engine.reading.extract.formats import Format
from engine.reading.extract.mhtml import unpacked
from engine.reading.extract.page_format import page_format, type_and_charset
from engine.reading.page import PageBytes, PageFacts


def read_page(page: PageBytes, *, characters: int, give_up_at: float = math.inf) -> tuple[Document, PageFacts]:
    """Return the page's text, and what else it says.

    Args:
        page: what was fetched, or saved by a person.
        characters: the most that are wanted.
        give_up_at: when to be content with what has been read, by ``time.process_time``.

    Raises:
        DocumentUnreadable: it has no text, or cannot be understood; ``obstacle`` says which.
    """
    media_type, charset = type_and_charset(page.content_type)
    content = Content(
        data=page.data,
        stem=stem_of(page.address),
        characters=characters,
        is_truncated=page.is_truncated,
        give_up_at=give_up_at,
        charset=page.charset or charset,
    )
    format = page_format(page.data, media_type=media_type, address=page.address)
    if format is Format.MHTML:
        saved = unpacked(page.data)
        content = replace(content, data=saved.data, charset=saved.charset)
        format = Format.HTML if saved.media_type != "text/plain" else Format.TEXT
    elif format is Format.FEED:
        format = Format.HTML
    document = extract(content, format=format)
    return document, PageFacts(site=host_of(page.address))


def stem_of(address: str) -> str:
    """Return what an address would call its page, for pages without a title."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address[:80]
    name = unquote(parts.path.rstrip("/").rpartition("/")[2]).rpartition(".")
    return (name[0] or name[2]).replace("_", " ").replace("-", " ").strip()[:200] or host_of(address) or "page"


def host_of(address: str) -> str:
    """Return the host of an address, without ``www.``."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
