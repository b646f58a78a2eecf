"""Which web site an address belongs to, and whether the person wants to see it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urldefrag, urljoin, urlsplit

from engine.domain import WebLimits


def host_of(address: str) -> str:
    """Return the host of an http or https address in lower case; empty when the address is no such thing."""
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return ""
    return _plain(host) if parts.scheme in ("http", "https") else ""


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address: what one robots.txt stands for."""
    parts = urlsplit(address)
    host = host_of(address)
    shown = f"[{host}]" if ":" in host else host
    port = parts.port
    if port in (None, 443 if parts.scheme == "https" else 80):
        return f"{parts.scheme}://{shown}"
    return f"{parts.scheme}://{shown}:{port}"


def is_wanted(host: str, limits: WebLimits) -> bool:
    """Whether a host is among those that may be opened."""
    if _is_within(host, limits.never):
        return False
    return not limits.only or _is_within(host, limits.only)


def same_site(one: str, other: str) -> bool:
    """Whether two hosts belong together: one is the other, or lies under it, ``www`` not counted."""
    one, other = one.removeprefix("www."), other.removeprefix("www.")
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def page_of(address: str) -> str:
    """Return an address without its fragment, which is not sent."""
    try:
        return urldefrag(address.strip()).url
    except ValueError:
        return address.strip()


def web_addresses(links: Sequence[str], *, base: str, limit: int) -> tuple[str, ...]:
    """Return the links that lead to pages, absolute, without fragments, each once, at most ``limit`` of them."""
    found: dict[str, None] = {}
    for link in links:
        try:
            address = page_of(urljoin(base, link))
        except ValueError:
            continue
        if host_of(address) and address != page_of(base):
            found.setdefault(address)
        if len(found) >= limit:
            break
    return tuple(found)


def _is_within(host: str, domains: Sequence[str]) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in map(_domain, domains) if domain)


def _domain(written: str) -> str:
    """A domain as people write it, ``https://www.Example.org/``, ``*.example.org``, as it stands in addresses."""
    text = written.strip().lower()
    if "://" not in text:
        text = f"https://{text}"
    try:
        host = urlsplit(text).hostname or ""
    except ValueError:
        return ""
    return _plain(host.strip(".").removeprefix("*.").removeprefix("www."))


def _plain(host: str) -> str:
    """Names with letters beyond ASCII in the form in which they are sent."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host
