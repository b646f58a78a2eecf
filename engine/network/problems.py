"""What goes wrong with connections, in words for a person."""

from __future__ import annotations

import httpcore

from engine.errors import StorageError
from models.http import ConnectionProblem, Trouble


def translated(error: Exception, host: str, *, proxy: str = "") -> ConnectionProblem:
    """Return a foreign error in words for a person.

    Args:
        error: what httpcore or the system raised.
        host: that was to be reached.
        proxy: that the connection was to be made to instead, ``host:port``; empty where it went straight.
    """
    words = str(error)
    match error:
        case httpcore.ConnectError() | httpcore.ConnectTimeout() if proxy and not words.startswith("tls:"):
            return _without_proxy(error, proxy)
        case httpcore.TimeoutException():
            return too_slow(host)
        case httpcore.ProxyError():
            return ConnectionProblem(
                f"The proxy {proxy} refused the connection" if proxy else "The proxy refused the connection",
                hint=f"It said: {words[:120]}. Check the proxy's address and password in the settings.",
                trouble=Trouble.PROXY,
            )
        case httpcore.ConnectError() if words.startswith("name:"):
            return ConnectionProblem(
                f"{host} cannot be found",
                hint="Check the connection to the internet, and the address.",
                trouble=Trouble.UNKNOWN_HOST,
            )
        case httpcore.ConnectError() if words.startswith("tls:"):
            return ConnectionProblem(
                f"The connection to {host} is not safe",
                hint="Its certificate is not believed. In a company network the administrator's certificate may have "
                "to be added to this computer.",
                trouble=Trouble.SECURITY,
            )
        case httpcore.ConnectError():
            return ConnectionProblem(
                f"{host} refuses the connection",
                hint="The server may not be running, or a firewall is in the way.",
                trouble=Trouble.REFUSED,
            )
        case httpcore.RemoteProtocolError() if "closed" in words or "disconnected" in words or "incomplete" in words:
            return cut(host)
        case httpcore.ProtocolError() | httpcore.UnsupportedProtocol():
            return nonsense(host)
    return cut(host)


def _without_proxy(error: Exception, proxy: str) -> ConnectionProblem:
    """The proxy itself cannot be reached, so nothing is known of whoever was to be reached through it."""
    if isinstance(error, httpcore.ConnectTimeout):
        what = "does not answer"
    elif str(error).startswith("name:"):
        what = "cannot be found"
    else:
        what = "refuses the connection"
    return ConnectionProblem(
        f"The proxy {proxy} {what}",
        hint="It may not be running. Start it, or change the proxy in the settings of the network.",
        trouble=Trouble.PROXY,
    )


def too_slow(host: str) -> ConnectionProblem:
    """Nothing came for too long."""
    return ConnectionProblem(
        f"{host} does not answer", hint="It took too long. Try again later.", trouble=Trouble.TOO_SLOW
    )


def cut(host: str) -> ConnectionProblem:
    """It broke in the middle."""
    return ConnectionProblem(f"The connection to {host} was cut", hint="Try again in a moment.", trouble=Trouble.CUT)


def nonsense(host: str) -> ConnectionProblem:
    """It is no HTTP, or not in a form that can be read."""
    return ConnectionProblem(
        f"{host} answers with something that cannot be read",
        hint="Check that the address is that of the right server.",
        trouble=Trouble.NONSENSE,
    )


def too_large(host: str) -> ConnectionProblem:
    """There is more than was asked for."""
    return ConnectionProblem(
        f"The answer of {host} is far too large", hint="It was not read to its end.", trouble=Trouble.TOO_LARGE
    )


def in_circles(host: str, *, redirects: int) -> ConnectionProblem:
    """One redirect follows the other."""
    return ConnectionProblem(
        "The server sends us round in circles",
        hint=f"{host} answered with more than {redirects} redirects.",
        trouble=Trouble.NONSENSE,
    )


def downgrade(host: str, *, is_mirror: bool) -> ConnectionProblem:
    """A redirect leads from an encrypted connection to an open one."""
    more = "A mirror that is set up wrongly may do this." if is_mirror else "So the address was not opened."
    return ConnectionProblem(
        f"{host} sends us on to an address that is not encrypted",
        hint=f"Encrypted connections are never given up for open ones. {more}",
        trouble=Trouble.ADDRESS,
    )


def broken_off(problem: ConnectionProblem) -> ConnectionProblem:
    """What stands against a request came up while it was under way: some of it has left."""
    return ConnectionProblem(
        problem.title,
        hint="It was broken off while it was under way. A part of it had been sent.",
        trouble=problem.trouble,
    )


def unwritten(problem: StorageError) -> ConnectionProblem:
    """The ledger cannot be written."""
    return ConnectionProblem(
        "Nothing was sent, because it could not be written down",
        hint=f"{problem.title}. {problem.hint}",
        trouble=Trouble.NOT_ALLOWED,
    )
