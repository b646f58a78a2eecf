"""A small web on this computer: hosts by name, with handlers of their own, reached through a real door.

Names stand for public numbers here, and only the last step, the connection to a number, leads to this computer. So the
door's judgement is the real one. Connections to numbers that are not public are counted in ``strange``; they are let
through, so that a door that failed would be seen to fail.
"""

from __future__ import annotations

import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self

from engine.network.door import Door
from engine.network.ranges import is_public
from engine.network.resolving import dial
from engine.network.settings import NetworkSettings

FIRST_NUMBER = "93.184.216.1"


@dataclass(frozen=True)
class Asked:
    """A request, as it arrived."""

    host: str
    """As the ``Host`` header says it, without the port."""
    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    raw: bytes
    """Head and body."""
    is_encrypted: bool


@dataclass
class Reply:
    """What a handler answers with."""

    body: bytes | str | Iterable[bytes] = b""
    """Pieces are sent one by one, in chunks; between them a handler may wait for ``LoopbackWeb.closing``."""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | Iterable[bytes] | None = None
    """Sent instead of a proper answer, at once or piece by piece; the connection ends after it."""
    length: int | None = None
    """What is claimed in ``Content-Length``; the connection ends after the body where it is not true."""


Handler = Callable[[Asked], "Reply | str | bytes"]


class LoopbackWeb:
    """Serves until it is closed.

    Args:
        tls: whether hosts answer with certificates on port 443 as well. While it runs, ``SSL_CERT_FILE`` names their
            authority.
        folder: where the authority's certificate is written; needed for TLS.
        address: on which it listens.
        ports: on which it listens; 0: any.
    """

    def __init__(
        self,
        *,
        tls: bool = False,
        folder: Path | None = None,
        address: str = "127.0.0.1",
        ports: tuple[int, int] = (0, 0),
    ) -> None:
        self.requests: list[Asked] = []
        self.dialled: list[tuple[str, int]] = []
        """Every number and port that was connected to, in order."""
        self.resolved: list[str] = []
        """Every name that was looked up, in order."""
        self.closing = threading.Event()
        self.ca_file: Path | None = None
        self.most_at_once: dict[str, int] = {}
        """By host: how many requests were being answered at the same time."""
        self._busy: dict[str, int] = {}
        self._handlers: dict[str, Handler] = {}
        self._numbers: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._authority: Any = None
        self._before: str | None = None
        self._plain = socket.create_server((address, ports[0]), backlog=64)
        self._safe = socket.create_server((address, ports[1]), backlog=64) if tls else None
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self._safe is not None:
            self._certify(folder)
            self._start(self._listen, self._safe, True)
        self._start(self._listen, self._plain, False)

    # --- what there is -------------------------------------------------------------------------------------------

    def on(self, host: str, handler: Handler | str | bytes | Reply, *, numbers: Sequence[str] = ()) -> None:
        """Have a host answer; it gets a public number unless some are given."""
        if not callable(handler):
            fixed = handler
            handler = lambda _asked: fixed  # noqa: E731
        with self._lock:
            self._handlers[host] = handler
            if host not in self._numbers:
                taken = len(self._numbers)
                self._numbers[host] = (str(ip_address(FIRST_NUMBER) + taken),)
            if numbers:
                self._numbers[host] = tuple(numbers)

    def page(self, host: str, path: str, html: str | bytes | Reply | Handler) -> None:
        """Have one address of a host answer; the rest of the host is not found."""
        with self._lock:
            site = self._handlers.get(host)
        if not isinstance(site, Site):
            site = Site()
            self.on(host, site)
        site.pages[path] = html

    def names(self, host: str, numbers: Sequence[str]) -> None:
        """Let a name stand for numbers."""
        with self._lock:
            self._numbers[host] = tuple(numbers)

    def asked(self, host: str) -> list[Asked]:
        """Return the requests to a host."""
        return [one for one in self.requests if one.host == host]

    @property
    def numbers(self) -> dict[str, tuple[str, ...]]:
        """What every name stands for."""
        with self._lock:
            return dict(self._numbers)

    @property
    def strange(self) -> list[tuple[str, int]]:
        """Connections to numbers that are not public."""
        return [(number, port) for number, port in self.dialled if not is_public(ip_address(number))]

    @property
    def ports(self) -> tuple[int, int]:
        """Where it really listens: plain, encrypted (0 without)."""
        return self._plain.getsockname()[1], self._safe.getsockname()[1] if self._safe else 0

    # --- the seams of the door -----------------------------------------------------------------------------------

    def resolve(self, host: str) -> tuple[str, ...]:
        """Stand in for the resolver."""
        with self._lock:
            self.resolved.append(host)
            found = self._numbers.get(host, ())
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    def dial(self, number: str, port: int) -> socket.socket:
        """Stand in for the network: every number leads here."""
        ip_address(number)  # what is no number is a mistake of the door
        with self._lock:
            self.dialled.append((number, port))
        plain, safe = self.ports
        return dial("127.0.0.1", safe if port == 443 and safe else plain)

    # --- serving -------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End everything."""
        self.closing.set()
        for listening in (self._plain, self._safe):
            if listening is not None:
                with suppress(OSError):
                    listening.shutdown(socket.SHUT_RDWR)
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        while self._threads:
            self._threads.pop().join(10)
        for listening in (self._plain, self._safe):
            if listening is not None:
                listening.close()
        if self.ca_file is not None:
            if self._before is None:
                os.environ.pop("SSL_CERT_FILE", None)
            else:
                os.environ["SSL_CERT_FILE"] = self._before

    def _certify(self, folder: Path | None) -> None:
        import trustme

        assert folder is not None, "TLS needs a folder"
        self._authority = trustme.CA()
        self.ca_file = folder / "loopback-authority.pem"
        self._authority.cert_pem.write_to_path(str(self.ca_file))
        self._before = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = str(self.ca_file)
        self._authority.issue_cert("no-name.example").configure_cert(self._tls)

        def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
            if name:
                connection.context = self._context(name)

        self._tls.sni_callback = choose

    def _context(self, name: str) -> ssl.SSLContext:
        with self._lock:
            if name not in self._contexts:
                made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._authority.issue_cert(name).configure_cert(made)
                self._contexts[name] = made
            return self._contexts[name]

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name="loopback web", daemon=True)
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive()] + [thread]
            thread.start()

    def _listen(self, listening: socket.socket, is_encrypted: bool) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self._start(self._serve, connection, is_encrypted)

    def _serve(self, connection: socket.socket, is_encrypted: bool) -> None:
        with self._lock:
            self._connections.add(connection)
        plain = connection
        try:
            if self.closing.is_set():
                return
            if is_encrypted:
                connection = self._tls.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._connections.discard(plain)
                    self._connections.add(connection)
            self._talk(connection, is_encrypted)
        except OSError:
            pass  # whoever asked went away
        finally:
            with self._lock:
                self._connections -= {plain, connection}
            connection.close()
            plain.close()

    def _talk(self, connection: socket.socket, is_encrypted: bool) -> None:
        rest = b""
        while not self.closing.is_set():
            while b"\r\n\r\n" not in rest:
                piece = connection.recv(65536)
                if not piece or (piece[0] == 0x16 and not is_encrypted):
                    return  # it is gone, or wants to shake hands where nobody does
                rest += piece
            head, _, rest = rest.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (one.partition(":") for one in lines[1:])
            }
            length = int(headers.get("content-length", "0"))
            while len(rest) < length:
                piece = connection.recv(65536)
                if not piece:
                    return
                rest += piece
            body, rest = rest[:length], rest[length:]
            method, target, _ = lines[0].split(" ", 2)
            asked = Asked(
                host=headers.get("host", "").rpartition("]")[2].partition(":")[0] or headers.get("host", ""),
                method=method,
                target=target,
                headers=headers,
                body=body,
                raw=head + b"\r\n\r\n" + body,
                is_encrypted=is_encrypted,
            )
            with self._lock:
                self.requests.append(asked)
                handler = self._handlers.get(asked.host)
                now = self._busy[asked.host] = self._busy.get(asked.host, 0) + 1
                self.most_at_once[asked.host] = max(self.most_at_once.get(asked.host, 0), now)
            try:
                reply = handler(asked) if handler is not None else Reply("no such host", status=404)
                goes_on = _send(connection, asked, reply if isinstance(reply, Reply) else Reply(reply))
            finally:
                with self._lock:
                    self._busy[asked.host] -= 1
            if not goes_on:
                return


