"""Carries bytes both ways between two connections, counting them, until both sides have ended or somebody gives up."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable

import httpcore

from engine.network.stream import Meter

_SLICE_S = 0.05
_PIECE_BYTES = 1 << 16
_FULL_BYTES = 1 << 20


class Tunnel:
    """One tunnel.

    Args:
        near: the library's side.
        far: the server's side.
        check: raises what ends it.
        meter: where it is counted.
    """

    def __init__(
        self, near: socket.socket, far: httpcore.NetworkStream, *, check: Callable[[], None], meter: Meter
    ) -> None:
        self._near = near
        self._far: socket.socket = far.get_extra_info("socket")
        self._check = check
        self._meter = meter
        self._waiting = {self._near: bytearray(), self._far: bytearray()}
        """What is still to be sent, by where it goes."""
        self._open = {self._near, self._far}

    def run(self) -> None:
        """Carry until the end.

        Raises:
            OSError: a side broke.
        """
        self._near.setblocking(False)
        self._far.setblocking(False)
        with selectors.DefaultSelector() as selector:
            while self._step(selector):
                self._check()

    def _step(self, selector: selectors.BaseSelector) -> bool:
        """Carry what can be carried now; return whether anything is left to do."""
        if self._far not in self._open:
            self._waiting[self._far].clear()  # there is nobody left to tell anything
            if not self._waiting[self._near]:
                return False
        if self._near not in self._open and not self._waiting[self._far]:
            return False
        for end, other in ((self._near, self._far), (self._far, self._near)):
            wanted = selectors.EVENT_READ if end in self._open and len(self._waiting[other]) < _FULL_BYTES else 0
            wanted |= selectors.EVENT_WRITE if self._waiting[end] else 0
            _want(selector, end, wanted)
        for key, events in selector.select(_SLICE_S):
            end = self._near if key.fileobj is self._near else self._far
            if events & selectors.EVENT_READ:
                piece = self._received(end)
                if piece:
                    self._waiting[self._far if end is self._near else self._near] += piece
                elif piece is not None:
                    self._open.discard(end)
            if events & selectors.EVENT_WRITE:
                self._send(end, self._waiting[end])
        return True

    def _received(self, end: socket.socket) -> bytes | None:
        try:
            piece = end.recv(_PIECE_BYTES)
        except (BlockingIOError, InterruptedError):
            return None
        if end is self._far:
            self._meter.bytes_received += len(piece)
        return piece

    def _send(self, end: socket.socket, rest: bytearray) -> None:
        try:
            sent = end.send(rest)
        except (BlockingIOError, InterruptedError):
            return
        del rest[:sent]
        if end is self._far:
            self._meter.bytes_sent += sent


def _want(selector: selectors.BaseSelector, end: socket.socket, wanted: int) -> None:
    known = selector.get_map().get(end)
    if known is None and wanted:
        selector.register(end, wanted)
    elif known is not None and not wanted:
        selector.unregister(end)
    elif known is not None and known.events != wanted:
        selector.modify(end, wanted)
