"""Pages of a small web as a run opens them: through a real door, read by real parser processes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from loopback_web import LoopbackWeb, door_to

from engine.agent.roles import OpenedSource
from engine.domain import Reach, RunId, WebLimits
from engine.errors import DocumentUnreadable
from engine.network.door import Door
from engine.network.gate import Gate, Origin
from engine.web.pages import WebPages
from engine.web.parsers import ParserPool
from engine.web.politeness import Manners
from engine.web.progress import Fetching

PROSE = "Lime mortar hardens slowly, and frost undoes what has not set. " * 30
QUICK = Manners(pause_s=0.0, breath_s=0.0)


def article(title: str = "Lime mortar", *, text: str = PROSE, head: str = "") -> str:
    """Return a page with a heading and a few paragraphs."""
    return (
        f"<!doctype html><html><head><title>{title}</title>{head}</head>"
        f"<body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    )


@dataclass
class Reader:
    """A run that opens pages."""

    web: LoopbackWeb
    door: Door
    gate: Gate
    pages: WebPages
    said: list[Fetching] = field(default_factory=list)

    def open(self, *addresses: str) -> list[OpenedSource | DocumentUnreadable]:
        self.gate.learn(addresses, origin=Origin.SEARCHED)
        return list(self.pages.open_all(addresses))

    def source(self, address: str) -> OpenedSource:
        (opened,) = self.open(address)
        assert isinstance(opened, OpenedSource), opened
        return opened

    def failure(self, address: str) -> DocumentUnreadable:
        (reason,) = self.open(address)
        assert isinstance(reason, DocumentUnreadable), reason
        return reason


@contextmanager
def reader_of(
    web: LoopbackWeb,
    data_folder: Path,
    *,
    parsers: ParserPool,
    manners: Manners = QUICK,
    limits: WebLimits | None = None,
    reach: Reach = Reach.WEB,
    obey_robots: bool = True,
    is_cancelled: Callable[[], bool] | None = None,
) -> Iterator[Reader]:
    """Open pages until the block is left; the parsers outlive it."""
    said: list[Fetching] = []
    lock = threading.Lock()

    def hear(fetching: Fetching) -> None:
        with lock:
            said.append(fetching)

    with door_to(web, data_folder) as door:
        gate = door.admit(RunId("run"), reach=reach)
        pages = WebPages(
            gate,
            parsers=parsers,
            data_folder=data_folder,
            limits=limits or WebLimits(),
            obey_robots=obey_robots,
            is_cancelled=is_cancelled,
            on_fetch=hear,
            manners=manners,
        )
        try:
            yield Reader(web=web, door=door, gate=gate, pages=pages, said=said)
        finally:
            pages.close()
