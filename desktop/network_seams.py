"""What the window asks of the engine's one door to the network, and of its ledger."""

from __future__ import annotations

from typing import Protocol

from engine.network.entry import Entry, Total
from engine.network.settings import NetworkSettings


class Door(Protocol):
    """The door, as far as the window decides about it (``engine.network.door.Door``)."""

    @property
    def settings(self) -> NetworkSettings:
        """What was decided."""
        ...

    @property
    def notice(self) -> str:
        """What a person should know; empty when all is well."""
        ...

    def change(self, settings: NetworkSettings, /) -> None:
        """Decide something else; it counts at once, and going offline breaks off what is under way.

        Raises:
            ConnectionProblem: the proxy's address makes no sense.
            DataFolderUnusable: it could not be written down.
        """
        ...


class LedgerSource(Protocol):
    """The reading side of the ledger (``engine.network.ledger.LedgerReader``)."""

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

        Raises:
            StorageError: the ledger cannot be read.
        """
        ...

    def totals(self, run_id: str | None = None) -> tuple[Total, ...]:
        """Return what went where.

        Raises:
            StorageError: the ledger cannot be read.
        """
        ...
