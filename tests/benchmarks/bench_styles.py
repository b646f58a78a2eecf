"""Write a reference list in every citation style there is, and say which cannot be read.

``.venv/bin/python tests/benchmarks/bench_styles.py --sample 100`` tries some, without ``--sample`` all that stand for
themselves: some 2,850, a tenth of a second each or so. The works are made up: an article, a book and a web page.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from reference_runs import ARTICLE, BOOK, run_citing  # noqa: E402

from engine.errors import ExportFailed  # noqa: E402
from engine.export.csl import csl_items  # noqa: E402
from engine.export.pandoc import formatted_bibliography  # noqa: E402
from engine.export.styles import independent_styles, style_xml  # noqa: E402

PAGE = {"address": "https://example.org/mortar", "title": "Mortar in winter", "authors": ("Jane Doe",)}


def main() -> None:
    """Try them and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="only each so-manieth style, N in all")
    wanted = parser.parse_args().sample
    names = independent_styles()
    tried = names[:: max(1, len(names) // wanted)][:wanted] if wanted else names
    items = csl_items(run_citing(ARTICLE, BOOK, PAGE))
    failed, short = [], []
    started = time.perf_counter()
    for name in tried:
        try:
            entries = formatted_bibliography(items, style_xml(name))
        except ExportFailed as error:
            failed.append(f"{name}: {error}")
            continue
        if len(entries) < len(items):
            short.append(f"{name}: {len(entries)} of {len(items)} entries")
    seconds = time.perf_counter() - started
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    )
    print(f"{len(tried)} of {len(names)} styles in {seconds:.1f} s: {len(tried) - len(failed)} read")
    print(*(f"  could not be read: {one}" for one in failed), sep="\n")
    print(*(f"  has no list, or a shorter one: {one}" for one in short), sep="\n")


if __name__ == "__main__":
    main()
