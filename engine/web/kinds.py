"""Which kinds of answers can be read, told from the head of an answer before anything else of it is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from engine.reading.extract.formats import READABLE_SUFFIXES

MARKUP_BYTES = 8 << 20
"""Of HTML and other text; of more, the beginning is read."""
FILE_BYTES = 20 << 20
"""Of formats that cannot be read in part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is announced to come."""

    content_type: str
    """``text/html``, without parameters; empty where the server does not say or does not know."""
    charset: str
    limit_bytes: int
    can_be_cut: bool
    """Whether the first part of it makes sense without the rest."""


_TEXT = frozenset(
    {
        "text/plain", "text/markdown", "text/x-markdown", "text/csv", "text/tab-separated-values", "text/xml",
        "text/x-rst", "text/x-web-markdown", "text/asciidoc", "text/x-org", "text/vtt", "application/xml",
        "application/json", "application/ld+json", "application/rss+xml", "application/atom+xml", "application/rtf",
        "text/rtf", "multipart/related", "message/rfc822", "application/x-mimearchive",
    }
)  # fmt: skip
_FILES = frozenset(
    {
        "application/pdf", "application/x-pdf", "application/epub+zip",
        "application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.text",
        "application/vnd.ms-word.document.macroenabled.12", "application/vnd.ms-excel.sheet.macroenabled.12",
    }
)  # fmt: skip
_NOTHING_SAID = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/force-download",
                           "application/download", "application/x-download", "unknown/unknown"})  # fmt: skip
_TEXT_SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".xht", ".txt", ".text", ".md", ".rst", ".csv", ".tsv"})
_NAMES = (
    ("image/", "a picture"),
    ("video/", "a film"),
    ("audio/", "a sound recording"),
    ("font/", "a font"),
    ("application/zip", "an archive"),
    ("application/gzip", "an archive"),
    ("application/x-", "a program or an archive"),
    ("application/javascript", "a program"),
    ("text/javascript", "a program"),
    ("text/css", "a style sheet"),
)
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9][A-Za-z0-9_.:+()-]{0,39})""", re.IGNORECASE)


def kind_of(header: str, *, address: str) -> Kind | str:
    """Return what an answer is, or in words what it is instead of something to read: ``a picture``.

    Args:
        header: ``content-type`` as it arrived.
        address: where it comes from; its ending counts where the header says nothing.
    """
    content_type = header.partition(";")[0].partition(",")[0].strip().lower()
    found = _CHARSET.search(header)
    charset = found[1].lower() if found else ""
    if content_type in _TEXT or (content_type.startswith("text/") and not _name(content_type)):
        return _text(content_type, charset)
    if content_type.startswith("application/") and content_type.endswith(("+xml", "+json")):
        return _text(content_type, charset)
    if content_type in _FILES:
        return _file(content_type)
    if content_type in _NOTHING_SAID or "/" not in content_type:
        return _by_ending(address, charset, is_silent="/" not in content_type)
    return _name(content_type) or f"something of the kind {content_type[:60]}"


def _by_ending(address: str, charset: str, *, is_silent: bool) -> Kind | str:
    """Servers that say nothing mostly mean a page; what it really is shows in its first bytes."""
    suffix = PurePosixPath(urlsplit(address).path).suffix.lower()
    if suffix in READABLE_SUFFIXES and suffix not in _TEXT_SUFFIXES:
        return _file("")
    if is_silent or suffix in _TEXT_SUFFIXES:
        return _text("", charset)
    return "a file of an unknown kind" if suffix else _file("")


def _text(content_type: str, charset: str) -> Kind:
    return Kind(
        content_type=content_type,
        charset=charset,
        limit_bytes=MARKUP_BYTES,
        can_be_cut=True,
    )


def _file(content_type: str) -> Kind:
    return Kind(content_type=content_type, charset="", limit_bytes=FILE_BYTES, can_be_cut=False)


def _name(content_type: str) -> str:
    return next((name for prefix, name in _NAMES if content_type.startswith(prefix)), "")
