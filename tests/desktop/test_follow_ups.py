from dataclasses import replace
from pathlib import Path

import pytest
from amended_runs import amended_run
from fake_office import DEEP, DEEP_ROW, FakeOffice
from fake_runs import FakeRun, finished_run
from open_apps import BREATH, EGGS, OpenApp, answer, has_ended, read_trace, type_and_ask
from proven_runs import keep
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from slow_cast import Gate

from desktop.actions import ActionId
from desktop.app import App
from desktop.views.follow_up import DeeperDialog, LanguageDialog
from engine.agent.writing import SAME_CHECK
from engine.casting import EXTRACTIVE
from engine.domain import Amendment, AmendmentKind, Depth, Reach, Scope
from engine.events import AmendmentBegun, AmendmentFailed, RunContinued, RunStarted
from engine.export import ReportFormat
from models.choice import LocalChoice, ModelChoice

SHORTEN = Amendment(kind=AmendmentKind.SHORTEN)
TRANSLATE = Amendment(kind=AmendmentKind.TRANSLATE)


def started_with(run: FakeRun, *, engine: str, scope: Scope | None = None) -> FakeRun:
    """The run as if somebody else had made it, or elsewhere."""
    first = run.trace[0]
    assert isinstance(first.event, RunStarted)
    run.trace[0] = replace(first, event=replace(first.event, engine=engine, scope=scope or first.event.scope))
    return run


def open_with(qtbot, open_app: OpenApp, data: Path, run: FakeRun, **named: object) -> App:
    """The app with a kept run on its desk."""
    run_id = keep(run, data)
    app = open_app(data=data, **named)
    qtbot.waitUntil(lambda: len(app.work.sessions) == 1, timeout=20_000)
    app.work.open_session(app.work.sessions[0].id)
    qtbot.waitUntil(lambda: app.work.state is not None and app.work.state.run_id == run_id, timeout=20_000)
    qtbot.waitUntil(lambda: ActionId.CHANGE in app.window.available)
    return app


def asked_and_answered(qtbot, app: App) -> None:
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and app.runs.current is None, timeout=20_000)
    qtbot.waitUntil(lambda: ActionId.DEEPER in app.window.available)


def events_of(app: App, kind: type) -> list[object]:
    return [stored.event for stored in read_trace(app) if isinstance(stored.event, kind)]


def notices(app: App) -> list[str]:
    return [notice.title for notice in app.window.bars.notices]


def test_going_deeper_shows_the_words_and_adds_what_is_found(qtbot, open_app: OpenApp):
    app = open_app()
    asked_and_answered(qtbot, app)
    claim = app.work.state.report.claims[0]
    app.follow_up.follow_up(Amendment(kind=AmendmentKind.DEEPER, claim=claim.id, words=claim.text))
    dialog = app.follow_up.dialog
    assert isinstance(dialog, DeeperDialog)
    assert dialog.words == claim.text
    dialog.field.setPlainText(BREATH)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(app.work.state.versions) == 2 and app.runs.current is None, timeout=20_000)
    assert "eight minutes" in answer(app)
    assert app.work.state.versions[1].amendment.words == BREATH
    qtbot.waitUntil(lambda: app.window.work.header.versions.text().strip() == "Version 2 of 2")
    qtbot.waitUntil(lambda: app.window.cards.notices[-1].actions[0].text == "See what changed")
    app.window.cards.notices[-1].actions[0].act()
    assert "Added" in app.window.work.page.toPlainText()


def test_words_that_are_no_question_cannot_be_looked_into(qtbot, open_app: OpenApp):
    app = open_app()
    asked_and_answered(qtbot, app)
    app._act(ActionId.DEEPER)
    dialog = app.follow_up.dialog
    assert isinstance(dialog, DeeperDialog)
    dialog.field.setPlainText(" ?! ")
    assert not dialog.go.isEnabled()
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert app.follow_up.dialog is dialog
    dialog.reject()
    assert app.follow_up.dialog is None
    assert app.runs.current is None


def test_what_may_come_from_own_files_is_researched_in_the_library_and_says_so(
    qtbot, open_app: OpenApp, tmp_path: Path
):
    run = started_with(finished_run(), engine=EXTRACTIVE.name, scope=Scope(reach=Reach.BOTH))
    app = open_with(qtbot, open_app, tmp_path / "kept", run)
    app.follow_up.follow_up(Amendment(kind=AmendmentKind.DEEPER, words="Why does frost matter?"))
    dialog = app.follow_up.dialog
    assert isinstance(dialog, DeeperDialog)
    assert "in your library only" in dialog.field.accessibleDescription()
    assert dialog.look_up.isVisible()
    dialog.look_up.click()
    qtbot.waitUntil(lambda: app.look_up_desk.dialog is not None)
    assert app.look_up_desk.dialog.words == "Why does frost matter?"
    app.look_up_desk.dialog.reject()


