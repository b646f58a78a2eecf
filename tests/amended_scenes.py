"""The window with a report that is changed, compared, exported and handed on, for pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from amended_runs import amended_run
from proven_runs import keep, proven_run
from PySide6.QtCore import QDeadlineTimer
from PySide6.QtTest import QTest

from desktop.actions import ActionId
from desktop.main_window import Page
from engine.casting import EXTRACTIVE
from engine.domain import Amendment, AmendmentKind
from engine.events import RunStarted
from engine.export import ReportFormat

if TYPE_CHECKING:
    from tests.benchmarks.screenshots import Shoot

_QUESTION = "How do I check a citation?"
_DEEPER = "What happens when I stop a run?"


def amended_scenes(shoot: Shoot, folder: Path) -> Iterator[str]:
    """Yield the name of each scene when it stands."""
    data = folder / "amended-data"
    changed = amended_run()
    first = changed.trace[0]
    assert isinstance(first.event, RunStarted)
    changed.trace[0] = replace(first, event=replace(first.event, engine=EXTRACTIVE.name))
    kept = keep(changed, data)
    proven = keep(proven_run(), data)
    shoot.open(data)
    app, window = shoot.app, shoot.app.window
    _wait_for(lambda: len(app.work.sessions) == 2)
    _show(shoot, kept)
    yield "50-versions"
    window.work.versions.read(1)
    QTest.qWait(100)
    yield "51-older-version"
    window.work.versions.compare_two(1, 3)
    QTest.qWait(100)
    yield "52-comparison"
    window.work.versions.close_comparison()
    window.work.versions.read_newest()
    app._act(ActionId.DEEPER)
    QTest.qWait(100)
    shoot.grab_dialog("53-deeper")
    app.follow_up._ask_language(app.work.state, Amendment(kind=AmendmentKind.TRANSLATE))
    QTest.qWait(100)
    shoot.grab_dialog("54-language")
    app._act(ActionId.TRANSLATE)
    yield "55-no-translation"
    app._act(ActionId.EXPORT)
    QTest.qWait(100)
    shoot.grab_dialog("56-export")
    app._act(ActionId.EXPORT)
    app.export.dialog.styles.chip._want_other()
    app.export.dialog.styles.field.setText("Journal of Archaeological Science")
    QTest.qWait(100)
    shoot.grab_dialog("57-export-style")
    yield from _bundles(shoot, proven, folder)
    yield from _changing(shoot)
    shoot.close()


def _bundles(shoot: Shoot, run_id: object, folder: Path) -> Iterator[str]:
    app = shoot.app
    bundle = folder / "Wading birds of the Lower Marsh.plumbline"
    _show(shoot, run_id)
    app.export._save(app.work.state.run_id, ReportFormat.BUNDLE, str(bundle))
    _wait_for(bundle.exists)
    yield "58-saved"
    app.bundles.examine(bundle)
    _wait_for(lambda: app.bundles.dialog is not None)
    shoot.grab_dialog("59-bundle")
    content = bytearray(bundle.read_bytes())
    content[len(content) // 3] ^= 1
    bundle.write_bytes(content)
    app.bundles.examine(bundle)
    _wait_for(lambda: app.bundles.dialog is not None)
    shoot.grab_dialog("60-broken-bundle")


def _changing(shoot: Shoot) -> Iterator[str]:
    app = shoot.app
    _wait_for(lambda: app.library.folders and not app.library.is_busy)
    shoot.gate.opened.set()
    shoot.ask(_QUESTION)
    _wait_for(lambda: shoot.ended(_QUESTION))
    shoot.gate.opened.clear()
    shoot.gate.reached.clear()
    app.runs.amend(app.work.state.run_id, Amendment(kind=AmendmentKind.DEEPER, words=_DEEPER))
    _wait_for(shoot.gate.reached.is_set)
    yield "61-changing"
    shoot.gate.opened.set()
    _wait_for(lambda: app.runs.current is None)
    app.window.show_page(Page.WORK)
    yield "62-changed"


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
