"""Ways in which search engines fail, as scripts: which engine does what, and what may be said of it afterwards."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from engine_pages import ANOMALY, BRAVE_CAPTCHA, ENGINES, MOJEEK_FORBIDDEN, FakeEngine, FakeEngines, Fault
from loopback_web import Asked, LoopbackWeb, Reply, door_to
from memory_keyring import MemoryKeyring

from engine.agent.roles import Searched
from engine.domain import EngineState, Reach, WebLimits
from engine.network.door import Door
from engine.search.engines import SearchEngines
from models.keys import Keys

DEFAULT = ("duckduckgo", "brave", "mojeek", "startpage", "yahoo", "wikipedia")
SCHOLARLY = ("openalex", "arxiv", "crossref", "semantic-scholar")
QUERY = "height of the tower"
SCHOLARLY_QUERY = "randomized trial of the tower"
LIMIT_S = 15.0
"""For an engine that answers, however busy this computer is."""
SHORT_S = 0.7
"""For one that does not."""

BLOCKED = frozenset({EngineState.BLOCKED})
UNREACHABLE = frozenset({EngineState.UNREACHABLE})
NONSENSE = frozenset({EngineState.NONSENSE})
ANY_FAILURE = BLOCKED | UNREACHABLE | NONSENSE
REFUSED = frozenset({EngineState.REFUSED})
EMPTY = frozenset({EngineState.EMPTY})


def replies(reply: Reply) -> Fault:
    return lambda _asked, _engine, _web: reply


def status(code: int, body: str = "", **headers: str) -> Fault:
    return replies(Reply(body, status=code, headers={name.replace("_", "-"): value for name, value in headers.items()}))


def http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def silent(_asked: Asked, _engine: FakeEngine, web: LoopbackWeb) -> Reply:
    web.closing.wait(SHORT_S * 6)
    return Reply("late")


def drip(_asked: Asked, _engine: FakeEngine, web: LoopbackWeb) -> Reply:
    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield b" "
            if web.closing.wait(0.05):
                return

    return Reply(pieces())


def endless(_asked: Asked, _engine: FakeEngine, web: LoopbackWeb) -> Reply:
    def pieces() -> Iterator[bytes]:
        while not web.closing.is_set():
            yield b"<p>more</p>" * 20_000

    return Reply(pieces())


def truncated(asked: Asked, engine: FakeEngine, _web: LoopbackWeb) -> Reply:
    page = engine.told((), "it").encode()
    return Reply(page[: len(page) // 2], type=engine.type, length=len(page) + 100)


def echoing(asked: Asked, engine: FakeEngine, _web: LoopbackWeb) -> Reply:
    """A page of nobody knows what, that repeats the query."""
    return Reply(
        f"<html><body>You asked: {QUERY} no pages found matching not many great matches came back</body></html>"
    )


def wrong_kind(_asked: Asked, engine: FakeEngine, _web: LoopbackWeb) -> Reply:
    """JSON where a page is expected, and a page where JSON is."""
    return Reply(
        '{"results": []}' if engine.type.startswith("text/html") else "<html><body><p>Welcome</p></body></html>"
    )


def nothing(asked: Asked, engine: FakeEngine, _web: LoopbackWeb) -> Reply | str:
    """The engine's own word that there is nothing."""
    if engine.front and asked.target == "/":
        return engine.front
    return Reply(engine.told((), "it"), type=engine.type)


def nothing_in(encoding: str) -> Fault:
    def fault(_asked: Asked, engine: FakeEngine, _web: LoopbackWeb) -> Reply:
        return Reply("<html><body>Ünknown page</body></html>".encode(encoding), type="text/html; charset=utf-8")

    return fault


def front_then(fault: Fault) -> Fault:
    """Startpage gives its form, and fails at the query."""

    def both(asked: Asked, engine: FakeEngine, web: LoopbackWeb) -> Reply | str | bytes:
        return engine.front if asked.target == "/" else fault(asked, engine, web)

    return both


def to_same_host(path: str, page: str) -> Fault:
    def fault(asked: Asked, engine: FakeEngine, _web: LoopbackWeb) -> Reply:
        if asked.target.startswith(path):
            return Reply(page)
        return Reply("", status=302, headers={"location": f"https://{engine.host}{path}"})

    return fault


def looping(asked: Asked, engine: FakeEngine, _web: LoopbackWeb) -> Reply:
    return Reply("", status=302, headers={"location": f"https://{engine.host}{asked.target}x"})


RESULTLESS = "<html><head><title>Search</title></head><body><nav>Home</nav><main></main></body></html>"
CLOUDFLARE = "<html><head><title>Just a moment...</title></head><body><div id='challenge-platform'></div></body></html>"
CONSENT = "<html><form action='https://consent.yahoo.com/v2/collectConsent'><h1>Before you continue</h1></form></html>"
SCRIPT = (
    "<html><body><noscript>Please turn on JavaScript, or enable JavaScript</noscript><div id='app'></div></body></html>"
)


