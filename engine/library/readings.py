"""Reads files in a few threads that wait for the parser's processes; their results come back to the one writer."""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from engine.errors import DocumentUnreadable
from engine.library.scan import FoundFile
from engine.reading.parser import ParsedFile, ParserNotStarted, ReadingStopped

_UNSETTLED_NS = 2_000_000_000
"""A file written this shortly before it was read may be written again without its time telling."""


class FileParser(Protocol):
    """What the library needs of a parser; called from several threads."""

    def parse(self, path: Path) -> ParsedFile: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashed:
    """The bytes of a file are known, not yet what they say."""

    file: FoundFile
    file_hash: str
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A file was turned into text."""

    file: FoundFile
    parsed: ParsedFile
    is_settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A file cannot be turned into text."""

    file: FoundFile
    title: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vanished:
    """A file was gone before it could be read."""

    file: FoundFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The parser was closed before the file was read; nothing is known of it."""

    file: FoundFile


Reading = Hashed | Parsed | Failed | Vanished | Interrupted


class Readings:
    """The readings under way. Used from one thread."""

    def __init__(self, parser: FileParser, *, workers: int) -> None:
        self._parser = parser
        self._workers = workers
        self._executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="reading")
        self._waiting: deque[Callable[[], Reading]] = deque()
        self._running: set[Future[Reading]] = set()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being read or waits for it."""
        return not self._running and not self._waiting

    @property
    def has_room(self) -> bool:
        """Whether more would be read soon; results are large, so only a few are under way."""
        return len(self._running) + len(self._waiting) < 2 * self._workers

    def hash(self, root: Path, file: FoundFile) -> None:
        """Ask for a ``Hashed``, ``Failed`` or ``Vanished``."""
        self._submit(lambda: _hashed(root, file))

    def parse(self, root: Path, file: FoundFile) -> None:
        """Ask for a ``Parsed``, ``Failed`` or ``Vanished``."""
        self._submit(lambda: _parsed(self._parser, root, file))

    def finished(self, *, timeout_s: float) -> list[Reading]:
        """Return what has been read; empty when nothing was within the time."""
        if not self._running:
            return []
        done, _ = wait(self._running, timeout=timeout_s, return_when=FIRST_COMPLETED)
        self._running -= done
        self._start()
        return [future.result() for future in done]

    def drop(self) -> None:
        """Forget what is under way; what a parser is busy with goes on, and nobody waits for it."""
        self._waiting.clear()
        for future in self._running:
            future.cancel()
        self._running.clear()

    def close(self) -> None:
        """End the threads; waits for the files being parsed, which is short when the parser was closed before."""
        self.drop()
        self._executor.shutdown(wait=True, cancel_futures=True)

    def _submit(self, job: Callable[[], Reading]) -> None:
        self._waiting.append(job)
        self._start()

    def _start(self) -> None:
        while self._waiting and len(self._running) < 2 * self._workers:
            self._running.add(self._executor.submit(self._waiting.popleft()))


def _hashed(root: Path, file: FoundFile) -> Reading:
    try:
        is_settled = _is_old(file)
        with (root / file.path).open("rb") as opened:
            file_hash = hashlib.file_digest(opened, "sha256").hexdigest()
        return Hashed(file=file, file_hash=file_hash, is_settled=is_settled and _is_same(root, file))
    except FileNotFoundError:
        return Vanished(file=file)
    except OSError as error:
        return Failed(
            file=file,
            title=f"The file cannot be opened ({error.strerror or error})",
            hint="Check that you may read it and that its disk is in order.",
        )


def _parsed(parser: FileParser, root: Path, file: FoundFile) -> Reading:
    is_settled = _is_old(file)
    try:
        parsed = parser.parse(root / file.path)
    except ParserNotStarted:
        raise  # it would be the same with every file
    except ReadingStopped:
        return Interrupted(file=file)
    except DocumentUnreadable as error:
        if not (root / file.path).exists():
            return Vanished(file=file)
        return Failed(file=file, title=error.title, hint=error.hint)
    except Exception as error:  # the border of a thread: a mistake in reading one file must not end the others
        return Failed(
            file=file,
            title=f"Plumbline made a mistake with this file ({type(error).__name__}: {error})",
            hint="The mistake is in Plumbline, not in the file. Please report it.",
        )
    return Parsed(file=file, parsed=parsed, is_settled=is_settled and _is_same(root, file))


def _is_old(file: FoundFile) -> bool:
    return time.time_ns() - file.mtime_ns > _UNSETTLED_NS


def _is_same(root: Path, file: FoundFile) -> bool:
    """Whether the file still is as the listing showed it, so that what was read belongs to that size and time."""
    try:
        status = (root / file.path).stat()
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (file.size_bytes, file.mtime_ns)
