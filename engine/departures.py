"""Reads from the ledger what left this computer for a run, for its report.

A ledger that was never begun says that nothing ever left, unless the run's own trace knows better; one that was damaged
and put aside after the run began may have held more.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from engine.agent.state import RunState
from engine.errors import StorageError
from engine.export.departures import Departure, Departures
from engine.network.entry import Entry, Verdict
from engine.network.gate import Purpose
from engine.network.ledger import LEDGER_FILE, LedgerReader
from engine.storage.folder import SESSIONS_FILE
from engine.storage.history import History

_ALL = 1_000_000
_PAGE = 500
_ASIDE = "network.damaged-"


def departures_of(data_folder: Path, state: RunState) -> Departures:
    """Return what the ledger says of a run; why it says nothing, where it does not. Never raises because of the file.

    The ledger does not know for which run a language model was asked. What went to the servers that the trace names,
    while the run was under way, is counted to it. Of a run that was opened from a file, its own receipt tells.
    """
    elsewhere = _told_elsewhere(data_folder, state)
    if elsewhere is not None:
        return elsewhere
    if not (data_folder / LEDGER_FILE).exists():
        trouble = "The ledger is not there any more." if _went_out(state) else _put_aside(data_folder, state)
        return Departures(trouble=trouble)
    try:
        reader = LedgerReader.open(data_folder)
        found = [*reader.entries(state.run_id, limit=_ALL), *_told_models(reader, state)]
    except StorageError as error:
        return Departures(trouble=f"{error.title}.")
    except ValueError:
        return Departures(trouble="The ledger holds something that this version of Plumbline does not know.")
    trouble = _put_aside(data_folder, state)
    if not found and not trouble and _went_out(state):
        trouble = "The ledger has nothing of this run, although the run was on the web."
    return Departures(
        entries=tuple(departure(entry) for entry in sorted(found, key=lambda entry: entry.id)), trouble=trouble
    )


def _told_elsewhere(data_folder: Path, state: RunState) -> Departures | None:
    """What the receipt of a run says that was opened from a file: the ledger of this computer knows nothing of it."""
    if not (data_folder / SESSIONS_FILE).exists():
        return None
    try:
        history = History.open(data_folder)
        try:
            origin = history.origin(state.run_id)
        finally:
            history.close()
    except StorageError as error:
        return Departures(trouble=f"{error.title}.")
    return origin.departures if origin is not None else None


def departure(entry: Entry) -> Departure:
    """Return a line of the ledger as reports tell it."""
    return Departure(
        at=entry.at,
        purpose=entry.purpose.value,
        host=entry.host,
        port=entry.port,
        method=entry.method,
        path=entry.path,
        words=entry.words,
        provider=entry.provider,
        via=entry.via,
        address=entry.address,
        bytes_sent=entry.bytes_sent,
        bytes_received=entry.bytes_received,
        status=entry.status,
        is_allowed=entry.verdict is Verdict.ALLOWED,
        reason=entry.reason,
        seconds=entry.seconds,
        is_complete=entry.is_complete and not entry.is_cut_off,
    )


def _told_models(reader: LedgerReader, state: RunState) -> Iterator[Entry]:
    """Yield what went to the language models elsewhere, from the beginning of the run to its last step."""
    hosts = {_host(written) for named in state.sent_to for written in named.split(" and ")}
    before: int | None = None
    while hosts:
        page = reader.entries("", limit=_PAGE, before=before)
        for entry in page:
            if entry.at < state.started_at:
                return
            if entry.purpose is Purpose.MODEL_SERVER and entry.at <= state.updated_at and entry.host in hosts:
                yield entry
        if not page:
            return
        before = page[-1].id


def _host(written: str) -> str:
    """The host of a server as the trace names it: with its port, if it was given."""
    try:
        return urlsplit(f"//{written}").hostname or ""
    except ValueError:
        return ""


def _went_out(state: RunState) -> bool:
    """Whether the trace itself shows that something left: an answer that was not kept from earlier, or a page."""
    asked = (
        report
        for episode in state.episodes
        for search in episode.searches
        for report in search.engines
        if report.results and not report.is_cached
    )
    pages = (one for one in state.sources.values() if not one.address.startswith("file:") and not one.is_supplied)
    return any(True for _ in asked) or any(True for _ in pages)


def _put_aside(data_folder: Path, state: RunState) -> str:
    """Say so if a ledger was put aside, as it was damaged, after the run began."""
    for path in data_folder.glob(f"{_ASIDE}*.sqlite"):
        try:
            at = datetime.strptime(path.stem.removeprefix(_ASIDE), "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC)
        except ValueError:
            continue
        if at >= state.started_at:
            return f"The ledger was damaged, and was kept aside as {path.name}."
    return ""
