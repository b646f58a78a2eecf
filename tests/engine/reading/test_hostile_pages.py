"""Pages made to do harm, through the real parser process: each ends in time, and the next one is read."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Iterator

import psutil
import pytest
from page_bombs import BOMBS

from engine.errors import DocumentUnreadable
from engine.reading.parser import PAGE_LIMITS, PageBytes, Parser

LIMIT_S = 15
MAX_GROWTH_BYTES = 50 << 20
AFTER = PageBytes(
    data=b"<html><title>After</title><p>Still here, and able to read whole sentences of a page.</p></html>",
    address="https://example.org/after",
    content_type="text/html",
)


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser() as shared:
        shared.parse_page(AFTER)
        yield shared


def test_there_are_at_least_sixty_bombs() -> None:
    assert len(BOMBS) >= 60


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_in_time_and_the_next_page_is_read(parser: Parser, name: str) -> None:
    data, content_type = BOMBS[name]()
    page = PageBytes(data=data, address="https://example.org/bomb", content_type=content_type)
    gc.collect()
    before = psutil.Process().memory_info().rss
    started = time.monotonic()
    try:
        parsed = parser.parse_page(page)
    except DocumentUnreadable as error:
        assert error.title
        assert error.hint
    else:
        assert parsed.document.text
        assert len(parsed.document.text) <= PAGE_LIMITS.characters
        assert parsed.page is not None
        del parsed
    taken = time.monotonic() - started
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    assert taken < LIMIT_S
    assert grown < MAX_GROWTH_BYTES
    assert parser.parse_page(AFTER).document.title == "After"
    sys.stdout.write(f"{taken:5.1f} s {grown >> 20:4} MB {len(data) >> 10:8} kB {name}\n")
