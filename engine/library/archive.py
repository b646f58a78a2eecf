"""Texts and structures in the database: compressed, and in pieces, so that a snippet does not unpack a whole book."""

from __future__ import annotations

import sqlite3
import zlib
from dataclasses import dataclass, field, replace

from engine.codec import decode, encode
from engine.domain import Reference
from engine.reading.document import Block, Document
from engine.reading.identity import text_hash

_CHUNK_CHARACTERS = 16_384
_LEVEL = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Structure:
    """Everything of a document but its text, title and format."""

    blocks: tuple[Block, ...]
    language: str
    authors: tuple[str, ...]
    published: str
    warnings: tuple[str, ...]
    reference: Reference = field(default_factory=Reference)


def storable(document: Document) -> Document:
    """Return the document with nothing that UTF-8 cannot hold; offsets stay as they are."""
    title, text = _without_surrogates(document.title), _without_surrogates(document.text)
    if title is document.title and text is document.text:
        return document
    return replace(document, title=title, text=text)


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    return text


def archive(connection: sqlite3.Connection, document: Document, *, file_hash: str, name: str, size_bytes: int) -> int:
    """Store what a file says and return its content id."""
    cursor = connection.execute(
        """INSERT INTO contents (file_hash, name, size_bytes, title, format, text_hash, characters)
        VALUES (?, ?, ?, ?, ?, ?, ?)""",
        (file_hash, name, size_bytes, document.title, document.format, text_hash(document.text), len(document.text)),
    )
    content_id = cursor.lastrowid
    assert content_id is not None
    structure = _Structure(
        blocks=document.blocks,
        language=document.language,
        authors=document.authors,
        published=document.published,
        warnings=document.warnings,
        reference=document.reference,
    )
    connection.execute("INSERT INTO structures VALUES (?, ?)", (content_id, zlib.compress(encode(structure), _LEVEL)))
    connection.executemany(
        "INSERT INTO texts (content_id, start, data) VALUES (?, ?, ?)",
        (
            (content_id, start, zlib.compress(document.text[start : start + _CHUNK_CHARACTERS].encode(), _LEVEL))
            for start in range(0, len(document.text), _CHUNK_CHARACTERS)
        ),
    )
    return content_id


def stored_document(connection: sqlite3.Connection, content_id: int) -> Document:
    """Return a document as it was archived.

    Raises:
        KeyError: there is no such content.
    """
    row = connection.execute("SELECT title, format, characters FROM contents WHERE id = ?", (content_id,)).fetchone()
    packed = connection.execute("SELECT data FROM structures WHERE content_id = ?", (content_id,)).fetchone()
    if row is None or packed is None:
        raise KeyError(content_id)
    structure = decode(zlib.decompress(packed[0]), _Structure)
    return Document(
        title=row[0],
        text=stored_text(connection, content_id, start=0, end=row[2]),
        blocks=structure.blocks,
        format=row[1],
        language=structure.language,
        authors=structure.authors,
        published=structure.published,
        warnings=structure.warnings,
        reference=structure.reference,
    )


def stored_text(connection: sqlite3.Connection, content_id: int, *, start: int, end: int) -> str:
    """Return a span of an archived text; only the pieces that hold it are unpacked."""
    first = start // _CHUNK_CHARACTERS * _CHUNK_CHARACTERS
    rows = connection.execute(
        "SELECT data FROM texts WHERE content_id = ? AND start >= ? AND start < ? ORDER BY start",
        (content_id, first, max(end, first + 1)),
    ).fetchall()
    text = "".join(zlib.decompress(data).decode() for (data,) in rows)
    return text[start - first : end - first]


def discard(connection: sqlite3.Connection, content_id: int) -> None:
    """Remove a content's text and structure."""
    connection.execute("DELETE FROM texts WHERE content_id = ?", (content_id,))
    connection.execute("DELETE FROM structures WHERE content_id = ?", (content_id,))
    connection.execute("DELETE FROM contents WHERE id = ?", (content_id,))
