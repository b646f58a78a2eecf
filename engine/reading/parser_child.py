"""One parser process, seen from the app: starts it, asks it, watches its memory and time, and ends it."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import psutil

from engine.codec import Undecodable, decode, encode
from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from engine.reading.document import Document
from engine.reading.page import PageBytes
from engine.reading.wire import READY, BrokenFrame, Limits, Reply, Request, read_frame, write_frame

__all__ = ["Child", "ParserNotStarted"]

_WATCH_INTERVAL_S = 0.05
_START_TIMEOUT_S = 60.0
_LEAST_SHARE = 0.1
"""Of a processor: with less than that a process does not work, it hangs."""
_BYTES_PER_CHARACTER = 16
_REPLY_SLACK_BYTES = 64 << 20
_KEPT_NOISE_BYTES = 8_192
_MEGABYTE = 1 << 20


class ParserNotStarted(DocumentUnreadable):
    """There is no parser process to read with; nothing is known against the file."""


class Watch:
    """Looks at a process while it reads one file."""

    def __init__(self, process_id: int, limits: Limits) -> None:
        self.limits = limits
        self.memory_bytes = 0
        self._process: psutil.Process | None = None
        with suppress(psutil.Error):
            self._process = psutil.Process(process_id)
        self._started_at = time.monotonic()
        self._worked_before_s = self._worked_s()

    def look(self) -> None:
        """Raise DocumentUnreadable if the process has become too large, or has had its time."""
        with suppress(psutil.Error):
            if self._process is not None:
                self.memory_bytes = self._process.memory_info().rss
        if self.memory_bytes > self.limits.memory_bytes:
            raise _too_much_memory(self.limits)
        elapsed_s = time.monotonic() - self._started_at
        if elapsed_s > self.limits.timeout_s and not self._is_starved(elapsed_s):
            raise DocumentUnreadable(
                f"Reading the file took more than {self.limits.timeout_s:g} seconds",
                hint="It was given up. It may be damaged, unusually complicated, or made to do harm.",
                obstacle=Obstacle.SLOW,
            )

    def _is_starved(self, elapsed_s: float) -> bool:
        """Whether it works, but is given too little of the machine: it runs at low priority."""
        worked_s = self._worked_s() - self._worked_before_s
        has_time_left = worked_s < self.limits.timeout_s and elapsed_s < self.limits.patience * self.limits.timeout_s
        return has_time_left and worked_s > _LEAST_SHARE * elapsed_s

    def _worked_s(self) -> float:
        with suppress(psutil.Error):
            if self._process is not None:
                times = self._process.cpu_times()
                return float(times.user + times.system)
        return 0.0


class Child:
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
        self._sender: threading.Thread | None = None
        self._listeners = (
            threading.Thread(target=self._listen, name="parser replies", daemon=True),
            threading.Thread(target=self._collect_noise, name="parser noise", daemon=True),
        )
        for listener in self._listeners:
            listener.start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, what: Path | PageBytes, *, limits: Limits) -> Reply:
        """Return the child's answer about a file or a page.

        Raises:
            DocumentUnreadable: it died, took too long, grew too large or talked nonsense; the child has to be ended.
        """
        self.files += 1
        if isinstance(what, PageBytes):
            request = Request.for_page(what, number=self.files, limits=limits)
        else:
            request = Request.for_file(what, number=self.files, limits=limits)
        self._max_reply_bytes = limits.characters * _BYTES_PER_CHARACTER + _REPLY_SLACK_BYTES
        if self.files == 1:
            self._await_start(limits)
        watch = Watch(self._process.pid, limits)
        if isinstance(what, PageBytes):
            # A page does not fit into the pipe: a child that has stopped reading must not stop us.
            self._sender = threading.Thread(
                target=self._send, args=(encode(request), what.data), name="parser pages", daemon=True
            )
            self._sender.start()
        else:
            try:
                write_frame(_pipe(self._process.stdin), encode(request))
            except OSError as error:
                raise self._died(watch) from error
        frame = self._awaited(watch)
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

    def _send(self, *frames: bytes) -> None:
        with suppress(OSError, ValueError):  # whoever waits for the answer is told that the child has died
            for frame in frames:
                write_frame(_pipe(self._process.stdin), frame)

    def _await_start(self, limits: Limits) -> None:
        try:
            first = self._awaited(Watch(self._process.pid, replace(limits, timeout_s=_START_TIMEOUT_S)))
        except DocumentUnreadable as error:
            raise _not_started("it ended at once, or never became ready", self.noise()) from error
        if first != READY:
            raise _not_started("it is not the program it should be", self.noise())

    def _awaited(self, watch: Watch) -> bytes:
        wait_s = 2 * _WATCH_INTERVAL_S
        while True:
            try:
                frame = self._replies.get(timeout=wait_s)
            except queue.Empty:
                watch.look()
                wait_s = _WATCH_INTERVAL_S
                continue
            if frame is None:
                raise self._died(watch)
            return frame

    def _died(self, watch: Watch) -> DocumentUnreadable:
        self.kill()
        if watch.memory_bytes > watch.limits.memory_bytes // 2:
            return _too_much_memory(watch.limits)
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
        if self._sender is not None:
            self._sender.join()
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


def _not_started(reason: str, noise: str) -> ParserNotStarted:
    error = ParserNotStarted(
        "The part of Plumbline that reads files could not be started",
        hint=f"The reason: {reason}. If restarting Plumbline does not help, install it again.",
    )
    error.add_note(f"the parser process said: {noise}")
    return error


def _broken(what: str) -> DocumentUnreadable:
    error = DocumentUnreadable("The file could not be read", hint="Its reader gave a garbled answer.")
    error.add_note(f"the parser process answered with {what}")
    return error
