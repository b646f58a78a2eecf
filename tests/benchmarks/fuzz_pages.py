"""Reads damaged pages and PDFs from the web through the parser process and says how it bore them.

    python tests/benchmarks/fuzz_pages.py [FOLDER] [--count 2000] [--seed 1] [--bombs]

The originals are pages and PDFs that are made here and, if a folder is given, those in it. Every copy has bytes
flipped, cut out, doubled or overwritten; pages have tags, attributes, styles and letters damaged as well, PDFs their
numbers, names and streams. Nothing may take longer than 15 seconds, be refused without a title and a hint, make the
parser useless for the next page, or let this process grow by more than 50 MB. With --bombs, the pages made to do harm
are read, too. The exit status is the number of failures.
"""

from __future__ import annotations

import argparse
import gc
import platform
import random
import re
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psutil

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from hidden_kinds import ARTICLE, KINDS, SHOWN, page_with  # noqa: E402
from made_documents import paragraph, pdf  # noqa: E402
from page_bombs import BOMBS, PROSE, stream  # noqa: E402
from page_bombs import page_with as pdf_with  # noqa: E402

from engine.errors import DocumentUnreadable  # noqa: E402
from engine.reading.parser import PageBytes, Parser  # noqa: E402

LIMIT_S = 15.0
MAX_GROWTH_BYTES = 50 << 20
MAX_ORIGINAL_BYTES = 2 << 20
AFTER = PageBytes(
    data=b"<html><title>After</title><p>Still here, and able to read whole sentences of a page.</p></html>",
    address="https://example.org/after",
    content_type="text/html",
)
TAGS = (
    b"<table>",
    b"</div>",
    b"<pre>",
    b"<li>",
    b"<script>",
    b"</style>",
    b"<template>",
    b"<!--",
    b"-->",
    b"<a href='",
    b"<svg>",
    b"<p style='",
)
BITS = (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"&#x0;",
    b"&#55555;",
    b"\x1b$B",
    b"\xe2\x80\xae",
    b"2147483648",
    b"-1",
    b"(" * 60,
)
TOKENS = (
    b"obj",
    b"endobj",
    b"stream",
    b"endstream",
    b"<<",
    b">>",
    b"[",
    b"]",
    b"/Kids",
    b"/Count",
    b"/Length",
    b"/Filter",
    b"0 R",
    b"xref",
    b"trailer",
)
TYPES = (
    "text/html; charset=utf-8",
    "text/html",
    "text/html; charset=shift_jis",
    "application/xhtml+xml",
    "text/plain",
    "",
    "application/pdf",
)