class Site:
    """The handler of a host with several addresses."""

    def __init__(self) -> None:
        self.pages: dict[str, str | bytes | Reply | Handler] = {}

    def __call__(self, asked: Asked) -> Reply | str | bytes:
        found = self.pages.get(asked.target, self.pages.get(asked.target.partition("?")[0]))
        if found is None:
            return Reply("<p>not found</p>", status=404)
        return found(asked) if callable(found) else found


def _send(connection: socket.socket, asked: Asked, reply: Reply) -> bool:
    """Send an answer; return whether the connection goes on."""
    if reply.raw is not None:
        for piece in (reply.raw,) if isinstance(reply.raw, bytes) else reply.raw:
            connection.sendall(piece)
        return False
    body = reply.body.encode() if isinstance(reply.body, str) else reply.body
    lines = [f"HTTP/1.1 {reply.status} {'OK' if reply.status == 200 else 'Said'}"]
    if reply.type:
        lines.append(f"Content-Type: {reply.type}")
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    if isinstance(body, bytes):
        claimed = len(body) if reply.length is None else reply.length
        lines.append(f"Content-Length: {claimed}")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        connection.sendall(head + (b"" if asked.method == "HEAD" else body))
        return claimed == len(body) and asked.headers.get("connection", "").lower() != "close"
    lines.append("Transfer-Encoding: chunked")
    connection.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
    for piece in body:
        if piece:
            connection.sendall(b"%x\r\n%b\r\n" % (len(piece), piece))
    connection.sendall(b"0\r\n\r\n")
    return True


def door_to(web: LoopbackWeb, data_folder: Path, *, is_online: bool | None = True, **more: Any) -> Door:
    """Return a real door whose names and numbers lead to the web; the person is online if nothing is said."""
    door = Door(data_folder, resolve=web.resolve, dial=web.dial, **more)
    if is_online is not None:
        door.change(NetworkSettings(is_online=is_online))
    return door


def wait_for(condition: Callable[[], bool], *, timeout_s: float = 10.0) -> bool:
    """Wait until something has happened on another thread."""
    pause, deadline = threading.Event(), time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        pause.wait(0.01)
    return condition()
