"""What left this computer for a run, as the ledger of the network's door has it: values, and their sums.

Nothing here reads a file. Whoever exports a report reads the ledger, and hands over what it says,
or why it says nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from engine.citations.wording import ENGINE_NAMES
from engine.counting import counted, size_words

_SEARCH = "search"
PURPOSE_WORDS = {
    _SEARCH: "search",
    "page": "page",
    "robots": "rules for robots",
    "model-hub": "model hub",
    "model-server": "language model",
}
"""By the name that the ledger has for a purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One request at the door: sent, or refused there."""

    at: datetime
    purpose: str
    host: str
    port: int = 443
    method: str = ""
    path: str = ""
    """With its query string, exactly as sent; empty where only the words are known."""
    words: str = ""
    """Exactly what was searched for, where it was a search."""
    provider: str = ""
    """The search engine."""
    via: str = ""
    """The proxy it went through."""
    address: str = ""
    """The number of the computer that was connected to."""
    bytes_sent: int = 0
    bytes_received: int = 0
    status: int = 0
    """Of the answer; 0 where there was none."""
    is_allowed: bool = True
    reason: str = ""
    """Why it was refused, or what went wrong."""
    seconds: float = 0.0
    is_complete: bool = True
    """Whether it has ended; of one that never did, the bytes are not known."""

    @property
    def is_local(self) -> bool:
        """Whether it went to this computer itself, so that nothing left it."""
        if self.via:
            return False
        try:
            number = ipaddress.ip_address(self.address)
        except ValueError:
            return False
        mapped = getattr(number, "ipv4_mapped", None)
        return bool((mapped or number).is_loopback)

    @property
    def has_left(self) -> bool:
        """Whether anything of it may have left this computer. One that was let out counts, whatever became of it.

        A search engine on this computer counts as well: it passes the words on.
        """
        return self.is_allowed and (not self.is_local or self.purpose == _SEARCH)

    @property
    def provider_title(self) -> str:
        """What the search engine is called."""
        return ENGINE_NAMES.get(self.provider, self.provider)

    @property
    def about(self) -> str:
        """What was asked for: the words of a search, or the path."""
        return f"“{self.words}”" if self.words else self.path or "a connection"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSum:
    """What went to one host for one purpose."""

    host: str
    purpose: str
    requests: int
    refused: int
    bytes_sent: int
    bytes_received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureLine:
    """One line of what left: a request, or the sum of several."""

    lead: str
    """When and where, or how often and where."""
    about: str
    """Exactly what was asked for; empty for a sum."""
    ending: str
    """The bytes each way, or why it was refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Departures:
    """What the ledger says of one run."""

    entries: tuple[Departure, ...] = ()
    """Oldest first, those that were refused as well."""
    trouble: str = ""
    """Why the ledger says nothing, in a sentence; empty when it was read whole."""

    @property
    def is_known(self) -> bool:
        """Whether the ledger was read."""
        return not self.trouble

    @property
    def left(self) -> tuple[Departure, ...]:
        """Those that may have left this computer."""
        return tuple(one for one in self.entries if one.has_left)

    @property
    def refused(self) -> tuple[Departure, ...]:
        """Those that the door did not let out."""
        return tuple(one for one in self.entries if not one.is_allowed)

    @property
    def is_nothing(self) -> bool:
        """Whether the ledger proves that nothing left."""
        return self.is_known and not self.left


MOST_LISTED = 40
"""Requests that a report for people lists one by one; of more it has sums, and only its JSON has each."""
NOT_ASKED = Departures(trouble="The ledger of what leaves this computer was not looked at.")


def by_host(entries: Iterable[Departure]) -> tuple[HostSum, ...]:
    """Return the sums, a row for each host and purpose, in the order in which they first occur."""
    rows: dict[tuple[str, str], list[Departure]] = {}
    for entry in entries:
        rows.setdefault((entry.host, entry.purpose), []).append(entry)
    return tuple(
        HostSum(
            host=host,
            purpose=purpose,
            requests=sum(1 for one in found if one.is_allowed),
            refused=sum(1 for one in found if not one.is_allowed),
            bytes_sent=sum(one.bytes_sent for one in found),
            bytes_received=sum(one.bytes_received for one in found),
        )
        for (host, purpose), found in rows.items()
    )


