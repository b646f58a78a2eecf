"""Asks a search engine through its page, each in a thread that is given up when it takes too long or nobody waits."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar
from urllib.parse import parse_qs, urljoin, urlsplit

from engine.domain import EngineState
from engine.network.gate import Purpose
from engine.search.answers import unreached
from engine.search.ddg_client import Form, PageVisit, RawResult
from engine.search.ddg_pages import EnginePage, cookies_of, region_of
from engine.search.plain import plain
from engine.search.provider import Errand, Facts, Found, ProviderTrouble, WebQuery
from engine.search.refusal import Reply, empty_page, not_understood, refusal, too_slow, wall, without_query
from engine.search.sites import with_sites
from models.http import ConnectionProblem, RequestCancelled

_LOG = logging.getLogger(__name__)
_LOOK_S = 0.05
_MOST_STUCK = 2
_SECRET_S = 50 * 60.0
"""Startpage's form is good for some hours."""
_SECRET_AT = '//form[@id="search"]//input[@name="sc"]/@value'

_Outcome = TypeVar("_Outcome")


class Visit(Protocol):
    """What ``PageVisit`` does."""

    def front_page(self, address: str) -> Reply: ...

    def value_at(self, reply: Reply, xpath: str) -> str: ...

    def know_secret(self, secret: str) -> None: ...

    def send(self, form: Form) -> Reply: ...

    def results(self, reply: Reply) -> list[RawResult]: ...


class Visiting(Protocol):
    """What makes a ``PageVisit``; its arguments."""

    def __call__(
        self,
        engine_name: str,
        /,
        *,
        title: str,
        proxy: str,
        certificates: str,
        hosts: tuple[str, ...],
        limit_s: float,
        wait_turn: Callable[[], None],
    ) -> Visit: ...


@dataclass(frozen=True, slots=True)
class _Secret:
    value: str
    at: float


class PageEngine:
    """One engine behind its page.

    Args:
        page: which.
        certificates: returns the path of a PEM file of certificates that are believed, or an empty text.
        visiting: what makes the request.
    """

    def __init__(self, page: EnginePage, *, certificates: Callable[[], str], visiting: Visiting = PageVisit) -> None:
        self._page = page
        self._certificates = certificates
        self._visiting = visiting
        self._stuck: list[threading.Thread] = []
        self._secret: _Secret | None = None
        self._mutex = threading.Lock()

    @property
    def facts(self) -> Facts:
        """What is known of it."""
        return self._page.facts

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        facts = self.facts
        words = with_sites(query, can_join=self._page.can_join)
        problems: list[ConnectionProblem] = []
        try:
            with errand.gate.relay(
                Purpose.SEARCH, words=words, provider=facts.name, hosts=facts.hosts, on_problem=problems.append
            ) as proxy:
                return self._in_thread(lambda: self._visited(query, words, proxy=proxy, errand=errand), errand=errand)
        except ProviderTrouble as trouble:
            if trouble.state is EngineState.UNREACHABLE and problems:
                # The library knows only that there is no connection; the door knows why.
                raise unreached(problems[-1], title=facts.title) from trouble
            raise
        except ConnectionProblem as problem:
            # The door says so before anything is sent: offline, or not in this run.
            told = f"The query did not go out to {facts.title}: {problem.title.rstrip('.')}."
            raise ProviderTrouble(EngineState.REFUSED, told) from problem

    def _visited(self, query: WebQuery, words: str, *, proxy: str, errand: Errand) -> tuple[Found, ...]:
        facts = self.facts
        visit = self._visiting(
            facts.name,
            title=facts.title,
            proxy=proxy,
            certificates=self._certificates(),
            hosts=facts.hosts,
            limit_s=errand.limit_s,
            wait_turn=errand.wait_turn,
        )
        if self._page.front_page:
            visit.know_secret(self._known_secret(visit, errand=errand))
        today = datetime.now(UTC).date()
        form = Form(
            words=words,
            region=region_of(query.limits),
            additions=self._page.additions(query.limits, today),
            cookies=cookies_of(self._page, query.limits),
        )
        reply = visit.send(form)
        return judged(reply, visit=visit, page=self._page, words=words)

    def _known_secret(self, visit: Visit, *, errand: Errand) -> str:
        with self._mutex:
            secret = self._secret
        if secret is not None and errand.clock() - secret.at < _SECRET_S:
            return secret.value
        reply = visit.front_page(self._page.front_page)
        title = self.facts.title
        if trouble := refusal(reply, title=title, now=datetime.now(UTC)):
            raise trouble
        value = visit.value_at(reply, _SECRET_AT) if reply.text.strip() else ""
        if not value:
            raise wall(reply, title=title, query="") or not_understood(title)
        with self._mutex:
            self._secret = _Secret(value, errand.clock())
        errand.wait_turn()
        return value

    def _in_thread(self, work: Callable[[], _Outcome], *, errand: Errand) -> _Outcome:
        """Return what the work returns, or give it up: the client in Rust cannot be told to stop."""
        title = self.facts.title
        with self._mutex:
            self._stuck = [thread for thread in self._stuck if thread.is_alive()]
            if len(self._stuck) >= _MOST_STUCK:
                raise ProviderTrouble(EngineState.UNREACHABLE, f"{title} still has not answered earlier queries.")
        outcomes: list[_Outcome] = []
        failures: list[BaseException] = []
        is_done = threading.Event()

        def run() -> None:
            try:
                outcomes.append(work())
            except BaseException as error:  # the border to Rust, whose panics are no Exception
                failures.append(error)
            finally:
                is_done.set()

        thread = threading.Thread(target=run, name=f"search {self.facts.name}", daemon=True)
        ends_at = errand.clock() + errand.limit_s
        thread.start()
        while not is_done.wait(_LOOK_S):
            if errand.is_given_up or errand.clock() >= ends_at:
                with self._mutex:
                    self._stuck.append(thread)
                if errand.is_given_up:
                    raise RequestCancelled
                raise too_slow(title)
        thread.join()
        if outcomes:
            return outcomes[0]
        raise _explained(failures[0], title)


