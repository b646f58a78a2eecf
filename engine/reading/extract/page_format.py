"""Which format an answer from the web is in: by its bytes, then by what the server says, then by its address."""

from __future__ import annotations

import posixpath
import re
from email.message import Message
from urllib.parse import urlsplit

from engine.errors import DocumentUnreadable
from engine.reading.extract.formats import TEXT_FORMATS, Format, named_format, sniff

_HEAD_BYTES = 4_096
_MAX_HEADER_LENGTH = 1_000
_SUFFIX_OF_TYPE = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/pdf": ".pdf",
    "application/x-pdf": ".pdf",
    "application/rtf": ".rtf",
    "text/rtf": ".rtf",
    "application/epub+zip": ".epub",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
_VAGUE_TYPES = frozenset(
    {"", "application/octet-stream", "binary/octet-stream", "text/plain", "application/x-download"}
)
_NOT_TEXT = {"image": "a picture", "audio": "a sound recording", "video": "a film", "font": "a font"}
_BINARY = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"PK\x07\x08",
    b"\xd0\xcf\x11\xe0",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x7fELF",
    b"MZ\x90",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"7z\xbc\xaf",
    b"Rar!",
    b"SQLite format 3\x00",
    b"ID3",
    b"OggS",
    b"\x1aE\xdf\xa3",
)
_SAVED_PAGE = re.compile(rb"\A(?:[\w-]{1,60}:[^\n]{0,998}\n(?:[ \t][^\n]{0,998}\n){0,20}){1,60}", re.ASCII)
_MULTIPART = re.compile(rb"^content-type:\s*multipart/(?:related|mixed|alternative)", re.I | re.M)
_TAGS = re.compile(
    rb"<(?:html|head|body|title|meta|link|script|style|div|p|h[1-6]|table|ul|ol|span|a|br|article|main|section)[\s>/]",
    re.I,
)
_FEED = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,300}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:rss|feed|rdf:RDF)[\s>]", re.S
)
_XML = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml\s", re.S)


def type_and_charset(content_type: str) -> tuple[str, str]:
    """Return a Content-Type header's media type and charset, in lower case; empty where it has none."""
    message = Message()
    try:
        message["content-type"] = content_type[:_MAX_HEADER_LENGTH].replace("\r", " ").replace("\n", " ")
        charset = message.get_param("charset", "") or ""
    except (ValueError, IndexError, TypeError):
        return "", ""
    stated = content_type.partition(";")[0].strip().lower()
    return stated, charset.strip().lower() if isinstance(charset, str) else ""


def page_format(data: bytes, *, media_type: str, address: str) -> Format:
    """Return the format of an answer.

    Args:
        data: its body, or the beginning.
        media_type: ``text/html``, ``application/pdf``, … as the server says; may be empty or wrong.
        address: its URL.

    Raises:
        DocumentUnreadable: there is no text in such things.
    """
    head = data[:_HEAD_BYTES]
    by_type = _SUFFIX_OF_TYPE.get(media_type, "")
    by_address = _suffix(address)
    if b"%PDF-" in head[:1024] and (head.lstrip().startswith(b"%PDF-") or by_type == ".pdf"):
        return Format.PDF
    if head.startswith(_BINARY) or head[4:8] == b"ftyp" or head.lstrip().startswith(b"{\\rtf"):
        return sniff(head, suffix=by_type if by_type not in ("", ".txt", ".html") else by_address)
    if _is_saved_page(head, media_type):
        return Format.MHTML
    if _FEED.match(head):
        return Format.FEED
    main_type = media_type.partition("/")[0]
    if main_type in _NOT_TEXT and not (media_type == "image/svg+xml" or _TAGS.search(head)):
        raise DocumentUnreadable(
            f"The address leads to {_NOT_TEXT[main_type]}, not to a page", hint="Only pages with text can be read."
        )
    if media_type == "application/json" or media_type.endswith("+json"):
        return Format.TEXT
    for suffix in (by_type, by_address) if media_type not in _VAGUE_TYPES else (by_address, by_type):
        named = named_format(suffix)
        if named in TEXT_FORMATS:
            return sniff(head, suffix=suffix)
    if _TAGS.search(head) or _XML.match(head) or by_type == ".html":
        return Format.HTML
    if named_format(by_type) is not None:
        raise DocumentUnreadable(
            "The server sent something else than it says",
            hint=f"It says {media_type}, but the bytes are not that. Open the address in a browser to see what it is.",
        )
    return Format.TEXT


def _suffix(address: str) -> str:
    """The ending of the address's path, if it is that of a format."""
    try:
        path = urlsplit(address).path
    except ValueError:
        return ""
    suffix = posixpath.splitext(path)[1].lower()
    return suffix if named_format(suffix) is not None or suffix in (".doc", ".xls", ".ppt") else ""


def _is_saved_page(head: bytes, media_type: str) -> bool:
    """Whether it is a page in one file, as browsers save them."""
    if media_type in ("multipart/related", "message/rfc822", "application/x-mimearchive"):
        return True
    start = head.lstrip()
    return _SAVED_PAGE.match(start) is not None and _MULTIPART.search(start) is not None
