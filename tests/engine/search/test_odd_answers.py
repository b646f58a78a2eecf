"""Whatever an engine sends, reading it ends in results or in trouble, and never in a false "nothing found"."""

import json
import random
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import pytest
from engine_pages import ENGINES, hits
from scripted_engines import ClosedGate

from engine.network.gate import Purpose
from engine.search.arxiv import Arxiv
from engine.search.brave import Brave
from engine.search.crossref import Crossref
from engine.search.ddg import judged
from engine.search.ddg_client import PageVisit
from engine.search.ddg_pages import PAGES, EnginePage
from engine.search.openalex import OpenAlex
from engine.search.provider import Errand, Provider, ProviderTrouble, WebQuery
from engine.search.refusal import Reply
from engine.search.searxng import SearXng
from engine.search.semantic_scholar import SemanticScholar
from engine.search.serper import Serper
from engine.search.tavily import Tavily
from engine.search.wikipedia import Wikipedia
from models.http import HttpClient, IsCancelled, Timeouts

ODD: tuple[Any, ...] = (
    None,
    0,
    -1,
    1e308,
    True,
    "",
    "x",
    "\ud800",
    [],
    {},
    [None],
    [[[]]],
    {"a": {}},
    "https://",
    ["x"] * 3,
)
APIS: tuple[Provider, ...] = (
    Wikipedia(), OpenAlex(), Crossref(), SemanticScholar(), SearXng("https://searx.example"), Brave(), Tavily(),
    Serper(),
)  # fmt: skip
TOLD = {page.facts.name: page for page in PAGES if page.facts.name in ENGINES}


class CannedAnswer:
    """A gate, a client and an answer in one: everything that is asked gets the same bytes."""

    status = 200
    headers: Mapping[str, str] = {}
    address = "https://engine.example/"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def open(
        self,
        address: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        is_cancelled: IsCancelled | None = None,
    ) -> Self:
        return self

    def read(self, *, limit_bytes: int) -> bytes:
        return self._data

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


class CannedGate(ClosedGate):
    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data

    def client(
        self,
        purpose: Purpose,
        *,
        words: str = "",
        provider: str = "",
        timeouts: Timeouts | None = None,
        on_redirect: Callable[[str], None] | None = None,
    ) -> HttpClient:
        return CannedAnswer(self._data)  # type: ignore[return-value]


def spoilt(value: Any, chance: random.Random) -> Any:
    """The same with something odd in one place."""
    if chance.random() < 0.15 or not isinstance(value, (dict, list)) or not value:
        return chance.choice(ODD)
    copy = value.copy()
    place = chance.choice(list(value) if isinstance(value, dict) else range(len(value)))
    if isinstance(value, dict) and chance.random() < 0.2:
        del copy[place]
    else:
        copy[place] = spoilt(value[place], chance)
    return copy


def asked(provider: Provider, data: bytes) -> int:
    """How many results there are; -1 for trouble."""
    try:
        return len(provider.ask(WebQuery(text="tower"), errand=Errand(gate=CannedGate(data), limit=10, key="k")))
    except ProviderTrouble as trouble:
        assert trouble.words
        return -1


@pytest.mark.parametrize("provider", APIS, ids=lambda provider: provider.facts.name)
def test_odd_values_in_an_answer_are_never_taken_for_nothing_found(provider: Provider) -> None:
    engine = ENGINES[provider.facts.name]
    whole = json.loads(engine.told(hits("x"), "tower"))
    chance = random.Random(5)
    for _ in range(400):
        told = spoilt(spoilt(whole, chance) if chance.random() < 0.5 else whole, chance)
        found = asked(provider, json.dumps(told).encode())
        if found == 0:
            assert _says_nothing(told), told


def _says_nothing(told: Any) -> bool:
    """Whether what is left of an answer still says that it holds no results."""
    if not isinstance(told, dict):
        return False
    message = told.get("message")
    web = told.get("web")
    lists = [told.get("results"), told.get("organic"), message.get("items") if isinstance(message, dict) else None]
    lists.append(web.get("results") if isinstance(web, dict) else None)
    no_part = told.get("type") == "search" and "web" not in told
    return [] in lists or no_part or ("batchcomplete" in told and "query" not in told) or told.get("total") == 0


@pytest.mark.parametrize("provider", (*APIS, Arxiv()), ids=lambda provider: provider.facts.name)
def test_an_answer_cut_anywhere_is_never_taken_for_nothing_found(provider: Provider) -> None:
    engine = ENGINES[provider.facts.name]
    for found in (hits("x", 2), ()):
        data = engine.told(found, "tower").encode()
        for end in range(0, len(data) - 1, 7):
            assert asked(provider, data[:end]) != 0


def test_an_answer_full_of_entities_is_not_unfolded() -> None:
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>x</id><title>&b;</title></entry></feed>'
    )
    assert asked(Arxiv(), bomb.encode()) == -1


def test_deep_nesting_is_trouble_and_no_crash() -> None:
    for data in (b"[" * 100_000, b'{"results":' * 50_000):
        assert asked(Tavily(), data) == -1


@pytest.fixture(params=TOLD.values(), ids=lambda page: page.facts.name)
def page(request: pytest.FixtureRequest) -> EnginePage:
    return request.param


def read_page(page: EnginePage, visit: PageVisit, text: str) -> int:
    reply = Reply(status=200, text=text, address=f"https://{ENGINES[page.facts.name].host}/")
    try:
        return len(judged(reply, visit=visit, page=page, words="tower"))
    except ProviderTrouble as trouble:
        assert trouble.words
        return -1


def test_a_page_of_results_cut_or_spoilt_anywhere_is_never_taken_for_nothing_found(page: EnginePage) -> None:
    facts = page.facts
    visit = PageVisit(
        facts.name,
        title=facts.title,
        proxy="http://127.0.0.1:9",
        certificates="",
        hosts=facts.hosts,
        limit_s=1.0,
        wait_turn=lambda: None,
    )
    whole = ENGINES[facts.name].told(hits("x", 3), "tower")
    assert read_page(page, visit, whole) == 3
    for end in range(0, len(whole), 23):
        assert read_page(page, visit, whole[:end]) != 0
    chance = random.Random(7)
    for _ in range(150):
        spoiled = list(whole)
        for _ in range(chance.randrange(1, 60)):
            spoiled[chance.randrange(len(spoiled))] = chance.choice("<>\"'= \x00/ax\ud800")
        assert read_page(page, visit, "".join(spoiled)) != 0
