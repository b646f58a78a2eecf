"""Puts contents into the full-text index and takes them out again; every call belongs to the caller's transaction."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePath

from engine.library.archive import archive, discard, stored_document, stored_text
from engine.library.schema import MAX_SEGMENTS, segment_id, segments_of
from engine.library.segments import segments
from engine.reading.document import Document
from engine.reading.terms import terms

_FORMAT = 1
"""Of the index rows; to be raised when segments or columns change, so that existing indexes are built anew."""
_SAMPLE = (
    "Größe naïve 3.11.7 sqlite3_open_v2 don't l'eau running U.S.A C++ parseHTMLFile e-mail 1,000 "
    "自然言語処理 Программы العربية हिन्दी ไทย"
)
_TERMS_AT_ONCE = 4_096
_INSERT = "INSERT INTO segments_fts (rowid, title, headings, body) VALUES (?, ?, ?, ?)"
_DELETE = "INSERT INTO segments_fts (segments_fts, rowid, title, headings, body) VALUES ('delete', ?, ?, ?, ?)"


def fingerprint() -> str:
    """Return what changes when the same text would give other index rows."""
    return hashlib.sha256(f"{_FORMAT} {' '.join(terms(_SAMPLE))}".encode()).hexdigest()[:16]


class Index:
    """The index rows of one database. Word counts are gathered and written by ``flush``, before the commit."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._documents: Counter[str] = Counter()
        self._segments: Counter[str] = Counter()
        self._contents_total = self._segments_total = 0

    def add(self, document: Document, *, file_hash: str, name: str, size_bytes: int) -> int:
        """Archive a document, index it, and return its content id."""
        content_id = archive(self._connection, document, file_hash=file_hash, name=name, size_bytes=size_bytes)
        self._add_rows(content_id, document, name)
        return content_id

    def add_again(self, content_id: int) -> None:
        """Index an archived content whose rows are gone."""
        name = self._connection.execute("SELECT name FROM contents WHERE id = ?", (content_id,)).fetchone()[0]
        self._connection.execute("DELETE FROM segments WHERE id BETWEEN ? AND ?", segments_of(content_id))
        self._add_rows(content_id, stored_document(self._connection, content_id), name)

    def remove(self, content_id: int) -> None:
        """Take a content out of the index and the archive."""
        first, last = segments_of(content_id)
        title, name, characters = self._connection.execute(
            "SELECT title, name, characters FROM contents WHERE id = ?", (content_id,)
        ).fetchone()
        text = stored_text(self._connection, content_id, start=0, end=characters)
        rows = self._connection.execute(
            "SELECT id, start, end, headings FROM segments WHERE id BETWEEN ? AND ?", (first, last)
        ).fetchall()
        self._write(
            _DELETE,
            -1,
            title_terms(title, name),
            ((id, headings, text[start:end]) for id, start, end, headings in rows),
        )
        self._connection.execute("DELETE FROM segments WHERE id BETWEEN ? AND ?", (first, last))
        discard(self._connection, content_id)

    def flush(self) -> None:
        """Write the gathered word counts."""
        names = list(self._documents)
        for start in range(0, len(names), _TERMS_AT_ONCE):
            # Sorted, because neighbours in the table are quicker to write; in portions, because sorting all of them
            # would keep the window's thread waiting.
            changes = [
                (name, self._documents[name], self._segments[name])
                for name in sorted(names[start : start + _TERMS_AT_ONCE])
            ]
            self._connection.executemany(
                """INSERT INTO vocabulary (term, documents, segments) VALUES (?, ?, ?) ON CONFLICT (term) DO UPDATE
                SET documents = documents + excluded.documents, segments = segments + excluded.segments""",
                changes,
            )
            gone = [(name,) for name, count, _ in changes if count < 0]
            self._connection.executemany("DELETE FROM vocabulary WHERE term = ? AND documents <= 0", gone)
        self._connection.execute(
            "UPDATE totals SET contents = contents + ?, segments = segments + ?",
            (self._contents_total, self._segments_total),
        )
        self.forget()

    def forget(self) -> None:
        """Drop the gathered word counts, because their transaction was rolled back."""
        self._documents.clear()
        self._segments.clear()
        self._contents_total = self._segments_total = 0

    def clear(self) -> None:
        """Empty the index; the archive stays."""
        self._connection.execute("INSERT INTO segments_fts (segments_fts) VALUES ('delete-all')")
        self._connection.execute("DELETE FROM segments")
        self._connection.execute("DELETE FROM vocabulary")
        self._connection.execute("UPDATE totals SET contents = 0, segments = 0")
        self.forget()

    def _add_rows(self, content_id: int, document: Document, name: str) -> None:
        found = segments(document)[:MAX_SEGMENTS]
        rows = [
            (
                segment_id(content_id, number),
                segment.start,
                segment.end,
                round(segment.weight * 100),
                "\n".join(segment.headings),
            )
            for number, segment in enumerate(found)
        ]
        self._connection.executemany(
            "INSERT INTO segments (id, start, end, weight, headings) VALUES (?, ?, ?, ?, ?)", rows
        )
        self._write(
            _INSERT,
            1,
            title_terms(document.title, name),
            ((id, headings, document.text[start:end]) for id, start, end, _, headings in rows),
        )

    def _write(self, statement: str, sign: int, title: list[str], rows: Iterable[tuple[int, str, str]]) -> None:
        title_column = " ".join(title)
        in_document: set[str] = set()
        count = self._segments.update if sign > 0 else self._segments.subtract
        for id, headings, body in rows:
            heading_terms, body_terms = terms(headings), terms(body)
            self._connection.execute(statement, (id, title_column, " ".join(heading_terms), " ".join(body_terms)))
            in_segment = {*title, *heading_terms, *body_terms}
            in_document |= in_segment
            count(in_segment)
            self._segments_total += sign
        (self._documents.update if sign > 0 else self._documents.subtract)(in_document)
        self._contents_total += sign


def title_terms(title: str, name: str) -> list[str]:
    """Return the terms a document is called by: those of its title, and of its file name where it adds some."""
    found = terms(title)
    known = set(found)
    return found + [
        term for term in terms(PurePath(name).stem.replace("_", " ").replace("-", " ")) if term not in known
    ]
