"""How well the main text of saved pages is found: words of the expected text, against readability-lxml alone.

    python tests/benchmarks/bench_extraction.py --pages DIR [--expected DIR] [--count 400] [--each]
    python tests/benchmarks/bench_extraction.py --hidden

DIR holds saved pages: NAME.html with the expected text in NAME.txt (in --expected, or beside it), or a folder for each
page with ``source.html`` and ``expected.html``. Recall is the share of the expected words that were found, precision
the share of the found words that were expected, each as the mean over pages; words are counted as often as they occur.
Without expected texts it says how many words both find, and how long that takes. Ours is what is not marked as
navigation, without headings of the first level: they are titles, which readability gives apart from the text.
With --hidden it counts the ways of hiding words from people that get through. All goes through the extraction in this
process, without the limits of the parser process.
"""

from __future__ import annotations

import argparse
import logging
import platform
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import html

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1])]

from hidden_kinds import CONTROL, IN_HEAD, KINDS, MARK, THE_21, page_with  # noqa: E402

from engine.errors import DocumentUnreadable  # noqa: E402
from engine.reading.document import BlockKind  # noqa: E402
from engine.reading.extract.web import read_page  # noqa: E402
from engine.reading.page import PageBytes  # noqa: E402

WORD = re.compile(r"\w")
BLOCK_TAGS = (
    "p",
    "div",
    "li",
    "br",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "tr",
    "td",
    "th",
    "pre",
    "blockquote",
    "dd",
    "dt",
)


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes
    expected: Counter[str] | None
    code: int
    rows: int


def words_of(text: str) -> Counter[str]:
    """Words, and each letter of scripts that do not part words."""
    found: Counter[str] = Counter()
    for word in re.findall(r"[\w'’]+", text.casefold()):
        if any(ord(letter) >= 0x0E00 and not 0x1E00 <= ord(letter) <= 0x2100 for letter in word):
            found.update(letter for letter in word)
        else:
            found[word] += 1
    return found


def text_of_markup(markup: str) -> str:
    if not markup.strip():
        return ""
    root = html.fromstring(markup)
    for element in root.iter("script", "style", "noscript"):
        element.text = ""
    for element in root.iter(*BLOCK_TAGS):
        element.tail = f" {element.tail or ''}"
        element.text = f" {element.text or ''}"
    return str(root.text_content())


def cases(pages: Path, expected: Path | None, count: int) -> Iterator[Case]:
    folders = sorted(path.parent for path in pages.rglob("source.html"))
    for folder in folders[:count]:
        markup = (folder / "expected.html").read_text("utf-8", "replace")
        yield Case(
            folder.name,
            (folder / "source.html").read_bytes(),
            words_of(text_of_markup(markup)),
            markup.count("<pre"),
            markup.count("<tr"),
        )
    if folders:
        return
    for path in sorted([*pages.rglob("*.html"), *pages.rglob("*.htm")])[:count]:
        text = (expected or path.parent) / f"{path.stem}.txt"
        known = words_of(text.read_text("utf-8", "replace")) if text.is_file() else None
        if expected is None or known:
            yield Case(path.stem, path.read_bytes(), known, 0, 0)


def ours(case: Case) -> tuple[str, int, int]:
    try:
        document, _ = read_page(
            PageBytes(data=case.data, address=f"https://example.org/{case.name}.html", content_type="text/html"),
            characters=2_000_000,
        )
    except DocumentUnreadable as error:
        return "", 0, 0 * len(error.title)
    blocks = [block for block in document.blocks if not block.is_navigation and block.level != 1]
    return (
        "\n".join(document.text[block.start : block.end] for block in blocks),
        sum(block.kind is BlockKind.CODE for block in blocks),
        sum(block.kind is BlockKind.TABLE_ROW for block in blocks),
    )


