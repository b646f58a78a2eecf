import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripted_engines import ClosedGate

from engine.domain import EngineState
from engine.search.ddg import PageEngine
from engine.search.ddg_client import Form, PageVisit, RawResult
from engine.search.ddg_pages import PAGES
from engine.search.provider import Errand, ProviderTrouble, WebQuery
from engine.search.refusal import Reply
from models.http import RequestCancelled

DUCKDUCKGO = PAGES[0]


class ScriptedVisit:
    """Instead of a request: whatever the script does."""

    def __init__(self, send: Callable[[], Reply], results: Callable[[], list[RawResult]]) -> None:
        self._send = send
        self._results = results

    def front_page(self, address: str) -> Reply:
        raise AssertionError("this engine has no front page")

    def value_at(self, reply: Reply, xpath: str) -> str:
        return ""

    def know_secret(self, secret: str) -> None:
        raise AssertionError("this engine has no secret")

    def send(self, form: Form) -> Reply:
        return self._send()

    def results(self, reply: Reply) -> list[RawResult]:
        return self._results()


def engine(
    send: Callable[[], Reply] = lambda: Reply(status=200, text="page"), results: Callable[[], list[RawResult]] = list
) -> PageEngine:
    return PageEngine(DUCKDUCKGO, certificates=str, visiting=lambda *_, **__: ScriptedVisit(send, results))


@pytest.fixture
def release() -> Iterator[threading.Event]:
    """Ends what hangs, at the latest with the test."""
    event = threading.Event()
    yield event
    event.set()
    for thread in threading.enumerate():
        if thread.name.startswith("search "):
            thread.join(5)


class Panic(BaseException):
    """What a panic in Rust looks like from Python."""


def test_a_client_that_hangs_is_given_up(release: threading.Event) -> None:
    def hang() -> Reply:
        release.wait(20)
        return Reply(status=200)

    with pytest.raises(ProviderTrouble, match="did not answer in time") as trouble:
        engine(hang).ask(WebQuery(text="x"), errand=Errand(gate=ClosedGate(), limit=10, limit_s=0.1))
    assert trouble.value.state is EngineState.UNREACHABLE


def test_a_hanging_client_does_not_hold_up_somebody_who_gave_up(release: threading.Event) -> None:
    def hang() -> Reply:
        release.wait(20)
        return Reply(status=200)

    with pytest.raises(RequestCancelled):
        engine(hang).ask(
            WebQuery(text="x"), errand=Errand(gate=ClosedGate(), limit=10, limit_s=60, is_cancelled=lambda: True)
        )


def test_no_more_than_a_few_hanging_clients_are_left_behind(release: threading.Event) -> None:
    started = []

    def hang() -> Reply:
        started.append(1)
        release.wait(20)
        return Reply(status=200)

    stuck = engine(hang)
    for _ in range(5):
        with pytest.raises(ProviderTrouble):
            stuck.ask(WebQuery(text="x"), errand=Errand(gate=ClosedGate(), limit=10, limit_s=0.05))
    assert len(started) == 2
    release.set()
    for thread in threading.enumerate():
        if thread.name.startswith("search "):
            thread.join(5)
    with pytest.raises(ProviderTrouble, match="empty"):
        stuck.ask(WebQuery(text="x"), errand=Errand(gate=ClosedGate(), limit=10, limit_s=5))


@pytest.mark.parametrize("error", [Panic("rust"), ValueError("x"), MemoryError(), RecursionError()])
def test_a_panic_or_any_other_breakdown_is_told_as_trouble(error: BaseException) -> None:
    def break_down() -> Reply:
        raise error

    with pytest.raises(ProviderTrouble, match="broke down") as trouble:
        engine(break_down).ask(WebQuery(text="x"), errand=Errand(gate=ClosedGate(), limit=10))
    assert trouble.value.state is EngineState.NONSENSE


def test_a_parser_that_breaks_down_means_that_nothing_was_understood() -> None:
    def break_down() -> list[RawResult]:
        raise IndexError("x")

    with pytest.raises(ProviderTrouble, match="not understood"):
        engine(results=break_down).ask(WebQuery(text="x"), errand=Errand(gate=ClosedGate(), limit=10))


def test_advertisements_and_links_to_the_engine_are_no_results() -> None:
    def told() -> list[RawResult]:
        return [
            RawResult("Ad", "https://duckduckgo.com/y.js?ad_domain=a.example", "Buy"),
            RawResult("Wrapped", "//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fb%3Fc%3Dd%2526e&rut=1", "Words"),
            RawResult("Bing's ad", "https://www.bing.com/aclick?x", ""),
            RawResult("", "https://untitled.example/", ""),
            RawResult("Script", "javascript:alert(1)", ""),
            RawResult("Plain", "https://b.example/%C3%A9", "More"),
        ]

    found = engine(lambda: Reply(status=200, text="page", address="https://html.duckduckgo.com/html/"), told).ask(
        WebQuery(text="x"), errand=Errand(gate=ClosedGate(), limit=10)
    )
    assert [each.address for each in found] == ["https://a.example/b?c=d%26e", "https://b.example/%C3%A9"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.facts.name)
def test_the_library_still_knows_the_engine_and_its_form(page: object, tmp_path: Path) -> None:
    facts = page.facts  # type: ignore[attr-defined]
    visit = PageVisit(
        facts.name,
        title=facts.title,
        proxy="http://127.0.0.1:9",
        certificates="",
        hosts=facts.hosts,
        limit_s=0.5,
        wait_turn=lambda: None,
    )
    if page.front_page:  # type: ignore[attr-defined]
        visit.know_secret("s")
    with pytest.raises(ProviderTrouble) as trouble:
        visit.send(Form(words="x", region="us-en"))
    assert trouble.value.state is EngineState.UNREACHABLE
