import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from memory_keyring import MemoryKeyring
from scripted_engines import ClosedGate, ScriptedEngine, addresses, found, several, trouble, until_cancelled

from engine.agent.roles import Searched
from engine.domain import EngineState, WebLimits
from engine.network.gate import Origin
from engine.search.engines import SearchEngines
from engine.search.provider import Errand, Found, Kind, WebQuery
from engine.search.settings import Scholarly, SearchSettings
from models.http import IsCancelled, RequestCancelled
from models.keys import Keys

BLOCKED = trouble(EngineState.BLOCKED, "It refused the query: too many requests.", retry_after_s=240)


class World:
    """Scripted engines on a clock that moves only while somebody waits."""

    def __init__(self, folder: Path, *engines: ScriptedEngine) -> None:
        self.at = 0.0
        self.waited: list[float] = []
        self.keys = Keys(MemoryKeyring())
        self._mutex = threading.Lock()
        self.engines = SearchEngines(
            folder, keys=self.keys, providers=engines, clock=lambda: self.at, wait=self._wait, chance=lambda: 0.5
        )
        self.gate = ClosedGate()

    def search(self, *queries: str, limit: int = 8, limits: WebLimits | None = None) -> list[Searched]:
        return list(self.engines.searcher(self.gate, limits=limits).search_all(queries, limit=limit))

    def _wait(self, seconds: float, is_cancelled: IsCancelled) -> None:
        with self._mutex:
            self.waited.append(seconds)


@contextmanager
def world(folder: Path, *engines: ScriptedEngine) -> Iterator[World]:
    made = World(folder, *engines)
    try:
        yield made
    finally:
        made.engines.close()


def states(searched: Searched) -> dict[str, EngineState]:
    return {report.name: report.state for report in searched.engines}


def test_two_engines_are_asked_and_no_more_when_they_find_enough(tmp_path: Path) -> None:
    engines = [ScriptedEngine(name, several(name)) for name in ("one", "two", "three", "four")]
    with world(tmp_path, *engines) as here:
        (answer,) = here.search("tower")
    assert states(answer) == {"One": EngineState.ANSWERED, "Two": EngineState.ANSWERED}
    assert answer.caveats == ()
    assert len(answer.results) == 8
    assert {engine for result in answer.results for engine in result.engines} == {"One", "Two"}


def test_others_are_asked_when_the_first_refuse_and_it_is_said_why_those_did_not_answer(tmp_path: Path) -> None:
    engines = [
        ScriptedEngine("one", BLOCKED),
        ScriptedEngine("two", trouble(EngineState.NONSENSE, "Two is odd.")),
        ScriptedEngine("three", several("three")),
        ScriptedEngine("four", several("four")),
    ]
    with world(tmp_path, *engines) as here:
        (answer,) = here.search("tower")
    assert states(answer)["Three"] is EngineState.ANSWERED
    assert answer.results
    assert answer.caveats == ("No answer from One: too many requests; from Two: is odd.",)


def test_others_are_asked_when_the_first_find_too_little(tmp_path: Path) -> None:
    engines = [
        ScriptedEngine("one", found("a.example")),
        ScriptedEngine("two", ()),
        ScriptedEngine("three", several("three")),
    ]
    with world(tmp_path, *engines) as here:
        (answer,) = here.search("tower")
    assert len(answer.results) == 7
    assert answer.caveats == ()


def test_refusals_are_never_taken_for_nothing_found(tmp_path: Path) -> None:
    engines = [ScriptedEngine(name, trouble(state, f"{name} failed.")) for name, state in (
        ("one", EngineState.BLOCKED), ("two", EngineState.UNREACHABLE), ("three", EngineState.NONSENSE))]  # fmt: skip
    with world(tmp_path, *engines) as here:
        (answer,) = here.search("tower")
    assert answer.results == ()
    assert EngineState.EMPTY not in states(answer).values()
    assert answer.caveats[0] == "No search engine answered, so this says nothing about what there is on the web."
    assert all(f"from {name}: " in answer.caveats[1] for name in ("One", "Two", "Three"))


