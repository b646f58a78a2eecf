import threading
from pathlib import Path

import pytest
from engine_pages import FakeEngine, FakeEngines
from loopback_web import Asked, LoopbackWeb, Reply, wait_for
from memory_keyring import MemoryKeyring
from search_faults import opened

from engine.domain import EngineState, Reach, WebLimits
from engine.errors import DataFolderUnusable
from engine.search.engines import SearchEngines
from engine.search.plain import query_text
from engine.search.settings import Scholarly, SearchSettings
from models.http import RequestCancelled
from models.keys import Keys


@pytest.fixture
def engines(folder: Path):
    engines = SearchEngines.open(folder, keys=Keys(MemoryKeyring()))
    yield engines
    engines.close()


def test_opening_contacts_nobody_and_needs_no_folder(fakes: FakeEngines, engines: SearchEngines) -> None:
    assert fakes.web.resolved == [] or not fakes.web.requests
    assert {each.name for each in engines.health() if each.is_on} == {
        "duckduckgo", "brave", "mojeek", "startpage", "yahoo", "openalex", "arxiv", "crossref", "semantic-scholar",
        "wikipedia",
    }  # fmt: skip


def test_a_searxng_appears_with_its_address_and_goes_with_it(engines: SearchEngines) -> None:
    engines.change(SearchSettings(searxng_address="searx.example/search"))
    assert engines.settings.searxng_address == "https://searx.example"
    assert engines.trusted == ("https://searx.example",)
    assert engines.health()[0].name == "searxng"
    engines.change(SearchSettings())
    assert engines.trusted == ()
    assert "searxng" not in {each.name for each in engines.health()}


def test_an_address_that_is_none_changes_nothing(engines: SearchEngines) -> None:
    with pytest.raises(ValueError):
        engines.change(SearchSettings(searxng_address="not an address"))
    assert engines.settings == SearchSettings()


def test_settings_that_cannot_be_written_change_nothing_and_say_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    engines = SearchEngines.open(tmp_path / "data", keys=Keys(MemoryKeyring()))
    with pytest.raises(DataFolderUnusable):
        engines.change(SearchSettings(off=("brave",)))
    assert engines.settings == SearchSettings()
    engines.close()


def test_a_whole_search_goes_through_the_door_and_merges_what_it_finds(fakes: FakeEngines, folder: Path) -> None:
    with opened(fakes.web, folder) as (door, engines):
        gate = door.admit("run", reach=Reach.WEB)
        (answer,) = engines.searcher(gate, limits=WebLimits(never=("duckduckgo5.example",))).search_all(
            ["tower"], limit=20
        )
        hosts = {entry.host for entry in door.ledger.entries(run_id="run", limit=50)}
    assert {report.name for report in answer.engines} == {"DuckDuckGo", "Brave", "Wikipedia"}
    assert {report.state for report in answer.engines} == {EngineState.ANSWERED}
    assert answer.results[0].engines == ("DuckDuckGo", "Brave", "Wikipedia")
    assert answer.results[0].address == "https://common0.example/page?x=a%26b"
    assert all("duckduckgo5" not in result.address for result in answer.results)
    assert hosts == {"html.duckduckgo.com", "search.brave.com", "en.wikipedia.org"}


def test_approved_words_reach_every_engine_and_the_ledger_exactly_as_they_were_shown(
    fakes: FakeEngines, folder: Path
) -> None:
    shown = query_text("full-text \\x1b[31m !g vacuum")
    limits = WebLimits(only=("postgresql.example", "b.example"), never=("c.example",))
    everybody = SearchSettings(scholarly=Scholarly.ALWAYS)
    with opened(fakes.web, folder) as (door, engines):
        engines.change(everybody)
        searcher = engines.searcher(door.admit("run", reach=Reach.WEB), limits=limits, is_exact=True)
        list(searcher.search_all([shown], limit=20))
        entries = door.ledger.entries(run_id="run", limit=50)
    assert {entry.words for entry in entries} == {shown}
    asked = {name: fakes.asked(name) for name in ("duckduckgo", "brave", "mojeek")}
    assert {words for all_words in asked.values() for words in all_words} == {shown}


def test_two_runs_that_ask_the_same_send_the_same_bytes(fakes: FakeEngines, tmp_path: Path) -> None:
    sent = []
    for number in range(2):
        fakes.web.requests.clear()
        with opened(fakes.web, tmp_path / str(number)) as (door, engines):
            list(
                engines.searcher(door.admit("run", reach=Reach.WEB)).search_all(["tower", "randomized trial"], limit=8)
            )
        sent.append(sorted(asked.raw for asked in fakes.web.requests))
    assert sent[0] == sent[1]


def test_a_cancelled_search_does_not_wait_for_silent_engines(fakes: FakeEngines, folder: Path) -> None:
    has_answered = threading.Event()

    def at_last(_asked: Asked, _engine: FakeEngine, web: LoopbackWeb) -> Reply:
        web.closing.wait(30)
        has_answered.set()
        return Reply("late")

    for name in ("duckduckgo", "brave", "wikipedia"):
        fakes.faults[name] = at_last
    is_cancelled = threading.Event()
    with opened(fakes.web, folder, limit_s=60.0) as (door, engines):
        searcher = engines.searcher(door.admit("run", reach=Reach.WEB), is_cancelled=is_cancelled.is_set)

        def cancel() -> None:
            wait_for(lambda: len(fakes.web.requests) >= 3)
            is_cancelled.set()

        canceller = threading.Thread(target=cancel)
        canceller.start()
        with pytest.raises(RequestCancelled):
            list(searcher.search_all(["tower"], limit=8))
        assert not has_answered.is_set()
        canceller.join()


def test_nothing_is_left_running_after_a_search(fakes: FakeEngines, folder: Path) -> None:
    with opened(fakes.web, folder) as (door, engines):
        list(engines.searcher(door.admit("run", reach=Reach.WEB)).search_all(["a", "b", "c"], limit=8))
        names = ("search", "queries", "relay")
        assert wait_for(lambda: not [each for each in threading.enumerate() if each.name.startswith(names)])
