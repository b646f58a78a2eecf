"""Runs a research workload through our runtime, llama-cpp-python's own class and llama-server, counting alike.

The other two are given the very tokens of every prompt, with their own replies in them token for token: the kindest
way to ask them. Ours is asked as the app asks it, with text.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from research_workload import Ask, Workload, as_request

from models.chat import ChatRequest, Message, Prompt, Speaker
from models.llama.interrupt import Interrupt
from models.llama.runtime import LlamaRuntime
from models.llama_settings import RuntimeSettings

PLACEHOLDER = "REPLYGOESHERE"
READING_CELLS = 12_288


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a run of a workload cost."""

    prompt_tokens: int
    """Of all prompts, whether they were read or known."""
    evaluated_tokens: int
    """Of these, how many were read."""
    reply_tokens: int
    wall_s: float
    cpu_s: float
    """Processor time of all threads; threads that wait by spinning use it, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is the same for everybody."""

    model: Path
    threads: int
    context_tokens: int
    repack: bool


def open_ours(setup: Setup, **settings: Any) -> LlamaRuntime:
    wanted = RuntimeSettings(
        threads=setup.threads,
        context_tokens=setup.context_tokens,
        reading_tokens=min(READING_CELLS, setup.context_tokens),
        use_repacking=setup.repack,
        **settings,
    )
    return LlamaRuntime.load(setup.model, wanted, on_progress=lambda share: None, interrupt=Interrupt())


def run_ours(runtime: LlamaRuntime, workload: Workload) -> Figures:
    histories: dict[str, tuple[Message, ...]] = {}
    prompt = evaluated = said = 0
    started, used = time.perf_counter(), time.process_time()
    for group in workload.groups:
        requests = [as_request(ask, histories.get(ask.conversation, ())) for ask in group]
        replies = runtime.replies(requests, on_text=None, on_progress=None, interrupt=Interrupt())
        for ask, request, reply in zip(group, requests, replies, strict=True):
            spoken = Message(speaker=Speaker.ASSISTANT, text=request.prompt.opening + reply.text)
            histories[ask.conversation] = (*request.prompt.messages, spoken)
            prompt += reply.usage.prompt_tokens
            evaluated += reply.usage.prompt_tokens - reply.usage.reused_tokens
            said += reply.usage.reply_tokens
    return Figures(
        prompt_tokens=prompt,
        evaluated_tokens=evaluated,
        reply_tokens=said,
        wall_s=time.perf_counter() - started,
        cpu_s=time.process_time() - used,
    )


class TokenParts:
    """The tokens of every prompt of a workload, between the replies that belong in it."""

    def __init__(self, runtime: LlamaRuntime) -> None:
        self._runtime = runtime

    def of(self, workload: Workload) -> dict[int, list[list[int]]]:
        """Return, for each request by its place in the workload, the stretches of tokens around earlier replies."""
        histories: dict[str, tuple[Message, ...]] = {}
        parts: dict[int, list[list[int]]] = {}
        for number, ask in enumerate(ask for group in workload.groups for ask in group):
            request = as_request(ask, histories.get(ask.conversation, ()))
            parts[number] = self._parts(request)
            spoken = Message(speaker=Speaker.ASSISTANT, text=ask.opening + PLACEHOLDER)
            histories[ask.conversation] = (*request.prompt.messages, spoken)
        return parts

    def _parts(self, request: ChatRequest) -> list[list[int]]:
        loaded = self._runtime._loaded
        prompt = Prompt(messages=request.prompt.messages, tools=request.prompt.tools, opening=request.prompt.opening)
        return [loaded.vocabulary.encode(part) for part in loaded.template.render(prompt).split(PLACEHOLDER)]


