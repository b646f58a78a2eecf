from __future__ import annotations

import threading
from pathlib import Path

import psutil
import pytest
from fetched_pages import QUICK, article
from loopback_web import LoopbackWeb, door_to, wait_for

from engine.agent.control import Interrupted
from engine.agent.roles import OpenedSource
from engine.domain import Reach, RunId
from engine.errors import DocumentUnreadable
from engine.network.gate import Origin
from engine.reading.page import PageBytes
from engine.web.office import FetchOffice
from engine.web.parsers import ParserPool

PAGE = PageBytes(data=article().encode(), address="https://mortar.example/", content_type="text/html")
DEEP = PageBytes(data=b"<div><p>a" * 400_000, address="https://deep.example/", content_type="text/html")


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def never() -> bool:
    return False


def test_opening_an_office_starts_nothing(data: Path) -> None:
    threads, processes = set(threading.enumerate()), children()
    with FetchOffice.open(data):
        assert set(threading.enumerate()) == threads
        assert children() == processes
    assert not data.exists()


def test_an_office_outlives_its_runs_and_leaves_nothing_behind(web: LoopbackWeb, data: Path) -> None:
    web.on("mortar.example", article())
    threads, processes = set(threading.enumerate()), children()
    with door_to(web, data) as door, FetchOffice(data, parsers=ParserPool(size=1)) as office:
        started = set()
        for run in ("one", "two"):
            gate = door.admit(RunId(run), reach=Reach.WEB)
            gate.learn(["http://mortar.example/"], origin=Origin.SEARCHED)
            pages = office.pages(gate, manners=QUICK)
            (answer,) = pages.open_all(["http://mortar.example/"])
            assert isinstance(answer, OpenedSource)
            started |= children() - processes
            pages.close()
            pages.close()
        assert len(started) == 1  # the process of the first run reads the pages of the second
        open_until_the_end = office.pages(door.admit(RunId("three"), reach=Reach.WEB))
    office.close()
    with pytest.raises(Interrupted):
        list(open_until_the_end.open_all(["http://mortar.example/"]))
    assert children() <= processes
    assert wait_for(lambda: not {one for one in threading.enumerate() if one not in threads and "page" in one.name})


def test_processes_that_nobody_needs_are_ended(web: LoopbackWeb, data: Path) -> None:
    web.on("mortar.example", article())
    processes = children()
    with door_to(web, data) as door, FetchOffice(data, rest_after_s=0.05) as office:
        for run in ("one", "two"):
            gate = door.admit(RunId(run), reach=Reach.WEB)
            gate.learn(["http://mortar.example/"], origin=Origin.SEARCHED)
            pages = office.pages(gate, manners=QUICK)
            (answer,) = pages.open_all(["http://mortar.example/"])
            assert isinstance(answer, OpenedSource)
            pages.close()
            assert wait_for(lambda: children() <= processes)


# --- parsers -----------------------------------------------------------------------------------------------------


def test_a_parser_is_lent_to_one_at_a_time() -> None:
    pool = ParserPool(size=1)
    wants_no_more = threading.Event()
    with pool.lend(is_unwanted=never) as first:
        assert first is not None
        wants_no_more.set()
        with pool.lend(is_unwanted=wants_no_more.is_set) as second:
            assert second is None
    with pool.lend(is_unwanted=never) as third:
        assert third is not None
        assert third.parser is first.parser
    pool.close()
    with pool.lend(is_unwanted=never) as after:
        assert after is None


def test_a_parser_that_was_stopped_is_replaced() -> None:
    pool = ParserPool(size=1)
    failures: list[DocumentUnreadable] = []
    with pool.lend(is_unwanted=never) as lent:
        assert lent is not None
        lent.read(PAGE)

        def read() -> None:
            try:
                lent.read(DEEP)
            except DocumentUnreadable as error:
                failures.append(error)

        reading = threading.Thread(target=read)
        reading.start()
        lent.stop()
        reading.join(10)
    assert len(failures) == 1
    with pool.lend(is_unwanted=never) as another:
        assert another is not None
        assert another is not lent
        assert "frost undoes" in another.read(PAGE).document.text
        lent.stop()  # it was given back long ago: the one that is lent now is not touched
        another.read(PAGE)
    pool.close()


def test_closing_the_pool_breaks_off_what_is_read() -> None:
    pool = ParserPool(size=1)
    is_reading = threading.Event()
    failures: list[DocumentUnreadable] = []

    def read() -> None:
        with pool.lend(is_unwanted=never) as lent:
            assert lent is not None
            is_reading.set()
            try:
                lent.read(DEEP)
            except DocumentUnreadable as error:
                failures.append(error)

    reading = threading.Thread(target=read)
    reading.start()
    assert is_reading.wait(10)
    pool.close()
    reading.join(10)
    assert len(failures) == 1
