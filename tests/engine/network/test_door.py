import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_web import Asked, LoopbackWeb, Reply, door_to, wait_for

from engine.domain import Reach
from engine.network.client import USER_AGENT
from engine.network.door import Door
from engine.network.entry import Verdict
from engine.network.gate import Origin, Purpose
from engine.network.resolving import dial
from engine.network.settings import NetworkSettings
from models.http import ConnectionProblem, RequestCancelled, Timeouts, Trouble

PAGE = "http://herons.example/winter?of=2025"


@pytest.fixture
def web() -> Iterator[LoopbackWeb]:
    with LoopbackWeb() as made:
        made.page("herons.example", "/winter", "<p>Herons stay.</p>")
        yield made


@pytest.fixture
def door(web, tmp_path) -> Iterator[Door]:
    with door_to(web, tmp_path) as made:
        yield made


def read(client, address=PAGE, **more):
    with client.open(address, **more) as answer:
        return answer.read(limit_bytes=10_000)


def refusal_of(client, address=PAGE, **more):
    with pytest.raises(ConnectionProblem) as caught:
        read(client, address, **more)
    assert caught.value.title and caught.value.hint
    assert caught.value.trouble is Trouble.NOT_ALLOWED
    return caught.value


def page_client(door, *addresses, reach=Reach.WEB, origin=Origin.SEARCHED, trusted=()):
    gate = door.admit("run-1", reach=reach, trusted=trusted)
    gate.learn(addresses or [PAGE], origin=origin)
    return gate.client(Purpose.PAGE)


# --- consent ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("is_online", "words"), [(None, "not gone online yet"), (False, "offline")])
def test_nothing_is_contacted_before_somebody_has_gone_online(web, tmp_path, is_online, words):
    with door_to(web, tmp_path, is_online=is_online) as door:
        assert words in refusal_of(page_client(door)).title
        assert words in refusal_of(door.client(Purpose.MODEL_HUB)).title
        gate = door.admit("run-1", reach=Reach.WEB, trusted=["http://127.0.0.1:8888"])
        assert words in refusal_of(gate.client(Purpose.SEARCH), "http://127.0.0.1:8888/search").title
        assert (web.dialled, web.resolved) == ([], [])
        assert [one.verdict for one in door.ledger.entries()] == [Verdict.REFUSED] * 3


def test_a_run_in_the_library_sends_nothing(web, door):
    gate = door.admit("run-1", reach=Reach.LIBRARY, trusted=["http://127.0.0.1:8888"])
    gate.learn([PAGE], origin=Origin.TYPED)
    for purpose in Purpose:
        refusal_of(gate.client(purpose))
        refusal_of(gate.client(purpose), "http://127.0.0.1:8888/")
    assert (web.dialled, web.resolved) == ([], [])


def test_a_server_of_this_computer_needs_no_consent_but_has_to_be_typed(web, tmp_path):
    with door_to(web, tmp_path, is_online=False) as door:
        web.on("localhost", "here")
        web.on("127.0.0.1", "here")
        for typed in ("http://localhost:11434/v1", "localhost:11434", "127.0.0.1:11434", "http://127.0.0.1:11434"):
            address = typed if "://" in typed else f"http://{typed}"
            assert read(door.client(Purpose.MODEL_SERVER, trusted=[typed]), address) == b"here"
        refusal_of(door.client(Purpose.MODEL_SERVER, trusted=["http://localhost:11434"]), "http://localhost:11435/")
        refusal_of(door.client(Purpose.MODEL_SERVER, trusted=["http://192.168.0.5:80"]), "http://192.168.0.5/")


def test_a_typed_server_at_home_may_be_reached_and_only_that_one(web, door):
    web.on("192.168.0.5", "home")
    web.on("box", "box", numbers=["192.168.0.6"])
    assert read(door.client_to("http://192.168.0.5:8080/v1"), "http://192.168.0.5:8080/v1/models") == b"home"
    assert read(door.client_to("box:9000"), "http://box:9000/") == b"box"
    refusal_of(door.client_to("http://192.168.0.5:8080"), "http://192.168.0.5:8081/")
    refusal_of(door.client_to("http://192.168.0.5:8080"), "http://192.168.0.6:8080/")


def test_others_cannot_send_us_to_what_was_typed(web, door):
    web.on("evil.example", Reply(status=302, headers={"Location": "http://192.168.0.5:8080/reset"}))
    client = page_client(door, "http://evil.example/", trusted=["http://192.168.0.5:8080"])
    assert "not on the public internet" in refusal_of(client, "http://evil.example/").title
    assert web.strange == []


