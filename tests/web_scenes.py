"""Whole runs over a small web on this computer, with the real parts: door, search engines, pages, parsers, library."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from engine_pages import FakeEngines
from loopback_web import Asked, LoopbackWeb, Reply, door_to, wait_for
from obedient_model import ObedientModel

from engine.agent.control import RunControl
from engine.agent.state import RunState
from engine.casting import EXTRACTIVE, Cast, model_cast
from engine.domain import Depth, Reach, RunId, Scope
from engine.events import StoredEvent
from engine.library.library import Library
from engine.network.door import Door
from engine.network.gate import Gate
from engine.reading.parser import Parser
from engine.research import History, Research
from engine.search.asking import wait_patiently
from engine.search.engines import SearchEngines
from engine.search.settings import Scholarly, SearchSettings
from engine.web.office import FetchOffice
from engine.web.pages import WebPages
from engine.web.parsers import ParserPool
from engine.web.politeness import Manners
from engine.web.progress import Fetching, FetchPhase
from engine.web.world import Web
from models.http import IsCancelled
from models.keys import Keys

QUESTION = "Where do grey herons nest?"
ENGINE = "search.example"
SITE = "birds.example"
HONEST = {
    f"http://{SITE}/herons": "Grey herons nest in colonies high in tall trees near water, often in old oaks.",
    f"http://{SITE}/colonies": "Most colonies of grey herons are within ten kilometres of a river where they fish.",
    "http://marsh.example/reeds": "In marshes without trees grey herons nest in reeds, close above the water.",
}
HASTE = Manners(pause_s=0.0, seconds_per_host=60.0)
"""Pages one after the other, without the pauses that strangers are owed."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """What the search engine says of a page."""

    address: str
    title: str = ""
    snippet: str = ""


def article(words: str, *, title: str = "Grey herons", head: str = "", around: str = "") -> str:
    """Return a page with enough text to be read as one."""
    filler = "Herons are wading birds with long legs and a long bill, and they stand still for a long time. " * 3
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}</head><body>"
        f"<article><h1>{title}</h1><p>{words}</p><p>{filler}</p>{around}</article></body></html>"
    )


class SmallWeb:
    """A web of hosts with pages and one search engine, which returns every hit for any query, in order."""

    def __init__(self, web: LoopbackWeb) -> None:
        self.web = web
        self.hits: list[Hit] = []
        self.failing: Reply | None = None
        """What the engine answers instead, where it is out of order."""
        web.on(ENGINE, self._search)

    def clear(self) -> None:
        """Forget what was asked and found; hosts stay."""
        self.hits = []
        self.failing = None
        for heard in (self.web.requests, self.web.resolved, self.web.dialled):
            heard.clear()

    def add(self, address: str, page: Any, *, hit: Hit | None = None, is_found: bool = True) -> None:
        """Have an address answer, and the search engine find it."""
        parts = urlsplit(address)
        assert parts.hostname
        self.web.page(parts.hostname, parts.path + (f"?{parts.query}" if parts.query else ""), page)
        if is_found:
            self.hits.append(
                hit or Hit(address=address, title=f"Grey herons: {parts.path}", snippet=f"Nests, by {address}")
            )

    def add_honest(self) -> None:
        """Add pages that mean no harm."""
        for address, words in HONEST.items():
            self.add(address, article(words))

    @property
    def queries(self) -> list[str]:
        """What the search engine was asked, in order."""
        return [parse_qs(urlsplit(asked.target).query).get("q", [""])[0] for asked in self.web.asked(ENGINE)]

    @property
    def pages(self) -> list[str]:
        """The addresses of pages that were asked for, in order, and not those of rules for robots."""
        return [
            f"http{'s' if asked.is_encrypted else ''}://{asked.headers['host']}{asked.target}"
            for asked in list(self.web.requests)
            if asked.host != ENGINE and asked.target != "/robots.txt"
        ]

    def _search(self, asked: Asked) -> Reply:
        if self.failing is not None:
            return self.failing
        if not asked.target.startswith("/search"):
            return Reply("", status=404)
        results = [{"url": hit.address, "title": hit.title, "content": hit.snippet} for hit in self.hits]
        body = json.dumps({"query": "", "results": results, "unresponsive_engines": []})
        return Reply(body, type="application/json")


class HurriedOffice(FetchOffice):
    """The real one, with other manners; the parsers outlive it."""

    def __init__(self, data_folder: Path, *, parsers: ParserPool, manners: Manners) -> None:
        super().__init__(data_folder, parsers=parsers)
        self._haste = manners

    def pages(self, gate: Gate, **wishes: Any) -> WebPages:
        return super().pages(gate, **wishes, manners=self._haste)

    def close(self) -> None:
        with self._lock:
            self._is_closed = True
            still_open = tuple(self._open)
        for pages in still_open:
            pages.close()
        self._stop_timer()


class NoKeyring:
    """A system's keyring without keys."""

    def get_password(self, service: str, name: str) -> str | None:
        return None

    def set_password(self, service: str, name: str, password: str) -> None:
        raise OSError("there is none")

    def delete_password(self, service: str, name: str) -> None:
        raise OSError("there is none")


