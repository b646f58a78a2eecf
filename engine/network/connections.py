"""Makes every network client of this package: the one place where proxies, certificates and time limits are decided.

Nothing is contacted by making a client.
"""

from __future__ import annotations

from models.http import HttpClient, Timeouts


def open_client(*, proxy: str = "", timeouts: Timeouts | None = None, connections: int = 8) -> HttpClient:
    """Return a client; nothing is sent until it is asked to.

    Args:
        proxy: ``http://host:port`` for everything but this computer; the system's settings when empty;
            ``none`` for no proxy whatever the system says.
        timeouts: how long each part of a request may take.
        connections: how many may be open at a time.

    Raises:
        ConnectionProblem: the proxy's address makes no sense.
    """
    # httpx takes a while to import, and is needed only by who really contacts somebody.
    from engine.network.client import Client  # noqa: PLC0415
    from engine.network.transport import check_proxy  # noqa: PLC0415

    if proxy and proxy != "none":
        check_proxy(proxy)
    return Client(proxy=proxy, timeouts=timeouts or Timeouts(), connections=connections)
