"""Groups many small writes into transactions by time, so that a kill loses a second of work and never the index."""

from __future__ import annotations

import time
from types import TracebackType

from engine.library.index import Index
from engine.storage.database import Database

_BATCH_S = 1.0


class Batches:
    """A context in which writes are committed about once a second, at the end, and also when it is left early.

    An error that comes out of the block undoes what was not committed yet.
    """

    def __init__(self, database: Database, index: Index) -> None:
        self._database = database
        self._index = index
        self._began_at = 0.0

    def __enter__(self) -> Batches:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None or issubclass(kind, GeneratorExit):
            self.commit()
        else:
            self._index.forget()
            if self._database.conn.in_transaction:
                self._database.conn.rollback()

    def open(self) -> None:
        """Make sure that a transaction is open; every write calls it first."""
        if not self._database.conn.in_transaction:
            self._database.conn.execute("BEGIN IMMEDIATE")
            self._began_at = time.monotonic()

    def commit_if_due(self) -> None:
        """Commit when the transaction has been open for long enough."""
        if self._database.conn.in_transaction and time.monotonic() - self._began_at >= _BATCH_S:
            self.commit()

    def commit(self) -> None:
        """Commit what there is."""
        if self._database.conn.in_transaction:
            self._index.flush()
            self._database.conn.commit()
