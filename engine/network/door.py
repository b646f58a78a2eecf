"""The door: every byte to the network passes here. One for each program; opening it contacts nobody."""

from __future__ import annotations

import ssl
import threading
import weakref
from collections.abc import Collection, Iterable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine.domain import Reach
from engine.network.addresses import Endpoint, parse_endpoint
from engine.network.gate import Gate, Purpose
from engine.network.ledger import Ledger, LedgerReader, OnEntry
from engine.network.resolving import Dial, Resolve, Resolver, dial, resolve
from engine.network.rules import OutsideRules
from engine.network.settings import NetworkSettings, SettingsFile
from models.http import HttpClient, Timeouts

if TYPE_CHECKING:
    from engine.network.transport import Transport


class Door:
    """Judges, records and carries out everything that goes to the network. May be used from several threads.

    Args:
        data_folder: where the settings and the ledger are.
        resolve: looks names up.
        dial: connects to a number.
        on_entry: hears every entry of the ledger, on whatever thread that happens.
    """

    def __init__(
        self, data_folder: Path, *, resolve: Resolve = resolve, dial: Dial = dial, on_entry: OnEntry | None = None
    ) -> None:
        self._data_folder = data_folder
        self._file = SettingsFile(data_folder)
        self._ledger = Ledger(data_folder, on_entry=on_entry)
        self._ledger.close_cut_off()
        self._resolver = Resolver(resolve)
        self._dial = dial
        self._lock = threading.Lock()
        self._transports: weakref.WeakSet[Transport] = weakref.WeakSet()
        self._believed: ssl.SSLContext | None = None
        self._is_closed = False

    @property
    def settings(self) -> NetworkSettings:
        """What the person decided."""
        return self._file.now()

    @property
    def notice(self) -> str:
        """What a person should know: settings that could not be read, a damaged ledger; empty when all is well."""
        return " ".join(words for words in (self._file.notice, self._ledger.notice) if words)

    @property
    def ledger(self) -> LedgerReader:
        """What went through the door."""
        return LedgerReader.open(self._data_folder)

    def change(self, settings: NetworkSettings) -> None:
        """Decide anew, at once: going offline breaks off what is under way.

        Raises:
            ConnectionProblem: the proxy's address makes no sense.
            DataFolderUnusable: it could not be written down; offline it is all the same.
        """
        try:
            self._file.keep(settings)
        finally:
            if self._file.now().is_online is not True:
                self._close_connections()

    def client(
        self,
        purpose: Purpose,
        *,
        trusted: Collection[str] = (),
        words: str = "",
        provider: str = "",
        timeouts: Timeouts | None = None,
        connections: int = 8,
    ) -> HttpClient:
        """Return a client for work that no run asks for; nothing is sent until it is asked to.

        Args:
            purpose: what for.
            trusted: addresses that the person typed: exactly those hosts and ports may be in a network at home, and
                on this computer, where nothing leaves it, they may be spoken to while the program is offline.
            words: what is asked with it, for the ledger.
            provider: whom, for the ledger.
            timeouts: how long each part of a request may take.
            connections: how many may be open at a time.

        Raises:
            AddressRefused: a trusted address makes no sense.
        """
        from engine.network.client import Client, Errand  # noqa: PLC0415  needed only by who contacts somebody

        return Client(
            Errand(purpose=purpose, words=words, provider=provider),
            rules=OutsideRules(self._file.now, trusted=_endpoints(trusted), is_closed=self._is_shut),
            ledger=self._ledger,
            transport=self._transport(connections),
            timeouts=timeouts or Timeouts(),
            proxy=self._proxy,
            close_transport=True,
        )

    def client_to(self, address: str) -> HttpClient:
        """Return a client for a model server whose address the person typed.

        Raises:
            AddressRefused: the address makes no sense.
        """
        return self.client(Purpose.MODEL_SERVER, trusted=(address,))

    def admit(self, run_id: str, *, reach: Reach, trusted: Collection[str] = ()) -> Gate:
        """Return the door as one run sees it.

        Args:
            run_id: for the ledger.
            reach: how far it may go; nothing leaves this computer for a run in the library.
            trusted: addresses that the person typed, as in ``client``; a run needs the network for them in any case.

        Raises:
            AddressRefused: a trusted address makes no sense.
        """
        from engine.network.run_gate import RunGate  # noqa: PLC0415  needed only by who contacts somebody

        return RunGate(
            run_id,
            reach=reach,
            trusted=_endpoints(trusted),
            settings=self._file.now,
            is_closed=self._is_shut,
            ledger=self._ledger,
            transport=self._transport(_CONNECTIONS_OF_A_RUN),
        )

    def close(self) -> None:
        """End all connections; the door opens nothing afterwards."""
        self._is_closed = True
        self._close_connections()
        self._ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _is_shut(self) -> bool:
        return self._is_closed

    def _proxy(self) -> str:
        return self._file.now().proxy

    def _transport(self, connections: int) -> Transport:
        from engine.network.transport import Transport  # noqa: PLC0415  needed only by who contacts somebody

        made = Transport(
            resolver=self._resolver, dial=self._dial, certificates=self._certificates, connections=connections
        )
        with self._lock:
            self._transports.add(made)
        return made

    def _certificates(self) -> ssl.SSLContext:
        from engine.network.certificates import trusted_certificates  # noqa: PLC0415

        with self._lock:
            if self._believed is None:
                self._believed = trusted_certificates()
            return self._believed

    def _close_connections(self) -> None:
        with self._lock:
            transports = list(self._transports)
        for transport in transports:
            transport.close()


_CONNECTIONS_OF_A_RUN = 16


def _endpoints(addresses: Iterable[str]) -> frozenset[Endpoint]:
    return frozenset(endpoint for address in addresses if address for endpoint in parse_endpoint(address))
