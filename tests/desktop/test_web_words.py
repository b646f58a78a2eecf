from datetime import date

import pytest

from desktop.web_words import LimitsText, engine_words, engines_line, limits_words, site_of, understood, written
from engine.domain import EngineReport, EngineState, WebLimits

TODAY = date(2026, 11, 21)


def test_sites_are_understood_however_they_are_written():
    text = LimitsText(only="https://www.Example.org/a?b  nature.com,\n*.bücher.de; example.org")
    assert understood(text, today=TODAY).limits.only == ("example.org", "nature.com", "xn--bcher-kva.de")


@pytest.mark.parametrize("wrong", ["nonsense", "10.0.0.1", "-a.org", "a..org", "a_b.org", "file:///etc/passwd"])
def test_what_is_no_site_is_said_in_words(wrong: str):
    answer = understood(LimitsText(never=wrong), today=TODAY)
    assert [field for field, _ in answer.problems] == ["never"]
    assert answer.problems[0][1].endswith("Write it like example.org.")


def test_a_site_cannot_be_wanted_and_unwanted():
    answer = understood(LimitsText(only="a.org b.org", never="b.org"), today=TODAY)
    assert answer.problems == (("never", "b.org is also under “Only these sites”."),)


@pytest.mark.parametrize(
    ("since", "until", "wanted"),
    [
        ("2024", "2024", ("2024-01-01", "2024-12-31")),
        ("2024-2", "2024-02", ("2024-02-01", "2024-02-29")),
        ("2023-12", "2023-12", ("2023-12-01", "2023-12-31")),
        ("2024-5-3", "", ("2024-05-03", "")),
    ],
)
def test_a_year_or_a_month_is_enough(since: str, until: str, wanted: tuple[str, str]):
    answer = understood(LimitsText(since=since, until=until), today=TODAY)
    assert answer.problems == ()
    assert (answer.limits.since, answer.limits.until) == wanted


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (LimitsText(since="May 2024"), "since"),
        (LimitsText(until="2024-02-30"), "until"),
        (LimitsText(since="2025", until="2024"), "until"),
        (LimitsText(since="2027"), "since"),
        (LimitsText(language="german"), "language"),
        (LimitsText(region="a1"), "region"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(text: LimitsText, field: str):
    assert [name for name, _ in understood(text, today=TODAY).problems] == [field]


def test_limits_are_written_as_they_were_understood():
    limits = WebLimits(only=("a.org", "b.org"), since="2024-01-01", language="de", region="at")
    assert understood(written(limits), today=TODAY).limits == limits
    assert limits_words(limits) == "only 2 sites · since 2024-01-01 · in de · from AT"
    assert limits_words(WebLimits()) == ""


def test_an_engine_that_refused_is_never_said_to_have_found_nothing():
    reports = (
        EngineReport(name="duckduckgo", state=EngineState.ANSWERED, results=10),
        EngineReport(name="brave", state=EngineState.BLOCKED, words="Too many requests."),
        EngineReport(name="mojeek", state=EngineState.EMPTY),
    )
    assert engines_line(reports) == ("DuckDuckGo: 10 results · Brave: refused, too many requests · Mojeek: nothing")
    told = "Brave refused the query: too many requests. It is asked again in a minute."
    assert engine_words(EngineReport(name="Brave", state=EngineState.BLOCKED, words=told)) == (
        "Brave: refused, too many requests"
    )
    cut = EngineReport(name="own", state=EngineState.UNREACHABLE, words="HTTP broke off")
    assert engine_words(cut) == "own: not reached, HTTP broke off"


def test_the_site_of_an_address_is_its_host():
    assert site_of("https://www.example.org:8443/a@b?c") == "example.org"
    assert site_of("file:///home/me/a.pdf") == ""


def test_the_host_of_a_number_is_shown_whole():
    assert site_of("http://[::1]/x") == site_of("http://[::1]:8080/") == "[::1]"
    assert site_of("https://user:pw@www.a.example:8443/x:y") == "a.example"
