"""Kill runs at random points and look for anything lost: ``python tests/benchmarks/kill_runs.py --kills 200``.

A child process carries out a run and acknowledges every event it is handed, as a window would by showing it. The
parent kills it (SIGKILL) at a random moment, then checks that every acknowledged event is in the database word for
word, that the database is healthy, and that the run goes on, kill after kill, to the report that an undisturbed run
writes. ``--fault early-ack`` acknowledges before the commit instead: the harness must notice.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from engine.agent.control import RunControl
from engine.agent.state import RunState
from engine.codec import encode
from engine.domain import Depth, Outcome, Report, RunId
from engine.events import StoredEvent
from engine.library.library import Library
from engine.reading.parser import Parser
from engine.research import History, Research
from engine.storage.salvage import check_health

QUESTION = "How do I add a folder to the library, and what happens to files that cannot be read?"
FAULTS = ("none", "early-ack")


@dataclass(slots=True)
class Tally:
    """What the kills did."""

    kills: int = 0
    kills_in_mid_run: int = 0
    acknowledged: int = 0
    events_lost: int = 0
    events_changed: int = 0
    databases_damaged: int = 0
    runs_finished: int = 0
    runs_not_resumed: int = 0
    reports_different: set[RunId] = field(default_factory=set)
    details: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was lost."""
        return not (
            self.events_lost
            or self.events_changed
            or self.databases_damaged
            or self.runs_not_resumed
            or self.reports_different
        )


def fingerprint(stored: StoredEvent) -> str:
    """Return what identifies an event's content."""
    return hashlib.sha256(encode(stored)).hexdigest()[:16]


# --- the child -----------------------------------------------------------------------------------------------------


def child(data_folder: Path, *, fault: str) -> None:
    """Carry out the unfinished run, or a new one, acknowledging every event on standard output."""
    with Research.open(data_folder) as research:
        if fault == "early-ack":
            _acknowledge_before_commit(research)
        waiting = research.unfinished()
        run_id = waiting[0] if waiting else research.start(QUESTION, depth=Depth.THOROUGH)
        print("run", run_id, flush=True)
        for stored in research.follow(run_id, control=RunControl()):
            if fault == "none":
                print("ack", run_id, stored.sequence, fingerprint(stored), flush=True)
    print("end", run_id, flush=True)


def _acknowledge_before_commit(research: Research) -> None:
    store = research._store
    insert = store._insert

    def insert_and_tell(*arguments, **named):
        stored = insert(*arguments, **named)
        print("ack", stored.run_id, stored.sequence, fingerprint(stored), flush=True)
        time.sleep(0.03)  # the commit comes later than the acknowledgement, as the fault wants it
        return stored

    store._insert = insert_and_tell


# --- the parent ----------------------------------------------------------------------------------------------------


def prepare(data_folder: Path, documents: Path) -> Report:
    """Index the documents and return the report of an undisturbed run."""
    with Research.open(data_folder) as research:
        with Parser() as parser:
            library = Library.open(data_folder, parser=parser)
            library.add_folder(documents)
            for _ in library.update(should_stop=lambda: False):
                pass
            library.close()
        run_id = research.start(QUESTION, depth=Depth.THOROUGH)
        for _ in research.follow(run_id, control=RunControl()):
            pass
    state = _state(data_folder, run_id)
    if state.report is None:
        raise RuntimeError("the undisturbed run wrote no report")
    return state.report


def kill_runs(data_folder: Path, expected: Report, *, kills: int, seed: int, fault: str = "none") -> Tally:
    """Kill the child at random moments until it was killed often enough; check after each."""
    chance = random.Random(seed)
    tally = Tally()
    start_s, run_s = _undisturbed_durations(data_folder)
    acknowledged: dict[RunId, dict[int, str]] = {}
    while tally.kills < kills:
        # Most kills strike while events are written; some while the data folder is being opened.
        moment = (
            Moment("run", chance.uniform(0, run_s)) if chance.random() < 0.9 else Moment("", chance.uniform(0, start_s))
        )
        lines, was_killed = _run_child(data_folder, fault=fault, kill=moment)
        tally.kills += was_killed
        for kind, *rest in (line.split() for line in lines):
            if kind == "ack" and len(rest) == 3:
                acknowledged.setdefault(RunId(rest[0]), {})[int(rest[1])] = rest[2]
        tally.kills_in_mid_run += was_killed and any(line.startswith("ack") for line in lines)
        _check(data_folder, acknowledged, expected, tally)
    # What is still unfinished must finish undisturbed.
    _run_child(data_folder, fault="none", kill=None)
    _check(data_folder, acknowledged, expected, tally)
    for run_id in acknowledged:
        state = _state(data_folder, run_id)
        if state.outcome is not Outcome.COMPLETE:
            tally.runs_not_resumed += 1
            tally.details.append(f"run {run_id} is {state.stage}")
    tally.acknowledged = sum(len(events) for events in acknowledged.values())
    return tally