def wait_briefly(seconds: float, is_cancelled: IsCancelled) -> None:
    """Wait for an engine's turn, ten times as quickly: the order of the turns stays what it is."""
    wait_patiently(seconds / 10, is_cancelled)


class _UnderWay:
    """Pages that were announced and have not come."""

    def __init__(self) -> None:
        self._addresses: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, fetching: Fetching) -> None:
        with self._lock:
            if fetching.phase in (FetchPhase.DONE, FetchPhase.FAILED):
                self._addresses.discard(fetching.address)
            else:
                self._addresses.add(fetching.address)

    def is_nothing(self) -> bool:
        return not self._addresses


@dataclass(kw_only=True)
class Desk:
    """A data folder with everything that a program has for its life."""

    data_folder: Path
    door: Door
    web: Web
    research: Research

    def run(
        self,
        question: str = QUESTION,
        *,
        reach: Reach = Reach.BOTH,
        cast: Cast = EXTRACTIVE,
        depth: Depth = Depth.STANDARD,
        control: RunControl | None = None,
        approved_query: str = "",
        until: Callable[[StoredEvent], bool] | None = None,
    ) -> RunId:
        """Carry a run out, to its end or until an event after which it is left as if the program had died."""
        run_id = self.research.start(
            question, scope=Scope(reach=reach), depth=depth, cast=cast, approved_query=approved_query
        )
        self.go_on(run_id, cast=cast, control=control, until=until)
        return run_id

    def go_on(
        self,
        run_id: RunId,
        *,
        cast: Cast = EXTRACTIVE,
        control: RunControl | None = None,
        until: Callable[[StoredEvent], bool] | None = None,
        is_settled: bool = False,
    ) -> None:
        """Follow a run from where it is.

        Args:
            run_id: of the run.
            cast: who plays the roles.
            control: steers it.
            until: hears every event; the run is left after one for which it says True, as if the program had died.
            is_settled: whether the pages that were announced have come whenever ``until`` is asked, so that what was
                sent by then does not depend on how quickly it happened.
        """
        under_way = _UnderWay()
        stream = self.research.follow(run_id, control=control or RunControl(), cast=cast, on_fetch=under_way)
        try:
            for stored in stream:
                if until is None:
                    continue
                if is_settled:
                    assert wait_for(under_way.is_nothing)
                if until(stored):
                    break
        finally:
            stream.close()  # type: ignore[attr-defined]

    def trace(self, run_id: RunId) -> tuple[StoredEvent, ...]:
        with_history = History.open(self.data_folder)
        try:
            return tuple(with_history.trace(run_id))
        finally:
            with_history.close()

    def state(self, run_id: RunId) -> RunState:
        with_history = History.open(self.data_folder)
        try:
            return with_history.state(run_id)
        finally:
            with_history.close()


