"""Kills the model process at random moments while it is being asked, and looks for anything that does not recover.

    python tests/benchmarks/kill_models.py --deaths 200 [--model FILE.gguf] [--seed 1]

A client keeps asking one model for replies of both lanes, weights and counts, and parks and unloads it now and then.
A killer ends the process again and again (SIGKILL, SIGSEGV, SIGABRT, SIGTERM) while it loads, reads a prompt, answers
or waits. Each death must end in an answer or in an error with a title and a hint, the next call must work, and at the
end no process, thread or open file of all this may be left. Without ``--model`` a tiny file of random weights is used.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import signal
import statistics
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

from models.chat import ChatRequest, Lane, Message, Prompt, ReplyEnd, Speaker
from models.errors import ModelError
from models.process.host import LocalModel
from models.status import ModelState

SIGNALS = tuple(getattr(signal, name) for name in ("SIGKILL", "SIGSEGV", "SIGABRT", "SIGTERM") if hasattr(signal, name))
PHASES = (ModelState.LOADING, ModelState.READING_PROMPT, ModelState.ANSWERING, ModelState.READY)
LONGEST_DELAY_S = {ModelState.LOADING: 0.5, ModelState.READING_PROMPT: 0.04, ModelState.ANSWERING: 0.3}
PATIENCE_S = 60.0


@dataclass(slots=True)
class Tally:
    """What the deaths did."""

    deaths: int = 0
    phases: Counter[str] = field(default_factory=Counter)
    signals: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    recovery_s: list[float] = field(default_factory=list)
    """From each death to the end of the next call that worked."""
    not_recovered: int = 0
    unexplained: int = 0
    orphans: int = 0
    threads_left: int = 0
    files_left: int = 0
    details: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every death was survived and nothing is left."""
        return not (self.not_recovered or self.unexplained or self.orphans or self.threads_left or self.files_left)


class Killer:
    """Ends the process when it does what it was aimed at."""

    def __init__(self, model: LocalModel, chance: random.Random, tally: Tally) -> None:
        self._model = model
        self._chance = chance
        self._tally = tally
        self.process_ids: set[int] = set()
        self.struck_at: float | None = None

    def strike(self, stop: threading.Event) -> None:
        """Wait for the moment and kill once."""
        phase = self._chance.choice(PHASES)
        deadline = time.monotonic() + PATIENCE_S
        while self._model.status.state is not phase or self._model.process_id is None:
            if stop.wait(0.001) or time.monotonic() > deadline:
                return
        time.sleep(self._chance.uniform(0, LONGEST_DELAY_S.get(phase, 0.0)))
        process_id = self._model.process_id
        if process_id is None:
            return
        sent = self._chance.choice(SIGNALS)
        state = self._model.status.state
        try:
            os.kill(process_id, sent)
        except ProcessLookupError:
            return
        self.process_ids.add(process_id)
        self._tally.deaths += 1
        self._tally.phases[state.value] += 1
        self._tally.signals[signal.Signals(sent).name] += 1
        self.struck_at = time.monotonic()


class Client:
    """Asks one thing after the other, as a run would."""

    def __init__(self, model: LocalModel, chance: random.Random, folder: Path) -> None:
        self._model = model
        self._chance = chance
        self._lane = folder / "parked"
        self._said = ["Where is the quarry?"]

    def ask(self) -> str:
        """Ask something and return what it was; raises ModelError."""
        match self._chance.randrange(12):
            case 0:
                self._model.count(_prompt("How many tokens are these?"))
                return "count"
            case 1 | 2:
                self._model.weigh(_request("Is slate a stone?"), options=("yes", "no"))
                return "weigh"
            case 3 | 4 | 5:
                requests = [_request(f"Segment {number}: " + "words " * 200) for number in range(3)]
                self._checked(self._model.replies(requests))
                return "replies"
            case 6:
                self._model.park(self._lane)
                self._model.recall(self._lane)
                return "park"
            case 7:
                self._model.unload()
                return "unload"
        self._said.append(f"Observation {len(self._said)}: " + "slate and granite " * 20)
        if len(self._said) > 6:
            self._said = self._said[:1]
        replies = self._model.replies([_request(" ".join(self._said), lane=Lane.POLICY)], is_cancelled=lambda: False)
        self._checked(replies)
        return "reply"

    def prove(self) -> None:
        """Ask for one short reply; raises ModelError."""
        self._checked((self._model.reply(_request("Say something.")),))

    def _checked(self, replies: tuple) -> None:
        if any(reply.end is ReplyEnd.CANCELLED for reply in replies):
            raise ModelError("A reply was cancelled though nobody cancelled it")


