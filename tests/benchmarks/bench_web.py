"""Measures pages of the web: how many are fetched and read in a second, and what it brings to fetch ahead.

    python tests/benchmarks/bench_web.py pages --pages FOLDER
    python tests/benchmarks/bench_web.py ahead --pages FOLDER --thinks 3

The web is on this computer. Its pages are real ones, saved as HTML files: the manuals that Debian's packages with
``-doc`` in their name bring along are many (``/usr/share/doc``). Each page lies on a host of its own, as results of a
search do, with rules for robots, and goes through the real door and the real parser processes.

``pages``: pages for each second of wall time, and how long one page takes from its first request to its text.
``ahead``: a made-up run that searches, thinks, and reads two results of each search, four of five times among the
first three. Connections and answers are as late as ``--connect`` and ``--first-byte`` say, more or less by half, from
a fixed seed. Once with fetching ahead, once without.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from loopback_web import Asked, LoopbackWeb, Reply  # noqa: E402

from engine.agent.roles import OpenedSource  # noqa: E402
from engine.domain import Reach, RunId, WebLimits  # noqa: E402
from engine.network.door import Door  # noqa: E402
from engine.network.gate import Origin  # noqa: E402
from engine.network.settings import NetworkSettings  # noqa: E402
from engine.search.engines import SearchEngines  # noqa: E402
from engine.search.searxng import SearXng  # noqa: E402
from engine.web.office import FetchOffice  # noqa: E402
from engine.web.progress import Fetching, FetchPhase  # noqa: E402
from models.keys import Keys  # noqa: E402

SEED = 20261121
RESULTS = 10
READ_AT_ONCE = 2
SEARCH_HOST = "search.example"
RULES = "User-agent: *\nDisallow: /private\n"


class Lateness:
    """How long things take, the same in every run of the benchmark."""

    def __init__(self, *, connect_s: float, first_byte_s: float) -> None:
        self._connect_s = connect_s
        self._first_byte_s = first_byte_s

    def of_connection(self, number: str, count: int) -> float:
        return self._connect_s * random.Random(f"{SEED} {number} {count}").uniform(0.5, 1.5)

    def of_answer(self, asked: Asked) -> float:
        return self._first_byte_s * random.Random(f"{SEED} {asked.host} {asked.target}").uniform(0.5, 1.5)


class Served:
    """A web whose hosts have one of the pages each, and one that is a search engine."""

    def __init__(self, pages: Sequence[bytes], *, lateness: Lateness) -> None:
        self.web = LoopbackWeb()
        self._lateness = lateness
        self._dials: dict[str, int] = {}
        self.addresses = [f"http://host{number}.example/page.html" for number in range(len(pages))]
        for number, page in enumerate(pages):
            self.web.on(f"host{number}.example", self._late(self._host(page)))
        self.web.on(SEARCH_HOST, self._late(self._search))

    def dial(self, number: str, port: int) -> socket.socket:
        count = self._dials[number] = self._dials.get(number, 0) + 1
        self._wait(self._lateness.of_connection(number, count))
        return self.web.dial(number, port)

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self.web.closing.wait(seconds)

    def _late(self, handler: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
        def handle(asked: Asked) -> Reply:
            self._wait(self._lateness.of_answer(asked))
            return handler(asked)

        return handle

    def _host(self, page: bytes) -> Callable[[Asked], Reply]:
        def handle(asked: Asked) -> Reply:
            return Reply(RULES, type="text/plain") if asked.target == "/robots.txt" else Reply(page, type="text/html")

        return handle

    def _search(self, asked: Asked) -> Reply:
        words = parse_qs(urlsplit(asked.target).query)["q"][0]
        found = random.Random(f"{SEED} {words}").sample(self.addresses, min(RESULTS, len(self.addresses)))
        results = [
            {"url": one, "title": f"Result of {one}", "content": f"Something about {words}, {one}"} for one in found
        ]
        return Reply(json.dumps({"results": results}), type="application/json")


def saved_pages(folder: Path, *, most: int) -> list[bytes]:
    """Return a fixed choice of the HTML files below a folder."""
    files = sorted(
        path for path in folder.rglob("*.html") if path.is_file() and 2_000 <= path.stat().st_size <= 4 << 20
    )
    if not files:
        raise SystemExit(f"There are no HTML files of a usual size below {folder}.")
    chosen = random.Random(SEED).sample(files, min(most, len(files)))
    return [path.read_bytes() for path in chosen]


def opened_door(served: Served, data_folder: Path) -> Door:
    door = Door(data_folder, resolve=served.web.resolve, dial=served.dial)
    door.change(NetworkSettings(is_online=True))
    return door


class Stopwatch:
    """Hears how far pages are."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}
        self.read: dict[str, float] = {}
        self.done: dict[str, float] = {}
        self._lock = threading.Lock()

    def __call__(self, fetching: Fetching) -> None:
        now = time.monotonic()
        with self._lock:
            match fetching.phase:
                case FetchPhase.FETCHING:
                    self.began[fetching.address] = now
                case FetchPhase.READING:
                    self.read[fetching.address] = now
                case FetchPhase.DONE:
                    self.done[fetching.address] = now

    def seconds(self, beginning: dict[str, float]) -> list[float]:
        return sorted(self.done[address] - beginning[address] for address in self.done)


