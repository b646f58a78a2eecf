"""Files to text, from the app's side: owns the parser process, gives it one file at a time, replaces it on failure."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.errors import DocumentUnreadable
from engine.reading.extract.formats import READABLE_SUFFIXES
from engine.reading.parser_child import Child, ParserNotStarted
from engine.reading.wire import Limits, ParsedFile

__all__ = [
    "READABLE_SUFFIXES",
    "Limits",
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
    """Turns files into documents in a process of its own. Safe to use from several threads; they take turns."""

    def __init__(self, *, limits: Limits | None = None, command: Callable[[], Sequence[str]] = parser_command) -> None:
        self._limits = limits or Limits()
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
        with self._turn:
            child = self._ready_child()
            try:
                reply = child.ask(path.absolute(), limits=self._limits)
            except BaseException:
                child.end()
                if self._is_closed:
                    raise _stopped() from None
                raise
        if reply.failure is not None:
            raise DocumentUnreadable(reply.failure.title, hint=reply.failure.hint)
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
