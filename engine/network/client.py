"""Sends requests with httpx, within limits of time and size; follows redirects only to safe places."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType, TracebackType
from typing import Self
from urllib.parse import urljoin, urlsplit

import httpx

from engine.network.stream import Patience
from engine.network.transport import Transport, is_this_computer
from models.http import ConnectionProblem, HttpAnswer, IsCancelled, Timeouts, Trouble

_MAX_REDIRECTS = 5
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_USER_AGENT = "Plumbline"


class Client:
    """Implements ``http.HttpClient``; made by ``connections.open_client``."""

    def __init__(self, *, proxy: str, timeouts: Timeouts, connections: int) -> None:
        self._patience = Patience()
        self._client = httpx.Client(
            transport=Transport(proxy=proxy, patience=self._patience, connections=connections),
            timeout=httpx.Timeout(
                connect=timeouts.connect_s,
                read=timeouts.read_s,
                write=timeouts.write_s,
                pool=timeouts.read_s,
            ),
            headers={"user-agent": _USER_AGENT, "accept-encoding": "identity"},
            follow_redirects=False,
            trust_env=False,
        )

    def open(
        self,
        address: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> HttpAnswer:
        asked, sent = address, dict(headers or {})
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._send(address, method=method, headers=sent, body=body, is_cancelled=is_cancelled)
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or method not in ("GET", "HEAD") or not target:
                return answer
            answer.__exit__(None, None, None)
            goal = _goal(asked, address, target)
            if urlsplit(goal).netloc != urlsplit(address).netloc:
                sent = {name: value for name, value in sent.items() if name.lower() not in ("authorization", "cookie")}
            address = goal
        raise ConnectionProblem(
            "The server sends us round in circles",
            hint=f"{_host(asked)} answered with more than {_MAX_REDIRECTS} redirects.",
            trouble=Trouble.NONSENSE,
        )

    def _send(
        self,
        address: str,
        *,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        is_cancelled: IsCancelled | None,
    ) -> HttpAnswer:
        _check_address(address)
        self._patience.begin(is_cancelled)
        try:
            self._patience.check()
            request = self._client.build_request(method, address, headers=dict(headers), content=body)
            response = self._client.send(request, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError, OSError) as error:
            raise _translated(error, _host(address)) from error
        finally:
            self._patience.begin(None)
        return _Answer(response, patience=self._patience, is_cancelled=is_cancelled)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Answer:
    def __init__(self, response: httpx.Response, *, patience: Patience, is_cancelled: IsCancelled | None) -> None:
        self._response = response
        self._patience = patience
        self._is_cancelled = is_cancelled

    @property
    def status(self) -> int:
        return self._response.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        return MappingProxyType(dict(self._response.headers))

    @property
    def address(self) -> str:
        return str(self._response.url)

    def chunks(self) -> Iterator[bytes]:
        pieces = self._response.iter_raw()
        while True:
            # A thread reads several answers in turn: each piece is waited for with the patience of its own answer.
            self._patience.begin(self._is_cancelled)
            try:
                self._patience.check()
                piece = next(pieces, None)
            except (httpx.HTTPError, httpx.StreamError, OSError) as error:
                raise _translated(error, self._response.url.host) from error
            finally:
                self._patience.begin(None)
            if piece is None:
                return
            yield piece

    def lines(self, *, limit_bytes: int = 1_000_000) -> Iterator[str]:
        rest = b""
        for piece in self.chunks():
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                yield line.removesuffix(b"\r").decode("utf-8", "replace")
            if len(rest) > limit_bytes:
                raise _too_large(self._response.url.host)
        if rest:
            yield rest.decode("utf-8", "replace")

    def read(self, *, limit_bytes: int) -> bytes:
        body = bytearray()
        for piece in self.chunks():
            body += piece
            if len(body) > limit_bytes:
                raise _too_large(self._response.url.host)
        encoding = self.headers.get("content-encoding", "identity").lower()
        if encoding in ("identity", ""):
            return bytes(body)
        if encoding not in ("gzip", "x-gzip"):
            raise _nonsense(self._response.url.host)
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            unpacked = unpacking.decompress(bytes(body), limit_bytes + 1)
        except zlib.error as error:
            raise _nonsense(self._response.url.host) from error
        if len(unpacked) > limit_bytes:
            raise _too_large(self._response.url.host)
        return unpacked

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._response.close()


def _translated(error: Exception, host: str) -> ConnectionProblem:
    """A foreign error in words for a person."""
    words = str(error)
    match error:
        case httpx.TimeoutException():
            return ConnectionProblem(
                f"{host} does not answer", hint="It took too long. Try again later.", trouble=Trouble.TOO_SLOW
            )
        case httpx.ProxyError():
            return ConnectionProblem(
                "The proxy refused the connection",
                hint=f"It said: {words[:120]}. Check the proxy's address and password in the settings.",
                trouble=Trouble.PROXY,
            )
        case httpx.ConnectError() if words.startswith("name:"):
            return ConnectionProblem(
                f"{host} cannot be found",
                hint="Check the connection to the internet, and the address.",
                trouble=Trouble.UNKNOWN_HOST,
            )
        case httpx.ConnectError() if words.startswith("tls:"):
            return ConnectionProblem(
                f"The connection to {host} is not safe",
                hint="Its certificate is not believed. In a company network the administrator's certificate may have "
                "to be added to this computer.",
                trouble=Trouble.SECURITY,
            )
        case httpx.ConnectError():
            return ConnectionProblem(
                f"{host} refuses the connection",
                hint="The server may not be running, or a firewall is in the way.",
                trouble=Trouble.REFUSED,
            )
        case httpx.RemoteProtocolError() if "closed" in words or "disconnected" in words or "incomplete" in words:
            return _cut(host)
        case httpx.RemoteProtocolError() | httpx.StreamError():
            return _nonsense(host)
        case httpx.InvalidURL() | UnicodeError() | ValueError():
            return ConnectionProblem(
                "This is no address of a server",
                hint="It should begin with https:// or http://.",
                trouble=Trouble.ADDRESS,
            )
    return _cut(host)


def _cut(host: str) -> ConnectionProblem:
    return ConnectionProblem(f"The connection to {host} was cut", hint="Try again in a moment.", trouble=Trouble.CUT)


def _nonsense(host: str) -> ConnectionProblem:
    return ConnectionProblem(
        f"{host} answers with something that cannot be read",
        hint="Check that the address is that of the right server.",
        trouble=Trouble.NONSENSE,
    )


def _too_large(host: str) -> ConnectionProblem:
    return ConnectionProblem(
        f"The answer of {host} is far too large", hint="It was not read to its end.", trouble=Trouble.TOO_LARGE
    )


def _check_address(address: str) -> None:
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ConnectionProblem(
            "This is no address of a server",
            hint=f"“{address[:100]}” should begin with https:// or http://.",
            trouble=Trouble.ADDRESS,
        )


def _goal(asked: str, address: str, target: str) -> str:
    """Where a redirect leads: to https, to this computer, or to http where http was asked for."""
    try:
        goal = urljoin(address, target)
        parts = urlsplit(goal)
        allowed = parts.scheme == "https" or (
            parts.scheme == "http" and (is_this_computer(parts.hostname or "") or urlsplit(asked).scheme == "http")
        )
    except ValueError:
        goal, allowed = "", False
    if not allowed:
        raise ConnectionProblem(
            f"{_host(asked)} sends us to an address that is not safe",
            hint="Encrypted connections are never given up for open ones. A mirror that is set up wrongly may do this.",
            trouble=Trouble.ADDRESS,
        )
    return goal


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or "The server"
    except ValueError:
        return "The server"
