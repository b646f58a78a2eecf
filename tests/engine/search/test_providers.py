import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from engine_pages import ENGINES, FakeEngine, FakeEngines, Hit, hits
from loopback_web import Asked, Reply, door_to

from engine.domain import EngineState, Reach, WebLimits
from engine.network.certificates import bundle_for_libraries
from engine.network.door import Door
from engine.network.gate import Gate
from engine.search.arxiv import Arxiv
from engine.search.brave import Brave
from engine.search.crossref import Crossref
from engine.search.ddg import PageEngine
from engine.search.ddg_pages import PAGES
from engine.search.openalex import OpenAlex
from engine.search.provider import Errand, Provider, ProviderTrouble, WebQuery
from engine.search.searxng import SearXng, searxng_root
from engine.search.semantic_scholar import SemanticScholar
from engine.search.serper import Serper
from engine.search.tavily import Tavily
from engine.search.wikipedia import Wikipedia

QUERY = "tower & height"
TRICKY = "https://wiki.example/w/C%2B%2B?q=a%26b&x=%C3%A9"
LIMITS = WebLimits(since="2020-02-03", until="2021-04-05", language="de", region="at", never=("bad.example",))


@pytest.fixture
def door(fakes: FakeEngines, folder: Path) -> Iterator[Door]:
    door = door_to(fakes.web, folder)
    yield door
    door.close()


@pytest.fixture
def gate(door: Door) -> Gate:
    return door.admit("run", reach=Reach.WEB)


def provider_of(name: str, folder: Path) -> Provider:
    apis = (Wikipedia(), OpenAlex(), Arxiv(), Crossref(), SemanticScholar(), Brave(), Tavily(), Serper())
    pages = [PageEngine(page, certificates=lambda: bundle_for_libraries(folder)) for page in PAGES]
    for each in (*apis, *pages, SearXng("https://searx.example")):
        if each.facts.name == name:
            return each
    raise KeyError(name)


def request_of(fakes: FakeEngines, name: str) -> Asked:
    return fakes.web.asked(ENGINES[name].host)[-1]


def fields_of(asked: Asked) -> dict[str, str]:
    if asked.headers.get("content-type", "").startswith("application/json"):
        return {name: value for name, value in json.loads(asked.body).items()}
    written = asked.body.decode() if asked.method == "POST" else urlsplit(asked.target).query
    return {name: values[0] for name, values in parse_qs(written, keep_blank_values=True).items()}


@pytest.mark.parametrize("name", ENGINES)
def test_results_are_read_as_the_engine_tells_them(name: str, fakes: FakeEngines, gate: Gate, folder: Path) -> None:
    told = (Hit(address=TRICKY, title="Tower & <b>height</b>" if name == "crossref" else "Tower & height"), *hits(name))
    fakes.hits[name] = told
    found = provider_of(name, folder).ask(WebQuery(text=QUERY), errand=Errand(gate=gate, limit=10, key="k3y"))
    assert [each.title for each in found] == ["Tower & height", *(hit.title for hit in told[1:])]
    assert [each.snippet for each in found] == [hit.snippet for hit in told]
    if name == "arxiv":
        assert found[0].address == "https://arxiv.org/abs/2401.00000v1"
    else:
        assert [each.address for each in found] == [hit.address for hit in told]


@pytest.mark.parametrize("name", ENGINES)
def test_nothing_found_is_believed_when_the_engine_says_so(
    name: str, fakes: FakeEngines, gate: Gate, folder: Path
) -> None:
    fakes.hits[name] = ()
    assert provider_of(name, folder).ask(WebQuery(text=QUERY), errand=Errand(gate=gate, limit=10, key="k")) == ()


