"""What it costs that the model lives in another process, and how soon it obeys there.

    python tests/benchmarks/bench_model_process.py pipe
    python tests/benchmarks/bench_model_process.py stop --model MODEL.gguf [--stops 50]
    python tests/benchmarks/bench_model_process.py start --model MODEL.gguf [--runs 5]

``pipe``   microseconds a token costs both processes beyond the runtime: slow tokens, each of which wakes both up;
           fast ones in a frame each; fast ones put together as they are in earnest
``stop``   milliseconds from a person's stop until the call returns, while loading, reading a prompt and generating
``start``  seconds from nothing to a loaded model
"""

from __future__ import annotations

import argparse
import platform
import random
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil
from fake_model_process import asking, model_command

from models.chat import ChatRequest, Lane, ReplyEnd
from models.errors import LoadCancelled
from models.process.host import LocalModel
from models.status import ModelState

BURST_TOKENS = 20_000
SINGLE_TOKENS = 300
SINGLE_PAUSE_MS = 25


def bench_pipe(folder: Path) -> None:
    """Print what a token costs: processor time of both processes, less that of the same number of pauses."""
    file = folder / "none.gguf"
    file.write_text("")
    model = LocalModel(file, check=lambda _: None, command=model_command)
    try:
        model.reply(asking("say warm"), on_text=lambda *_: None)
        for name, order, count, pause_ms in (
            (f"one every {SINGLE_PAUSE_MS} ms", "burst", SINGLE_TOKENS, SINGLE_PAUSE_MS),
            ("without pause, a frame each", "stream", BURST_TOKENS, 0),
            ("without pause, put together", "burst", BURST_TOKENS, 0),
        ):
            before = _worked_s(model)
            began = time.perf_counter()
            reply = model.reply(asking(f"{order} {count} {pause_ms}"), on_text=lambda *_: None)
            wall_s = time.perf_counter() - began
            here_s, there_s = (after - earlier for after, earlier in zip(_worked_s(model), before, strict=True))
            assert reply.usage.reply_tokens == count
            print(
                f"{name}: {here_s / count * 1e6:.1f} µs a token in the app, {there_s / count * 1e6:.1f} µs in the "
                f"model process (of processor time), {(wall_s - count * pause_ms / 1_000) / count * 1e6:.1f} µs in all"
            )
    finally:
        model.close()


def bench_stop(path: Path, *, stops: int) -> None:
    """Print how long a stop takes in each phase."""
    for name, measure in (("loading", _stop_loading), ("reading", _stop_reading), ("generating", _stop_generating)):
        model = LocalModel(path)
        chance = random.Random(1)
        try:
            times = [1_000 * measure(model, chance) for _ in range(stops)]
        finally:
            model.close()
        times.sort()
        p95 = times[min(len(times) - 1, round(0.95 * len(times)))]
        print(f"{name}: median {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, max {times[-1]:.0f} ms of {stops}")


def bench_start(path: Path, *, runs: int) -> None:
    """Print how long it takes to start the process and load."""
    times = []
    for _ in range(runs):
        model = LocalModel(path)
        began = time.perf_counter()
        model.about()
        times.append(time.perf_counter() - began)
        report = model.load_report
        model.close()
    assert report is not None
    print(
        f"start: median {statistics.median(times):.2f} s of {runs}, of it loading {report.load_s:.2f} s the last time"
    )


class _Stop:
    """Asked by the call whether to stop; remembers when it first said yes."""

    def __init__(self, is_time: Callable[[], bool], delay_s: float) -> None:
        self._is_time = is_time
        self._delay_s = delay_s
        self._reached_at: float | None = None
        self.wanted_at = 0.0

    def __call__(self) -> bool:
        now = time.perf_counter()
        if self._reached_at is None and self._is_time():
            self._reached_at = now
        if self._reached_at is not None and now - self._reached_at >= self._delay_s and not self.wanted_at:
            # The person stopped at that moment; that it is noticed only now is part of what is measured.
            self.wanted_at = self._reached_at + self._delay_s
        return bool(self.wanted_at)


def _stop_loading(model: LocalModel, chance: random.Random) -> float:
    model.unload()
    stop = _Stop(lambda: model.status.state is ModelState.LOADING, chance.uniform(0, 0.4))
    try:
        model.about(is_cancelled=stop)
    except LoadCancelled:
        return time.perf_counter() - stop.wanted_at
    return 0.0  # it was loaded before


def _stop_reading(model: LocalModel, chance: random.Random) -> float:
    room = model.about().context_tokens
    words = " ".join(f"w{chance.randrange(10_000)}" for _ in range(room // 12))
    return _stopped(model, asking(words, lane=Lane.POLICY), ModelState.READING_PROMPT, chance)


def _stop_generating(model: LocalModel, chance: random.Random) -> float:
    request = replace(asking("Count.", lane=Lane.POLICY), max_tokens=1_500)
    return _stopped(model, request, ModelState.ANSWERING, chance)


def _stopped(model: LocalModel, request: ChatRequest, state: ModelState, chance: random.Random) -> float:
    model.about()
    stop = _Stop(lambda: model.status.state is state, chance.uniform(0, 0.2))
    reply = model.reply(request, is_cancelled=stop)
    ended = time.perf_counter()
    return ended - stop.wanted_at if reply.end is ReplyEnd.CANCELLED else 0.0


def _worked_s(model: LocalModel) -> tuple[float, float]:
    there = psutil.Process(model.process_id).cpu_times()
    return time.process_time(), there.user + there.system


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("pipe", "stop", "start"))
    parser.add_argument("--model", type=Path, help="a GGUF file; needed by all but pipe")
    parser.add_argument("--stops", type=int, default=50)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    if options.what != "pipe" and options.model is None:
        parser.error("--model is needed")
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {psutil.cpu_count()} cores, Python {sys.version[:6]}")
    match options.what:
        case "pipe":
            import tempfile

            with tempfile.TemporaryDirectory() as folder:
                bench_pipe(Path(folder))
        case "stop":
            bench_stop(options.model, stops=options.stops)
        case "start":
            bench_start(options.model, runs=options.runs)
    assert threading.active_count() == 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
