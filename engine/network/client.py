"""Sends requests: each is judged, written down, sent to exactly what was judged, and counted; redirects likewise."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpcore

from engine.errors import StorageError
from engine.network.addresses import AddressRefused, Endpoint, Place, joined, parse_address
from engine.network.answer import BROKEN, Answer
from engine.network.entry import Entry, Verdict
from engine.network.gate import Purpose
from engine.network.ledger import Ledger
from engine.network.problems import broken_off, downgrade, in_circles, too_slow, translated, unwritten
from engine.network.proxies import Proxy, proxy_for
from engine.network.rules import Rules, refusal
from engine.network.stream import Meter
from engine.network.transport import Transport
from engine.version import VERSION
from models.http import ConnectionProblem, HttpAnswer, IsCancelled, RequestCancelled, Timeouts

USER_AGENT = f"Plumbline/{VERSION}"

_MAX_REDIRECTS = 5
_REDIRECTS = frozenset([301, 302, 303, 307, 308])
_NEVER_SENT = frozenset(
    (
        "connection content-length cookie forwarded host origin proxy-authorization referer te transfer-encoding "
        "upgrade user-agent via"
    ).split()
)
_FOR_ANYBODY = frozenset(["accept", "accept-language", "accept-encoding", "range", "if-range"])
"""Headers that go along when a redirect leads to another server."""
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_HOST = re.compile(r"[0-9A-Za-z.:_-]{1,255}", re.ASCII)
_PASSWORD = re.compile(r"//[^/?#]*@")
_SHOWN_CHARACTERS = 8192
_NO_PLACE = Place(scheme="https", endpoint=Endpoint(host="", port=0), target="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """For what a client was made, as the ledger tells it."""

    purpose: Purpose
    run_id: str = ""
    words: str = ""
    provider: str = ""


class Client:
    """Implements ``http.HttpClient``; made by the door and by gates.

    Args:
        errand: what it is for.
        rules: what it may open.
        ledger: where it is written down.
        transport: how it is sent.
        timeouts: how long each part may take.
        proxy: which one was chosen, at this moment.
        close_transport: whether the connections end with the client.
        head_limit_s: how long it may take until the head of an answer is there, whatever trickles in; 0: for ever.
        on_redirect: hears where a redirect leads before anybody is contacted there; what it raises ends the request.
    """

    def __init__(
        self,
        errand: Errand,
        *,
        rules: Rules,
        ledger: Ledger,
        transport: Transport,
        timeouts: Timeouts,
        proxy: Callable[[], str],
        close_transport: bool,
        head_limit_s: float = 0.0,
        on_redirect: Callable[[str], None] | None = None,
    ) -> None:
        self._errand = errand
        self._rules = rules
        self._ledger = ledger
        self._transport = transport
        self._timeouts = timeouts
        self._proxy = proxy
        self._close_transport = close_transport
        self._head_limit_s = head_limit_s
        self._on_redirect = on_redirect

    def open(
        self,
        address: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> HttpAnswer:
        """Send a request; see ``http.HttpClient``.

        Raises:
            ValueError: a header that is never sent, or is none.
        """
        sent = _checked(headers or {})
        asked = place = self._parsed(address, method=method)
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._send(place, asked=asked, method=method, headers=sent, body=body, is_cancelled=is_cancelled)
            target = answer.headers.get("location", "")
            if answer.status not in _REDIRECTS or method not in ("GET", "HEAD") or not target:
                return answer
            answer.close()
            goal = self._goal(asked, place, target, method=method)
            self._rules.visit(goal)
            if self._on_redirect is not None:
                self._on_redirect(goal.canonical)
            if goal.origin != place.origin:
                sent = {name: value for name, value in sent.items() if name.lower() in _FOR_ANYBODY}
            place = goal
        raise in_circles(asked.endpoint.host, redirects=_MAX_REDIRECTS)

    def close(self) -> None:
        """Let go of the connections that are this client's own."""
        if self._close_transport:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _parsed(self, address: str, *, method: str) -> Place:
        try:
            return parse_address(address)
        except AddressRefused as problem:
            self._refuse(_NO_PLACE, method=method, path=address, problem=problem)
            raise

    def _goal(self, asked: Place, place: Place, target: str, *, method: str) -> Place:
        """Where a redirect leads; never from https to http."""
        try:
            goal = joined(place, target)
        except ConnectionProblem as problem:
            self._refuse(_meant(target, sent_by=place), method=method, path=target, problem=problem)
            raise
        if goal.scheme == "http" and place.scheme == "https":
            weaker = downgrade(asked.endpoint.host, is_mirror=self._errand.purpose is Purpose.MODEL_HUB)
            self._refuse(goal, method=method, path=goal.target, problem=weaker)
            raise weaker
        return goal

    def _send(
        self,
        place: Place,
        *,
        asked: Place,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        is_cancelled: IsCancelled | None,
    ) -> Answer:
        if is_cancelled is not None and is_cancelled():
            raise RequestCancelled
        try:
            is_trusted = self._rules.check(place, asked=asked)
            proxy = proxy_for(place, chosen=self._proxy())
            if proxy is not None and ":" in place.endpoint.host:
                # WORKAROUND: httpcore 1.0 writes such hosts without brackets, and a proxy may read another number.
                raise refusal("IPv6 numbers are not asked of a proxy", hint="Use the server's name instead.")
        except ConnectionProblem as problem:
            self._refuse(place, method=method, path=place.target, problem=problem)
            raise
        began, meter = time.monotonic(), Meter()
        try:
            entry = self._ledger.begin(
                replace(self._entry(place, method=method, path=place.target), via=proxy.written if proxy else "")
            )
        except StorageError as error:
            raise unwritten(error) from error

        def check() -> None:
            self._check_standing(place.endpoint, meter)
            if is_cancelled is not None and is_cancelled():
                raise RequestCancelled

        def check_head() -> None:
            check()
            if self._head_limit_s and time.monotonic() - began > self._head_limit_s:
                raise too_slow(place.endpoint.host)

        def finish(reason: str, *, status: int = 0, verdict: Verdict = Verdict.ALLOWED) -> None:
            self._ledger.finish(
                replace(
                    entry,
                    address=meter.number,
                    bytes_sent=meter.bytes_sent,
                    bytes_received=meter.bytes_received,
                    status=status,
                    verdict=verdict,
                    reason=reason,
                    seconds=time.monotonic() - began,
                )
            )

        try:
            with self._transport.patience.of(check_head, meter):
                response = self._sent(place, method, headers, body, proxy=proxy, is_trusted=is_trusted)
        except AddressRefused as problem:
            finish(problem.title, verdict=Verdict.REFUSED)
            raise
        except ConnectionProblem as problem:
            finish(problem.title)
            raise
        except RequestCancelled:
            finish("It was given up")
            raise
        except BROKEN as error:
            way = proxy.written if proxy else ""
            broken = self._stopped(place.endpoint, meter) or translated(error, place.endpoint.host, proxy=way)
            finish(broken.title)
            raise broken from error
        meter.number = meter.number or str(response.extensions["network_stream"].get_extra_info("number") or "")
        return Answer(
            response,
            place=place,
            patience=self._transport.patience,
            check=check,
            meter=meter,
            on_end=lambda reason: finish(reason, status=response.status),
        )

    def _sent(
        self,
        place: Place,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        proxy: Proxy | None,
        is_trusted: bool,
    ) -> httpcore.Response:
        ours = {"accept": "*/*", "accept-encoding": "identity", "user-agent": USER_AGENT}
        ours |= {name.lower(): value for name, value in headers.items()}
        if body is not None:
            ours["content-length"] = str(len(body))
        limits = self._timeouts
        request = httpcore.Request(
            method=method.encode("ascii"),
            url=httpcore.URL(
                scheme=place.scheme.encode(),
                host=place.endpoint.host.encode(),
                port=None if place.has_default_port else place.endpoint.port,
                target=place.target.encode(),
            ),
            headers=[
                (b"host", place.origin.partition("://")[2].encode()),
                *((name.encode("ascii"), value.encode("utf-8")) for name, value in ours.items()),
            ],
            content=body,
            extensions={
                "timeout": {
                    "connect": limits.connect_s,
                    "read": limits.read_s,
                    "write": limits.write_s,
                    "pool": limits.read_s,
                }
            },
        )
        return self._transport.send(request, place, proxy=proxy, is_trusted=is_trusted)

    def _check_standing(self, endpoint: Endpoint, meter: Meter) -> None:
        try:
            self._rules.check_standing(endpoint)
        except ConnectionProblem as problem:
            if not meter.bytes_sent:
                raise
            raise broken_off(problem) from problem

    def _stopped(self, endpoint: Endpoint, meter: Meter) -> ConnectionProblem | None:
        """Why a connection was broken by ourselves, if it was."""
        try:
            self._check_standing(endpoint, meter)
        except ConnectionProblem as problem:
            return problem
        return None

    def _entry(self, place: Place, *, method: str, path: str) -> Entry:
        return Entry(
            at=datetime.now(UTC),
            purpose=self._errand.purpose,
            run_id=self._errand.run_id,
            words=self._errand.words,
            provider=self._errand.provider,
            host=place.endpoint.host,
            port=place.endpoint.port,
            method=method,
            path=path,
        )

    def _refuse(self, place: Place, *, method: str, path: str, problem: ConnectionProblem) -> None:
        refuse(self._ledger, self._entry(place, method=method, path=_shown(path)), problem)