class Replayer:
    """Goes through a workload in tokens; ``complete`` is what a contender does for one request."""

    def __init__(self, parts: dict[int, list[list[int]]], complete: Any, *, together: bool, process: int) -> None:
        self._parts = parts
        self._complete = complete
        self._together = together
        self._process = psutil.Process(process)

    def _cpu_s(self) -> float:
        used = self._process.cpu_times()
        return float(used.user + used.system)

    def run(self, workload: Workload) -> Figures:
        spoken: dict[str, list[list[int]]] = {}
        totals = [0, 0, 0]
        started, used = time.perf_counter(), self._cpu_s()
        for group in self._groups(workload):
            jobs = [(ask, self._prompt(number, spoken.get(ask.conversation, []))) for number, ask in group]
            for (ask, ids), (evaluated, tokens) in zip(jobs, self._all(jobs), strict=True):
                spoken.setdefault(ask.conversation, []).append(tokens)
                totals[0] += len(ids)
                totals[1] += evaluated
                totals[2] += len(tokens)
        return Figures(
            prompt_tokens=totals[0],
            evaluated_tokens=totals[1],
            reply_tokens=totals[2],
            wall_s=time.perf_counter() - started,
            cpu_s=self._cpu_s() - used,
        )

    def _groups(self, workload: Workload) -> Iterator[list[tuple[int, Ask]]]:
        """Yield the requests with their places; who reads one page at a time reads each to its end, to lose less."""
        places = itertools.count()
        groups = [[(next(places), ask) for ask in group] for group in workload.groups]
        if self._together:
            yield from groups
            return
        names = [tuple(ask.conversation for _, ask in group) for group in groups]
        for _, same in itertools.groupby(range(len(groups)), key=lambda index: names[index]):
            rounds = [groups[index] for index in same]
            for page in zip(*rounds, strict=True):
                yield from ([one] for one in page)

    def _prompt(self, number: int, replies: list[list[int]]) -> list[int]:
        first, *rest = self._parts[number]
        ids = list(first)
        for reply, part in zip(replies, rest, strict=True):
            ids += reply + part
        return ids

    def _all(self, jobs: list[tuple[Ask, list[int]]]) -> list[tuple[int, list[int]]]:
        if self._together and len(jobs) > 1:
            with ThreadPoolExecutor(len(jobs)) as pool:
                return list(pool.map(lambda job: self._complete(job[1], job[0].reply_tokens), jobs))
        return [self._complete(ids, ask.reply_tokens) for ask, ids in jobs]


def run_high_level(setup: Setup, parts: dict[int, list[list[int]]], workload: Workload) -> Figures:
    import llama_cpp

    llama = llama_cpp.Llama(
        str(setup.model),
        n_ctx=setup.context_tokens,
        n_threads=setup.threads,
        n_threads_batch=setup.threads,
        verbose=False,
    )
    read = 0
    evaluate = llama.eval

    def count(tokens: Any) -> None:
        nonlocal read
        read += len(tokens)
        evaluate(tokens)

    llama.eval = count  # type: ignore[method-assign]

    def complete(ids: list[int], reply_tokens: int) -> tuple[int, list[int]]:
        nonlocal read
        read = 0
        replies: list[int] = []
        evaluated = 0
        for token in llama.generate(ids, temp=0.0):
            evaluated = evaluated or read
            replies.append(token)
            if len(replies) >= reply_tokens:
                break
        return evaluated, replies

    try:
        return Replayer(parts, complete, together=False, process=os.getpid()).run(workload)
    finally:
        llama.close()


def run_server(
    server: Path, setup: Setup, parts: dict[int, list[list[int]]], workload: Workload, *, arguments: tuple[str, ...]
) -> Figures:
    with running_server(server, setup, arguments) as (address, process):

        def complete(ids: list[int], reply_tokens: int) -> tuple[int, list[int]]:
            body = {
                "prompt": ids,
                "n_predict": reply_tokens,
                "temperature": 0,
                "ignore_eos": True,
                "cache_prompt": True,
                "return_tokens": True,
            }
            answer = _post(address + "/completion", body)
            return int(answer["timings"]["prompt_n"]), list(answer["tokens"])

        return Replayer(parts, complete, together="-np" not in arguments, process=process).run(workload)


@contextmanager
def running_server(server: Path, setup: Setup, arguments: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(server), "-m", str(setup.model), "-c", str(setup.context_tokens), "-t", str(setup.threads)]
    command += ["-tb", str(setup.threads), "--host", "127.0.0.1", "--port", str(port), "--no-webui", *arguments]
    if not setup.repack:
        command.append("--no-repack")
    # As it is started by anyone: how its threads wait is its own affair.
    env = {name: value for name, value in os.environ.items() if name not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process)
            yield address, process.pid
        finally:
            process.terminate()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"llama-server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(address + "/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("llama-server did not become ready")


def _post(address: str, body: dict[str, Any]) -> dict[str, Any]:
    data = json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, headers={"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=3600) as answer:
        return dict(json.load(answer))
