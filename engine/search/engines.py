"""All search engines for the life of the program: settings, keys, health and earlier answers, shared by every run."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from engine.domain import EngineReport, WebLimits
from engine.errors import DataFolderUnusable
from engine.network.certificates import bundle_for_libraries
from engine.network.gate import Gate
from engine.search.arxiv import Arxiv
from engine.search.asking import Asker, Wait
from engine.search.brave import Brave
from engine.search.broker import Broker
from engine.search.cache import CACHE_FILE, SearchCache
from engine.search.crossref import Crossref
from engine.search.ddg import PageEngine
from engine.search.ddg_pages import PAGES
from engine.search.health import EngineHealth, Health
from engine.search.openalex import OpenAlex
from engine.search.pace import Pace
from engine.search.provider import Facts, Provider, WebQuery
from engine.search.rests import Rests
from engine.search.scholarly import looks_scholarly
from engine.search.searcher import QUERIES_AT_ONCE, WebSearcher
from engine.search.searxng import SearXng, searxng_root
from engine.search.semantic_scholar import SemanticScholar
from engine.search.serper import Serper
from engine.search.settings import Scholarly, SearchSettings, read_settings, write_settings
from engine.search.tavily import Tavily
from engine.search.wikipedia import Wikipedia
from models.http import IsCancelled
from models.keys import KeyPlace, Keys

_SEARXNG = "searxng"


class SearchEngines:
    """Made once. May be used from several threads.

    Args:
        data_folder: where settings and earlier answers are.
        keys: of this program.
        providers: instead of the real engines; a SearXNG that the settings name comes before them.
        clock: seconds that only go forward.
        wait: how an engine's turn is waited for.
        chance: a number from 0 up to 1, another one each time.
        limit_s: for one answer of one engine, in seconds.
    """

    def __init__(
        self,
        data_folder: Path,
        *,
        keys: Keys,
        providers: Sequence[Provider] | None = None,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait | None = None,
        chance: Callable[[], float] = random.random,
        limit_s: float = 12.0,
    ) -> None:
        self._data_folder = data_folder
        self._keys = keys
        self._known_keys: dict[str, str] = {}
        self._clock = clock
        self._wait = wait
        self._limit_s = limit_s
        self._mutex = threading.Lock()
        self._health = Health(clock=clock, chance=chance, rests=Rests(data_folder))
        self._pace = Pace(clock=clock)
        self._cache = SearchCache(data_folder / CACHE_FILE)
        self._settings = read_settings(data_folder)
        self._fixed = tuple(providers) if providers is not None else _all_engines(data_folder)
        self._searxng = _searxng(self._settings.searxng_address)

    @classmethod
    def open(cls, data_folder: Path, *, keys: Keys) -> SearchEngines:
        """Return the engines of a data folder; contacts nobody, and does not fail over a damaged file."""
        return cls(data_folder, keys=keys)

    @property
    def settings(self) -> SearchSettings:
        """What the person chose."""
        return self._settings

    @property
    def trusted(self) -> tuple[str, ...]:
        """Addresses that the person typed, which the door may let through to a network at home."""
        return (self._settings.searxng_address,) if self._searxng is not None else ()

    def change(self, settings: SearchSettings) -> None:
        """Keep another choice; runs under way go on with the old one.

        Raises:
            ValueError: the address of the SearXNG is none.
            DataFolderUnusable: it could not be written, and nothing has changed.
        """
        if settings.searxng_address:
            settings = replace(settings, searxng_address=searxng_root(settings.searxng_address))
        try:
            write_settings(self._data_folder, settings)
        except OSError as error:
            raise DataFolderUnusable(
                f"The settings of the search could not be kept ({error.strerror or error})",
                hint=f"Check that there is room on the disk, and that you may write to {self._data_folder}.",
            ) from error
        with self._mutex:
            if settings.searxng_address != self._settings.searxng_address:
                self._health.forgive(_SEARXNG)
                self._searxng = _searxng(settings.searxng_address)
            self._settings = replace(settings, notice="")

    def store_key(self, name: str, key: str) -> KeyPlace:
        """Keep the key of an engine and switch the engine on.

        Raises:
            KeyError: there is no such engine.
            DataFolderUnusable: as in ``change``.
        """
        facts = self._facts_of(name)
        place = self._keys.store(facts.key_name, key.strip())
        self._forget_known(facts)
        if place is not KeyPlace.NOWHERE and not self._settings.wants(facts):
            off = tuple(each for each in self._settings.off if each != name)
            self.change(replace(self._settings, on=(*self._settings.on, name), off=off))
        return place

    def forget_key(self, name: str) -> None:
        """Delete the key of an engine; one that needs it is not asked any more.

        Raises:
            KeyError: there is no such engine.
        """
        facts = self._facts_of(name)
        self._keys.forget(facts.key_name)
        self._forget_known(facts)

    def has_key(self, name: str) -> bool:
        """Whether there is a key for an engine; the keyring may take seconds to answer."""
        return bool(self._key_of(self._facts_of(name)))

    def forget_answers(self) -> None:
        """Forget all earlier answers."""
        self._cache.forget()

    def health(self) -> tuple[EngineHealth, ...]:
        """Return how every engine is, in the order in which they are asked."""
        settings = self._settings
        return tuple(
            replace(
                self._health.of(each.facts.name, title=each.facts.title),
                about=each.facts.about,
                is_on=settings.wants(each.facts),
                needs_key=each.facts.needs_key,
                takes_key=each.facts.takes_key,
            )
            for each in self._all()
        )

    def searcher(
        self,
        gate: Gate,
        *,
        limits: WebLimits | None = None,
        is_cancelled: IsCancelled | None = None,
        in_order: bool = False,
        is_exact: bool = False,
    ) -> WebSearcher:
        """Return the search of one run.

        Args:
            gate: of the run; its ``trusted`` addresses have to hold those of ``trusted`` here.
            limits: what the person wants of the web.
            is_cancelled: asked all the time, on several threads.
            in_order: whether a query waits for the answer to the one before it.
            is_exact: whether a person approved the words, so that nothing is added to them on their way.
        """
        settings = self._settings
        wanted = [each for each in self._all() if settings.wants(each.facts)]
        asker = Asker(
            health=self._health,
            pace=self._pace,
            cache=self._cache if settings.keeps_answers else None,
            key_of=self._key_of,
            wait=self._wait,
            clock=self._clock,
            limit_s=self._limit_s,
        )
        broker = Broker(
            wanted,
            ahead=frozenset(each.facts.name for each in wanted if each.facts.needs_key or each.facts.name == _SEARXNG),
            asker=asker,
            gate=gate,
            limits=limits or WebLimits(),
            is_exact=is_exact,
            clock=self._clock,
        )
        return WebSearcher(
            broker,
            gate=gate,
            wants_papers=_wanting(settings.scholarly),
            is_cancelled=is_cancelled,
            at_once=1 if in_order else QUERIES_AT_ONCE,
        )

    def ask_one(self, name: str, *, gate: Gate, words: str, is_cancelled: IsCancelled | None = None) -> EngineReport:
        """Ask one engine, whether or not it is switched on, and return how it went; earlier answers do not count.

        Raises:
            KeyError: there is no such engine.
            RequestCancelled: somebody gave up.
        """
        provider = next((each for each in self._all() if each.facts.name == name), None)
        if provider is None:
            raise KeyError(name)
        asker = Asker(
            health=self._health,
            pace=self._pace,
            cache=None,
            key_of=self._key_of,
            wait=self._wait,
            clock=self._clock,
            limit_s=self._limit_s,
        )
        given_up = is_cancelled or _never
        return asker.ask(provider, WebQuery(text=words), gate=gate, limit=5, is_cancelled=given_up).report

    def close(self) -> None:
        """Let go of the file of earlier answers."""
        self._cache.close()

    def _all(self) -> tuple[Provider, ...]:
        with self._mutex:
            return (self._searxng, *self._fixed) if self._searxng is not None else self._fixed

    def _facts_of(self, name: str) -> Facts:
        for each in self._all():
            if each.facts.name == name and each.facts.takes_key:
                return each.facts
        raise KeyError(name)

    def _key_of(self, facts: Facts) -> str:
        with self._mutex:
            if facts.name in self._known_keys:
                return self._known_keys[facts.name]
        key = self._keys.read(facts.key_name)
        with self._mutex:
            return self._known_keys.setdefault(facts.name, key)

    def _forget_known(self, facts: Facts) -> None:
        with self._mutex:
            self._known_keys.pop(facts.name, None)
        self._health.forgive(facts.name)


def _never() -> bool:
    return False


def _all_engines(data_folder: Path) -> tuple[Provider, ...]:
    def certificates() -> str:
        return bundle_for_libraries(data_folder)

    return (
        Brave(),
        Tavily(),
        Serper(),
        *(PageEngine(page, certificates=certificates) for page in PAGES),
        OpenAlex(),
        Arxiv(),
        Crossref(),
        SemanticScholar(),
        Wikipedia(),
    )


def _searxng(address: str) -> SearXng | None:
    try:
        return SearXng(searxng_root(address)) if address else None
    except ValueError:
        return None


def _wanting(wish: Scholarly) -> Callable[[str], bool]:
    if wish is Scholarly.AUTOMATIC:
        return looks_scholarly

    def always_or_never(_query: str) -> bool:
        return wish is Scholarly.ALWAYS

    return always_or_never
