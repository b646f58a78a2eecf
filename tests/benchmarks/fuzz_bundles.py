"""Forges bundles: each has to be opened, opened with findings, or refused with a reason; none may end in a mistake.

    python tests/benchmarks/fuzz_bundles.py --bundles 1000 --seed 1

Up to three values in the JSON of a bundle are replaced by others of a wrong kind, size or place, or are left out or
doubled, and every sum is made anew. What can be opened is opened, shown in four formats, and packed again. Prints
what became of them; what holds although it was forged was changed in what no check can know, such as the thought of a
model.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import json
import platform
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from bundled_runs import entries, saved, summed, whole, zipped  # noqa: E402

from engine.bundle import layout  # noqa: E402
from engine.bundle.pack import pack  # noqa: E402
from engine.bundle.verification import Topic  # noqa: E402
from engine.bundle.verify import verify  # noqa: E402
from engine.departures import departures_of  # noqa: E402
from engine.errors import BundleUnusable, ExportFailed  # noqa: E402
from engine.export import TEXT_FORMATS, render  # noqa: E402
from engine.research import History, Research  # noqa: E402

VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 2**63, -(2**63), 1e308, "", "x", "\x00\x1b[2J\u202e", "9" * 500),
    *("file:///etc/passwd", "//elsewhere/share", "javascript:alert(1)", "http://[::1", "http://host.example:99999/"),
    *("2026-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "complete", "unsupported", "library"),
    *([], {}, [[]], [{}]),
)
_SHOWN = 5


def places(value: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to each value within a value."""
    if before:
        yield before
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield from places(value[key], (*before, key))


def forged(value: Any, dice: random.Random) -> Any:
    """Change one thing in a value."""
    ways = list(places(value))
    if not ways:
        return value
    *way, last = dice.choice(ways)
    owner = value
    for key in way:
        owner = owner[key]
    chance = dice.random()
    if chance < 0.7:
        owner[last] = copy.deepcopy(dice.choice(VALUES))
    elif chance < 0.85:
        del owner[last]
    elif isinstance(owner, list):
        owner.insert(last, copy.deepcopy(owner[last]))
    return value


def mutant(content: dict[str, bytes], dice: random.Random) -> bytes:
    """Return a bundle with up to three things changed, and every sum made anew."""
    changed = dict(content)
    names = [name for name in content if name.endswith((".json", ".jsonl"))]
    for _ in range(dice.randint(1, 3)):
        name = dice.choices(names, [6 if one == layout.TRACE else 2 for one in names])[0]
        lines = changed[name].splitlines() if name.endswith("l") else [changed[name]]
        if lines:
            at = dice.randrange(len(lines))
            lines[at] = json.dumps(forged(json.loads(lines[at]), dice)).encode()
        changed[name] = b"\n".join(lines) + b"\n"
    with contextlib.suppress(KeyError, TypeError, AttributeError):  # what was forged is the manifest itself
        changed = summed(changed)
    return zipped(changed)


def outcome(path: Path, research: Research, history: History, data: Path) -> str:
    """Look at a bundle, open it if that can be, show it and pack it again; return what became of it."""
    try:
        found = verify(path)
        if not found.can_be_opened:
            return "too damaged to be opened"
        opened = research.open_bundle(path, despite_findings=True)
    except BundleUnusable:
        return "refused"
    state = history.state(opened.run_id)
    departures = departures_of(data, state)
    document_of = history.documents_of(opened.run_id)
    for form in TEXT_FORMATS:
        render(state, form, document_of, departures=departures)
    try:
        pack(history.trace(opened.run_id), document_of, departures=departures)
    except ExportFailed:
        if not found.of(Topic.TEXTS):
            raise
        return "opened without a text, and not packed again"
    return "holds" if found.is_sound else "opened with findings"


def main() -> int:
    """Print what became of them; exit code 1 if there was a mistake."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bundles", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, content = random.Random(options.seed), entries(whole())
    outcomes: Counter[str] = Counter()
    mistakes, longest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with Research.open(data) as research:
            history = History.open(data)
            for number in range(options.bundles):
                path = saved(mutant(content, dice), Path(folder))
                began = time.perf_counter()
                try:
                    outcomes[outcome(path, research, history, data)] += 1
                except Exception:
                    mistakes += 1
                    if mistakes <= _SHOWN:
                        print(f"seed {options.seed}, bundle {number}", file=sys.stderr)
                        traceback.print_exc()
                longest = max(longest, time.perf_counter() - began)
            history.close()
    print(f"{platform.system()} {platform.machine()}, {datetime.now(UTC).date()}, seed {options.seed}")
    print(f"{options.bundles:,} forged bundles, {mistakes} mistakes, the longest took {longest:.1f} s")
    for what, times in outcomes.most_common():
        print(f"  {times:>6,}  {what}")
    return 1 if mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
