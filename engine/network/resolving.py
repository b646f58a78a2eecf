"""From names to numbers: looked up once, every number of the answer judged, and exactly those dialled."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence

from engine.network.addresses import check_name_is_public, not_public
from engine.network.ranges import is_public, number_of

Resolve = Callable[[str], Sequence[str]]
"""Returns the numbers of a name. Raises OSError where there are none."""
Dial = Callable[[str, int], socket.socket]
"""Begins to connect to exactly this number and port, and returns the socket, which does not block. Raises OSError."""


def resolve(host: str) -> tuple[str, ...]:
    """Return what the system's resolver says; the order is the system's."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[0]) for *_, place in found))


def dial(number: str, port: int) -> socket.socket:
    """Begin to connect. Nothing is looked up: a number that is none is an error."""
    family = socket.AF_INET6 if ":" in number else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.connect((number, port))
    except (BlockingIOError, InterruptedError):
        return made
    except BaseException:
        made.close()
        raise
    return made


class Resolver:
    """Looks names up and judges what they stand for.

    Args:
        resolve: asks the resolver.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve

    def numbers(self, host: str, *, is_trusted: bool) -> tuple[str, ...]:
        """Return the numbers that may be connected to; one answer that is not public spoils them all.

        Args:
            host: as a ``Place`` has it.
            is_trusted: whether the person typed it; any number is right then.

        Raises:
            AddressRefused: something is not public.
            OSError: the name is not known.
        """
        if number_of(host) is not None:
            numbers: tuple[str, ...] = (host,)
        elif is_trusted and host == "localhost":
            numbers = ("127.0.0.1", "::1")
        else:
            if not is_trusted:
                check_name_is_public(host)
            numbers = tuple(self._resolve(host))
        if not numbers:
            raise OSError(f"{host} has no number")
        for number in () if is_trusted else numbers:
            known = number_of(number)
            if known is None or not is_public(known):
                raise not_public(host, number)
        return numbers
