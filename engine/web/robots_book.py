"""The rules of the sites that one run visits: each is asked once, and waited for by whoever comes next."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from engine.network.gate import Gate, Purpose
from engine.web import obstacles, reasons
from engine.web.body import PACKINGS, Body, Garbled, read_body
from engine.web.robots import LONGEST_BYTES, Rules
from engine.web.sites import host_of, origin_of
from engine.web.visit import Visit
from models.http import ConnectionProblem, HttpAnswer, RequestCancelled, Timeouts, Trouble

_SLICE_S = 0.05
_ALLOWED_WITHOUT = range(400, 500)
_TOO_MANY = 429
_GOOD = 200


@dataclass(slots=True)
class _Entry:
    known: threading.Event = field(default_factory=threading.Event)
    rules: Rules | None = None
    """None where they could not be had: then nothing of the site is read."""
    reason: DocumentUnreadable | None = None
    """Why they could not be had."""


class RobotsBook:
    """Reads robots.txt of sites, through the door, before anything else of them.

    A site that says that it has none may be read; one whose rules cannot be fetched is left alone for the whole run
    (RFC 9309, 2.3.1). What was learned is forgotten with the run, which is far less than the day that it may be kept.

    Args:
        gate: what the run may do at the door.
        timeouts: of the connections.
    """

    def __init__(self, gate: Gate, *, timeouts: Timeouts) -> None:
        self._client = gate.client(Purpose.ROBOTS, timeouts=timeouts)
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}

    def check(self, address: str, *, visit: Visit) -> None:
        """Do nothing if the address may be read.

        Raises:
            DocumentUnreadable: it may not, or nobody knows; or the door is shut.
            VisitEnded: the run ended.
        """
        host = host_of(address)
        entry = self._entry(origin_of(address), visit)
        if entry.reason is not None:
            raise reasons.again(entry.reason)
        assert entry.rules is not None  # or it was left out of the book
        if not entry.rules.allow(address):
            raise reasons.forbidden_by_robots(host)
        if entry.rules.pause_s:
            visit.slow_down(entry.rules.pause_s)

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    def _entry(self, origin: str, visit: Visit) -> _Entry:
        while True:
            with self._lock:
                entry = self._entries.get(origin)
                is_first = entry is None
                if entry is None:
                    entry = self._entries[origin] = _Entry()
            if is_first:
                return self._asked(origin, entry, visit)
            while not entry.known.wait(_SLICE_S):
                if visit.is_over():
                    raise visit.why_over()
            if self._entries.get(origin) is entry:
                return entry

    def _asked(self, origin: str, entry: _Entry, visit: Visit) -> _Entry:
        try:
            entry.rules = self._fetched(origin, visit)
        except DocumentUnreadable as reason:
            if reason.obstacle is Obstacle.REFUSED:
                self._forget(origin, entry)
                raise
            entry.reason = reasons.again(reason)
        except BaseException:
            self._forget(origin, entry)
            raise
        entry.known.set()
        return entry

    def _forget(self, origin: str, entry: _Entry) -> None:
        """Nothing was learned of the site: the run ends, or the door is shut. Whoever waits asks for itself."""
        with self._lock:
            del self._entries[origin]
        entry.known.set()

    def _fetched(self, origin: str, visit: Visit) -> Rules:
        for is_last in (False, True):
            try:
                return self._once(origin, visit)
            except ConnectionProblem as problem:
                if is_last or problem.trouble is not Trouble.CUT:
                    raise reasons.of_connection(problem) from problem
            except RequestCancelled as given_up:
                raise visit.why_over() from given_up
        raise AssertionError("the last try returns or raises")

    def _once(self, origin: str, visit: Visit) -> Rules:
        headers = {"accept": "text/plain,*/*;q=0.5", "accept-encoding": PACKINGS}
        with self._client.open(f"{origin}/robots.txt", headers=headers, is_cancelled=visit.is_over) as answer:
            if answer.status in _ALLOWED_WITHOUT and answer.status != _TOO_MANY:
                return Rules.none()
            try:
                body = read_body(answer, limit_bytes=LONGEST_BYTES)
            except Garbled as error:
                raise reasons.robots_unknown(host_of(origin), why="they make no sense") from error
            if answer.status != _GOOD:
                raise _refusal(origin, answer, body)
            if body.problem is not None:
                raise body.problem
            return Rules.parse(body.data.decode("utf-8", "replace"))


def _refusal(origin: str, answer: HttpAnswer, body: Body) -> DocumentUnreadable:
    if obstacles.is_challenge(answer.headers, body.data):
        return reasons.wants_a_person(host_of(origin))
    return reasons.robots_unknown(host_of(origin), why=f"status {answer.status}")