def refuse(ledger: Ledger, entry: Entry, problem: ConnectionProblem) -> None:
    """Write down that a request was not let out; it is not let out either where there is no room to say so."""
    try:
        ledger.finish(ledger.begin(replace(entry, verdict=Verdict.REFUSED, reason=problem.title)))
    except StorageError:
        return


def _meant(target: str, *, sent_by: Place) -> Place:
    """The place that a redirect to nonsense names, for the ledger; who sent us there where it names none."""
    try:
        host = urlsplit(target).hostname or ""
    except ValueError:
        host = ""
    known = host if _HOST.fullmatch(host) else sent_by.endpoint.host
    return Place(scheme="https", endpoint=Endpoint(host=known, port=0), target="")


def _shown(address: str) -> str:
    """An address that was refused, as the ledger may hold it: no password, nothing invisible."""
    hidden = _PASSWORD.sub("//…@", address[:_SHOWN_CHARACTERS])
    return "".join(character if character.isprintable() else "?" for character in hidden)


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if name.lower() in _NEVER_SENT or not _HEADER_NAME.fullmatch(name):
            raise ValueError(f"the header {name!r} is never sent")
        if any(ord(character) < 32 or ord(character) == 127 for character in value):
            raise ValueError(f"the header {name!r} has no such value")
    return dict(headers)
