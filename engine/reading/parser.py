"""Files to text, from the app's side: owns the parser process, gives it one file at a time, replaces it on failure."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import psutil

from engine.codec import Undecodable, decode, encode
from engine.errors import DocumentUnreadable
from engine.reading.document import Document
from engine.reading.extract.formats import READABLE_SUFFIXES
from engine.reading.wire import READY, BrokenFrame, Limits, ParsedFile, Reply, Request, read_frame, write_frame

__all__ = ["READABLE_SUFFIXES", "Limits", "ParsedFile", "Parser", "ReadingStopped", "parser_command"]

_WATCH_INTERVAL_S = 0.05
_START_TIMEOUT_S = 60.0
_BYTES_PER_CHARACTER = 16
_REPLY_SLACK_BYTES = 64 << 20
_KEPT_NOISE_BYTES = 8_192
_FILES_PER_PROCESS = 5_000
_MEGABYTE = 1 << 20


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
        self._child: _Child | None = None
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

    def _ready_child(self) -> _Child:
        child = self._child
        if child is not None and (not child.is_alive or child.files >= _FILES_PER_PROCESS):
            child.end()
            child = None
        if self._is_closed:
            raise _stopped()
        if child is None:
            child = self._child = _Child(self._command())
            if self._is_closed:  # closed between the check and the start
                child.kill()
        return child


class _Child:
    """One parser process and the two threads that listen to it."""

    def __init__(self, command: Sequence[str]) -> None:
        flags = 0
        if sys.platform == "win32":
            flags = subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=Path(sys.executable).parent,
                creationflags=flags,
            )
        except OSError as error:
            raise _not_started(error.strerror or str(error), "") from error
        self.files = 0
        self._noise: deque[bytes] = deque(maxlen=8)
        self._replies: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._max_reply_bytes = _REPLY_SLACK_BYTES
        self._memory_bytes = 0
        self._listeners = (
            threading.Thread(target=self._listen, name="parser replies", daemon=True),
            threading.Thread(target=self._collect_noise, name="parser noise", daemon=True),
        )
        for listener in self._listeners:
            listener.start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, path: Path, *, limits: Limits) -> Reply:
        """Return the child's answer.

        Raises:
            DocumentUnreadable: it died, took too long, grew too large or talked nonsense; the child has to be ended.
        """
        self.files += 1
        request = Request.for_file(path, number=self.files, limits=limits)
        self._max_reply_bytes = limits.characters * _BYTES_PER_CHARACTER + _REPLY_SLACK_BYTES
        if self.files == 1:
            self._await_start(limits)
        deadline = time.monotonic() + limits.timeout_s
        try:
            write_frame(_pipe(self._process.stdin), encode(request))
        except OSError as error:
            raise self._died(limits) from error
        frame = self._awaited(deadline, limits)
        try:
            reply = decode(frame, Reply)
        except Undecodable as error:
            raise _broken("nonsense") from error
        if reply.number != request.number:
            raise _broken("the answer to another request")
        if reply.parsed is not None:
            _check(reply.parsed.document)
        elif reply.failure is None:
            raise _broken("nothing")
        return reply

    def _await_start(self, limits: Limits) -> None:
        try:
            first = self._awaited(time.monotonic() + _START_TIMEOUT_S, limits)
        except DocumentUnreadable as error:
            raise _not_started("it ended at once, or never became ready", self.noise()) from error
        if first != READY:
            raise _not_started("it is not the program it should be", self.noise())

    def _awaited(self, deadline: float, limits: Limits) -> bytes:
        wait_s = 2 * _WATCH_INTERVAL_S
        while True:
            try:
                frame = self._replies.get(timeout=wait_s)
            except queue.Empty:
                self._watch(deadline, limits)
                wait_s = _WATCH_INTERVAL_S
                continue
            if frame is None:
                raise self._died(limits)
            return frame

    def _watch(self, deadline: float, limits: Limits) -> None:
        with suppress(psutil.Error):
            self._memory_bytes = psutil.Process(self._process.pid).memory_info().rss
        if self._memory_bytes > limits.memory_bytes:
            raise _too_much_memory(limits)
        if time.monotonic() > deadline:
            raise DocumentUnreadable(
                f"Reading the file took more than {limits.timeout_s:g} seconds",
                hint="It was given up. It may be damaged, unusually complicated, or made to do harm.",
            )

    def _died(self, limits: Limits) -> DocumentUnreadable:
        self.kill()
        if self._memory_bytes > limits.memory_bytes // 2:
            return _too_much_memory(limits)
        error = DocumentUnreadable(
            "The file makes its reader crash",
            hint="It is damaged, or was made to do harm. Try to open it in another program and save it again.",
        )
        error.add_note(f"parser process ended with {self._process.returncode}: {self.noise()}")
        return error

    def noise(self) -> str:
        """Return the last of what the child wrote to its standard error."""
        return b"".join(self._noise)[-_KEPT_NOISE_BYTES:].decode("utf-8", "replace")

    def kill(self) -> None:
        """End the process at once; may be called from any thread."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()

    def end(self) -> None:
        """End the process and free what it held."""
        self.kill()
        for listener in self._listeners:
            listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with suppress(OSError):
                _pipe(stream).close()

    def _listen(self) -> None:
        stream = _pipe(self._process.stdout)
        try:
            while (frame := read_frame(stream, max_bytes=self._max_reply_bytes)) is not None:
                self._replies.put(frame)
        except (BrokenFrame, OSError, ValueError):
            pass  # whoever waits is told that the child is useless
        self._replies.put(None)

    def _collect_noise(self) -> None:
        descriptor = _pipe(self._process.stderr).fileno()
        with suppress(OSError, ValueError):
            while chunk := os.read(descriptor, 1_024):
                self._noise.append(chunk)


def _pipe(stream: object) -> BinaryIO:
    assert stream is not None
    return stream  # type: ignore[return-value]


def _check(document: Document) -> None:
    """Keep a misbehaving child from handing over offsets that lie outside the text."""
    end = 0
    for block in document.blocks:
        if block.start < end or block.end <= block.start:
            raise _broken("blocks out of order")
        end = block.end
    if end > len(document.text) or not document.title:
        raise _broken("blocks outside the text")


def _too_much_memory(limits: Limits) -> DocumentUnreadable:
    return DocumentUnreadable(
        "Reading the file needed too much memory",
        hint=f"It was stopped at {limits.memory_bytes // _MEGABYTE:,} MB. It may be damaged, or made to do harm.",
    )


def _not_started(reason: str, noise: str) -> DocumentUnreadable:
    error = DocumentUnreadable(
        "The part of Plumbline that reads files could not be started",
        hint=f"The reason: {reason}. If restarting Plumbline does not help, install it again.",
    )
    error.add_note(f"the parser process said: {noise}")
    return error


def _broken(what: str) -> DocumentUnreadable:
    error = DocumentUnreadable("The file could not be read", hint="Its reader gave a garbled answer.")
    error.add_note(f"the parser process answered with {what}")
    return error


def _stopped() -> ReadingStopped:
    return ReadingStopped("Reading was stopped", hint="The file is read the next time.")
