from __future__ import annotations

from pathlib import Path

import pytest
from fetched_pages import QUICK, article, reader_of
from hypothesis import given
from hypothesis import strategies as st
from loopback_web import Asked, LoopbackWeb, Reply

from engine.agent.roles import OpenedSource
from engine.domain import Obstacle
from engine.errors import DocumentUnreadable
from engine.network.settings import NetworkSettings
from engine.web.parsers import ParserPool
from engine.web.robots import LONGEST_BYTES, Rules

RULES = [
    ("", "/a", True),
    ("User-agent: *\nDisallow: /", "/a", False),
    ("User-agent: *\nDisallow:", "/a", True),
    ("User-agent: *\nDisallow: /private\nAllow: /private/open", "/private/x", False),
    ("User-agent: *\nDisallow: /private\nAllow: /private/open", "/private/open/x", True),
    ("User-agent: Plumbline\nDisallow: /\n\nUser-agent: *\nDisallow:", "/a", False),
    ("User-agent: *\nDisallow: /\n\nUser-agent: Plumbline\nDisallow:", "/a", True),
    ("User-agent: plumbLINE/1.0\nDisallow: /", "/a", False),
    ("User-agent: Other\nUser-agent: Plumbline\nUser-agent: Third\nDisallow: /", "/a", False),
    ("User-agent: Other\nUser-agent: Third\nDisallow: /", "/a", True),
    ("User-agent: Plumb\nDisallow: /", "/a", True),
    ("User-agent: LeadPlumbline\nDisallow: /", "/a", True),
    ("user-AGENT : * # all\r\nDISALLOW : /a # but not b\r\n", "/a", False),
    ("user-AGENT : * # all\r\nDISALLOW : /a # but not b\r\n", "/b", True),
    ("\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
    ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
    ("User-agent: *\nDisallow: /*?session=", "/x?session=1", False),
    ("User-agent: *\nDisallow: /%7Ejoe", "/~joe/x", False),
    ("User-agent: *\n\nDisallow: /a", "/a", False),
    ("Disallow: /a", "/a", True),
    ("User-agent: *\nSitemap: https://x.example/s.xml\nDisallow: /a", "/a", False),
    ("<html><body>Not found</body></html>", "/a", True),
]


@pytest.mark.parametrize(("text", "path", "allowed"), RULES)
def test_rules_are_understood(text: str, path: str, allowed: bool) -> None:
    assert Rules.parse(text).allow(f"https://site.example{path}") is allowed


def test_the_pause_that_a_site_asks_for_is_found() -> None:
    assert Rules.parse("User-agent: *\nCrawl-delay: 7").pause_s == 7
    assert Rules.parse("User-agent: *\nRequest-rate: 1/30").pause_s == 30
    assert Rules.parse("User-agent: Other\nCrawl-delay: 7").pause_s == 0
    for odd in ("-1", "nan", "inf", "soon", ""):
        assert Rules.parse(f"User-agent: *\nCrawl-delay: {odd}").pause_s == 0
    assert Rules.none().pause_s == 0


def test_rules_for_thousands_of_other_programs_cost_nothing() -> None:
    names = "".join(f"User-agent: robot{number}\n" for number in range(15_000))
    rules = Rules.parse(names + "Disallow: /\n" * 4_000 + "User-agent: *\nDisallow: /a\n")
    assert rules.allow("https://site.example/b")


def test_many_stars_cost_nothing() -> None:
    rules = Rules.parse("User-agent: *\nDisallow: /" + "*a" * 900 + "*b\n")
    assert rules.allow("https://site.example/" + "a" * 3_000)


@given(st.text(max_size=400))
def test_nothing_breaks_the_rules(text: str) -> None:
    rules = Rules.parse(f"User-agent: *\nDisallow: /a\n{text}\nUser-agent: {text}\nDisallow: {text}")
    rules.allow("https://site.example/b")
    assert rules.pause_s >= 0


# --- how they are asked for --------------------------------------------------------------------------------------


def with_rules(web: LoopbackWeb, answer: Reply | str, *, host: str = "site.example") -> None:
    def handle(asked: Asked) -> Reply | str:
        if asked.target == "/robots.txt":
            return answer
        return article(asked.target)

    web.on(host, handle)


def test_rules_are_asked_for_once_for_each_site(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    with_rules(web, "User-agent: *\nDisallow: /private")
    with reader_of(web, data, parsers=parsers) as reader:
        first, second, third = reader.open(*(f"http://site.example/{path}" for path in ("a", "private/b", "c")))
    assert isinstance(first, OpenedSource)
    assert isinstance(second, DocumentUnreadable)
    assert second.obstacle is Obstacle.ROBOTS
    assert "browser" in second.hint
    assert isinstance(third, OpenedSource)
    assert sorted(asked.target for asked in web.requests) == ["/a", "/c", "/robots.txt"]
    assert web.requests[0].target == "/robots.txt"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418, 451])
