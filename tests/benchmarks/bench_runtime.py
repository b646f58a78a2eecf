"""How well the runtime uses llama.cpp: tokens read, seconds, costs of its own, how fast it stops.

    PYTHONPATH=.:tests:tests/benchmarks python tests/benchmarks/bench_runtime.py workload --model MODEL.gguf \\
        --llama-server PATH --scale 0.1 --runs 3

``workload``    a research run against llama-cpp-python's class, llama-server, and llama-server with one slot
``reuse``       tokens that were in the cache once and were read again
``speed``       generation against llama-bench
``overhead``    microseconds a token outside llama.cpp, from 100 to 4,000 tokens
``constraint``  microseconds a token that a grammar costs
``stop``        milliseconds until a stop is obeyed while reading, generating and loading
``busy``        slowdown beside one busy process

Models of random weights serve as well: random_models.py writes them. Contenders take turns; figures are medians.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import random
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from models.llama.environment import prepare_environment

prepare_environment()

from research_workload import research_workload  # noqa: E402
from runtime_contenders import (  # noqa: E402
    Figures,
    Setup,
    TokenParts,
    open_ours,
    run_high_level,
    run_ours,
    run_server,
)

from models.chat import ChatRequest, Lane, Message, Prompt, Sampling, Speaker  # noqa: E402
from models.errors import LoadCancelled  # noqa: E402
from models.llama.context import Context  # noqa: E402
from models.llama.interrupt import Interrupt  # noqa: E402
from models.llama.lane import LaneCache  # noqa: E402
from models.llama.runtime import LlamaRuntime  # noqa: E402
from models.llama.sampling import Sampler  # noqa: E402

CALL = r"""
start: "{\"name\": \"web_search\", \"arguments\": {\"query\": [" STRING ("," STRING)~0..2 "]}}"
STRING: /"[^"\\\x00-\x1f]{1,80}"/
%ignore /[ ]/
"""


def setup_from(options: argparse.Namespace) -> Setup:
    return Setup(
        model=options.model, threads=options.threads, context_tokens=options.context, repack=not options.no_repack
    )


def user_request(text: str, **options: Any) -> ChatRequest:
    message = Message(speaker=Speaker.USER, text=text)
    return ChatRequest(prompt=Prompt(messages=(message,)), **options)


def milliseconds(seconds: Sequence[float]) -> str:
    ordered = sorted(1000 * one for one in seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    return f"median {statistics.median(ordered):7.1f}  p95 {p95:7.1f}  max {ordered[-1]:7.1f} ms"


# --- workload --------------------------------------------------------------------------------------------------------


def bench_workload(options: argparse.Namespace) -> None:
    setup = setup_from(options)
    workload = research_workload(options.scale)
    runtime = open_ours(setup)
    parts = TokenParts(runtime).of(workload)
    runtime.close()

    def ours() -> Figures:
        runtime = open_ours(setup)
        try:
            return run_ours(runtime, workload)
        finally:
            runtime.close()

    contenders: dict[str, Callable[[], Figures]] = {"ours": ours}
    if not options.only_server:
        contenders["Llama"] = lambda: run_high_level(setup, parts, workload)
    if options.llama_server:
        server = options.llama_server
        contenders["server"] = lambda: run_server(server, setup, parts, workload, arguments=())
        one = ("-np", "1", "--cache-ram", "0")
        contenders["server -np 1"] = lambda: run_server(server, setup, parts, workload, arguments=one)
    figures: dict[str, list[Figures]] = {name: [] for name in contenders}
    for run in range(options.runs):
        names = list(contenders)
        for name in names[run % len(names) :] + names[: run % len(names)]:
            figures[name].append(contenders[name]())
            print(f"  run {run + 1} {name:<14} {figures[name][-1].wall_s:8.1f} s", flush=True)
    base = figures["ours"]
    for name, runs in figures.items():
        evaluated = statistics.median(one.evaluated_tokens for one in runs)
        wall_s = statistics.median(one.wall_s for one in runs)
        token_share = statistics.median(one.evaluated_tokens for one in base) / max(1, evaluated)
        cpu_s = statistics.median(one.cpu_s for one in runs)
        time_share = statistics.median(one.wall_s for one in base) / wall_s
        cpu_share = statistics.median(one.cpu_s for one in base) / cpu_s
        print(f"{name:<14} prompts {runs[0].prompt_tokens:7,}  evaluated {evaluated:8,.0f}", end="  ")
        print(f"generated {runs[0].reply_tokens:6,}  {wall_s:8.1f} s  {cpu_s:8.1f} s of processors", end="  ")
        print(f"ours: {token_share:.2f}x tokens, {time_share:.2f}x time, {cpu_share:.2f}x processors")


def bench_reuse(options: argparse.Namespace) -> None:
    runtime = open_ours(setup_from(options))
    reusable = again = read = 0
    for lane in (runtime._loaded.policy, runtime._loaded.reading):
        watch(lane)
    run_ours(runtime, research_workload(options.scale))
    for lane in (runtime._loaded.policy, runtime._loaded.reading):
        for best, reused, total in lane.watched:  # type: ignore[attr-defined]
            reusable += best
            again += max(0, best - reused)
            read += total - reused
    runtime.close()
    print(f"{read:,} tokens read; of {reusable:,} that had been read before, {again:,} were read again:", end=" ")
    print(f"{100 * again / max(1, reusable):.2f} %")


def watch(lane: LaneCache) -> None:
    """Have a lane note, for each prompt, how much of it some sequence ever held, and how much was reused."""
    ever: list[list[int]] = []
    noted: list[tuple[int, int, int]] = []
    opened, released = lane.open, lane.release

    def shared(left: Sequence[int], right: Sequence[int]) -> int:
        count = 0
        for one, other in zip(left, right, strict=False):
            if one != other:
                break
            count += 1
        return count

    def open_(prompt: str, **arguments: Any) -> Any:
        held = [known.tokens[: known.decoded] for known in lane.known]
        known = opened(prompt, **arguments)
        if known is not None:
            best = max((shared(one, known.tokens) for one in (*ever, *held)), default=0)
            noted.append((min(best, len(known.tokens) - 1), known.decoded, len(known.tokens)))
        return known

    def release(known: Any) -> None:
        ever.append(known.tokens[: known.decoded])
        released(known)

    lane.open, lane.release = open_, release  # type: ignore[method-assign]
    lane.watched = noted  # type: ignore[attr-defined]


# --- speed -----------------------------------------------------------------------------------------------------------


def bench_speed(options: argparse.Namespace) -> None:
    setup = setup_from(options)
    runtime = open_ours(setup)
    ours: list[float] = []
    theirs: list[float] = []
    for run in range(options.runs):
        request = user_request(f"{run}", lane=Lane.POLICY, max_tokens=options.tokens)
        (reply,) = runtime.replies([request], on_text=lambda index, text: None, on_progress=None, interrupt=Interrupt())
        ours.append(reply.usage.reply_tokens / reply.usage.reply_s)
        command = [options.llama_bench, "-m", setup.model, "-t", setup.threads, "-p", 0, "-n", options.tokens]
        command += ["-r", 1, "-fa", 0, "-o", "json"]
        env = {name: value for name, value in os.environ.items() if name not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
        done = subprocess.run([str(one) for one in command], capture_output=True, check=True, text=True, env=env)
        theirs.append(float(json.loads(done.stdout)[0]["avg_ts"]))
        print(f"  run {run + 1}  ours {ours[-1]:6.2f}  llama-bench {theirs[-1]:6.2f} tokens/s", flush=True)
    runtime.close()
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"ours {mine:.2f}, llama-bench {other:.2f} tokens/s: {mine / other:.3f}x")


def bench_overhead(options: argparse.Namespace) -> None:
    runtime = open_ours(setup_from(options))
    inside = choosing = 0.0
    compute, pick = Context.decode, Sampler.pick
    marks: list[tuple[int, float, float, float]] = []

    def timed(self: Context, parts: Any, *, outputs: bool) -> int:
        nonlocal inside
        started = time.thread_time()
        try:
            return compute(self, parts, outputs=outputs)
        finally:
            inside += time.thread_time() - started

    def timed_pick(self: Sampler, context: Context, row: int) -> int:
        nonlocal choosing
        started = time.thread_time()
        token = pick(self, context, row)
        choosing += time.thread_time() - started
        return token

    Context.decode, Sampler.pick = timed, timed_pick  # type: ignore[method-assign]
    count = 0

    def hear(index: int, text: str) -> None:
        nonlocal count
        count += 1
        if count in (1, 100, 200, 500, 1000, 1100, 2000, 2100, 3000, 3100, 3900, 4000):
            marks.append((count, time.thread_time(), inside, choosing))

    request = user_request(
        "Say something.", lane=Lane.POLICY, max_tokens=4_300, stops=("never said, this",), sampling=Sampling()
    )
    try:
        runtime.replies([request], on_text=hear, on_progress=None, interrupt=Interrupt())
    finally:
        Context.decode, Sampler.pick = compute, pick  # type: ignore[method-assign]
        runtime.close()
    print("microseconds of this thread a token, outside llama_decode: our own, and choosing the most probable token")
    for (first, start, inside_first, chosen_first), (last, end, inside_last, chosen_last) in pairwise(marks):
        tokens = last - first
        chose = chosen_last - chosen_first
        outside = (end - start) - (inside_last - inside_first) - chose
        print(f"tokens {first:5,} to {last:5,}: {1e6 * outside / tokens:6.1f} + {1e6 * chose / tokens:5.1f}")


def bench_constraint(options: argparse.Namespace) -> None:
    runtime = open_ours(setup_from(options))
    grammars = runtime._decoders[Lane.READING]._grammars
    vocabulary = runtime._vocabulary
    started = time.perf_counter()
    grammars.constraint(CALL)
    print(f"first grammar, which makes the tokenizer: {1e3 * (time.perf_counter() - started):.0f} ms")
    started = time.perf_counter()
    grammars.constraint(CALL)
    print(f"another grammar: {1e3 * (time.perf_counter() - started):.1f} ms")
    costs: list[float] = []
    rejected: list[float] = []
    import numpy as np

    chance = np.random.default_rng(1)
    wrong_share = options.rejected
    for _ in range(options.runs * 10):
        constraint = grammars.constraint(CALL)
        constraint.forced()
        for _ in range(60):
            logits = chance.standard_normal(vocabulary.size).astype(np.float32)
            allowed = logits.copy()
            constraint.restrict(allowed)
            token = int(allowed.argmax()) if chance.random() > wrong_share else int(logits.argmax())
            started = time.perf_counter()
            taken = token in vocabulary.ends or constraint.take(token)
            if not taken:
                constraint.restrict(logits)
                taken = constraint.take(int(logits.argmax()))
                rejected.append(time.perf_counter() - started)
            constraint.forced()
            costs.append(time.perf_counter() - started)
            if constraint.must_end:
                break
    print(f"{len(costs)} tokens, {100 * len(rejected) / len(costs):.0f} % rejected first:")
    mean = statistics.fmean(costs)
    print(f"  a token: mean {1e6 * mean:.0f} us, {milliseconds(costs)}")
    if rejected:
        print(f"  a rejected one: mean {1e6 * statistics.fmean(rejected):.0f} us, {milliseconds(rejected)}")
    runtime.close()


# --- stopping and sharing --------------------------------------------------------------------------------------------


def bench_stop(options: argparse.Namespace) -> None:
    setup = setup_from(options)
    runtime = open_ours(setup)
    chance = random.Random(1)
    words = "the river and the town and the bridge "

    def stopped_after(work: Callable[[Interrupt], None], delay_s: float) -> float:
        interrupt = Interrupt()
        moment = 0.0

        def stop() -> None:
            nonlocal moment
            moment = time.perf_counter()
            interrupt.set()

        timer = threading.Timer(delay_s, stop)
        timer.start()
        work(interrupt)
        ended = time.perf_counter()
        timer.join()
        return max(0.0, ended - moment) if moment else 0.0

    def read(interrupt: Interrupt) -> None:
        text = f"{chance.random()} " + words * 600
        runtime.replies([user_request(text, lane=Lane.POLICY)], on_text=None, on_progress=None, interrupt=interrupt)

    def say(interrupt: Interrupt) -> None:
        request = user_request("x", lane=Lane.POLICY, max_tokens=2_000)
        runtime.replies([request], on_text=None, on_progress=None, interrupt=interrupt)

    def say_together(interrupt: Interrupt) -> None:
        requests = [user_request(name, max_tokens=1_000) for name in "abcd"]
        runtime.replies(requests, on_text=None, on_progress=None, interrupt=interrupt)

    for name, work in (("reading", read), ("generating", say), ("generating four", say_together)):
        taken = [stopped_after(work, chance.uniform(0.02, 0.6)) for _ in range(options.stops)]
        print(f"{name:<16} {milliseconds(taken)}  ({options.stops} stops)", flush=True)
    runtime.close()

    def load(interrupt: Interrupt) -> None:
        try:
            wanted = open_ours_settings(setup)
            LlamaRuntime.load(setup.model, wanted, on_progress=lambda share: None, interrupt=interrupt).close()
        except LoadCancelled:
            pass

    taken = [stopped_after(load, chance.uniform(0.0, options.load_s)) for _ in range(options.stops)]
    print(f"{'loading':<16} {milliseconds(taken)}  ({options.stops} stops)")


def open_ours_settings(setup: Setup) -> Any:
    from models.llama_settings import RuntimeSettings

    return RuntimeSettings(
        threads=setup.threads, context_tokens=setup.context_tokens, reading_tokens=2_048, use_repacking=setup.repack
    )


def _be_busy() -> None:
    while True:
        pass


def bench_busy(options: argparse.Namespace) -> None:
    runtime = open_ours(setup_from(options))

    def step_s() -> float:
        request = user_request("x", lane=Lane.POLICY, max_tokens=options.tokens)
        (reply,) = runtime.replies([request], on_text=None, on_progress=None, interrupt=Interrupt())
        return reply.usage.reply_s / reply.usage.reply_tokens

    alone: list[float] = []
    beside: list[float] = []
    step_s()
    for _ in range(options.runs):
        alone.append(step_s())
        process = multiprocessing.get_context("spawn").Process(target=_be_busy, daemon=True)
        process.start()
        time.sleep(0.5)
        beside.append(step_s())
        process.kill()
        process.join()
    runtime.close()
    quiet, busy = statistics.median(alone), statistics.median(beside)
    print(f"a token alone {1e3 * quiet:.1f} ms, beside a busy process {1e3 * busy:.1f} ms: {busy / quiet:.2f}x")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)

    def command(name: str, action: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        one = commands.add_parser(name)
        one.set_defaults(action=action)
        one.add_argument("--model", type=Path, required=True, help="a GGUF file")
        one.add_argument("--threads", type=int, default=psutil.cpu_count(logical=False) or 1)
        one.add_argument("--context", type=int, default=16_384, help="tokens of each context")
        one.add_argument("--no-repack", action="store_true", help="leave the weights as they are in the file")
        one.add_argument("--runs", type=int, default=3)
        return one

    workload = command("workload", bench_workload)
    workload.add_argument("--llama-server", type=Path)
    workload.add_argument("--scale", type=float, default=1.0)
    workload.add_argument("--only-server", action="store_true", help="leave llama-cpp-python's class out")
    command("reuse", bench_reuse).add_argument("--scale", type=float, default=1.0)
    speed = command("speed", bench_speed)
    speed.add_argument("--llama-bench", type=Path, required=True)
    speed.add_argument("--tokens", type=int, default=64)
    command("overhead", bench_overhead)
    command("constraint", bench_constraint).add_argument("--rejected", type=float, default=0.1)
    stop = command("stop", bench_stop)
    stop.add_argument("--stops", type=int, default=50)
    stop.add_argument("--load-s", type=float, default=1.0, help="how long loading takes, at least")
    command("busy", bench_busy).add_argument("--tokens", type=int, default=64)
    options = parser.parse_args()
    cores = psutil.cpu_count(logical=False)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {cores} cores, {options.model.name}", flush=True)
    options.action(options)


if __name__ == "__main__":
    main()
