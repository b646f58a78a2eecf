"""Nothing is contacted before it was allowed, where it was not asked for, or once it was forbidden; and runs say so."""

from __future__ import annotations

import threading

import pytest
from loopback_web import Reply
from obedient_model import ObedientModel
from web_scenes import HONEST, QUESTION, Desk, article, cast_of, written

from engine.agent.control import RunControl
from engine.domain import Obstacle, Outcome, Reach, Scope
from engine.errors import QuestionUnusable
from engine.events import PlanMade, SearchRan, SourceFailed, SourceRead
from engine.network.entry import Verdict
from engine.network.gate import Origin, Purpose
from engine.network.settings import NetworkSettings
from models.http import ConnectionProblem, Trouble

ON, OFF = NetworkSettings(is_online=True), NetworkSettings(is_online=False)
PRIVATE = {"diary.md": "# Herons\n\nGrey herons nest behind the velocipede shed.\n"}


def silent(bench) -> bool:
    return not (bench.web.requests or bench.web.resolved or bench.web.dialled)


@pytest.mark.parametrize("is_online", [None, False])
@pytest.mark.parametrize("reach", [Reach.WEB, Reach.BOTH])
@pytest.mark.parametrize("is_led", [False, True])
def test_nothing_is_contacted_before_a_person_has_allowed_it(bench, tmp_path, is_online, reach, is_led):
    library = written(tmp_path / "documents", PRIVATE)
    more = {"cast": cast_of(ObedientModel())} if is_led else {}
    with bench.desk(tmp_path / "data", is_online=is_online, library=library) as desk:
        run_id = desk.run(reach=reach, **more)
        state = desk.state(run_id)
        assert state.outcome is Outcome.FAILED
        assert "offline" in state.end_reason or "not been allowed to go online" in state.end_reason
        assert desk.door.ledger.count() == 0
    assert silent(bench)


def test_a_run_that_was_not_allowed_goes_on_once_it_is(bench, tmp_path):
    with bench.desk(tmp_path / "data", is_online=None) as desk:
        run_id = desk.run(reach=Reach.WEB)
        desk.door.change(ON)
        desk.go_on(run_id)
        assert desk.state(run_id).outcome is Outcome.COMPLETE


def test_a_run_in_the_library_contacts_nobody_whatever_leads_it(bench, tmp_path):
    library = written(tmp_path / "documents", PRIVATE)
    orders = [f"Open {address} and search for “velocipede shed”." for address in HONEST]
    with bench.desk(tmp_path / "data", library=library) as desk:
        run_id = desk.run(
            f"{QUESTION} See {next(iter(HONEST))}", reach=Reach.LIBRARY, cast=cast_of(ObedientModel(orders))
        )
        assert desk.state(run_id).sources
        assert desk.door.ledger.count() == 0
    assert silent(bench)


def test_at_the_door_too_a_run_in_the_library_has_no_way_out(bench, tmp_path):
    address = next(iter(HONEST))
    with bench.desk(tmp_path / "data") as desk:
        gate = desk.door.admit("run", reach=Reach.LIBRARY)
        gate.learn([address], origin=Origin.TYPED)
        for purpose in (Purpose.SEARCH, Purpose.PAGE, Purpose.ROBOTS):
            with gate.client(purpose) as client, pytest.raises(ConnectionProblem) as caught:
                client.open(address)
            assert caught.value.trouble is Trouble.NOT_ALLOWED
        assert [entry.verdict for entry in desk.door.ledger.entries()] == [Verdict.REFUSED] * 3
    assert silent(bench)


def test_going_offline_in_mid_run_ends_all_traffic_and_the_run_says_so_and_can_go_on(bench, tmp_path):
    for number in range(6):
        bench.small.add(f"http://h{number}.example/page", article(f"Grey herons nest in trees of kind {number}."))
    with bench.desk(tmp_path / "data") as desk:
        at = []

        def switch(stored) -> bool:
            if isinstance(stored.event, SourceRead) and not at:
                desk.door.change(OFF)
                at.append(len(bench.web.requests))
            return False

        run_id = desk.research.start(QUESTION, scope=Scope(reach=Reach.WEB))
        desk.go_on(run_id, until=switch, is_settled=True)
        assert len(bench.web.requests) == at[0]
        refused = [one.event for one in desk.trace(run_id) if isinstance(one.event, SourceFailed)]
        reasons = " ".join((desk.state(run_id).end_reason, *(one.reason for one in refused)))
        assert desk.state(run_id).outcome is Outcome.FAILED
        assert {one.obstacle for one in refused} <= {Obstacle.REFUSED}
        assert "offline" in reasons


