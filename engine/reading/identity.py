"""What makes a source the same source: its address and the text that was there."""

from __future__ import annotations

import hashlib

from engine.domain import SourceId

_ID_CHARACTERS = 16


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def source_id(address: str, text_hash: str) -> SourceId:
    """Return the id of what was read at an address: the same text at the same address is the same source."""
    digest = hashlib.sha256(f"{address}\0{text_hash}".encode("utf-8", errors="surrogatepass"))
    return SourceId(digest.hexdigest()[:_ID_CHARACTERS])
