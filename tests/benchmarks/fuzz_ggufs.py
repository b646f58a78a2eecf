"""Loads damaged copies of model files, asks each for a few words, and says how that was borne.

    python tests/benchmarks/fuzz_ggufs.py [--count 500] [--seed 1] [--unchecked] [FILE.gguf ...]

Every copy has something wrong with it: flipped bits, a missing end, lying counts and lengths, enormous numbers,
swapped types, shifted offsets, a broken chat template. Each must end within 20 seconds in a model that answers or in
an error with a title and a hint; the app's process must neither hang nor die nor keep anything, and a healthy file
must load at the end. ``--unchecked`` skips the look at the header that files get first, so that llama.cpp meets all of
them. Without files, tiny ones of random weights are used.
"""

from __future__ import annotations

import argparse
import platform
import random
import struct
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil

from models.chat import ChatRequest, Message, Prompt, ReplyEnd, Speaker
from models.errors import ModelDied, ModelError
from models.files.gguf import read_gguf
from models.process.host import LocalModel

LIMIT_S = 20.0
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
TEXT, ARRAY = 8, 9
HUGE = (0, 1, 2**31 - 1, 2**32 - 1, 2**40, 2**63 - 1, 2**64 - 1)


@dataclass(frozen=True, slots=True)
class Field:
    """A number in the header: where it is, how many bytes it has, and what it is."""

    place: int
    size: int
    kind: str


def header_fields(data: bytes) -> tuple[list[Field], int]:
    """Return the numbers of a healthy file's header, and where the header ends."""
    fields = [Field(4, 4, "version"), Field(8, 8, "count"), Field(16, 8, "count")]
    tensors, entries = struct.unpack_from("<QQ", data, 8)
    place = 24

    def text(kind: str) -> None:
        nonlocal place
        fields.append(Field(place, 8, kind))
        place += 8 + struct.unpack_from("<Q", data, place)[0]

    def value(of: int) -> None:
        nonlocal place
        if of == TEXT:
            text("text length")
        elif of == ARRAY:
            inner, count = struct.unpack_from("<IQ", data, place)
            fields.extend((Field(place, 4, "type"), Field(place + 4, 8, "count")))
            place += 12
            for _ in range(count):
                value(inner)
        else:
            fields.append(Field(place, SIZES[of], "value"))
            place += SIZES[of]

    for _ in range(entries):
        text("name length")
        fields.append(Field(place, 4, "type"))
        place += 4
        value(struct.unpack_from("<I", data, place - 4)[0])
    for _ in range(tensors):
        text("name length")
        fields.append(Field(place, 4, "dimensions"))
        (dimensions,) = struct.unpack_from("<I", data, place)
        place += 4
        for _ in range(dimensions):
            fields.append(Field(place, 8, "dimension"))
            place += 8
        fields.extend((Field(place, 4, "tensor type"), Field(place + 4, 8, "offset")))
        place += 12
    return fields, place


class Mutations:
    """Makes damaged copies of one healthy file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._fields, self._header_end = header_fields(data)
        self._by_kind: dict[str, list[Field]] = {}
        for one in self._fields:
            self._by_kind.setdefault(one.kind, []).append(one)

    def make(self, chance: random.Random) -> tuple[str, bytes]:
        """Return what was done, and a damaged copy."""
        kinds = (
            self._flip_header,
            self._flip_anywhere,
            self._cut,
            self._lie,
            self._enlarge,
            self._swap,
            self._template,
        )
        kind = chance.choice(kinds)
        changed = bytearray(self._data)
        kind(changed, chance)
        return kind.__name__.strip("_"), bytes(changed)

    def _flip_header(self, changed: bytearray, chance: random.Random) -> None:
        for _ in range(chance.choice((1, 1, 2, 8))):
            changed[chance.randrange(self._header_end)] ^= 1 << chance.randrange(8)

    def _flip_anywhere(self, changed: bytearray, chance: random.Random) -> None:
        for _ in range(chance.choice((1, 16, 1_000))):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)

    def _cut(self, changed: bytearray, chance: random.Random) -> None:
        end = self._header_end if chance.random() < 0.5 else len(changed)
        place = chance.randrange(end)
        if chance.random() < 0.5:
            del changed[place:]
        else:
            del changed[place : place + chance.choice((1, 8, 4_096))]

    def _lie(self, changed: bytearray, chance: random.Random) -> None:
        """Change a number by a little: a count, a length, a dimension, an offset, a value."""
        for _ in range(chance.choice((1, 2))):
            one = self._chosen(chance)
            now = int.from_bytes(changed[one.place : one.place + one.size], "little")
            self._write(changed, one, now + chance.choice((-32, -1, 1, 2, 7, 32, 4_096)))

    def _enlarge(self, changed: bytearray, chance: random.Random) -> None:
        self._write(changed, self._chosen(chance), chance.choice(HUGE))

    def _swap(self, changed: bytearray, chance: random.Random) -> None:
        """Give an entry or a tensor another type."""
        kind = chance.choice(("type", "tensor type"))
        self._write(changed, chance.choice(self._by_kind[kind]), chance.randrange(42))

    def _template(self, changed: bytearray, chance: random.Random) -> None:
        """Have the chat template break, loop for ever, or eat memory."""
        start = changed.find(b"tokenizer.chat_template") + len(b"tokenizer.chat_template") + 4
        (length,) = struct.unpack_from("<Q", changed, start)
        evil = chance.choice(
            (
                b"{% for i in range(99999999) %}{% for j in range(99999999) %}{% endfor %}{% endfor %}",
                b"{{ 'x' * 2000000000 }}",
                b"{% set ns = namespace(a='x') %}{% for i in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
                b"{{ messages[99].text }}{{ nothing.at.all }}",
                b"{% for %}{{{{",
                b"{{ ''.__class__.__mro__ }}",
                b"{% macro f(n) %}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
            )
        )
        changed[start + 8 : start + 8 + length] = evil.ljust(length)

    def _chosen(self, chance: random.Random) -> Field:
        """Each kind of number is as likely as the others: most are lengths of tokens."""
        return chance.choice(self._by_kind[chance.choice(sorted(self._by_kind))])

    def _write(self, changed: bytearray, one: Field, value: int) -> None:
        changed[one.place : one.place + one.size] = (value % (1 << (8 * one.size))).to_bytes(one.size, "little")


@dataclass(slots=True)
class Tally:
    """How it was borne."""

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_damage: dict[str, Counter[str]] = field(default_factory=dict)
    deaths: int = 0
    longest_s: float = 0.0
    too_slow: int = 0
    unexplained: int = 0
    left: int = 0
    healthy_failed: int = 0
    grown_bytes: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every file ended in an answer or a message, in time, and nothing is left."""
        return not (self.too_slow or self.unexplained or self.left or self.healthy_failed)