def test_engines_that_refuse_for_the_same_reason_are_told_in_one_line_that_holds_next_week_too(tmp_path: Path) -> None:
    engines = [ScriptedEngine(name, BLOCKED, BLOCKED) for name in ("one", "two", "three")]
    with world(tmp_path, *engines) as here:
        first, second = here.search("a")[0], here.search("b")[0]
    assert first.caveats[1:] == ("No answer from One, Two and Three: too many requests.",)
    assert second.caveats[1:] == ("No answer from One, Two and Three: not asked after failing before.",)
    kept = [*first.caveats, *second.caveats, *(report.words for one in (first, second) for report in one.engines)]
    assert not [words for words in kept if "again" in words or "minute" in words or "second" in words]


def test_two_engines_that_find_nothing_are_believed(tmp_path: Path) -> None:
    engines = [ScriptedEngine(name, ()) for name in ("one", "two", "three")]
    with world(tmp_path, *engines) as here:
        (answer,) = here.search("tower")
    assert states(answer) == {"One": EngineState.EMPTY, "Two": EngineState.EMPTY}
    assert answer.caveats == ()


def test_a_resting_engine_is_not_asked_and_that_is_reported(tmp_path: Path) -> None:
    one, two = ScriptedEngine("one", BLOCKED), ScriptedEngine("two", several("two"))
    with world(tmp_path, one, two) as here:
        here.search("first")
        here.at += 10
        (answer,) = here.search("second")
        assert len(one.asked) == 1
        assert states(answer)["One"] is EngineState.RESTING
        assert "One was not asked" in answer.engines[0].words or "One was not asked" in answer.engines[1].words
        assert answer.caveats == ()
        here.at += 300
        here.search("third")
    assert len(one.asked) == 2


def test_when_all_rest_it_says_so(tmp_path: Path) -> None:
    with world(tmp_path, ScriptedEngine("one", BLOCKED)) as here:
        here.search("first")
        (answer,) = here.search("second")
    assert answer.caveats == (
        "No search engine answered, so this says nothing about what there is on the web.",
        "No answer from One: not asked after failing before.",
    )


def test_what_was_asked_this_week_is_not_asked_again(tmp_path: Path) -> None:
    one = ScriptedEngine("one", several("one"))
    with world(tmp_path, one) as here:
        here.search("tower")
        (answer,) = here.search("tower")
        assert answer.engines[0].is_cached
        assert len(answer.results) == 6
        here.engines.change(SearchSettings(keeps_answers=False))
        here.search("tower")
    assert len(one.asked) == 2
    with world(tmp_path, ScriptedEngine("one", ())) as later:
        later.engines.change(SearchSettings())
        assert later.search("tower")[0].engines[0].is_cached


def test_refusals_are_not_kept_as_answers(tmp_path: Path) -> None:
    one = ScriptedEngine("one", trouble(EngineState.UNREACHABLE), several("one"))
    with world(tmp_path, one) as here:
        assert here.search("tower")[0].results == ()
        assert here.search("tower")[0].results


def test_one_engine_is_asked_once_a_second(tmp_path: Path) -> None:
    one, slow = ScriptedEngine("one", several("one")), ScriptedEngine("slow", several("slow"), interval_s=3.0)
    with world(tmp_path, one, slow) as here:
        here.search("a", "b", "c")
    assert sorted(here.waited) == [0.0, 0.0, 1.0, 2.0, 3.0, 6.0]


def test_which_engines_begin_goes_round(tmp_path: Path) -> None:
    engines = [ScriptedEngine(name, several(name)) for name in ("one", "two", "three", "four", "five")]
    with world(tmp_path, *engines) as here:
        answers = here.search("a", "b", "c")
    assert [set(states(answer)) for answer in answers] == [{"One", "Two"}, {"Three", "Four"}, {"One", "Two"}]
    assert engines[4].asked == []


def test_an_encyclopaedia_is_asked_beside_the_others_but_does_not_stand_for_them(tmp_path: Path) -> None:
    book = ScriptedEngine("book", several("book"), kind=Kind.BACKGROUND)
    with world(tmp_path, ScriptedEngine("one", BLOCKED), ScriptedEngine("two", several("two")), book) as here:
        (answer,) = here.search("tower")
    assert set(states(answer)) == {"One", "Two", "Book"}


