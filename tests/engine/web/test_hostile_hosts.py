"""Servers that misbehave: every page ends with a reason, and the next one is read."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fetched_pages import PROSE, article, reader_of
from loopback_web import Asked, Handler, LoopbackWeb, Reply

from engine.domain import Obstacle
from engine.web.parsers import ParserPool
from engine.web.politeness import Manners

HASTY = Manners(pause_s=0.0, page_s=0.4, seconds_per_host=1.0, longest_wait_s=0.05)
PAGE = article().encode()


def silent(web: LoopbackWeb) -> Handler:
    def handle(_: Asked) -> Reply:
        web.closing.wait(30)
        return Reply()

    return handle


def dripping(web: LoopbackWeb, *, head: bytes = b"") -> Handler:
    def handle(_: Asked) -> Reply:
        def pieces() -> Iterator[bytes]:
            yield head
            while not web.closing.wait(0.02):
                yield b"x"

        return Reply(pieces())

    return handle


def endless(_: LoopbackWeb) -> Handler:
    def handle(_: Asked) -> Reply:
        def pieces() -> Iterator[bytes]:
            yield b"<html><title>Endless</title><body>"
            while True:
                yield b"<p>More and more of the same words.</p>" * 2_000

        return Reply(pieces())

    return handle


def dripping_head(web: LoopbackWeb) -> Handler:
    def handle(_: Asked) -> Reply:
        def pieces() -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\n"
            while not web.closing.wait(0.02):
                yield b"X: y\r\n"

        return Reply(raw=pieces())

    return handle


def packed(data: bytes, encoding: str = "gzip") -> Reply:
    return Reply(data, headers={"Content-Encoding": encoding})


SLOW = {
    "never answers": silent,
    "drips its head": dripping_head,
    "drips its body": dripping,
    "drips its body after a good beginning": lambda web: dripping(web, head=PAGE),
}


@pytest.mark.parametrize("name", SLOW)
def test_a_tarpit_ends_as_slow(web: LoopbackWeb, data: Path, parsers: ParserPool, name: str) -> None:
    web.on("tarpit.example", SLOW[name](web))
    web.on("good.example", article())
    with reader_of(web, data, parsers=parsers, manners=HASTY, obey_robots=False) as reader:
        reason = reader.failure("http://tarpit.example/")
        reader.source("http://good.example/")
    assert reason.obstacle is Obstacle.SLOW
    assert "tarpit.example" in reason.title
    assert "browser" in reason.hint


def test_a_tarpit_in_place_of_the_rules_costs_a_host_its_time_once(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    web.on("tarpit.example", silent(web))
    addresses = [f"http://tarpit.example/{number}" for number in range(4)]
    with reader_of(web, data, parsers=parsers, manners=HASTY) as reader:
        answers = reader.open(*addresses)
    assert {answer.obstacle for answer in answers} == {Obstacle.SLOW}  # type: ignore[union-attr]
    assert [asked.target for asked in web.requests] == ["/robots.txt"]


def test_an_endless_body_is_read_as_far_as_the_limit_and_says_so(
    web: LoopbackWeb, data: Path, parsers: ParserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.web.kinds.MARKUP_BYTES", 1 << 20)
    web.on("endless.example", endless(web))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        opened = reader.source("http://endless.example/")
    assert any("Only the first" in warning for warning in opened.source.warnings)


@pytest.mark.parametrize(
    "target",
    ["http://round.example/", "http://round.example/?{}", "//round.example/x{}", "http://other.example/{}"],
)
def test_redirects_without_end_end(web: LoopbackWeb, data: Path, parsers: ParserPool, target: str) -> None:
    steps = iter(range(1_000))

    def on_and_on(_: Asked) -> Reply:
        return Reply(status=302, headers={"Location": target.format(next(steps))})

    web.on("round.example", on_and_on)
    web.on("other.example", lambda _: Reply(status=302, headers={"Location": f"http://round.example/{next(steps)}"}))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://round.example/")
    assert "round in circles" in reason.title
    assert len(web.requests) == 6


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "http://169.254.1.1/x", "file:///etc/passwd", "http://[::1]/", "javascript:1", "ftp://x/"],
)
@pytest.mark.parametrize("obey_robots", [False, True])
def test_a_redirect_to_a_place_that_is_not_public_is_refused(
    web: LoopbackWeb, data: Path, parsers: ParserPool, target: str, obey_robots: bool
) -> None:
    web.page("sly.example", "/", Reply(status=302, headers={"Location": target}))
    with reader_of(web, data, parsers=parsers, obey_robots=obey_robots) as reader:
        reason = reader.failure("http://sly.example/")
    assert reason.obstacle is Obstacle.REFUSED
    assert web.strange == []


RAW = {
    "huge headers": b"HTTP/1.1 200 OK\r\n"
    + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 1_000) for n in range(2_000))
    + b"\r\nhi",
    "one endless header": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 3_000_000,
    "no HTTP": b"\x00\x01\x02 what is this\r\n\r\n",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "a broken chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
    "a chunk of enormous size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 400 + b"\r\nhello",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nhello",
    "a negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
}


@pytest.mark.parametrize("name", RAW)
def test_an_answer_that_is_none_ends_with_a_reason(
    web: LoopbackWeb, data: Path, parsers: ParserPool, name: str
) -> None:
    web.on("odd.example", Reply(raw=RAW[name]))
    web.on("good.example", article())
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://odd.example/")
        reader.source("http://good.example/")
    assert reason.obstacle is Obstacle.UNREACHABLE
    assert reason.title
    assert reason.hint


# --- packed bodies -----------------------------------------------------------------------------------------------


def test_a_packed_page_is_unpacked(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.on("packed.example", packed(gzip.compress(PAGE)))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        opened = reader.source("http://packed.example/")
    assert "frost undoes" in opened.document.text
    assert web.requests[0].headers["accept-encoding"] == "gzip"


def test_a_bomb_is_unpacked_no_further_than_the_limit(
    web: LoopbackWeb, data: Path, parsers: ParserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.web.kinds.MARKUP_BYTES", 1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    piece = b"<p>" + b"word " * 200_000
    bomb = b"".join(packer.compress(piece) for _ in range(60)) + packer.flush()
    assert len(bomb) < 500_000
    web.on("bomb.example", packed(bomb))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        opened = reader.source("http://bomb.example/")
    assert any("Only the first" in warning for warning in opened.source.warnings)
    assert len(opened.document.text) <= 1 << 20


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate", "zstd", "gzip, identity, gzip", "whatever"])
def test_what_is_packed_in_another_way_or_twice_is_not_unpacked(
    web: LoopbackWeb, data: Path, parsers: ParserPool, encoding: str
) -> None:
    web.on("bomb.example", packed(gzip.compress(gzip.compress(PAGE)), encoding))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://bomb.example/")
    assert "cannot be unpacked" in reason.title


def test_a_page_within_a_packed_page_is_not_text(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.on("bomb.example", packed(gzip.compress(gzip.compress(b"\0" * 50_000_000))))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reader.failure("http://bomb.example/")


@pytest.mark.parametrize("body", [b"not packed at all " * 50, gzip.compress(PAGE)[:9] + b"\xff" * 500])
def test_what_only_says_that_it_is_packed_is_refused(
    web: LoopbackWeb, data: Path, parsers: ParserPool, body: bytes
) -> None:
    web.on("odd.example", packed(body))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://odd.example/")
    assert "cannot be unpacked" in reason.title


def test_a_packed_page_in_several_parts_is_read_whole(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    half = len(PAGE) // 2
    web.on("parts.example", packed(gzip.compress(PAGE[:half]) + gzip.compress(PAGE[half:]) + b"\0\0"))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        opened = reader.source("http://parts.example/")
    assert opened.document.text.count("frost undoes") == PROSE.count("frost undoes")


# --- connections that break --------------------------------------------------------------------------------------


def cut(body: bytes, *, type: str = "text/html", **headers: str) -> Reply:
    return Reply(body, type=type, length=len(body) + 5_000, headers=headers)


def test_a_page_that_is_cut_once_is_fetched_again(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    answers = iter([cut(PAGE[:300]), Reply(PAGE)])
    web.on("frail.example", lambda _: next(answers))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        opened = reader.source("http://frail.example/")
    assert opened.source.warnings == ()
    assert len(web.requests) == 2


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_page_that_is_always_cut_is_read_as_far_as_it_came_and_says_so(
    web: LoopbackWeb, data: Path, parsers: ParserPool, is_packed: bool
) -> None:
    beginning = PAGE[:1_500]
    if is_packed:
        web.on("frail.example", packed(gzip.compress(PAGE * 50, 1)[:900]))
    else:
        web.on("frail.example", cut(beginning))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        opened = reader.source("http://frail.example/")
    assert "frost undoes" in opened.document.text
    assert any("cut" in warning for warning in opened.source.warnings)
    assert len(web.requests) == 2


@pytest.mark.parametrize("type", ["application/pdf", "text/html", "application/octet-stream", ""])
def test_half_a_file_is_a_failure(web: LoopbackWeb, data: Path, parsers: ParserPool, type: str) -> None:
    web.on("frail.example", cut(b"%PDF-1.4 half of it", type=type))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://frail.example/paper.pdf")
    assert reason.obstacle is Obstacle.UNREACHABLE
    assert "cut" in reason.title


def test_a_connection_that_is_reset_before_an_answer_is_tried_once_more(
    web: LoopbackWeb, data: Path, parsers: ParserPool
) -> None:
    answers = iter([Reply(raw=b""), Reply(PAGE)])
    web.on("frail.example", lambda _: next(answers))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reader.source("http://frail.example/")
    assert len(web.requests) == 2


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_host_that_is_busy_is_asked_once_more(web: LoopbackWeb, data: Path, parsers: ParserPool, status: int) -> None:
    answers = iter([Reply("busy", status=status, headers={"Retry-After": "0"}), Reply(PAGE)])
    web.on("busy.example", lambda _: next(answers))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reader.source("http://busy.example/")
    assert len(web.requests) == 2


@pytest.mark.parametrize("patience", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT", "600"])
def test_nobody_waits_for_long(web: LoopbackWeb, data: Path, parsers: ParserPool, patience: str) -> None:
    web.on("busy.example", Reply("busy", status=503, headers={"Retry-After": patience}))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://busy.example/")
    assert reason.obstacle is Obstacle.UNREACHABLE
    assert "patience" in reason.title
    assert "minutes" in reason.hint
    assert len(web.requests) == 1


def test_a_host_that_does_not_exist_is_said_to_be_missing(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    with reader_of(web, data, parsers=parsers) as reader:
        reason = reader.failure("http://nowhere.example/")
    assert reason.obstacle is Obstacle.UNREACHABLE
    assert "cannot be found" in reason.title


# --- kinds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "words"),
    [
        ("image/png", "a picture"),
        ("video/mp4", "a film"),
        ("audio/mpeg", "a sound recording"),
        ("application/zip", "an archive"),
        ("application/javascript", "a program"),
        ("application/vnd.something-else", "application/vnd.something-else"),
    ],
)
def test_what_has_no_text_is_not_downloaded(
    web: LoopbackWeb, data: Path, parsers: ParserPool, type: str, words: str
) -> None:
    sent: list[int] = []

    def pieces() -> Iterator[bytes]:
        for number in range(2_000):
            sent.append(number)
            yield b"\0" * 65_536

    web.on("media.example", lambda _: Reply(pieces(), type=type))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://media.example/thing")
    assert words in reason.title
    assert len(sent) < 500


def test_a_file_that_says_that_it_is_too_large_is_not_begun(web: LoopbackWeb, data: Path, parsers: ParserPool) -> None:
    web.on("large.example", Reply(b"%PDF-1.4", type="application/pdf", length=900_000_000))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://large.example/a.pdf")
    assert "too large" in reason.title


def test_a_file_that_turns_out_too_large_is_given_up(
    web: LoopbackWeb, data: Path, parsers: ParserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.web.kinds.FILE_BYTES", 100_000)

    def pieces() -> Iterator[bytes]:
        yield b"%PDF-1.4"
        while True:
            yield b"0" * 50_000

    web.on("large.example", lambda _: Reply(pieces(), type="application/pdf"))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        reason = reader.failure("http://large.example/a.pdf")
    assert "too large" in reason.title


def test_a_large_file_that_is_called_a_page_is_not_read_in_part(
    web: LoopbackWeb, data: Path, parsers: ParserPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.web.kinds.MARKUP_BYTES", 10_000)
    web.on("large.example", Reply(b"%PDF-1.4" + b"0" * 20_000, type="text/html"))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        assert "too large" in reader.failure("http://large.example/").title


@pytest.mark.parametrize(
    ("type", "encoding"),
    [
        ("text/html; charset=iso-8859-1", "iso-8859-1"),
        ("text/html;charset='windows-1252'", "windows-1252"),
        ('text/html; charset="ISO-8859-15"', "iso-8859-15"),
        ("text/html; charset=utf-16", "utf-16"),
        ("text/html; charset=shift_jis; charset=utf-8", "shift_jis"),
        ("text/html; charset=no-such-thing", "utf-8"),
        ("text/html; charset=", "utf-8"),
        ("text/html, text/plain", "utf-8"),
        ("TEXT/HTML; Charset=UTF-8", "utf-8"),
        ("", "utf-8"),
        ("text/html; charset=" + "x" * 5_000, "utf-8"),
        ("text/html; charset=\xff\xfe", "utf-8"),
    ],
)
def test_odd_headers_do_not_spoil_the_text(
    web: LoopbackWeb, data: Path, parsers: ParserPool, type: str, encoding: str
) -> None:
    words = "Kalk und Frost" if encoding == "shift_jis" else "Kälte im März über Mörtel"
    body = article("Mörtel" if encoding != "shift_jis" else "Kalk", text=f"{words}. {PROSE}").encode(encoding)
    web.on("odd.example", Reply(body, type=type))
    with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
        opened = reader.source("http://odd.example/")
    assert words in opened.document.text
