import gzip
import time
import zlib
from collections.abc import Iterator

import pytest
from loopback_web import LoopbackWeb, Reply, door_to

from engine.domain import Reach
from engine.network import run_gate
from engine.network.gate import Origin, Purpose
from models.http import ConnectionProblem, RequestCancelled, Trouble

PAGE = "http://hostile.example/"
LIMIT = 100_000


@pytest.fixture
def web() -> Iterator[LoopbackWeb]:
    with LoopbackWeb() as made:
        yield made


@pytest.fixture
def client(web, tmp_path):
    with door_to(web, tmp_path) as door:
        gate = door.admit("run-1", reach=Reach.WEB)
        gate.learn([PAGE], origin=Origin.SEARCHED)
        yield gate.client(Purpose.PAGE)


def trouble_of(client, **more):
    with pytest.raises(ConnectionProblem) as caught, client.open(PAGE, **more) as answer:
        answer.read(limit_bytes=LIMIT)
    return caught.value.trouble


def packed(data, encoding):
    return Reply(data, headers={"Content-Encoding": encoding})


def test_one_packing_is_undone(web, client):
    web.on("hostile.example", packed(gzip.compress(b"herons" * 1000), "gzip"))
    with client.open(PAGE) as answer:
        assert answer.read(limit_bytes=LIMIT) == b"herons" * 1000


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (packed(gzip.compress(bytes(50_000_000)), "gzip"), Trouble.TOO_LARGE),
        (packed(gzip.compress(gzip.compress(bytes(50_000_000))), "gzip, gzip"), Trouble.NONSENSE),
        (packed(zlib.compress(bytes(1000)), "deflate"), Trouble.NONSENSE),
        (packed(b"x", "br"), Trouble.NONSENSE),
        (packed(b"x", "gzip, identity"), Trouble.NONSENSE),
        (packed(gzip.compress(b"herons" * 1000)[:-20], "gzip"), Trouble.CUT),
        (packed(b"herons", "gzip"), Trouble.NONSENSE),
        (packed(b"", "gzip"), Trouble.CUT),
        (Reply(b"x" * (LIMIT + 1)), Trouble.TOO_LARGE),
        (Reply([b"x" * 1000] * 200), Trouble.TOO_LARGE),
        (Reply(b"short", length=100), Trouble.CUT),
        (Reply(raw=b"HTTP/1.1 200 OK\r\n" + b"x-a: b\r\n" * 50_000), Trouble.NONSENSE),
        (Reply(raw=b"HTTP/1.1 200 OK\r\nx: " + b"y" * 2_000_000), Trouble.NONSENSE),
        (Reply(raw=b"HTTP/1.1 200 OK\r\n\x00: x\r\n\r\n"), Trouble.NONSENSE),
        (Reply(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nherons"), Trouble.NONSENSE),
        (Reply(raw=b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), Trouble.NONSENSE),
        (Reply(raw=b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;" + b"x" * 300_000), Trouble.NONSENSE),
        (Reply(raw=b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"), Trouble.CUT),
        (Reply(raw=b"220 mail.example ESMTP\r\n\r\n"), Trouble.NONSENSE),
        (Reply(raw=b"\x16\x03\x01\x02"), Trouble.NONSENSE),
        (Reply(raw=b""), Trouble.CUT),
    ],
    ids=range(21),
)
def test_what_a_server_does_wrong_ends_in_a_sentence(web, client, reply, trouble):
    web.on("hostile.example", reply)
    assert trouble_of(client) is trouble


@pytest.fixture
def impatience(monkeypatch):
    monkeypatch.setattr(run_gate, "_HEAD_LIMIT_S", 0.2)


@pytest.mark.parametrize("piece", [b"HTTP/1.1 100 Continue\r\n\r\n", b"x"])
def test_a_head_that_never_ends_is_left(impatience, web, client, piece):

    def trickle(_asked):
        return Reply(raw=iter(lambda: b"" if web.closing.wait(0.01) else piece, b""))

    web.on("hostile.example", trickle)
    assert trouble_of(client) is Trouble.TOO_SLOW


def test_a_body_that_never_ends_can_be_given_up(web, client):
    def trickle(_asked):
        return Reply(iter(lambda: b"" if web.closing.wait(0.01) else b"x", b""))

    web.on("hostile.example", trickle)
    began = time.monotonic()
    with (
        pytest.raises(RequestCancelled),
        client.open(PAGE, is_cancelled=lambda: time.monotonic() > began + 0.2) as answer,
    ):
        answer.read(limit_bytes=LIMIT)
