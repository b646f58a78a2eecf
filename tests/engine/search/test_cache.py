import sqlite3
import threading
from pathlib import Path

import pytest
from scripted_engines import found

from engine.domain import WebLimits
from engine.search.cache import SearchCache
from engine.search.provider import WebQuery

DAY = 24 * 3600.0
QUERY = WebQuery(text="height of the tower")


@pytest.fixture
def now() -> list[float]:
    return [1_700_000_000.0]


@pytest.fixture
def cache(tmp_path: Path, now: list[float]):
    cache = SearchCache(tmp_path / "searches.sqlite", now=lambda: now[0])
    yield cache
    cache.close()


def test_an_answer_is_found_again_for_a_week(cache: SearchCache, now: list[float]) -> None:
    cache.keep("one", QUERY, found("a.example"), limit=10)
    assert cache.find("one", QUERY, limit=10) == found("a.example")
    now[0] += 7 * DAY - 1
    assert cache.find("one", QUERY, limit=10) == found("a.example")
    now[0] += 2
    assert cache.find("one", QUERY, limit=10) is None


def test_another_engine_query_limit_or_number_is_another_question(cache: SearchCache) -> None:
    cache.keep("one", QUERY, found("a.example"), limit=10)
    assert cache.find("two", QUERY, limit=10) is None
    assert cache.find("one", WebQuery(text="other"), limit=10) is None
    assert cache.find("one", WebQuery(text=QUERY.text, limits=WebLimits(language="de")), limit=10) is None
    assert cache.find("one", QUERY, limit=20) is None


def test_a_clock_that_was_set_back_does_not_keep_answers_for_ever(cache: SearchCache, now: list[float]) -> None:
    cache.keep("one", QUERY, found("a.example"), limit=10)
    now[0] -= 30 * DAY
    assert cache.find("one", QUERY, limit=10) is None


def test_no_words_of_a_query_are_in_the_file(tmp_path: Path, cache: SearchCache) -> None:
    cache.keep("one", WebQuery(text="zanzibarian secret"), found("a.example"), limit=10)
    cache.close()
    assert all(b"zanzibarian" not in file.read_bytes() for file in tmp_path.iterdir())


def test_answers_without_results_are_not_kept(cache: SearchCache) -> None:
    cache.keep("one", QUERY, (), limit=10)
    assert cache.find("one", QUERY, limit=10) is None


def test_all_answers_can_be_forgotten(cache: SearchCache) -> None:
    cache.keep("one", QUERY, found("a.example"), limit=10)
    cache.forget()
    assert cache.find("one", QUERY, limit=10) is None


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "searches.sqlite").write_bytes(b"nonsense" * 1000)
    cache = SearchCache(tmp_path / "searches.sqlite")
    cache.keep("one", QUERY, found("a.example"), limit=10)
    assert cache.find("one", QUERY, limit=10) == found("a.example")
    cache.close()


def test_a_file_damaged_while_it_is_open_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "searches.sqlite"
    cache = SearchCache(path)
    for number in range(200):
        cache.keep("one", WebQuery(text=f"q{number}"), found(*(f"{n}.example" for n in range(20))), limit=10)
    cache.close()
    cache = SearchCache(path)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(bytes(data))
    for number in range(200):
        cache.find("one", WebQuery(text=f"q{number}"), limit=10)
        cache.keep("one", WebQuery(text=f"r{number}"), found("a.example"), limit=10)
    cache.close()


def test_where_no_file_can_be_there_are_no_earlier_answers(tmp_path: Path) -> None:
    (tmp_path / "searches.sqlite").mkdir()
    cache = SearchCache(tmp_path / "searches.sqlite")
    assert not cache.is_usable
    cache.keep("one", QUERY, found("a.example"), limit=10)
    assert cache.find("one", QUERY, limit=10) is None
    cache.forget()
    cache.close()


def test_a_folder_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    cache = SearchCache(tmp_path / "new" / "searches.sqlite")
    assert cache.is_usable
    cache.close()


def test_a_full_disk_stops_nothing(tmp_path: Path, cache: SearchCache) -> None:
    assert cache._database is not None
    cache.keep("one", QUERY, found("a.example"), limit=10)
    cache._database.execute("PRAGMA max_page_count=8")
    for number in range(50):
        cache.keep("one", WebQuery(text=f"q{number}"), found(*(f"{n}.example/{'x' * 500}" for n in range(9))), limit=10)
    assert cache.find("one", QUERY, limit=10) == found("a.example")


def test_several_threads_may_use_it_at_once(cache: SearchCache) -> None:
    def use(number: int) -> None:
        for step in range(20):
            query = WebQuery(text=f"{number} {step}")
            cache.keep("one", query, found("a.example"), limit=10)
            assert cache.find("one", query, limit=10)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_an_entry_of_another_shape_is_no_answer(tmp_path: Path, cache: SearchCache) -> None:
    cache.keep("one", QUERY, found("a.example"), limit=10)
    with sqlite3.connect(tmp_path / "searches.sqlite") as other:
        other.execute("""UPDATE answers SET found = '[{"address": 1, "what": 2}]'""")
    other.close()
    assert cache.find("one", QUERY, limit=10) is None
