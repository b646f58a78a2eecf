"""Addresses, names and answers of servers that try to lead a program to where it must not go, and who tries them.

A vector is tried with the door, or with a client that guards nothing. Either way the names and the connections are
those of ``LoopbackWeb``, which counts each connection to a number that is not public and lets it through.
"""

from __future__ import annotations

import os
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from loopback_web import Asked, LoopbackWeb, Reply

from engine.domain import Reach
from engine.network.addresses import PUBLIC_PORTS
from engine.network.door import Door
from engine.network.gate import Origin, Purpose
from models.http import ConnectionProblem, Timeouts

START, FAR = "start.example", "93.184.216.200"
_PATIENCE = Timeouts(connect_s=2.0, read_s=2.0, write_s=2.0)


@dataclass(frozen=True)
class Vector:
    """One trick."""

    kind: str
    address: str
    names: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    """What names stand for: an answer for each time they are looked up; the last one stays."""
    replies: Sequence[Reply] = ()
    """What ``start.example`` answers, in turn."""
    environment: Mapping[str, str] = field(default_factory=dict)
    times: int = 1
    """How often the address is opened."""


_FOUR = """127.0.0.1 127.0.0.2 127.255.255.254 0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255
192.168.0.1 192.168.255.255 169.254.169.254 169.254.0.1 100.64.0.1 100.100.100.200 100.127.255.254 192.0.0.192
192.0.0.8 192.0.2.1
198.51.100.7 203.0.113.9 198.18.0.1 198.19.255.255 192.88.99.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
168.63.129.16 192.31.196.1 192.52.193.1 192.175.48.1""".split()
_SPELLINGS = """2130706433 017700000001 0x7f000001 0X7F000001 127.1 127.0.1 0177.0.0.1 0x7f.0.0.1 0x7f.1 127.0.0.01
0177.0.0.01 127.000.000.001 127.0.0.1. 2852039166 0xa9fea9fe 0251.0376.0251.0376 0xa9.0xfe.0xa9.0xfe 169.254.43518 10.1
0 0x0 192.168.257 3232235521 0xc0a80101""".split()
_SCRIPTS = [
    "１２７.０.０.１",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "①②⑦.⓪.⓪.①",
    "١٢٧.٠.٠.١",
    "127․0․0․1",
    "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
    "ⓛocalhost",
    "ｌｏｃａｌｈｏｓｔ",
    "ℓocalhost",
    "locaſhost",
    "loc\u00adalhost",
    "127.0.0.1\u200b",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "%6cocalhost",
]
_SIX = """::1 :: 0:0:0:0:0:0:0:1 0000::0001 ::2 ::ffff:127.0.0.1 ::ffff:7f00:1 ::FFFF:7F00:0001 ::ffff:10.0.0.1
::ffff:169.254.169.254 ::ffff:93.184.216.200 ::127.0.0.1 ::10.0.0.1 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a00:1
64:ff9b::169.254.169.254 64:ff9b::192.168.0.1 64:ff9b::0.0.0.0 64:ff9b:1::a00:1 64:ff9b:1:fffe::1 64:ff9b:1::7f00:1
2002:7f00:1:: 2002:a00:1::1 2002:a9fe:a9fe:: 2002:5db8:d8c8:: 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:0:7f00:1::
2001:0:a00:1:0:0:f5ff:fffe fc00::1 fd00:ec2::254 fd20:ce::254 fd12:3456::1 fe80::1 febf::1 fec0::1 ff02::1 ff05::1:3
2001:db8::1 3fff::1 100::1 2001:20::1 2001:2::1 5f00::1 4000::1 3ffe::1 2620:4f:8000::1 2a00:1450:4001:1:0:5efe:a00:1
2a00:1450:4001:1:200:5efe:7f00:1 fe80::1%25lo fe80::1%lo ::1%25lo""".split()
_AUTHORITIES = [
    "http://start.example@127.0.0.1/",
    "http://start.example:80@127.0.0.1:80/",
    "http://start.example@[::1]/",
    "http://a:b@10.0.0.1/",
    "http://@127.0.0.1/",
    "http://start.example%00@127.0.0.1/",
    "http://start.example&@127.0.0.1/",
    "http://start.example;@127.0.0.1/",
    "http://a@b@127.0.0.1/",
    "http://127.0.0.1\\@start.example/",
    "http://start.example\\@127.0.0.1/",
    "http://127.0.0.1\\.start.example/",
    "http://127.1.1.1:80\\@127.2.2.2:80/",
    "http:\\\\127.0.0.1\\",
    "http:/\\127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1/",
    "http:///127.0.0.1/",
    "http:////127.0.0.1/",
    "//127.0.0.1/",
    "http://127.0.0.1?.start.example/",
    "http://127.0.0.1#.start.example/",
    "http://127.0.0.1;.start.example/",
    "http://127.0.0.1:80:80/",
    "http://127.0.0.1:/",
    "http://127.0.0.1:080/",
    "http://[127.0.0.1]/",
    "http://[::1]:80@start.example/",
]
_INVISIBLE = [
    " http://127.0.0.1/",
    "http://127.0.0.1/ ",
    "http://127.0.0.1\t/",
    "http://127.0\n.0.1/",
    "http://127.0.0.1\r\nHost: start.example/",
    "ht\ttp://127.0.0.1/",
    "http://127.0.0.1\x00.start.example/",
    "\x01http://127.0.0.1/",
    "http://\u00a0127.0.0.1/",
    "http://127.0.0.1\u2028/",
    "http://127.0.0.1%0d%0aX:1/",
    "http://127.0.0.1%09/",
    "http://127.0.0.1%20/",
    "\ufeffhttp://127.0.0.1/",
    "http://127.0.0.1\u3000/",
]
_SCHEMES = """ftp://127.0.0.1/ file:///etc/hostname gopher://127.0.0.1:6379/_x dict://127.0.0.1:11211/ ldap://127.0.0.1/
ws://127.0.0.1/ wss://127.0.0.1/ data:text/html,x javascript:x jar:http://127.0.0.1!/x HTTP://127.0.0.1/ hTtPs://127.0.0.1/
http+unix://%2fvar%2frun%2fdocker.sock/ view-source:http://127.0.0.1/ blob:http://127.0.0.1/x
feed:http://127.0.0.1/""".split()
_NEAR_PORTS = (22, 25, 631, 2375, 3000, 5432, 6379, 8080, 9200, 11434)
_FAR_PORTS = (1, 22, 25, 110, 143, 445, 587, 2375, 3306, 5432, 6379, 6667, 9200, 11211, 27017)
_HOME = """localhost LOCALHOST localhost. foo.localhost router.local router.local. db.internal metadata.google.internal
intranet printer nas.lan host.home.arpa x.corp x.home x.private x.localdomain""".split()
_NAMED: dict[str, list[str]] = {
    "localtest.example": ["127.0.0.1"],
    "127.0.0.1.wildcard.example": ["127.0.0.1"],
    "10-0-0-1.wildcard.example": ["10.0.0.1"],
    "UPPER.example": ["192.168.0.1"],
    "dot.example.": ["127.0.0.1"],
    "xn--bcher-kva.example": ["10.0.0.5"],
    "bücher.example": ["10.0.0.5"],
    "six.example": ["::1"],
    "link.example": ["fe80::1"],
    "scoped.example": ["fe80::1%2"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "local-nat64.example": ["64:ff9b:1::a00:1"],
    "sixtofour.example": ["2002:a00:1::"],
    "teredo.example": ["2001:0:7f00:1::"],
    "metadata.example": ["169.254.169.254"],
    "nothing.example": ["0.0.0.0"],
    "cloud.example": ["100.100.100.200"],
    "ula.example": ["fd00:ec2::254"],
    "all.example": ["255.255.255.255"],
    "group.example": ["239.255.255.250"],
}
_MIXED: dict[str, list[str]] = {
    "mixed-last.example": [FAR, "10.0.0.1"],
    "mixed-first.example": ["10.0.0.1", FAR],
    "mixed-six.example": [FAR, "::1"],
    "mixed-many.example": ["93.184.216.201", "93.184.216.202", "93.184.216.203", "93.184.216.204", "127.0.0.1"],
    "mixed-mapped.example": [FAR, "::ffff:127.0.0.1"],
    "mixed-zero.example": [FAR, "0.0.0.0"],
    "mixed-link.example": ["2a00:1450:4001::1", "fe80::1"],
}
_REBINDING: dict[str, list[list[str]]] = {
    "turns.example": [[FAR], ["127.0.0.1"]],
    "turns-late.example": [[FAR], [FAR], ["10.0.0.1"]],
    "turns-six.example": [[FAR], ["::1"]],
    "turns-back.example": [["127.0.0.1"], [FAR]],
    "turns-often.example": [[FAR], ["169.254.169.254"], [FAR], ["192.168.0.1"]],
    "turns-mixed.example": [[FAR], [FAR, "127.0.0.1"]],
    "turns-nat64.example": [[FAR], ["64:ff9b::a9fe:a9fe"]],
}
_GOALS = [
    "//127.0.0.1/",
    "\\\\127.0.0.1\\",
    "/\\127.0.0.1/",
    "http:127.0.0.1",
    "http:/127.0.0.1/",
    "http://[::1]/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://user@127.0.0.1/",
    "http://start.example@127.0.0.1/",
    "http://localhost/",
    "http://localhost:11434/api/tags",
    "https://127.0.0.1/",
    "HTTP://127.0.0.1/",
    "http://private.example/",
    "http://mixed.example/",
    "http://127。0。0。1/",
    "http://１２７.０.０.１/",
    "http://127.0.0.1\t/",
    " http://127.0.0.1/",
    "http://127.0.0.1%2f@start.example/",
    "http://127.0.0.1\\@start.example/",
    "http://169.254.169.254/latest/meta-data/",
    "http://metadata.google.internal/",
    "http://[::ffff:10.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:a00:1::]/",
    "ftp://127.0.0.1/",
    "file:///etc/hostname",
    "gopher://127.0.0.1:6379/_x",
    "http://start.example:22/",
    "http://start.example:6379/",
]
_PRIVATE = {"private.example": [["10.0.0.7"]], "mixed.example": [[FAR, "10.0.0.7"]]}
_HEADERS = {
    "Refresh": "0; url=http://127.0.0.1/",
    "Content-Location": "http://127.0.0.1/",
    "Link": "<http://127.0.0.1/>; rel=preload",
    "Alt-Svc": 'h2="127.0.0.1:443"; ma=60',
    "Alternates": "http://127.0.0.1/",
    "Location": "http://127.0.0.1/",
}
_PROXIES = {
    "http_proxy": "http://10.0.0.8:3128",
    "HTTP_PROXY": "http://10.0.0.8:3128",
    "all_proxy": "http://127.0.0.1:8080",
    "ALL_PROXY": "http://127.0.0.1:8080",
    "https_proxy": "http://192.168.0.9:3128",
    "HTTPS_PROXY": "http://192.168.0.9:3128",
}


def _to(goal: str, status: int = 302) -> Reply:
    return Reply(status=status, headers={"Location": goal.encode().decode("latin-1")})


def _chain(length: int) -> list[Reply]:
    return [*(_to(f"http://{START}/{step}") for step in range(length - 1)), _to("http://127.0.0.1/")]


def vectors() -> tuple[Vector, ...]:
    """Return all of them."""
    made = [Vector("numbers", f"http://{number}/") for number in _FOUR]
    made += [Vector("spellings", f"http://{spelling}/") for spelling in _SPELLINGS]
    made += [
        Vector("other scripts", f"http://{spelling}/", names={"localhost": [["127.0.0.1"]]}) for spelling in _SCRIPTS
    ]
    made += [Vector("IPv6", f"http://[{number}]/") for number in _SIX]
    made += [Vector("authorities", address) for address in _AUTHORITIES]
    made += [Vector("invisible characters", address) for address in _INVISIBLE]
    made += [Vector("schemes", address) for address in _SCHEMES]
    made += [Vector("ports", f"http://127.0.0.1:{port}/") for port in _NEAR_PORTS]
    made += [Vector("ports", f"http://{START}:{port}/") for port in _FAR_PORTS]
    made += [Vector("names at home", f"http://{name}/", names={name: [["127.0.0.1"]]}) for name in _HOME]
    made += [Vector("names", f"http://{name}/", names={name: [numbers]}) for name, numbers in _NAMED.items()]
    made += [Vector("mixed answers", f"http://{name}/", names={name: [numbers]}) for name, numbers in _MIXED.items()]
    made += [
        Vector("rebinding", f"http://{name}/", names={name: answers}, times=len(answers) + 1)
        for name, answers in _REBINDING.items()
    ]
    made += [
        # The second connection is for a redirect to the same name, which by then stands for something else.
        Vector(
            "rebinding",
            f"http://{START}/",
            names={START: [[FAR], ["127.0.0.1"]]},
            replies=[Reply(status=302, headers={"Location": f"http://{START}/again", "Connection": "close"}, length=1)],
        )
    ]
    made += [
        Vector("redirects", f"http://{START}/", replies=[_to("http://127.0.0.1/", status)])
        for status in (300, 301, 302, 303, 304, 305, 306, 307, 308)
    ]
    made += [Vector("redirects", f"http://{START}/", replies=[_to(goal)], names=_PRIVATE) for goal in _GOALS]
    made += [Vector("redirects", f"http://{START}/", replies=_chain(length)) for length in (2, 3, 5)]
    made += [
        Vector("redirects", f"http://{START}/", replies=[Reply(status=status, headers={name: goal})])
        for name, goal in _HEADERS.items()
        for status in (200, 201)
    ]
    made += [
        Vector(
            "redirects",
            f"http://{START}/",
            replies=[Reply('<meta http-equiv=refresh content="0;url=http://127.0.0.1/">')],
        )
    ]
    made += [
        Vector("proxies", f"{'https' if 'https' in name.lower() else 'http'}://{START}/", environment={name: proxy})
        for name, proxy in _PROXIES.items()
    ]
    return tuple(made)


@dataclass
class Tried:
    """What came of a vector."""

    vector: Vector
    near: list[tuple[str, int]]
    """Connections to numbers that are not public."""
    odd_ports: list[tuple[str, int]]
    """Connections to public numbers on ports where no web pages are."""


class World(LoopbackWeb):
    """A web whose names may change what they stand for."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[str, list[Sequence[str]]] = {}
        self._replies: list[Reply] = []
        self.on(START, self._start_page)

    def set(self, vector: Vector) -> None:
        """Get ready for a vector."""
        names = {START: [[FAR]], **vector.names}
        self._answers = {name.lower().removesuffix("."): list(answers) for name, answers in names.items()}
        self._replies = list(vector.replies)
        self.dialled.clear()

    def resolve(self, host: str) -> tuple[str, ...]:
        """Answer like a resolver that understands old spellings of numbers, as the usual ones do."""
        key = host.lower().removesuffix(".")
        with suppress(UnicodeError):
            key = key.encode("ascii").decode() if key.isascii() else key.encode("idna").decode()
        answers = self._answers.get(key) or self._answers.get(host.lower().removesuffix("."))
        if answers:
            return tuple(answers.pop(0) if len(answers) > 1 else answers[0])
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        return tuple(dict.fromkeys(str(place[0]) for *_, place in found))

    def tried(self, vector: Vector) -> Tried:
        """Return what came of the vector that was just tried."""
        return Tried(
            vector,
            near=self.strange,
            odd_ports=[one for one in self.dialled if one not in self.strange and one[1] not in PUBLIC_PORTS],
        )

    def _start_page(self, _asked: Asked) -> Reply:
        return self._replies.pop(0) if self._replies else Reply("fine")


def try_door(world: World, vector: Vector, door: Door) -> Tried:
    """Open a vector's address through the door, as a page that a search has returned."""
    world.set(vector)
    with _environment(vector.environment):
        for _ in range(vector.times):
            # Each in a gate of its own: no connection is used twice.
            gate = door.admit("run", reach=Reach.WEB)
            gate.learn([vector.address], origin=Origin.SEARCHED)
            with (
                suppress(ConnectionProblem),
                gate.client(Purpose.PAGE, timeouts=_PATIENCE).open(vector.address) as answer,
            ):
                answer.read(limit_bytes=100_000)
    return world.tried(vector)


def try_httpx(world: World, vector: Vector, believed: ssl.SSLContext) -> Tried:
    """Open a vector's address with httpx as it comes."""
    import httpx

    world.set(vector)
    with _environment(vector.environment):
        for _ in range(vector.times):
            with httpx.Client(follow_redirects=True, timeout=2.0, verify=believed) as client:
                _lead_to(client, world)
                with suppress(httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError, OSError):
                    client.get(vector.address)
    return world.tried(vector)


def _lead_to(client: object, world: World) -> None:
    """Have every pool of an httpx client look names up and connect in the world."""
    import httpcore

    class Backend(httpcore.SyncBackend):
        def connect_tcp(self, host: str, port: int, **more: object) -> httpcore.NetworkStream:  # type: ignore[override]
            try:
                number = world.resolve(host)[0].partition("%")[0]
                world.dial(number, port).close()
            except (OSError, UnicodeError, ValueError) as error:
                raise httpcore.ConnectError(str(error)) from error
            return super().connect_tcp("127.0.0.1", world.ports[0], timeout=2.0)

    transports = [client._transport, *client._mounts.values()]  # type: ignore[attr-defined]
    for transport in transports:
        if transport is not None:
            transport._pool._network_backend = Backend()


@contextmanager
def _environment(more: Mapping[str, str]) -> Iterator[None]:
    cleared = {
        name: value
        for name, value in os.environ.items()
        if name.lower() in ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    }
    for name in cleared:
        del os.environ[name]
    os.environ.update(more)
    try:
        yield
    finally:
        for name in more:
            del os.environ[name]
        os.environ.update(cleared)
