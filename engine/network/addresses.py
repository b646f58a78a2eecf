"""Reads addresses: the one parser, whose result is what is judged and what is sent.

It refuses what it would have to guess at. Browsers repair odd spellings; a door that repairs them differently from
whoever connects has no lock.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

from engine.network.ranges import Number, is_loopback, is_public
from models.http import ConnectionProblem, Trouble

_MOST_CHARACTERS = 8192
_SHAPE = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_LIKE_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_DOTTED = re.compile(r"(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})", re.ASCII)
_PATH_SAFE = "/:@!$&'()*+,;=-._~%[]|"
_QUERY_SAFE = _PATH_SAFE + "?"
_DEFAULT_PORTS = {"http": 80, "https": 443}
PUBLIC_PORTS = frozenset([80, 443, 8000, 8008, 8080, 8443])
"""On which web servers are found; elsewhere are mail, databases and the like."""
_HOME_NAMES = frozenset(
    ["localhost", "local", "localdomain", "internal", "intranet", "private", "corp", "home", "lan", "onion", "alt"]
)
_HOME_ENDINGS = ("home.arpa", "in-addr.arpa", "ip6.arpa")


class AddressRefused(ConnectionProblem):
    """An address that is not opened, whatever it leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A server's host and port."""

    host: str
    """In lower case, ASCII, without a dot at its end; numbers in their ordinary spelling, without brackets."""
    port: int

    @property
    def number(self) -> Number | None:
        """The number that the host is, or None where it is a name."""
        if ":" in self.host:
            return IPv6Address(self.host)
        return IPv4Address(self.host) if _DOTTED.fullmatch(self.host) else None

    @property
    def is_this_computer(self) -> bool:
        """Whether nothing that is sent there leaves this computer, whatever a resolver says."""
        number = self.number
        return self.host == "localhost" if number is None else is_loopback(number)

    @property
    def written(self) -> str:
        """``host:port``; IPv6 numbers are in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an address says."""

    scheme: str
    """``http`` or ``https``."""
    endpoint: Endpoint
    target: str
    """Path and query, as they are sent."""

    @property
    def origin(self) -> str:
        """Scheme, host and port where it is not the ordinary one; the ``Host`` header after ``//``."""
        host = f"[{self.endpoint.host}]" if ":" in self.endpoint.host else self.endpoint.host
        port = "" if self.has_default_port else f":{self.endpoint.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def has_default_port(self) -> bool:
        """Whether the port is the scheme's own."""
        return self.endpoint.port == _DEFAULT_PORTS[self.scheme]

    @property
    def canonical(self) -> str:
        """The whole address in its one spelling, without a fragment."""
        return self.origin + self.target