def originals(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of healthy pages and PDFs."""
    for name, markup in {**KINDS, **SHOWN}.items():
        yield f"{name}.html", page_with(markup)
    rows = "".join(f"<tr><th>{number}</th><td>{PROSE}</td></tr>" for number in range(30))
    yield "table.html", page_with(f"<table>{rows}</table><pre>{PROSE}</pre><ul><li>{PROSE}<li>{PROSE}</ul>{ARTICLE}")
    lines = paragraph(PROSE * 12, top=700)
    yield "words.pdf", pdf([lines, lines, lines], title="Words")
    packed = zlib.compress(b"BT /F 9 Tf 9 700 Td " + b"(Words on a page.) Tj 0 -12 Td " * 40 + b"ET")
    yield "packed.pdf", pdf_with(stream(packed, b"/Filter /FlateDecode"), stream(b"", b"/Type /XObject /Subtype /Form"))
    if folder is not None:
        for path in sorted(folder.rglob("*")):
            if (
                path.suffix.lower() in (".html", ".htm", ".pdf")
                and path.is_file()
                and path.stat().st_size <= MAX_ORIGINAL_BYTES
            ):
                yield path.name, path.read_bytes()


def mutated(data: bytes, source: random.Random, *, is_pdf: bool) -> bytes:
    """A copy with a handful of things wrong with it."""
    changed = bytearray(data)
    for _ in range(source.choice((1, 2, 4, 8, 32, 200))):
        if not changed:
            break
        place = source.randrange(len(changed))
        kind = source.randrange(8)
        if kind == 0:
            changed[place] = source.randrange(256)
        elif kind == 1:
            changed[place] ^= 1 << source.randrange(8)
        elif kind == 2:
            del changed[place : place + source.choice((1, 16, 1_000))]
        elif kind == 3:
            changed[place:place] = changed[place : place + source.choice((4, 100, 5_000))]
        elif kind == 4:
            piece = source.choice(BITS)
            changed[place : place + len(piece)] = piece
        elif kind == 5:
            changed[place:place] = source.choice(TOKENS if is_pdf else TAGS) * source.choice((1, 1, 50))
        elif kind == 6:
            number = re.compile(rb"\d+").search(changed, place)
            if number:
                changed[number.start() : number.end()] = source.choice(
                    (b"0", b"-1", b"3", b"2147483647", b"99999999999")
                )
        elif source.random() < 0.2:
            del changed[place:]
    return bytes(changed)


class Trial:
    """Reads one page after the other and keeps count."""

    def __init__(self, parser: Parser) -> None:
        self._parser = parser
        parser.parse_page(AFTER)
        gc.collect()
        self._before = psutil.Process().memory_info().rss
        self.grown = 0
        self.failures = 0
        self.taken: list[tuple[float, str]] = []
        self.outcomes: dict[str, Counter[str]] = {}

    def read(self, page: PageBytes, *, kind: str, name: str) -> None:
        started = time.monotonic()
        is_explained = True
        try:
            outcome = "read" if self._parser.parse_page(page).document.text else "empty"
        except DocumentUnreadable as error:
            outcome = error.title
            is_explained = bool(error.title and error.hint)
        seconds = time.monotonic() - started
        self.taken.append((seconds, f"{name}: {outcome}"))
        self.outcomes.setdefault(kind, Counter())[re.sub(r"[\d.]+", "…", outcome)] += 1
        self.grown = max(self.grown, psutil.Process().memory_info().rss - self._before)
        if not is_explained or outcome == "empty" or seconds > LIMIT_S or not self._is_well():
            self.failures += 1
            print(f"failed: {name}, {outcome}, {seconds:.1f} s", file=sys.stderr)

    def _is_well(self) -> bool:
        try:
            return self._parser.parse_page(AFTER).document.title == "After"
        except DocumentUnreadable:
            return False


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, nargs="?")
    options.add_argument("--count", type=int, default=2_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--bombs", action="store_true")
    chosen = options.parse_args()
    source = random.Random(chosen.seed)
    pages: list[tuple[str, bytes]] = []
    papers: list[tuple[str, bytes]] = []
    for name, data in originals(chosen.folder):
        (papers if data.startswith(b"%PDF") else pages).append((name, data))
    print(f"{platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}")
    print(f"{len(pages)} pages and {len(papers)} PDFs to damage, seed {chosen.seed}")
    with Parser() as parser:
        trial = Trial(parser)
        for number in range(chosen.count):
            is_pdf = number % 2 == 1
            name, data = source.choice(papers if is_pdf else pages)
            page = PageBytes(
                data=mutated(data, source, is_pdf=is_pdf) or b" ",
                address=f"https://example.org/{number}",
                content_type="application/pdf" if is_pdf and source.random() < 0.8 else source.choice(TYPES),
                is_truncated=source.random() < 0.1,
            )
            trial.read(page, kind="PDFs" if is_pdf else "pages", name=f"{number} {name}")
        for name, build in BOMBS.items() if chosen.bombs else ():
            data, content_type = build()
            page = PageBytes(data=data, address="https://example.org/", content_type=content_type)
            trial.read(page, kind="bombs", name=name)
            del data, page
    for kind, counts in trial.outcomes.items():
        print(f"{kind}: {sum(counts.values())}", dict(counts.most_common(12)))
    trial.taken.sort(reverse=True)
    for seconds, name in trial.taken[:5]:
        print(f"  {seconds:.2f} s  {name}")
    print(
        f"{trial.failures} failures, worst {trial.taken[0][0]:.2f} s, "
        f"this process grew by at most {trial.grown / (1 << 20):.0f} MB"
    )
    return min(trial.failures + (trial.grown > MAX_GROWTH_BYTES), 100)


if __name__ == "__main__":
    sys.exit(main())
