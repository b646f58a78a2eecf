"""How long the reading side of the window takes.

    PYTHONPATH=.:tests QT_QPA_PLATFORM=offscreen python tests/benchmarks/bench_reading.py

Prints milliseconds of the Qt thread's own time, so that other work on the machine does not count: to set a large
report, to append to a long trace, and the longest time the event loop was away while a large source was being set.
"""

from __future__ import annotations

import statistics
import time
from itertools import pairwise

from fake_runs import document_from, large_document, large_run, long_trace
from proven_runs import table_run
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.theme import Theme
from desktop.views.report import ReportView
from desktop.views.source_text import SourceText
from desktop.views.sources import SourcesPane
from desktop.views.trace import TracePane
from engine.agent.state import apply, fold
from engine.reading.document import Document


def say(what: str, seconds: list[float]) -> None:
    milliseconds = sorted(1000 * one for one in seconds)
    p99 = milliseconds[min(len(milliseconds) - 1, int(0.99 * len(milliseconds)))]
    print(f"{what:<58} median {statistics.median(milliseconds):8.1f}  p99 {p99:8.1f}  max {milliseconds[-1]:8.1f} ms")


def timed(action, *arguments: object) -> float:  # type: ignore[no-untyped-def]
    started = time.thread_time()
    action(*arguments)
    return time.thread_time() - started


def measure_report(theme: Theme) -> None:
    for claims in (50, 500):
        run = large_run(claims)
        state = run.state
        view = ReportView(theme, document_of=run.document_of)
        view.resize(700, 900)
        view.show()
        QTest.qWait(20)
        taken = []
        for _ in range(5):
            view.show_state(None)
            taken.append(timed(view.show_state, state) + timed(view.grab))
        say(f"report of {claims} claims: set and painted", taken)
        say("  set again in another size", [timed(view.zoom_in), timed(view.reset_zoom)])
        view.hide()


def measure_table(theme: Theme) -> None:
    for rows in (20, 100):
        run = table_run(rows)
        state = run.state
        view = ReportView(theme, document_of=run.document_of)
        view.resize(900, 900)
        view.show()
        QTest.qWait(20)
        taken = []
        for _ in range(5):
            view.show_state(None)
            taken.append(timed(view.show_state, state) + timed(view.grab))
        say(f"table of {rows} rows and 6 columns: set and painted", taken)
        view.hide()


def measure_trace(theme: Theme) -> None:
    run = long_trace(10_300)
    state = fold(run.trace[:10_000])
    trace, sources = TracePane(theme), SourcesPane(theme)
    for pane in (trace, sources):
        pane.resize(380, 500)
        pane.show()
    say("trace of 10,000 events: shown", [timed(trace.show_trace, run.trace[:10_000], state)])
    sources.show_state(state)
    QTest.qWait(300)
    appended, everything = [], []
    for stored in run.trace[10_000:]:
        state = apply(state, stored)
        appended.append(timed(trace.show_event, stored, state) + timed(sources.show_event, stored, state))
        everything.append(appended[-1] + timed(QTest.qWait, 0))
    say("  one more event", appended)
    say("  one more event, laid out and painted", everything)
    say("  filtered", [timed(trace.model.filter_by, "query 77"), timed(trace.model.filter_by, "")])
    trace.hide()
    sources.hide()


def measure_source(theme: Theme, name: str, document: Document, offset: int) -> None:
    view = SourceText(theme)
    view.resize(480, 900)
    view.show()
    QTest.qWait(50)
    beats: list[float] = []
    beat = QTimer()
    beat.timeout.connect(lambda: beats.append(time.thread_time()))
    beat.start(0)
    QTest.qWait(20)
    beats.clear()
    started = time.thread_time()
    view.show_document(document, highlight=(offset, offset + 40), others=())
    first = time.thread_time() - started
    while not view.is_complete:
        QTest.qWait(5)
    whole = time.thread_time() - started
    gaps = [later - earlier for earlier, later in pairwise([started, *beats])]
    say(f"{name}: passage on the page", [first])
    say(f"  event loop away, over {whole:.1f} s until all is set", gaps)
    view.hide()


def main() -> None:
    app = QApplication([])
    theme = Theme()
    theme.apply_to(app)
    measure_report(theme)
    measure_table(theme)
    measure_trace(theme)
    million = large_document(blocks=20_000, characters=60)
    measure_source(theme, "source of 20,000 blocks, 1.3 MB", million, len(million.text) // 2)
    prose = large_document(blocks=3_000, characters=600)
    measure_source(theme, "source of 3,000 paragraphs, 1.8 MB", prose, len(prose.text) // 2)
    for filler in ("word " * 20_000, "x" * 100_000, "漢" * 100_000, "نص " * 33_000):
        long = document_from("Long", [("p", filler)])
        measure_source(theme, f"one paragraph of {len(filler):,} characters ({filler[:2]}…)", long, len(filler) // 2)


if __name__ == "__main__":
    main()
