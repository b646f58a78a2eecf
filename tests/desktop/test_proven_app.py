"""A stored report in the whole window: from sentence to source, from source to sentence, and the reader's marks."""

from pathlib import Path

from open_apps import OpenApp
from proven_runs import keep, proven_run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.app import App
from desktop.main_window import Page
from engine.domain import ClaimId, Verdict


def opened(qtbot, open_app: OpenApp, tmp_path: Path, *, is_marked: bool = True) -> App:
    data = tmp_path / "kept"
    keep(proven_run(is_marked=is_marked), data)
    app = open_app(data=data)
    qtbot.waitUntil(lambda: bool(app.work.sessions))
    app.work.open_session(app.work.sessions[0].id)
    qtbot.waitUntil(lambda: app.window.page is Page.WORK and app.window.work.report.report is not None)
    return app


def test_a_sentence_leads_to_its_source_and_the_source_back_to_it(qtbot, open_app: OpenApp, tmp_path: Path):
    app = opened(qtbot, open_app, tmp_path)
    report, viewer = app.window.work.report, app.window.viewer
    chip = next(one for one in report.chips if one.claim == 21)
    report.citation_activated.emit(chip.passage)
    assert app.window.is_source_shown
    assert viewer.text.marked_text() == "The reed bittern eats eels."
    assert "used in 5 sentences" in viewer.uses._heading.text().lower()
    viewer.uses.unfold(is_unfolded=True)
    last = viewer.uses.list.count() - 1
    viewer.uses.list.setCurrentRow(last)
    QTest.keyClick(viewer.uses.list, Qt.Key.Key_Return)
    assert report.pointed_words.startswith("The young of the reed bittern leave the nest")
    assert app.window.is_source_shown


def test_a_mark_is_stored_shown_and_taken_away(qtbot, open_app: OpenApp, tmp_path: Path):
    app = opened(qtbot, open_app, tmp_path, is_marked=False)
    report = app.window.work.report
    report.mark_requested.emit(3, Verdict.WRONG, "It was March.")
    qtbot.waitUntil(lambda: ClaimId(3) in app.work.state.marks)
    assert app.work.state.marks[ClaimId(3)].note == "It was March."
    qtbot.waitUntil(lambda: "It was March." in report._evidence_of(chip_of(report, 3)).mark_words)
    report.mark_requested.emit(3, None, "")
    qtbot.waitUntil(lambda: ClaimId(3) not in app.work.state.marks)
    assert report._evidence_of(chip_of(report, 3)).mark_words == ""


def chip_of(report, claim_id: int):
    return next(one for one in report.chips if one.claim == claim_id)
