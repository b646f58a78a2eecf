import base64
import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from loopback_web import LoopbackWeb

from engine.domain import Reach
from engine.network.addresses import parse_address
from engine.network.certificates import bundle_for_libraries
from engine.network.door import Door
from engine.network.gate import Origin, Purpose
from engine.network.proxies import proxy_for
from engine.network.settings import NetworkSettings
from models.http import ConnectionProblem, Trouble


class Proxy:
    """A proxy at home that makes tunnels and passes requests on to the web; keeps what it was asked for."""

    number, port = "10.9.8.7", 3128

    def __init__(self, web: LoopbackWeb) -> None:
        self.heads: list[str] = []
        self.refuses = False
        self._web = web
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._listen)]
        self.is_away = False
        self._threads[0].start()

    @property
    def address(self) -> str:
        return f"http://heron:secret@{self.number}:{self.port}"

    def dial(self, number: str, port: int) -> socket.socket:
        """Stand in for the network: the proxy is reached at its number, and all else as in the web."""
        if self.is_away and (number, port) == (self.number, self.port):
            raise ConnectionRefusedError(111, "connection refused")
        if (number, port) == (self.number, self.port):
            made = socket.create_connection(self._listening.getsockname())
            made.setblocking(False)
            return made
        return self._web.dial(number, port)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listening.close()

    def _listen(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(near,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, near: socket.socket) -> None:
        near.settimeout(10)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = near.recv(4096)
            if not piece:
                near.close()
                return
            head += piece
        self.heads.append(head.decode())
        if self.refuses:
            near.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            near.close()
            return
        is_tunnel = head.startswith(b"CONNECT")
        far = socket.create_connection(("127.0.0.1", self._web.ports[1 if is_tunnel else 0]))
        if is_tunnel:
            near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        else:
            far.sendall(head)
        back = threading.Thread(target=_carry, args=(far, near))
        back.start()
        _carry(near, far)
        back.join()
        near.close()
        far.close()


def _carry(source: socket.socket, goal: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            goal.sendall(piece)
    except OSError:
        pass
    for end in (source, goal):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def web(tmp_path_factory) -> Iterator[LoopbackWeb]:
    with LoopbackWeb(tls=True, folder=tmp_path_factory.mktemp("authority")) as made:
        made.on("herons.example", "herons")
        made.on("near.example", "near", numbers=["10.0.0.1"])
        yield made


@pytest.fixture
def proxy(web) -> Iterator[Proxy]:
    web.dialled.clear()
    made = Proxy(web)
    yield made
    made.close()


@pytest.fixture
def door(web, proxy, tmp_path):
    with Door(tmp_path, resolve=web.resolve, dial=proxy.dial) as made:
        made.change(NetworkSettings(is_online=True, proxy=proxy.address))
        yield made


def gate_for(door, *addresses):
    gate = door.admit("run-1", reach=Reach.WEB)
    gate.learn(addresses, origin=Origin.SEARCHED)
    return gate


def read(door, address):
    with gate_for(door, address).client(Purpose.PAGE).open(address) as answer:
        return answer.read(limit_bytes=1000)


def test_pages_come_through_the_proxy_that_was_entered(web, door, proxy):
    assert read(door, "https://herons.example/") == b"herons"
    assert proxy.heads[0].startswith("CONNECT herons.example:443 HTTP/1.1\r\n")
    assert "Basic aGVyb246c2VjcmV0" in proxy.heads[0]
    assert web.dialled == []
    (entry,) = door.ledger.entries()
    assert (entry.host, entry.via, entry.address) == ("herons.example", "10.9.8.7:3128", "10.9.8.7")
    assert "secret" not in repr(entry)


def test_libraries_come_through_it_too(web, door, proxy, tmp_path):
    import primp

    gate = gate_for(door)
    with gate.relay(Purpose.SEARCH, words="herons", provider="Small", hosts=["herons.example"]) as relay:
        client = primp.Client(proxy=relay, ca_cert_file=bundle_for_libraries(tmp_path), timeout=10)
        assert client.get("https://herons.example/").text == "herons"
    assert proxy.heads[0].startswith("CONNECT herons.example:443 HTTP/1.1\r\n")
    assert web.dialled == []
    assert door.ledger.entries()[0].via == "10.9.8.7:3128"


@pytest.mark.parametrize(
    "address",
    """http://10.0.0.1/ http://[::1]/ http://[64:ff9b::7f00:1]/ https://near.example/ http://nas.local/ http://localhost/
    http://intranet/ http://2130706433/""".split(),
)
def test_the_proxy_is_not_asked_for_what_is_not_public(door, proxy, address):
    with pytest.raises(ConnectionProblem):
        read(door, address)
    assert proxy.heads == []
    assert door.ledger.entries()[0].verdict == "refused"


def test_a_name_that_only_the_proxy_knows_is_left_to_it(door, proxy):
    read(door, "http://unknown-here.example/")
    assert proxy.heads[0].startswith("GET http://unknown-here.example/ HTTP/1.1\r\n")


def test_a_proxy_in_the_environment_counts_only_where_that_was_accepted(web, proxy, tmp_path, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, proxy.address)
        monkeypatch.setenv(name.upper(), proxy.address)
    monkeypatch.setenv("no_proxy", "straight.example")
    web.on("straight.example", "straight")
    with Door(tmp_path, resolve=web.resolve, dial=proxy.dial) as door:
        door.change(NetworkSettings(is_online=True))
        assert read(door, "https://herons.example/") == b"herons"
        assert proxy.heads == [] and len(web.dialled) == 1
        door.change(NetworkSettings(is_online=True, proxy="system"))
        assert read(door, "https://herons.example/") == b"herons"
        assert len(proxy.heads) == 1 and len(web.dialled) == 1
        assert read(door, "https://straight.example/") == b"straight"
        assert len(proxy.heads) == 1


def test_this_computer_is_never_reached_through_a_proxy():
    assert proxy_for(parse_address("http://localhost:11434/"), chosen="http://10.9.8.7:3128") is None
    assert proxy_for(parse_address("http://127.0.0.1/"), chosen="http://10.9.8.7:3128") is None


def test_a_proxy_that_says_no_is_named(door, proxy):
    proxy.refuses = True
    with pytest.raises(ConnectionProblem, match=r"proxy .* refused") as caught:
        read(door, "https://herons.example/")
    assert "407" in caught.value.hint
    assert caught.value.title == f"The proxy {proxy.number}:{proxy.port} refused the connection"
    assert door.ledger.entries()[0].reason == caught.value.title


@pytest.mark.parametrize("address", ["https://herons.example/", "http://herons.example/"])
def test_a_proxy_that_is_not_there_is_named_and_the_site_is_not_blamed(door, proxy, address):
    proxy.is_away = True
    with pytest.raises(ConnectionProblem) as caught:
        read(door, address)
    assert caught.value.title == f"The proxy {proxy.number}:{proxy.port} refuses the connection"
    assert caught.value.trouble is Trouble.PROXY and "settings" in caught.value.hint
    assert "herons" not in f"{caught.value}{door.ledger.entries()[0].reason}"


def test_the_relay_tells_who_lent_it_that_the_proxy_is_not_there(door, proxy):
    proxy.is_away = True
    heard = []
    lent = gate_for(door).relay(
        Purpose.SEARCH, words="herons", provider="Mojeek", hosts=["herons.example"], on_problem=heard.append
    )
    with lent as relay, socket.create_connection(("127.0.0.1", urlsplit(relay).port), timeout=10) as caller:
        name = base64.b64encode(f"{urlsplit(relay).username}:x".encode()).decode()
        caller.sendall(f"CONNECT herons.example:443 HTTP/1.1\r\nProxy-Authorization: Basic {name}\r\n\r\n".encode())
        assert caller.recv(100).startswith(b"HTTP/1.1 502")
    assert [one.title for one in heard] == [f"The proxy {proxy.number}:{proxy.port} refuses the connection"]


def test_a_server_at_home_is_not_asked_of_the_proxy_that_was_entered(web, door, proxy):
    web.on("192.168.0.5", "home")
    with door.client_to("http://192.168.0.5:8080").open("http://192.168.0.5:8080/") as answer:
        assert answer.read(limit_bytes=100) == b"home"
    assert proxy.heads == []


def test_ipv6_numbers_are_not_asked_of_a_proxy(door, proxy):
    with pytest.raises(ConnectionProblem, match="IPv6"):
        read(door, "https://[2a00:1450:4001::1]/")
    assert proxy.heads == []