def kill_models(path: Path, folder: Path, *, deaths: int, seed: int, **named: object) -> Tally:
    """Kill the process that often; return what became of it."""
    chance = random.Random(seed)
    tally = Tally()
    this = psutil.Process()
    threads_before, files_before, others = set(threading.enumerate()), _open_files(this), set(this.children())
    model = LocalModel(path, **named)
    client = Client(model, random.Random(seed + 1), folder)
    killer = Killer(model, chance, tally)
    client.prove()
    while tally.deaths < deaths:
        killer.struck_at = None
        stop = threading.Event()
        thread = threading.Thread(target=killer.strike, args=(stop,), name="killer")
        thread.start()
        outcome, asked = "", ""
        while killer.struck_at is None and thread.is_alive():
            try:
                asked = client.ask()
                outcome = f"{asked} went on"
            except ModelError as error:
                outcome = type(error).__name__
                if not error.title or not error.hint:
                    tally.unexplained += 1
                    tally.details.append(f"no reason given: {error!r}")
            if chance.random() < 0.3:
                time.sleep(0.002)
        stop.set()
        thread.join()
        if killer.struck_at is None:
            continue
        tally.outcomes[outcome] += 1
        try:
            client.prove()
        except ModelError as error:
            # It may have struck between the last call and this one: then this is the call that noticed.
            tally.outcomes["noticed one call later"] += 1
            try:
                client.prove()
            except ModelError:
                tally.not_recovered += 1
                tally.details.append(f"death {tally.deaths} after {asked}: {error}")
        tally.recovery_s.append(time.monotonic() - killer.struck_at)
    model.close()
    tally.orphans = sum(_is_running(process_id) for process_id in killer.process_ids) + len(
        set(this.children()) - others
    )
    tally.threads_left = len(set(threading.enumerate()) - threads_before)
    tally.files_left = max(0, _open_files(this) - files_before)
    return tally


def _request(text: str, *, lane: Lane = Lane.READING) -> ChatRequest:
    return ChatRequest(prompt=_prompt(text), lane=lane, max_tokens=32)


def _prompt(text: str) -> Prompt:
    return Prompt(messages=(Message(speaker=Speaker.USER, text=text),))


def _is_running(process_id: int) -> bool:
    try:
        return psutil.Process(process_id).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _open_files(process: psutil.Process) -> int:
    return process.num_fds() if hasattr(process, "num_fds") else process.num_handles()


def main() -> int:
    """Run from the command line; exit code 1 when anything did not recover or is left."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deaths", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", type=Path, help="a GGUF file; a tiny one of random weights unless given")
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = options.model
        if path is None:
            from small_ggufs import write_random_model

            path = write_random_model(Path(folder) / "tiny.gguf")
        tally = kill_models(path, Path(folder), deaths=options.deaths, seed=options.seed)
    print(f"{datetime.now(UTC):%Y-%m-%d}, {platform.platform()}, {psutil.cpu_count()} cores")
    print(f"{tally.deaths} deaths: {dict(tally.phases)}, {dict(tally.signals)}")
    print("the call that was hit:", dict(tally.outcomes.most_common()))
    print(f"next call failed: {tally.not_recovered}, errors without a reason: {tally.unexplained}")
    print(f"left at the end: {tally.orphans} processes, {tally.threads_left} threads, {tally.files_left} open files")
    if tally.recovery_s:
        print(
            f"from a death to the next answer: median {statistics.median(tally.recovery_s):.2f} s, "
            f"longest {max(tally.recovery_s):.2f} s"
        )
    for line in tally.details[:10]:
        print("  ", line)
    print(f"{time.monotonic() - began:.0f} seconds")
    return 0 if tally.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
