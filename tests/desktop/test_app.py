import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from open_apps import BREATH, EGGS, OpenApp, answer, has_ended, read_trace, type_and_ask
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from slow_cast import Gate

from desktop.actions import ActionId
from desktop.main_window import Page
from desktop.theme import Appearance
from engine.domain import Depth, Outcome, RunId, Scope
from engine.errors import ExportFailed, StorageFull
from engine.events import CommandKind, StoredEvent
from engine.export import TEXT_FORMATS, ReportFormat
from engine.research import Cast, Research, RunControl
from engine.web.progress import OnFetch
from engine.web.world import Web


def test_the_first_question_is_answered_from_the_guide(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.window.page is Page.WORK
    assert "four eggs" in answer(app)
    state = app.work.state
    assert app.window.trace.model.steps == state.length
    qtbot.waitUntil(lambda: [session.title for session in app.work.sessions] == [EGGS])


def test_a_question_asked_before_the_guide_is_read_waits_for_it(qtbot, open_app: OpenApp):
    app = open_app(wait=False)
    qtbot.waitUntil(lambda: app.runs.is_open, timeout=20_000)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.outcome is Outcome.COMPLETE


def test_events_appear_while_the_run_goes_on(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: gate.reached.is_set() and bool(app.window.trace.model.steps), timeout=20_000)
    qtbot.waitUntil(lambda: app.window.plan.count_text == "0 of 1")
    assert app.work.is_live
    assert app.window.status._run.text() == "Researching"
    gate.opened.set()
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.window.status._run.isHidden()


def test_questions_asked_meanwhile_wait_for_their_turn(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    type_and_ask(app, BREATH)
    gate.opened.set()
    qtbot.waitUntil(lambda: has_ended(app, BREATH), timeout=20_000)
    assert "eight minutes" in answer(app)
    first = next(session for session in app.work.sessions if session.title == EGGS)
    assert first.outcome is Outcome.COMPLETE


def test_a_question_that_waits_says_so(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    app.runs.ask(BREATH, scope=Scope(), depth=Depth.QUICK)
    qtbot.waitUntil(lambda: app.work.state.question == BREATH, timeout=20_000)
    assert app.window.work.activity.words.full_text == "Queued"
    gate.opened.set()
    qtbot.waitUntil(lambda: has_ended(app, BREATH), timeout=20_000)


class FullDisk(Research):
    """A research whose disk is full after some events."""

    room = 5

    def follow(
        self, run_id: RunId, *, control: RunControl, cast: Cast | None = None, on_fetch: OnFetch | None = None
    ) -> Iterator[StoredEvent]:
        for stored in super().follow(run_id, control=control, cast=cast, on_fetch=on_fetch):
            FullDisk.room -= 1
            if FullDisk.room == 0:
                raise StorageFull("The disk is full", hint="Make room, then continue the run.")
            yield stored


def test_a_full_disk_is_said_and_the_run_goes_on_when_there_is_room(qtbot, open_app: OpenApp):
    app = open_app(research=FullDisk)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: len(app.window.bars.notices) == 1, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None)
    notice = app.window.bars.notices[0]
    assert notice.title == "The disk is full"
    assert app.window.status._run.text() == "Paused"
    assert not has_ended(app, EGGS)
    notice.actions[0].act()
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.outcome is Outcome.COMPLETE


def test_a_full_disk_is_said_no_longer_than_it_is_true(qtbot, open_app: OpenApp, monkeypatch):
    monkeypatch.setattr(FullDisk, "room", 5)
    app = open_app(research=FullDisk)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: len(app.window.bars.notices) == 1, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None)
    assert len(app.window.bars.notices) == 1
    app.runs.problem.emit(ExportFailed("Something else", hint="It stays."))
    type_and_ask(app, BREATH)
    qtbot.waitUntil(lambda: has_ended(app, BREATH), timeout=20_000)
    assert [notice.title for notice in app.window.bars.notices] == ["Something else"]


def test_a_question_that_is_being_written_is_not_disturbed_by_the_one_before(qtbot, open_app: OpenApp):
    app = open_app()
    app.window.ask.asked.emit(EGGS, Scope(), Depth.QUICK, True)
    app.work.start_over()
    QTest.keyClicks(app.window.ask._box._field, "How long")
    qtbot.waitUntil(lambda: any(s.title == EGGS and s.outcome for s in app.work.sessions), timeout=20_000)
    assert app.window.page is Page.ASK
    assert app.window.focusWidget() is app.window.ask._box._field
    type_and_ask(app, BREATH)
    qtbot.waitUntil(lambda: has_ended(app, BREATH), timeout=20_000)
    assert app.window.page is Page.WORK


def test_another_session_can_be_read_while_a_run_goes_on(qtbot, open_app: OpenApp):
    gate = Gate()
    gate.opened.set()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    first = app.work.state.session_id
    gate.opened.clear()
    gate.reached.clear()
    type_and_ask(app, BREATH)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    app.work.open_session(first)
    qtbot.waitUntil(lambda: app.work.state.session_id == first)
    assert not app.work.is_live
    steps = app.window.trace.model.steps
    gate.opened.set()
    qtbot.waitUntil(lambda: app.runs.current is None, timeout=20_000)
    assert app.work.state.session_id == first
    assert app.window.trace.model.steps == steps


def test_closing_during_a_run_is_clean_and_the_run_goes_on_at_the_next_start(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    # The reader returns only later: closing waits for the step under way, not for the run.
    later = threading.Timer(0.3, gate.opened.set)
    later.start()
    app.window.close()
    later.join()
    assert app.close()
    again = open_app()
    qtbot.waitUntil(lambda: has_ended(again, EGGS), timeout=20_000)
    assert "four eggs" in answer(again)
    said = [notice.title for notice in again.window.cards.notices]
    assert said == ["Plumbline was closed during a run"]


def test_closing_while_the_data_folder_is_being_opened_starts_nothing_more(qtbot, open_app: OpenApp, monkeypatch):
    may_open = threading.Event()
    really_open = Research.open

    def open_late(folder: Path, *, cast: Cast, web: Web | None) -> Research:
        may_open.wait(20)
        return really_open(folder, cast=cast, web=web)

    monkeypatch.setattr(Research, "open", open_late)
    app = open_app(wait=False)
    later = threading.Timer(0.2, may_open.set)
    later.start()
    app.window.close()
    later.join()
    qtbot.wait(50)  # what the research thread had sent before it ended arrives now
    assert not app.library.has_started


def test_a_run_can_be_stopped(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    qtbot.waitUntil(lambda: app.work.state is not None)
    app.work.stop()
    gate.opened.set()
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.outcome is Outcome.STOPPED


def test_a_paused_run_rests_and_goes_on(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    app.work.pause_or_continue()
    gate.opened.set()
    qtbot.waitUntil(lambda: app.work.state is not None and app.work.state.is_paused, timeout=20_000)
    qtbot.waitUntil(lambda: app.runs.current is None)
    assert app.window.status._run.text() == "Paused"
    app.work.pause_or_continue()
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.outcome is Outcome.COMPLETE


def test_space_pauses_while_one_reads_and_writes_a_space_while_one_writes(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: gate.reached.is_set() and app.window.page is Page.WORK, timeout=20_000)
    QTest.keyClick(app.window.work.page, Qt.Key.Key_Space)
    gate.opened.set()
    qtbot.waitUntil(lambda: app.work.state is not None and app.work.state.is_paused, timeout=20_000)
    app.window.sessions.start_search()
    QTest.keyClicks(app.window.sessions._search, "a b?")
    assert app.window.sessions._search.text() == "a b?"
    assert app.window.shortcuts_overlay.isHidden()
    assert app.work.state.is_paused


def test_the_keyboard_stays_with_the_source_when_the_window_gets_narrow(qtbot, open_app: OpenApp):
    app = open_app()
    app.window.resize(1300, 900)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    app.window.work.citation_activated.emit(min(app.work.state.passages))
    focused = app.window.focusWidget()
    assert app.window.viewer.isAncestorOf(focused)
    app.window.resize(800, 700)
    assert app.window.focusWidget() is focused
    app.window.resize(1300, 900)
    assert app.window.focusWidget() is focused


def test_the_report_can_be_written_early(qtbot, open_app: OpenApp):
    gate = Gate()
    app = open_app(cast=gate.cast)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(gate.reached.is_set, timeout=20_000)
    app.work.write_now()
    gate.opened.set()
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    kinds = [stored.event.kind for stored in read_trace(app) if type(stored.event).__name__ == "CommandGiven"]
    assert kinds == [CommandKind.WRITE_NOW]


def test_asking_again_adds_a_run_to_the_session(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    first = app.work.state
    app.work.ask_again()
    qtbot.waitUntil(lambda: app.work.state.run_id != first.run_id and has_ended(app, EGGS), timeout=20_000)
    assert app.work.state.session_id == first.session_id
    qtbot.waitUntil(lambda: app.window.runs_menu.text().strip() == "Run 2 of 2")
    assert len(app.work.sessions) == 1


def test_a_deleted_session_comes_back_with_undo(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and len(app.work.sessions) == 1, timeout=20_000)
    app.work.delete_session(app.work.state.session_id)
    assert app.work.sessions == ()
    assert app.window.page is Page.ASK
    undo = app.window.cards.notices[0].actions[0]
    undo.act()
    qtbot.waitUntil(lambda: len(app.work.sessions) == 1, timeout=20_000)


def test_a_renamed_session_keeps_its_name(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and len(app.work.sessions) == 1, timeout=20_000)
    model = app.window.sessions._model
    assert model.setData(model.index_of(app.work.state.session_id), "Herons")
    qtbot.waitUntil(lambda: [session.title for session in app.work.sessions] == ["Herons"], timeout=20_000)


def test_searching_finds_what_was_asked_written_and_read(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    app.window.sessions.start_search()
    QTest.keyClicks(app.window.sessions._search, "heron")
    hits = app.window.sessions._hits_model
    qtbot.waitUntil(lambda: hits.rowCount() > 0, timeout=20_000)
    assert {hits._hits[row].kind for row in range(hits.rowCount())} >= {"question", "report"}
    QTest.keyClick(app.window.sessions._search, Qt.Key.Key_Escape)
    assert app.window.sessions._stack.currentWidget() is app.window.sessions._list


def test_a_citation_opens_its_source_beside_the_report(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    app.window.work.citation_activated.emit(min(app.work.state.passages))
    assert app.window.is_source_shown
    assert app.window.viewer.text.marked_text()
    app._act(ActionId.BACK)
    assert not app.window.is_source_shown


def test_escape_in_a_source_goes_back_to_the_report(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    app.window.work.citation_activated.emit(min(app.work.state.passages))
    QTest.keyClick(app.window.viewer.text, Qt.Key.Key_Escape)
    assert not app.window.is_source_shown


def test_the_original_is_opened_from_its_source(qtbot, open_app: OpenApp, monkeypatch):
    opened = []
    monkeypatch.setattr("desktop.source_desk.open_original", lambda address, locator: opened.append(address))
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    passage = app.work.state.passages[min(app.work.state.passages)]
    app.window.work.citation_activated.emit(passage.id)
    app.window.viewer._original.click()
    assert opened == [app.work.state.sources[passage.source_id].address]


def test_preferences_and_the_frame_are_kept(qtbot, open_app: OpenApp):
    app = open_app()
    app.preferences.choose_appearance(Appearance.DARK)
    app.preferences.choose_depth(Depth.QUICK)
    app.preferences.step_text(1)
    app.window.resize(1400, 950)
    app.window.show_page(Page.WORK)
    app.window.toggle("sessions")
    app.window.evidence._panes["plan"]._toggle()
    app.window.close()
    again = open_app()
    again.window.resize(1400, 950)
    assert again.theme.is_dark
    assert again.theme.text_scale == 1.15
    assert again.window.ask._depth.chosen_depth is Depth.QUICK
    assert again.window.sessions.isHidden()
    assert again.window.evidence.is_folded("plan")
    again.window.toggle("sessions")
    assert again.window.sessions.isVisible()


def test_a_larger_text_size_reaches_the_question_too(qtbot, open_app: OpenApp):
    app = open_app()
    field = app.window.ask._box._field
    before = field.font().pixelSize()
    app.preferences.choose_text_scale(1.3)
    assert field.font().pixelSize() == round(before * 1.3)


def test_a_mistake_is_logged_and_said_and_the_window_lives(qtbot, open_app: OpenApp):
    app = open_app(may_err=True)
    app.mistakes.record(ZeroDivisionError("a bug of ours"))
    app.mistakes.record(ZeroDivisionError("the same bug again"))
    assert [notice.title for notice in app.window.bars.notices] == ["Plumbline made a mistake"]
    assert app.mistakes.log_path.read_text().count("ZeroDivisionError") == 2
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)


def test_a_data_folder_that_cannot_be_used_is_explained_and_tried_again(qtbot, open_app: OpenApp, tmp_path: Path):
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where the data folder should be")
    app = open_app(data=blocked, wait=False)
    qtbot.waitUntil(lambda: app.window.page is Page.PROBLEM, timeout=20_000)
    assert "cannot be used" in app.window.problem._title.text()
    assert ActionId.NEW not in app.window.available
    blocked.unlink()
    app.runs.open()
    qtbot.waitUntil(lambda: app.window.page is Page.ASK and bool(app.library.folders), timeout=20_000)


def test_a_data_folder_in_use_is_explained(qtbot, open_app: OpenApp, tmp_path: Path):
    with Research.open(tmp_path / "data"):
        app = open_app(wait=False)
        qtbot.waitUntil(lambda: app.window.page is Page.PROBLEM, timeout=20_000)
        assert "already open" in app.window.problem._title.text()
        app.window.close()
        assert app.close()


def test_a_second_start_raises_the_first_window_and_ends(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_app()
    command = [sys.executable, "-m", "desktop", "--data", str(tmp_path / "data")]
    with qtbot.waitSignal(app.instance.raise_requested, timeout=20_000):
        second = subprocess.Popen(
            command,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=20_000)
    assert second.returncode == 0
    assert second.stdout.read() == b""
    second.stdout.close()


def test_nothing_but_the_question_is_needed_to_ask_with_the_keyboard(qtbot, open_app: OpenApp):
    app = open_app()
    field = app.window.ask._box._field
    QTest.keyClicks(field, "How many")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert field.toPlainText() == "How many\n"
    QTest.keyClicks(field, " eggs?")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: app.work.state is not None, timeout=20_000)


def test_the_export_is_written_where_it_was_asked_for(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    for format in TEXT_FORMATS:
        target = tmp_path / f"report.{format.value}"
        app.export._save(app.work.state.run_id, format, str(target))
        qtbot.waitUntil(target.exists, timeout=20_000)
        assert "four eggs" in target.read_text(encoding="utf-8")
    assert app.settings.export_folder == tmp_path
    qtbot.waitUntil(lambda: app.window.cards.notices[-1].title == f"Saved {target.name}")


def test_an_export_that_fails_is_explained(qtbot, open_app: OpenApp, tmp_path: Path):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=20_000)
    app.export._save(app.work.state.run_id, ReportFormat.HTML, str(tmp_path / "missing" / "report.html"))
    qtbot.waitUntil(lambda: len(app.window.bars.notices) == 1, timeout=20_000)


def test_a_session_is_renamed_in_the_list_with_the_keyboard(qtbot, open_app: OpenApp):
    app = open_app()
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS) and len(app.work.sessions) == 1, timeout=20_000)
    view = app.window.sessions._list
    app.window.sessions.focus_list()
    QTest.keyClick(view, Qt.Key.Key_F2)
    editor = view.findChild(QLineEdit)
    assert editor.text() == EGGS
    editor.selectAll()
    QTest.keyClicks(editor, "Herons")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: [session.title for session in app.work.sessions] == ["Herons"], timeout=20_000)
