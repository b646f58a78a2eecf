"""The bytes of one file from the disk, read once, hashed on the way, and not trusted to stay as they are."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import DocumentUnreadable
from engine.reading.extract.formats import TEXT_FORMATS, Format, sniff
from engine.reading.wire import Limits

_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 4_096
_MAX_BYTES_PER_CHARACTER = 4
_MAX_MARKUP_BYTES = 48 << 20
_ATTEMPTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """What was on the disk."""

    data: bytes
    """All of the file, or its beginning where ``is_truncated``."""
    is_truncated: bool
    format: Format
    file_hash: str
    size_bytes: int
    modified_at: datetime


def read_file(path: Path, *, limits: Limits) -> FileContent:
    """Return the file's bytes, as they were at one moment.

    Raises:
        DocumentUnreadable: gone, forbidden, not a regular file, empty, too large, in no known format, or never still.
    """
    for _ in range(_ATTEMPTS):
        content = _read_once(path, limits)
        if content is not None:
            return content
    raise DocumentUnreadable(
        "The file changed while it was read", hint="It is read again when nothing writes to it any more."
    )


def _read_once(path: Path, limits: Limits) -> FileContent | None:
    """The content, or None if the file changed meanwhile."""
    try:
        _refuse_special(path.stat().st_mode)
        # Without O_NONBLOCK, opening something that became a pipe since the check would wait for ever.
        flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
        descriptor = os.open(path, flags)
        try:
            before = os.fstat(descriptor)
            _refuse_special(before.st_mode)
            if before.st_size == 0:
                raise DocumentUnreadable("The file is empty", hint="There is nothing in it to read.")
            content = _read_descriptor(descriptor, path, before, limits)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if content is None or _state(before) != _state(after) or _state(after) != _state(path.stat()):
            return None
        return content
    except OSError as error:
        raise _translated(error) from error


def _read_descriptor(descriptor: int, path: Path, status: os.stat_result, limits: Limits) -> FileContent | None:
    size = status.st_size
    head = os.read(descriptor, _HEAD_BYTES)
    format = sniff(head, suffix=path.suffix)
    keep = size
    if format in TEXT_FORMATS:
        keep = limits.characters * _MAX_BYTES_PER_CHARACTER
        if format is Format.HTML:
            keep = min(max(keep, limits.file_size_bytes // 8), _MAX_MARKUP_BYTES)
    elif size > limits.file_size_bytes:
        raise DocumentUnreadable(
            f"The file is too large: {_megabytes(size)}",
            hint=f"Files of this kind are read up to {_megabytes(limits.file_size_bytes)}. Divide it into parts.",
        )
    digest = hashlib.sha256()
    kept: list[bytes] = []
    total = 0
    chunk = head
    while chunk:
        digest.update(chunk)
        if total < keep:
            kept.append(chunk[: keep - total])
        total += len(chunk)
        if total > size:
            return None
        chunk = os.read(descriptor, _CHUNK_BYTES)
    if total != size:
        return None
    return FileContent(
        data=b"".join(kept),
        is_truncated=size > keep,
        format=format,
        file_hash=digest.hexdigest(),
        size_bytes=size,
        modified_at=_time(status.st_mtime),
    )


def _state(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev


def _time(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _refuse_special(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    kind = "folder" if stat.S_ISDIR(mode) else "device, a pipe or a socket"
    raise DocumentUnreadable(f"This is not a file but a {kind}", hint="Only regular files can be read.")


def _translated(error: OSError) -> DocumentUnreadable:
    if isinstance(error, FileNotFoundError):
        return DocumentUnreadable("The file is not there any more", hint="It was moved, renamed or deleted.")
    if isinstance(error, PermissionError):
        return DocumentUnreadable(
            "The file may not be read", hint="Give yourself permission to read it, or close the program that locks it."
        )
    return DocumentUnreadable(
        "The file could not be read from the disk", hint=f"The system says: {error.strerror or error}."
    )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / (1 << 20):,.0f} MB"
