"""The door as one run sees it: how the search and the reader of pages reach the network, and what is asked of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

from models.http import ConnectionProblem, HttpClient, Timeouts


class Purpose(StrEnum):
    """What a request is for, as the ledger tells it."""

    SEARCH = "search"
    PAGE = "page"
    ROBOTS = "robots"
    """The rules of a site for programs, read before its pages."""
    MODEL_HUB = "model-hub"
    MODEL_SERVER = "model-server"


class Origin(StrEnum):
    """Why an address may be opened."""

    TYPED = "typed"
    """The person wrote it."""
    SEARCHED = "searched"
    """A search engine returned it."""
    LINKED = "linked"
    """A page that was read leads to it. Counts only in runs that know nothing private."""


class Gate(Protocol):
    """What one run may do at the door. May be used from several threads. Making a client contacts nobody and is cheap.

    A request that the door refuses raises ``models.http.ConnectionProblem`` with ``Trouble.NOT_ALLOWED``, its title
    and hint say why, and the ledger holds the refusal.
    """

    def client(
        self,
        purpose: Purpose,
        *,
        words: str = "",
        provider: str = "",
        timeouts: Timeouts | None = None,
        on_redirect: Callable[[str], None] | None = None,
    ) -> HttpClient:
        """Return a client for one purpose.

        Args:
            purpose: PAGE clients open only addresses that were learned; redirects from there are followed.
            words: exactly what is asked with it, for the ledger: the query.
            provider: the search engine's name, for the ledger.
            timeouts: the purpose's own if left out.
            on_redirect: called with each address that a redirect leads to, on the thread that asks, before anybody is
                contacted there; it may take its time, and what it raises ends the request unchanged.
        """
        ...

    def relay(
        self,
        purpose: Purpose,
        *,
        words: str,
        provider: str,
        hosts: Collection[str],
        on_problem: Callable[[ConnectionProblem], None] | None = None,
    ) -> AbstractContextManager[str]:
        """Lend a proxy on this computer, ``http://token:x@127.0.0.1:port``, for a library with a client of its own.

        Args:
            purpose: as in ``client``.
            words: as in ``client``; here the ledger sees nothing else of the contents.
            provider: as in ``client``.
            hosts: with which connections may be made through it, each with its subdomains, on port 443.
            on_problem: hears, on another thread, why a connection could not be made, of which the library learns
                nothing but that.
        """
        ...

    def learn(self, addresses: Iterable[str], *, origin: Origin) -> None:
        """Let addresses be opened from now on."""
        ...
