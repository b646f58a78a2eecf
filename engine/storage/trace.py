"""Reading back what the store has written: traces, archived documents, sources."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any

from engine.codec import Undecodable, decode
from engine.domain import RunId, SessionId, Source, SourceId
from engine.errors import SessionNotFound, StorageError
from engine.events import EVENT_TYPES, Event, StoredEvent
from engine.reading.document import Document
from engine.storage.database import Database
from engine.storage.origin import Origin

_APART, _AFTER_APART = "@", "A"
"""A sign that no hash has, and the one behind it."""


def read_trace(database: Database, run_id: RunId, *, after: int) -> tuple[StoredEvent, ...]:
    """Return the events of a run with a sequence number above ``after``.

    Raises:
        SessionNotFound: there is no such run.
        StorageError: an event cannot be understood.
    """
    rows = database.execute("SELECT session_id FROM runs WHERE id = ?", [run_id]).fetchall()
    if not rows:
        raise SessionNotFound("That run is not here", hint="Its session may have been deleted.")
    session = SessionId(rows[0][0])
    events = database.execute(
        "SELECT sequence, at, kind, body FROM events WHERE run_id = ? AND sequence > ? ORDER BY sequence",
        [run_id, after],
    )
    return tuple(
        StoredEvent(
            session_id=session,
            run_id=run_id,
            sequence=sequence,
            at=datetime.fromisoformat(at),
            event=decode_event(kind, body),
        )
        for sequence, at, kind, body in events
    )


def decode_event(kind: str, body: str) -> Event:
    """Return the event that a row of the trace describes.

    Raises:
        StorageError: its kind or its fields are unknown to this version.
    """
    types = {event_type.__name__: event_type for event_type in EVENT_TYPES}
    try:
        return decode(body, types[kind])
    except (KeyError, Undecodable) as error:
        raise StorageError(
            f"A step of this run cannot be read ({kind})",
            hint="It may have been written by another version of Plumbline. The stored data was not changed.",
        ) from error


def opened_key(key: str, run_id: RunId) -> str:
    """Return under which key a text or a source is kept that came with a run from elsewhere.

    It is kept apart: what a file says of a text must not become what is known here of a page that was read here.
    """
    return f"{key}{_APART}{run_id}"


def plain_key(key: str) -> str:
    """Return the hash of a text, or the id of a source, that is kept under a key."""
    return key.partition(_APART)[0]


def read_source(database: Database, source_id: SourceId, *, run_id: RunId | None = None) -> Source:
    """Return a source that some run has read; as that run knows it, where one is named.

    Raises:
        SessionNotFound: there is no such source.
    """
    body = _kept(database, "SELECT body FROM sources WHERE id = ?", source_id, run_id=run_id, key="id")
    if body is None:
        raise SessionNotFound("That source is not here", hint="Its session may have been deleted.")
    return decode(body, Source)


def read_origin(database: Database, run_id: RunId) -> Origin | None:
    """Return from which file a run was opened, or None for one that was made here."""
    if not has_origins(database):
        return None
    rows = database.execute("SELECT body FROM origins WHERE run_id = ?", [run_id]).fetchall()
    return decode(rows[0][0], Origin) if rows else None


def has_origins(database: Database) -> bool:
    """Whether it can hold runs of elsewhere; a database of an older version cannot, until it is written to."""
    return bool(database.execute("SELECT 1 FROM sqlite_master WHERE name = 'origins'").fetchall())


def read_document(database: Database, text_hash: str, *, run_id: RunId | None = None) -> Document:
    """Return an archived text; as it came with that run, where one is named. Else what was read here comes first.

    Raises:
        SessionNotFound: no text with that hash was archived.
    """
    select = "SELECT document FROM texts WHERE text_hash = ?"
    packed = _kept(database, select, text_hash, run_id=run_id, key="text_hash")
    if packed is None:
        raise SessionNotFound("That text is not here", hint="Its session may have been deleted.")
    return unpack_document(packed)


def _kept(database: Database, select: str, wanted: str, *, run_id: RunId | None, key: str) -> Any:
    """Return what is kept under a key: for one run, else of this computer, else of any run from elsewhere."""
    if run_id is not None:
        rows = database.execute(select, [opened_key(wanted, run_id)]).fetchall()
        if rows:
            return rows[0][0]
    rows = database.execute(select, [wanted]).fetchall()
    if not rows:
        between = select.replace(f"{key} = ?", f"{key} > ? AND {key} < ? ORDER BY {key} LIMIT 1")
        rows = database.execute(between, [f"{wanted}{_APART}", f"{wanted}{_AFTER_APART}"]).fetchall()
    return rows[0][0] if rows else None


def unpack_document(packed: bytes) -> Document:
    """Return the document that the archive holds in packed form."""
    return decode(zlib.decompress(packed), Document)
