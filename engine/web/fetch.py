"""Fetches one page: asks politely, within limits of time and size, and tells why where it does not arrive."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.domain import Obstacle, WebLimits
from engine.errors import DocumentUnreadable
from engine.network.gate import Gate, Purpose
from engine.reading.page import PageBytes
from engine.search.refusal import retry_after_s
from engine.web import obstacles, reasons
from engine.web.body import PACKINGS, Body, Garbled, NoRoom, read_body
from engine.web.kinds import Kind, kind_of
from engine.web.politeness import Manners
from engine.web.robots_book import RobotsBook
from engine.web.sites import host_of, same_site
from engine.web.visit import Visit
from models.http import ConnectionProblem, HttpAnswer, RequestCancelled, Timeouts, Trouble

TIMEOUTS = Timeouts(connect_s=8.0, read_s=10.0, write_s=8.0)

_ACCEPT = "text/html,application/xhtml+xml,application/pdf,text/*;q=0.9,*/*;q=0.5"
_REFUSAL_BYTES = 200_000
"""Of an answer that is no page: enough to see why."""
_TRIES = 2
_PASSING = frozenset([Trouble.REFUSED, Trouble.CUT, Trouble.UNKNOWN_HOST])
_GOOD = frozenset([200, 203])
_NOT_THERE = frozenset([404, 410])
_WHOLE_FILES = (b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BUSY = frozenset([429, 502, 503, 504])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page as it arrived."""

    page: PageBytes
    headers: Mapping[str, str]
    warnings: tuple[str, ...] = ()


class _TryAgain(Exception):
    """The server may answer better in a moment."""

    def __init__(self, reason: DocumentUnreadable, *, wait_s: float) -> None:
        super().__init__(reason.title)
        self.reason = reason
        self.wait_s = wait_s


