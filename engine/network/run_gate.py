"""The door as one run sees it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager

from engine.domain import Reach
from engine.network.addresses import Endpoint
from engine.network.client import Client, Errand
from engine.network.gate import Origin, Purpose
from engine.network.ledger import Ledger
from engine.network.relay import lent_relay
from engine.network.rules import KnownAddresses, RunRules
from engine.network.settings import NetworkSettings
from engine.network.transport import Transport
from models.http import ConnectionProblem, HttpClient, Timeouts

_TIMEOUTS = {
    Purpose.SEARCH: Timeouts(connect_s=8.0, read_s=12.0, write_s=12.0),
    Purpose.PAGE: Timeouts(connect_s=8.0, read_s=15.0, write_s=15.0),
    Purpose.ROBOTS: Timeouts(connect_s=5.0, read_s=5.0, write_s=5.0),
}
_HEAD_LIMIT_S = 30.0


class RunGate:
    """Implements ``Gate``.

    Args:
        run_id: of the run.
        reach: how far it may go.
        trusted: what the person typed.
        settings: what the person decided, at this moment.
        is_closed: whether the door is.
        ledger: where everything is written down.
        transport: shared by all clients of the run.
    """

    def __init__(
        self,
        run_id: str,
        *,
        reach: Reach,
        trusted: frozenset[Endpoint],
        settings: Callable[[], NetworkSettings],
        is_closed: Callable[[], bool],
        ledger: Ledger,
        transport: Transport,
    ) -> None:
        self._run_id = run_id
        self._reach = reach
        self._trusted = trusted
        self._settings = settings
        self._is_closed = is_closed
        self._ledger = ledger
        self._transport = transport
        self._known = KnownAddresses(reach)

    def client(
        self,
        purpose: Purpose,
        *,
        words: str = "",
        provider: str = "",
        timeouts: Timeouts | None = None,
        on_redirect: Callable[[str], None] | None = None,
    ) -> HttpClient:
        """Return a client for one purpose."""
        return Client(
            self._errand(purpose, words=words, provider=provider),
            rules=self._rules(purpose),
            ledger=self._ledger,
            transport=self._transport,
            timeouts=timeouts or _TIMEOUTS.get(purpose, Timeouts()),
            proxy=self._proxy,
            close_transport=False,
            head_limit_s=_HEAD_LIMIT_S,
            on_redirect=on_redirect,
        )

    def relay(
        self,
        purpose: Purpose,
        *,
        words: str,
        provider: str,
        hosts: Collection[str],
        on_problem: Callable[[ConnectionProblem], None] | None = None,
    ) -> AbstractContextManager[str]:
        """Lend a proxy on this computer."""
        return lent_relay(
            self._errand(purpose, words=words, provider=provider),
            hosts=hosts,
            rules=self._rules(purpose),
            ledger=self._ledger,
            transport=self._transport,
            proxy=self._proxy,
            on_problem=on_problem,
        )

    def learn(self, addresses: Iterable[str], *, origin: Origin) -> None:
        """Let addresses be opened from now on."""
        self._known.learn(addresses, origin=origin)

    def _rules(self, purpose: Purpose) -> RunRules:
        return RunRules(
            self._settings,
            purpose=purpose,
            reach=self._reach,
            known=self._known,
            trusted=self._trusted,
            is_closed=self._is_closed,
        )

    def _errand(self, purpose: Purpose, *, words: str, provider: str) -> Errand:
        return Errand(purpose=purpose, run_id=self._run_id, words=words, provider=provider)

    def _proxy(self) -> str:
        return self._settings().proxy
