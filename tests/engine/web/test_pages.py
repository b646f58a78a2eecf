from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from fetched_pages import PROSE, QUICK, article, reader_of
from loopback_web import Asked, LoopbackWeb, Reply, wait_for

from engine.agent.control import Interrupted
from engine.agent.roles import OpenedSource
from engine.domain import Obstacle, Reach, Reference, WebLimits
from engine.errors import DocumentUnreadable
from engine.network.gate import Origin
from engine.network.settings import NetworkSettings
from engine.reading.identity import source_id, text_hash
from engine.web.parsers import ParserPool
from engine.web.politeness import Manners
from engine.web.progress import FetchPhase


def pages_of(web: LoopbackWeb, host: str) -> list[str]:
    return [asked.target for asked in web.asked(host) if asked.target != "/robots.txt"]


def test_a_page_becomes_a_source(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.page("mortar.example", "/lime", article("Lime mortar"))
    with reader_of(web, data, parsers=parsers) as reader:
        opened = reader.source("http://mortar.example/lime#frost")
    source = opened.source
    assert source.title == "Lime mortar"
    assert "frost undoes" in opened.document.text
    assert source.address == "http://mortar.example/lime#frost"
    assert source.final_address == ""
    assert source.site
    assert source.text_hash == text_hash(opened.document.text)
    assert source.id == source_id(source.address, source.text_hash)
    assert source.warnings == ()
    assert source.read_at.tzinfo is not None
    assert [one.phase for one in reader.said] == [
        FetchPhase.QUEUED, FetchPhase.FETCHING, FetchPhase.READING, FetchPhase.DONE,
    ]  # fmt: skip


def test_what_a_page_says_of_itself_for_reference_lists_reaches_its_source(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    head = (
        '<meta name="citation_journal_title" content="Journal of Mortar"><meta name="citation_volume" content="12">'
        '<meta name="citation_doi" content="10.1000/jm.12"><meta name="citation_author" content="Doe, Jane">'
        '<meta name="citation_publication_date" content="2021/05/03">'
    )
    web.page("mortar.example", "/lime", article("Lime mortar", head=head))
    with reader_of(web, data, parsers=parsers) as reader:
        source = reader.source("http://mortar.example/lime").source
    assert source.authors == ("Doe, Jane",)
    assert source.published == "2021/05/03"
    assert source.reference == Reference(
        kind="article-journal", container="Journal of Mortar", volume="12", doi="10.1000/jm.12"
    )


def test_pages_come_in_the_order_in_which_they_were_asked_for(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    is_later_done = threading.Event()

    def first(_: Asked) -> str:
        is_later_done.wait(5)
        return article("First")

    def second(_: Asked) -> str:
        is_later_done.set()
        return article("Second")

    web.page("one.example", "/", first)
    web.page("two.example", "/", second)
    with reader_of(web, data, parsers=parsers) as reader:
        answers = reader.open("http://one.example/", "http://nowhere.example/", "http://two.example/")
    assert [type(answer) for answer in answers] == [OpenedSource, DocumentUnreadable, OpenedSource]
    assert [one.source.title for one in answers if isinstance(one, OpenedSource)] == ["First", "Second"]


@pytest.mark.parametrize("obey_robots", [False, True])
def test_no_host_is_asked_for_more_than_two_pages_at_once(
    web: LoopbackWeb, data: Path, parsers: ParserPool, obey_robots: bool
) -> None:
    def slowly(asked: Asked) -> str:
        web.closing.wait(0.05)
        return article(asked.target) if asked.target != "/robots.txt" else ""

    addresses = []
    for host in ("one.example", "two.example"):
        web.on(host, slowly)
        addresses += [f"http://{host}/{number}" for number in range(6)]
    with reader_of(web, data, parsers=parsers, obey_robots=obey_robots) as reader:
        answers = reader.open(*addresses)
    assert all(isinstance(answer, OpenedSource) for answer in answers)
    assert web.most_at_once["one.example"] <= 2
    assert web.most_at_once["two.example"] <= 2
    assert len(web.requests) == 12 + 2 * obey_robots


def test_redirects_do_not_get_around_the_limit_of_requests_at_once(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    def slowly(asked: Asked) -> str:
        web.closing.wait(0.05)
        return article(asked.target)

    web.on("goal.example", slowly)
    addresses = []
    for number in range(4):
        web.page(f"from{number}.example", "/", Reply(status=302, headers={"Location": f"http://goal.example/{number}"}))
        addresses.append(f"http://from{number}.example/")
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        answers = reader.open(*addresses)
    assert all(isinstance(answer, OpenedSource) for answer in answers)
    assert web.most_at_once["goal.example"] <= 2


def test_announced_pages_are_fetched_while_nobody_waits_and_never_twice(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    addresses = []
    for number in range(5):
        web.page(f"host{number}.example", "/", article(f"Page {number}"))
        addresses.append(f"http://host{number}.example/")
    with reader_of(web, data, parsers=parsers) as reader:
        reader.gate.learn(addresses, origin=Origin.SEARCHED)
        reader.pages.expect(addresses)
        assert wait_for(lambda: sum(one.phase is FetchPhase.DONE for one in reader.said) == 3)
        assert {one.address for one in reader.said if one.is_ahead} == set(addresses[:3])
        answers = [*reader.open(*addresses), *reader.open(*reversed(addresses))]
        reader.pages.expect(addresses)
        reader.pages.settle()
    assert all(isinstance(answer, OpenedSource) for answer in answers)
    for number in range(5):
        assert pages_of(web, f"host{number}.example") == ["/"]
        assert len(web.asked(f"host{number}.example")) == 2  # the rules, and the page


def test_a_failed_page_is_not_asked_for_again_in_the_same_run(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    web.page("mortar.example", "/other", article())
    with reader_of(web, data, parsers=parsers) as reader:
        first = reader.failure("http://mortar.example/gone")
        second = reader.failure("http://mortar.example/gone")
    assert first.obstacle is Obstacle.GONE
    assert (first.title, first.hint) == (second.title, second.hint)
    assert first is not second
    assert pages_of(web, "mortar.example") == ["/gone"]


def test_what_is_sent_follows_from_what_was_announced_alone(
    web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path
) -> None:
    addresses = [f"http://host{number % 2}.example/{number}" for number in range(6)]
    for address in addresses:
        web.page(address.split("/")[2], f"/{address[-1]}", article(address))
    seen = []
    for attempt in range(2):
        web.requests.clear()
        with reader_of(web, tmp_path / str(attempt), parsers=parsers) as reader:
            reader.gate.learn(addresses, origin=Origin.SEARCHED)
            reader.pages.expect(addresses[:4])
            if attempt:
                reader.pages.settle()  # as if the model had thought for long
            reader.open(*addresses[2:])
            reader.pages.settle()
        seen.append(sorted(asked.raw for asked in web.requests))
    assert seen[0] == seen[1]


def test_nobody_is_told_where_we_come_from_or_who_we_were(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.page("mortar.example", "/", Reply(article(), headers={"Set-Cookie": "id=7; Path=/"}))
    web.page("mortar.example", "/2", Reply(status=302, headers={"Location": "/3", "Set-Cookie": "id=8"}))
    web.page("mortar.example", "/3", article("Three"))
    with reader_of(web, data, parsers=parsers) as reader:
        reader.source("http://mortar.example/")
        reader.source("http://mortar.example/2")
    assert len(web.requests) == 4
    for asked in web.requests:
        assert not {"cookie", "referer", "origin", "from"} & set(asked.headers)
        assert asked.headers["user-agent"].startswith("Plumbline/")


def test_the_language_that_was_chosen_is_asked_for(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.page("mortar.example", "/", article())
    with reader_of(web, data, parsers=parsers, limits=WebLimits(language="de")) as reader:
        reader.source("http://mortar.example/")
    assert web.requests[-1].headers["accept-language"].startswith("de")


# --- how much of a host ------------------------------------------------------------------------------------------


def test_a_host_gives_so_many_pages_and_no_more(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.on("trap.example", lambda asked: article(asked.target))
    manners = Manners(pause_s=0.0, pages_per_host=3)
    addresses = [f"http://trap.example/{number}" for number in range(5)]
    with reader_of(web, data, parsers=parsers, manners=manners, obey_robots=False) as reader:
        answers = reader.open(*addresses)
    assert [isinstance(answer, OpenedSource) for answer in answers] == [True, True, True, False, False]
    assert isinstance(answers[3], DocumentUnreadable)
    assert answers[3].obstacle is Obstacle.LIMIT
    assert answers[3].title == "3 pages of trap.example were asked for already, the most for one question"
    assert sorted(pages_of(web, "trap.example")) == ["/0", "/1", "/2"]


def test_the_first_subquestion_leaves_pages_of_a_host_for_the_next(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    web.on("site.example", lambda asked: article(asked.target))
    manners = Manners(pause_s=0.0, pages_per_host=2, pages_per_host_in_all=3)
    addresses = [f"http://site.example/{number}" for number in range(4)]
    with reader_of(web, data, parsers=parsers, manners=manners, obey_robots=False) as reader:
        first = reader.open(*addresses[:3])
        reader.pages.begin_subquestion()
        second = reader.open(*addresses)
    assert [isinstance(answer, OpenedSource) for answer in first] == [True, True, False]
    assert [isinstance(answer, OpenedSource) for answer in second] == [True, True, True, False]
    assert isinstance(second[3], DocumentUnreadable) and second[3].title.startswith("3 pages of site.example")
    assert sorted(pages_of(web, "site.example")) == ["/0", "/1", "/2"]  # what was read is not asked for again


def test_pages_to_which_redirects_lead_count_too(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.on("goal.example", lambda asked: article(asked.target))
    addresses = []
    for number in range(3):
        web.page(f"from{number}.example", "/", Reply(status=302, headers={"Location": f"http://goal.example/{number}"}))
        addresses.append(f"http://from{number}.example/")
    manners = Manners(pause_s=0.0, pages_per_host=2, at_once=1)
    with reader_of(web, data, parsers=parsers, manners=manners, obey_robots=False) as reader:
        answers = reader.open(*addresses)
    assert [isinstance(answer, OpenedSource) for answer in answers] == [True, True, False]
    assert len(pages_of(web, "goal.example")) == 2


def test_a_host_that_has_had_its_time_is_left_alone(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    def never(_: Asked) -> Reply:
        web.closing.wait(30)
        return Reply()

    web.on("tarpit.example", never)
    web.page("quick.example", "/", article())
    manners = Manners(pause_s=0.0, seconds_per_host=0.4, page_s=0.3, at_once_per_host=1)
    addresses = [f"http://tarpit.example/{number}" for number in range(5)]
    with reader_of(web, data, parsers=parsers, manners=manners, obey_robots=False) as reader:
        answers = reader.open(*addresses, "http://quick.example/")
    assert [answer.obstacle for answer in answers[:5] if isinstance(answer, DocumentUnreadable)] == [Obstacle.SLOW] * 5
    assert isinstance(answers[5], OpenedSource)
    assert len(web.asked("tarpit.example")) <= 2  # one to its end, one until the host's time was over, then none


# --- the person's lists ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["bad.example", "deep.bad.example", "BAD.example"])
def test_what_the_person_left_out_is_not_opened(web: LoopbackWeb, data: Path, parsers: ParserPool, host: str) -> None:
    web.on(host.lower(), article())
    with reader_of(web, data, parsers=parsers, limits=WebLimits(never=("Bad.example",))) as reader:
        reason = reader.failure(f"http://{host}/")
    assert reason.obstacle is Obstacle.REFUSED
    assert web.requests == []


def test_the_lists_hold_for_redirects(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.on("bad.example", article())
    web.page("good.example", "/", Reply(status=301, headers={"Location": "http://bad.example/"}))
    for limits in (WebLimits(never=("bad.example",)), WebLimits(only=("good.example",))):
        with reader_of(web, data, parsers=parsers, limits=limits) as reader:
            reason = reader.failure("http://good.example/")
        assert reason.obstacle is Obstacle.REFUSED
        assert "bad.example" in reason.title
    assert web.asked("bad.example") == []


def test_a_redirect_to_another_site_is_told(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.page("short.example", "/7", Reply(status=302, headers={"Location": "http://long.example/article"}))
    web.page("long.example", "/article", article())
    web.page("same.example", "/", Reply(status=302, headers={"Location": "http://www.same.example/x"}))
    web.page("www.same.example", "/x", article("Other"))
    with reader_of(web, data, parsers=parsers) as reader:
        source = reader.source("http://short.example/7").source
        same = reader.source("http://same.example/").source
    assert source.address == "http://short.example/7"
    assert source.final_address == "http://long.example/article"
    assert any("long.example" in warning for warning in source.warnings)
    assert same.final_address == "http://www.same.example/x"
    assert same.warnings == ()


def test_links_may_be_followed_only_where_nothing_private_is_read(
    web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path
) -> None:
    links = '<a href="/b">b</a> <a href="/b#part">again</a> <a href="mailto:x@y.example">m</a> <a href="#top">t</a>'
    web.page("mortar.example", "/a", article("A", text=f"{links} {PROSE}"))
    web.page("mortar.example", "/b", article("B"))
    for reach, allowed in ((Reach.WEB, True), (Reach.BOTH, False)):
        with reader_of(web, tmp_path / reach, parsers=parsers, reach=reach) as reader:
            opened = reader.source("http://mortar.example/a")
            assert opened.links == ("http://mortar.example/b",)
            (answer,) = reader.pages.open_all(opened.links)
            assert isinstance(answer, OpenedSource) is allowed
            if isinstance(answer, DocumentUnreadable):
                assert answer.obstacle is Obstacle.REFUSED


def test_addresses_that_nobody_returned_are_refused_at_the_door(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    web.on("mortar.example", article())
    composed = ["http://mortar.example/?q=secret", "file:///etc/passwd", "http://u:p@mortar.example/", "https://"]
    with reader_of(web, data, parsers=parsers) as reader:
        answers = list(reader.pages.open_all(composed))
    assert [one.obstacle for one in answers if isinstance(one, DocumentUnreadable)] == [Obstacle.REFUSED] * 4
    assert web.requests == []
    assert web.resolved == []


# --- breaking off ------------------------------------------------------------------------------------------------


def test_who_waits_is_let_go_at_once_and_the_page_is_there_the_next_time(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    is_cancelled, goes_on = threading.Event(), threading.Event()

    def slowly(_: Asked) -> str:
        is_cancelled.set()
        goes_on.wait(5)
        return article()

    web.page("mortar.example", "/", slowly)
    with reader_of(web, data, parsers=parsers, is_cancelled=is_cancelled.is_set) as reader:
        with pytest.raises(Interrupted):
            reader.open("http://mortar.example/")
        is_cancelled.clear()
        goes_on.set()
        reader.source("http://mortar.example/")
    assert pages_of(web, "mortar.example") == ["/"]


def test_the_end_of_a_run_breaks_off_what_is_under_way(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    def never(_: Asked) -> Reply:
        web.closing.wait(30)
        return Reply()

    for number in range(8):
        web.on(f"host{number}.example", never)
    before = {thread for thread in threading.enumerate() if thread.name == "page"}
    manners = Manners(pause_s=0.0, expected=8)
    with reader_of(web, data, parsers=parsers, manners=manners) as reader:
        addresses = [f"http://host{number}.example/" for number in range(8)]
        reader.gate.learn(addresses, origin=Origin.SEARCHED)
        reader.pages.expect(addresses)
        assert wait_for(lambda: len(web.requests) == 6)
        reader.pages.close()
        assert {thread for thread in threading.enumerate() if thread.name == "page"} == before
        with pytest.raises(Interrupted):
            reader.open(*addresses)
    assert len(web.requests) == 6


def test_a_page_that_is_being_read_is_broken_off_too(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.page("deep.example", "/", "<html><body>" + "<div><p>a" * 400_000)
    web.page("mortar.example", "/", article())
    with reader_of(web, data, parsers=parsers) as reader:
        reader.gate.learn(["http://deep.example/"], origin=Origin.SEARCHED)
        reader.pages.expect(["http://deep.example/"])
        assert wait_for(lambda: any(one.phase is FetchPhase.READING for one in reader.said))
    with reader_of(web, data, parsers=parsers) as reader:
        reader.source("http://mortar.example/")


def test_going_offline_in_the_middle_ends_every_page_with_that_reason(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    def drip(_: Asked) -> Reply:
        def pieces() -> object:
            yield b"<html><p>Slowly"
            web.closing.wait(30)

        return Reply(pieces())  # type: ignore[arg-type]

    web.on("mortar.example", drip)
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        address = "http://mortar.example/"
        reader.gate.learn([address, "http://mortar.example/2"], origin=Origin.SEARCHED)
        reader.pages.expect([address])
        assert wait_for(lambda: len(web.requests) == 1)
        reader.door.change(NetworkSettings(is_online=False))
        first, second = reader.pages.open_all([address, "http://mortar.example/2"])
    for answer in (first, second):
        assert isinstance(answer, DocumentUnreadable)
        assert answer.obstacle is Obstacle.REFUSED
        assert "offline" in str(answer)
    assert len(web.requests) == 1


def test_a_mistake_of_ours_costs_one_page(
    web: LoopbackWeb, data: Path, parsers: ParserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    noticed: list[object] = []
    monkeypatch.setattr(threading, "excepthook", noticed.append)

    def broken(*_: object, **__: object) -> object:
        raise ZeroDivisionError

    web.page("mortar.example", "/", article())
    with reader_of(web, data, parsers=parsers) as reader:
        monkeypatch.setattr("engine.web.pages.read_page", broken)
        reason = reader.failure("http://mortar.example/")
    assert "ZeroDivisionError" in reason.title
    assert len(noticed) == 1


def test_pauses_are_kept_between_two_requests_to_one_host(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    times: list[float] = []

    def note(asked: Asked) -> str:
        if asked.target != "/robots.txt":
            times.append(time.monotonic())
            return article(asked.target)
        return "User-agent: *\nCrawl-delay: 0.2\n"

    web.on("calm.example", note)
    with reader_of(web, data, parsers=parsers, manners=QUICK) as reader:
        reader.source("http://calm.example/0")
        reader.open("http://calm.example/1", "http://calm.example/2")
    assert len(times) == 3
    assert times[2] - times[1] >= 0.15


def test_encrypted_pages_are_read_and_encryption_is_never_given_up(
    data: Path, parsers: ParserPool, tmp_path: Path
) -> None:
    with LoopbackWeb(tls=True, folder=tmp_path) as web:
        web.page("mortar.example", "/", article())
        web.page("mortar.example", "/open", Reply(status=302, headers={"Location": "http://mortar.example/"}))
        with reader_of(web, data, parsers=parsers) as reader:
            opened = reader.source("https://mortar.example/")
            reason = reader.failure("https://mortar.example/open")
        assert opened.source.address == "https://mortar.example/"
        assert reason.obstacle is Obstacle.REFUSED
        assert all(asked.is_encrypted for asked in web.requests)
