"""A proxy on this computer, lent to a library with a network client of its own, so that it too goes through the door.

It speaks only CONNECT, to the hosts it was lent for, on port 443, to who knows its token. What passes is encrypted: its
bytes are counted, and the ledger holds the words that were asked.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import httpcore

from engine.errors import StorageError
from engine.network.addresses import AddressRefused, Place, parse_address
from engine.network.answer import BROKEN
from engine.network.client import Errand, refuse
from engine.network.entry import Entry, Verdict
from engine.network.ledger import Ledger
from engine.network.problems import translated
from engine.network.proxies import Proxy, proxy_for
from engine.network.rules import Rules, refusal
from engine.network.stream import Meter
from engine.network.transport import Transport
from engine.network.tunnel import Tunnel
from models.http import ConnectionProblem, RequestCancelled

_SLICE_S = 0.05
_HEAD_S = 10.0
_HEAD_BYTES = 16_384
_CONNECT_S = 10.0
_END_S = 3.0
_MOST_AT_ONCE = 16


@contextmanager
def lent_relay(
    errand: Errand,
    *,
    hosts: Collection[str],
    rules: Rules,
    ledger: Ledger,
    transport: Transport,
    proxy: Callable[[], str],
    on_problem: Callable[[ConnectionProblem], None] | None = None,
) -> Iterator[str]:
    """Yield ``http://token:x@127.0.0.1:port``; what still runs through it ends with the block.

    ``on_problem`` hears why a connection could not be made, on the relay's thread.
    """
    relay = _Relay(
        errand, hosts=hosts, rules=rules, ledger=ledger, transport=transport, proxy=proxy, on_problem=on_problem
    )
    try:
        yield relay.address
    finally:
        relay.close()


class _Relay:
    def __init__(
        self,
        errand: Errand,
        *,
        hosts: Collection[str],
        rules: Rules,
        ledger: Ledger,
        transport: Transport,
        proxy: Callable[[], str],
        on_problem: Callable[[ConnectionProblem], None] | None,
    ) -> None:
        self._on_problem = on_problem
        self._errand = errand
        self._hosts = tuple(host.lower() for host in hosts)
        self._rules = rules
        self._ledger = ledger
        self._transport = transport
        self._proxy = proxy
        token = secrets.token_urlsafe(24)
        self._authorization = b"basic " + base64.b64encode(f"{token}:x".encode())
        self._is_closed = threading.Event()
        self._places = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(_SLICE_S)
        self.address = f"http://{token}:x@127.0.0.1:{self._listening.getsockname()[1]}"
        self._start(self._listen, "relay")

    def close(self) -> None:
        self._is_closed.set()
        deadline = time.monotonic() + _END_S
        while True:
            with self._lock:
                threads, self._threads = self._threads, []
            if not threads:
                break
            for thread in threads:
                thread.join(max(0.1, deadline - time.monotonic()))
        self._listening.close()

    def _start(self, work: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()

    def _listen(self) -> None:
        while not self._is_closed.is_set():
            try:
                caller, _ = self._listening.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            if not self._places.acquire(blocking=False):
                caller.close()
                continue
            self._start(_Serving(self, caller), "relayed connection")

    def serve(self, caller: socket.socket) -> None:
        """Carry out what one caller asks, until either side has ended."""
        try:
            caller.settimeout(_SLICE_S)
            head = self._head(caller)
            if head is not None:
                self._answer(caller, head)
        except (OSError, RequestCancelled):
            pass  # the caller went away, or the loan has ended
        finally:
            caller.close()
            self._places.release()

    def _head(self, caller: socket.socket) -> bytes | None:
        head, deadline = b"", time.monotonic() + _HEAD_S
        while b"\r\n\r\n" not in head:
            self._check_lent()
            try:
                piece = caller.recv(4096)
            except TimeoutError:
                if time.monotonic() > deadline:
                    return None
                continue
            head += piece
            if not piece or len(head) > _HEAD_BYTES:
                return None
        # Nobody has anything to say before the tunnel stands.
        return head if head.endswith(b"\r\n\r\n") else None

    def _answer(self, caller: socket.socket, head: bytes) -> None:
        first, *headers = head.split(b"\r\n")
        method, named, *_ = [*first.decode("latin-1").split(" ", 2), ""]
        if not self._is_known(headers):
            # Another program of this computer has found the port: it learns nothing, and nothing was asked of the door.
            _say(caller, "407 Proxy Authentication Required", "proxy-authenticate: Basic realm=relay\r\n")
            return
        began = time.monotonic()
        entry = self._entry(method, named)
        try:
            place = self._judged(method, named)
            entry = replace(entry, host=place.endpoint.host, port=place.endpoint.port)
            is_trusted = self._rules.check(place, asked=place)
            way = proxy_for(place, chosen=self._proxy())
        except ConnectionProblem as problem:
            refuse(self._ledger, entry, problem)
            _say(caller, "403 Forbidden")
            return
        try:
            entry = self._ledger.begin(replace(entry, via=way.written if way else ""))
        except StorageError:
            _say(caller, "503 Service Unavailable")
            return
        meter = Meter()
        reason, verdict, has_begun = "It was given up", Verdict.ALLOWED, False

        def check() -> None:
            self._check_lent()
            self._rules.check_standing(place.endpoint)

        try:
            with self._transport.patience.of(check, meter):
                far = self._connected(place, way, is_trusted=is_trusted)
                try:
                    has_begun = True
                    _say(caller, "200 Connection established")
                    reason = ""
                    Tunnel(caller, far, check=check, meter=meter).run()
                finally:
                    far.close()
        except AddressRefused as problem:
            reason, verdict = problem.title, Verdict.REFUSED
            _say(caller, "403 Forbidden")
        except ConnectionProblem as problem:
            reason = problem.title
            if not has_begun:
                self._say_unmade(caller, problem)
        except BROKEN as error:
            broken = translated(error, place.endpoint.host, proxy="" if has_begun or way is None else way.written)
            reason = broken.title
            if not has_begun:
                self._say_unmade(caller, broken)
        finally:
            self._ledger.finish(
                replace(
                    entry,
                    address=meter.number,
                    bytes_sent=meter.bytes_sent,
                    bytes_received=meter.bytes_received,
                    verdict=verdict,
                    reason=reason,
                    seconds=time.monotonic() - began,
                )
            )

    def _say_unmade(self, caller: socket.socket, problem: ConnectionProblem) -> None:
        if self._on_problem is not None:
            self._on_problem(problem)
        _say(caller, "502 Bad Gateway")

    def _is_known(self, headers: list[bytes]) -> bool:
        for line in headers:
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"proxy-authorization":
                kind, _, given = value.strip().partition(b" ")
                return hmac.compare_digest(kind.lower() + b" " + given.strip(), self._authorization)
        return False

    def _judged(self, method: str, named: str) -> Place:
        if method != "CONNECT":
            raise refusal("The relay only makes tunnels", hint="A library sent a request that is not encrypted.")
        host, _, port = named.rpartition(":")
        place = parse_address(f"https://{host}:{port}/")
        allowed = any(place.endpoint.host == one or place.endpoint.host.endswith(f".{one}") for one in self._hosts)
        if not allowed or place.endpoint.port != 443:
            raise refusal(
                f"{place.endpoint.written} is none of the hosts of {self._errand.provider or 'this search engine'}",
                hint="The relay was lent for others.",
            )
        return place

    def _connected(self, place: Place, way: Proxy | None, *, is_trusted: bool) -> httpcore.NetworkStream:
        host, port = place.endpoint.host, place.endpoint.port
        if way is None:
            return self._transport.backend(is_trusted=is_trusted).connect_tcp(host, port, timeout=_CONNECT_S)
        if not is_trusted:
            self._transport.check_far(place)
        stream = self._transport.backend(is_trusted=True).connect_tcp(way.host, way.port, timeout=_CONNECT_S)
        try:
            self._open_way(stream, place, way)
        except BaseException:
            stream.close()
            raise
        return stream

    def _open_way(self, stream: httpcore.NetworkStream, place: Place, way: Proxy) -> None:
        name = f"proxy-authorization: {way.authorization}\r\n" if way.authorization else ""
        asked = f"CONNECT {place.endpoint.written} HTTP/1.1\r\nhost: {place.endpoint.written}\r\n{name}\r\n"
        stream.write(asked.encode("latin-1"), timeout=_CONNECT_S)
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _HEAD_BYTES:
            piece = stream.read(1, timeout=_CONNECT_S)
            if not piece:
                break
            head += piece
        status = head.split(b"\r\n", 1)[0].decode("latin-1").partition(" ")[2]
        if not status.startswith("2") or not head.endswith(b"\r\n\r\n"):
            raise httpcore.ProxyError(status or "nothing")

    def _entry(self, method: str, named: str) -> Entry:
        host, _, port = named.rpartition(":")
        return Entry(
            at=datetime.now(UTC),
            purpose=self._errand.purpose,
            run_id=self._errand.run_id,
            words=self._errand.words,
            provider=self._errand.provider,
            host=host[:255],
            port=int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0,
            method=method[:20],
            path=self._errand.words,
        )

    def _check_lent(self) -> None:
        if self._is_closed.is_set():
            raise RequestCancelled


class _Serving:
    """One caller, and the relay that serves it."""

    def __init__(self, relay: _Relay, caller: socket.socket) -> None:
        self._relay = relay
        self._caller = caller

    def __call__(self) -> None:
        self._relay.serve(self._caller)


def _say(caller: socket.socket, status: str, more: str = "") -> None:
    with suppress(OSError):
        caller.sendall(f"HTTP/1.1 {status}\r\n{more}content-length: 0\r\n\r\n".encode("ascii"))
