from datetime import timedelta

from amended_runs import amended_run, began_to_shorten
from fake_runs import FakeRun, finished_run
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.comparison import is_change
from desktop.views.report import Place
from desktop.views.typesetting import Property
from desktop.views.work import WorkView
from engine.agent.state import apply
from engine.domain import Amendment, AmendmentKind, ClaimId, Verdict
from engine.events import ClaimMarked


def shown(theme: Theme, qtbot: QtBot, run: FakeRun) -> WorkView:
    view = WorkView(theme, document_of=run.document_of, now=lambda: run.trace[-1].at + timedelta(seconds=1))
    qtbot.addWidget(view)
    view.resize(760, 900)
    view.show()
    view.show_state(run.state)
    return view


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.text()]


def test_a_report_that_was_never_changed_says_nothing_of_versions(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    assert not view.header.versions.isVisible()
    assert not view.versions.isVisible()


def test_the_newest_version_is_read_and_an_older_one_can_be(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, amended_run())
    assert view.header.versions.text().strip() == "Version 3 of 3"
    assert "What does frost do" not in view.report.toPlainText()
    view.header.versions.chosen.emit(1)
    assert "What does frost do" in view.report.toPlainText()
    assert view.versions.bar.isVisible()
    assert "earlier version, which cannot be changed: Version 1 of 3" in view.versions.bar.words.text()
    view.versions.bar.newest.click()
    assert "What does frost do" not in view.report.toPlainText()
    assert not view.versions.isVisible()


def test_an_older_version_can_be_taken_up_again_and_not_be_changed(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, amended_run())
    view.header.versions.chosen.emit(1)
    assert not [text for text in texts(view.report.menu_at(QPoint(300, 100))) if text.startswith("Go deeper")]
    with qtbot.waitSignal(view.follow_up_requested) as asked:
        view.versions.bar.restore.click()
    assert asked.args == [Amendment(kind=AmendmentKind.RESTORE, version=1)]


def test_two_versions_are_compared_and_left_again(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, amended_run())
    view.versions.compare()
    assert view.page is view.versions.page
    bar = view.versions.comparison
    assert (bar.old.number, bar.new.number) == (2, 3)
    assert "1 not established any more" in bar.counts.text()
    bar.old.chosen.emit(1)
    assert (bar.old.number, bar.new.number) == (1, 3)
    view.versions.page.left.emit()
    assert view.page is view.report


def test_the_old_version_is_read_while_a_new_one_is_made_and_then_the_new_one(theme: Theme, qtbot: QtBot) -> None:
    whole = amended_run()
    begun = len(began_to_shorten().trace)
    view = shown(theme, qtbot, began_to_shorten())
    state = began_to_shorten().state
    before = view.report.report
    assert view.activity.words.full_text == "Shortening"
    assert view.activity.stop.isVisible()
    for stored in whole.trace[begun:]:
        state = apply(state, stored)
        view.show_event(stored, state)
        if len(state.versions) == 1:
            assert view.page is view.report
            assert view.report.report == before
    assert view.header.versions.text().strip() == "Version 3 of 3"
    assert view.report.report == state.versions[-1].report


def test_a_sentence_a_section_and_a_gap_offer_what_can_be_wanted_there(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    claim = next(one for one in view.report.report.claims if one.id == ClaimId(5))
    places = {
        Place(claim=claim, section=1): ["Go deeper here…", "Check this claim", "Shorten this section"],
        Place(section=1): ["Go deeper here…", "Shorten this section", "This section as a table"],
        Place(gap=0): ["Go deeper here…"],
        Place(): ["Go deeper…", "Shorten", "As a table", "Translate…"],
    }
    for place, wanted in places.items():
        menu = QMenu(view)
        view.report.menu_opening.emit(menu, place)
        assert [text for text in wanted if text not in texts(menu)] == []
    with qtbot.waitSignal(view.follow_up_requested) as asked:
        menu = QMenu(view)
        view.report.menu_opening.emit(menu, Place(gap=0))
        menu.actions()[0].trigger()
    assert asked.args[0].words == "Which additives make lime mortar frost-proof?"


def test_nothing_is_offered_while_the_report_is_changed(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, began_to_shorten())
    menu = QMenu(view)
    view.report.menu_opening.emit(menu, Place(section=0))
    assert texts(menu) == []
    assert not view.header._change.isVisible()


def test_a_mark_on_a_report_that_was_opened_moves_nothing(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = shown(theme, qtbot, run)
    assert not view.activity.isVisible()
    stored = run.add(ClaimMarked(claim_id=ClaimId(1), verdict=Verdict.RIGHT), after_s=3600)
    view.show_event(stored, run.state)
    assert not view.activity.isVisible()


def test_a_comparison_begins_at_what_changed(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, amended_run())
    view.resize(760, 420)
    view.versions.compare()
    page = view.versions.page
    first = next(number for number, change in enumerate(page.changes) if is_change(change))
    assert page.textCursor().block().blockFormat().property(Property.KEY) == f"change:{first}"
    assert page.viewport().rect().contains(page.cursorRect().center())
