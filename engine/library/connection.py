"""A connection for reading the index beside its writer, also after the index was replaced by a new one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.storage.database import Database, open_reader, translated_errors

_CACHE_KIB = 32_768


class IndexConnection:
    """Opens the index again when a new file has taken its place. Used from one thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database: Database | None = None
        self._file: tuple[int, int] | None = None
        self.current()

    def current(self) -> Database:
        """Return the open database.

        Raises:
            StorageError: it is not there or cannot be read.
        """
        file = self._identity()
        if self._database is None or (file is not None and file != self._file):
            self.close()
            self._database = open_reader(self.path)
            self._database.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
            self._file = file
        return self._database

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Let several statements see the same state of the index, whatever its writer does meanwhile."""
        with translated_errors(self.path):
            connection = self.current().conn
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.rollback()

    def close(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None

    def _identity(self) -> tuple[int, int] | None:
        try:
            status = self.path.stat()
        except OSError:
            return None
        return status.st_dev, status.st_ino
