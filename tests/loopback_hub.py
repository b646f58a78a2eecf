"""A model hub on this computer that can be made to fail in every way a real one has been seen to."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

REVISION = "0123456789abcdef0123456789abcdef01234567"
PIECE = 1 << 16


@dataclass
class Faults:
    """What goes wrong; each is off by default."""

    cut_after: deque[int] = field(default_factory=deque)
    """Bytes of a body after which the connection is cut, one entry for each answer with a body."""
    statuses: deque[int] = field(default_factory=deque)
    """Answered instead of the file, one for each request."""
    retry_after: str = ""
    ignores_ranges: bool = False
    wrong_ranges: bool = False
    """Sends another part than was asked for, and says so."""
    flips: set[int] = field(default_factory=set)
    """Places in the file where a byte arrives changed."""
    gated: bool = False
    captcha: bool = False
    captcha_as_file: bool = False
    """The same without saying that it is HTML."""
    packs: bool = False
    announces: int = 0
    """Bytes the length is announced too large (or, negative, too small)."""
    slow_s: float = 0.0
    """Before each piece of 64 KiB."""
    silent: bool = False
    """Accepts the question and never answers, until the hub is closed."""
    redirect_to: str = ""
    """Where files are to be fetched instead; ``{path}`` stands for the path."""
    api: bytes | None = None
    """Answered to every question of the API."""
    no_tag: bool = False
    weak_tag: bool = False


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away in the middle is nothing unusual here."""


class LoopbackHub:
    """Repositories with files, told and given as the real hub does."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}
        self.checksums: dict[tuple[str, str], str] = {}
        """Instead of the real ones."""
        self.quantised: dict[str, list[dict[str, object]]] = {}
        self.faults = Faults()
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.bytes_sent = 0
        self.most_at_once = 0
        self._at_once = 0
        self._mutex = threading.Lock()
        self.closing = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name="loopback hub", daemon=True
        )
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def add(self, repository: str, path: str, content: bytes) -> str:
        """Put a file there and return its checksum."""
        self.files.setdefault(repository, {})[path] = content
        return hashlib.sha256(content).hexdigest()

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def is_busy(self) -> bool:
        """Whether it is answering somebody."""
        return self._at_once > 0

    def file_requests(self) -> list[tuple[str, dict[str, str]]]:
        return [request for request in self.requests if "/resolve/" in request[0]]

    @contextmanager
    def counted(self) -> Iterator[None]:
        with self._mutex:
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._mutex:
                self._at_once -= 1


@contextmanager
def loopback_hub() -> Iterator[LoopbackHub]:
    hub = LoopbackHub()
    try:
        yield hub
    finally:
        hub.close()


def _handler(hub: LoopbackHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            hub.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            with hub.counted():
                try:
                    self._answer()
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

        def _answer(self) -> None:
            faults = hub.faults
            if faults.silent:
                hub.closing.wait()
                self.close_connection = True
                return
            if faults.gated:
                self._send(403, b'{"error": "Access to this model is restricted"}', "application/json")
                return
            if faults.captcha or faults.captcha_as_file:
                kind = "application/octet-stream" if faults.captcha_as_file else "text/html; charset=utf-8"
                self._send(200, b"<!DOCTYPE html><html><body>Are you human?</body></html>", kind)
                return
            url = urlsplit(self.path)
            if url.path.startswith("/api/models"):
                self._api(url.path.removeprefix("/api/models").strip("/"), parse_qs(url.query))
                return
            owner, name, kind, _, path = url.path.lstrip("/").split("/", 4)
            content = hub.files.get(f"{owner}/{name}", {}).get(unquote(path))
            if kind != "resolve" or content is None:
                self._send(404, b"Entry not found", "text/plain")
            elif faults.redirect_to:
                self._send(302, b"", "text/plain", location=faults.redirect_to.format(path=self.path))
            else:
                self._file(content)

        def _api(self, path: str, query: dict[str, list[str]]) -> None:
            if hub.faults.statuses:
                self._send(hub.faults.statuses.popleft(), b"{}", "application/json", retry_after=hub.faults.retry_after)
                return
            if hub.faults.api is not None:
                self._send(200, hub.faults.api, "application/json")
                return
            if not path:
                (base,) = [one for one in query["filter"] if one.startswith("base_model:quantized:")]
                found = hub.quantised.get(base.removeprefix("base_model:quantized:"), [])
                self._send(200, json.dumps(found).encode(), "application/json")
                return
            repository = "/".join(path.split("/")[:2])
            files = hub.files.get(repository)
            if files is None:
                self._send(404, b'{"error": "Repository not found"}', "application/json")
                return
            siblings = [
                {
                    "rfilename": name,
                    "size": len(content),
                    "lfs": {
                        "sha256": hub.checksums.get((repository, name), hashlib.sha256(content).hexdigest()),
                        "size": len(content),
                    },
                }
                for name, content in files.items()
            ]
            said = {"id": repository, "sha": REVISION, "gated": False, "downloads": 7, "siblings": siblings}
            self._send(200, json.dumps(said).encode(), "application/json")

        def _file(self, content: bytes) -> None:
            faults = hub.faults
            if faults.statuses:
                self._send(faults.statuses.popleft(), b"no", "text/plain", retry_after=faults.retry_after)
                return
            tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
            tag = f"W/{tag}" if faults.weak_tag else tag
            asked = self.headers.get("range", "")
            given = self.headers.get("if-range")
            is_range = bool(asked) and not faults.ignores_ranges and given in (None, tag)
            first, last = 0, len(content) - 1
            if is_range:
                begin, _, end = asked.removeprefix("bytes=").partition("-")
                first, last = int(begin), min(int(end), last)
                if faults.wrong_ranges:
                    first = max(first - 5, 0) if first else 5
            body = bytearray(content[first : last + 1])
            for place in faults.flips:
                if first <= place <= last:
                    body[place - first] ^= 0x10
            self.send_response(206 if is_range else 200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(body) + faults.announces))
            if not faults.no_tag:
                self.send_header("ETag", tag)
            if is_range:
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
            if faults.packs:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            cut = faults.cut_after.popleft() if faults.cut_after else -1
            for place in range(0, len(body), PIECE):
                if faults.slow_s:
                    time.sleep(faults.slow_s)
                if 0 <= cut < place + PIECE:
                    self.wfile.write(body[place:cut])
                    hub.bytes_sent += max(cut - place, 0)
                    self.close_connection = True
                    return
                self.wfile.write(body[place : place + PIECE])
                hub.bytes_sent += len(body[place : place + PIECE])
            if faults.announces:
                self.close_connection = True

        def _send(self, status: int, body: bytes, kind: str, *, location: str = "", retry_after: str = "") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if location:
                self.send_header("Location", location)
            if retry_after:
                self.send_header("Retry-After", retry_after)
            self.end_headers()
            self.wfile.write(body)

    return Handler
