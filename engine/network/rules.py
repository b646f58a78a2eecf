"""Who may open what: the decisions of the door that need neither a resolver nor a connection."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Protocol

from engine.domain import Reach
from engine.network.addresses import AddressRefused, Endpoint, Place, check_is_public, parse_address
from engine.network.gate import Origin, Purpose
from engine.network.settings import NetworkSettings
from models.http import ConnectionProblem, Trouble

_MOST_LEARNED = 20_000
ROBOTS_PATH = "/robots.txt"


class Rules(Protocol):
    """What holds for one client."""

    def check_standing(self, endpoint: Endpoint | None = None) -> None:
        """Check what may change at any moment; asked every 50 ms while a request is under way.

        Raises:
            ConnectionProblem: it may not go on.
        """
        ...

    def check(self, place: Place, *, asked: Place) -> bool:
        """Check one request, and return whether the person typed its place, so that it may be anywhere.

        Args:
            place: where it goes.
            asked: where it went at first, before redirects.

        Raises:
            ConnectionProblem: it is refused.
        """
        ...

    def visit(self, place: Place) -> None:
        """A redirect leads there."""
        ...


class OutsideRules:
    """For what no run asks: the model hub and model servers. This computer itself may always be spoken to.

    Args:
        settings: what the person decided, at this moment.
        trusted: what the person typed.
        is_closed: whether the door is.
    """

    def __init__(
        self,
        settings: Callable[[], NetworkSettings],
        *,
        trusted: frozenset[Endpoint],
        is_closed: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._trusted = trusted
        self._is_closed = is_closed

    def check_standing(self, endpoint: Endpoint | None = None) -> None:
        """Raise ConnectionProblem if the person wants nothing to be sent."""
        if self._is_closed():
            raise closed()
        if endpoint is None or not (endpoint in self._trusted and endpoint.is_this_computer):
            check_online(self._settings())

    def check(self, place: Place, *, asked: Place) -> bool:
        """Return whether the place was typed."""
        is_trusted = is_typed(place, asked=asked, trusted=self._trusted)
        self.check_standing(place.endpoint)
        if not is_trusted:
            check_is_public(place)
        return is_trusted

    def visit(self, place: Place) -> None:
        """Nothing depends on it."""


class RunRules:
    """For one run, and one purpose in it.

    Args:
        settings: what the person decided, at this moment.
        purpose: of the client.
        reach: how far the run may go.
        known: what may be opened.
        trusted: what the person typed.
        is_closed: whether the door is.
    """

    def __init__(
        self,
        settings: Callable[[], NetworkSettings],
        *,
        purpose: Purpose,
        reach: Reach,
        known: KnownAddresses,
        trusted: frozenset[Endpoint],
        is_closed: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._purpose = purpose
        self._reach = reach
        self._known = known
        self._trusted = trusted
        self._is_closed = is_closed

    def check_standing(self, endpoint: Endpoint | None = None) -> None:  # noqa: ARG002
        """Raise ConnectionProblem if the run may send nothing. A search engine of this computer passes words on."""
        if self._is_closed():
            raise closed()
        if not self._reach.has_web:
            raise refusal(
                "This question stays on this computer",
                hint="It was asked of the library alone. Ask it again with the web to go there.",
            )
        check_online(self._settings())

    def check(self, place: Place, *, asked: Place) -> bool:
        """Return whether the place was typed."""
        self.check_standing()
        is_trusted = is_typed(place, asked=asked, trusted=self._trusted) and self._is_meant(asked)
        if place == asked:
            self._check_known(place)
        if not is_trusted:
            check_is_public(place)
        return is_trusted

    def visit(self, place: Place) -> None:
        """From now on the rules of that site may be read."""
        if self._purpose in (Purpose.PAGE, Purpose.ROBOTS):
            self._known.visit(place)

    def _is_meant(self, asked: Place) -> bool:
        """Whether the person wants this of the server: a search that finds its address makes no page of it."""
        return self._purpose not in (Purpose.PAGE, Purpose.ROBOTS) or self._known.is_typed(asked)

    def _check_known(self, place: Place) -> None:
        if self._purpose is Purpose.PAGE and place not in self._known:
            raise refusal(
                "This address was neither typed nor found",
                hint="Only addresses that you wrote, that a search returned or, where nothing private is read, that a "
                "page leads to are opened.",
            )
        if self._purpose is Purpose.ROBOTS and not (place.target == ROBOTS_PATH and self._known.has_origin(place)):
            raise refusal("This is not the file with a site's rules", hint="Nothing else is read for this purpose.")
        if self._purpose in (Purpose.MODEL_HUB, Purpose.MODEL_SERVER):
            raise refusal("No run has to do with this", hint="Models are asked for elsewhere.")


class KnownAddresses:
    """What one run may open. May be used from several threads."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._lock = threading.Lock()
        self._addresses: set[str] = set()
        self._origins: set[str] = set()
        self._typed_origins: set[str] = set()
        self._linked = 0

    def learn(self, addresses: Iterable[str], *, origin: Origin) -> None:
        """Let addresses be opened. Where private documents are read, what pages lead to does not count."""
        if origin is Origin.LINKED and self._reach is not Reach.WEB:
            return
        for address in addresses:
            try:
                place = parse_address(address)
            except AddressRefused:
                continue
            with self._lock:
                if origin is Origin.LINKED:
                    if self._linked >= _MOST_LEARNED:
                        return
                    self._linked += 1
                if len(self._addresses) < 2 * _MOST_LEARNED or origin is Origin.TYPED:
                    self._addresses.add(place.canonical)
                    self._origins.add(place.origin)
                    if origin is Origin.TYPED:
                        self._typed_origins.add(place.origin)

    def is_typed(self, place: Place) -> bool:
        """Return whether the person wrote an address of the same site."""
        with self._lock:
            return place.origin in self._typed_origins

    def visit(self, place: Place) -> None:
        """A redirect has led there: the rules of that site may be read."""
        with self._lock:
            self._origins.add(place.origin)

    def has_origin(self, place: Place) -> bool:
        """Return whether something is known of the same site."""
        with self._lock:
            return place.origin in self._origins

    def __contains__(self, place: Place) -> bool:
        with self._lock:
            return place.canonical in self._addresses


def is_typed(place: Place, *, asked: Place, trusted: frozenset[Endpoint]) -> bool:
    """Return whether the person typed a server; others cannot send us there, even where it is known."""
    return place.endpoint in trusted and asked.endpoint in trusted


def check_online(settings: NetworkSettings) -> None:
    """Raise ConnectionProblem unless the person has gone online."""
    if settings.is_online is None:
        raise refusal("Plumbline has not gone online yet", hint="Nothing is contacted before you have chosen to.")
    if not settings.is_online:
        raise refusal("Plumbline is offline", hint="You have switched the network off. Nothing was sent.")


def refusal(title: str, *, hint: str) -> ConnectionProblem:
    """Return what a request that is not let out ends with."""
    return ConnectionProblem(title, hint=hint, trouble=Trouble.NOT_ALLOWED)


def closed() -> ConnectionProblem:
    """Return the refusal after the end."""
    return refusal("The network was closed", hint="Start Plumbline again.")