def parse_address(text: str) -> Place:
    """Return what an address says.

    Raises:
        AddressRefused: it is none, or written in a way that others may read differently.
    """
    if len(text) > _MOST_CHARACTERS:
        raise _senseless(text, "It is far too long.")
    if any(character.isspace() or unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise _senseless(text, "There are blanks or control characters in it.")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise _senseless(text, "It should begin with https:// or http://.")
    scheme, authority, path, query = shape.group(1).lower(), shape.group(2), shape.group(3), shape.group(4) or ""
    if "@" in authority:
        raise _senseless(text, "A name or password before the host is not sent.")
    if "\\" in authority or "\\" in path:
        raise _senseless(text, "There is a backslash in it, which programs read in different ways.")
    host, port = _host_and_port(authority, text)
    return Place(
        scheme=scheme,
        endpoint=Endpoint(host=host, port=_DEFAULT_PORTS[scheme] if port is None else port),
        target=quote(path or "/", safe=_PATH_SAFE) + quote(query, safe=_QUERY_SAFE),
    )


def parse_endpoint(text: str) -> tuple[Endpoint, ...]:
    """Return the servers that a person means: those of an address, or of ``host:port``; http and https without one.

    Raises:
        AddressRefused: it makes no sense.
    """
    text = text.strip()
    if "://" in text:
        return (parse_address(text).endpoint,)
    return tuple(dict.fromkeys(parse_address(f"{scheme}://{text}").endpoint for scheme in _DEFAULT_PORTS))


def joined(place: Place, target: str) -> Place:
    """Return where a redirect leads.

    Raises:
        AddressRefused: to nothing that can be opened.
    """
    # What is odd in the target is refused, not cleaned away as urljoin does; blanks inside are common and harmless.
    target = target.replace(" ", "%20") if target == target.strip() else target
    if any(character.isspace() or ord(character) < 33 for character in target) or "\\" in target.partition("?")[0]:
        raise _senseless(target, "A server sent us there.")
    try:
        return parse_address(urljoin(place.canonical, target))
    except ValueError as error:
        raise _senseless(target, "A server sent us there.") from error


def check_is_public(place: Place) -> None:
    """Check all that can be told without asking a resolver.

    Raises:
        AddressRefused: the host belongs to this computer or a network at home, or nobody serves pages on the port.
    """
    check_name_is_public(place.endpoint.host)
    if place.endpoint.port not in PUBLIC_PORTS:
        raise AddressRefused(
            f"Port {place.endpoint.port} of {place.endpoint.host} is not opened",
            hint="Web pages are not kept there.",
            trouble=Trouble.NOT_ALLOWED,
        )


def check_name_is_public(host: str) -> None:
    """Check the name of a host; numbers are judged with the resolver's answers.

    Raises:
        AddressRefused: the name belongs to this computer or a network at home.
    """
    if ":" in host or _DOTTED.fullmatch(host):
        return
    labels = host.split(".")
    if len(labels) < 2 or labels[-1] in _HOME_NAMES or host.endswith(_HOME_ENDINGS):
        raise not_public(host)


def is_near(endpoint: Endpoint) -> bool:
    """Return whether a host is in the network at home or this computer, as far as its spelling tells."""
    number = endpoint.number
    if number is not None:
        return not is_public(number)
    try:
        check_name_is_public(endpoint.host)
    except AddressRefused:
        return True
    return False


def not_public(host: str, number: str = "") -> AddressRefused:
    """Return the refusal of a host that is not on the public internet."""
    where = f" ({number})" if number and number != host else ""
    return AddressRefused(
        f"{host}{where} is not on the public internet",
        hint="Pages and searches never lead to this computer or to the network it is in.",
        trouble=Trouble.NOT_ALLOWED,
    )


def _host_and_port(authority: str, text: str) -> tuple[str, int | None]:
    if authority.startswith("["):
        inside, bracket, rest = authority[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise _senseless(text, "Its host makes no sense.")
        host, port = _sixth(inside, text), rest[1:] if rest else None
    else:
        name, colon, digits = authority.partition(":")
        host, port = _name(name, text), digits if colon else None
    if port is None:
        return host, None
    if not _PORT.fullmatch(port) or not 0 < int(port) < 65536:
        raise _senseless(text, "Its port makes no sense.")
    return host, int(port)


def _sixth(inside: str, text: str) -> str:
    try:
        number = IPv6Address(inside)
    except ValueError as error:
        raise _senseless(text, "Its host makes no sense.") from error
    if number.scope_id is not None:
        raise _senseless(text, "It names a network card of this computer.")
    return number.compressed


def _name(name: str, text: str) -> str:
    if not name.isascii():
        name = _in_ascii(name, text)
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if _LIKE_A_NUMBER.fullmatch(labels[-1]):
        try:
            if not _DOTTED.fullmatch(name):
                raise ValueError(name)
            return str(IPv4Address(name))
        except ValueError as error:
            raise _senseless(text, "Its host is a number in an unusual spelling.") from error
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _senseless(text, "Its host makes no sense.")
    return name


def _in_ascii(name: str, text: str) -> str:
    if unicodedata.normalize("NFKC", name) != name:
        raise _senseless(text, "Its host is written with characters that stand for others.")
    # The tables of all scripts are large, and few addresses need them.
    import idna  # noqa: PLC0415

    try:
        return idna.encode(name.lower()).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise _senseless(text, "Its host makes no sense.") from error


def _senseless(text: str, hint: str) -> AddressRefused:
    shown = "".join(character if character.isprintable() else "?" for character in text[:100])
    return AddressRefused("This is no address of a server", hint=f"“{shown}”: {hint}", trouble=Trouble.ADDRESS)