class Fetcher:
    """Fetches pages for one run; from several threads at once.

    Args:
        gate: what the run may do at the door.
        limits: its language is asked for.
        obey_robots: whether rules of sites for programs count.
        manners: how long to wait before something is tried once more.
        now: what time it is.
    """

    def __init__(
        self,
        gate: Gate,
        *,
        limits: WebLimits,
        obey_robots: bool,
        manners: Manners,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._visits = threading.local()
        self._client = gate.client(Purpose.PAGE, timeouts=TIMEOUTS, on_redirect=self._on_redirect)
        self._robots = RobotsBook(gate, timeouts=TIMEOUTS) if obey_robots else None
        self._headers = {"accept": _ACCEPT, "accept-encoding": PACKINGS}
        if limits.language:
            self._headers["accept-language"] = f"{limits.language}, *;q=0.5"
        self._manners = manners
        self._now = now or _utc_now

    def fetch(self, visit: Visit) -> Fetched:
        """Return the page.

        Raises:
            DocumentUnreadable: why it cannot be had; ``obstacle`` says what kind of reason it is.
            VisitEnded: the run ended.
        """
        self._visits.current = visit
        try:
            self._check_rules(visit, visit.address)
            return self._tried(visit)
        finally:
            self._visits.current = None

    def refused(self, address: str) -> DocumentUnreadable:
        """Return why the door does not open what is no address of the web; the ledger has it then."""
        try:
            self._client.open(address).__exit__(None, None, None)
        except ConnectionProblem as problem:
            return reasons.of_connection(problem)
        return reasons.not_an_address(address)

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()
        if self._robots is not None:
            self._robots.close()

    def _tried(self, visit: Visit) -> Fetched:
        for left in reversed(range(_TRIES)):
            try:
                return self._once(visit, is_last=not left)
            except _TryAgain as again:
                if not left or again.wait_s > self._manners.longest_wait_s:
                    raise reasons.again(again.reason) from None
                visit.pause(again.wait_s)
            except ConnectionProblem as problem:
                if not left or problem.trouble not in _PASSING:
                    raise reasons.of_connection(problem) from problem
                visit.pause(self._manners.breath_s)
            except RequestCancelled as given_up:
                raise visit.why_over() from given_up
        raise AssertionError("the last try returns or raises")

    def _once(self, visit: Visit, *, is_last: bool) -> Fetched:
        visit.go_on_to(visit.address)
        with self._client.open(visit.address, headers=self._headers, is_cancelled=visit.is_over) as answer:
            if answer.status not in _GOOD:
                raise self._refusal(visit, answer)
            host = host_of(answer.address)
            kind = kind_of(answer.headers.get("content-type", ""), address=answer.address)
            if isinstance(kind, str):
                raise reasons.wrong_kind(host, kind=kind)
            if not kind.can_be_cut and _announced(answer.headers) > kind.limit_bytes:
                raise reasons.too_large(host, limit_bytes=kind.limit_bytes)
            body = self._body(answer, kind)
            if body.problem is not None and (not is_last or not _can_be_cut(kind, body.data)):
                # A second try may bring the whole of it; what is cut twice is read as far as it goes, and says so.
                raise _TryAgain(reasons.cut(host), wait_s=self._manners.breath_s) from body.problem
            return _fetched(visit, answer, kind, body)

    def _body(self, answer: HttpAnswer, kind: Kind) -> Body:
        host = host_of(answer.address)
        try:
            body = read_body(answer, limit_bytes=kind.limit_bytes)
        except Garbled as error:
            raise reasons.garbled(host) from error
        except NoRoom as error:
            raise reasons.no_room(host) from error
        if body.is_over and not _can_be_cut(kind, body.data):
            raise reasons.too_large(host, limit_bytes=kind.limit_bytes)
        return body

    def _refusal(self, visit: Visit, answer: HttpAnswer) -> Exception:
        """Return why there is no page in an answer, or that it is worth another try."""
        markup = b""
        if answer.status not in _NOT_THERE:
            with suppress(Garbled, NoRoom, ConnectionProblem):  # the status says enough then
                markup = read_body(answer, limit_bytes=_REFUSAL_BYTES).data
        reason = obstacles.of_refusal(
            answer.status, headers=answer.headers, asked=visit.address, final=answer.address, markup=markup
        )
        if answer.status in _BUSY and reason.obstacle is Obstacle.UNREACHABLE:
            wait_s = retry_after_s(answer.headers, now=self._now())
            if wait_s is not None and wait_s > self._manners.longest_wait_s:
                reason = reasons.wants_patience(host_of(answer.address), wait_s=wait_s)
            return _TryAgain(reason, wait_s=2 * self._manners.breath_s if wait_s is None else wait_s)
        return reason

    def _on_redirect(self, address: str) -> None:
        visit: Visit = self._visits.current
        visit.go_on_to(address)
        self._check_rules(visit, address)

    def _check_rules(self, visit: Visit, address: str) -> None:
        if self._robots is not None:
            self._robots.check(address, visit=visit)


def _fetched(visit: Visit, answer: HttpAnswer, kind: Kind, body: Body) -> Fetched:
    warnings = []
    if body.problem is not None:
        warnings.append("The connection was cut while the page arrived; only its beginning was read.")
    asked, final = host_of(visit.address), host_of(answer.address)
    if not same_site(asked, final):
        warnings.append(f"The address is one of {asked}, and led on to {final}.")
    page = PageBytes(
        data=body.data,
        address=answer.address,
        content_type=kind.content_type,
        charset=kind.charset,
        is_truncated=body.is_truncated,
    )
    return Fetched(page=page, headers=answer.headers, warnings=tuple(warnings))


def _announced(headers: Mapping[str, str]) -> int:
    length = headers.get("content-length", "").strip()
    return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0


def _can_be_cut(kind: Kind, data: bytes) -> bool:
    """Whether the beginning of something makes sense without the rest, whatever the server calls it."""
    beginning = data[:1_000].lstrip()
    if beginning.startswith(_WHOLE_FILES):
        return False
    return bool(beginning) and (kind.can_be_cut or beginning.startswith(b"<"))


def _utc_now() -> datetime:
    return datetime.now(UTC)
