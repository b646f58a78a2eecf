"""Reads damaged copies of real documents through the parser process and says how it bore them.

    python tests/benchmarks/fuzz_documents.py FOLDER [--count 400] [--seed 1]

Every copy has bytes flipped, cut out, doubled or overwritten; archives are damaged inside as well. Nothing may take
longer than the limit, make the parser useless for the next file, or be refused without a title and a hint.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import psutil

from engine.errors import DocumentUnreadable
from engine.reading.parser import READABLE_SUFFIXES, Limits, Parser

LIMITS = Limits(timeout_s=15.0)
MAX_ORIGINAL_BYTES = 2 << 20
INTERESTING = (b"\x00", b"\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"2147483648", b"-1", b"<", b">>", b"(" * 50)


def mutated(data: bytes, random_source: random.Random) -> bytes:
    """A copy with a handful of things wrong with it."""
    changed = bytearray(data)
    for _ in range(random_source.choice((1, 2, 4, 8, 32, 200))):
        if not changed:
            break
        place = random_source.randrange(len(changed))
        kind = random_source.randrange(6)
        if kind == 0:
            changed[place] = random_source.randrange(256)
        elif kind == 1:
            changed[place] ^= 1 << random_source.randrange(8)
        elif kind == 2:
            del changed[place : place + random_source.choice((1, 16, 1_000))]
        elif kind == 3:
            piece = changed[place : place + random_source.choice((4, 100, 5_000))]
            changed[place:place] = piece
        elif kind == 4:
            piece = random_source.choice(INTERESTING)
            changed[place : place + len(piece)] = piece
        elif random_source.random() < 0.1:
            del changed[place:]
    return bytes(changed)


def mutated_inside(data: bytes, random_source: random.Random) -> bytes:
    """The archive packed again, with one of its members damaged, so that the damage gets past its checksum."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        victims = [
            name for name in old.namelist() if name.endswith((".xml", ".xhtml", ".opf", ".ncx", ".rels", ".html"))
        ]
        victim = random_source.choice(victims or old.namelist())
        for name in old.namelist():
            member = old.read(name)
            new.writestr(name, mutated(member, random_source) if name == victim else member)
    return out.getvalue()


def main() -> int:
    """Run and print one line for each kind of document; the exit status is the number of failures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("--count", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    random_source = random.Random(chosen.seed)
    by_suffix: dict[str, list[Path]] = {}
    for path in sorted(chosen.folder.rglob("*")):
        if path.suffix.lower() in READABLE_SUFFIXES and path.is_file() and path.stat().st_size <= MAX_ORIGINAL_BYTES:
            by_suffix.setdefault(path.suffix.lower(), []).append(path)
    outcomes: dict[str, Counter[str]] = {suffix: Counter() for suffix in by_suffix}
    slowest: list[tuple[float, str, str]] = []
    failures = 0
    before = psutil.Process().memory_info().rss
    with tempfile.TemporaryDirectory() as folder, Parser(limits=LIMITS) as parser:
        healthy = Path(folder) / "healthy.md"
        healthy.write_text("# Healthy\n\nWords.\n")
        for number in range(chosen.count):
            suffix = random_source.choice(sorted(by_suffix))
            data = random_source.choice(by_suffix[suffix]).read_bytes()
            is_archive = data.startswith(b"PK") and random_source.random() < 0.7
            damaged = mutated_inside(data, random_source) if is_archive else mutated(data, random_source)
            path = Path(folder) / f"{number}{suffix}"
            path.write_bytes(damaged)
            started = time.monotonic()
            try:
                parser.parse(path)
                outcome = "read"
            except DocumentUnreadable as error:
                outcome = error.title
                if not error.title or not error.hint:
                    failures += 1
                    print(f"no reason given: seed {chosen.seed}, number {number}", file=sys.stderr)
            taken = time.monotonic() - started
            slowest.append((taken, suffix, outcome))
            outcomes[suffix][outcome] += 1
            if taken > LIMITS.timeout_s + 2:
                failures += 1
                print(f"took {taken:.1f} s: seed {chosen.seed}, number {number}", file=sys.stderr)
            if parser.parse(healthy).document.title != "Healthy":
                failures += 1
            path.unlink()
        after = psutil.Process().memory_info().rss
    for suffix, counts in sorted(outcomes.items()):
        print(suffix, dict(counts.most_common()))
    slowest.sort(reverse=True)
    print("slowest:", [(round(taken, 2), suffix, outcome) for taken, suffix, outcome in slowest[:5]])
    print(f"{chosen.count} documents, {failures} failures, the app grew by {(after - before) / (1 << 20):.0f} MB")
    return min(failures, 100)


if __name__ == "__main__":
    sys.exit(main())