def test_papers_are_asked_for_by_the_question_or_by_the_person(tmp_path: Path) -> None:
    papers = ScriptedEngine("papers", several("papers"), kind=Kind.SCHOLARLY)
    with world(tmp_path, ScriptedEngine("one", several("one")), papers) as here:
        here.search("height of the tower")
        assert papers.asked == []
        here.search("randomized trial of towers")
        assert len(papers.asked) == 1
        here.engines.change(SearchSettings(scholarly=Scholarly.ALWAYS))
        here.search("opening hours")
        assert len(papers.asked) == 2
        here.engines.change(SearchSettings(scholarly=Scholarly.NEVER))
        here.search("meta-analysis of towers")
    assert len(papers.asked) == 2


def test_engines_that_can_find_nothing_within_the_limits_are_not_asked(tmp_path: Path) -> None:
    book = ScriptedEngine("book", several("book"), kind=Kind.BACKGROUND, finds_only=("book.example",))
    with world(tmp_path, ScriptedEngine("one", several("one")), book) as here:
        here.search("a", limits=WebLimits(only=("other.example",)))
        here.search("b", limits=WebLimits(never=("book.example",)))
        assert book.asked == []
        here.search("c", limits=WebLimits(only=("en.book.example",)))
    assert len(book.asked) == 1


def test_when_everything_lies_outside_of_the_limits_it_says_so(tmp_path: Path) -> None:
    with world(tmp_path, ScriptedEngine("one", several("one"))) as here:
        (answer,) = here.search("tower", limits=WebLimits(only=("gov",)))
    assert answer.results == ()
    assert answer.caveats == ("All 6 results lie outside of the domains or dates that are wanted.",)


def test_the_gate_learns_what_is_shown_and_nothing_else(tmp_path: Path) -> None:
    with world(tmp_path, ScriptedEngine("one", several("one", 20))) as here:
        (answer,) = here.search("tower", limit=3, limits=WebLimits(never=("one0.example",)))
    assert [address for address, _ in here.gate.learned] == addresses(answer.results)
    assert {origin for _, origin in here.gate.learned} == {Origin.SEARCHED}
    assert "https://one0.example/page" not in addresses(answer.results)


def test_answers_come_in_the_order_of_the_queries_three_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(3, timeout=5)

    def meeting(query: WebQuery, errand: Errand) -> tuple[Found, ...]:
        together.wait()
        return found(f"{query.text}.example")

    with world(tmp_path, ScriptedEngine("one", meeting)) as here:
        answers = here.search("a", "b", "c")
    assert [answer.query for answer in answers] == ["a", "b", "c"]
    assert [addresses(answer.results) for answer in answers] == [[f"https://{name}.example"] for name in "abc"]


def test_the_same_query_twice_is_sent_once(tmp_path: Path) -> None:
    one = ScriptedEngine("one", several("one"))
    with world(tmp_path, one) as here:
        first, second = here.search("tower", " tower\n")
    assert len(one.asked) == 1
    assert first.results == second.results
    assert (first.query, second.query) == ("tower", " tower\n")


@pytest.mark.parametrize(
    "query",
    [
        "x" * 5000,
        "a\x00b\x1bc",
        "🙂🙃",
        'site:a.example "b" -c OR (d',
        "\ud83d lone",
        "日本語 の 塔",
        "%s %n {0}",
        "'; DROP",
    ],
)
def test_odd_queries_are_asked_and_survive(tmp_path: Path, query: str) -> None:
    one = ScriptedEngine("one", several("one"))
    with world(tmp_path, one) as here:
        (answer,) = here.search(query)
    assert answer.results
    assert answer.query == query
    one.asked[0].text.encode("utf-8")


@pytest.mark.parametrize("query", ["", "   ", "\x00", "?!", "\ud800"])
def test_a_query_of_nothing_is_sent_to_nobody(tmp_path: Path, query: str) -> None:
    one = ScriptedEngine("one", several("one"))
    with world(tmp_path, one) as here:
        (answer,) = here.search(query)
    assert one.asked == []
    assert answer.caveats == ("There is nothing in the query to search for.",)


def test_an_engine_that_breaks_down_does_not_end_the_search(tmp_path: Path) -> None:
    with world(tmp_path, ScriptedEngine("one", KeyError("oops")), ScriptedEngine("two", several("two"))) as here:
        (answer,) = here.search("tower")
    assert states(answer)["One"] is EngineState.NONSENSE
    assert answer.results