def theirs(case: Case) -> tuple[str, int, int]:
    from readability import Document
    from readability.readability import Unparseable

    try:
        summary = Document(case.data).summary()
    except Unparseable:
        return "", 0, 0
    return text_of_markup(summary), summary.count("<pre"), summary.count("<tr")


def scores(found: Counter[str], expected: Counter[str]) -> tuple[float, float, float]:
    common = sum((found & expected).values())
    recall = common / max(sum(expected.values()), 1)
    precision = common / max(sum(found.values()), 1)
    return recall, precision, 2 * recall * precision / max(recall + precision, 1e-9)


def count_hidden() -> int:
    """Print which ways of hiding words get through; the exit status is the number of those that get through ours."""
    pages = {name: page_with(markup) for name, markup in KINDS.items()}
    pages.update({f"in the head: {name}": page_with("", head=head) for name, head in IN_HEAD.items()})
    through: dict[str, list[str]] = {"ours": [], "readability": []}
    lost: Counter[str] = Counter()
    for name, data in pages.items():
        for who, reader in (("ours", ours), ("readability", theirs)):
            text = reader(Case(name, data, None, 0, 0))[0]
            spelled = "".join(chr(ord(letter) & 0xFF) for letter in text if 0xE0000 <= ord(letter) <= 0xE01FF)
            if MARK in text or MARK in spelled:
                through[who].append(name)
            lost[who] += CONTROL not in text
    for who, names in through.items():
        of_21 = [name for name in names if name in THE_21]
        print(f"{who:12} lets {len(names)} of {len(pages)} through, of the 21 chosen ones {len(of_21)}; ", end="")
        print(f"lost the visible sentence {lost[who]} times")
        print(f"{'':12} {', '.join(names)}")
    return len(through["ours"])


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=Path)
    options.add_argument("--hidden", action="store_true", help="count the ways of hiding words")
    options.add_argument("--expected", type=Path)
    options.add_argument("--count", type=int, default=400)
    options.add_argument("--each", action="store_true", help="one line a page")
    chosen = options.parse_args()
    logging.disable(logging.CRITICAL)
    print(f"{platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}")
    if chosen.hidden:
        return count_hidden()
    if chosen.pages is None:
        options.error("--pages or --hidden is needed")
    results: dict[str, list[tuple[float, float, float]]] = {"ours": [], "readability": []}
    seconds: dict[str, list[float]] = {"ours": [], "readability": []}
    counts: Counter[str] = Counter()
    for case in cases(chosen.pages, chosen.expected, chosen.count):
        line = f"{case.name:44.44}"
        for name, reader in (("ours", ours), ("readability", theirs)):
            started = time.perf_counter()
            text, code, rows = reader(case)
            seconds[name].append(time.perf_counter() - started)
            found = words_of(text)
            counts[f"words of {name}"] += sum(found.values())
            counts[f"listings of {name}"] += code
            counts[f"rows of {name}"] += rows
            counts[f"pages without text of {name}"] += not found
            if case.expected is not None:
                score = scores(found, case.expected)
                results[name].append(score)
                line += f" {name} R {score[0]:.2f} P {score[1]:.2f}"
            else:
                line += f" {name} {sum(found.values())}"
        counts["pages"] += 1
        if chosen.each:
            print(line)
    if not counts["pages"]:
        print("no pages found", file=sys.stderr)
        return 1
    for name, score in results.items():
        if score:
            recall, precision, both = (statistics.mean(part) for part in zip(*score, strict=True))
            print(f"{name:12} recall {recall:.3f}  precision {precision:.3f}  F1 {both:.3f}  ({len(score)} pages)")
            print(f"{'':12} pages with recall below 0.5: {sum(one[0] < 0.5 for one in score)}")
    for name, taken in seconds.items():
        ordered = sorted(taken)
        worst, p95 = ordered[-1], ordered[int(0.95 * (len(ordered) - 1))]
        print(f"{name:12} {sum(taken) / len(taken):.3f} s a page, p95 {p95:.3f} s, worst {worst:.2f} s")
    print(dict(counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
