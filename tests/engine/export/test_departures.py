from datetime import timedelta

from fake_runs import START
from web_runs import QUERY, fetched, searched, turned_away, web_departures

from engine.export.departures import MOST_LISTED, Departures, by_host, departure_lines, total_words


def test_each_request_is_listed_with_time_host_purpose_words_and_bytes() -> None:
    first, second, third = departure_lines(web_departures())
    assert first.lead == "2026-03-14 09:26:01 UTC, search at DuckDuckGo, html.duckduckgo.com"
    assert first.about == f"“{QUERY}”"
    assert first.ending == "1.4 KB sent, 31 KB received"
    assert second.about == "/mortar?utm_source=x"
    assert third.ending == "refused: It leads to an address that is not public (10.0.0.7)."


def test_odd_ports_proxies_and_failures_are_told() -> None:
    (line,) = departure_lines(
        Departures(entries=(fetched(port=8443, via="proxy.example:3128", reason="The server took too long"),))
    )
    assert "www.example.org:8443" in line.lead
    assert line.ending.endswith("through proxy.example:3128, The server took too long")


def test_one_that_never_ended_claims_no_figure() -> None:
    (line,) = departure_lines(Departures(entries=(fetched(is_complete=False, bytes_received=0),)))
    assert line.ending == "broken off; 240 bytes sent, 0 bytes received or more"


def test_very_many_are_summed_but_every_query_is_shown() -> None:
    pages = [fetched(number, host=f"{number % 3}.example.org") for number in range(MOST_LISTED)]
    queries = [searched(0), searched(1, provider="brave", host="brave.example"), searched(2, words="other words")]
    lines = departure_lines(Departures(entries=(*queries, *pages, turned_away())))
    assert [line.about for line in lines if line.about] == [f"“{QUERY}”", "“other words”"]
    assert lines[0].ending == "2 requests to DuckDuckGo, Brave"
    assert "page, 0.example.org: 14 requests" in [line.lead for line in lines]
    assert "page, intranet.example: 0 requests, 1 refused" in [line.lead for line in lines]


def test_the_sums_add_up() -> None:
    entries = [fetched(number, at=START + timedelta(hours=number)) for number in range(5)]
    (one,) = by_host(entries)
    assert (one.requests, one.refused, one.bytes_sent, one.bytes_received) == (5, 0, 1_200, 260_000)
    assert total_words(Departures(entries=tuple(entries))) == "5 requests to 1 host: 1.2 KB sent, 260 KB received."


def test_a_number_of_this_computer_in_any_spelling_is_local() -> None:
    for address in ("127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"):
        assert not fetched(address=address).has_left, address
    assert searched(address="127.0.0.1").has_left  # a SearXNG passes the words on
    for address in ("", "10.0.0.1", "203.0.113.1", "nonsense", "::ffff:203.0.113.1"):
        assert fetched(address=address).has_left, address
