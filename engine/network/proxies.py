"""Which proxy a request goes through: the one that was entered, the system's where that was accepted, or none."""

from __future__ import annotations

import base64
import urllib.request
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from engine.network.addresses import Place, is_near
from models.http import ConnectionProblem, Trouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A proxy that speaks HTTP."""

    host: str
    port: int
    name: str = ""
    password: str = ""

    @property
    def written(self) -> str:
        """``host:port``; never the password."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def authorization(self) -> str:
        """The header's value; empty where there is neither name nor password."""
        if not self.name and not self.password:
            return ""
        return "Basic " + base64.b64encode(f"{self.name}:{self.password}".encode()).decode("ascii")


def check_proxy(proxy: str) -> Proxy:
    """Return what the address of a proxy says.

    Raises:
        ConnectionProblem: it makes no sense.
    """
    try:
        parts = urlsplit(proxy)
        port = 80 if parts.port is None else parts.port
        good = parts.scheme == "http" and bool(parts.hostname) and port > 0 and parts.path in ("", "/")
    except ValueError:
        good = False
    if not good or any(character.isspace() or not character.isprintable() for character in proxy):
        raise ConnectionProblem(
            "The proxy cannot be used",
            hint="Its address should look like http://host:port. SOCKS and https proxies are not supported.",
            trouble=Trouble.PROXY,
        )
    return Proxy(
        host=parts.hostname or "",
        port=port,
        name=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def proxy_for(place: Place, *, chosen: str) -> Proxy | None:
    """Return the proxy for an address, or None to go straight; this computer is never reached through one.

    Args:
        place: where the request goes.
        chosen: as in ``NetworkSettings.proxy``.

    Raises:
        ConnectionProblem: the system's proxy makes no sense.
    """
    if not chosen or place.endpoint.is_this_computer:
        return None
    if chosen != "system":
        # What is near was typed, or else is refused: a proxy of the world outside does not know it.
        return None if is_near(place.endpoint) else check_proxy(chosen)
    if urllib.request.proxy_bypass(place.endpoint.host):
        return None
    found = urllib.request.getproxies()
    proxy = found.get(place.scheme) or found.get("all") or ""
    if not proxy:
        return None
    return check_proxy(proxy if "://" in proxy else f"http://{proxy}")
