"""One visit to a page, from its first request to its last byte: which host it is at, and when it has had its time."""

from __future__ import annotations

import threading

from engine.domain import WebLimits
from engine.web import reasons
from engine.web.politeness import Hosts
from engine.web.sites import host_of, is_wanted

_SLICE_S = 0.05


class VisitEnded(Exception):
    """The run ended while a page was fetched; nothing is known against the page."""


class Visit:
    """Where one fetch is. A request at its first host has been begun for it.

    Args:
        address: the page.
        hosts: what hosts have given and cost; the visit occupies one place at the host where it is.
        ended: set when the run ends.
        limits: which sites may be opened.
    """

    def __init__(self, address: str, *, hosts: Hosts, ended: threading.Event, limits: WebLimits) -> None:
        self.address = address
        self.host = host_of(address)
        self._counted = {self.host}
        self._hosts = hosts
        self._ended = ended
        self._limits = limits
        self._is_at_host = True
        self._give_up_at = hosts.now() + hosts.manners.page_s
        self._began_at = hosts.now()

    def is_over(self) -> bool:
        """Whether the request that is under way has to be given up."""
        return self._ended.is_set() or self._has_had_its_time()

    def why_over(self) -> Exception:
        """Return what to raise when a request was given up."""
        if self._ended.is_set():
            return VisitEnded()
        if self._hosts.seconds_left(self.host) <= 0:
            return reasons.too_slow(self.host, seconds=self._hosts.manners.seconds_per_host)
        return reasons.too_slow(self.host, seconds=max(1.0, self._hosts.now() - self._began_at))

    def go_on_to(self, address: str) -> None:
        """Move to where a redirect leads, or back for another try, and wait there until a request is polite.

        Args:
            address: where it leads.

        Raises:
            DocumentUnreadable: it may not be opened, or has had its pages and its time.
            VisitEnded: the run ended.
        """
        host = host_of(address)
        if not is_wanted(host, self._limits):
            raise reasons.unwanted(host, by_redirect=True)
        if host and host != self.host:
            self.leave()
            if host not in self._counted and not self._hosts.claim_page(host):
                raise reasons.enough_pages(host, pages=self._hosts.pages_given(host))
            self._counted.add(host)
            self.host = host
            self._wait_for_place()

    def pause(self, seconds: float) -> None:
        """Leave the host alone for a while and come back to it."""
        self.leave()
        if self._ended.wait(seconds):
            raise VisitEnded
        self._wait_for_place()

    def slow_down(self, pause_s: float) -> None:
        """Leave more time between requests to the host where the visit is."""
        self._hosts.slow_down(self.host, pause_s=pause_s)

    def leave(self) -> None:
        """Give the place at the host back; nothing happens when it was given back."""
        if self._is_at_host:
            self._is_at_host = False
            self._hosts.end(self.host)

    def _wait_for_place(self) -> None:
        while (wait_s := self._hosts.try_begin(self.host)) > 0:
            if self._ended.wait(min(wait_s, _SLICE_S)):
                raise VisitEnded
            if self._has_had_its_time():
                raise self.why_over()
        self._is_at_host = True

    def _has_had_its_time(self) -> bool:
        return self._hosts.now() > self._give_up_at or self._hosts.seconds_left(self.host) <= 0
