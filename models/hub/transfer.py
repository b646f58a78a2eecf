"""Fetches the pieces of one file from one address, over several connections, until all are there or it has to end."""

from __future__ import annotations

import errno
import hashlib
import random
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.errors import DownloadFailed, ModelError
from models.http import ConnectionProblem, HttpAnswer, HttpClient, RequestCancelled, Trouble
from models.hub.hub import HubProblem, refusal, retry_after_s, web_page
from models.hub.part_file import PIECE_BYTES, PartFile
from models.hub.spans import Span, SpanQueue

_DISK_RESERVE_BYTES = 64 << 20
_DISK_CHECK_S = 1.0
_NO_ROOM = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
_STATUS_PASSING = frozenset([408, 425, 429, 500, 502, 503, 504])


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How patient to be with a bad connection."""

    attempts: int = 8
    """Failures in a row, without one new piece, after which it ends."""
    first_wait_s: float = 1.0
    """Doubled after each failure."""
    longest_wait_s: float = 30.0


class _Restart(Exception):
    """What is on the server is not what is here."""


class _NoRanges(Exception):
    """The server cannot send parts of the file."""


class Transfer:
    """Fetches and checks one file. ``run`` does it; everything else may be called from other threads.

    Args:
        client: how to reach the server.
        address: of the file.
        part: where it goes.
        sha256: what it must be; empty when that is not known.
        connections: how many at a time.
        retries: when to give up.
        halt: ends it when set.
        on_change: called often from any of the threads, for showing progress.
    """

    def __init__(
        self,
        client: HttpClient,
        *,
        address: str,
        part: PartFile,
        sha256: str,
        connections: int,
        retries: Retries,
        halt: threading.Event,
        on_change: Callable[[], None],
        free_bytes: Callable[[Path], int] | None = None,
    ) -> None:
        self._client = client
        self._address = address
        self._part = part
        self._sha256 = sha256
        self._connections = max(connections, 1)
        self._retries = retries
        self._halt = halt
        self._stop = threading.Event()
        self._on_change = on_change
        self._free_bytes = free_bytes or (lambda folder: shutil.disk_usage(folder).free)
        self._mutex = threading.Lock()
        self._arriving: dict[int, int] = {}
        self._received = 0
        self._failures = 0
        self._workers = 1
        self._end: Exception | None = None
        self._ranges_work = True
        self._has_succeeded = False
        self._queue = SpanQueue((), longest=1)
        self.restarts = 0
        self.verified_bytes = 0
        self.waiting_for: str = ""
        """Why nothing moves at the moment, for a person; empty when it does."""

    @property
    def done_bytes(self) -> int:
        """How much of the file is here."""
        with self._mutex:
            arriving = sum(self._arriving.values())
        return min(self._part.done_bytes + arriving, self._part.size_bytes)

    @property
    def received_bytes(self) -> int:
        """How much came over the network."""
        return self._received

    @property
    def open_connections(self) -> int:
        """How many are at work."""
        with self._mutex:
            return len(self._arriving)

    def run(self) -> bool:
        """Fetch what is missing and check everything; False when it was halted.

        Raises:
            DownloadFailed: it cannot be had; what is there is kept.
        """
        while True:
            digest = self._attempt()
            if self._halt.is_set():
                return False
            match self._end:
                case None:
                    break
                case _Restart() as changed:
                    self.restarts += 1
                    if self.restarts > 2:
                        raise DownloadFailed(
                            "The file on the server keeps changing",
                            hint="Ask the hub for its list again, and try later.",
                        ) from changed
                    self._part.reset()
                case _NoRanges():
                    self._ranges_work = False
                case ModelError() as problem:
                    raise problem
                case error:
                    raise error
        if self._sha256 and digest != self._sha256:
            self._part.remove()
            raise DownloadFailed(
                "The file arrived damaged and is not used",
                hint="Its checksum is not the one that the hub lists, so it was deleted. Try again; if it happens "
                "twice, choose another mirror.",
            )
        return True

    def _attempt(self) -> str:
        """Fetch until everything is here or something ends it; return the checksum of what is here."""
        self._end, self.waiting_for = None, ""
        self._stop.clear()
        self._check_disk(self._part.size_bytes - self._part.done_bytes)
        missing = self._part.missing()
        share = len(missing) // (self._connections * 4)
        self._queue = SpanQueue(missing, longest=min(max(share, 16), 256) if self._ranges_work else len(missing))
        count = max(min(self._connections, -(-len(missing) // 8)), 1) if self._ranges_work else 1
        self._workers = count
        workers = [
            threading.Thread(target=self._work, args=(number,), name="model download", daemon=True)
            for number in range(count)
        ]
        for worker in workers:
            worker.start()
        try:
            return self._check_pieces()
        finally:
            self._stop.set()
            for worker in workers:
                worker.join()

    def _check_pieces(self) -> str:
        """Read what is here from the beginning on, as it arrives, and return its checksum."""
        digest, index, looked = hashlib.sha256(), 0, time.monotonic()
        self.verified_bytes = 0
        while index < self._part.piece_count and not self._is_over():
            if time.monotonic() - looked > _DISK_CHECK_S:
                looked = time.monotonic()
                self._watch_disk()
            if not self._part.has(index):
                self._stop.wait(0.02)
                self._on_change()
                continue
            data = self._part.read(index)
            if data is None:
                self._queue.give_back(Span(index, index + 1))
                continue
            digest.update(data)
            self.verified_bytes += len(data)
            index += 1
            if index % 32 == 0:
                self._on_change()
        return digest.hexdigest()

    def _is_over(self) -> bool:
        return self._halt.is_set() or self._stop.is_set()

    def _finish(self, reason: Exception) -> None:
        """End this attempt; the first reason counts."""
        with self._mutex:
            if self._end is None:
                self._end = reason
        self._stop.set()

    def _work(self, number: int) -> None:
        """One connection's thread."""
        try:
            while not self._is_over():
                span = self._queue.take()
                if span is None:
                    # A piece that the disk did not keep may turn up until everything has been checked.
                    self._stop.wait(0.05)
                elif any(not self._part.has(index) for index in range(span.first, span.end)):
                    self._work_on(number, span)
        except Exception as error:
            self._finish(error)

    def _work_on(self, number: int, span: Span) -> None:
        wait_s = 0.0
        try:
            with self._mutex:
                self._arriving[number] = 0
            self._fetch(number, span)
        except (_Restart, _NoRanges) as reason:
            self._finish(reason)
        except RequestCancelled:
            pass
        except (ConnectionProblem, HubProblem) as problem:
            wait_s = self._wait_after(problem)
        except OSError as error:
            self._finish(_disk_problem(error))
        finally:
            with self._mutex:
                self._arriving.pop(number, None)
            left = [index for index in range(span.first, span.end) if not self._part.has(index)]
            if left:
                self._queue.give_back(Span(left[0], span.end))
        if wait_s:
            self._halt_or_wait(wait_s)

    def _wait_after(self, problem: ConnectionProblem | HubProblem) -> float:
        """How long to wait before the next try, in seconds; ends the attempt when there is none."""
        if isinstance(problem, HubProblem):
            passing, asked_s = problem.retry_after_s > 0, min(problem.retry_after_s, 600.0)
        else:
            passing, asked_s = problem.is_passing, 0.0
        with self._mutex:
            # All connections fail together when the network is gone: that counts once.
            rounds = self._failures // self._workers
            self._failures += 1
        if not passing or rounds >= self._retries.attempts:
            self._finish(problem if isinstance(problem, HubProblem) else _failed(problem))
            return 0.0
        wait_s = min(self._retries.first_wait_s * 2.0**rounds, self._retries.longest_wait_s)
        self.waiting_for = f"{problem.title}. Trying again."
        self._on_change()
        return max(wait_s * random.uniform(0.8, 1.2), asked_s)

    def _halt_or_wait(self, wait_s: float) -> None:
        deadline = time.monotonic() + wait_s
        while not self._is_over() and (left := deadline - time.monotonic()) > 0:
            self._stop.wait(min(left, 0.05))

    def _fetch(self, number: int, span: Span) -> None:
        """Fetch a run of pieces with one request."""
        first, last = span.first * PIECE_BYTES, min(span.end * PIECE_BYTES, self._part.size_bytes) - 1
        headers = {"accept-encoding": "identity"}
        if self._ranges_work:
            headers["range"] = f"bytes={first}-{last}"
            if self._part.tag and not self._part.tag.startswith("W/"):
                headers["if-range"] = self._part.tag
        with self._client.open(self._address, headers=headers, is_cancelled=self._is_over) as answer:
            self._check_head(answer, first=first)
            self._has_succeeded = True
            if self._ranges_work:
                self._take(number, answer, span)
            else:
                self._take(number, answer, Span(0, self._part.piece_count))

    def _check_head(self, answer: HttpAnswer, *, first: int) -> None:
        """Refuse what is not the part of the file that was asked for."""
        headers, status = answer.headers, answer.status
        if status not in (200, 206):
            self._refuse(answer)
        if headers.get("content-type", "").startswith("text/html"):
            raise web_page(answer.address)
        if headers.get("content-encoding", "identity").lower() not in ("identity", ""):
            raise HubProblem(
                "The server packs the file on its way", hint="It cannot be checked like this. Choose another mirror."
            )
        tag = headers.get("etag", "")
        if self._part.tag and tag and tag != self._part.tag:
            raise _Restart
        if status == 206 and self._ranges_work:
            unit, _, rest = headers.get("content-range", "").partition(" ")
            place, _, total = rest.partition("/")
            begin = place.partition("-")[0]
            if unit != "bytes" or not begin.isdecimal() or int(begin) != first:
                raise _NoRanges
            if total.isdecimal() and int(total) != self._part.size_bytes:
                self._other_size(int(total))
        else:
            length = headers.get("content-length", "")
            if length.isdecimal() and int(length) != self._part.size_bytes:
                self._other_size(int(length))
            if self._ranges_work and (first or self._part.size_bytes > PIECE_BYTES):
                raise _NoRanges
        if tag and not self._part.tag:
            self._part.set_tag(tag)

    def _other_size(self, size: int) -> None:
        if self._part.done_bytes and not self.restarts:
            raise _Restart
        raise HubProblem(
            "The file on the server is not the one the hub describes",
            hint=f"It has {size:,} bytes instead of {self._part.size_bytes:,}. Ask the hub for its list again.",
        )

    def _refuse(self, answer: HttpAnswer) -> None:
        status = answer.status
        if status == 416:
            raise _Restart
        wait_s = retry_after_s(answer)
        problem = refusal(status, what="this file", hub=answer.address, wait_s=wait_s)
        # Addresses of content networks expire after a while; the next request gets a new one.
        if status in _STATUS_PASSING or (status in (401, 403) and self._has_succeeded):
            raise HubProblem(problem.title, hint=problem.hint, retry_after_s=wait_s or 0.001)
        raise HubProblem(problem.title, hint=problem.hint)

    def _take(self, number: int, answer: HttpAnswer, span: Span) -> None:
        """Write the pieces as they arrive."""
        index, piece = span.first, bytearray()
        for data in answer.chunks():
            piece += data
            self._received += len(data)
            while index < span.end and len(piece) >= self._part.piece_size(index):
                size = self._part.piece_size(index)
                self._keep(index, bytes(piece[:size]))
                del piece[:size]
                index += 1
            with self._mutex:
                self._arriving[number] = len(piece)
            if index == span.end:
                if piece:
                    # More than was asked for: the rest is not read.
                    piece.clear()
                return
        raise ConnectionProblem(
            "The connection was cut", hint="The server sent less than it had announced.", trouble=Trouble.CUT
        )

    def _keep(self, index: int, data: bytes) -> None:
        if index == 0 and not data.startswith(b"GGUF"):
            if data.lstrip()[:1] == b"<":
                raise web_page(self._address)
            raise HubProblem(
                "What the server sends is no GGUF model", hint="Choose another repository, or another mirror."
            )
        if self._part.has(index):
            if not self._part.same_as(index, data):
                raise _Restart
        else:
            self._part.write(index, data)
        with self._mutex:
            self._failures = 0
        self.waiting_for = ""
        self._on_change()

    def _check_disk(self, needed: int) -> None:
        free = self._free_bytes(self._part.path.parent)
        if needed and free < needed + _DISK_RESERVE_BYTES:
            raise no_room(needed - max(free - _DISK_RESERVE_BYTES, 0))

    def _watch_disk(self) -> None:
        left = self._part.size_bytes - self._part.done_bytes
        if left and self._free_bytes(self._part.path.parent) < _DISK_RESERVE_BYTES // 4:
            self._finish(no_room(left))


def no_room(missing: int) -> DownloadFailed:
    """Say that the disk is too full."""
    return DownloadFailed(
        "There is not enough room on the disk",
        hint=f"About {max(missing / 1e9, 0.1):.1f} GB are missing. Make room, or choose another folder for models. "
        "What was downloaded is kept.",
    )


def _disk_problem(error: OSError) -> DownloadFailed:
    if error.errno in _NO_ROOM:
        return DownloadFailed("The disk is full", hint="Make room, then continue. What was downloaded is kept.")
    return DownloadFailed("The file cannot be written", hint=f"The system says: {error.strerror or error}.")


def _failed(problem: ModelError) -> DownloadFailed:
    return DownloadFailed(problem.title, hint=f"{problem.hint} What was downloaded is kept.".strip())
