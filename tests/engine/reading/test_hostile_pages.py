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
SLOW = frozenset(
    [
        "PDF: a form that draws itself",
        "PDF: fifty million letters",
        "PDF: fifty thousand times the same page",
        "a hundred thousand headings",
        "a hundred thousand inline styles",
        "a hundred thousand paragraphs",
        "a line of twenty megabytes",
        "a table of three hundred thousand cells",
        "an underlined text",
        "brackets in Markdown",
        "bytes that are no letters",
        "five million <",
        "half a letter too much",
        "half a million choices",
        "letters nested a hundred thousand deep",
        "prose that looks like a listing",
        "readability's worst: depth",
        "readability's worst: width",
        "rules that share a class",
        "selectors that climb",
        "stars in Markdown",
        "tags full of attributes",
        "tags in any order",
        "ten million line breaks",
        "twenty-five thousand attributes",
        "two hundred thousand notes in the head",
    ]
)
"""Bombs that take more than a second each: ``tests/benchmarks/fuzz_pages.py --bombs`` plays them all."""
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


def test_at_least_sixty_bombs_are_played_here() -> None:
    assert set(BOMBS) > SLOW
    assert len(BOMBS) - len(SLOW) >= 60


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in SLOW])
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
