from collections.abc import Callable
from datetime import timedelta

import pytest
from fake_runs import FakeRun, failed_run, finished_run, large_run, nasty_run, not_found_run, stopped_run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.work import WorkView
from engine.agent.state import RunState, apply, fold
from engine.domain import FolderId, Scope
from engine.events import ReportDrafted, RunStarted, SearchRan, SourceRead, StoredEvent

RUNS: list[Callable[[], FakeRun]] = [finished_run, not_found_run, stopped_run, failed_run, nasty_run]


def work_view(theme: Theme, qtbot: QtBot, run: FakeRun, *, waited_s: float = 0.0, height: int = 800) -> WorkView:
    view = WorkView(theme, document_of=run.document_of, now=lambda: run.trace[-1].at + timedelta(seconds=waited_s))
    qtbot.addWidget(view)
    view.resize(660, height)
    view.show()
    return view


def feed(view: WorkView, trace: list[StoredEvent], state: RunState | None = None) -> RunState:
    for stored in trace:
        state = apply(state, stored)
        view.show_event(stored, state)
    assert state is not None
    return state


@pytest.mark.parametrize("make", RUNS)
def test_a_reopened_run_looks_as_it_did_live(theme: Theme, qtbot: QtBot, make: Callable[[], FakeRun]) -> None:
    run = make()
    live, reopened = work_view(theme, qtbot, run), work_view(theme, qtbot, run)
    feed(live, run.trace)
    reopened.show_state(run.state)
    assert type(live.page) is type(reopened.page)
    assert live.page.toPlainText() == reopened.page.toPlainText()
    assert live.findings.toPlainText() == reopened.findings.toPlainText()
    assert live.header.facts.full_text == reopened.header.facts.full_text


