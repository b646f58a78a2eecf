"""An answer on its way: counted, within limits, and ended as soon as somebody gives up."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Self

import httpcore

from engine.network.addresses import Place
from engine.network.problems import cut, nonsense, too_large, translated
from engine.network.stream import Check, Meter, Patience
from models.http import ConnectionProblem

OnEnd = Callable[[str], None]
"""Hears once that an answer has ended: why it broke, or nothing."""


class Answer:
    """Implements ``http.HttpAnswer``.

    Args:
        response: its head has arrived.
        place: where it came from.
        patience: of the connection.
        check: who may give up.
        meter: where it is counted.
        on_end: told when it has ended.
    """

    def __init__(
        self,
        response: httpcore.Response,
        *,
        place: Place,
        patience: Patience,
        check: Check,
        meter: Meter,
        on_end: OnEnd,
    ) -> None:
        self._response = response
        self._place = place
        self._patience = patience
        self._check = check
        self._meter = meter
        self._on_end = on_end
        self._lock = threading.Lock()
        self._has_ended = False

    @property
    def status(self) -> int:
        """HTTP's."""
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in lower case; the values of repeated ones are joined."""
        found: dict[str, str] = {}
        for name, value in self._response.headers:
            key, text = name.decode("ascii", "replace").lower(), value.decode("utf-8", "replace")
            found[key] = f"{found[key]}, {text}" if key in found else text
        return MappingProxyType(found)

    @property
    def address(self) -> str:
        """Where it came from in the end."""
        return self._place.canonical

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives."""
        pieces = iter(self._response.iter_stream())
        while True:
            # A thread reads several answers in turn: each piece is waited for with the patience of its own answer.
            with self._patience.of(self._check, self._meter):
                try:
                    self._check()
                    piece = next(pieces, None)
                except _BROKEN as error:
                    self._check_again()
                    problem = translated(error, self._place.endpoint.host)
                    self._end(problem.title)
                    raise problem from error
                except ConnectionProblem as problem:
                    self.close(problem.title)
                    raise
            if piece is None:
                self._end("")
                return
            yield piece

    def lines(self, *, limit_bytes: int = 1_000_000) -> Iterator[str]:
        """Yield the body line by line."""
        rest = b""
        for piece in self.chunks():
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield line.removesuffix(b"\r").decode("utf-8", "replace")
            if len(rest) > limit_bytes:
                raise too_large(self._place.endpoint.host)
        if rest:
            yield rest.decode("utf-8", "replace")

    def read(self, *, limit_bytes: int) -> bytes:
        """Return the whole body; one packing is undone, as far as the limit goes."""
        host = self._place.endpoint.host
        body = bytearray()
        for piece in self.chunks():
            body += piece
            if len(body) > limit_bytes:
                raise too_large(host)
        encoding = self.headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("identity", ""):
            return bytes(body)
        if encoding not in ("gzip", "x-gzip"):
            raise nonsense(host)
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            unpacked = unpacking.decompress(bytes(body), limit_bytes + 1)
        except zlib.error as error:
            raise nonsense(host) from error
        if len(unpacked) > limit_bytes:
            raise too_large(host)
        if not unpacking.eof:
            raise cut(host)
        return unpacked

    def close(self, reason: str = "") -> None:
        """Give the connection back, or end it where something is still to come."""
        try:
            self._response.close()
        finally:
            self._end(reason)

    def _check_again(self) -> None:
        """Going offline closes connections under way: that is the reason then, not the connection."""
        try:
            self._check()
        except ConnectionProblem as problem:
            self._end(problem.title)
            raise

    def _end(self, reason: str) -> None:
        with self._lock:
            if self._has_ended:
                return
            self._has_ended = True
        self._on_end(reason)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_BROKEN = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    OSError,
)
BROKEN = _BROKEN
"""What httpcore and the system raise when a connection breaks."""
