"""Chooses the way of each request (straight or through a proxy) and keeps its connections."""

from __future__ import annotations

import ipaddress
import os
import ssl
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpcore
import httpx

from engine.network.stream import Patience, PatientBackend
from models.http import ConnectionProblem, Trouble


def trusted_certificates() -> ssl.SSLContext:
    """Return who is believed: ``SSL_CERT_FILE`` or ``SSL_CERT_DIR`` if set, else what the system believes."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        return ssl.create_default_context()
    # The import takes a while, and is needed only when something is really sent.
    import truststore  # noqa: PLC0415

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def is_this_computer(host: str) -> bool:
    """Whether a host's name or number stands for this computer."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Transport(httpx.BaseTransport):
    """Chooses the way for each request: straight, or through a proxy."""

    def __init__(self, *, proxy: str, patience: Patience, connections: int) -> None:
        self._proxy = proxy
        self._backend = PatientBackend(patience)
        self._connections = connections
        self._pools: dict[str, httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        proxy = self._proxy_for(request.url)
        stream = request.stream
        assert isinstance(stream, httpx.SyncByteStream)
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=stream,
            extensions=request.extensions,
        )
        try:
            answer = self._pool(proxy).handle_request(asked)
        except _CORE_ERRORS as error:
            raise _carried(error) from error
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()

    def _proxy_for(self, url: httpx.URL) -> str:
        if self._proxy == "none" or is_this_computer(url.host):
            return ""
        if self._proxy:
            return self._proxy
        if urllib.request.proxy_bypass(url.host):
            return ""
        found = urllib.request.getproxies()
        proxy = found.get(url.scheme) or found.get("all") or ""
        proxy = proxy if not proxy or "://" in proxy else f"http://{proxy}"
        if proxy:
            check_proxy(proxy)
        return proxy

    def _pool(self, proxy: str) -> httpcore.ConnectionPool:
        # Two threads that come first at once make two pools; setdefault keeps one, the other never opened anything.
        if proxy in self._pools:
            return self._pools[proxy]
        certificates = trusted_certificates()
        if not proxy:
            pool = httpcore.ConnectionPool(
                ssl_context=certificates,
                max_connections=self._connections,
                keepalive_expiry=15.0,
                network_backend=self._backend,
            )
        else:
            parts = httpx.URL(proxy)
            pool = httpcore.HTTPProxy(
                proxy_url=str(parts.copy_with(username=None, password=None)),
                proxy_auth=(parts.username, parts.password) if parts.username or parts.password else None,
                ssl_context=certificates,
                max_connections=self._connections,
                keepalive_expiry=15.0,
                network_backend=self._backend,
            )
        return self._pools.setdefault(proxy, pool)


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._answer.iter_stream()
        except _CORE_ERRORS as error:
            raise _carried(error) from error

    def close(self) -> None:
        self._answer.close()


_CORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)


def _carried(error: Exception) -> httpx.TransportError:
    """The same problem in httpx's words."""
    if isinstance(error, httpcore.ConnectTimeout | httpcore.PoolTimeout):
        return httpx.ConnectTimeout(str(error))
    if isinstance(error, httpcore.TimeoutException):
        return httpx.ReadTimeout(str(error))
    if isinstance(error, httpcore.ConnectError):
        return httpx.ConnectError(str(error))
    if isinstance(error, httpcore.ProxyError):
        return httpx.ProxyError(str(error))
    if isinstance(error, httpcore.NetworkError):
        return httpx.ReadError(str(error))
    return httpx.RemoteProtocolError(str(error))


def check_proxy(proxy: str) -> None:
    """Raise ConnectionProblem if the address of a proxy makes no sense."""
    try:
        parts = urlsplit(proxy)
        good = parts.scheme == "http" and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ConnectionProblem(
            "The proxy cannot be used",
            hint="Its address should look like http://host:port. SOCKS and https proxies are not supported.",
            trouble=Trouble.PROXY,
        )