def test_a_search_cannot_make_a_page_of_a_server_that_was_typed(web, door):
    near = "http://192.168.0.5:8080/reset?all"
    web.on("192.168.0.5", "home")
    trusted = ["http://192.168.0.5:8080"]
    for origin in (Origin.SEARCHED, Origin.LINKED):
        assert "not on the public" in refusal_of(page_client(door, near, origin=origin, trusted=trusted), near).title
    robots = door.admit("run-1", reach=Reach.WEB, trusted=trusted)
    robots.learn([near], origin=Origin.SEARCHED)
    refusal_of(robots.client(Purpose.ROBOTS), "http://192.168.0.5:8080/robots.txt")
    assert web.strange == []
    assert read(page_client(door, near, origin=Origin.TYPED, trusted=trusted), near) == b"home"
    gate = door.admit("run-1", reach=Reach.WEB, trusted=trusted)
    assert read(gate.client(Purpose.SEARCH), "http://192.168.0.5:8080/search?q=x") == b"home"


# --- what may be opened -----------------------------------------------------------------------------------------------


def test_three_hundred_composed_addresses_do_not_get_out(web, door):
    client = page_client(door)
    client_in_both = page_client(door, reach=Reach.BOTH)
    parts = [f"secret-{number}" for number in range(25)]
    composed = [
        shape.format(part)
        for part in parts
        for shape in (
            "http://herons.example/{}",
            "http://herons.example/winter?q={}",
            "http://herons.example/winter?of=2025&q={}",
            "http://{}.herons.example/winter?of=2025",
            "http://herons.example:8080/winter?of=2025&{}",
            "https://herons.example/winter?of=2025{}",
            "http://HERONS.example/winter?of=2025%20{}",
            "http://herons.example./winter/../{}?of=2025",
            "http://herons.example/winter?of=2025&of={}#x",
            "http://herons.example/winter;{}?of=2025",
            "http://evil.example/?{}",
            "http://herons.example@evil.example/{}",
        )
    ]
    assert len(set(composed)) == 300
    for address in composed:
        for one in (client, client_in_both):
            with pytest.raises(ConnectionProblem):
                read(one, address)
    assert (web.requests, web.dialled, web.resolved) == ([], [], [])
    assert read(client) == b"<p>Herons stay.</p>"


def test_spelling_and_fragment_make_no_difference(web, door):
    client = page_client(door, "HTTP://Herons.Example.:80/winter?of=2025#top")
    assert read(client, PAGE + "#end")
    assert web.requests[0].target == "/winter?of=2025"


def test_links_count_only_where_nothing_private_is_read(web, door):
    assert read(page_client(door, origin=Origin.LINKED))
    refusal_of(page_client(door, origin=Origin.LINKED, reach=Reach.BOTH))
    assert read(page_client(door, origin=Origin.TYPED, reach=Reach.BOTH))


def test_the_rules_of_a_site_are_read_only_where_a_page_of_it_is_known(web, door):
    web.page("herons.example", "/robots.txt", "User-agent: *")
    gate = door.admit("run-1", reach=Reach.WEB)
    robots = gate.client(Purpose.ROBOTS)
    refusal_of(robots, "http://herons.example/robots.txt")
    gate.learn([PAGE], origin=Origin.SEARCHED)
    assert read(robots, "http://herons.example/robots.txt")
    refusal_of(robots, "http://herons.example/robots.txt?secret")
    refusal_of(robots, "https://herons.example/robots.txt")
    refusal_of(robots, PAGE)


def test_a_redirect_is_followed_and_told_before(web, door):
    web.page("old.example", "/", Reply(status=301, headers={"Location": PAGE}))
    web.page("herons.example", "/robots.txt", "User-agent: *")
    gate = door.admit("run-1", reach=Reach.BOTH)
    gate.learn(["http://old.example/"], origin=Origin.SEARCHED)
    told = []

    def hear(address):
        told.append((address, len(web.asked("herons.example"))))
        assert read(gate.client(Purpose.ROBOTS), "http://herons.example/robots.txt")

    with gate.client(Purpose.PAGE, on_redirect=hear).open("http://old.example/") as answer:
        assert answer.address == PAGE
    assert told == [(PAGE, 0)]
    assert [one.host for one in reversed(door.ledger.entries())] == ["old.example", "herons.example", "herons.example"]


def test_who_hears_of_a_redirect_may_end_it(web, door):
    web.page("old.example", "/", Reply(status=301, headers={"Location": PAGE}))

    def object_to(_address):
        raise LookupError

    gate = door.admit("run-1", reach=Reach.WEB)
    gate.learn(["http://old.example/"], origin=Origin.SEARCHED)
    with pytest.raises(LookupError):
        gate.client(Purpose.PAGE, on_redirect=object_to).open("http://old.example/")
    assert web.asked("herons.example") == []


def test_runs_know_nothing_of_each_other(door):
    page_client(door)
    refusal_of(door.admit("run-2", reach=Reach.WEB).client(Purpose.PAGE))


