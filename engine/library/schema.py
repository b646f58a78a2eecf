"""The tables of the index. A migration is never edited once released; what it builds can be rebuilt from the files.

A *document* is a file in a folder; a *content* is what files with the same bytes and name say. A *segment* is a
stretch of a content, and the rows of the full-text index are segments. A segment's id holds its content's id, so that
a hit leads to its document without another look-up.
"""

from __future__ import annotations

from engine.storage.database import Database, Migrations

LIBRARY_FILE = "library.sqlite"

_SEGMENT_BITS = 16
MAX_SEGMENTS = 1 << _SEGMENT_BITS

CONTENT_OF = f"(rowid >> {_SEGMENT_BITS})"
"""The content's id of a row of the full-text index, in SQL."""

# The terms that are indexed were made by engine.reading.terms and are kept as they are: only a space separates them.
_TOKENIZER = """ascii tokenchars '!""#$%&''''()*+,-./:;<=>?@[\\]^_`{|}~'"""


def segment_id(content_id: int, number: int) -> int:
    """Return the id of a content's segment, numbered from 0."""
    return content_id << _SEGMENT_BITS | number


def content_of(segment: int) -> int:
    """Return the id of the content that a segment belongs to."""
    return segment >> _SEGMENT_BITS


def segments_of(content_id: int) -> tuple[int, int]:
    """Return the first and the last id that a content's segments may have."""
    return segment_id(content_id, 0), segment_id(content_id, MAX_SEGMENTS - 1)


def library_migrations() -> Migrations:
    """Return the steps from an empty file to the present tables."""
    migrations = Migrations("library")

    @migrations(name="0001_library")
    def create(database: Database) -> None:
        for statement in _TABLES:
            database.execute(statement)

    return migrations


_TABLES = (
    "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # How many contents and segments are in the index; counting them takes longer than many a search.
    "CREATE TABLE totals (contents INTEGER NOT NULL, segments INTEGER NOT NULL)",
    "INSERT INTO totals VALUES (0, 0)",
    """CREATE TABLE folders (
        id TEXT PRIMARY KEY,
        path TEXT NOT NULL,
        name TEXT NOT NULL,
        is_guide INTEGER NOT NULL,
        is_available INTEGER NOT NULL DEFAULT 1,
        is_mount INTEGER NOT NULL DEFAULT 0, -- whether the folder was on another device than its parent
        updated_at TEXT
    ) WITHOUT ROWID""",
    """CREATE TABLE contents (
        id INTEGER PRIMARY KEY,
        file_hash TEXT NOT NULL,
        name TEXT NOT NULL, -- of the file: part of its title for the search
        size_bytes INTEGER NOT NULL, -- of the file
        title TEXT NOT NULL,
        format TEXT NOT NULL,
        text_hash TEXT NOT NULL,
        characters INTEGER NOT NULL
    )""",
    "CREATE UNIQUE INDEX contents_by_file ON contents (file_hash, name)",
    # Large values are apart from what lists and searches read.
    "CREATE TABLE structures (content_id INTEGER PRIMARY KEY, data BLOB NOT NULL)",
    """CREATE TABLE texts (
        id INTEGER PRIMARY KEY,
        content_id INTEGER NOT NULL,
        start INTEGER NOT NULL, -- in code points
        data BLOB NOT NULL
    )""",
    "CREATE UNIQUE INDEX texts_by_start ON texts (content_id, start)",
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY,
        folder_id TEXT NOT NULL,
        path TEXT NOT NULL, -- relative to the folder, with slashes
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        is_settled INTEGER NOT NULL, -- whether size and time are enough to know the file again
        content_id INTEGER NOT NULL REFERENCES contents (id)
    )""",
    "CREATE UNIQUE INDEX documents_by_path ON documents (folder_id, path)",
    "CREATE INDEX documents_by_content ON documents (content_id, folder_id)",
    """CREATE TABLE problems (
        folder_id TEXT NOT NULL,
        path TEXT NOT NULL,
        size_bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL,
        title TEXT NOT NULL,
        hint TEXT NOT NULL,
        PRIMARY KEY (folder_id, path)
    ) WITHOUT ROWID""",
    """CREATE TABLE segments (
        id INTEGER PRIMARY KEY,
        start INTEGER NOT NULL, -- in code points
        end INTEGER NOT NULL,
        weight INTEGER NOT NULL, -- in percent: how much the segment says, rather than names
        headings TEXT NOT NULL
    )""",
    # Contents that no document has any more; their index rows are removed bit by bit.
    "CREATE TABLE orphans (content_id INTEGER PRIMARY KEY)",
    """CREATE TABLE vocabulary (
        term TEXT PRIMARY KEY,
        documents INTEGER NOT NULL, -- contents that have the term
        segments INTEGER NOT NULL
    ) WITHOUT ROWID""",
    f"""CREATE VIRTUAL TABLE segments_fts USING fts5 (
        title, headings, body, content='', tokenize="{_TOKENIZER}"
    )""",
)
