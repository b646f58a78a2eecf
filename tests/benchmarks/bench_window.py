"""Measure the window while it indexes a folder and researches it: ``python tests/benchmarks/bench_window.py FOLDER``.

Prints how late the event loop is (95th and 99th percentile, maximum) while idle, while indexing and during runs, and
how many seconds pass from asking to the first evidence on screen and to the finished report. With ``--model FILE`` the
questions are researched with that language model, and it is also said how late the event loop is while it speaks, and
how long a stop takes in the middle of its words. Works on any platform plugin; ``QT_QPA_PLATFORM=offscreen`` needs no
screen.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop.app import App, Places
from desktop.launch import SWITCH_INTERVAL_S
from desktop.live_relay import Live
from engine.domain import Depth, Scope
from engine.events import SourceRead
from models.choice import LocalChoice, ModelChoice, write_choice
from resources.locations import guide_folder

_TICK_MS = 5
QUESTIONS = (
    "What is the default value of the recursion limit?",
    "How do I read a file line by line, and what happens when it does not exist?",
    "Which exceptions are raised when a connection times out?",
)


class LoopWatch(QObject):
    """How late a timer of five milliseconds is, in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._last = 0.0
        self.late_ms: list[float] = []

    def start(self) -> None:
        """Forget what was and watch."""
        self.late_ms = []
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> list[float]:
        """Return the lateness of every tick since ``start``, sorted."""
        self._timer.stop()
        return sorted(self.late_ms)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.late_ms.append(max(0.0, (now - self._last) * 1000 - _TICK_MS))
        self._last = now


class Stage:
    """The app with what is needed to wait for it."""

    def __init__(self, application: QApplication, data_folder: Path) -> None:
        self.app = App(application, Places(data_folder=data_folder, guide=guide_folder()))
        self.patience_s = 300.0
        self.watch = LoopWatch()

    def wait_for(self, *signals: object, timeout_s: float) -> None:
        """Run the event loop until one of the signals comes."""
        loop = QEventLoop()
        timer = QTimer()
        timer.setSingleShot(True)
        timer.timeout.connect(loop.quit)
        for signal in signals:
            signal.connect(loop.quit)
        timer.start(round(timeout_s * 1000))
        loop.exec()
        for signal in signals:
            signal.disconnect(loop.quit)
        if not timer.isActive() and signals:
            raise TimeoutError("what was waited for did not come")
        timer.stop()

    def stop_in_mid_sentence(self, question: str) -> float:
        """Ask, stop at the first words of the model, and return the seconds from there to the end of the run."""
        asked: list[float] = []

        def stop(live: object) -> None:
            if isinstance(live, Live) and live.text and not asked:
                asked.append(time.perf_counter())
                self.app.work.stop()

        self.app.live.changed.connect(stop)
        self.app.window.ask.asked.emit(question, Scope(), Depth.QUICK, True)
        self.wait_for(self.app.runs.run_ended, timeout_s=600)
        self.app.live.changed.disconnect(stop)
        return time.perf_counter() - asked[0] if asked else float("nan")

    def idle(self, seconds: float) -> None:
        """Run the event loop for a while."""
        self.wait_for(timeout_s=seconds)

    def ask(self, question: str) -> tuple[float, float]:
        """Return the seconds to the first evidence and to the end of the run, as the window's thread sees them."""
        began = time.perf_counter()
        first: list[float] = []

        def note(stored: object, _state: object) -> None:
            event = getattr(stored, "event", None)
            if isinstance(event, SourceRead) and event.passages and not first:
                first.append(time.perf_counter() - began)

        self.app.runs.event_stored.connect(note)
        self.app.runs.ask(question, scope=Scope(), depth=Depth.STANDARD)
        try:
            self.wait_for(self.app.runs.run_ended, timeout_s=self.patience_s)
        except TimeoutError:
            current = self.app.runs.current
            assert current is not None
            self.app.runs.stop(current)
            self.wait_for(self.app.runs.run_ended, timeout_s=60)
        ended = time.perf_counter() - began
        self.app.runs.event_stored.disconnect(note)
        return (first[0] if first else float("nan")), ended


def line(name: str, late: list[float]) -> str:
    """Return one row of the table."""
    if not late:
        return f"{name:<28} no ticks"
    at = {share: late[min(len(late) - 1, int(len(late) * share))] for share in (0.5, 0.95, 0.99)}
    return (
        f"{name:<28} p50 {at[0.5]:6.1f}  p95 {at[0.95]:6.1f}  p99 {at[0.99]:6.1f}  max {late[-1]:7.1f} ms"
        f"   ({len(late)} ticks)"
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="documents to index and research")
    parser.add_argument("--data", type=Path, help="data folder to keep; a temporary one unless given")
    parser.add_argument("--question", action="append", help="ask this instead of the built-in questions")
    parser.add_argument("--model", type=Path, metavar="FILE", help="research with this language model (GGUF)")
    parser.add_argument("--minutes", type=float, default=20, help="with a model: stop a question after this long")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {date.today()}")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    application = QApplication([])
    application.setStyle(QStyleFactory.create("Fusion"))
    with tempfile.TemporaryDirectory() as temporary:
        data = options.data or Path(temporary)
        if options.model is not None:
            data.mkdir(parents=True, exist_ok=True)
            write_choice(data, ModelChoice(policy=LocalChoice(path=options.model.absolute())))
        stage = Stage(application, data)
        app = stage.app
        app.start()
        stage.wait_for(app.library.idle, timeout_s=60)
        stage.idle(1)
        stage.watch.start()
        stage.idle(3)
        print(line("idle", stage.watch.stop()), flush=True)
        folder = options.folder.absolute()
        if not any(known.path == folder for known in app.library.folders):
            began = time.perf_counter()
            stage.watch.start()
            app.library.add_folder(folder)
            stage.wait_for(app.library.idle, timeout_s=1800)
            print(line("indexing", stage.watch.stop()), f"  {time.perf_counter() - began:.1f} s", flush=True)
        if options.model is not None:
            stage.patience_s = options.minutes * 60
            stops = sorted(stage.stop_in_mid_sentence(question) for question in QUESTIONS)
            print("stopped in mid-sentence after", ", ".join(f"{1000 * each:.0f} ms" for each in stops), flush=True)
        for question in options.question or QUESTIONS:
            stage.watch.start()
            first_s, end_s = stage.ask(question)
            stage.idle(0.5)
            print(
                line("run", stage.watch.stop()), f"  first evidence {first_s:.2f} s, report {end_s:.2f} s", flush=True
            )
        app.window.close()
        app.close()


if __name__ == "__main__":
    main()
