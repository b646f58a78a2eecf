"""The one writer of the sessions database: events, archived texts and sources, committed before anyone sees them."""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.codec import encode
from engine.domain import Outcome, RunId, SessionId
from engine.errors import SessionNotFound
from engine.events import (
    CommandGiven,
    CommandKind,
    Event,
    ReportFinished,
    RunContinued,
    RunEnded,
    RunStarted,
    SourceRead,
    StoredEvent,
)
from engine.reading.document import Document
from engine.reading.terms import terms
from engine.storage.database import Database, open_writer, translated_errors
from engine.storage.origin import Origin
from engine.storage.schema import session_migrations
from engine.storage.trace import opened_key, read_origin, read_trace, unpack_document

_TITLE_CHARACTERS = 160
_TERMS_SAMPLE = (
    "Running queries: synchronous=FULL, sqlite3_open_v2, 1,200 naïve cafés in 2024; Größe, 東京都, العربية, C++."
)


class Store:
    """The writing side of the sessions database. Used from one thread; there is one per data folder."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._path = path
        self._lengths: dict[RunId, int] = {}
        self._sessions: dict[RunId, SessionId] = {}

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open or create the database.

        Raises:
            DatabaseDamaged: it is not healthy.
            StorageError: it cannot be opened.
        """
        store = cls(open_writer(path, migrations=session_migrations(), is_durable=True), path)
        store._renew_full_text()
        return store

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        self._database.close()

    # --- sessions and runs ---------------------------------------------------------------------------------------

    def add_run(self, started: RunStarted, *, session_id: SessionId | None) -> StoredEvent:
        """Create a run, and its session when none is given, with its first event.

        Raises:
            SessionNotFound: the given session does not exist.
            StorageError: it could not be committed.
        """
        now = datetime.now(UTC)
        run_id = RunId(uuid.uuid4().hex)
        session = session_id or SessionId(uuid.uuid4().hex)
        with translated_errors(self._path), self._database.atomic():
            if session_id is None:
                self._write(
                    "INSERT INTO sessions (id, title, created_at) VALUES (?, ?, ?)",
                    session,
                    title_of(started.question),
                    now.isoformat(),
                )
            elif not self._rows("SELECT 1 FROM sessions WHERE id = ?", session):
                raise SessionNotFound("That session is not here", hint="It may have been deleted.")
            self._write(
                "INSERT INTO runs (id, session_id, created_at, updated_at) VALUES (?, ?, ?, ?)",
                run_id,
                session,
                now.isoformat(),
                now.isoformat(),
            )
            stored = self._insert(started, session=session, run_id=run_id, sequence=1, at=now)
            self._index_writing(run_id, kind="question", text=started.question)
        self._lengths[run_id] = 1
        self._sessions[run_id] = session
        return stored

    def add_opened(
        self, trace: Iterable[StoredEvent], *, title: str, origin: Origin, documents: Iterable[tuple[str, Document]]
    ) -> tuple[SessionId, RunId]:
        """Store a whole run that was made elsewhere as a session of its own, all of it or nothing.

        Its texts and sources are kept apart from those of this computer's own runs.

        Args:
            trace: every event of it; their ids are replaced, their times are kept.
            title: of the session.
            origin: the file that it comes from.
            documents: text hash and archived text of the sources that it has read; one whose text is not among
                them is known from the trace alone.

        Raises:
            ValueError: a text is not what its hash says.
            StorageError: it could not be committed; the database is as it was before.
        """
        now = datetime.now(UTC).isoformat()
        run_id, session = RunId(uuid.uuid4().hex), SessionId(uuid.uuid4().hex)
        with translated_errors(self._path), self._database.atomic():
            self._write("INSERT INTO sessions (id, title, created_at) VALUES (?, ?, ?)", session, title_of(title), now)
            self._write(
                "INSERT INTO runs (id, session_id, created_at, updated_at) VALUES (?, ?, ?, ?)",
                run_id,
                session,
                now,
                now,
            )
            for text_hash, document in documents:
                self._archive(text_hash, document, apart_for=run_id)
            for number, stored in enumerate(trace, start=1):
                self._insert(stored.event, session=session, run_id=run_id, sequence=number, at=stored.at)
                if isinstance(stored.event, RunStarted):
                    self._index_writing(run_id, kind="question", text=stored.event.question)
                self._note(run_id, stored.event, is_opened=True)
            self._write(
                "INSERT INTO origins (run_id, digest, body) VALUES (?, ?, ?)",
                run_id,
                origin.digest,
                encode(origin).decode(),
            )
        return session, run_id

    def origin(self, run_id: RunId) -> Origin | None:
        """Return from which file a run was opened, or None for one that was made here."""
        with translated_errors(self._path):
            return read_origin(self._database, run_id)

    def opened_in(self, session_id: SessionId) -> tuple[RunId, ...]:
        """Return the runs of a session that were opened from files."""
        with translated_errors(self._path):
            rows = self._rows(
                "SELECT id FROM runs JOIN origins ON origins.run_id = runs.id WHERE session_id = ?", session_id
            )
        return tuple(RunId(row[0]) for row in rows)

    def opened(self, digest: str) -> tuple[SessionId, RunId] | None:
        """Return the run that was opened from a bundle with this SHA-256, if it is still there."""
        with translated_errors(self._path):
            rows = self._rows(
                """SELECT runs.session_id, runs.id FROM origins JOIN runs ON runs.id = origins.run_id
                JOIN sessions ON sessions.id = runs.session_id
                WHERE digest = ? AND deleted_at IS NULL ORDER BY runs.created_at DESC LIMIT 1""",
                digest,
            )
        return (SessionId(rows[0][0]), RunId(rows[0][1])) if rows else None

    def append(self, run_id: RunId, event: Event, *, documents: Mapping[str, Document]) -> StoredEvent:
        """Commit one more event of a run together with the texts it rests on, and return it as stored.

        When this returns, the event is on the disk.

        Raises:
            SessionNotFound: there is no such run.
            StorageError: it could not be committed; the database is as it was before.
        """
        session, length = self._run(run_id)
        now = datetime.now(UTC)
        with translated_errors(self._path), self._database.atomic():
            for text_hash, document in documents.items():
                self._archive(text_hash, document)
            stored = self._insert(event, session=session, run_id=run_id, sequence=length + 1, at=now)
            self._write("UPDATE runs SET updated_at = ? WHERE id = ?", now.isoformat(), run_id)
            self._note(run_id, event)
        self._lengths[run_id] = length + 1
        return stored

    def trace(self, run_id: RunId) -> tuple[StoredEvent, ...]:
        """Return the whole trace of a run.

        Raises:
            SessionNotFound: there is no such run.
        """
        with translated_errors(self._path):
            return read_trace(self._database, run_id, after=0)

    def unfinished(self) -> tuple[RunId, ...]:
        """Return the runs that were neither ended nor paused, oldest first; none that was opened from a file."""
        with translated_errors(self._path):
            rows = self._rows(
                """SELECT runs.id FROM runs JOIN sessions ON sessions.id = runs.session_id
                WHERE outcome IS NULL AND NOT is_paused AND deleted_at IS NULL
                AND runs.id NOT IN (SELECT run_id FROM origins) ORDER BY runs.created_at"""
            )
        return tuple(RunId(row[0]) for row in rows)

    def rename_session(self, session_id: SessionId, title: str) -> None:
        """Give a session another title; an empty one is ignored."""
        if title.strip():
            with translated_errors(self._path), self._database.atomic():
                self._write("UPDATE sessions SET title = ? WHERE id = ?", title_of(title), session_id)

    def set_deleted(self, session_id: SessionId, *, is_deleted: bool) -> None:
        """Hide a session, or bring it back; ``purge`` removes hidden ones for good."""
        at = datetime.now(UTC).isoformat() if is_deleted else None
        with translated_errors(self._path), self._database.atomic():
            self._write("UPDATE sessions SET deleted_at = ? WHERE id = ?", at, session_id)

    def purge(self) -> int:
        """Remove hidden sessions, and what was archived for them alone, for good; return how many sessions."""
        with translated_errors(self._path):
            with self._database.atomic():
                hidden = [row[0] for row in self._rows("SELECT id FROM sessions WHERE deleted_at IS NOT NULL")]
                for session_id in hidden:
                    self._forget(session_id)
            if hidden:
                # Deleting from a full-text index only marks words as gone; merging is what removes them.
                for table in ("writings_terms", "texts_terms"):
                    self._write(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
                self._write("VACUUM")
        return len(hidden)

    # --- inside --------------------------------------------------------------------------------------------------

    def _renew_full_text(self) -> None:
        """Index everything again if this version makes other terms of a text than the one that wrote the index."""
        now = " ".join(terms(_TERMS_SAMPLE))
        with translated_errors(self._path):
            if self._rows("SELECT 1 FROM facts WHERE name = 'terms' AND value = ?", now):
                return
            with self._database.atomic():
                for table in ("writings_terms", "texts_terms"):
                    self._write(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
                for number, text in self._rows("SELECT id, text FROM writings"):
                    self._write(
                        "INSERT INTO writings_terms (rowid, terms) VALUES (?, ?)", number, " ".join(terms(text))
                    )
                for number, packed in self._rows("SELECT id, document FROM texts"):
                    words = _document_terms(unpack_document(packed))
                    self._write("INSERT INTO texts_terms (rowid, terms) VALUES (?, ?)", number, words)
                self._write("INSERT OR REPLACE INTO facts (name, value) VALUES ('terms', ?)", now)

    def _run(self, run_id: RunId) -> tuple[SessionId, int]:
        if run_id not in self._lengths:
            with translated_errors(self._path):
                rows = self._rows(
                    """SELECT session_id, (SELECT max(sequence) FROM events WHERE run_id = runs.id)
                    FROM runs WHERE id = ?""",
                    run_id,
                )
            if not rows:
                raise SessionNotFound("That run is not here", hint="Its session may have been deleted.")
            self._sessions[run_id], self._lengths[run_id] = SessionId(rows[0][0]), rows[0][1] or 0
        return self._sessions[run_id], self._lengths[run_id]

    def _insert(self, event: Event, *, session: SessionId, run_id: RunId, sequence: int, at: datetime) -> StoredEvent:
        self._write(
            "INSERT INTO events (run_id, sequence, at, kind, body) VALUES (?, ?, ?, ?, ?)",
            run_id,
            sequence,
            at.isoformat(),
            type(event).__name__,
            encode(event).decode(),
        )
        return StoredEvent(session_id=session, run_id=run_id, sequence=sequence, at=at, event=event)

    def _note(self, run_id: RunId, event: Event, *, is_opened: bool = False) -> None:
        """Keep what can be asked of runs without reading their traces in step with the trace."""
        match event:
            case SourceRead():
                source = event.source
                number = opened_key(source.id, run_id) if is_opened else source.id
                kept_as = opened_key(source.text_hash, run_id) if is_opened else source.text_hash
                if is_opened and not self._rows("SELECT 1 FROM texts WHERE text_hash = ?", kept_as):
                    return  # its text did not come whole
                self._write(
                    "INSERT OR IGNORE INTO sources (id, text_hash, body) VALUES (?, ?, ?)",
                    number,
                    kept_as,
                    encode(source).decode(),
                )
                self._write("INSERT OR IGNORE INTO readings (run_id, source_id) VALUES (?, ?)", run_id, number)
            case ReportFinished():
                # What an earlier version said is found in it, not by the search.
                self._unindex(self._rows("SELECT id, text FROM writings WHERE run_id = ? AND kind = 'report'", run_id))
                self._write("DELETE FROM writings WHERE run_id = ? AND kind = 'report'", run_id)
                self._index_writing(run_id, kind="report", text="\n".join(c.text for c in event.report.claims))
            case RunEnded():
                self._write("UPDATE runs SET outcome = ?, is_paused = 0 WHERE id = ?", event.outcome.value, run_id)
            case RunContinued():
                self._write("UPDATE runs SET outcome = NULL, is_paused = 0 WHERE id = ?", run_id)
            case CommandGiven(kind=CommandKind.AMEND) if event.amendment is not None:
                is_taken_up = "UPDATE runs SET outcome = NULL WHERE id = ? AND outcome != ?"
                self._write(is_taken_up, run_id, Outcome.FAILED.value)
            case CommandGiven(kind=CommandKind.PAUSE):
                self._write("UPDATE runs SET is_paused = 1 WHERE id = ?", run_id)

    def _archive(self, text_hash: str, document: Document, *, apart_for: RunId | None = None) -> None:
        if hashlib.sha256(document.text.encode("utf-8", "surrogatepass")).hexdigest() != text_hash:
            raise ValueError("a text is archived under its own hash")
        key = text_hash if apart_for is None else opened_key(text_hash, apart_for)
        if self._rows("SELECT 1 FROM texts WHERE text_hash = ?", key):
            return
        packed = zlib.compress(encode(document), level=6)
        self._write("INSERT INTO texts (text_hash, document) VALUES (?, ?)", key, packed)
        number = self._rows("SELECT id FROM texts WHERE text_hash = ?", key)[0][0]
        self._write("INSERT INTO texts_terms (rowid, terms) VALUES (?, ?)", number, _document_terms(document))

    def _index_writing(self, run_id: RunId, *, kind: str, text: str) -> None:
        self._write("INSERT INTO writings (run_id, kind, text) VALUES (?, ?, ?)", run_id, kind, text)
        number = self._rows("SELECT last_insert_rowid()")[0][0]
        self._write("INSERT INTO writings_terms (rowid, terms) VALUES (?, ?)", number, " ".join(terms(text)))

    def _unindex(self, writings: Iterable[tuple[int, str]]) -> None:
        for number, text in writings:
            self._write(
                "INSERT INTO writings_terms (writings_terms, rowid, terms) VALUES ('delete', ?, ?)",
                number,
                " ".join(terms(text)),
            )

    def _forget(self, session_id: str) -> None:
        writings = self._rows(
            "SELECT w.id, w.text FROM writings w JOIN runs r ON r.id = w.run_id WHERE r.session_id = ?", session_id
        )
        self._unindex(writings)
        self._write("DELETE FROM sessions WHERE id = ?", session_id)
        self._write("DELETE FROM sources WHERE id NOT IN (SELECT source_id FROM readings)")
        orphans = "text_hash NOT IN (SELECT text_hash FROM sources)"
        for number, packed in self._rows(f"SELECT id, document FROM texts WHERE {orphans}"):
            self._write(
                "INSERT INTO texts_terms (texts_terms, rowid, terms) VALUES ('delete', ?, ?)",
                number,
                _document_terms(unpack_document(packed)),
            )
        self._write(f"DELETE FROM texts WHERE {orphans}")

    def _write(self, sql: str, *values: Any) -> None:
        self._database.execute(sql, list(values))

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        return self._database.execute(sql, list(values)).fetchall()


def title_of(question: str) -> str:
    """Return a question as one short line."""
    line = " ".join(question.split())
    return line if len(line) <= _TITLE_CHARACTERS else line[: _TITLE_CHARACTERS - 1].rstrip() + "…"


def _document_terms(document: Document) -> str:
    return " ".join(terms(f"{document.title}\n{document.text}"))
