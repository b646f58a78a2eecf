"""A file on its way: its pieces on disk, and a journal that says which of them are there.

Beside ``model.gguf.part`` lies ``model.gguf.part.journal``. Each piece is written first and entered in the journal
then, as one short line; a process that is killed between the two fetches that piece again. Whoever has the journal
open holds its lock, which ends with the process, so that two never write into one file.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from models.errors import DownloadFailed

PIECE_BYTES = 1 << 20
_FORMAT = 1
_LOCK_AT = 0x7FFF0000
"""The locked byte lies far behind the journal's end: Windows forbids others to read what is locked."""

WriteAt = Callable[[int, bytes, int], None]
"""Writes to an open file at a place; raises OSError when the disk is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What a journal says."""

    size_bytes: int
    identity: str
    done_bytes: int
    note: dict[str, object]
    """What was written down with ``PartFile.set_note``."""


class PartInUse(DownloadFailed):
    """Another download, here or in another process, writes the same file."""


class PartFile:
    """The pieces of one file; use ``open``."""

    def __init__(self, path: Path, *, size_bytes: int, identity: str, write_at: WriteAt) -> None:
        self.path = path
        self.size_bytes = size_bytes
        self._identity = identity
        self._write_at = write_at
        self._pieces: dict[int, int] = {}
        self._tag = ""
        self._note: dict[str, object] = {}
        self._mutex = threading.Lock()
        self._journal = -1
        self._file = -1

    @classmethod
    def open(cls, path: Path, *, size_bytes: int, identity: str, write_at: WriteAt | None = None) -> Self:
        """Take up a file where it was left, or begin it.

        Args:
            path: the name it will have.
            size_bytes: how large it will be.
            identity: what tells it from other versions of itself: its checksum, or address and revision.
            write_at: how to write; to the disk if left out.

        Raises:
            PartInUse: somebody else has it open.
            OSError: the folder cannot be written.
        """
        part = cls(path, size_bytes=size_bytes, identity=identity, write_at=write_at or _write_at)
        try:
            part._open()
        except BaseException:
            part.close()
            raise
        return part

    @property
    def part_path(self) -> Path:
        """Where the pieces are."""
        return self.path.with_name(self.path.name + ".part")

    @property
    def journal_path(self) -> Path:
        """Where it is written down which are there."""
        return self.path.with_name(self.path.name + ".part.journal")

    @property
    def piece_count(self) -> int:
        """How many pieces the file has."""
        return -(-self.size_bytes // PIECE_BYTES)

    @property
    def tag(self) -> str:
        """The server's mark (ETag) of the version the pieces belong to; empty when none is known."""
        return self._tag

    @property
    def done_bytes(self) -> int:
        """How much is there."""
        with self._mutex:
            count, has_last = len(self._pieces), self.piece_count - 1 in self._pieces
        return count * PIECE_BYTES - (self.piece_count * PIECE_BYTES - self.size_bytes if has_last else 0)

    def piece_size(self, index: int) -> int:
        """Return how long a piece is, in bytes; the last one is shorter."""
        return min(PIECE_BYTES, self.size_bytes - index * PIECE_BYTES)

    def has(self, index: int) -> bool:
        """Whether a piece is there."""
        with self._mutex:
            return index in self._pieces

    def missing(self) -> list[int]:
        """Return the pieces that are not there, in order."""
        with self._mutex:
            return [index for index in range(self.piece_count) if index not in self._pieces]

    def write(self, index: int, data: bytes) -> None:
        """Write a whole piece and enter it in the journal.

        Raises:
            OSError: it cannot be written; the disk may be full.
        """
        self._write_at(self._file, data, index * PIECE_BYTES)
        check = zlib.crc32(data)
        self._enter(f"{index} {check}\n")
        with self._mutex:
            self._pieces[index] = check

    def same_as(self, index: int, data: bytes) -> bool:
        """Whether a piece that is there holds this."""
        with self._mutex:
            return self._pieces.get(index) == zlib.crc32(data)

    def read(self, index: int) -> bytes | None:
        """Return a piece as the disk has it, or None when it is not what was written: it is then missing again."""
        data = _read_at(self._file, self.piece_size(index), index * PIECE_BYTES)
        with self._mutex:
            if self._pieces.get(index) == zlib.crc32(data):
                return data
            self._pieces.pop(index, None)
            return None

    def set_tag(self, tag: str) -> None:
        """Keep the server's mark of the version that is being fetched."""
        self._tag = tag
        self._enter(json.dumps({"tag": tag}) + "\n")

    def set_note(self, note: dict[str, object]) -> None:
        """Keep what is needed to go on with it after a restart; must be JSON."""
        self._note = note
        self._enter(json.dumps({"note": note}) + "\n")

    def reset(self) -> None:
        """Forget all pieces: what is on the server is not what they belong to."""
        with self._mutex:
            self._pieces.clear()
            self._tag = ""
        os.ftruncate(self._journal, 0)
        self._enter(self._head() + (json.dumps({"note": self._note}) + "\n" if self._note else ""))

    def finish(self) -> None:
        """Give the file its name. It survives a power cut from here on.

        Raises:
            OSError: the disk failed.
        """
        os.fsync(self._file)
        self._close_file()
        self.part_path.replace(self.path)
        self._remove_journal()

    def remove(self) -> None:
        """Delete what is there."""
        self._close_file()
        self.part_path.unlink(missing_ok=True)
        self._remove_journal()

    def close(self) -> None:
        """Let go of the file; what is there can be taken up again."""
        self._close_file()
        if self._journal >= 0:
            os.close(self._journal)
            self._journal = -1

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._journal = self._locked_journal()
        self._load()
        self._file = os.open(self.part_path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
        if os.fstat(self._file).st_size != self.size_bytes:
            self.reset()
            os.ftruncate(self._file, self.size_bytes)

    def _locked_journal(self) -> int:
        while True:
            journal = os.open(self.journal_path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
            try:
                lock_file(journal)
                # Its owner may have finished and removed it between our two calls.
                if os.fstat(journal).st_ino == self.journal_path.stat().st_ino:
                    return journal
            except FileNotFoundError:
                pass
            except OSError as error:
                os.close(journal)
                raise PartInUse(
                    "This file is already being downloaded",
                    hint="Another window or terminal of this program fetches it at the moment.",
                ) from error
            os.close(journal)

    def _load(self) -> None:
        os.lseek(self._journal, 0, os.SEEK_SET)
        head, *lines = b"".join(iter(lambda: os.read(self._journal, 1 << 20), b"")).split(b"\n")
        if head.decode("utf-8", "replace") + "\n" != self._head():
            self.reset()
            return
        # What follows the last line end was being written when the process was killed.
        for line in lines[:-1]:
            words = line.decode("ascii", "replace").split()
            if len(words) == 2 and all(word.isdecimal() for word in words) and int(words[0]) < self.piece_count:
                self._pieces[int(words[0])] = int(words[1])
            elif line.startswith(b"{"):
                said = _said_in(line)
                self._tag = str(said.get("tag", self._tag))
        if lines[-1:] != [b""]:
            self._enter("\n")

    def _head(self) -> str:
        described: dict[str, Any] = {"format": _FORMAT, "size": self.size_bytes, "identity": self._identity}
        return json.dumps(described | {"piece": PIECE_BYTES}) + "\n"

    def _enter(self, line: str) -> None:
        with self._mutex:
            os.lseek(self._journal, 0, os.SEEK_END)
            os.write(self._journal, line.encode("utf-8"))

    def _close_file(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _remove_journal(self) -> None:
        if sys.platform == "win32":
            # An open file cannot be removed there.
            self.close()
            self.journal_path.unlink(missing_ok=True)
        else:
            self.journal_path.unlink(missing_ok=True)
            self.close()


def lock_file(number: int) -> None:
    """Lock an open file for this process; raises OSError at once if another one, or another opening of it, has it."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        os.lseek(number, _LOCK_AT, os.SEEK_SET)
        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl  # noqa: PLC0415

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


_SEEKING = threading.Lock()


def _write_at(number: int, data: bytes, place: int) -> None:
    rest = memoryview(data)
    while rest:
        if hasattr(os, "pwrite"):
            count = os.pwrite(number, rest, place)
        else:
            with _SEEKING:
                os.lseek(number, place, os.SEEK_SET)
                count = os.write(number, rest)
        rest, place = rest[count:], place + count


def _read_at(number: int, count: int, place: int) -> bytes:
    if hasattr(os, "pread"):
        return os.pread(number, count, place)
    with _SEEKING:
        os.lseek(number, place, os.SEEK_SET)
        return os.read(number, count)


def read_journal(path: Path) -> Journal | None:
    """Return what a journal says, without disturbing whoever writes it; None if it is none."""
    try:
        with path.open("rb") as file:
            head, *lines = file.read(64 << 20).split(b"\n")
    except OSError:
        return None
    described = _said_in(head)
    size, identity = described.get("size"), described.get("identity")
    if described.get("format") != _FORMAT or not isinstance(size, int) or not isinstance(identity, str):
        return None
    note: dict[str, object] = {}
    pieces = set()
    for line in lines[:-1]:
        if line.startswith(b"{"):
            said = _said_in(line).get("note", note)
            note = said if isinstance(said, dict) else note
        else:
            pieces.add(line.partition(b" ")[0])
    done = min(len(pieces - {b""}) * PIECE_BYTES, size)
    return Journal(size_bytes=size, identity=identity, done_bytes=done, note=note)


def is_in_use(path: Path) -> bool:
    """Whether somebody has a journal open for writing."""
    try:
        number = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        lock_file(number)
    except OSError:
        return True
    finally:
        os.close(number)
    return False


def _said_in(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