class Bench:
    """What many runs share: the loopback web and the processes that read pages and files.

    Args:
        manners: of the fetching of pages.
        authority: a folder for the certificate of a web that is encrypted as well; without one it is not, and its only
            search engine is the small web's own. With one every engine that the program has is there.
    """

    def __init__(self, *, manners: Manners = HASTE, authority: Path | None = None) -> None:
        self._stack = ExitStack()
        self.web = self._stack.enter_context(LoopbackWeb(tls=authority is not None, folder=authority))
        self.engines = FakeEngines(self.web) if authority is not None else None
        self.small = SmallWeb(self.web)
        self.parsers = ParserPool(size=1)
        self._stack.callback(self.parsers.close)
        self.files = self._stack.enter_context(Parser())
        self._manners = manners

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @contextmanager
    def desk(
        self,
        data_folder: Path,
        *,
        is_online: bool | None = True,
        cast: Cast = EXTRACTIVE,
        library: Path | None = None,
    ) -> Iterator[Desk]:
        """Open a data folder as the program does; its only search engine is the one of the small web."""
        with ExitStack() as stack:
            door = stack.enter_context(door_to(self.web, data_folder, is_online=is_online))
            engines = self._engines(data_folder)
            fetching = HurriedOffice(data_folder, parsers=self.parsers, manners=self._manners)
            web = stack.enter_context(Web(door=door, engines=engines, fetching=fetching))
            research = stack.enter_context(Research.open(data_folder, cast=cast, web=web))
            if library is not None:
                self.index(data_folder, library)
            yield Desk(data_folder=data_folder, door=door, web=web, research=research)

    def _engines(self, data_folder: Path) -> SearchEngines:
        if self.engines is not None:
            engines = SearchEngines(data_folder, keys=Keys(NoKeyring()), wait=wait_briefly)
            engines.change(SearchSettings(scholarly=Scholarly.ALWAYS, keeps_answers=False))
            return engines
        engines = SearchEngines(data_folder, keys=Keys(NoKeyring()), providers=(), wait=wait_briefly)
        engines.change(SearchSettings(searxng_address=f"http://{ENGINE}", keeps_answers=False))
        return engines

    def index(self, data_folder: Path, folder: Path) -> None:
        """Read a folder of documents into the library of a data folder."""
        library = Library.open(data_folder, parser=self.files)
        try:
            library.add_folder(folder)
            for _ in library.update(should_stop=_never):
                pass
        finally:
            library.close()


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Pair:
    policy: Any
    reading: Any


def cast_of(model: ObedientModel | Any) -> Cast:
    """Return the cast in which one model plays every role."""
    return model_cast(_Pair(model, model), name="A model that obeys every text")


def written(folder: Path, documents: Mapping[str, str]) -> Path:
    """Write documents into a folder made anew."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, text in documents.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """What a web received, host by host, in order."""

    by_host: Mapping[str, tuple[bytes, ...]]
    names: tuple[str, ...] = field(default=())
    """Every name that was looked up, each as often as it was, sorted: lookups of one moment have no order."""
    connections: tuple[tuple[str, int], ...] = field(default=())
    """Likewise."""

    @classmethod
    def of(cls, web: LoopbackWeb) -> Self:
        """Return what a web has received up to now."""
        hosts: dict[str, list[bytes]] = {}
        for asked in list(web.requests):
            hosts.setdefault(asked.host, []).append(asked.raw)
        return cls(
            by_host={host: tuple(found) for host, found in sorted(hosts.items())},
            names=tuple(sorted(web.resolved)),
            connections=tuple(sorted(web.dialled)),
        )

    def without_chance(self) -> Traffic:
        """Return the same without what hangs on threads: the order of what was sent to a host at one moment, and over
        how many connections, for each of which a name is looked up."""
        return replace(
            self,
            by_host={host: tuple(sorted(raws)) for host, raws in self.by_host.items()},
            names=tuple(sorted(set(self.names))),
            connections=tuple(sorted(set(self.connections))),
        )

    def difference(self, other: Traffic) -> Sequence[str]:
        """Return in words where two differ."""
        told = [
            f"{host}: {self.by_host.get(host)} / {other.by_host.get(host)}"
            for host in sorted({*self.by_host, *other.by_host})
            if self.by_host.get(host) != other.by_host.get(host)
        ]
        if self.names != other.names:
            told.append(f"names: {self.names} / {other.names}")
        if self.connections != other.connections:
            told.append(f"connections: {self.connections} / {other.connections}")
        return told
