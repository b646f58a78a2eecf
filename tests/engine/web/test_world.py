from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fetched_pages import article
from loopback_web import Asked, LoopbackWeb, door_to
from scripted_engines import ScriptedEngine

from engine.agent.control import RunControl
from engine.agent.roles import OpenedSource
from engine.agent.state import RunState, fold
from engine.casting import EXTRACTIVE
from engine.domain import Budget, Depth, Obstacle, Reach, RunId, Scope, SessionId, Side, WebLimits
from engine.errors import DocumentUnreadable, LibraryError, NetworkRefused
from engine.events import RunStarted, StoredEvent
from engine.network.door import Door
from engine.network.settings import NetworkSettings
from engine.outfitting import Outfitter
from engine.search.engines import SearchEngines
from engine.web.known import Known
from engine.web.office import FetchOffice
from engine.web.parsers import ParserPool
from engine.web.progress import Fetching, FetchPhase
from engine.web.world import Web
from models.keys import Keys

ADDRESS = "http://mortar.example/"


@pytest.fixture
def door(web: LoopbackWeb, data: Path) -> Iterator[Door]:
    with door_to(web, data) as door:
        yield door


@pytest.fixture
def world(door: Door, data: Path) -> Iterator[Web]:
    engines = SearchEngines(data, keys=Keys(), providers=[ScriptedEngine("one", ())])
    with Web(door=door, engines=engines, fetching=FetchOffice(data, parsers=ParserPool())) as world:
        yield world


def never() -> bool:
    return False


def state_of(question: str, scope: Scope) -> RunState:
    budget = Budget(subquestions=1, searches_per_episode=1, sources_per_episode=1, passages_per_source=1)
    started = RunStarted(question=question, scope=scope, depth=Depth.QUICK, budget=budget, engine="nobody", version="0")
    stored = StoredEvent(
        session_id=SessionId("session"), run_id=RunId("run"), sequence=1, at=datetime.now(UTC), event=started
    )
    return fold([stored])


def test_a_run_opens_what_is_known_when_it_enters(web: LoopbackWeb, world: Web) -> None:
    web.on("mortar.example", article())
    known = Known(typed=(ADDRESS,))
    side = world.enter(RunId("run"), scope=Scope(reach=Reach.WEB), known=known, is_cancelled=never)
    (answer,) = side.opener.open_all([ADDRESS])
    assert isinstance(answer, OpenedSource)
    side.close()
    stranger = world.enter(RunId("other"), scope=Scope(reach=Reach.WEB), known=Known(), is_cancelled=never)
    (refused,) = stranger.opener.open_all([ADDRESS])
    assert isinstance(refused, DocumentUnreadable)
    assert refused.obstacle is Obstacle.REFUSED
    stranger.close()


def test_what_a_person_wants_of_the_web_counts_for_its_run(web: LoopbackWeb, world: Web, door: Door) -> None:
    web.page("mortar.example", "/robots.txt", "User-agent: *\nDisallow: /")
    web.page("mortar.example", "/", article())
    known = Known(typed=(ADDRESS,))
    for limits, obey_robots, obstacle in (
        (WebLimits(never=("mortar.example",)), False, Obstacle.REFUSED),
        (WebLimits(), True, Obstacle.ROBOTS),
        (WebLimits(), False, None),
    ):
        door.change(NetworkSettings(is_online=True, obey_robots=obey_robots))
        scope = Scope(reach=Reach.WEB, web=limits)
        side = world.enter(RunId("run"), scope=scope, known=known, is_cancelled=never)
        (answer,) = side.opener.open_all([ADDRESS])
        assert (answer.obstacle if isinstance(answer, DocumentUnreadable) else None) is obstacle
        side.close()


def test_nothing_private_is_opened_before_all_that_was_announced_has_arrived(
    web: LoopbackWeb, world: Web, data: Path
) -> None:
    def slowly(asked: Asked) -> str:
        web.closing.wait(0.1)
        return article(asked.host)

    addresses = [f"http://host{number}.example/" for number in range(3)]
    for address in addresses:
        web.on(address.split("/")[2], slowly)
    said: list[Fetching] = []
    with ExitStack() as cleanup:
        outfitter = Outfitter(
            data_folder=data,
            cast=EXTRACTIVE,
            control=RunControl(),
            web=world,
            on_fetch=said.append,
            cleanup=cleanup,
        )
        agents = outfitter.agents(state_of(f"Is it so? {' '.join(addresses)}", Scope(reach=Reach.BOTH)))
        agents.of(Side.WEB).world.opener.expect(addresses)
        with pytest.raises(LibraryError):  # there is none here: that far it comes
            agents.of(Side.LIBRARY)
        assert {one.address for one in said if one.phase is FetchPhase.DONE} == set(addresses)


@pytest.mark.parametrize("is_online", [None, False])
def test_a_run_does_not_begin_where_nobody_went_online(
    web: LoopbackWeb, data: Path, tmp_path: Path, is_online: bool | None
) -> None:
    with (
        door_to(web, data, is_online=is_online) as door,
        Web.open(data, door=door, keys=Keys()) as world,
        pytest.raises(NetworkRefused),
    ):
        world.check()
    assert web.requests == []
