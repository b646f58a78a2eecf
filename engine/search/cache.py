"""Keeps what engines answered for a week, so that the same query is not sent twice.

Nothing depends on it: where its file cannot be read or written, there are simply no earlier answers. It holds no words
of queries, only fingerprints of them.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from engine.errors import StorageError
from engine.search.provider import Found, WebQuery
from engine.storage.database import Database, DatabaseDamaged, Migrations, open_writer, translated_errors
from engine.storage.private import make_private_folder

CACHE_FILE = "searches.sqlite"
KEPT_S = 7 * 24 * 3600.0

_MOST_ANSWERS = 5_000


def searches_migrations() -> Migrations:
    """Return the steps from an empty file to the present table."""
    migrations = Migrations("searches")

    @migrations(name="0001_answers")
    def create(database: Database) -> None:
        database.execute(
            "CREATE TABLE answers (key TEXT PRIMARY KEY, at REAL NOT NULL, engine TEXT NOT NULL, found TEXT NOT NULL)"
        )
        database.execute("CREATE INDEX answers_at ON answers (at)")

    return migrations


class SearchCache:
    """Earlier answers. May be used from several threads; nothing here raises.

    Args:
        path: of its file.
        now: seconds since 1970.
    """

    def __init__(self, path: Path, *, now: Callable[[], float] = time.time) -> None:
        self._path = path
        self._now = now
        self._mutex = threading.Lock()
        self._database = self._opened()

    @property
    def is_usable(self) -> bool:
        """Whether answers can be kept at the moment."""
        return self._database is not None

    def find(self, engine: str, query: WebQuery, *, limit: int) -> tuple[Found, ...] | None:
        """Return what an engine answered to the same query with the same limits within the last week, or None."""
        with self._mutex:
            if self._database is None:
                return None
            try:
                with translated_errors(self._path):
                    row = self._database.execute(
                        "SELECT at, found FROM answers WHERE key = ?", [_key(engine, query, limit)]
                    ).fetchone()
            except StorageError as error:
                self._give_up(error)
                return None
        if row is None or not 0 <= self._now() - row[0] < KEPT_S:
            return None
        try:
            return tuple(Found(**each) for each in json.loads(row[1]))
        except (TypeError, ValueError):
            return None

    def keep(self, engine: str, query: WebQuery, found: tuple[Found, ...], *, limit: int) -> None:
        """Keep an answer; one without results is not worth it, as tomorrow there may be some."""
        if not found:
            return
        now = self._now()
        with self._mutex:
            if self._database is None:
                return
            try:
                with translated_errors(self._path), self._database.conn as connection:
                    connection.execute(
                        "INSERT OR REPLACE INTO answers (key, at, engine, found) VALUES (?, ?, ?, ?)",
                        [_key(engine, query, limit), now, engine, json.dumps([asdict(each) for each in found])],
                    )
                    connection.execute("DELETE FROM answers WHERE at < ? OR at > ?", [now - KEPT_S, now + KEPT_S])
                    connection.execute(
                        "DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY at DESC LIMIT -1 OFFSET ?)",
                        [_MOST_ANSWERS],
                    )
            except StorageError as error:
                self._give_up(error)

    def forget(self) -> None:
        """Forget every answer."""
        with self._mutex:
            if self._database is None:
                return
            try:
                with translated_errors(self._path), self._database.conn as connection:
                    connection.execute("DELETE FROM answers")
            except StorageError as error:
                self._give_up(error)

    def close(self) -> None:
        """Let go of the file."""
        with self._mutex:
            self._shut()

    def _opened(self) -> Database | None:
        with suppress(OSError):
            make_private_folder(self._path.parent)
        for _ in range(2):
            try:
                return open_writer(self._path, migrations=searches_migrations(), is_durable=False)
            except DatabaseDamaged:
                self._remove()
            except StorageError:
                return None
        return None

    def _give_up(self, error: StorageError) -> None:
        if isinstance(error, DatabaseDamaged):
            self._shut()
            self._remove()
            self._database = self._opened()

    def _shut(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _remove(self) -> None:
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                Path(f"{self._path}{ending}").unlink(missing_ok=True)


def _key(engine: str, query: WebQuery, limit: int) -> str:
    asked = json.dumps(
        [engine, query.text.casefold(), asdict(query.limits), limit, *(["exact"] if query.is_exact else [])],
        sort_keys=True,
    )
    return hashlib.sha256(asked.encode("ascii")).hexdigest()
