"""Opening SQLite databases the way everything here needs them; the only module that imports sqlite_utils.

Two kinds. A *durable* database acknowledges a commit only when it is on the disk (WAL, ``synchronous=FULL``). A
*rebuildable* one (an index over files) trades that for speed. Each database has one writing connection at a time:
SQLite before 3.51.3 can corrupt a WAL database that several connections write to.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database, Migrations

from engine.errors import DatabaseTooNew, DataFolderUnusable, StorageError, StorageFull
from engine.storage.private import make_private

__all__ = ["Database", "DatabaseDamaged", "Migrations", "open_reader", "open_writer", "translated_errors"]

_BUSY_TIMEOUT_S = 10.0


class DatabaseDamaged(StorageError):
    """The file is not a healthy SQLite database."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"The database {path.name} is damaged",
            hint="Start Plumbline: the damaged file is then kept aside unchanged, and what can be read is saved.",
        )
        self.path = path
        self.detail = detail


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours.

    Raises:
        DatabaseDamaged: malformed, or not a database.
        StorageFull: no room on the disk.
        DataFolderUnusable: not readable, not writable, gone, or locked for too long.
    """
    try:
        yield
    except sqlite3.Error as error:
        detail = str(error)
        if "malformed" in detail or "not a database" in detail or "corrupt" in detail:
            raise DatabaseDamaged(path, detail) from error
        if "full" in detail:
            raise StorageFull(
                "The disk is full",
                hint=f"Nothing that was shown is lost. Make room on the disk of {path.parent}, then try again.",
            ) from error
        if isinstance(error, sqlite3.OperationalError):
            raise DataFolderUnusable(
                f"The file {path.name} in the data folder cannot be used ({detail})",
                hint=f"Check that the folder {path.parent} exists, you may write to it, and its disk is not full.",
            ) from error
        raise


def open_writer(
    path: Path,
    *,
    migrations: Migrations,
    is_durable: bool,
    before_migrating: Callable[[Database], None] | None = None,
) -> Database:
    """Open, check and migrate a database for writing.

    Raises:
        DatabaseDamaged: its content is damaged.
        DatabaseTooNew: it has migrations that this version does not know.
        StorageError: it cannot be opened or written.
    """
    with translated_errors(path):
        make_private(path)
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}")
            connection.execute("PRAGMA foreign_keys=ON")
            database = Database(connection)
            _refuse_newer(database, migrations, path)
            if migrations.pending(database):
                if before_migrating is not None:
                    before_migrating(database)
                migrations.apply(database)
        except BaseException:
            connection.close()
            raise
    return database


def open_reader(path: Path) -> Database:
    """Open a database that a writer has created, for reading only; one per thread.

    Reading, too, needs a small file beside the database. Where none can be made, as on a full or read-only disk, the
    database is read as it lies there, if nothing of it is still to be taken over from another file.

    Raises:
        StorageError: it does not exist or cannot be read.
    """
    with translated_errors(path):
        try:
            connection = _connected_reader(path, "mode=ro")
        except sqlite3.OperationalError:
            if not _lies_still(path):
                raise
            connection = _connected_reader(path, "mode=ro&immutable=1")
    return Database(connection)


def _connected_reader(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, timeout=_BUSY_TIMEOUT_S, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA query_only=ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _lies_still(path: Path) -> bool:
    """Whether a database is there, and all of it in its own file."""
    ahead = path.with_name(f"{path.name}-wal")
    return path.is_file() and (not ahead.exists() or ahead.stat().st_size == 0)


def _refuse_newer(database: Database, migrations: Migrations, path: Path) -> None:
    known = {migration.name for migration in migrations._migrations}
    unknown = [migration.name for migration in migrations.applied(database) if migration.name not in known]
    if unknown:
        raise DatabaseTooNew(
            f"{path.name} was written by a later version of Plumbline",
            hint="Install that version again, or start with another data folder. Nothing was changed.",
        )
