"""Sends requests over connections that are kept for a while: straight, or through a proxy."""

from __future__ import annotations

import ssl
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress

import httpcore

from engine.network.addresses import Place
from engine.network.proxies import Proxy
from engine.network.resolving import Dial, Resolver
from engine.network.stream import Patience, PatientBackend, left_behind

_IDLE_S = 15.0
_FAR_S = 5.0
"""So long our own resolver is waited for where a proxy looks names up anyway."""


Pools = dict[tuple[Proxy | None, bool], httpcore.ConnectionPool]


class Transport:
    """The connections of one client, or of one run. May be used from several threads.

    Args:
        resolver: judges where names lead.
        dial: connects.
        certificates: whom to believe; asked with the first connection.
        connections: how many may be open at a time, to each kind of place.
    """

    def __init__(
        self, *, resolver: Resolver, dial: Dial, certificates: Callable[[], ssl.SSLContext], connections: int
    ) -> None:
        self._resolver = resolver
        self._dial = dial
        self._certificates = certificates
        self._connections = connections
        self._pools: Pools = {}
        self._lock = threading.Lock()
        self.patience = Patience()
        # A run's connections end with the run, when nobody knows its gate any more.
        weakref.finalize(self, _close, self._pools)

    def send(
        self, request: httpcore.Request, place: Place, *, proxy: Proxy | None, is_trusted: bool
    ) -> httpcore.Response:
        """Send a request and return its answer as soon as the head is there.

        Args:
            request: to the place.
            place: where it goes.
            proxy: the way; None: straight.
            is_trusted: whether the person typed the place.

        Raises:
            AddressRefused: the place is not public, and nothing was connected to.
            httpcore.NetworkError and its like: no answer.
        """
        if proxy is not None and not is_trusted:
            self.check_far(place)
        return self._pool(proxy, is_trusted=is_trusted).handle_request(request)

    def check_far(self, place: Place) -> None:
        """Check a place that a proxy will look up: by what our own resolver knows of it, if it knows anything.

        Raises:
            AddressRefused: it is not public.
        """

        def look_up() -> tuple[str, ...]:
            return self._resolver.numbers(place.endpoint.host, is_trusted=False)

        # Where only the proxy can look names up, it has to be trusted with them.
        with suppress(OSError, UnicodeError):
            left_behind(look_up, self.patience, time.monotonic() + _FAR_S)

    def close(self) -> None:
        """Let go of all connections; requests that are under way break."""
        with self._lock:
            _close(self._pools)

    def backend(self, *, is_trusted: bool) -> PatientBackend:
        """Return what connects."""
        return PatientBackend(self.patience, resolver=self._resolver, dial=self._dial, is_trusted=is_trusted)

    def _pool(self, proxy: Proxy | None, *, is_trusted: bool) -> httpcore.ConnectionPool:
        with self._lock:
            pool = self._pools.get((proxy, is_trusted))
            if pool is None:
                pool = self._pools[proxy, is_trusted] = self._new_pool(proxy, is_trusted=is_trusted)
            return pool

    def _new_pool(self, proxy: Proxy | None, *, is_trusted: bool) -> httpcore.ConnectionPool:
        certificates = self._certificates()
        if proxy is None:
            return httpcore.ConnectionPool(
                ssl_context=certificates,
                max_connections=self._connections,
                keepalive_expiry=_IDLE_S,
                network_backend=self.backend(is_trusted=is_trusted),
            )
        has_name = bool(proxy.name or proxy.password)
        return httpcore.HTTPProxy(
            proxy_url=httpcore.URL(scheme=b"http", host=proxy.host.encode(), port=proxy.port, target=b"/"),
            proxy_auth=(proxy.name.encode(), proxy.password.encode()) if has_name else None,
            ssl_context=certificates,
            max_connections=self._connections,
            keepalive_expiry=_IDLE_S,
            # The proxy itself was typed, or set up by whoever keeps this computer: it may be near.
            network_backend=self.backend(is_trusted=True),
        )


def _close(pools: Pools) -> None:
    while pools:
        _, pool = pools.popitem()
        pool.close()
