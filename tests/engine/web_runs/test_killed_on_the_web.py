"""Runs on the web that are killed and go on: nothing shown is lost, and the ledger has all that was sent."""

from __future__ import annotations

import json
import random
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from benchmarks.kill_runs import fingerprint
from loopback_web import Asked, Reply
from web_scenes import ENGINE, Bench, article, written

from engine.domain import Outcome, RunId
from engine.events import SourceFailed, SourceRead
from engine.network.entry import Verdict
from engine.network.ledger import LedgerReader
from engine.research import History
from engine.storage.salvage import check_health

CHILD = Path(__file__).parents[2] / "web_child.py"
PRIVATE = {f"{number}.md": f"# Notes {number}\n\nGrey herons nest in the old oak {number}.\n" for number in range(4)}


@dataclass
class Life:
    """What one child did before it ended or was killed."""

    run_id: RunId
    shown: dict[int, str] = field(default_factory=dict)
    has_ended: bool = False


def live(bench: Bench, data_folder: Path, *, kill_after: tuple[int, float] | None) -> Life:
    """Start the child; kill it a moment after it has shown some events, if it is to be killed."""
    names = {host: numbers[0] for host, numbers in bench.web._numbers.items()}
    command = [sys.executable, str(CHILD), str(data_folder), str(bench.web.ports[0]), json.dumps(names)]
    life = Life(run_id=RunId(""))
    timer: threading.Timer | None = None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            if not line.endswith("\n"):
                break  # cut in two by the kill: it was not shown
            kind, *rest = line.split()
            if kind == "run":
                life.run_id = RunId(rest[0])
            elif kind == "ack":
                life.shown[int(rest[0])] = rest[1]
            life.has_ended = kind == "end"
            if kill_after is not None and timer is None and len(life.shown) >= kill_after[0]:
                timer = threading.Timer(kill_after[1], process.kill)
                timer.start()
        errors = process.stderr.read()
        process.wait(30)
        if timer is not None:
            timer.cancel()
            timer.join()
    assert process.returncode in (0, -9), errors
    return life


def slowly(bench: Bench, words: str):
    """A page that takes a moment, so that kills strike while it is on its way."""

    def answer(_asked: Asked) -> Reply:
        bench.web.closing.wait(0.05)
        return Reply(article(words))

    return answer


def test_nothing_shown_is_lost_and_nothing_sent_is_missing_from_the_ledger(bench, tmp_path):
    bench.small.clear()
    for number in range(7):
        words = f"Grey herons nest in trees of kind {number}, {number + 2} metres above the water."
        bench.small.add(f"http://h{number}.example/page", slowly(bench, words))
    data_folder = tmp_path / "data"
    with bench.desk(data_folder, library=written(tmp_path / "documents", PRIVATE)):
        pass
    chance = random.Random(5)
    shown: dict[int, str] = {}
    run_id = RunId("")
    asked_after_reading: list[str] = []
    kills = 0
    for moment in [(2, 0.02), (4, 0.05), (3, 0.0), (2, 0.02), (2, 0.0), None]:
        before = len(bench.web.requests)
        read = read_by(data_folder, run_id)
        jitter = chance.uniform(0, 0.05)
        life = live(bench, data_folder, kill_after=(moment[0], moment[1] + jitter) if moment else None)
        assert run_id in ("", life.run_id)
        run_id = life.run_id
        shown |= life.shown
        asked_after_reading += [one.host for one in bench.web.requests[before:] if f"http://{one.host}/page" in read]
        check(bench, data_folder, run_id, shown)
        kills += not life.has_ended
        if state_of(data_folder, run_id).outcome is not None:
            break  # perhaps killed between the last event and the words that tell of it
    assert kills >= 2
    state = state_of(data_folder, run_id)
    assert state.outcome is Outcome.COMPLETE
    assert asked_after_reading == []
    pages = Counter(asked.host for asked in bench.web.requests if asked.target == "/page")
    assert max(pages.values()) <= 1 + kills  # only a kill while a page is on its way is a reason to ask again
    assert bench.small.queries
    assert {source.address for source in state.sources.values()} >= {f"http://{host}/page" for host in list(pages)[:3]}

    with sqlite3.connect(data_folder / "network.sqlite") as ledger:
        ledger.execute("DELETE FROM entries WHERE host = ?", (ENGINE,))
    ledger.close()
    with pytest.raises(AssertionError, match="ledger does not have"):
        check(bench, data_folder, run_id, shown)  # it would have been noticed


def read_by(data_folder: Path, run_id: RunId) -> set[str]:
    """Addresses that are done with, as the trace has it."""
    if not run_id:
        return set()
    history = History.open(data_folder)
    try:
        events = [stored.event for stored in history.trace(run_id)]
    finally:
        history.close()
    return {event.source.address for event in events if isinstance(event, SourceRead)} | {
        event.address for event in events if isinstance(event, SourceFailed)
    }


def state_of(data_folder: Path, run_id: RunId):
    history = History.open(data_folder)
    try:
        return history.state(run_id)
    finally:
        history.close()


def check(bench: Bench, data_folder: Path, run_id: RunId, shown: dict[int, str]) -> None:
    """Everything that was shown is stored word for word, and everything that was sent is in the ledger."""
    check_health(data_folder / "sessions.sqlite")
    history = History.open(data_folder)
    try:
        trace = history.trace(run_id)
    finally:
        history.close()
    assert [stored.sequence for stored in trace] == list(range(1, len(trace) + 1))
    stored_prints = {stored.sequence: fingerprint(stored) for stored in trace}
    assert shown.items() <= stored_prints.items()
    entries = LedgerReader.open(data_folder).entries(run_id, limit=10_000)
    recorded = Counter((entry.host, entry.path) for entry in entries if entry.verdict is Verdict.ALLOWED)
    heard = Counter((asked.host, asked.target) for asked in bench.web.requests)
    assert heard - recorded == Counter(), "a request that the ledger does not have"