def test_nothing_moves_when_a_run_ends_in_view(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    state = feed(view, run.trace[:-1])
    before = view.report.mapToGlobal(view.report.chip_rect(view.report.chips[0]).topLeft())
    feed(view, run.trace[-1:], state)
    assert view.activity.words.full_text == "Done"
    assert view.report.mapToGlobal(view.report.chip_rect(view.report.chips[0]).topLeft()) == before
    view.show_state(run.state)
    assert not view.activity.isVisible()


def test_a_wide_window_can_be_made_narrow_at_once(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    view.resize(1600, 700)
    QTest.qWait(20)
    assert view.minimumSizeHint().width() <= 320
    view.resize(340, 700)
    QTest.qWait(20)
    assert view.width() == 340


def test_findings_appear_as_they_come(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    trace = run.until(SourceRead)
    feed(view, trace[:-1])
    assert view.page is view.findings
    assert "three months" not in view.page.toPlainText()
    assert view.activity.words.full_text.startswith("Researching “How long must fresh")
    feed(view, trace[-1:], fold(trace[:-1]))
    assert "Protect fresh lime mortar from frost" in view.page.toPlainText()
    assert "Working with lime: a site handbook · page 3, Protecting new work" in view.page.toPlainText()


def test_the_report_takes_their_place_when_it_is_written(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    feed(view, run.until(ReportDrafted))
    assert view.page is view.report
    assert view.activity.words.full_text == "Checking"


def test_what_is_waited_for_is_said_with_its_time(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    run.trace = run.until(SearchRan)
    view = work_view(theme, qtbot, run, waited_s=75)
    view.show_state(run.state)
    assert view.activity.since.text() == "1:15"
    assert view.activity.stop.isVisible()
    with qtbot.waitSignal(view.stop_requested):
        view.activity.stop.click()


def test_findings_are_followed_only_from_the_end(theme: Theme, qtbot: QtBot) -> None:
    run = large_run(80)
    trace = run.until(SourceRead, nth=70)
    view = work_view(theme, qtbot, run, height=500)
    state = feed(view, trace[:40])
    bar = view.findings.verticalScrollBar()
    assert view.findings.is_at_end and bar.value() > 0
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    state = feed(view, trace[40:60], state)
    assert bar.value() == place
    view.findings.follow_end()
    feed(view, trace[60:], state)
    assert view.findings.is_at_end


def test_nothing_found_is_a_page_of_its_own_that_shows_the_work(theme: Theme, qtbot: QtBot) -> None:
    run = not_found_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    text = view.page.toPlainText()
    assert view.page is view.not_found
    for words in (
        "Not found in these sources.",
        "3 searches made, 2 sources were opened",
        "“dragline silk cryogenic”",
        "Garden wall log",
        "What to try",
        "Add a folder",
        "No language model",
    ):
        assert words in text


def test_a_stopped_run_keeps_what_was_found_and_can_go_on(theme: Theme, qtbot: QtBot) -> None:
    view = work_view(theme, qtbot, stopped_run())
    view.show_state(stopped_run().state)
    assert view.page is view.findings
    assert "Protect fresh lime mortar" in view.page.toPlainText()
    assert view.activity.words.full_text == "Stopped"
    with qtbot.waitSignal(view.continue_requested):
        view.activity.go_on.click()
    with qtbot.waitSignal(view.ask_again_requested):
        view.header._again.click()


def test_a_failed_run_says_why(theme: Theme, qtbot: QtBot) -> None:
    view = work_view(theme, qtbot, failed_run())
    view.show_state(failed_run().state)
    assert view.activity.words.full_text == "Failed"
    assert "The disk is full" in view.activity.reason.text()


def test_the_header_gives_the_facts(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    facts = view.header.facts.full_text
    assert facts.startswith("All folders · Standard · No\xa0language\xa0model · 14\xa0s · ")
    assert view.header.facts.toolTip() == "No language model: quoted word for word"
    assert facts.replace("\xa0", " ").endswith("5 sources · 9 passages")
    for width in (320, 420, 520):
        view.header.facts.resize(width, 60)
        lines = view.header.facts.text().split("\n")
        assert " · ".join(lines) == facts
        assert not any(line.endswith("·") for line in lines)
    with qtbot.waitSignal(view.export_requested):
        view.header._export.click()


@pytest.mark.parametrize("width", [400, 520, 580, 900])
def test_the_facts_keep_to_two_lines(theme: Theme, qtbot: QtBot, width: int) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    view.resize(width, 800)
    facts = view.header.facts
    two_lines = 2 * facts.fontMetrics().lineSpacing() + 2
    qtbot.waitUntil(lambda: view.header.width() == width and facts.heightForWidth(facts.width()) <= two_lines)
    assert view.header._again.accessibleName() == "Ask again"
    assert bool(view.header._again.toolTip()) != bool(view.header._again.text())


def test_the_header_fits_though_the_page_was_resized_first(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    header = view.header
    header.resize(960, header.height())
    header.keep_to(24, 524)
    header.resize(582, header.height())
    margins = header._layout.contentsMargins()
    assert header.width() - margins.left() - margins.right() == 524


def test_the_scope_is_named(theme: Theme, qtbot: QtBot) -> None:
    run = FakeRun(scope=Scope(folders=(FolderId("a"), FolderId("b"))))
    run.started()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    assert view.header.facts.full_text.startswith("2 folders")
    view.show_folder_names({FolderId("a"): "Letters", FolderId("b"): "Maps"})
    assert view.header.facts.full_text.startswith("Letters, Maps")


def test_a_question_of_fifty_thousand_characters_is_cut_to_a_title(theme: Theme, qtbot: QtBot) -> None:
    run = FakeRun(question="Why? " * 10_000)
    run.started()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    assert view.header.title.height() < 160
    assert view.header.title.text().endswith("…")


def test_words_are_found_on_the_page_in_view(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    view.find_bar.open_bar()
    view.find_bar.field.setText("hydraulic")
    assert view.find_bar.count_text.startswith("1 of ")
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return)
    assert view.find_bar.count_text.startswith("2 of ")
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.find_bar.count_text.startswith("1 of ")
    view.find_bar.field.setText("nowhere to be found")
    assert view.find_bar.count_text == "nothing"
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Escape)
    assert view.find_bar.isHidden()


def test_another_run_replaces_the_one_that_was_shown(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    other = FakeRun(question="Something else?", run_id=run.run_id.__class__("run-2"))
    other.started()
    view.show_event(other.trace[0], fold(other.until(RunStarted)))
    assert view.header.title.text() == "Something else?"
    assert view.page.toPlainText() == ""
    view.show_state(None)
    assert view.header.title.text() == ""


def test_citations_and_originals_are_asked_for_by_signal(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = work_view(theme, qtbot, run)
    view.show_state(run.state)
    chip = view.report.chips[0]
    view.report.open_card(chip, by_keyboard=True)
    card = view.report.card
    assert card is not None
    with qtbot.waitSignal(view.original_requested) as original:
        card._open_original.click()
    with qtbot.waitSignal(view.citation_activated) as citation:
        card._show_source.click()
    assert original.args == citation.args == [chip.passage]
