"""Writes down what leaves this computer, before it leaves: ``network.sqlite`` in the data folder.

A rollback journal, not a write-ahead log: the window and a command in a terminal may both go to the network, and SQLite
before 3.51.3 can damage a write-ahead log that several processes write to.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.errors import DataFolderUnusable, StorageError
from engine.network.entry import CUT_OFF, Entry, Total, Verdict
from engine.network.gate import Purpose
from engine.network.presence import Presence, living
from engine.storage.database import DatabaseDamaged, translated_errors
from engine.storage.private import make_private, make_private_folder

LEDGER_FILE = "network.sqlite"

_BUSY_TIMEOUT_S = 10.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, purpose TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL,
    method TEXT NOT NULL, path TEXT NOT NULL, run_id TEXT NOT NULL, words TEXT NOT NULL, provider TEXT NOT NULL,
    via TEXT NOT NULL, address TEXT NOT NULL, bytes_sent INTEGER NOT NULL, bytes_received INTEGER NOT NULL,
    status INTEGER NOT NULL, verdict TEXT NOT NULL, reason TEXT NOT NULL, seconds REAL NOT NULL,
    is_complete INTEGER NOT NULL, writer TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS entries_of_runs ON entries (run_id, id);
"""
_COLUMNS = tuple(field.name for field in fields(Entry) if field.name != "id")
_INSERT = (
    f"INSERT INTO entries (writer, {', '.join(_COLUMNS)}) "
    f"VALUES (:writer, {', '.join(':' + name for name in _COLUMNS)})"
)
_UPDATE = f"UPDATE entries SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} WHERE id = :id"

_MOST_ROWS = 1_000_000
_LARGEST_ID = (1 << 63) - 1

OnEntry = Callable[[Entry], None]


