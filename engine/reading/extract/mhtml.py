"""A page in one file, as browsers save it (MHTML): finds the page, and the style sheets it was shown with."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesHeaderParser

from engine.errors import DocumentUnreadable
from engine.reading.extract.page_format import type_and_charset

_MAX_DEPTH = 4
_MAX_PARTS = 2_000
_MAX_HEADER_BYTES = 16_384
_MAX_STYLE_BYTES = 2 << 20
_BLANK_LINE = re.compile(rb"\r?\n[ \t]*\r?\n")
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """What was found inside."""

    data: bytes
    media_type: str
    charset: str
    address: str
    """Where the page was saved from, as the file says; may be empty or anything."""
    styles: tuple[str, ...]
    """Its style sheets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    headers: Message
    body: bytes
    media_type: str
    charset: str


def unpacked(data: bytes) -> SavedPage:
    """Return the page that a saved file holds.

    Raises:
        DocumentUnreadable: there is none in it.
    """
    outer = _part(data)
    parts = list(_leaves(outer))
    texts = [part for part in parts if part.media_type in _PAGE_TYPES]
    texts = texts or [part for part in parts if part.media_type == "text/plain"]
    if not texts:
        raise DocumentUnreadable("There is no page in this file", hint="Open the page in a browser and save it again.")
    address = _header(outer.headers, "Snapshot-Content-Location")
    page = next((part for part in texts if address and _header(part.headers, "Content-Location") == address), texts[0])
    styles: list[str] = []
    room = _MAX_STYLE_BYTES
    for part in parts:
        if part.media_type == "text/css" and room > 0:
            style = _decoded(part)[:room]
            room -= len(style)
            styles.append(style.decode("utf-8", "replace"))
    return SavedPage(
        data=_decoded(page),
        media_type=page.media_type,
        charset=page.charset,
        address=address or _header(page.headers, "Content-Location"),
        styles=tuple(styles),
    )


def _leaves(outer: _Part) -> Iterator[_Part]:
    """The parts that are not made of parts, outer ones first; a file can be nested as deeply as it likes."""
    level = [outer]
    count = 0
    for _ in range(_MAX_DEPTH):
        deeper: list[_Part] = []
        for part in level:
            if not part.media_type.startswith("multipart/"):
                yield part
                continue
            for inner in _divided(part):
                count += 1
                if count > _MAX_PARTS:
                    return
                deeper.append(inner)
        level = deeper


def _divided(part: _Part) -> Iterator[_Part]:
    boundary = part.headers.get_param("boundary", "")
    if not isinstance(boundary, str) or not 1 <= len(boundary) <= 200:
        return
    mark = re.compile(rb"^--" + re.escape(boundary.encode("ascii", "replace")) + rb"(--)?[ \t]*\r?$", re.M)
    start = None
    for found in mark.finditer(part.body):
        if start is not None:
            yield _part(part.body[start : found.start()])
        if found.group(1):
            return
        start = found.end() + 1
    if start is not None:
        yield _part(part.body[start:])


def _part(data: bytes) -> _Part:
    data = data.lstrip(b"\r\n")
    blank = _BLANK_LINE.search(data, 0, _MAX_HEADER_BYTES)
    head, body = (data[: blank.start()], data[blank.end() :]) if blank else (b"", data)
    headers = BytesHeaderParser().parsebytes(head)
    media_type, charset = type_and_charset(_header(headers, "Content-Type"))
    return _Part(headers=headers, body=body, media_type=media_type, charset=charset)


def _decoded(part: _Part) -> bytes:
    encoding = _header(part.headers, "Content-Transfer-Encoding").lower()
    if encoding == "quoted-printable":
        return quopri.decodestring(part.body)
    if encoding == "base64":
        try:
            return base64.b64decode(re.sub(rb"[^A-Za-z0-9+/=]", b"", part.body) + b"==")
        except binascii.Error:
            return b""
    return part.body


def _header(headers: Message, name: str) -> str:
    return str(headers.get(name, "") or "").replace("\r", "").replace("\n", "").strip()
