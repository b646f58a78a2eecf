"""What the engine can say about its own ground: the SQLite it runs on, and the files in a data folder."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from engine.errors import StorageError
from engine.library.schema import LIBRARY_FILE
from engine.network.ledger import LEDGER_FILE
from engine.storage.database import DatabaseDamaged, open_reader, translated_errors
from engine.storage.folder import SESSIONS_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHealth:
    """A database file of a data folder."""

    path: Path
    exists: bool
    size_bytes: int
    trouble: str = ""
    """What is wrong with it, in words; empty if nothing is."""


def has_sessions(data_folder: Path) -> bool:
    """Return whether anything was ever asked with this data folder."""
    return (data_folder / SESSIONS_FILE).exists()


def has_library(data_folder: Path) -> bool:
    """Return whether this data folder has an index."""
    return (data_folder / LIBRARY_FILE).exists()


def sessions_health(data_folder: Path) -> FileHealth:
    """Look through the whole database of sessions."""
    return _health(data_folder / SESSIONS_FILE)


def library_health(data_folder: Path) -> FileHealth:
    """Look through the whole index."""
    return _health(data_folder / LIBRARY_FILE)


def ledger_health(data_folder: Path) -> FileHealth:
    """Look through the whole ledger of the network."""
    return _health(data_folder / LEDGER_FILE)


def sqlite_version() -> str:
    """Return the version of the SQLite library that Python uses."""
    return sqlite3.sqlite_version


def has_full_text_search() -> bool:
    """Return whether that SQLite can index words."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text)")
        connection.execute("INSERT INTO words VALUES ('plumb line')")
        found = connection.execute("SELECT count(*) FROM words WHERE words MATCH 'line'").fetchone()
        return bool(found[0] == 1)
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()


def _health(path: Path) -> FileHealth:
    if not path.exists():
        return FileHealth(path=path, exists=False, size_bytes=0)
    size_bytes = path.stat().st_size
    try:
        database = open_reader(path)
        try:
            with translated_errors(path):
                found = database.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            database.close()
    except DatabaseDamaged as error:
        return FileHealth(path=path, exists=True, size_bytes=size_bytes, trouble=error.detail)
    except StorageError as error:
        return FileHealth(path=path, exists=True, size_bytes=size_bytes, trouble=error.title)
    trouble = "" if found and found[0] == "ok" else str(found[0] if found else "no answer")
    return FileHealth(path=path, exists=True, size_bytes=size_bytes, trouble=trouble)