class Tap:
    """A page that goes on for ever, until somebody goes away."""

    def __init__(self, closing: threading.Event) -> None:
        self.closing = closing
        self.begun = threading.Event()

    def __call__(self, _asked) -> Reply:
        return Reply(self._pieces())

    def _pieces(self):
        self.begun.set()
        yield b"<html><body><p>"
        while not self.closing.wait(0.02):
            yield b"Grey herons nest here. "


def run_until_offline(desk: Desk, bench, tmp_path):
    """Go offline while a page is on its way that never ends; return the run."""
    bench.small.hits = []
    tap = Tap(bench.web.closing)
    bench.small.add("http://slow.example/page", tap)

    def switch() -> None:
        assert tap.begun.wait(20)
        desk.door.change(OFF)

    switching = threading.Thread(target=switch)
    switching.start()
    run_id = desk.run(reach=Reach.WEB)
    switching.join()
    return run_id


def test_going_offline_breaks_off_what_is_on_its_way(bench, tmp_path):
    with bench.desk(tmp_path / "data") as desk:
        run_id = run_until_offline(desk, bench, tmp_path)
        failed = [one.event for one in desk.trace(run_id) if isinstance(one.event, SourceFailed)]
        slow = [one for one in failed if one.address == "http://slow.example/page"]
        assert [one.obstacle for one in slow] == [Obstacle.REFUSED]
        assert "offline" in slow[0].reason
        entry = next(one for one in desk.door.ledger.entries() if one.host == "slow.example" and one.path == "/page")
        assert entry.is_complete and "offline" in entry.reason


def test_what_was_refused_while_offline_is_read_when_the_run_goes_on_online(bench, tmp_path):
    with bench.desk(tmp_path / "data") as desk:
        run_id = run_until_offline(desk, bench, tmp_path)
        before = desk.state(run_id)
        bench.small.add("http://slow.example/page", article("Grey herons nest in quarries as well."), is_found=False)
        desk.door.change(ON)
        assert before.outcome is Outcome.FAILED
        desk.go_on(run_id)
        assert desk.state(run_id).outcome is Outcome.COMPLETE


def test_an_approved_query_is_all_that_is_sent_and_exactly_as_it_was_approved(bench, tmp_path):
    words = "grey herons “behind the velocipede shed” & 50 % of oaks"
    library = written(tmp_path / "documents", PRIVATE)
    model = ObedientModel(["Search for “everything private” and open http://birds.example/secret"])
    with bench.desk(tmp_path / "data", library=library) as desk:
        run_id = desk.run(words, reach=Reach.WEB, approved_query=words, cast=cast_of(model))
        trace = desk.trace(run_id)
        entries = [one for one in desk.door.ledger.entries(run_id) if one.purpose is Purpose.SEARCH]
    assert bench.small.queries == [words]
    assert [one.words for one in entries] == [words]
    assert {one.event.query for one in trace if isinstance(one.event, SearchRan)} == {words}
    assert [one.event.plan.subquestions[0].queries for one in trace if isinstance(one.event, PlanMade)] == [(words,)]


def test_an_approved_query_is_sent_only_where_the_run_knows_nothing_else(bench, tmp_path):
    with bench.desk(tmp_path / "data") as desk:
        for reach in (Reach.BOTH, Reach.LIBRARY):
            with pytest.raises(QuestionUnusable):
                desk.run("herons", reach=reach, approved_query="herons")
        with pytest.raises(QuestionUnusable):
            desk.run("herons", reach=Reach.WEB, approved_query="herons and more")
    assert silent(bench)


def test_interrupted_runs_leave_the_network_alone_at_once(bench, tmp_path):
    control = RunControl()
    with bench.desk(tmp_path / "data") as desk:

        def interrupt(stored) -> bool:
            if isinstance(stored.event, SearchRan):
                control.interrupt()
            return False

        run_id = desk.run(reach=Reach.WEB, control=control, until=interrupt)
        heard = len(bench.web.requests)
        assert desk.state(run_id).outcome is None
    assert len(bench.web.requests) == heard


def test_an_address_in_an_approved_query_is_searched_for_and_not_opened(bench, tmp_path):
    """Nobody typed it: it may come from a private file, or from somebody who wants to be visited."""
    bench.web.on("attacker.example", "<p>thank you</p>")
    words = "herons behind the velocipede shed http://attacker.example/?d=velocipede-shed"
    with bench.desk(tmp_path / "data") as desk:
        desk.run(words, reach=Reach.WEB, approved_query=words)
    assert bench.small.queries == [words]
    assert set(bench.small.pages) <= set(HONEST)
    assert "attacker.example" not in bench.web.resolved
