"""A damaged sessions database: kept aside untouched, and what can still be read carried over into a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.storage.database import DatabaseDamaged, open_writer, translated_errors
from engine.storage.schema import session_migrations

_TABLES = ("sessions", "runs", "texts", "sources", "readings", "writings", "events", "origins")
"""In the order in which rows may refer to each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreNotice:
    """Something about the stored data that a person must be told."""

    title: str
    hint: str


def check_health(path: Path) -> None:
    """Look through the whole database.

    Raises:
        DatabaseDamaged: something in it is wrong.
    """
    if not path.exists():
        return
    with translated_errors(path):
        connection = sqlite3.connect(path)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    if found is None or found[0] != "ok":
        raise DatabaseDamaged(path, str(found))


def set_aside(path: Path) -> Path:
    """Rename a damaged database and its companions; return where it is now."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
    for ending in ("", "-wal", "-shm"):
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + ending))
    return aside


def salvage(aside: Path, *, into: Path) -> StoreNotice:
    """Create a new database and carry over every row of the damaged one that can be read and makes sense."""
    companions_before = _companions(aside)
    database = open_writer(into, migrations=session_migrations(), is_durable=True)
    try:
        with translated_errors(into):
            database.execute("PRAGMA foreign_keys=OFF")
            with database.atomic():
                for table in _TABLES:
                    for columns, row in _readable_rows(aside, table):
                        marks = ", ".join("?" * len(row))
                        with suppress(sqlite3.IntegrityError, sqlite3.OperationalError):
                            database.execute(
                                f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({marks})", list(row)
                            )
                for statement in _MAKE_WHOLE:
                    database.execute(statement)
            saved = database.execute("SELECT count(*) FROM sessions").fetchone()[0]
    finally:
        database.close()
        for companion in _companions(aside) - companions_before:
            companion.unlink(missing_ok=True)
    rescued = (
        "No session could be recovered" if saved == 0 else f"{saved} session{'s' * (saved != 1)} could be recovered"
    )
    return StoreNotice(
        title=f"The database of your sessions was damaged. {rescued}",
        hint=f"The damaged file was not changed and is kept as {aside.name} in {aside.parent}.",
    )


_MAKE_WHOLE = (
    # A trace is only worth something up to its first hole.
    """DELETE FROM events WHERE sequence > (SELECT count(*) FROM events AS e
        WHERE e.run_id = events.run_id AND e.sequence <= events.sequence)""",
    "DELETE FROM events WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM runs WHERE id NOT IN (SELECT run_id FROM events WHERE sequence = 1)",
    "DELETE FROM runs WHERE session_id NOT IN (SELECT id FROM sessions)",
    "DELETE FROM sessions WHERE id NOT IN (SELECT session_id FROM runs)",
    "DELETE FROM events WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM sources WHERE text_hash NOT IN (SELECT text_hash FROM texts)",
    "DELETE FROM readings WHERE run_id NOT IN (SELECT id FROM runs) OR source_id NOT IN (SELECT id FROM sources)",
    "DELETE FROM writings WHERE run_id NOT IN (SELECT id FROM runs)",
    "DELETE FROM origins WHERE run_id NOT IN (SELECT id FROM runs)",
    """UPDATE runs SET outcome = NULL WHERE NOT EXISTS (
        SELECT 1 FROM events WHERE run_id = runs.id AND kind = 'RunEnded')""",
)


def _companions(path: Path) -> set[Path]:
    """Return what lies beside a database file, as reading it may leave something there."""
    return {found for ending in ("-wal", "-shm") if (found := path.with_name(path.name + ending)).exists()}


def _readable_rows(path: Path, table: str) -> Iterator[tuple[list[str], tuple[Any, ...]]]:
    """Yield the rows of a table from the first on until one cannot be read, then from the last back."""
    with suppress(sqlite3.Error):
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=0", uri=True)
        try:
            for order in ("ASC", "DESC"):
                whole = True
                try:
                    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY rowid {order}")
                    columns = [description[0] for description in cursor.description]
                    for row in cursor:
                        yield columns, row
                except sqlite3.Error:
                    whole = False
                if whole:
                    break
        finally:
            connection.close()