@pytest.mark.parametrize("name", ENGINES)
def test_the_query_arrives_as_it_is_and_the_ledger_has_it(
    name: str, fakes: FakeEngines, door: Door, gate: Gate, folder: Path
) -> None:
    query = 'größe "des turms" +x 塔 100%'
    provider_of(name, folder).ask(WebQuery(text=query), errand=Errand(gate=gate, limit=10, key="k"))
    arrived = fakes.asked(name)[-1]
    if name == "arxiv":
        assert arrived == "all:größe AND all:des AND all:turms AND all:x AND all:塔 AND all:100"
    else:
        assert arrived == query
    entries = door.ledger.entries(limit=20)
    assert entries
    assert all(entry.words == query and entry.provider == name for entry in entries)
    assert fakes.web.strange == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("duckduckgo", {"df": "2020-02-03..2021-04-05", "kl": "at-de", "l": "at-de", "q": "tower -site:bad.example"}),
        ("brave", {"tf": "2020-02-03to2021-04-05", "q": "tower -site:bad.example"}),
        ("mojeek", {"since": "20200203", "before": "20210405", "q": "tower -site:bad.example"}),
        ("startpage", {"qsr": "de_AT", "sc": "s3cret"}),
        ("yahoo", {"p": "tower -site:bad.example"}),
        ("openalex", {"filter": "from_publication_date:2020-02-03,to_publication_date:2021-04-05,language:de"}),
        ("arxiv", {"search_query": "all:tower AND submittedDate:[202002030000 TO 202104052359]"}),
        ("crossref", {"filter": "from-pub-date:2020-02-03,until-pub-date:2021-04-05"}),
        ("semantic-scholar", {"publicationDateOrYear": "2020-02-03:2021-04-05"}),
        ("searxng", {"language": "de-AT", "format": "json", "q": "tower -site:bad.example"}),
        ("brave-api", {"freshness": "2020-02-03to2021-04-05", "country": "AT", "search_lang": "de"}),
        ("tavily", {"start_date": "2020-02-03", "end_date": "2021-04-05", "exclude_domains": ["bad.example"]}),
        ("serper", {"gl": "at", "hl": "de", "tbs": "cdr:1,cd_min:2/3/2020,cd_max:4/5/2021"}),
    ],
)
def test_limits_are_passed_on_as_the_engine_understands_them(
    name: str, expected: dict[str, object], fakes: FakeEngines, gate: Gate, folder: Path
) -> None:
    provider_of(name, folder).ask(WebQuery(text="tower", limits=LIMITS), errand=Errand(gate=gate, limit=10, key="k"))
    sent = fields_of(request_of(fakes, name))
    assert {field: sent.get(field) for field in expected} == expected


def test_wikipedia_is_asked_in_the_language_of_the_person(fakes: FakeEngines, gate: Gate) -> None:
    fakes.web.on("de.wikipedia.org", Reply(ENGINES["wikipedia"].told(hits("x"), "x"), type="application/json"))
    assert Wikipedia().ask(WebQuery(text="Turm", limits=WebLimits(region="at")), errand=Errand(gate=gate, limit=10))
    assert fakes.web.asked("de.wikipedia.org")


@pytest.mark.parametrize(
    ("name", "cookies"),
    [("brave", "country=at; useLocation=0"), ("mojeek", "arc=at; lb=de"), ("duckduckgo", ""), ("startpage", "")],
)
def test_cookies_say_a_region_and_nothing_else(
    name: str, cookies: str, fakes: FakeEngines, gate: Gate, folder: Path
) -> None:
    engine = provider_of(name, folder)
    engine.ask(WebQuery(text="tower", limits=LIMITS), errand=Errand(gate=gate, limit=10))
    assert request_of(fakes, name).headers.get("cookie", "") == cookies
    engine.ask(WebQuery(text="tower"), errand=Errand(gate=gate, limit=10))
    assert "cookie" not in request_of(fakes, name).headers


@pytest.mark.parametrize("name", ["brave-api", "tavily", "serper", "semantic-scholar"])
def test_a_key_goes_to_its_engine_and_not_into_the_ledger(
    name: str, fakes: FakeEngines, door: Door, gate: Gate, folder: Path
) -> None:
    provider_of(name, folder).ask(WebQuery(text="tower"), errand=Errand(gate=gate, limit=10, key="k3y"))
    assert b"k3y" in request_of(fakes, name).raw
    assert "k3y" not in repr(door.ledger.entries(limit=20))


def test_no_cookie_survives_a_query_and_no_other_page_is_named(fakes: FakeEngines, gate: Gate, folder: Path) -> None:
    def with_cookie(_asked: Asked, _engine: object, _web: object) -> Reply:
        return Reply(ENGINES["duckduckgo"].told(hits("x"), "x"), headers={"set-cookie": "who=me; Path=/"})

    fakes.faults["duckduckgo"] = with_cookie
    engine = provider_of("duckduckgo", folder)
    for _ in range(2):
        engine.ask(WebQuery(text="tower"), errand=Errand(gate=gate, limit=10))
    one, two = fakes.web.asked("html.duckduckgo.com")
    assert "cookie" not in two.headers
    assert "referer" not in two.headers
    assert one.raw == two.raw


def test_proxies_of_the_environment_do_not_lead_around_the_door(
    fakes: FakeEngines, door: Door, gate: Gate, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "*")
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "PRIMP_PROXY", "DDGS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert provider_of("brave", folder).ask(WebQuery(text="tower"), errand=Errand(gate=gate, limit=10))
    assert [entry.host for entry in door.ledger.entries(limit=5)] == ["search.brave.com"]


def test_the_form_of_startpage_is_fetched_once_and_in_its_turn(fakes: FakeEngines, gate: Gate, folder: Path) -> None:
    turns: list[int] = []
    engine = provider_of("startpage", folder)
    for _ in range(3):
        errand = Errand(gate=gate, limit=10, wait_turn=lambda: turns.append(len(fakes.web.requests)))
        assert engine.ask(WebQuery(text="tower"), errand=errand)
    assert [asked.target for asked in fakes.web.asked("www.startpage.com")] == ["/", *["/sp/search"] * 3]
    assert turns == [1]


