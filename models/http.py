"""What this package says to the network and hears from it; the engine's door makes the clients that carry it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self

from models.errors import ServerUnreachable


class Trouble(StrEnum):
    """In what way a connection failed."""

    ADDRESS = "address"
    """The address itself makes no sense, or leads to a place that may not be visited."""
    UNKNOWN_HOST = "unknown-host"
    REFUSED = "refused"
    TOO_SLOW = "too-slow"
    CUT = "cut"
    """It broke in the middle."""
    SECURITY = "security"
    """The certificate is not believed."""
    PROXY = "proxy"
    TOO_LARGE = "too-large"
    NONSENSE = "nonsense"
    """The answer is no HTTP, or not in a form that can be read."""
    NOT_ALLOWED = "not-allowed"
    """The door did not let the request out."""


_PASSING = frozenset([Trouble.UNKNOWN_HOST, Trouble.REFUSED, Trouble.TOO_SLOW, Trouble.CUT])


class ConnectionProblem(ServerUnreachable):
    """A request got no usable answer."""

    def __init__(self, title: str, *, hint: str = "", trouble: Trouble) -> None:
        super().__init__(title, hint=hint)
        self.trouble = trouble

    @property
    def is_passing(self) -> bool:
        """Whether trying again a little later makes sense."""
        return self.trouble in _PASSING


class RequestCancelled(Exception):
    """``is_cancelled`` said True while a request was under way; no failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long each part of a request may take, in seconds. There is none for a whole answer."""

    connect_s: float = 15.0
    read_s: float = 60.0
    """Without a single byte arriving."""
    write_s: float = 60.0


IsCancelled = Callable[[], bool]


class HttpAnswer(Protocol):
    """An answer whose head has arrived. Leaving its ``with`` block gives the connection back, or ends it."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Names in lower case; the values of repeated ones are joined by ``, ``."""
        ...

    @property
    def address(self) -> str:
        """Where it came from in the end, after redirects."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """Yield the body as it arrives, exactly as it was sent (never unpacked).

        Raises:
            ConnectionProblem: it broke off, also when it is shorter than announced.
            RequestCancelled: somebody gave up.
        """
        ...

    def lines(self, *, limit_bytes: int = 1_000_000) -> Iterator[str]:
        """Yield the body line by line, without the line ends; ``limit_bytes`` bounds one line."""
        ...

    def read(self, *, limit_bytes: int) -> bytes:
        """Return the whole body, unpacked if it was packed with gzip in spite of our asking.

        Raises:
            ConnectionProblem: as ``chunks``; and when there is more, packed or unpacked.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class HttpClient(Protocol):
    """Sends requests; may be used from several threads at once."""

    def open(
        self,
        address: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> HttpAnswer:
        """Send a request and return as soon as the head of the answer is there, whatever its status.

        Redirects of GET are followed, five at most, and only to https, to this computer, or to the scheme that was
        asked for; ``authorization`` is not sent on to another host. ``is_cancelled`` is asked every 50 ms, also while
        connecting and while the body is read.

        Raises:
            ConnectionProblem: there is no answer.
            RequestCancelled: ``is_cancelled`` said True.
        """
        ...

    def close(self) -> None:
        """Let go of all connections."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


OpenClient = Callable[[str], HttpClient]
"""Makes a client for a server whose address the person typed. Nothing is sent by making one."""
