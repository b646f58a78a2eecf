"""The window with a report that carries its proof, for pictures: a table, contradictions, marks, uses of sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from proven_runs import keep, proven_run
from PySide6.QtCore import QDeadlineTimer
from PySide6.QtTest import QTest

from desktop.main_window import Page
from engine.domain import ClaimId, Outcome

if TYPE_CHECKING:
    from tests.benchmarks.screenshots import Shoot


def proven_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    """Yield the name of each scene when it stands."""
    data = folder / "proven-data"
    kept = keep(proven_run(), data)
    short = keep(proven_run(outcome=Outcome.INCOMPLETE, is_marked=False), data)
    shoot.open(data)
    app, window = shoot.app, shoot.app.window
    report = window.work.report
    _wait_for(lambda: len(app.work.sessions) == 2)
    _show(shoot, short)
    yield "40-incomplete"
    _show(shoot, kept)
    yield "41-proof"
    report.show_claim(ClaimId(12))
    yield "42-table"
    report.verticalScrollBar().setValue(0)
    report.open_card(next(chip for chip in report.chips if chip.claim == 3), by_keyboard=True)
    yield "43-card"
    report.close_card()
    report.ask_for_mark(ClaimId(2))
    yield "44-mark"
    if report.mark_card is not None:
        report.mark_card.close_card()
    report.show_claim(ClaimId(21))
    yield "45-failed"
    chip = next(chip for chip in report.chips if chip.claim == 3)
    app.work.sources.show_passage(chip.passage)
    window.viewer.uses.unfold(is_unfolded=True)
    app.work.sources.show_claim(ClaimId(3))
    QTest.qWait(100)
    yield "46-source-and-uses"
    window.go_back()
    shoot.close()


def _show(shoot: Shoot, run_id: object) -> None:
    app = shoot.app
    session = next(one for one in app.work.sessions if one.last_run == run_id)
    app.work.open_session(session.id)
    _wait_for(lambda: app.work.state is not None and app.work.state.run_id == run_id)
    app.window.show_page(Page.WORK)
    QTest.qWait(150)


def _wait_for(what: Callable[[], object]) -> None:
    deadline = QDeadlineTimer(30_000)
    while not what():
        if deadline.hasExpired():
            raise TimeoutError(what)
        QTest.qWait(20)
    QTest.qWait(120)
