"""What left this computer, in words: one request, many of them, and whole ledgers as files. No Qt."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from desktop.plain_text import one_line
from desktop.web_words import engine_name
from engine.citations.wording import ENGINE_NAMES
from engine.counting import counted, size_words
from engine.export.departures import purpose_words
from engine.network.entry import Entry, Total, Verdict
from engine.network.gate import Purpose

_NAMES = frozenset(["Plumbline", *(name.split(" ", 1)[0] for name in ENGINE_NAMES.values())])
"""First words that keep their capital."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""With these a table program would begin to calculate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """What went out and came in, altogether."""

    requests: int = 0
    refused: int = 0
    hosts: int = 0
    bytes_sent: int = 0
    bytes_received: int = 0


def sums_of(totals: Iterable[Total]) -> Sums:
    """Return the sum over hosts and purposes."""
    rows = tuple(totals)
    return Sums(
        requests=sum(row.requests for row in rows),
        refused=sum(row.refused for row in rows),
        hosts=len({row.host for row in rows if row.requests}),
        bytes_sent=sum(row.bytes_sent for row in rows),
        bytes_received=sum(row.bytes_received for row in rows),
    )


def sums_words(sums: Sums) -> str:
    """Return sums in a line: ``14 requests to 6 hosts · 4.2 KB out, 310 KB in · 2 refused``."""
    if not sums.requests and not sums.refused:
        return "No request was made."
    parts = []
    if sums.requests:
        parts.append(f"{counted(sums.requests, 'request')} to {counted(sums.hosts, 'host')}")
        parts.append(f"{size_words(sums.bytes_sent)} out, {size_words(sums.bytes_received)} in")
    else:
        parts.append("Nothing left this computer")
    if sums.refused:
        parts.append(f"{sums.refused:,} refused")
    return " · ".join(parts)


def clock(at: datetime) -> str:
    """Return the time of day here."""
    return f"{at.astimezone():%H:%M:%S}"


def moment(at: datetime, *, now: datetime) -> str:
    """Return when something was here: only the time if it was today."""
    here = at.astimezone()
    return f"{here:%H:%M:%S}" if here.date() == now.astimezone().date() else f"{here:%Y-%m-%d %H:%M:%S}"


def purpose_of(entry: Entry) -> str:
    """Return what a request was for, beginning with a capital, with the search engine where one was asked."""
    words = purpose_words(entry.purpose.value)
    words = words[:1].upper() + words[1:]
    return f"{words}, {engine_name(entry.provider)}" if entry.provider else words


def asked_for(entry: Entry) -> str:
    """Return exactly what was asked: the words, or the path."""
    if entry.words:
        return f"“{entry.words}”"
    return f"{entry.method} {entry.path}".strip() if entry.method not in ("", "GET") else entry.path or "a connection"


def place_of(entry: Entry) -> str:
    """Return the host, with its port where it is not the usual one."""
    return entry.host if entry.port in (0, 80, 443) else f"{entry.host}:{entry.port}"


def result_of(entry: Entry) -> str:
    """Return what became of a request."""
    if entry.verdict is Verdict.REFUSED:
        return f"Refused: {_lowered(entry.reason)}" if entry.reason else "Refused"
    if not entry.is_complete:
        return "Under way"
    if entry.reason:
        return f"Failed: {_lowered(entry.reason)}"
    if entry.is_passed_on:
        return "Passed on"  # what a library is answered through the relay is encrypted
    if entry.status:
        return f"Answered {entry.status}"
    # What an engine says to a query through an encrypted way of its own is not seen at the door.
    return "Passed on" if entry.provider and entry.purpose is Purpose.SEARCH else "Sent"


def traffic_of(entry: Entry) -> str:
    """Return the bytes each way; empty where none went."""
    if entry.verdict is Verdict.REFUSED or entry.is_cut_off:
        return ""
    return f"{size_words(entry.bytes_sent)} out, {size_words(entry.bytes_received)} in"


def spoken(entry: Entry) -> str:
    """Return a request in one breath."""
    parts = (clock(entry.at), place_of(entry), purpose_of(entry), one_line(asked_for(entry), limit=300))
    return ". ".join(part for part in (*parts, traffic_of(entry), result_of(entry)) if part)


def details_of(entry: Entry) -> str:
    """Return everything there is to know of a request, line by line."""
    lines = [
        f"{entry.at.astimezone():%Y-%m-%d %H:%M:%S}  {place_of(entry)}",
        purpose_of(entry),
        f"Words: {entry.words}" if entry.words else "",
        f"{entry.method} {entry.path}".strip(),
        f"Connected to {entry.address}" if entry.address else "",
        f"Through the proxy {entry.via}" if entry.via else "",
        traffic_of(entry),
        result_of(entry) + (f", {entry.seconds:.1f} s" if entry.seconds else ""),
    ]
    return "\n".join(line for line in lines if line)


# --- as files ---


def as_csv(entries: Iterable[Entry]) -> Iterable[str]:
    """Yield the lines of a table; nothing in it can become a formula."""
    names = tuple(_record_names())
    yield ",".join(names) + "\r\n"
    for entry in entries:
        record = _record(entry)
        row = io.StringIO()
        csv.writer(row).writerow([_harmless(record[name]) for name in names])
        yield row.getvalue()


def as_json(entries: Iterable[Entry]) -> Iterable[str]:
    """Yield the pieces of a list of objects, one a line."""
    yield "["
    for number, entry in enumerate(entries):
        yield ("\n" if number == 0 else ",\n") + json.dumps(_record(entry), ensure_ascii=False)
    yield "\n]\n"


def _record_names() -> Iterable[str]:
    return (name for name in Entry.__dataclass_fields__)


def _record(entry: Entry) -> dict[str, object]:
    record = asdict(entry)
    record |= {"at": entry.at.isoformat(), "purpose": entry.purpose.value, "verdict": entry.verdict.value}
    return record


def _harmless(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _lowered(words: str) -> str:
    first = words.split(" ", 1)[0]
    is_name = first in _NAMES or (len(first) > 1 and not first[1:].islower())
    return words if is_name else words[:1].lower() + words[1:]
