"""Which web site an address belongs to, and whether the person wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urljoin

from engine.domain import WebLimits
from engine.network.addresses import AddressRefused, Place, parse_address
from engine.search.canonical import domain, is_in


def host_of(address: str) -> str:
    """Return the host of an address of the web as it is sent; empty where the door would not open the address."""
    place = _place(address)
    return place.endpoint.host if place is not None else ""


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address, which is what one robots.txt stands for; empty as in ``host_of``."""
    place = _place(address)
    return place.origin if place is not None else ""


def is_wanted(host: str, limits: WebLimits) -> bool:
    """Whether a host is among those that may be opened."""
    if is_in(host, tuple(map(domain, limits.never))):
        return False
    return not limits.only or is_in(host, tuple(map(domain, limits.only)))


def same_site(one: str, other: str) -> bool:
    """Whether two hosts belong together: one is the other, or lies under it, ``www`` not counted."""
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def page_of(address: str) -> str:
    """Return an address in its one spelling without its fragment, which is not sent; as it is where it is none."""
    place = _place(address)
    return place.canonical if place is not None else address


def web_addresses(links: Sequence[str], *, base: str, limit: int) -> tuple[str, ...]:
    """Return the links that lead to pages, absolute, without fragments, each once, at most ``limit`` of them."""
    found: dict[str, None] = {}
    own = page_of(base)
    for link in links:
        try:
            address = page_of(urljoin(base, link))
        except ValueError:
            continue
        if host_of(address) and address != own:
            found.setdefault(address)
        if len(found) >= limit:
            break
    return tuple(found)


def _place(address: str) -> Place | None:
    try:
        return parse_address(address)
    except AddressRefused:
        return None