def purpose_words(purpose: str) -> str:
    """Return a purpose for people."""
    return PURPOSE_WORDS.get(purpose, purpose)


def traffic_words(bytes_sent: int, bytes_received: int) -> str:
    """Return ``412 bytes sent, 31 KB received``."""
    return f"{size_words(bytes_sent)} sent, {size_words(bytes_received)} received"


def total_words(departures: Departures) -> str:
    """Return in a sentence or two what left, or why that cannot be said."""
    if not departures.is_known:
        return f"What left this computer cannot be shown. {departures.trouble}"
    left, refused = departures.left, departures.refused
    if left:
        hosts = counted(len({one.host for one in left}), "host")
        traffic = traffic_words(sum(one.bytes_sent for one in left), sum(one.bytes_received for one in left))
        words = f"{counted(len(left), 'request')} to {hosts}: {traffic}."
    else:
        words = "The ledger has no request of this run that left this computer."
    if refused:
        stopped = "1 was refused at the door" if len(refused) == 1 else f"{len(refused):,} were refused at the door"
        words += f" {stopped} and did not leave."
    return words


def place_of(entry: Departure) -> str:
    """Return host and port of a request, the port only where it is not the usual one."""
    return entry.host if entry.port in (0, 80, 443) else f"{entry.host}:{entry.port}"


def ending_words(entry: Departure) -> str:
    """Return what became of a request: refused and why, or the bytes each way."""
    if not entry.is_allowed:
        return f"refused: {entry.reason}" if entry.reason else "refused"
    counted_bytes = traffic_words(entry.bytes_sent, entry.bytes_received)
    parts = [counted_bytes if entry.is_complete else f"broken off; {counted_bytes} or more"]
    if entry.is_local:
        parts.append("on this computer")
    if entry.via:
        parts.append(f"through {entry.via}")
    if entry.reason:
        parts.append(entry.reason)
    return ", ".join(parts)


def departure_lines(departures: Departures) -> tuple[DepartureLine, ...]:
    """Return a line for each request; of very many, a line for each query, and one for each host and purpose."""
    if len(departures.entries) <= MOST_LISTED:
        return tuple(departure_line(entry) for entry in departures.entries)
    return (*_query_lines(departures.entries), *(_sum_line(one) for one in by_host(departures.entries)))


def departure_line(entry: Departure) -> DepartureLine:
    """Return a request on a line of its own."""
    provider = f" at {entry.provider_title}" if entry.provider and entry.provider != entry.host else ""
    return DepartureLine(
        lead=f"{moment_words(entry.at)}, {purpose_words(entry.purpose)}{provider}, {place_of(entry)}",
        about=entry.about,
        ending=ending_words(entry),
    )


def _query_lines(entries: Iterable[Departure]) -> Iterable[DepartureLine]:
    asked: dict[str, list[Departure]] = {}
    for entry in entries:
        if entry.words and entry.has_left:
            asked.setdefault(entry.words, []).append(entry)
    for words, found in asked.items():
        who = dict.fromkeys(one.provider_title or one.host for one in found)
        yield DepartureLine(
            lead=f"{moment_words(found[0].at)}, query",
            about=f"“{words}”",
            ending=f"{counted(len(found), 'request')} to {', '.join(who)}",
        )


def _sum_line(one: HostSum) -> DepartureLine:
    refused = f", {one.refused:,} refused" if one.refused else ""
    return DepartureLine(
        lead=f"{purpose_words(one.purpose)}, {one.host}: {counted(one.requests, 'request')}{refused}",
        about="",
        ending=traffic_words(one.bytes_sent, one.bytes_received),
    )


def moment_words(time: datetime) -> str:
    """Return a time with its seconds, ``2026-01-31 14:05:09 UTC``."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