def fuzz(originals: list[Path], folder: Path, *, count: int, seed: int, is_unchecked: bool = False) -> Tally:
    """Load that many damaged copies; return how it went."""
    chance = random.Random(seed)
    tally = Tally()
    sources = [Mutations(path.read_bytes()) for path in originals]
    this = psutil.Process()
    before, threads, others = this.memory_info().rss, set(threading.enumerate()), set(this.children())
    damaged = folder / "damaged.gguf"
    for number in range(count):
        damage, data = chance.choice(sources).make(chance)
        damaged.write_bytes(data)
        began = time.monotonic()
        outcome = _outcome(damaged, began, tally, is_unchecked=is_unchecked)
        taken_s = time.monotonic() - began
        tally.files += 1
        tally.outcomes[outcome] += 1
        tally.by_damage.setdefault(damage, Counter())[_kind(outcome)] += 1
        tally.longest_s = max(tally.longest_s, taken_s)
        if taken_s > LIMIT_S:
            tally.too_slow += 1
            tally.details.append(f"number {number} ({damage}) took {taken_s:.1f} s: {outcome}")
    tally.grown_bytes = this.memory_info().rss - before
    tally.left = len(set(this.children()) - others) + len(set(threading.enumerate()) - threads)
    for path in originals:
        if _outcome(path, time.monotonic(), tally, is_unchecked=False) != "answered":
            tally.healthy_failed += 1
    return tally


def _outcome(path: Path, began: float, tally: Tally, *, is_unchecked: bool) -> str:
    """Load a file and ask it for some words, again after a death; return what came of it."""

    def is_late() -> bool:
        return time.monotonic() - began > LIMIT_S

    model = LocalModel(path, check=(lambda _: None) if is_unchecked else read_gguf)
    request = ChatRequest(
        prompt=Prompt(messages=(Message(speaker=Speaker.USER, text="Where is the quarry? ä 漢 12"),)), max_tokens=8
    )
    try:
        for _ in range(3):
            try:
                reply = model.reply(request, is_cancelled=is_late)
                return "answered" if reply.end is not ReplyEnd.CANCELLED else "too slow"
            except ModelDied as error:
                tally.deaths += 1
                last: ModelError = error
            except ModelError as error:
                last = error
                break
        if not last.title or not last.hint:
            tally.unexplained += 1
            tally.details.append(f"no reason given: {last!r}")
        return f"{type(last).__name__}: {last.title}"
    finally:
        model.close()


def _kind(outcome: str) -> str:
    return outcome.split(":", maxsplit=1)[0]


def main() -> int:
    """Run from the command line; exit code 1 when a file was not borne."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--unchecked", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        originals = options.files or _tiny_files(folder)
        tally = fuzz(originals, folder, count=options.count, seed=options.seed, is_unchecked=options.unchecked)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {psutil.cpu_count()} cores")
    for damage, kinds in sorted(tally.by_damage.items()):
        print(f"{damage:16} {dict(kinds.most_common())}")
    for outcome, times in tally.outcomes.most_common(25):
        print(f"{times:6}  {outcome}")
    print(
        f"{tally.files} files, {tally.deaths} deaths of the model process, longest {tally.longest_s:.1f} s, "
        f"{tally.too_slow} over {LIMIT_S:.0f} s, {tally.unexplained} without a reason"
    )
    print(
        f"healthy files that failed afterwards: {tally.healthy_failed}, processes and threads left: {tally.left}, "
        f"the app grew by {tally.grown_bytes / (1 << 20):.0f} MB"
    )
    for line in tally.details[:10]:
        print("  ", line)
    print(f"{time.monotonic() - began:.0f} seconds")
    return 0 if tally.is_clean else 1


def _tiny_files(folder: Path) -> list[Path]:
    from small_ggufs import write_random_model

    return [
        write_random_model(folder / "two-layers.gguf"),
        write_random_model(folder / "three-layers.gguf", layers=3, vocabulary=600, context=4_096, seed=2),
    ]


if __name__ == "__main__":
    sys.exit(main())