def test_runs_have_nothing_to_do_with_models(door):
    gate = door.admit("run-1", reach=Reach.WEB)
    refusal_of(gate.client(Purpose.MODEL_HUB))
    refusal_of(gate.client(Purpose.MODEL_SERVER))


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_exactly_what_was_judged_is_sent_and_nothing_else(web, door):
    web.on("herons.example", Reply("fine", headers={"Set-Cookie": "a=b; Path=/"}))
    gate = door.admit("run-1", reach=Reach.WEB)
    address = "http://herons.example/a b/../ü?q=%C3%BC&x=|[]\\#top".replace(" ", "%20")
    gate.learn([address, PAGE], origin=Origin.SEARCHED)
    for one in (address, PAGE, PAGE):
        read(gate.client(Purpose.PAGE), one, headers={"accept-language": "de"})
    expected = (
        "GET {} HTTP/1.1\r\nhost: herons.example\r\naccept: */*\r\naccept-encoding: identity\r\n"
        f"user-agent: {USER_AGENT}\r\naccept-language: de\r\n\r\n"
    )
    targets = ["/a%20b/../%C3%BC?q=%C3%BC&x=|[]%5C", "/winter?of=2025", "/winter?of=2025"]
    assert [one.raw.decode() for one in web.requests] == [expected.format(target) for target in targets]


def test_who_is_asked_is_looked_up_once_and_connected_to_what_was_judged(web, door):
    read(page_client(door))
    assert web.resolved == ["herons.example"]
    (number,) = web.resolve("herons.example")
    assert web.dialled == [(number, 80)]
    assert door.ledger.entries()[0].address == number


def test_a_second_request_uses_the_same_connection(web, door):
    client = page_client(door)
    assert read(client) == read(client)
    assert len(web.dialled) == 1
    assert door.ledger.entries()[0].address == door.ledger.entries()[1].address != ""


# --- the switch -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["head", "body"])
def test_going_offline_breaks_what_is_under_way(web, door, moment):
    begun = threading.Event()

    def drip(_asked: Asked) -> Reply:
        def pieces() -> Iterator[bytes]:
            yield b"first"
            begun.set()
            web.closing.wait(20)
            yield b"last"

        if moment == "head":
            begun.set()
            web.closing.wait(20)
        return Reply(pieces())

    web.on("slow.example", drip)
    problems = []

    def ask() -> None:
        try:
            read(page_client(door, "http://slow.example/"), "http://slow.example/")
        except ConnectionProblem as problem:
            problems.append(problem)

    asking = threading.Thread(target=ask)
    asking.start()
    assert begun.wait(10)
    door.change(NetworkSettings(is_online=False))
    asking.join(5)
    assert not asking.is_alive()
    assert [(one.title, one.trouble) for one in problems] == [("Plumbline is offline", Trouble.NOT_ALLOWED)]
    assert problems[0].hint == "It was broken off while it was under way. A part of it had been sent."
    assert door.ledger.entries()[0].reason == "Plumbline is offline"
    assert "Nothing was sent" in refusal_of(page_client(door)).hint


def test_what_another_program_decides_counts_here(web, door, tmp_path):
    read(page_client(door))
    with Door(tmp_path) as other:
        other.change(NetworkSettings(is_online=False))
        refusal_of(page_client(door))
        other.change(NetworkSettings(is_online=True, obey_robots=False))
        assert read(page_client(door))
        assert not door.settings.obey_robots


def test_a_closed_door_opens_nothing(web, tmp_path):
    door = door_to(web, tmp_path)
    client = page_client(door)
    door.close()
    refusal_of(client)


def test_giving_up_is_written_down(web, door):
    web.on("slow.example", lambda _asked: Reply(str(web.closing.wait(20))))
    client = page_client(door, "http://slow.example/")
    with pytest.raises(RequestCancelled):
        client.open("http://slow.example/", is_cancelled=lambda: bool(web.requests))
    assert door.ledger.entries()[0].reason == "It was given up"


def test_the_connections_of_a_run_end_with_it(web, tmp_path):
    with door_to(web, tmp_path) as door:
        read(page_client(door))
        assert wait_for(lambda: not web._connections)


def test_nothing_is_made_by_opening_a_door(tmp_path: Path):
    with Door(tmp_path / "data") as door:
        door.client(Purpose.MODEL_HUB)
        door.admit("run", reach=Reach.WEB)
        assert door.settings == NetworkSettings()
        assert door.ledger.entries() == () and door.ledger.count() == 0 and door.ledger.totals() == ()
    assert not (tmp_path / "data").exists()


def test_a_number_that_leads_nowhere_leaves_time_for_the_others(web, tmp_path):
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    # Connections that nobody accepts fill the queue; the next ones wait for ever.
    waiting = [dial("127.0.0.1", full.getsockname()[1]) for _ in range(4)]

    def lead(number, port):
        return dial("127.0.0.1", full.getsockname()[1]) if number.startswith("2a00") else web.dial(number, port)

    web.names("herons.example", ["2a00:1450:4001::1", "93.184.216.9"])
    try:
        with Door(tmp_path, resolve=web.resolve, dial=lead) as door:
            door.change(NetworkSettings(is_online=True))
            gate = door.admit("run-1", reach=Reach.WEB)
            gate.learn([PAGE], origin=Origin.TYPED)
            assert read(gate.client(Purpose.PAGE, timeouts=Timeouts(connect_s=0.6)))
            assert door.ledger.entries()[0].address == "93.184.216.9"
    finally:
        for one in (*waiting, full):
            one.close()
