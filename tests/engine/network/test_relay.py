import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from loopback_web import LoopbackWeb, Reply, door_to, wait_for

from engine.domain import Reach
from engine.network.certificates import bundle_for_libraries
from engine.network.door import Door
from engine.network.entry import Verdict
from engine.network.gate import Purpose
from engine.network.settings import NetworkSettings

RESULTS = """<html><body><ul class="results-standard"><li>
<a class="ob" href="https://herons.example/winter"></a>
<h2><a href="https://herons.example/winter">Herons in winter</a></h2>
<p class="s">They stay.</p></li></ul></body></html>"""


@pytest.fixture(scope="module")
def web(tmp_path_factory) -> Iterator[LoopbackWeb]:
    with LoopbackWeb(tls=True, folder=tmp_path_factory.mktemp("authority")) as made:
        made.on("www.mojeek.com", Reply(RESULTS))
        made.on("herons.example", "herons")
        made.on("near.example", "near", numbers=["93.184.216.77", "10.0.0.1"])
        yield made


@pytest.fixture
def door(web, tmp_path) -> Iterator[Door]:
    web.requests.clear()
    web.dialled.clear()
    with door_to(web, tmp_path) as made:
        yield made


def lent(door, *hosts, reach=Reach.WEB):
    gate = door.admit("run-1", reach=reach)
    return gate.relay(Purpose.SEARCH, words="herons in winter", provider="Mojeek", hosts=hosts)


@contextmanager
def caller_of(proxy):
    parts = urlsplit(proxy)
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as caller:
        yield caller


def said_to(proxy, target, *, token=None, method="CONNECT", more=b""):
    """The first line of what the relay answers; nothing if it hangs up."""
    token = urlsplit(proxy).username if token is None else token
    with caller_of(proxy) as caller:
        name = base64.b64encode(f"{token}:x".encode()).decode()
        head = f"{method} {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {name}\r\n\r\n"
        caller.sendall(head.encode() + more)
        return caller.recv(4096).partition(b"\r\n")[0].decode()


def test_primp_reaches_a_host_through_the_relay_and_the_ledger_knows(web, door, tmp_path):
    import primp

    with lent(door, "herons.example") as proxy:
        client = primp.Client(proxy=proxy, ca_cert_file=bundle_for_libraries(tmp_path), timeout=10)
        assert client.get("https://herons.example/winter").text == "herons"
    (entry,) = door.ledger.entries()
    assert (entry.method, entry.host, entry.port, entry.path) == ("CONNECT", "herons.example", 443, "herons in winter")
    assert entry.provider == "Mojeek" and entry.is_complete and not entry.reason
    assert entry.is_passed_on and entry.status == 0  # what the engine answered is encrypted
    assert entry.bytes_sent > len(web.requests[0].raw)
    assert entry.bytes_received > 1000  # the certificate is among it
    assert entry.address == web.resolve("herons.example")[0]


def test_an_engine_of_ddgs_searches_through_the_relay(web, door, tmp_path):
    from ddgs.engines.mojeek import Mojeek

    with lent(door, "mojeek.com") as proxy:
        engine = Mojeek(proxy=proxy, timeout=10, verify=bundle_for_libraries(tmp_path))
        found = engine.search("herons in winter", region="us-en", safesearch="moderate", timelimit=None, page=1)
    assert [one.href for one in found or ()] == ["https://herons.example/winter"]
    assert [one.host for one in door.ledger.entries()] == ["www.mojeek.com"]
    assert "q=herons" in web.requests[0].target


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("evil.example:443", "none of the hosts"),
        ("herons.example.evil.example:443", "none of the hosts"),
        ("evilherons.example:443", "none of the hosts"),
        ("herons.example:80", "none of the hosts"),
        ("herons.example:22", "none of the hosts"),
        ("127.0.0.1:443", "none of the hosts"),
        ("user@herons.example:443", "no address"),
        ("herons.example\\@evil.example:443", "no address"),
        ("2130706433:443", "no address"),
        ("[::1]:443", "none of the hosts"),
        ("herons.example", "no address"),
        (":443", "no address"),
        ("near.example:443", "not on the public internet"),
    ],
)
def test_the_relay_leads_only_where_it_was_lent_for(web, door, target, words):
    with lent(door, "herons.example", "near.example") as proxy:
        assert said_to(proxy, target) == "HTTP/1.1 403 Forbidden"
    assert web.dialled == []
    (entry,) = door.ledger.entries()
    assert entry.verdict is Verdict.REFUSED and words in entry.reason


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_nothing_goes_through_it_unencrypted(web, door, method):
    with lent(door, "herons.example") as proxy:
        assert said_to(proxy, "http://herons.example/", method=method) == "HTTP/1.1 403 Forbidden"
    assert web.dialled == []
    assert door.ledger.entries()[0].reason == "The relay only makes tunnels"


