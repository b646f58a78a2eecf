from __future__ import annotations

import gc
import mmap
import weakref
from pathlib import Path

import pytest
from fetched_pages import article, reader_of
from loopback_web import LoopbackWeb, Reply

from engine.agent.roles import OpenedSource
from engine.web.kept import Kept
from engine.web.parsers import ParserPool


@pytest.mark.parametrize("pieces", [[], [b"a"], [b"ab" * 600_000], [b"x" * 700_000] * 5, [b"", b"y" * (1 << 20)]])
def test_everything_comes_out_as_it_went_in(pieces: list[bytes]) -> None:
    for limit in (1 << 30, 1_500_000, 10):
        kept = Kept()
        for piece in pieces:
            kept.write(piece)
        taken = kept.taken(limit)
        kept.close()
        assert taken[:] == b"".join(pieces)[:limit]


@pytest.mark.parametrize(
    "large",
    [
        (b"%PDF-1.4\n" + b"\xfe\x07" * 1_000_000, "application/pdf", False),
        (b"<html><p>" + b"\x00\xff\x13" * 700_000, "text/html", False),
        (b"<html><p>" + b"Lime hardens slowly. " * 60_000, "text/html", True),
    ],
)
def test_the_bytes_of_a_large_page_are_let_go_of_at_once(
    web: LoopbackWeb,
    data: Path,
    parsers: ParserPool,
    monkeypatch: pytest.MonkeyPatch,
    large: tuple[bytes, str, bool],
) -> None:
    body, type, is_read = large
    seen: list[weakref.ref[bytes]] = []
    take = Kept.taken

    def taken(kept: Kept, limit_bytes: int) -> bytes:
        bytes_of_page = take(kept, limit_bytes)
        if isinstance(bytes_of_page, mmap.mmap):
            seen.append(weakref.ref(bytes_of_page))
        return bytes_of_page

    monkeypatch.setattr(Kept, "taken", taken)
    web.on("large.example", Reply(body, type=type))
    web.on("small.example", article())
    gc.disable()
    try:
        with reader_of(web, data, parsers=parsers, obey_robots=False) as reader:
            (answer,) = reader.open("http://large.example/")
            reader.open("http://small.example/")  # a parser may keep what it was sent last
            reader.open("http://small.example/2", "http://small.example/3")
            assert isinstance(answer, OpenedSource) is is_read
            assert len(seen) == 1
            assert seen[0]() is None
    finally:
        gc.enable()
