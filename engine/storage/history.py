"""The reading side of the sessions database: what the window and the terminal show. One per thread."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.agent.state import RunState, fold
from engine.domain import Outcome, RunId, Session, SessionId, Source, SourceId
from engine.events import RunStarted, StoredEvent
from engine.reading.document import Document
from engine.reading.terms import terms
from engine.storage.database import Database, open_reader, translated_errors
from engine.storage.folder import SESSIONS_FILE
from engine.storage.origin import Origin
from engine.storage.trace import (
    decode_event,
    has_origins,
    plain_key,
    read_document,
    read_origin,
    read_source,
    read_trace,
    unpack_document,
)

HIT_START, HIT_END = "\x02", "\x03"
_SNIPPET_CHARACTERS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryHit:
    """A place in the history that matches a search."""

    session_id: SessionId
    run_id: RunId
    kind: str
    """``question``, ``report`` or ``source``."""
    title: str
    snippet: str
    """Original text; what matches stands between ``HIT_START`` and ``HIT_END``."""
    source_id: SourceId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Words that a person let leave as they stood."""

    at: datetime
    run_id: RunId
    words: str


class History:
    """Everything ever asked, read and written."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._path = path

    @classmethod
    def open(cls, data_folder: Path) -> History:
        """Open the history of a data folder that ``Research`` has opened before.

        Raises:
            StorageError: there is none, or it cannot be read.
        """
        path = data_folder / SESSIONS_FILE
        return cls(open_reader(path), path)

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        self._database.close()

    def sessions(self) -> tuple[Session, ...]:
        """Return the sessions, the one with the latest activity first; deleted ones are left out."""
        rows = self._rows(
            """SELECT sessions.id, title, sessions.created_at, runs.updated_at, runs.id, runs.outcome
            FROM sessions JOIN runs ON runs.id = (
                SELECT id FROM runs WHERE session_id = sessions.id ORDER BY created_at DESC, rowid DESC LIMIT 1)
            WHERE deleted_at IS NULL ORDER BY runs.updated_at DESC"""
        )
        return tuple(
            Session(
                id=SessionId(row[0]),
                title=row[1],
                created_at=datetime.fromisoformat(row[2]),
                updated_at=datetime.fromisoformat(row[3]),
                last_run=RunId(row[4]),
                outcome=Outcome(row[5]) if row[5] else None,
            )
            for row in rows
        )

    def runs(self, session_id: SessionId) -> tuple[RunId, ...]:
        """Return the runs of a session, oldest first."""
        rows = self._rows("SELECT id FROM runs WHERE session_id = ? ORDER BY created_at, rowid", session_id)
        return tuple(RunId(row[0]) for row in rows)

    def trace(self, run_id: RunId, *, after: int = 0) -> tuple[StoredEvent, ...]:
        """Return the stored events of a run.

        Raises:
            SessionNotFound: there is no such run.
        """
        with translated_errors(self._path):
            return read_trace(self._database, run_id, after=after)

    def state(self, run_id: RunId) -> RunState:
        """Return what a run knows: the fold over its trace.

        Raises:
            SessionNotFound: there is no such run.
        """
        return fold(self.trace(run_id))

    def source(self, source_id: SourceId, *, run_id: RunId | None = None) -> Source:
        """Return a source that was read; as that run knows it, where one is named.

        Raises:
            SessionNotFound: there is no such source.
        """
        with translated_errors(self._path):
            return read_source(self._database, source_id, run_id=run_id)

    def document(self, text_hash: str, *, run_id: RunId | None = None) -> Document:
        """Return an archived text; with the structure that came with that run, where one is named.

        Without one, what was read on this computer comes before what came in files.

        Raises:
            SessionNotFound: there is no such text.
        """
        with translated_errors(self._path):
            return read_document(self._database, text_hash, run_id=run_id)

    def documents_of(self, run_id: RunId) -> Callable[[str], Document]:
        """Return what gives the archived texts of one run, by their hashes."""

        def document(text_hash: str) -> Document:
            return self.document(text_hash, run_id=run_id)

        return document

    def approvals(self) -> tuple[Approval, ...]:
        """Return the words that were approved here before they left, the latest first; of deleted sessions, too."""
        with translated_errors(self._path):
            elsewhere = "AND run_id NOT IN (SELECT run_id FROM origins)" if has_origins(self._database) else ""
        rows = self._rows(
            "SELECT run_id, at, kind, body FROM events WHERE sequence = 1 AND instr(body, 'approved_query') "
            f"{elsewhere} ORDER BY at DESC"
        )
        with translated_errors(self._path):
            found = [(row, decode_event(row[2], row[3])) for row in rows]
        return tuple(
            Approval(at=datetime.fromisoformat(row[1]), run_id=RunId(row[0]), words=event.approved_query)
            for row, event in found
            if isinstance(event, RunStarted) and event.approved_query
        )

    def origin(self, run_id: RunId) -> Origin | None:
        """Return from which file a run was opened; None for a run that was made here.

        The files that the sources of such a run name are on another computer: they are not to be opened on this one.
        """
        with translated_errors(self._path):
            return read_origin(self._database, run_id)

    def search(self, text: str, *, limit: int = 50) -> tuple[HistoryHit, ...]:
        """Return where the words occur, best first: questions and reports, then sources.

        All words must occur; the last one may be the beginning of a word. Odd input finds nothing.
        """
        expression = _match_expression(text)
        if not expression:
            return ()
        wanted = set(terms(text))
        written = self._rows(
            """SELECT runs.session_id, runs.id, writings.kind, sessions.title, writings.text, NULL
            FROM writings_terms JOIN writings ON writings.id = writings_terms.rowid
            JOIN runs ON runs.id = writings.run_id JOIN sessions ON sessions.id = runs.session_id
            WHERE writings_terms MATCH ? AND deleted_at IS NULL ORDER BY rank LIMIT ?""",
            expression,
            limit,
        )
        read = self._rows(
            """SELECT runs.session_id, runs.id, 'source', sources.body, texts.document, sources.id
            FROM texts_terms JOIN texts ON texts.id = texts_terms.rowid
            JOIN sources ON sources.text_hash = texts.text_hash
            JOIN runs ON runs.id = (SELECT r.id FROM readings JOIN runs r ON r.id = readings.run_id
                JOIN sessions s ON s.id = r.session_id
                WHERE readings.source_id = sources.id AND s.deleted_at IS NULL ORDER BY r.created_at DESC LIMIT 1)
            WHERE texts_terms MATCH ? ORDER BY texts_terms.rank LIMIT ?""",
            expression,
            max(0, limit - len(written)),
        )
        hits = [
            HistoryHit(
                session_id=SessionId(row[0]),
                run_id=RunId(row[1]),
                kind=row[2],
                title=row[3],
                snippet=_snippet(row[4], wanted),
            )
            for row in written
        ]
        for row in read:
            document = unpack_document(row[4])
            hits.append(
                HistoryHit(
                    session_id=SessionId(row[0]),
                    run_id=RunId(row[1]),
                    kind="source",
                    title=document.title,
                    snippet=_snippet(document.text, wanted),
                    source_id=SourceId(plain_key(row[5])),
                )
            )
        return tuple(hits)

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with translated_errors(self._path):
            return self._database.execute(sql, list(values)).fetchall()


def _match_expression(text: str) -> str:
    words = [word.replace('"', "") for word in terms(text[:1000])]
    quoted = [f'"{word}"' for word in words if any(c.isalnum() for c in word)]
    if not quoted:
        return ""
    # A person is still typing the last word.
    return " ".join([*quoted[:-1], quoted[-1] + "*"])


def _snippet(text: str, wanted: set[str]) -> str:
    """Return the stretch of the text around the first words that match, with the matches marked."""
    text = text[:200_000]
    spans = []
    for match in re.finditer(r"\S+", text):
        if wanted.intersection(terms(match.group())) or any(
            term.startswith(tuple(wanted)) for term in terms(match.group())
        ):
            spans.append(match.span())
            if match.end() - spans[0][0] > _SNIPPET_CHARACTERS:
                break
    start = max(0, spans[0][0] - _SNIPPET_CHARACTERS // 3) if spans else 0
    start = text.find(" ", start) + 1 if start else 0
    end = min(len(text), start + _SNIPPET_CHARACTERS)
    parts, position = ["…" if start else ""], start
    for first, last in spans:
        if first >= position and last <= end:
            parts += [text[position:first], HIT_START, text[first:last], HIT_END]
            position = last
    parts += [text[position:end], "…" if end < len(text) else ""]
    return " ".join("".join(parts).split())