def test_a_site_without_rules_may_be_read(web: LoopbackWeb, data: Path, parsers: ParserPool, status: int) -> None:
    with_rules(web, Reply("no", status=status))
    with reader_of(web, data, parsers=parsers) as reader:
        reader.source("http://site.example/a")


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_a_site_whose_rules_cannot_be_had_is_left_alone(
    web: LoopbackWeb, data: Path, parsers: ParserPool, status: int
) -> None:
    with_rules(web, Reply("no", status=status))
    with reader_of(web, data, parsers=parsers) as reader:
        reasons = [reader.failure(f"http://site.example/{path}") for path in "ab"]
    assert {reason.obstacle for reason in reasons} == {Obstacle.ROBOTS}
    assert [asked.target for asked in web.requests] == ["/robots.txt"]


def test_a_broken_connection_is_the_reason_where_rules_cannot_be_had(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    with_rules(web, Reply("User-agent: *\nDisallow: /x", length=5_000))
    with reader_of(web, data, parsers=parsers) as reader:
        reasons = [reader.failure(f"http://site.example/{path}") for path in "ab"]
    assert {reason.obstacle for reason in reasons} == {Obstacle.UNREACHABLE}
    assert [asked.target for asked in web.requests] == ["/robots.txt"] * 2


def test_a_test_for_robots_in_place_of_the_rules_is_told(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    with_rules(web, Reply("<title>Just a moment...</title>", status=503))
    with reader_of(web, data, parsers=parsers) as reader:
        assert reader.failure("http://site.example/a").obstacle is Obstacle.CAPTCHA


def test_the_rules_of_where_a_redirect_leads_count_too(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    with_rules(web, "User-agent: *\nDisallow: /", host="closed.example")
    web.page("open.example", "/", Reply(status=302, headers={"Location": "http://closed.example/a"}))
    with reader_of(web, data, parsers=parsers) as reader:
        reason = reader.failure("http://open.example/")
    assert reason.obstacle is Obstacle.ROBOTS
    assert "closed.example" in reason.title
    assert [asked.target for asked in web.asked("closed.example")] == ["/robots.txt"]


def test_rules_behind_a_redirect_are_followed(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.page(
        "site.example", "/robots.txt", Reply(status=301, headers={"Location": "http://www.site.example/robots.txt"})
    )
    web.page("site.example", "/a", article())
    web.page("www.site.example", "/robots.txt", "User-agent: *\nDisallow: /a")
    with reader_of(web, data, parsers=parsers) as reader:
        assert reader.failure("http://site.example/a").obstacle is Obstacle.ROBOTS


def test_rules_without_end_are_read_as_far_as_they_have_to_be(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    rules = "User-agent: *\nDisallow: /a\n" + "# nothing\n" * (LONGEST_BYTES // 5)
    with_rules(web, rules)
    with reader_of(web, data, parsers=parsers) as reader:
        assert reader.failure("http://site.example/a").obstacle is Obstacle.ROBOTS
        reader.source("http://site.example/b")


def test_pauses_that_are_asked_for_are_kept_within_reason() -> None:
    from engine.web.politeness import Hosts

    hosts = Hosts(QUICK)
    hosts.slow_down("calm.example", pause_s=3_600)
    assert hosts.try_begin("calm.example") == 0
    assert 0 < hosts.try_begin("calm.example") <= QUICK.longest_pause_s


def test_a_person_may_let_pages_be_read_against_the_rules(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    with_rules(web, "User-agent: *\nDisallow: /")
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reader.source("http://site.example/a")
    assert [asked.target for asked in web.requests] == ["/a"]


def test_a_door_that_is_shut_says_nothing_about_the_rules(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    with_rules(web, "User-agent: *\nDisallow: /")
    with reader_of(web, data, parsers=parsers) as reader:
        reader.door.change(NetworkSettings(is_online=False))
        reason = reader.failure("http://site.example/a")
    assert reason.obstacle is Obstacle.REFUSED
    assert web.requests == []