@dataclass(frozen=True)
class Script:
    """One way in which things go wrong."""

    name: str
    faults: dict[str, Fault]
    """By engine; ``*`` stands for all others."""
    states: frozenset[EngineState]
    """What may be said of the engines that have a fault."""
    finds: bool = False
    """Whether there are results all the same."""
    is_really_empty: bool = False
    """Whether there is nothing, and may be said to be."""
    query: str = QUERY
    is_online: bool = True
    reach: Reach = Reach.WEB
    limits: WebLimits = field(default_factory=WebLimits)
    spoil: Callable[[Path], None] | None = None
    """Done to the data folder before anything is opened."""
    limit_s: float = LIMIT_S
    numbers: tuple[str, ...] | None = None
    """What the names of all engines stand for instead of their own numbers."""


def _all(name: str, fault: Fault, states: frozenset[EngineState], **more: object) -> Script:
    return Script(name, {"*": fault}, states, **more)  # type: ignore[arg-type]


def _first_two(name: str, fault: Fault, states: frozenset[EngineState], *, limit_s: float = LIMIT_S) -> Script:
    return Script(name, {"duckduckgo": fault, "brave": fault}, states, finds=True, limit_s=limit_s)


def _spoilt_cache(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "searches.sqlite").write_bytes(b"this is no database" * 500)


def _cache_in_the_way(folder: Path) -> None:
    (folder / "searches.sqlite").mkdir(parents=True)