def p95(values: Sequence[float]) -> float:
    return values[min(len(values) - 1, int(0.95 * len(values)))] if values else float("nan")


def measure_pages(pages: Sequence[bytes], own: argparse.Namespace) -> None:
    served = Served(pages, lateness=Lateness(connect_s=own.connect, first_byte_s=own.first_byte))
    with served.web, tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        watch = Stopwatch()
        with opened_door(served, data) as door, FetchOffice.open(data) as office:
            gate = door.admit(RunId("warm"), reach=Reach.WEB)
            gate.learn(served.addresses, origin=Origin.SEARCHED)
            warm = office.pages(gate)
            list(warm.open_all(served.addresses[:4]))  # the parser processes are there after that
            warm.close()
            gate = door.admit(RunId("run"), reach=Reach.WEB)
            gate.learn(served.addresses, origin=Origin.SEARCHED)
            measured = office.pages(gate, on_fetch=watch)
            began = time.monotonic()
            answers = list(measured.open_all(served.addresses))
            seconds = time.monotonic() - began
            measured.close()
        read = [answer for answer in answers if isinstance(answer, OpenedSource)]
        characters = sum(len(one.document.text) for one in read)
        whole, reading = watch.seconds(watch.began), watch.seconds(watch.read)
        print(f"pages                     {len(pages)}, {sum(map(len, pages)) / 1e6:.1f} MB")
        print(
            f"read, failed              {len(read)}, {len(answers) - len(read)}; "
            f"{characters / 1e6:.1f} million characters"
        )
        print(f"pages/s                   {len(answers) / seconds:.1f}")
        print(f"one page, first request to text: median {statistics.median(whole):.3f} s, p95 {p95(whole):.3f} s")
        print(
            f"  of that waiting for and in a parser: median {statistics.median(reading):.3f} s, "
            f"p95 {p95(reading):.3f} s"
        )
        for reason in {str(answer) for answer in answers if not isinstance(answer, OpenedSource)}:
            print(f"  not read: {reason}")


def measure_run(pages: Sequence[bytes], own: argparse.Namespace, *, is_ahead: bool) -> float:
    """Return the wall time of a run in seconds."""
    served = Served(pages, lateness=Lateness(connect_s=own.connect, first_byte_s=own.first_byte))
    chance = random.Random(SEED)
    think = threading.Event()
    with served.web, tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        engines = SearchEngines(data, keys=Keys(), providers=[SearXng(f"http://{SEARCH_HOST}")])
        with opened_door(served, data) as door, FetchOffice.open(data) as office:
            gate = door.admit(RunId("warm"), reach=Reach.WEB)
            gate.learn(served.addresses[:2], origin=Origin.SEARCHED)
            warm = office.pages(gate)
            list(warm.open_all(served.addresses[:2]))
            warm.close()
            served.web.requests.clear()
            gate = door.admit(RunId("run"), reach=Reach.WEB)
            searcher = engines.searcher(gate, limits=WebLimits(), is_cancelled=None)
            opener = office.pages(gate)
            began = time.monotonic()
            waited_s = 0.0
            read = failed = 0
            for step in range(own.steps):
                (answer,) = searcher.search_all([f"question number {step}"], limit=RESULTS)
                addresses = [result.address for result in answer.results]
                if is_ahead:
                    opener.expect(addresses)
                think.wait(own.thinks)
                first, rest = addresses[:3], addresses[3:]
                wanted = chance.sample(first if chance.random() < 0.8 else rest, READ_AT_ONCE)
                waiting_from = time.monotonic()
                for opened in opener.open_all(wanted):
                    read += isinstance(opened, OpenedSource)
                    failed += not isinstance(opened, OpenedSource)
                waited_s += time.monotonic() - waiting_from
            seconds = time.monotonic() - began
            opener.close()
        engines.close()
        requests = len(served.web.requests)
    name = "fetched ahead" if is_ahead else "fetched when asked for"
    print(
        f"{name:<24} {seconds:6.2f} s in all, {waited_s:5.2f} s of it waiting for pages, "
        f"{read} read, {failed} not, {requests} requests"
    )
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["pages", "ahead"])
    parser.add_argument("--pages", type=Path, required=True, help="folder with saved pages, HTML files")
    parser.add_argument("--most", type=int, default=200, help="pages that are taken from it")
    parser.add_argument("--connect", type=float, help="seconds until a connection is there (pages: 0, ahead: 0.12)")
    parser.add_argument("--first-byte", type=float, help="seconds until an answer begins (pages: 0, ahead: 0.4)")
    parser.add_argument("--thinks", type=float, default=3.0, help="seconds that the model thinks after a search")
    parser.add_argument("--steps", type=int, default=6, help="searches of the run")
    own = parser.parse_args()
    is_late = own.what == "ahead"
    own.connect = own.connect if own.connect is not None else 0.12 * is_late
    own.first_byte = own.first_byte if own.first_byte is not None else 0.4 * is_late
    pages = saved_pages(own.pages, most=own.most)
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}")
    if own.what == "pages":
        measure_pages(pages, own)
        return
    print(f"connection after {own.connect} s, answer after {own.first_byte} s, the model thinks {own.thinks} s")
    without = measure_run(pages, own, is_ahead=False)
    ahead = measure_run(pages, own, is_ahead=True)
    print(f"saved                    {without - ahead:6.2f} s of {without:.2f} s")


if __name__ == "__main__":
    main()
