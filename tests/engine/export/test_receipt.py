from dataclasses import replace

import pytest
from fake_runs import finished_run
from web_runs import QUERY, fetched, searched, turned_away, web_departures, web_run

from engine.domain import Reach, Scope
from engine.export.departures import NOT_ASKED, Departure, Departures
from engine.export.receipt import Receipt, privacy_words, receipt_lines, receipt_of

LOST = Departures(trouble="The ledger is damaged and was kept aside.")


def receipt(departures: Departures, **changes: object) -> Receipt:
    return receipt_of(replace(finished_run().state, **changes), sources_cited=1, departures=departures)


def privacy(departures: Departures, **changes: object) -> str:
    return " ".join(privacy_words(receipt(departures, **changes)))


def on_this_computer() -> Departure:
    return fetched(purpose="model-server", host="localhost", address="127.0.0.1")


@pytest.mark.parametrize(
    "departures",
    [Departures(), Departures(entries=(turned_away(),)), Departures(entries=(on_this_computer(),))],
    ids=["nothing", "only refused", "only this computer"],
)
def test_nothing_left_where_trace_and_ledger_agree_on_it(departures: Departures) -> None:
    assert receipt(departures).stayed_here
    assert privacy(departures) == "Nothing left this computer: only files on it were searched and read."


@pytest.mark.parametrize(
    ("departures", "changes"),
    [
        (LOST, {}),
        (NOT_ASKED, {}),
        (Departures(entries=(fetched(),)), {}),
        (Departures(entries=(fetched(bytes_sent=0, is_complete=False),)), {}),
        (Departures(entries=(fetched(address="127.0.0.1", via="proxy.example:3128"),)), {}),
        (Departures(entries=(fetched(address=""),)), {}),
        (Departures(), {"sent_to": ("models.example.org",)}),
        (Departures(), {"scope": Scope(reach=Reach.WEB)}),
    ],
    ids=["ledger lost", "not looked", "a request", "a broken one", "a proxy", "no address", "a model", "a web run"],
)
def test_that_nothing_left_is_not_said_where_either_does_not_know_it(departures, changes) -> None:
    assert not receipt(departures, **changes).stayed_here
    assert "Nothing left" not in privacy(departures, **changes)


def test_a_ledger_that_cannot_be_read_is_said_to_show_nothing() -> None:
    assert "cannot be shown. The ledger is damaged" in privacy(LOST)


def test_the_sum_tells_what_went_and_what_was_refused() -> None:
    words = " ".join(privacy_words(receipt_of(web_run().state, sources_cited=1, departures=web_departures())))
    assert words == ("2 requests to 2 hosts: 1.7 KB sent, 83 KB received. 1 was refused at the door and did not leave.")


def test_a_ledger_with_more_than_the_trace_is_believed() -> None:
    words = privacy(Departures(entries=(searched(),)))
    assert words == (
        "Only files on this computer were searched and read. 1 request to 1 host: 1.4 KB sent, 31 KB received."
    )


def test_words_that_a_person_approved_are_told() -> None:
    assert f"shown and approved before they were sent: “{QUERY}”" in privacy(
        Departures(), approved_query=QUERY, scope=Scope(reach=Reach.WEB)
    )


def test_an_engine_that_refused_is_not_one_that_found_nothing() -> None:
    lines = [f"{name}: {words}" for name, words in receipt_lines(receipt_of(web_run().state, sources_cited=1))]
    assert "Search engine: Wikipedia answered (once)." in lines
    assert "Search engine: DuckDuckGo refused (once). It asks for a person (202)." in lines


def test_why_an_engine_did_not_answer_is_told_once() -> None:
    state = web_run().state
    (episode,) = state.episodes
    (search,) = episode.searches
    again = replace(search.engines[1], words=f"{search.engines[1].words} It is asked again in a minute.")
    state = replace(state, episodes=(replace(episode, searches=(search, replace(search, engines=(again,)))),))
    lines = receipt_lines(receipt_of(state, sources_cited=1))
    assert ("Search engine", "DuckDuckGo refused (2 times). It asks for a person (202).") in lines


def test_a_search_that_nobody_answered_says_nothing_of_the_web() -> None:
    state = web_run().state
    (episode,) = state.episodes
    (search,) = episode.searches
    unanswered = replace(search, engines=search.engines[1:], results=())
    state = replace(state, episodes=(replace(episode, searches=(unanswered,)),))
    lines = dict(receipt_lines(receipt_of(state, sources_cited=1)))
    assert lines["Searches"].startswith("1, of which 1 got no answer from any search engine")