def test_an_engine_with_far_too_many_results_is_cut_short(tmp_path: Path) -> None:
    with world(tmp_path, ScriptedEngine("one", several("one", 50_000))) as here:
        (answer,) = here.search("tower", limit=20)
    assert len(answer.results) == 20
    assert answer.engines[0].results == 40


def test_a_cancelled_search_ends_at_once_and_frees_the_trial(tmp_path: Path) -> None:
    hanging = ScriptedEngine("one", until_cancelled)
    is_cancelled = threading.Event()

    def hear(query: WebQuery, errand: Errand) -> tuple[Found, ...]:
        is_cancelled.set()
        return several("two")

    with world(tmp_path, hanging, ScriptedEngine("two", hear)) as here:
        searcher = here.engines.searcher(here.gate, is_cancelled=is_cancelled.is_set)
        with pytest.raises(RequestCancelled):
            list(searcher.search_all(["a", "b", "c", "d", "e"], limit=8))
        assert here.engines.health()[0].condition == "untried"


def test_a_search_that_nobody_reads_on_is_given_up(tmp_path: Path) -> None:
    def one_only(query: WebQuery, errand: Errand) -> tuple[Found, ...]:
        return several("one") if query.text == "a" else until_cancelled(query, errand)

    with world(tmp_path, ScriptedEngine("one", one_only)) as here:
        answers = here.engines.searcher(here.gate).search_all(["a", "b", "c"], limit=8)
        assert next(iter(answers)).results
        answers.close()  # type: ignore[attr-defined]


def test_after_some_time_no_further_engines_are_asked(tmp_path: Path) -> None:
    last = ScriptedEngine("three", several("three"))
    with world(tmp_path, ScriptedEngine("one", ()), ScriptedEngine("two", BLOCKED), last) as here:

        def slow(query: WebQuery, errand: Errand) -> tuple[Found, ...]:
            here.at += 30
            raise trouble(EngineState.UNREACHABLE, "One did not answer in time.")

        here.engines._fixed[0]._answers = [slow]  # type: ignore[attr-defined]
        (answer,) = here.search("tower")
    assert last.asked == []
    assert answer.caveats[0].startswith("No search engine answered")


def test_no_engine_switched_on_is_said(tmp_path: Path) -> None:
    with world(tmp_path, ScriptedEngine("one", several("one"))) as here:
        here.engines.change(SearchSettings(off=("one",)))
        (answer,) = here.search("tower")
    assert answer.caveats == ("No search engine is switched on.",)


def test_an_engine_with_a_key_comes_first_and_is_not_asked_without(tmp_path: Path) -> None:
    keyed = ScriptedEngine(
        "keyed", several("keyed"), is_default=False, needs_key=True, takes_key=True, key_name="https://keyed.example"
    )
    others = [ScriptedEngine(name, several(name)) for name in ("one", "two")]
    with world(tmp_path, *others, keyed) as here:
        here.search("a")
        assert keyed.asked == []
        here.engines.store_key("keyed", " s3cret ")
        assert here.engines.has_key("keyed")
        for query in ("b", "c", "d"):
            here.search(query)
        assert len(keyed.asked) == 3
        assert {errand.key for errand in keyed.errands} == {"s3cret"}
        here.engines.forget_key("keyed")
        (answer,) = here.search("e")
    assert len(keyed.asked) == 3
    assert "Keyed was not asked: there is no key for it." in [report.words for report in answer.engines]


def test_the_health_of_every_engine_can_be_seen(tmp_path: Path) -> None:
    with world(tmp_path, ScriptedEngine("one", BLOCKED), ScriptedEngine("two", several("two"))) as here:
        assert [each.words for each in here.engines.health()] == [
            "One has not been asked yet.", "Two has not been asked yet.",
        ]  # fmt: skip
        here.search("tower")
        here.engines.change(SearchSettings(off=("two",)))
        one, two = here.engines.health()
    assert one.words == "It refused the query: too many requests. It is asked again in 4 minutes."
    assert one.again_at is not None and one.since is not None
    assert two.words == "Two answers."
    assert not two.is_on