@dataclass(frozen=True, slots=True)
class Moment:
    """When to kill: so long after the child printed a line that begins so, or after it was started."""

    line: str
    delay_s: float


def _undisturbed_durations(data_folder: Path) -> tuple[float, float]:
    """Return how long the child needs to start, and then for a whole run, in seconds."""
    began = time.monotonic()
    times: dict[str, float] = {}
    with _child_process(data_folder, fault="none") as process:
        assert process.stdout is not None
        for line in process.stdout:
            times.setdefault(line.split()[0], time.monotonic())
    return times["run"] - began, times["end"] - times["run"]


def _run_child(data_folder: Path, *, fault: str, kill: Moment | None) -> tuple[list[str], bool]:
    """Return the whole lines that the child printed, and whether it was killed."""
    lines: list[str] = []
    timer: threading.Timer | None = None
    with _child_process(data_folder, fault=fault) as process:
        assert process.stdout is not None and process.stderr is not None

        def aim() -> threading.Timer | None:
            if kill is None:
                return None
            started = threading.Timer(kill.delay_s, process.kill)
            started.start()
            return started

        timer = aim() if kill and not kill.line else None
        for line in process.stdout:
            # The last line may be cut in two by the kill; only whole lines were acknowledged.
            if line.endswith("\n"):
                lines.append(line)
            if kill and timer is None and line.startswith(kill.line):
                timer = aim()
        errors = process.stderr.read()
        process.wait(60)
        if timer:
            timer.cancel()
            timer.join()
    if process.returncode not in {0, -9}:
        raise RuntimeError(f"the child failed by itself:\n{errors}")
    return lines, process.returncode == -9


def _child_process(data_folder: Path, *, fault: str) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, "--child", str(data_folder), "--fault", fault]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _check(data_folder: Path, acknowledged: dict[RunId, dict[int, str]], expected: Report, tally: Tally) -> None:
    try:
        check_health(data_folder / "sessions.sqlite")
    except Exception as error:
        tally.databases_damaged += 1
        tally.details.append(str(error))
        return
    history = History.open(data_folder)
    try:
        finished = 0
        for run_id, events in acknowledged.items():
            trace = history.trace(run_id)
            if [stored.sequence for stored in trace] != list(range(1, len(trace) + 1)):
                tally.details.append(f"run {run_id} has a hole")
                tally.events_lost += 1
            stored_prints = {stored.sequence: fingerprint(stored) for stored in trace}
            for sequence, print_ in list(events.items()):
                if sequence not in stored_prints:
                    tally.events_lost += 1
                    del events[sequence]
                elif stored_prints[sequence] != print_:
                    tally.events_changed += 1
                    events[sequence] = stored_prints[sequence]
            state = history.state(run_id)
            if state.outcome is not None:
                finished += 1
                if state.report != expected and run_id not in tally.reports_different:
                    tally.reports_different.add(run_id)
                    tally.details.append(f"run {run_id} ended {state.outcome} with another report")
        tally.runs_finished = finished
    finally:
        history.close()


def _state(data_folder: Path, run_id: RunId) -> RunState:
    history = History.open(data_folder)
    try:
        return history.state(run_id)
    finally:
        history.close()


def main() -> int:
    """Run from the command line; exit code 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fault", choices=FAULTS, default="none")
    parser.add_argument("--documents", type=Path, help="folder to research; the user guide unless given")
    options = parser.parse_args()
    if options.child:
        child(options.child, fault=options.fault)
        return 0
    documents = options.documents or Path(__file__).parents[2] / "resources" / "guide"
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        data_folder = Path(folder)
        expected = prepare(data_folder, documents)
        tally = kill_runs(data_folder, expected, kills=options.kills, seed=options.seed, fault=options.fault)
    for name in Tally.__dataclass_fields__:
        if name != "details":
            value = getattr(tally, name)
            print(f"{name.replace('_', ' '):24} {len(value) if isinstance(value, set) else value}")
    for line in tally.details[:10]:
        print("  ", line)
    print(f"{'seconds':24} {time.monotonic() - began:.0f}")
    return 0 if tally.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
