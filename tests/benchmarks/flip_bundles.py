"""Changes one byte at a time in real bundles: each change has to be found.

    python tests/benchmarks/flip_bundles.py --flips 1000 --seed 1

Runs are made as a person makes them: questions to the user guide, researched and written without a language model. Each
is packed, and checked as it is. Then, in equal parts, one bit is turned or one byte is replaced, at a place chosen at
random, and ``verify`` looks at the file. With ``--resealed`` the file is sealed again after the change, as somebody
would who changes it on purpose and knows how: what is found then is found by the hashes inside, and what is not lies
in what no reader of a ZIP file looks at. Prints the seed, so that each flip can be repeated.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from desktop.terminal.cli import main as plumbline  # noqa: E402
from engine.bundle import layout  # noqa: E402
from engine.bundle.pack import pack  # noqa: E402
from engine.bundle.verify import verify  # noqa: E402
from engine.departures import departures_of  # noqa: E402
from engine.errors import BundleUnusable  # noqa: E402
from engine.research import History  # noqa: E402

QUESTIONS = (
    "How do I check a citation?",
    "What is in the data folder?",
    "How many pages of a host are read in a run?",
    "Does Plumbline respect robots.txt? Which search engines need no account?",
    "How does a language model get to this computer, and how much memory does it need?",
)


def bundles(folder: Path) -> list[bytes]:
    """Ask every question, and return the bundles of the reports."""
    data = folder / "data"
    with contextlib.redirect_stdout(io.StringIO()):
        for question in QUESTIONS:
            plumbline(["ask", question, "--data", str(data), "--quiet", "--model", "none"])
    history = History.open(data)
    try:
        packed = []
        for session in history.sessions():
            state = history.state(session.last_run)
            packed.append(
                pack(history.trace(session.last_run), history.document, departures=departures_of(data, state))
            )
        return packed
    finally:
        history.close()


def changed(bundle: bytes, dice: random.Random, *, is_bit: bool) -> tuple[bytes, int]:
    """Return the bundle with one bit turned, or one byte replaced by another; and where."""
    content = bytearray(bundle)
    place = dice.randrange(len(content))
    content[place] ^= 1 << dice.randrange(8) if is_bit else dice.randrange(1, 256)
    return bytes(content), place


def outcome(path: Path) -> str:
    """Return how a file was found to be changed; empty where it was not."""
    try:
        found = verify(path)
    except BundleUnusable:
        return "refused as no bundle or as damaged"
    if found.is_sound:
        return ""
    topics = [finding.topic.value for finding in found.findings if finding.topic.value != "file"]
    return f"does not hold, and the change is in: {topics[0]}" if topics else "does not hold, by its seal"


def main() -> int:
    """Print how many changes were found; exit code 1 if one was not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--resealed", action="store_true", help="seal each changed file again")
    options = parser.parse_args()
    dice = random.Random(options.seed)
    found: Counter[str] = Counter()
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        originals = bundles(folder)
        path = folder / "changed.plumbline"
        for number, bundle in enumerate(originals):
            path.write_bytes(bundle)
            verification = verify(path)
            if not verification.is_sound:
                print(f"bundle {number} does not hold as it is: {verification.findings[0]}", file=sys.stderr)
                return 1
        began = time.perf_counter()
        for flip in range(options.flips):
            number = flip % len(originals)
            content, place = changed(originals[number], dice, is_bit=flip % 2 == 0)
            if options.resealed:
                before = content[: -layout.DIGEST_DIGITS]
                content = before + hashlib.sha256(before).hexdigest().encode()
                if content == originals[number]:
                    found["in the seal, which was made anew"] += 1
                    continue
            path.write_bytes(content)
            if how := outcome(path):
                found[how] += 1
            else:
                missed.append(f"bundle {number}, byte {place:,} of {len(content):,}")
        seconds = time.perf_counter() - began
    sizes = ", ".join(f"{len(bundle):,}" for bundle in originals)
    print(f"{platform.system()} {platform.machine()}, {datetime.now(UTC).date()}, seed {options.seed}")
    print(f"bundles of {sizes} bytes")
    kind = "changes, sealed again" if options.resealed else "changes"
    print(f"found {sum(found.values()):,} of {options.flips:,} {kind}; {seconds / options.flips * 1000:.0f} ms each")
    for how, times in found.most_common():
        print(f"  {times:>6,}  {how}")
    for where in missed[:20]:
        print(f"  not found: {where}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
