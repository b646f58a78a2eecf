"""Sends the reader of pages thousands of broken answers: each has to end with a page or a reason, none with a mistake.

    python tests/benchmarks/fuzz_answers.py --answers 2000

Made of parts that fit together badly (statuses, headers, packed and cut bodies), a third of them with bytes changed at
random, from a fixed seed. They go through the real door and the real parser processes. Prints what became of them, the
mistakes (there should be none), by how much this process grew, and the longest time that six of them took together.
"""

from __future__ import annotations

import argparse
import gzip
import os
import platform
import random
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

import psutil  # noqa: E402
from fetched_pages import article, reader_of  # noqa: E402
from loopback_web import Asked, LoopbackWeb, Reply  # noqa: E402

from engine.agent.roles import OpenedSource  # noqa: E402
from engine.web.parsers import ParserPool  # noqa: E402
from engine.web.politeness import Manners  # noqa: E402

HOSTS = 4
AT_ONCE = 6
PAGE = article().encode()
STATUSES = [200] * 6 + [301, 302, 303, 307, 308, 404, 403, 429, 503, 204, 206, 304, 100, 101, 999, 600, 0, -1]
HEADERS = [
    b"Content-Type: text/html",
    b"Content-Type: application/pdf",
    b"Content-Type: text/html; charset=\xe2\x82\xac",
    b"Content-Length: %d" % len(PAGE),
    b"Content-Length: 99999999999999999999999",
    b"Content-Length: \xb2",
    b"Content-Encoding: gzip",
    b"Transfer-Encoding: chunked",
    b"Connection: close",
    b"Retry-After: 1",
    b"Retry-After: \xb2",
    b"Location: /elsewhere",
    b"Location: http://host1.example/elsewhere",
    b"Location: http://[::1",
    b"Location: //\xff.example/",
    b"Location: \x00",
    b"cf-mitigated: challenge",
    b"X: \xff\xfe\x80",
]


class Breaker:
    """Answers every request with something else that is broken."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._lock = threading.Lock()

    def __call__(self, _: Asked) -> Reply:
        with self._lock:
            return Reply(raw=self._answer())

    def _answer(self) -> bytes:
        chance = self._chance
        packed = gzip.compress(PAGE)
        bodies = [
            PAGE,
            packed,
            packed[: chance.randint(0, 60)],
            b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE),
            b"",
            chance.randbytes(300),
        ]
        lines = [b"HTTP/1.1 %d OK" % chance.choice(STATUSES), *chance.sample(HEADERS, chance.randint(0, 5))]
        answer = bytearray(b"\r\n".join(lines) + b"\r\n\r\n" + chance.choice(bodies))
        if chance.random() < 1 / 3:
            for _ in range(chance.randint(1, 6)):
                answer[chance.randrange(len(answer))] = chance.randrange(256)
        return bytes(answer)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=int, default=2_000, help="addresses that are opened")
    parser.add_argument("--seed", type=int, default=20261121)
    own = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}")
    mistakes: list[threading.ExceptHookArgs] = []
    threading.excepthook = mistakes.append
    manners = Manners(pause_s=0.0, breath_s=0.0, pages_per_host=10**9, seconds_per_host=1e9, page_s=2.0)
    ends: Counter[str] = Counter()
    longest_s = 0.0
    pool, breaker, chance = ParserPool(), Breaker(own.seed), random.Random(own.seed)
    with tempfile.TemporaryDirectory() as folder, LoopbackWeb() as web:
        for number in range(HOSTS):
            web.on(f"host{number}.example", breaker)
        with reader_of(web, Path(folder), parsers=pool, manners=manners, obey_robots=False) as reader:
            process = psutil.Process()
            before = process.memory_info().rss
            for _ in range(0, own.answers, AT_ONCE):
                paths = (chance.randrange(10**12) for _ in range(AT_ONCE))
                began = time.monotonic()
                answers = reader.open(*(f"http://host{path % HOSTS}.example/{path}" for path in paths))
                longest_s = max(longest_s, time.monotonic() - began)
                ends.update("read" if isinstance(one, OpenedSource) else one.obstacle.value for one in answers)
            grown = process.memory_info().rss - before
    pool.close()
    print(f"answers         {ends.total()}: {', '.join(f'{name} {count}' for name, count in ends.most_common())}")
    print(f"mistakes        {len(mistakes)}")
    print(f"grown by        {grown / (1 << 20):.1f} MB, the log of this small web included")
    print(f"longest         {longest_s:.2f} s for {AT_ONCE} answers at once")
    for mistake in mistakes[:3]:
        traceback.print_exception(mistake.exc_type, mistake.exc_value, mistake.exc_traceback)
    sys.exit(1 if mistakes else 0)


if __name__ == "__main__":
    main()
