"""Files and pages to text, from the app's side: owns the parser process, gives it one at a time, replaces it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from engine.reading.extract.formats import READABLE_SUFFIXES
from engine.reading.page import MAX_PAGE_BYTES, PageBytes, PageFacts
from engine.reading.parser_child import Child, ParserNotStarted
from engine.reading.wire import PAGE_LIMITS, Limits, ParsedFile

__all__ = [
    "PAGE_LIMITS",
    "READABLE_SUFFIXES",
    "Limits",
    "PageBytes",
    "PageFacts",
    "ParsedFile",
    "Parser",
    "ParserNotStarted",
    "ReadingStopped",
    "parser_command",
]

_FILES_PER_PROCESS = 5_000


class ReadingStopped(DocumentUnreadable):
    """The parser was closed while it read; nothing is known against the file."""


def parser_command() -> tuple[str, ...]:
    """Return the command that starts a parser process: of the installed program, or of this Python."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "--parser-process")
    # -P: a file called lxml.py in the folder somebody works in must not be imported.
    return (sys.executable, "-P", "-m", "engine.reading.worker")


class Parser:
    """Turns files and pages into documents in a process of its own. Several threads may use it; they take turns."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        page_limits: Limits = PAGE_LIMITS,
        command: Callable[[], Sequence[str]] = parser_command,
    ) -> None:
        """Prepare; no process is started before there is something to read.

        Args:
            limits: for files.
            page_limits: for pages from the web.
            command: returns the command that starts a parser process.
        """
        self._limits = limits or Limits()
        self._page_limits = page_limits
        self._command = command
        self._turn = threading.Lock()
        self._child: Child | None = None
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def parse(self, path: Path) -> ParsedFile:
        """Return the file as text.

        Raises:
            DocumentUnreadable: why not, and what can be done. The next file can be parsed all the same.
            ReadingStopped: the parser is closed.
        """
        return self._parsed(path.absolute(), self._limits)

    def parse_page(self, page: PageBytes) -> ParsedFile:
        """Return the page as text; ``page`` of the result is never None.

        Raises:
            DocumentUnreadable: why not, what can be done, and in ``obstacle`` what kind of reason it is.
            ReadingStopped: the parser is closed.
        """
        if len(page.data) > min(MAX_PAGE_BYTES, self._page_limits.file_size_bytes):
            raise DocumentUnreadable(
                f"The page is too large: {len(page.data) / (1 << 20):,.0f} MB", hint="It was not read."
            )
        if not page.data:
            raise DocumentUnreadable("The page is empty", hint="The server sent nothing.", obstacle=Obstacle.EMPTY)
        return self._parsed(page, self._page_limits)

    def _parsed(self, what: Path | PageBytes, limits: Limits) -> ParsedFile:
        with self._turn:
            child = self._ready_child()
            try:
                reply = child.ask(what, limits=limits)
            except BaseException:
                child.end()
                if self._is_closed:
                    raise _stopped() from None
                raise
        if reply.failure is not None:
            failure = reply.failure
            raise DocumentUnreadable(failure.title, hint=failure.hint, obstacle=failure.obstacle)
        assert reply.parsed is not None  # or the child would have been found out
        return reply.parsed

    def close(self) -> None:
        """End the parser process, in the middle of a file if need be; the parser cannot be used afterwards."""
        self._is_closed = True
        child = self._child
        if child is not None:
            child.kill()
        with self._turn:
            if self._child is not None:
                self._child.end()
                self._child = None

    def _ready_child(self) -> Child:
        child = self._child
        if child is not None and (not child.is_alive or child.files >= _FILES_PER_PROCESS):
            child.end()
            child = None
        if self._is_closed:
            raise _stopped()
        if child is None:
            child = self._child = Child(self._command())
            if self._is_closed:  # closed between the check and the start
                child.kill()
        return child


def _stopped() -> ReadingStopped:
    return ReadingStopped("Reading was stopped", hint="The file is read the next time.")
