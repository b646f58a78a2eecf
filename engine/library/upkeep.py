"""Keeps the index itself in order: rows of vanished contents removed, rows of an older form made anew, space merged."""

from __future__ import annotations

from collections.abc import Callable

from engine.library import records
from engine.library.batches import Batches
from engine.library.index import Index, fingerprint
from engine.storage.database import Database

_FINGERPRINT = "fingerprint"
_VERSION = "version"
_REBUILT_TO = "rebuilt_to"
_MERGED_PAGES = 200
_MERGES = 200


class Upkeep:
    """The work on the index that needs no file. Each step can be stopped and goes on the next time."""

    def __init__(self, database: Database, index: Index) -> None:
        self._connection = database.conn
        self._database = database
        self._index = index

    def note_version(self, version: str) -> None:
        """Give files that an earlier version could not read another chance with this one."""
        if records.setting(self._connection, _VERSION) != version:
            with self._database.atomic():
                records.forget_marks(self._connection)
                records.put_setting(self._connection, _VERSION, version)

    def rebuild(self, *, should_stop: Callable[[], bool]) -> None:
        """Make the rows anew from the archive when they were made by an earlier form of the index."""
        present = fingerprint()
        stored = records.setting(self._connection, _FINGERPRINT)
        if stored is None or stored == present:
            if stored is None:
                with self._database.atomic():
                    records.put_setting(self._connection, _FINGERPRINT, present)
        else:
            self._begin_anew()
        self._rebuild(should_stop)

    def purge(self, *, should_stop: Callable[[], bool]) -> None:
        """Remove the contents that no document has any more."""
        orphans = [id for (id,) in self._connection.execute("SELECT content_id FROM orphans")]
        kept = self._connection.execute("SELECT count(*) FROM contents").fetchone()[0] - len(orphans)
        if len(orphans) > 4 * kept:
            # Cheaper to throw all rows away and index the few that stay again.
            with self._database.atomic():
                for table in ("texts", "structures"):
                    self._connection.execute(f"DELETE FROM {table} WHERE content_id IN (SELECT * FROM orphans)")
                self._connection.execute("DELETE FROM contents WHERE id IN (SELECT * FROM orphans)")
                self._connection.execute("DELETE FROM orphans")
                self._begin_anew()
            self._rebuild(should_stop)
            return
        with Batches(self._database, self._index) as batches:
            for content_id in orphans:
                if should_stop():
                    return
                batches.open()
                self._index.remove(content_id)
                self._connection.execute("DELETE FROM orphans WHERE content_id = ?", (content_id,))
                batches.commit_if_due()

    def tidy(self, *, should_stop: Callable[[], bool]) -> None:
        """Merge the index's parts, a little at a time, so that searches have fewer to look into."""
        for _ in range(_MERGES):
            if should_stop():
                return
            before = self._connection.total_changes
            with self._database.atomic():
                self._connection.execute(
                    "INSERT INTO segments_fts (segments_fts, rank) VALUES ('merge', ?)", (_MERGED_PAGES,)
                )
            if self._connection.total_changes - before < 2:
                return

    def _begin_anew(self) -> None:
        with self._database.atomic():
            self._index.clear()
            records.put_setting(self._connection, _REBUILT_TO, "0")
            records.put_setting(self._connection, _FINGERPRINT, fingerprint())

    def _rebuild(self, should_stop: Callable[[], bool]) -> None:
        rebuilt_to = records.setting(self._connection, _REBUILT_TO)
        if rebuilt_to is None:
            return
        waiting = [
            id
            for (id,) in self._connection.execute(
                "SELECT id FROM contents WHERE id > ? ORDER BY id", (int(rebuilt_to),)
            )
        ]
        with Batches(self._database, self._index) as batches:
            for content_id in waiting:
                if should_stop():
                    return
                batches.open()
                self._index.add_again(content_id)
                records.put_setting(self._connection, _REBUILT_TO, str(content_id))
                batches.commit_if_due()
            batches.open()
            self._connection.execute("DELETE FROM settings WHERE name = ?", (_REBUILT_TO,))