SCRIPTS = (
    # What is said with a status.
    _all("202 with the challenge of DuckDuckGo", status(202, ANOMALY), BLOCKED),
    _all("202 with nothing", status(202), BLOCKED),
    _all("204", status(204), NONSENSE),
    _all("400", status(400, '{"error": "bad"}'), NONSENSE | BLOCKED),
    _all("401", status(401), BLOCKED),
    _all("403", status(403), BLOCKED),
    _all("403 for automated queries", status(403, MOJEEK_FORBIDDEN), BLOCKED),
    _all("404", status(404, "<h1>Not found</h1>"), NONSENSE),
    _all("418", status(418, "I am a teapot"), BLOCKED),
    _all("429 without Retry-After", status(429), BLOCKED),
    _all("429 with Retry-After in seconds", status(429, "slow down", retry_after="120"), BLOCKED),
    _all("429 with Retry-After as a date", status(429, "slow down", retry_after=http_date(300)), BLOCKED),
    _all("429 with a Retry-After of a year", status(429, "", retry_after="31536000"), BLOCKED),
    _all("429 with a Retry-After that is no time", status(429, "", retry_after="soon"), BLOCKED),
    _all("451", status(451), BLOCKED),
    _all("500", status(500, "<h1>Oops</h1>"), UNREACHABLE),
    _all("502", status(502), UNREACHABLE),
    _all("503 without Retry-After", status(503), UNREACHABLE),
    _all("503 with Retry-After", status(503, "", retry_after="30"), BLOCKED),
    _all("999", status(999), BLOCKED),
    # Walls with status 200.
    _all("the challenge of DuckDuckGo with 200", replies(Reply(ANOMALY)), BLOCKED),
    _all("a captcha page with 200", replies(Reply(BRAVE_CAPTCHA)), BLOCKED),
    _all("automated queries with 200", replies(Reply(MOJEEK_FORBIDDEN)), BLOCKED),
    _all("Cloudflare's waiting room with 200", replies(Reply(CLOUDFLARE)), BLOCKED),
    _all("Cloudflare's waiting room with 503", status(503, CLOUDFLARE), ANY_FAILURE),
    _all("a consent page with 200", replies(Reply(CONSENT)), BLOCKED),
    _all("a page that wants JavaScript", replies(Reply(SCRIPT)), BLOCKED),
    # Redirects.
    _all(
        "a redirect to a consent host",
        status(302, "", location="https://consent.yahoo.com/collectConsent?s=1"),
        ANY_FAILURE | REFUSED,
    ),
    _all("a redirect to a captcha on the same host", to_same_host("/sp/captcha", "<p>prove it</p>"), ANY_FAILURE),
    _all("a redirect without an end", looping, ANY_FAILURE),
    _all("a redirect to nowhere", status(302), ANY_FAILURE),
    # Answers that are none.
    _all("an empty 200", replies(Reply("")), NONSENSE),
    _all("only white space", replies(Reply("  \r\n\t ")), NONSENSE),
    _all("a page without results or a word about it", replies(Reply(RESULTLESS)), NONSENSE),
    _all("another kind of answer than expected", wrong_kind, NONSENSE),
    _all(
        "a page that repeats the query",
        echoing,
        NONSENSE,
        query="no pages found matching not many great matches came back",
    ),
    _all("garbage bytes", replies(Reply(bytes(range(256)) * 40, type="application/octet-stream")), NONSENSE),
    _all("no HTTP", replies(Reply(raw=b"\x00\x01\x02 hello\r\n\r\n")), ANY_FAILURE),
    _all("a page in UTF-16 that calls itself UTF-8", nothing_in("utf-16"), NONSENSE),
    _all("a page in Latin 1 that calls itself UTF-8", nothing_in("latin-1"), NONSENSE),
    _all(
        "packed, and cut in the middle",
        replies(Reply(gzip.compress(b"x" * 9000)[:40], headers={"content-encoding": "gzip"})),
        ANY_FAILURE,
    ),
    _all(
        "packed with something unknown",
        replies(Reply(b"\x1f\x9d\x90abc", headers={"content-encoding": "compress"})),
        ANY_FAILURE,
    ),
    _all(
        "an error told as JSON with 200",
        replies(Reply('{"error": {"code": "ratelimited", "info": "x"}}', type="application/json")),
        NONSENSE | BLOCKED,
    ),
    _all(
        "JSON of other shapes",
        replies(Reply('{"results": {"a": 1}, "message": [], "total": "0", "query": []}', type="application/json")),
        NONSENSE,
    ),
    # Connections.
    _all("closed without a word", replies(Reply(raw=b"")), UNREACHABLE | NONSENSE),
    _all("truncated", truncated, UNREACHABLE | NONSENSE),
    _all("silence", silent, UNREACHABLE, limit_s=SHORT_S),
    _all("slow drip", drip, UNREACHABLE, limit_s=SHORT_S),
    _all("an answer without an end", endless, NONSENSE | UNREACHABLE),
    _all(
        "a bomb", replies(Reply(gzip.compress(b"<p>" * 20_000_000), headers={"content-encoding": "gzip"})), ANY_FAILURE
    ),
    _all("a header of 300 kB", replies(Reply("x", headers={"x-long": "y" * 300_000})), ANY_FAILURE),
    _all("names that lead nowhere", nothing, UNREACHABLE, numbers=()),
    _all("names that lead into the network at home", nothing, UNREACHABLE | REFUSED, numbers=("192.168.1.7",)),
    _all(
        "names that lead to a public and a private number",
        nothing,
        UNREACHABLE | REFUSED,
        numbers=("93.184.216.9", "10.0.0.1"),
    ),
    _all("all at the same time down", status(503), UNREACHABLE),
    # Some fail, others answer.
    _first_two("the first two refuse", status(429), BLOCKED),
    _first_two("the first two show captchas", replies(Reply(ANOMALY)), BLOCKED),
    _first_two("the first two send nonsense", replies(Reply(RESULTLESS)), NONSENSE),
    _first_two("the first two are silent", silent, UNREACHABLE, limit_s=SHORT_S * 3),
    Script(
        "every page in its own way",
        {
            "duckduckgo": status(202, ANOMALY),
            "brave": status(429, BRAVE_CAPTCHA, retry_after="60"),
            "mojeek": status(403, MOJEEK_FORBIDDEN),
            "startpage": to_same_host("/sp/captcha", "<p>prove it</p>"),
            "yahoo": replies(Reply(CONSENT)),
            "wikipedia": replies(Reply('{"error": {"code": "ratelimited"}}', type="application/json")),
        },
        BLOCKED,
    ),
    Script(
        "Startpage without its form",
        {"duckduckgo": status(403), "brave": status(403), "startpage": replies(Reply(RESULTLESS))},
        ANY_FAILURE,
        finds=True,
    ),
    Script(
        "Startpage fails after its form",
        {"duckduckgo": status(403), "brave": status(403), "mojeek": status(403), "startpage": front_then(status(429))},
        BLOCKED,
        finds=True,
    ),
    Script(
        "engines for papers refuse", dict.fromkeys(SCHOLARLY, status(429)), BLOCKED, finds=True, query=SCHOLARLY_QUERY
    ),
    Script(
        "engines for papers fail in four ways",
        {
            "openalex": status(500),
            "arxiv": replies(Reply("<html>", type="application/atom+xml")),
            "crossref": replies(Reply("")),
            "semantic-scholar": silent,
        },
        ANY_FAILURE,
        finds=True,
        query=SCHOLARLY_QUERY,
        limit_s=SHORT_S * 3,
    ),
    # Nothing is wrong with the engines.
    Script("really nothing", {"*": nothing}, EMPTY, is_really_empty=True),
    Script("nothing at one, a refusal at all others", {"brave": nothing, "*": status(429)}, BLOCKED | EMPTY),
    _all("offline at the door", nothing, REFUSED, is_online=False),
    _all("a run that stays in the library", nothing, REFUSED, reach=Reach.LIBRARY),
    Script("a damaged file of earlier answers", {}, frozenset(), finds=True, spoil=_spoilt_cache),
    Script(
        "a folder in the place of the file of earlier answers", {}, frozenset(), finds=True, spoil=_cache_in_the_way
    ),
)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What a script came to."""

    script: Script
    searched: Searched | None
    error: str
    """Of a run that died; empty otherwise."""
    false_nothings: tuple[str, ...]
    """Where somebody would believe that there is nothing."""
    wrong_states: tuple[str, ...]
    silent_failures: tuple[str, ...]
    """Engines that failed without a word about it."""

    @property
    def is_good(self) -> bool:
        return not (self.error or self.false_nothings or self.wrong_states or self.silent_failures)


def run_script(script: Script, fakes: FakeEngines, folder: Path) -> Judgement:
    """Search once in a world where a script is played."""
    fakes.reset()
    for name in ENGINES:
        fault = script.faults.get(name, script.faults.get("*"))
        if fault is not None:
            fakes.faults[name] = fault
    if script.spoil is not None:
        script.spoil(folder)
    with (
        _standing_for(fakes.web, script.numbers),
        opened(fakes.web, folder, is_online=script.is_online, limit_s=script.limit_s) as (door, engines),
    ):
        gate = door.admit("run", reach=script.reach)
        searcher = engines.searcher(gate, limits=script.limits)
        try:
            searched = next(iter(searcher.search_all([script.query], limit=8)))
        except Exception as error:
            return Judgement(
                script=script, searched=None, error=repr(error), false_nothings=(), wrong_states=(), silent_failures=()
            )
    return judge(script, searched)


@contextmanager
def _standing_for(web: LoopbackWeb, numbers: tuple[str, ...] | None) -> Iterator[None]:
    before = {engine.host: web.resolve(engine.host) for engine in ENGINES.values()}
    for host in before if numbers is not None else ():
        web.names(host, numbers or ())
    try:
        yield
    finally:
        for host, own in before.items():
            web.names(host, own)


@contextmanager
def opened(
    web: LoopbackWeb, folder: Path, *, is_online: bool | None = True, limit_s: float = LIMIT_S
) -> Iterator[tuple[Door, SearchEngines]]:
    """A door and engines whose turns come at once."""
    door = door_to(web, folder, is_online=is_online)
    engines = SearchEngines(
        folder, keys=Keys(MemoryKeyring()), wait=lambda _seconds, _is_cancelled: None, limit_s=limit_s
    )
    try:
        yield door, engines
    finally:
        engines.close()
        door.close()


def judge(script: Script, searched: Searched) -> Judgement:
    titles = {facts: name for name, facts in _TITLES.items()}
    false, wrong, quiet = [], [], []
    for report in searched.engines:
        name = titles[report.name]
        has_fault = name in script.faults or "*" in script.faults
        if report.state is EngineState.EMPTY and script.faults.get(name, script.faults.get("*")) is not nothing:
            false.append(f"{report.name} is said to have found nothing")
        if has_fault and report.state not in script.states:
            wrong.append(f"{report.name}: {report.state} ({report.words})")
        if report.state not in (EngineState.ANSWERED, EngineState.EMPTY) and not report.words:
            quiet.append(report.name)
        if report.state in ANY_FAILURE and not any(report.name in caveat for caveat in searched.caveats):
            quiet.append(f"{report.name} in the caveats")
    if script.finds != bool(searched.results):
        wrong.append(f"{len(searched.results)} results")
    if not searched.results and not searched.caveats and not script.is_really_empty:
        false.append("no results, and not a word why")
    if script.is_really_empty and searched.caveats:
        wrong.append(f"caveats: {searched.caveats}")
    return Judgement(
        script=script,
        searched=searched,
        error="",
        false_nothings=tuple(false),
        wrong_states=tuple(wrong),
        silent_failures=tuple(quiet),
    )


_TITLES = {
    "duckduckgo": "DuckDuckGo", "brave": "Brave", "mojeek": "Mojeek", "startpage": "Startpage", "yahoo": "Yahoo",
    "wikipedia": "Wikipedia", "openalex": "OpenAlex", "arxiv": "arXiv", "crossref": "Crossref",
    "semantic-scholar": "Semantic Scholar", "searxng": "SearXNG", "brave-api": "Brave Search API", "tavily": "Tavily",
    "serper": "Serper",
}  # fmt: skip


def play_all(folder: Path | None = None) -> tuple[Judgement, ...]:
    """Play every script in one small web."""
    with tempfile.TemporaryDirectory() as place:
        root = folder or Path(place)
        with LoopbackWeb(tls=True, folder=root) as web:
            fakes = FakeEngines(web)
            return tuple(run_script(script, fakes, root / str(number)) for number, script in enumerate(SCRIPTS))