def test_a_redirect_on_the_same_host_is_followed_in_its_turn(fakes: FakeEngines, gate: Gate, folder: Path) -> None:
    for name in ("mojeek", "crossref"):
        engine = ENGINES[name]

        def moved(asked: Asked, engine: FakeEngine, _web: object) -> Reply:
            if asked.target.startswith("/moved"):
                return engine.holding(hits(engine.name))
            return Reply("", status=302, headers={"location": f"https://{engine.host}/moved?{asked.target}"})

        fakes.faults[name] = moved
        turns: list[int] = []
        errand = Errand(gate=gate, limit=10, wait_turn=lambda turns=turns: turns.append(1))  # type: ignore[misc]
        assert provider_of(name, folder).ask(WebQuery(text="tower"), errand=errand)
        assert len(turns) == 1
        assert len(fakes.web.asked(engine.host)) == 2


def test_a_redirect_does_not_carry_the_query_to_somebody_else(fakes: FakeEngines, gate: Gate, folder: Path) -> None:
    fakes.web.on("elsewhere.example", Reply("{}"))
    away = Reply("", status=302, headers={"location": "https://elsewhere.example/?q=tower"})
    for name in ("wikipedia", "mojeek"):
        fakes.faults[name] = lambda _asked, _engine, _web: away
        with pytest.raises(ProviderTrouble):
            provider_of(name, folder).ask(WebQuery(text="tower"), errand=Errand(gate=gate, limit=10))
    assert fakes.web.asked("elsewhere.example") == []


def test_a_searxng_whose_engines_are_all_blocked_has_not_found_nothing(fakes: FakeEngines, gate: Gate) -> None:
    told = {
        "query": "x",
        "results": [],
        "unresponsive_engines": [["google", "Suspended: CAPTCHA"], ["qwant", "timeout"]],
    }
    fakes.faults["searxng"] = lambda _asked, _engine, _web: Reply(json.dumps(told), type="application/json")
    with pytest.raises(ProviderTrouble, match=r"google \(Suspended: CAPTCHA\), qwant \(timeout\)") as trouble:
        SearXng("https://searx.example").ask(WebQuery(text="x"), errand=Errand(gate=gate, limit=10))
    assert trouble.value.state is EngineState.BLOCKED


def test_a_searxng_without_json_says_what_to_do(fakes: FakeEngines, gate: Gate) -> None:
    fakes.faults["searxng"] = lambda _asked, _engine, _web: Reply("<h1>403 Forbidden</h1>", status=403)
    with pytest.raises(ProviderTrouble, match="format json"):
        SearXng("https://searx.example").ask(WebQuery(text="x"), errand=Errand(gate=gate, limit=10))


def test_a_searxng_at_home_is_reached_when_the_person_typed_its_address(fakes: FakeEngines, door: Door) -> None:
    fakes.web.on("searx.home", Reply(ENGINES["searxng"].told(hits("x"), "x")), numbers=("192.168.1.5",))
    engine = SearXng("http://searx.home:8888")
    with pytest.raises(ProviderTrouble):
        engine.ask(WebQuery(text="x"), errand=Errand(gate=door.admit("run", reach=Reach.WEB), limit=10))
    gate = door.admit("run", reach=Reach.WEB, trusted=("http://searx.home:8888",))
    assert engine.ask(WebQuery(text="x"), errand=Errand(gate=gate, limit=10))
    fakes.web.dialled.clear()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("searx.example", "https://searx.example"),
        ("localhost:8888", "http://localhost:8888"),
        ("127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://searx.example/searxng/", "http://searx.example/searxng"),
        ("https://searx.example/search", "https://searx.example"),
        ("https://searx.example/search?q=x", "https://searx.example"),
    ],
)
def test_the_address_of_a_searxng_is_understood_however_it_is_written(written: str, meant: str) -> None:
    assert searxng_root(written) == meant


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ftp://x.example",
        "https://",
        "https://user:pw@x.example",
        "a b",
        "https://x:99999",
        "javascript:alert(1)",
        "nonsense",
        "http://.",
        "https://a..b",
        "http:///x",
        "data:text/html,x",
        "http://1.2.3.4.5",
        "%s",
    ],
)
def test_what_is_no_address_of_a_searxng_is_refused(written: str) -> None:
    with pytest.raises(ValueError):
        searxng_root(written)


def test_arxiv_is_not_asked_for_what_has_no_words(fakes: FakeEngines, gate: Gate) -> None:
    with pytest.raises(ProviderTrouble) as trouble:
        Arxiv().ask(WebQuery(text="what is the 🙂"), errand=Errand(gate=gate, limit=10))
    assert trouble.value.state is EngineState.RESTING
    assert fakes.web.asked("export.arxiv.org") == []
