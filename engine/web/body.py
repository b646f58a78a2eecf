"""The body of an answer: read up to a limit, unpacked once at most and only as far as the limit goes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.web.kept import Kept
from models.http import ConnectionProblem, HttpAnswer, Trouble

PACKINGS = "gzip"
"""What we let servers do to a body; anything else is not unpacked."""

_MAGIC = b"\x1f\x8b"
_BROKEN_OFF = frozenset({Trouble.CUT, Trouble.NONSENSE})


class Garbled(Exception):
    """The body is packed in a way that was not asked for, or that makes no sense."""


class NoRoom(Exception):
    """There is no room on the disk for what arrives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What arrived."""

    data: bytes
    is_over: bool = False
    """Whether there was more than the limit."""
    problem: ConnectionProblem | None = None
    """What broke it off before its end."""

    @property
    def is_truncated(self) -> bool:
        """Whether the end is missing."""
        return self.is_over or self.problem is not None


def read_body(answer: HttpAnswer, *, limit_bytes: int) -> Body:
    """Return the body, or its beginning where it is longer or breaks off; no byte beyond the limit is unpacked.

    Raises:
        Garbled: it cannot be unpacked.
        NoRoom: it is large, and the disk is full.
        ConnectionProblem: the door broke it off.
        RequestCancelled: somebody gave up.
    """
    unpack = _unpacking(answer.headers)
    kept = Kept()
    try:
        is_over, problem = _filled(kept, answer, unpack, limit_bytes=limit_bytes)
        return Body(data=kept.taken(limit_bytes), is_over=is_over, problem=problem)
    except OSError as error:
        raise NoRoom from error
    finally:
        kept.close()


def _filled(
    kept: Kept, answer: HttpAnswer, unpack: _Plain | _Gzip, *, limit_bytes: int
) -> tuple[bool, ConnectionProblem | None]:
    """Keep what arrives; return whether there was more than the limit, and what broke it off."""
    arrived = 0
    try:
        for chunk in answer.chunks():
            arrived += len(chunk)
            for piece in unpack.pieces(chunk, limit_bytes + 1 - kept.size):
                kept.write(piece)
            if kept.size > limit_bytes or arrived > limit_bytes + unpack.slack_bytes:
                return True, None
    except ConnectionProblem as problem:
        if problem.trouble not in _BROKEN_OFF:
            raise
        return False, problem
    if unpack.is_complete:
        return False, None
    # It ended as announced and is still not whole: cut on its way to the server that sent it to us.
    return False, ConnectionProblem("The answer is not whole", hint="Its end is missing.", trouble=Trouble.CUT)


def _unpacking(headers: Mapping[str, str]) -> _Plain | _Gzip:
    named = [part.strip().lower() for part in headers.get("content-encoding", "").split(",")]
    named = [part for part in named if part not in ("", "identity")]
    if not named:
        return _Plain()
    if named in (["gzip"], ["x-gzip"]):
        return _Gzip()
    raise Garbled


class _Plain:
    slack_bytes = 0
    is_complete = True

    def pieces(self, chunk: bytes, limit_bytes: int) -> Iterator[bytes]:
        yield chunk[:limit_bytes]


class _Gzip:
    slack_bytes = 1 << 20
    """Packing makes some things larger."""

    def __init__(self) -> None:
        self._unpacker = _gunzip()
        self._has_begun = False

    @property
    def is_complete(self) -> bool:
        return not self._has_begun or self._unpacker.eof

    def pieces(self, chunk: bytes, limit_bytes: int) -> Iterator[bytes]:
        self._has_begun = True
        try:
            while chunk and limit_bytes > 0:
                if self._unpacker.eof:
                    if not chunk.startswith(_MAGIC[: len(chunk)]):
                        return  # padding after the last member
                    self._unpacker = _gunzip()
                piece = self._unpacker.decompress(chunk, limit_bytes)
                limit_bytes -= len(piece)
                chunk = self._unpacker.unused_data
                yield piece
        except zlib.error as error:
            raise Garbled from error


def _gunzip() -> zlib._Decompress:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)
