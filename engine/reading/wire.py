"""What the app and its parser process say to each other: length-prefixed JSON frames, never anything that runs code."""

from __future__ import annotations

import base64
import os
import struct
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from engine.reading.document import Document

READY = b"ready"
"""The first frame a parser process sends: its start is not counted against the first file."""

_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one file may cost."""

    timeout_s: float = 30.0
    """Of work. On a machine that is busy with other things a file may take up to three times as long."""
    memory_bytes: int = 1 << 30
    """Of the parser process as a whole."""
    file_size_bytes: int = 256 << 20
    """Of formats that cannot be read in part. Of larger text, Markdown, HTML and CSV files the beginning is read."""
    characters: int = 5_000_000
    """Of text kept; what exceeds it is left out with a warning in the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """A file as text, and what identifies the bytes it was made from."""

    document: Document
    file_hash: str
    """SHA-256 of all bytes of the file, in hexadecimal."""
    size_bytes: int
    modified_at: datetime
    """As the file system states it, in UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Read this file."""

    number: int
    path: str
    """The file system's own bytes, in base64: names of files need not be text."""
    limits: Limits

    @classmethod
    def for_file(cls, path: Path, *, number: int, limits: Limits) -> Request:
        """Return the request to read a file."""
        return cls(number=number, path=base64.b64encode(os.fsencode(path)).decode("ascii"), limits=limits)

    @property
    def file(self) -> Path:
        """The file to be read."""
        return Path(os.fsdecode(base64.b64decode(self.path)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a file could not be read, in words for the person."""

    title: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The answer to one request: a file or a failure."""

    number: int
    """Of the request."""
    parsed: ParsedFile | None = None
    failure: Failure | None = None


class BrokenFrame(Exception):
    """The stream ended within a frame, or announced one longer than allowed."""


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Write one frame and flush it."""
    stream.write(_LENGTH.pack(len(payload)) + payload)
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
