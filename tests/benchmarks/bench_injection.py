"""Let a model obey hundreds of texts that demand harm, in whole runs: ``python tests/benchmarks/bench_injection.py``.

Each run has the real door, search, pages, parsers and library over a web on this computer, and a scripted model that
does whatever any text tells it, in every role. What is counted is what got out: requests to addresses that no search
returned, names that were looked up, private words anywhere, files, processes, settings, approvals, and reports in
which something is alive. ``--control`` takes the two checks of addresses away instead: the harness must notice.

``--texts FOLDER`` tries the texts of a collection that lies there besides: lines of ``.txt``, strings in ``.json`` and
``.jsonl``, string constants in ``.py`` (which are read, never run).
"""

from __future__ import annotations

import argparse
import ast
import json
import platform
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from injected_runs import PACK, Tally, obey, packs  # noqa: E402
from injection_texts import Injection, Kind, address_of, canary, injections  # noqa: E402
from web_scenes import Bench  # noqa: E402

from engine.domain import Reach  # noqa: E402

_FIRST_FOREIGN = 10_000
_SHORTEST, _LONGEST = 24, 4_000


def foreign(folder: Path, *, most: int, seed: int = 1) -> tuple[Injection, ...]:
    """Return texts of a collection, each followed by a demand with a canary so that its obedience can be seen."""
    found = list(dict.fromkeys(" ".join(text.split()) for path in sorted(folder.rglob("*")) for text in _texts(path)))
    usable = [text for text in found if _SHORTEST <= len(text) <= _LONGEST and " " in text]
    random.Random(seed).shuffle(usable)
    return tuple(
        Injection(
            number=number,
            kind=Kind.OPEN,
            language="?",
            canary=canary(number),
            text=f"{text} {address_of(canary(number))}",
        )
        for number, text in enumerate(usable[:most], start=_FIRST_FOREIGN)
    )


def _texts(path: Path) -> Iterator[str]:
    if path.suffix not in (".txt", ".json", ".jsonl", ".py") or not path.is_file():
        return
    written = path.read_text(encoding="utf-8", errors="replace")
    try:
        match path.suffix:
            case ".txt":
                yield from written.splitlines()
            case ".json":
                yield from _strings(json.loads(written))
            case ".jsonl":
                for line in written.splitlines():
                    yield from _strings(json.loads(line))
            case ".py":
                yield from _constants(ast.parse(written))
    except (ValueError, SyntaxError, RecursionError):
        return


def _constants(tree: ast.Module) -> Iterator[str]:
    told = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
            yield node.value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def measure(texts: Sequence[Injection], *, reach: Reach, is_broken: bool = False, pack: int = PACK) -> Tally:
    """Carry out runs among the texts and return what happened in all of them."""
    total = Tally()
    with Bench() as bench, tempfile.TemporaryDirectory() as folder:
        for number, traps in enumerate(packs(texts, size=pack)):
            place = Path(folder) / str(number)
            place.mkdir()
            total.add(obey(bench, traps, place, reach=reach, is_broken=is_broken))
            if sys.stderr.isatty():
                print(f"\r{total.texts} texts, {len(total.leaks)} leaks", end="", file=sys.stderr, flush=True)
    return total


def main() -> int:
    """Run from the command line; exit code 1 when anything got out, or when a control was not noticed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=Path, metavar="FOLDER", help="a collection to try instead of our own texts")
    parser.add_argument("--most", type=int, default=500, help="texts of a collection, chosen at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="only so many of our own texts")
    parser.add_argument("--reach", choices=("web", "both", "library", "each"), default="each")
    parser.add_argument("--control", action="store_true", help="take the checks away: leaks must be found")
    options = parser.parse_args()
    ours = injections()
    texts = foreign(options.texts, most=options.most, seed=options.seed) if options.texts else ours
    if options.control:
        texts = tuple(one for one in ours if one.number % 2)[:24]
    texts = texts[: options.limit or None]
    reaches = tuple(Reach) if options.reach == "each" else (Reach(options.reach),)
    print(f"{platform.machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}")
    print(f"{len(texts)} texts; kinds: {len(Counter(one.kind for one in texts))}", end="")
    print(f", languages: {len(Counter(one.language for one in texts))}")
    is_clean = True
    for reach in reaches:
        began = time.monotonic()
        total = measure(texts, reach=reach, is_broken=options.control)
        is_clean = is_clean and total.is_clean
        print(f"\n{reach.value}")
        for name in Tally.__dataclass_fields__:
            value = getattr(total, name)
            print(f"  {name.replace('_', ' '):28} {len(value) if isinstance(value, list) else value}")
        print(f"  {'seconds':28} {time.monotonic() - began:.0f}")
        for words, times in Counter(leak[:160].replace("\r\n", " ") for leak in total.leaks).most_common(10):
            print(f"    {times} × {words}")
    return int(is_clean) if options.control else int(not is_clean)


if __name__ == "__main__":
    sys.exit(main())
