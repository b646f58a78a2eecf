"""Where a model server is: any form in which a person writes an address becomes one root and one API."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from models.errors import ServerUnreachable

_ENDINGS = ("/chat/completions", "/completions", "/models")
_API = "/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAddress:
    """The address of a server, without a slash at its end."""

    root: str
    """``http://127.0.0.1:8080``; what a server has beside the OpenAI protocol is found below it."""
    api: str
    """``http://127.0.0.1:8080/v1``."""

    @property
    def host(self) -> str:
        """For people: the name, and the port if it was given."""
        return urlsplit(self.root).netloc

    @property
    def is_this_computer(self) -> bool:
        """Whether nothing that is sent there leaves this computer."""
        host = (urlsplit(self.root).hostname or "").rstrip(".")
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


def hosts_elsewhere(addresses: Iterable[str]) -> str:
    """Return the hosts among the addresses that are not this computer, for people; empty if there are none."""
    hosts = []
    for written in addresses:
        try:
            address = server_address(written)
        except ServerUnreachable:
            continue  # nothing is ever sent there
        if not address.is_this_computer:
            hosts.append(address.host)
    return " and ".join(dict.fromkeys(hosts))


def server_address(written: str) -> ServerAddress:
    """Return the address that somebody wrote: with or without a scheme, ``/v1`` or a longer path.

    Raises:
        ServerUnreachable: it is no address.
    """
    text = written.strip()
    if "://" not in text:
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        good = good and parts.username is None and parts.password is None
        good = good and not any(character.isspace() for character in text)
    except ValueError:
        good = False
    if not good:
        raise ServerUnreachable(
            "This is no address of a model server",
            hint="It should look like http://localhost:8080 or https://example.org/v1. A key does not belong into it.",
        )
    path = parts.path.rstrip("/")
    for ending in _ENDINGS:
        path = path.removesuffix(ending)
    path = path.rstrip("/")
    place = f"{parts.scheme}://{parts.netloc}"
    if path.endswith(_API):
        return ServerAddress(root=place + path.removesuffix(_API), api=place + path)
    # Some services have the protocol below a path of their own (/openai, /api/v2): it is taken as it is.
    return ServerAddress(root=place + path, api=place + path + ("" if path else _API))
