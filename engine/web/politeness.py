"""How much of a host one run may take, and how quickly: pages, seconds, requests at once, pauses between them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """The most that is asked of the web in one run."""

    pages_per_host: int = 8
    """For one sub-question, so that the first one does not use up what the others need of the same site."""
    pages_per_host_in_all: int = 24
    """For all sub-questions of a run together."""
    seconds_per_host: float = 20.0
    """In one run, in which at least one request to the host was under way; pauses that we make are not its fault."""
    at_once: int = 6
    at_once_per_host: int = 2
    pause_s: float = 0.2
    """Between the beginnings of two requests to one host."""
    longest_pause_s: float = 2.0
    """Whatever a robots.txt asks for: a run reads a handful of pages, it does not crawl."""
    longest_wait_s: float = 3.0
    """For a host that asks for patience; one that asks for more is given up."""
    breath_s: float = 0.5
    """Before something that failed in passing is tried once more."""
    page_s: float = 15.0
    """For one page with everything that leads to it."""
    expected: int = 3
    """Pages of one announcement that are fetched before anybody asks for them."""


@dataclass(slots=True)
class _Host:
    pages: int = 0
    """For the present sub-question."""
    pages_before: int = 0
    """For those before it."""
    under_way: int = 0
    busy_since: float = 0.0
    busy_s: float = 0.0
    """Up to ``busy_since``."""
    next_at: float = 0.0
    pause_s: float = 0.0


@dataclass(slots=True)
class Hosts:
    """What each host has given and cost so far. Safe to use from several threads."""

    manners: Manners
    now: Callable[[], float] = time.monotonic
    _hosts: dict[str, _Host] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def claim_page(self, host: str) -> bool:
        """Count one more page of a host; False when it has given all that it may."""
        with self._lock:
            entry = self._entry(host)
            if entry.pages >= self.manners.pages_per_host or self._in_all(entry) >= self._most_in_all():
                return False
            entry.pages += 1
            return True

    def begin_subquestion(self) -> None:
        """Let each host give pages for another sub-question; its time goes on."""
        with self._lock:
            for entry in self._hosts.values():
                entry.pages_before += entry.pages
                entry.pages = 0

    def pages_given(self, host: str) -> int:
        """Return the limit that a host has come to: its pages for one sub-question, or for the whole run."""
        with self._lock:
            entry = self._entry(host)
            return entry.pages if entry.pages >= self.manners.pages_per_host else self._in_all(entry)

    def try_begin(self, host: str) -> float:
        """Begin a request if that is polite now and return 0; else in how many seconds to try again.

        Where other requests have to end first, nobody knows when: the answer is then a twentieth of a second.
        """
        with self._lock:
            entry, now = self._entry(host), self.now()
            if entry.under_way >= self.manners.at_once_per_host:
                return 0.05
            if now < entry.next_at:
                return entry.next_at - now
            if not entry.under_way:
                entry.busy_since = now
            entry.under_way += 1
            entry.next_at = now + max(self.manners.pause_s, entry.pause_s)
            return 0.0

    def end(self, host: str) -> None:
        """End a request that was begun."""
        with self._lock:
            entry, now = self._entry(host), self.now()
            entry.under_way -= 1
            if not entry.under_way:
                entry.busy_s += now - entry.busy_since

    def seconds_left(self, host: str) -> float:
        """Return how long a host may still be waited for; 0 or less when it has had its time."""
        with self._lock:
            entry = self._entry(host)
            busy_s = entry.busy_s + (self.now() - entry.busy_since if entry.under_way else 0.0)
            return self.manners.seconds_per_host - busy_s

    def slow_down(self, host: str, *, pause_s: float) -> None:
        """Leave more time between two requests to a host, as it asks for."""
        with self._lock:
            entry = self._entry(host)
            entry.pause_s = max(entry.pause_s, min(pause_s, self.manners.longest_pause_s))

    def _in_all(self, entry: _Host) -> int:
        return entry.pages_before + entry.pages

    def _most_in_all(self) -> int:
        return max(self.manners.pages_per_host, self.manners.pages_per_host_in_all)

    def _entry(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())