def test_who_does_not_know_the_token_gets_nothing(web, door):
    with lent(door, "herons.example") as proxy:
        for token in ("", "wrong", urlsplit(proxy).username + "x"):
            assert said_to(proxy, "herons.example:443", token=token).startswith("HTTP/1.1 407")
        with caller_of(proxy) as caller:
            caller.sendall(b"CONNECT herons.example:443 HTTP/1.1\r\n\r\n")
            assert caller.recv(100).startswith(b"HTTP/1.1 407")
    assert web.dialled == [] and door.ledger.count() == 0


@pytest.mark.parametrize("head", [b"\x16\x03\x01\x00", b"x" * 20_000, b"\r\n\r\n", b"CONNECT\r\n\r\n"])
def test_nonsense_is_left_alone(web, door, head):
    with lent(door, "herons.example") as proxy, caller_of(proxy) as caller:
        caller.sendall(head)
        caller.shutdown(socket.SHUT_WR)
        assert not caller.recv(100).startswith(b"HTTP/1.1 2")
    assert web.dialled == []


def test_the_relay_ends_with_the_loan_and_so_do_its_tunnels(web, door):
    with lent(door, "herons.example") as proxy:
        parts = urlsplit(proxy)
        caller = socket.create_connection((parts.hostname, parts.port), timeout=10)
        name = base64.b64encode(f"{parts.username}:x".encode()).decode()
        caller.sendall(f"CONNECT herons.example:443 HTTP/1.1\r\nProxy-Authorization: Basic {name}\r\n\r\n".encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 200")
    assert caller.recv(100) == b""
    caller.close()
    with pytest.raises(OSError):
        socket.create_connection((parts.hostname, parts.port), timeout=10).close()
    assert not [one for one in threading.enumerate() if one.name in ("relay", "relayed connection")]
    assert door.ledger.entries()[0].is_complete


def test_going_offline_ends_tunnels(web, door):
    with lent(door, "herons.example") as proxy, caller_of(proxy) as caller:
        name = base64.b64encode(f"{urlsplit(proxy).username}:x".encode()).decode()
        caller.sendall(f"CONNECT herons.example:443 HTTP/1.1\r\nProxy-Authorization: Basic {name}\r\n\r\n".encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 200")
        door.change(NetworkSettings(is_online=False))
        assert caller.recv(100) == b""
        assert wait_for(lambda: door.ledger.entries()[0].is_complete)
        assert door.ledger.entries()[0].reason == "Plumbline is offline"
        assert said_to(proxy, "herons.example:443") == "HTTP/1.1 403 Forbidden"


def test_a_run_in_the_library_gets_nothing_through_it(web, door):
    web.resolved.clear()
    with lent(door, "herons.example", reach=Reach.LIBRARY) as proxy:
        assert said_to(proxy, "herons.example:443") == "HTTP/1.1 403 Forbidden"
    assert (web.dialled, web.resolved) == ([], [])
    assert door.ledger.entries()[0].reason == "This question stays on this computer"


def test_large_answers_pass_whole(web, door, tmp_path):
    import primp

    body = b"0123456789abcdef" * 200_000
    web.on("large.example", Reply(body))
    with lent(door, "large.example") as proxy:
        client = primp.Client(proxy=proxy, ca_cert_file=bundle_for_libraries(tmp_path), timeout=20)
        assert client.get("https://large.example/").content == body
    assert door.ledger.entries()[0].bytes_received > len(body)


def test_what_is_not_believed_elsewhere_is_not_believed_through_the_relay(tmp_path, monkeypatch):
    import primp

    # Another authority than that of the other tests: primp remembers whom it has once been told to believe.
    with LoopbackWeb(tls=True, folder=tmp_path) as strange:
        strange.on("herons.example", "herons")
        monkeypatch.delenv("SSL_CERT_FILE")
        with (
            door_to(strange, tmp_path / "data") as door,
            lent(door, "herons.example") as proxy,
            pytest.raises(primp.PrimpError),
        ):
            client = primp.Client(proxy=proxy, ca_cert_file=bundle_for_libraries(tmp_path), timeout=10)
            client.get("https://herons.example/")
        assert strange.asked("herons.example") == []
        monkeypatch.undo()