def judged(reply: Reply, *, visit: Visit, page: EnginePage, words: str) -> tuple[Found, ...]:
    """Return the results in a page, or nothing if the page itself says that there is nothing.

    Raises:
        ProviderTrouble: it is another page.
    """
    title = page.facts.title
    if trouble := refusal(reply, title=title, now=datetime.now(UTC)):
        raise trouble
    if not reply.text.strip():
        raise empty_page(title)
    try:
        results = visit.results(reply)
    except Exception as error:  # the border to ddgs and its parser, which raise what they like
        raise wall(reply, title=title, query=words) or not_understood(title) from error
    found = tuple(each for result in results if (each := _found(result, reply.address)) is not None)
    if found:
        return found
    if trouble := wall(reply, title=title, query=words):
        raise trouble
    said = without_query(reply.text, words)
    if any(mark in said for mark in page.nothing):
        return ()
    raise not_understood(title)


def _explained(error: BaseException, title: str) -> BaseException:
    if isinstance(error, (ProviderTrouble, RequestCancelled, ConnectionProblem)):
        return error
    _LOG.error("The library that asks %s broke down", title, exc_info=error)
    trouble = ProviderTrouble(EngineState.NONSENSE, f"{title} could not be asked: the library for it broke down.")
    trouble.__cause__ = error
    return trouble


def _found(result: RawResult, page_address: str) -> Found | None:
    address = _unwrapped(urljoin(page_address, result.href.strip()))
    if not address.startswith(("http://", "https://")) or not result.title.strip():
        return None
    return Found(address=address, title=plain(result.title, limit=300), snippet=plain(result.body, limit=500))


def _unwrapped(address: str) -> str:
    """Return where a link of a result page leads to; empty if it leads to an advertisement or to the engine itself."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if host.endswith("duckduckgo.com"):
        return (parse_qs(parts.query).get("uddg") or [""])[0] if parts.path.startswith("/l/") else ""
    if host.endswith("bing.com") and parts.path.startswith(("/aclick", "/ck/")):
        return ""
    if host.endswith(("r.search.yahoo.com", "startpage.com", "search.brave.com")):
        return ""
    return address
