"""Have reports written by models that write as badly as they can: ``python tests/benchmarks/bench_integrity.py``.

Each run has the real loop, writer, editor, judge and store over random evidence, is broken off and taken up again now
and then, and has its report changed up to three times. What is counted is read back from the disk: citations of
passages that do not exist, passages that are not what the archived text has in their place, quotations that are none,
claims that rest on nothing. All of it must be 0.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from adversarial_model import Wickedness  # noqa: E402
from adversarial_runs import Tally, attempt  # noqa: E402

_MOST_SHOWN = 20


def main() -> int:
    """Run from the command line; exit code 1 when a citation leads nowhere, or anything else is wrong with one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=220, help="runs, the kinds of models in turn")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--documents", type=int, default=12, help="the most there are in a run")
    options = parser.parse_args()
    print(f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC).date()}")
    tally, started, kinds = Tally(), time.perf_counter(), list(Wickedness)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.runs):
            attempt(
                kinds[number % len(kinds)],
                seed=options.seed + number,
                tally=tally,
                folder=Path(folder),
                most_documents=options.documents,
            )
            if sys.stderr.isatty():
                print(f"\r{number + 1} runs, {tally.faults} faults", end="", file=sys.stderr, flush=True)
    print(f"seed {options.seed}, {tally.runs} runs with {len(kinds)} kinds of models: {tally.outcomes}")
    print(f"reports {tally.reports} ({tally.amended} changed, {tally.refused} changes refused, ", end="")
    print(f"{tally.interrupted} interruptions), claims {tally.claims}, citations {tally.citations}")
    print(f"orphans             {len(tally.orphans)}")
    print(f"orphans in drafts   {tally.drafted_orphans}")
    print(f"wrong spans         {len(tally.wrong_spans)}")
    print(f"claims on nothing   {len(tally.uncited)}")
    print(f"numbers given twice {len(tally.doubled)}")
    print(f"runs without an end {len(tally.unfinished)}")
    faults = (*tally.orphans, *tally.wrong_spans, *tally.uncited, *tally.doubled, *tally.unfinished)
    for fault in faults[:_MOST_SHOWN]:
        print(f"  {fault}")
    print(f"{time.perf_counter() - started:.0f} s")
    return 1 if faults or tally.drafted_orphans else 0


if __name__ == "__main__":
    sys.exit(main())