class Ledger:
    """The writing side; may be used from several threads. The file is made with the first entry.

    Args:
        data_folder: where it is kept.
        on_entry: hears every entry as soon as it is on the disk, and again when it is complete, on whatever thread that
            happens.
    """

    def __init__(self, data_folder: Path, *, on_entry: OnEntry | None = None) -> None:
        self._path = data_folder / LEDGER_FILE
        self._presence = Presence(data_folder)
        self._on_entry = on_entry
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._is_closed = False
        self.notice = ""
        """What a person should know of the ledger: that a damaged one was kept aside; empty when all is well."""

    def begin(self, entry: Entry) -> Entry:
        """Write an entry down and return it with its id; when this returns it is on the disk.

        Raises:
            StorageError: it could not be written: nothing may be sent.
        """
        with self._lock:
            written = replace(entry, id=self._insert(entry))
        if self._on_entry is not None:
            self._on_entry(written)
        return written

    def finish(self, entry: Entry) -> None:
        """Write down how it ended. Where there is no room for that, it stays in the ledger as one that never ended."""
        entry = replace(entry, is_complete=True)
        with self._lock, suppress(StorageError):
            if self._connection is not None:
                with translated_errors(self._path), self._connection as connection:
                    connection.execute(_UPDATE, _row(entry))
        if self._on_entry is not None:
            self._on_entry(entry)

    def close(self) -> None:
        """Close the file; nothing can be written afterwards."""
        with self._lock:
            self._is_closed = True
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            self._presence.end()

    def close_cut_off(self) -> None:
        """Write down of what killed programs left under way that it has ended, and that nobody knows how.

        Nothing happens where there is no ledger, or where it cannot be written: the next opening tries again.
        """
        if not self._path.exists():
            return
        with suppress(StorageError), translated_errors(self._path), self._briefly() as connection:
            connection.execute("PRAGMA journal_mode=TRUNCATE").fetchone()
            if connection.execute("SELECT 1 FROM entries WHERE NOT is_complete LIMIT 1").fetchone() is None:
                return
            _add_writer(connection)
            # Whoever writes an entry is there before it does: nobody can come in between.
            connection.execute("BEGIN IMMEDIATE")
            alive = living(self._path.parent)
            connection.execute(
                "UPDATE entries SET is_complete = 1, reason = ? WHERE NOT is_complete "
                f"AND writer NOT IN ({', '.join('?' * len(alive))})",
                (CUT_OFF, *alive),
            )
            connection.execute("COMMIT")

    def _briefly(self) -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None))

    def _insert(self, entry: Entry) -> int:
        try:
            return self._inserted(entry)
        except DatabaseDamaged:
            self._keep_aside()
            return self._inserted(entry)

    def _inserted(self, entry: Entry) -> int:
        with translated_errors(self._path), self._opened() as connection:
            return int(connection.execute(_INSERT, _row(entry) | {"writer": self._presence.token}).lastrowid or 0)

    def _opened(self) -> sqlite3.Connection:
        if self._is_closed:
            raise DataFolderUnusable("The ledger was closed", hint="Start Plumbline again.")
        if self._connection is None:
            with suppress(OSError):
                make_private_folder(self._path.parent)
            self._presence.begin()
            make_private(self._path)
            connection = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, check_same_thread=False)
            try:
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA journal_mode=TRUNCATE").fetchone()
                if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise DatabaseDamaged(self._path, "quick_check")
                connection.executescript(_SCHEMA)
                _add_writer(connection)
                connection.execute("SELECT is_complete FROM entries LIMIT 1").fetchone()
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _keep_aside(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        aside = self._path.with_name(f"network.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.sqlite")
        try:
            self._path.replace(aside)
            self._path.with_name(LEDGER_FILE + "-journal").unlink(missing_ok=True)
        except OSError as error:
            raise DataFolderUnusable(
                "The ledger is damaged and cannot be put aside", hint=f"Move {self._path} somewhere else yourself."
            ) from error
        self.notice = f"The ledger of the network was damaged. It was kept as {aside.name}; a new one was begun."


class LedgerReader:
    """The reading side; may be used from several threads, also while the ledger is written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def open(cls, data_folder: Path) -> LedgerReader:
        """Return the reader of a data folder; nothing is made where there is no ledger yet."""
        return cls(data_folder / LEDGER_FILE)

    def entries(
        self,
        run_id: str | None = None,
        *,
        text: str = "",
        refused_only: bool = False,
        limit: int = 200,
        before: int | None = None,
    ) -> tuple[Entry, ...]:
        """Return entries, the latest first.

        Args:
            run_id: only those of a run; those of no run where it is empty.
            text: found in the host, the path, the words, the provider or the reason.
            refused_only: only those that were not let out.
            limit: so many at most, a million whatever is asked for.
            before: only those with smaller ids, for the next page.

        Raises:
            StorageError: the ledger cannot be read.
        """
        where, values = ["1"], dict[str, Any](limit=max(0, min(limit, _MOST_ROWS)))
        if run_id is not None:
            where.append("run_id = :run_id")
            values["run_id"] = run_id
        if before is not None:
            where.append("id < :before")
            values["before"] = max(0, min(before, _LARGEST_ID))
        if refused_only:
            where.append("verdict = 'refused'")
        if text:
            where.append("instr(lower(host || ' ' || path || ' ' || words || ' ' || provider || ' ' || reason), :text)")
            values["text"] = text.lower()
        rows = self._rows(f"SELECT * FROM entries WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT :limit", values)
        return tuple(_entry(row) for row in rows)

    def totals(self, run_id: str | None = None) -> tuple[Total, ...]:
        """Return what went where: of one run, or of all there ever was; most bytes sent first.

        Raises:
            StorageError: the ledger cannot be read.
        """
        rows = self._rows(
            "SELECT host, purpose, sum(verdict = 'allowed') AS requests, sum(verdict = 'refused') AS refused, "
            "sum(bytes_sent) AS bytes_sent, sum(bytes_received) AS bytes_received FROM entries "
            "WHERE :run_id IS NULL OR run_id = :run_id GROUP BY host, purpose ORDER BY 5 DESC, host, purpose",
            {"run_id": run_id},
        )
        return tuple(Total(**{**dict(row), "purpose": Purpose(row["purpose"])}) for row in rows)

    def count(self) -> int:
        """Return how many entries there are.

        Raises:
            StorageError: the ledger cannot be read.
        """
        rows = self._rows("SELECT count(*) AS n FROM entries", {})
        return int(rows[0]["n"]) if rows else 0

    def _rows(self, query: str, values: dict[str, Any]) -> list[sqlite3.Row]:
        if not self._path.exists():
            return []
        with translated_errors(self._path):
            # Not "ro": what a power cut left half-written is put right by whoever opens it first.
            place = f"{self._path.absolute().as_uri()}?mode=rw"
            with closing(sqlite3.connect(place, uri=True, timeout=_BUSY_TIMEOUT_S)) as connection:
                connection.execute("PRAGMA query_only=ON")
                connection.row_factory = sqlite3.Row
                try:
                    return connection.execute(query, values).fetchall()
                except sqlite3.OperationalError as error:
                    if "no such table" in str(error):  # it is being made at this moment
                        return []
                    raise


def _add_writer(connection: sqlite3.Connection) -> None:
    """Have ledgers of the first versions tell which program wrote an entry."""
    if not any(column[1] == "writer" for column in connection.execute("PRAGMA table_info(entries)")):
        with suppress(sqlite3.OperationalError):  # another program was faster
            connection.execute("ALTER TABLE entries ADD COLUMN writer TEXT NOT NULL DEFAULT ''")


def _row(entry: Entry) -> dict[str, Any]:
    row = {name: getattr(entry, name) for name in _COLUMNS}
    row |= {"id": entry.id, "at": entry.at.astimezone(UTC).isoformat(), "is_complete": int(entry.is_complete)}
    # What no database can hold is half a character; it was refused anyway.
    return {
        name: value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else value
        for name, value in row.items()
    }


def _entry(row: sqlite3.Row) -> Entry:
    values = {name: row[name] for name in _COLUMNS}
    values |= {
        "at": datetime.fromisoformat(values["at"]),
        "purpose": Purpose(values["purpose"]),
        "verdict": Verdict(values["verdict"]),
        "is_complete": bool(values["is_complete"]),
    }
    return Entry(id=row["id"], **values)