def test_a_translation_without_a_language_model_is_refused_before_anything_starts(
    qtbot, open_app: OpenApp, tmp_path: Path
):
    app = open_with(qtbot, open_app, tmp_path / "kept", started_with(finished_run(), engine=EXTRACTIVE.name))
    length = app.work.state.length
    app._act(ActionId.TRANSLATE)
    assert app.follow_up.dialog is None
    assert notices(app) == ["A translation needs a language model"]
    assert app.runs.current is None
    assert app.work.state.length == length


def test_a_report_made_with_a_model_is_not_broken_by_changing_it_without_one(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_with(qtbot, open_app, tmp_path / "kept", started_with(finished_run(), engine="Example 7B"))
    app.follow_up.follow_up(SHORTEN)
    assert notices(app) == ["No language model is chosen"]
    assert app.runs.current is None


def test_a_web_report_is_not_looked_further_into_while_offline(qtbot, open_app: OpenApp, tmp_path: Path):
    run = started_with(finished_run(), engine=EXTRACTIVE.name, scope=Scope(reach=Reach.WEB))
    app = open_with(qtbot, open_app, tmp_path / "kept", run)
    app.follow_up.follow_up(Amendment(kind=AmendmentKind.DEEPER, words="Why does frost matter?"))
    assert notices(app) == ["Plumbline is offline"]
    assert app.runs.current is None


def test_a_language_is_found_by_typing(qtbot, open_app: OpenApp, tmp_path: Path):
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    run = started_with(finished_run(), engine="Example 7B")
    app = open_with(qtbot, open_app, tmp_path / "kept", run, office=office)
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
    app._act(ActionId.TRANSLATE)
    dialog = app.follow_up.dialog
    assert isinstance(dialog, LanguageDialog)
    QTest.keyClicks(dialog.field, "slovens")
    with qtbot.waitSignal(dialog.chosen) as chosen:
        QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert chosen.args == ["sl"]


def test_a_report_made_without_a_model_is_translated_by_the_one_that_is_chosen_now_and_says_so(
    qtbot, open_app: OpenApp, tmp_path: Path
):
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    run = started_with(finished_run(), engine=EXTRACTIVE.name)
    app = open_with(qtbot, open_app, tmp_path / "kept", run, office=office)
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
    app._act(ActionId.TRANSLATE)
    dialog = app.follow_up.dialog
    assert isinstance(dialog, LanguageDialog)
    assert any(f"{DEEP_ROW.name} translates." in label.text() for label in dialog.findChildren(QLabel))
    dialog.chosen.emit("de")
    dialog.accept()
    # The model of this test cannot be loaded: what is tried is what counts.
    qtbot.waitUntil(lambda: bool(events_of(app, AmendmentFailed)) and app.runs.current is None, timeout=20_000)
    assert [one.engine for one in events_of(app, RunContinued)] == [DEEP_ROW.name]


def test_other_changes_of_a_report_made_without_a_model_are_made_without_one(qtbot, open_app: OpenApp, tmp_path: Path):
    office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
    run = started_with(finished_run(), engine=EXTRACTIVE.name)
    app = open_with(qtbot, open_app, tmp_path / "kept", run, office=office)
    qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
    app.follow_up.follow_up(SHORTEN)
    qtbot.waitUntil(lambda: len(app.work.state.versions) == 2 and app.runs.current is None, timeout=20_000)
    assert [one.engine for one in events_of(app, RunContinued)] == [""]


def test_a_sentence_of_a_library_report_is_checked_again_at_once(qtbot, open_app: OpenApp):
    app = open_app()
    asked_and_answered(qtbot, app)
    app.follow_up.follow_up(Amendment(kind=AmendmentKind.CHECK, claim=app.work.state.report.claims[0].id))
    assert app.look_up_desk.dialog is None
    qtbot.waitUntil(lambda: app.runs.current is None and has_ended(app, EGGS), timeout=20_000)
    assert len(events_of(app, AmendmentBegun)) == 1
    said = [(notice.title, notice.hint) for notice in app.window.cards.notices]
    assert notices(app) == []
    assert said[-1] == ("The sentence stands as it was", SAME_CHECK)


def test_a_sentence_is_marked_from_the_palette(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_with(qtbot, open_app, tmp_path / "kept", finished_run())
    report = app.window.work.report
    app._act(ActionId.MARK)
    assert notices(app) == ["No sentence is chosen"]
    QTest.keyClick(report, Qt.Key.Key_Tab)
    assert report.focused_chip is not None
    app._act(ActionId.MARK)
    assert report.mark_card is not None


def test_a_sentence_is_shown_where_it_stands_also_while_something_else_is_read(
    qtbot, open_app: OpenApp, tmp_path: Path
):
    app = open_with(qtbot, open_app, tmp_path / "kept", amended_run())
    work = app.window.work
    claim = app.work.state.report.claims[-1]
    for look_elsewhere in (lambda: work.versions.read(1), work.versions.compare):
        look_elsewhere()
        app.window.sources.claim_requested.emit(claim.id)
        assert work.versions.is_newest
        assert work.page is work.report
        assert work.report.pointed_words.startswith(claim.text[:30])


def test_a_change_that_fails_says_why_and_the_report_stays(qtbot, open_app: OpenApp):
    app = open_app()
    asked_and_answered(qtbot, app)
    before = app.work.state.report
    app.runs.amend(app.work.state.run_id, Amendment(kind=AmendmentKind.RESTORE, version=9))
    qtbot.waitUntil(lambda: notices(app) == ["The version could not be taken up again"], timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None and has_ended(app, EGGS))
    assert "The report is as it was." in app.window.bars.notices[0].hint
    assert app.work.state.report == before


def test_a_change_is_stopped_and_the_report_is_as_before(qtbot, open_app: OpenApp):
    gate = Gate()
    gate.opened.set()
    app = open_app(cast=gate.cast)
    asked_and_answered(qtbot, app)
    before = app.work.state.report
    gate.opened.clear()
    app.runs.amend(app.work.state.run_id, Amendment(kind=AmendmentKind.DEEPER, words=BREATH))
    qtbot.waitUntil(lambda: gate.reached.is_set() and app.work.state.amending is not None, timeout=20_000)
    assert app.window.work.page is app.window.work.report
    assert app.window.work.report.report == before
    app.window.work.activity.stop.click()
    gate.opened.set()
    qtbot.waitUntil(lambda: app.runs.current is None and has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.report == before
    assert notices(app) == []


def test_an_earlier_version_is_restored_and_becomes_the_newest(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_with(qtbot, open_app, tmp_path / "kept", started_with(amended_run(), engine=EXTRACTIVE.name))
    first = app.work.state.versions[0].report
    app.window.work.versions.read(1)
    app._act(ActionId.SHORTEN)
    assert notices(app) == ["Only the newest version can be changed"]
    app.window.work.versions.bar.restore.click()
    qtbot.waitUntil(lambda: len(app.work.state.versions) == 4 and app.runs.current is None, timeout=20_000)
    assert [part.title for part in app.work.state.report.sections] == [part.title for part in first.sections]
    assert app.window.work.versions.is_newest


def test_what_is_read_is_what_is_saved(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_with(qtbot, open_app, tmp_path / "kept", started_with(amended_run(), engine=EXTRACTIVE.name))
    app.window.work.versions.read(1)
    for name, has_it in (("first.md", True), ("newest.md", False)):
        target = tmp_path / name
        app.export._save(app.work.state.run_id, ReportFormat.MARKDOWN, str(target))
        qtbot.waitUntil(target.exists, timeout=20_000)
        assert ("## What does frost do" in target.read_text(encoding="utf-8")) is has_it
        app.window.work.versions.read_newest()


def test_a_change_that_waits_for_another_run_can_be_given_up(qtbot, open_app: OpenApp):
    gate = Gate()
    gate.opened.set()
    app = open_app(cast=gate.cast)
    asked_and_answered(qtbot, app)
    changed, session = app.work.state.run_id, app.work.state.session_id
    gate.opened.clear()
    gate.reached.clear()
    app.runs.ask(BREATH, scope=Scope(), depth=Depth.QUICK)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    app.work.open_session(session)
    qtbot.waitUntil(lambda: app.work.state.run_id == changed)
    app.runs.amend(changed, SHORTEN)
    assert app.runs.waiting == (changed,)
    assert app.window.work.activity.words.full_text == "Queued"
    app.work.stop()
    assert app.runs.waiting == ()
    gate.opened.set()
    qtbot.waitUntil(lambda: app.runs.current is None, timeout=20_000)
    assert len(app.runs.state(changed).versions) == 1


@pytest.mark.parametrize("action", [ActionId.CHANGE, ActionId.DEEPER, ActionId.SHORTEN, ActionId.EXPORT])
def test_what_needs_a_report_cannot_be_done_without_one(qtbot, open_app: OpenApp, action: ActionId):
    app = open_app()
    qtbot.waitUntil(lambda: ActionId.NEW in app.window.available)
    assert action not in app.window.available
