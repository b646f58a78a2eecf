"""What the app and its parser process say to each other: length-prefixed JSON frames, never anything that runs code."""

from __future__ import annotations

import base64
import os
import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from engine.domain import Obstacle
from engine.reading.document import Document
from engine.reading.page import PageBytes, PageFacts

READY = b"ready"
"""The first frame a parser process sends: its start is not counted against the first file."""

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one file or page may cost."""

    timeout_s: float = 30.0
    """Of work."""
    patience: float = 3.0
    """How many times ``timeout_s`` may pass on a machine that is busy with other things; 1 where somebody waits."""
    memory_bytes: int = 1 << 30
    """Of the parser process as a whole."""
    file_size_bytes: int = 256 << 20
    """Of formats that cannot be read in part. Of larger text, Markdown, HTML and CSV files the beginning is read."""
    characters: int = 5_000_000
    """Of text kept; what exceeds it is left out with a warning in the document."""


PAGE_LIMITS = Limits(
    timeout_s=12.0, patience=1.0, memory_bytes=768 << 20, file_size_bytes=64 << 20, characters=2_000_000
)
"""For pages from the web: with the start of a new process, a page that does harm is done with after 15 seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """A file or page as text, and what identifies the bytes it was made from."""

    document: Document
    file_hash: str
    """SHA-256 of all bytes of the file (of a page: all that were handed over), in hexadecimal."""
    size_bytes: int
    modified_at: datetime | None = None
    """Of a file: as the file system states it, in UTC."""
    page: PageFacts | None = None
    """Of a page from the web: what else it says about itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHead:
    """What is known of a page before it is read."""

    address: str
    content_type: str
    charset: str
    is_truncated: bool
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Read this file or this page."""

    number: int
    limits: Limits
    path: str = ""
    """The file system's own bytes, in base64: names of files need not be text. Empty for a page."""
    head: PageHead | None = None
    data: bytes = b""
    """Of a page. It travels in a frame of its own after that of the request, which has nothing here."""

    @classmethod
    def for_file(cls, path: Path, *, number: int, limits: Limits) -> Request:
        """Return the request to read a file."""
        return cls(number=number, path=base64.b64encode(os.fsencode(path)).decode("ascii"), limits=limits)

    @classmethod
    def for_page(cls, page: PageBytes, *, number: int, limits: Limits) -> Request:
        """Return the request to read a page, without its bytes."""
        head = PageHead(
            address=page.address,
            content_type=page.content_type,
            charset=page.charset,
            is_truncated=page.is_truncated,
            size_bytes=len(page.data),
        )
        return cls(number=number, head=head, limits=limits)

    @property
    def file(self) -> Path:
        """The file to be read."""
        return Path(os.fsdecode(base64.b64decode(self.path)))

    @property
    def page(self) -> PageBytes | None:
        """The page to be read; None where it is a file."""
        if self.head is None:
            return None
        return PageBytes(
            data=self.data,
            address=self.head.address,
            content_type=self.head.content_type,
            charset=self.head.charset,
            is_truncated=self.head.is_truncated,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a file or page could not be read, in words for the person."""

    title: str
    hint: str
    obstacle: Obstacle = Obstacle.OTHER


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one request: a document or a failure."""

    number: int
    """Of the request."""
    parsed: ParsedFile | None = None
    failure: Failure | None = None


class BrokenFrame(Exception):
    """The stream ended within a frame, or announced one longer than allowed."""


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Write one frame and flush it."""
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def read_frame(stream: BinaryIO, *, max_bytes: int) -> bytes | None:
    """Return the next frame, or None at the end of the stream.

    Raises:
        BrokenFrame: what follows is not a whole frame of at most ``max_bytes``.
    """
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise BrokenFrame("the stream ended within a frame's length")
    (length,) = _LENGTH.unpack(head)
    if length > max_bytes:
        raise BrokenFrame(f"a frame of {length} bytes was announced")
    payload = stream.read(length)
    if len(payload) < length:
        raise BrokenFrame("the stream ended within a frame")
    return payload
