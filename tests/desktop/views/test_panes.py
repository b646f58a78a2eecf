from fake_runs import finished_run, long_trace, nasty_run
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from desktop.items.sources import ROW_ROLE
from desktop.theme import Theme
from desktop.views.plan import PlanPane
from desktop.views.sources import SourcesPane
from desktop.views.trace import TracePane, _as_plain
from engine.agent.state import apply, fold
from engine.domain import SubQuestionId
from engine.events import SearchRan, SourceRead


def action(menu: QMenu, text: str) -> QAction:
    return next(one for one in menu.actions() if one.text() == text)


def test_the_plan_counts_what_is_done(theme: Theme, qtbot: QtBot) -> None:
    pane = PlanPane(theme)
    qtbot.addWidget(pane)
    assert pane.count_text == ""
    run = finished_run()
    with qtbot.waitSignal(pane.count_changed) as caught:
        pane.show_state(fold(run.until(SearchRan, nth=3)))
    assert caught.args == ["2 of 4"]
    pane.show_state(run.state)
    assert pane.count_text == "4 of 4"


def test_a_sub_question_is_skipped_from_its_menu(theme: Theme, qtbot: QtBot) -> None:
    pane = PlanPane(theme)
    qtbot.addWidget(pane)
    pane.show_state(fold(finished_run().until(SearchRan, nth=2)))
    with qtbot.waitSignal(pane.skip_requested) as caught:
        action(pane.menu_for(pane.model.rows[1]), "Skip this sub-question").trigger()
    assert caught.args == [SubQuestionId(2)]


def test_a_source_is_shown_skipped_found_and_copied_from_its_menu(theme: Theme, qtbot: QtBot) -> None:
    pane = SourcesPane(theme)
    qtbot.addWidget(pane)
    pane.show_state(fold(finished_run().until(SourceRead)))
    read = next(row for row in pane.model.rows if row.source_id is not None)
    found = next(row for row in pane.model.rows if row.can_be_skipped)
    with qtbot.waitSignal(pane.source_activated) as shown:
        action(pane.menu_for(read), "Show what was read").trigger()
    with qtbot.waitSignal(pane.skip_requested) as skipped:
        action(pane.menu_for(found), "Skip this source").trigger()
    with qtbot.waitSignal(pane.folder_requested) as folder:
        action(pane.menu_for(read), "Show in folder").trigger()
    action(pane.menu_for(read), "Copy address").trigger()
    assert shown.args == [read.source_id]
    assert skipped.args == [found.address]
    assert folder.args == [read.address]
    assert QApplication.clipboard().text() == "/home/reader/Documents/Building notes/Handbook.pdf"


def test_a_finished_run_offers_no_skipping(theme: Theme, qtbot: QtBot) -> None:
    pane = SourcesPane(theme)
    qtbot.addWidget(pane)
    pane.show_state(finished_run().state)
    found = next(row for row in pane.model.rows if row.can_be_skipped)
    assert "Skip this source" not in [one.text() for one in pane.menu_for(found).actions()]


def test_enter_on_a_source_opens_it(theme: Theme, qtbot: QtBot) -> None:
    pane = SourcesPane(theme)
    qtbot.addWidget(pane)
    pane.resize(380, 400)
    pane.show()
    pane.show_state(finished_run().state)
    pane.list.setCurrentIndex(pane.filtered.index(0, 0))
    with qtbot.waitSignal(pane.source_activated) as caught:
        QTest.keyClick(pane.list, Qt.Key.Key_Return)
    assert caught.args == [pane.filtered.index(0, 0).data(ROW_ROLE).source_id]


def test_the_trace_stays_at_its_end_when_it_gets_less_room(theme: Theme, qtbot: QtBot) -> None:
    run = long_trace(100)
    pane = TracePane(theme)
    qtbot.addWidget(pane)
    pane.resize(380, 600)
    pane.show()
    pane.show_trace(run.trace, run.state)
    qtbot.waitUntil(lambda: pane.list.is_at_end and pane.list.verticalScrollBar().maximum() > 0)
    before = pane.list.verticalScrollBar().maximum()
    pane.resize(380, 200)
    qtbot.waitUntil(lambda: pane.list.verticalScrollBar().maximum() > before and pane.list.is_at_end, timeout=1000)


def test_the_trace_is_followed_only_from_the_end(theme: Theme, qtbot: QtBot) -> None:
    run = long_trace(400)
    pane = TracePane(theme)
    qtbot.addWidget(pane)
    pane.resize(380, 300)
    pane.show()
    state = fold(run.trace[:200])
    pane.show_trace(run.trace[:200], state)
    qtbot.waitUntil(lambda: pane.list.is_at_end)
    bar = pane.list.verticalScrollBar()
    for stored in run.trace[200:300]:
        state = apply(state, stored)
        pane.show_event(stored, state)
    qtbot.waitUntil(lambda: pane.list.is_at_end and bar.maximum() > 7000)
    bar.setValue(1000)
    for stored in run.trace[300:]:
        state = apply(state, stored)
        pane.show_event(stored, state)
    QTest.qWait(20)
    assert bar.value() == 1000
    assert pane.count_text == "400"


def test_the_row_of_what_happens_now_comes_last_and_goes_at_the_end(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    pane = TracePane(theme)
    qtbot.addWidget(pane)
    pane.show()
    trace = run.until(SearchRan)
    pane.show_trace(trace, fold(trace))
    last = pane.model.index(pane.model.rowCount(QModelIndex()) - 1)
    assert last.data().startswith("Researching “How long")
    pane.show_trace(run.trace, run.state)
    assert pane.model.rowCount(QModelIndex()) == len(run.trace)


def test_steps_unfold_by_keyboard_and_quotes_lead_to_their_source(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    pane = TracePane(theme)
    qtbot.addWidget(pane)
    pane.resize(380, 600)
    pane.show()
    pane.show_trace(run.trace, run.state)
    row = next(n for n in range(pane.model.rowCount()) if pane.model.index(n).data().startswith("Read “Working"))
    pane.list.setCurrentIndex(pane.model.index(row))
    QTest.keyClick(pane.list, Qt.Key.Key_Right)
    pane.list.setCurrentIndex(pane.model.index(row + 2))
    with qtbot.waitSignal(pane.passage_activated) as caught:
        QTest.keyClick(pane.list, Qt.Key.Key_Return)
    assert caught.args == [run.passages[0].id]
    QTest.keyClick(pane.list, Qt.Key.Key_Left)
    assert pane.model.rowCount() == len(run.trace)
    assert pane.list.currentIndex().row() == row


def test_hostile_titles_are_painted_as_text(theme: Theme, qtbot: QtBot) -> None:
    run = nasty_run()
    panes = (PlanPane(theme), SourcesPane(theme), TracePane(theme))
    for pane in panes:
        qtbot.addWidget(pane)
        pane.resize(380, 600)
        pane.show()
        pane.show_state(run.state)
        pane.grab()
    panes[2].show_trace(run.trace, run.state)
    for row in range(0, 40, 3):
        panes[2].model.toggle(row)
    panes[2].grab()
    assert "<b>" not in _as_plain("<b>x</b>").replace("<p style='white-space: pre-wrap'>", "")


def test_an_empty_pane_says_what_will_be_there(theme: Theme, qtbot: QtBot) -> None:
    plan, sources = PlanPane(theme), SourcesPane(theme)
    for pane in (plan, sources):
        qtbot.addWidget(pane)
        pane.show()
        assert pane._empty.isVisible()
        assert pane._empty.text().endswith(".")
