"""What a report carries besides its sentences: coverage, tables, contradictions, lone figures, what failed, marks."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from fake_runs import NASTY_TEXTS, FakeRun, claim, finished_run
from proven_runs import proven_run
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor, QTextTable
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolTip
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.inline_signs import BAR_OBJECT, READER_OBJECT
from desktop.views.report import ReportView
from desktop.views.report_pen import lone_spans
from desktop.views.typesetting import Property
from engine.agent.state import apply, fold
from engine.domain import Cell, ClaimId, ClaimState, Gap, Mark, Outcome, Report, Section, Table, Verdict
from engine.events import ClaimChecked, ClaimMarked, ReportDrafted, ReportFinished, SectionWritten


def shown(theme: Theme, qtbot: QtBot, run: FakeRun, *, width: int = 760, height: int = 1400) -> ReportView:
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show_state(run.state)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow)
    return view


def tables_of(view: ReportView) -> list[QTextTable]:
    return [frame for frame in view.document().rootFrame().childFrames() if isinstance(frame, QTextTable)]


def cell_text(table: QTextTable, row: int, column: int) -> str:
    cell = table.cellAt(row, column)
    cursor = cell.firstCursorPosition()
    cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
    return cursor.selectedText().replace("\u2029", "\n")


def rewritten(run: FakeRun, report: Report, *, outcome: Outcome = Outcome.COMPLETE) -> FakeRun:
    """The run with another report in the place of its own."""
    draft = next(number for number, one in enumerate(run.trace) if isinstance(one.event, ReportDrafted))
    run.trace = run.trace[:draft]
    run.add(ReportDrafted(report=report))
    run.add(ReportFinished(report=report))
    run.ended(outcome)
    return run


def objects(view: ReportView, kind: int) -> int:
    document = view.document()
    cursor = QTextCursor(document)
    found = 0
    for position in range(1, document.characterCount()):
        cursor.setPosition(position)
        found += cursor.charFormat().objectType() == kind
    return found


def point_of(view: ReportView, claim_id: int) -> QPoint:
    """Return a point of the viewport that is on a sentence."""
    start, _ = view._spans[ClaimId(claim_id)]
    cursor = QTextCursor(view.document())
    cursor.setPosition(start + 2)
    return view.cursorRect(cursor).center()


# --- how much is established --------------------------------------------------------------------------------------


def test_the_report_says_how_many_sentences_are_said_by_what_they_cite(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    assert "12 of 14 sentences are said by what they cite" in view.toPlainText()
    assert objects(view, BAR_OBJECT) == 1


def test_an_incomplete_report_says_so_and_why(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run(outcome=Outcome.INCOMPLETE))
    view.selectAll()
    copied = view.createMimeDataFromSelection().text()
    assert "Incomplete. At least 70 in a hundred sentences should be said by what they cite." in copied


def test_a_sentence_that_stands_twice_is_counted_once_in_the_bar_as_in_the_figures(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    report = run.state.report
    first = report.sections[0]
    again = replace(report.answer[0], id=ClaimId(90))
    twice = replace(report, sections=(replace(first, claims=(again, *first.claims)), *report.sections[1:]))
    standing = []
    for one in (report, twice):
        view = shown(theme, qtbot, rewritten(run, one))
        view.selectAll()
        copied = view.createMimeDataFromSelection().text()
        standing.append(copied[copied.index("12 of 14 sentences") : copied.index("in one place only")])
    assert "on which sources agree" in standing[0]
    assert standing[0] == standing[1]


def test_nothing_is_said_of_coverage_while_sentences_are_unchecked(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.show_state(fold(run.until(ReportDrafted)))
    assert "said by what they cite" not in view.toPlainText()


def test_a_draft_shows_what_is_written_and_what_is_still_to_be(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run(written=1)
    view = shown(theme, qtbot, run)
    text = view.toPlainText()
    assert "Being written: 1 of 2 parts" in text
    assert text.index("pairs of the grey stalker") < text.index("Wingspan, clutch and food") < text.index("Still to be")


def test_sections_appear_as_they_are_written_and_the_page_keeps_its_place(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    trace = run.until(SectionWritten)
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(700, 160)
    view.show()
    state = fold(trace)
    view.show_state(state)
    view.verticalScrollBar().setValue(60)
    before = view._top()
    for stored in run.trace[len(trace) : len(run.until(SectionWritten, nth=2))]:
        state = apply(state, stored)
        view.show_state(state)
    assert "Reed bittern" in view.toPlainText()
    qtbot.waitUntil(lambda: view._top()[0] == before[0])


def test_who_is_at_the_beginning_of_a_draft_sees_the_answer_come(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(700, 160)
    view.show()
    view.show_state(fold(run.until(SectionWritten, nth=2)))
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 0)
    view.show_state(fold(run.until(ReportDrafted)))
    assert view.verticalScrollBar().value() == 0
    view.show_state(fold(run.until(ReportFinished)))
    qtbot.waitUntil(lambda: view.verticalScrollBar().maximum() > 0)
    assert view.verticalScrollBar().value() == 0


def test_claims_are_checked_in_place_and_what_was_found_is_set_at_the_end(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    draft = run.until(ReportDrafted)
    state = fold(draft)
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.show_state(state)
    document = view.document()
    for stored in run.trace[len(draft) : len(run.until(ClaimChecked, nth=3))]:
        state = apply(state, stored)
        view.show_state(state)
    assert view.document() is document
    view.show_state(fold(run.until(ReportFinished)))
    assert "What says otherwise" in view.toPlainText()


# --- tables -------------------------------------------------------------------------------------------------------


def test_a_table_is_a_table_with_a_chip_for_each_citation_of_each_cell(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    view = shown(theme, qtbot, run)
    table = tables_of(view)[-1]
    assert (table.rows(), table.columns()) == (5, 4)
    assert [cell_text(table, 0, column) for column in range(4)] == ["Bird", "Wingspan", "Clutch", "Food"]
    assert cell_text(table, 2, 1).startswith("125–135 cm")
    report = run.state.report
    assert report is not None
    for one in report.sections[1].all_claims:
        chips = [chip for chip in view.chips if chip.claim == one.id]
        assert [chip.passage for chip in chips] == [*one.passages, *one.agreeing]
        assert chips[0].shows_state and view._look_of(chips[0]).state is one.state


def test_an_empty_cell_says_why_it_is_empty_in_quieter_words(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    table = tables_of(view)[-1]
    assert cell_text(table, 4, 1) == "not found in 3 sources"
    cursor = table.cellAt(4, 1).firstCursorPosition()
    cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
    assert cursor.charFormat().foreground().color().name() == theme.palette.text_muted


@pytest.mark.parametrize("width", [320, 420, 600, 900, 1600])
def test_a_table_never_reaches_out_of_the_view(theme: Theme, qtbot: QtBot, width: int) -> None:
    view = shown(theme, qtbot, proven_run(), width=width)
    qtbot.waitUntil(lambda: not view._setting_again.isActive())
    layout = view.document().documentLayout()
    for table in tables_of(view):
        rect = layout.frameBoundingRect(table)
        assert rect.left() >= 0
        assert rect.right() <= view.viewport().width() + 1


def test_a_table_without_room_becomes_a_list_and_a_table_again_with_room(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run(), width=330)
    qtbot.waitUntil(lambda: all(table.columns() < 4 for table in tables_of(view)))
    assert "Wingspan:" in view.toPlainText()
    view.resize(1000, 1400)
    qtbot.waitUntil(lambda: any(table.columns() == 4 for table in tables_of(view)))
    assert "Wingspan:" not in view.toPlainText()


def test_chips_in_cells_are_where_they_are_drawn(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run(), height=2000)
    for chip in view.chips:
        assert view.chip_at(view.chip_rect(chip).center()) == chip


def test_rows_of_unequal_length_and_no_rows_at_all_break_nothing(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    passage = run.passages[0].id
    one = claim(2, "A thing, b: c", [passage])
    ragged = Table(columns=("A", "B"), rows=((Cell(text="x"),), (Cell(text="y"), Cell(text="c", claim=one)), ()))
    empty = Table(columns=("A", "B"), rows=())
    sections = (Section(title="One", claims=(), table=ragged), Section(title="Two", claims=(), table=empty))
    report = Report(question="?", answer=(claim(1, "x", [passage]),), sections=sections, gaps=(), made_by="x")
    view = shown(theme, qtbot, rewritten(run, report))
    assert [table.rows() for table in tables_of(view)] == [3, 1]


# --- contradictions and lone figures ------------------------------------------------------------------------------


def test_what_a_sentence_rests_on_stands_beside_what_says_otherwise(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    table = tables_of(view)[0]
    assert [cell_text(table, 0, column) for column in (0, 1)] == ["What the sentence rests on", "What says otherwise"]
    left, right = cell_text(table, 1, 0), cell_text(table, 1, 1)
    assert "It lays three to five eggs in April." in left
    assert "Breeding birds of the Lower Marsh" in left and "birds.example.org" in left and "2020-11-03" in left
    assert "first half of March" in right and "two stalker nests" in right
    against = [chip for chip in view.chips if chip.claim == 3][-2:]
    assert [view._evidence_of(chip).is_against for chip in against] == [True, True]


def test_a_contradiction_of_the_answer_is_shown_once(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    first, second = run.passages[0].id, run.passages[2].id
    disputed = replace(claim(1, "x", [first], state=ClaimState.CONTRADICTED), against=(second,))
    section = Section(title="One", claims=(replace(disputed, id=ClaimId(2)),))
    report = Report(question="?", answer=(disputed,), sections=(section,), gaps=(), made_by="x")
    view = shown(theme, qtbot, rewritten(run, report))
    assert view.toPlainText().count("What says otherwise") == 1
    alone = shown(theme, qtbot, rewritten(finished_run(), replace(report, sections=())))
    assert alone.toPlainText().count("What says otherwise") == 1


def test_a_narrow_page_has_the_sides_of_a_contradiction_one_below_the_other(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run(), width=330)
    qtbot.waitUntil(lambda: tables_of(view)[0].columns() == 1)
    text = view.toPlainText()
    assert (
        text.index("What the sentence rests on")
        < text.index("eggs in April.”", text.index("What the sentence"))
        < text.index("What says otherwise")
    )


def test_a_figure_that_one_place_states_is_underlined_and_says_so(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    place = view.document().find("1,234", view._spans[ClaimId(2)][0])
    characters = place.charFormat()
    assert characters.underlineStyle() == characters.UnderlineStyle.DotLine
    assert characters.toolTip() == "Only one site states 2019 and 1,234."


def test_lone_figures_are_found_where_they_stand_alone_and_not_within_others() -> None:
    text = "In 2019 there were 1,234 of 21,234 and 1,2345; 約1,234羽。 5 of 15."
    found = [text[start:end] for start, end in lone_spans(text, ("1,234", "2019", "5"))]
    assert found == ["2019", "1,234", "1,234", "5"]
    assert list(lone_spans("nothing", ())) == []


# --- what failed --------------------------------------------------------------------------------------------------


def test_a_sentence_that_failed_stands_under_not_established_with_why(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    text = view.toPlainText()
    place = text.index("Not established\n")
    assert text.index("after fifteen days.") > place
    assert "Its passage does not name “fifteen days”." in text
    assert "Looked for “marsh ibis wingspan young”" in text
    chip = next(chip for chip in view.chips if chip.claim == 21)
    assert view._look_of(chip).state is ClaimState.UNSUPPORTED


def test_a_report_of_nothing_but_failed_sentences_shows_them(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    failed = claim(1, "Nothing says this.", [run.passages[0].id], state=ClaimState.UNSUPPORTED)
    gap = Gap(question="?", queries=(), sources_read=1, reason="It is not said.", claim=failed)
    report = Report(question="?", answer=(), sections=(), gaps=(gap,), made_by="x")
    view = shown(theme, qtbot, rewritten(run, report, outcome=Outcome.INCOMPLETE))
    assert "0 of 1 sentence" in view.toPlainText()
    assert "Nothing says this." in view.toPlainText()


# --- the card -----------------------------------------------------------------------------------------------------


def test_the_card_says_how_sure_the_model_is_and_what_agrees_and_what_does_not(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    view.open_card(next(chip for chip in view.chips if chip.claim == 3), by_keyboard=True)
    card = view.card
    assert card is not None
    assert "its passages almost certainly say this (91 %)" in card.standing.text
    texts = [link.text() for link in card._links]
    assert texts == ["Against 2b  Waders: a pocket handbook", "Against 3a  Field notes, spring"]
    with qtbot.waitSignal(view.citation_activated) as caught:
        QTest.keyClick(card._links[0], Qt.Key.Key_Return)
    assert caught.args == [next(chip.passage for chip in view.chips if chip.label == "2b")]


def test_the_card_says_what_a_sentence_read_before_and_which_figures_stand_alone(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    expected = {4: "It first read: “It hunts fish, frogs and eels", 2: "Only one site states 2019 and 1,234."}
    for claim_id, words in expected.items():
        view.open_card(next(chip for chip in view.chips if chip.claim == claim_id), by_keyboard=True)
        assert view.card is not None
        assert words in view.card.standing.text


def test_tab_reaches_everything_in_the_card_and_then_leaves_it(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    view.setFocus()
    view.open_card(next(chip for chip in view.chips if chip.claim == 3), by_keyboard=True)
    card = view.card
    assert card is not None
    card._links[0].setFocus()
    reached = []
    for _ in range(7):
        reached.append(view.window().focusWidget())
        card.focusNextPrevChild(True)
    assert view.card is None
    assert reached == [*card._links, card._show_source, card._open_original, card._copy, card._mark, card._look_up]


# --- marks --------------------------------------------------------------------------------------------------------


def test_a_mark_stands_behind_its_sentence_and_says_its_note(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    assert objects(view, READER_OBJECT) == 3
    cursor = QTextCursor(view.document())
    cursor.setPosition(view._spans[ClaimId(2)][1])
    assert cursor.charFormat().objectType() == READER_OBJECT
    assert cursor.charFormat().toolTip() == "Marked right: The county report has the same count."


def test_the_menu_of_a_sentence_marks_it(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run(is_marked=False))
    menu = view.menu_at(point_of(view, 3))
    marks = menu.findChild(QMenu)
    assert marks is not None and marks.title() == "Mark this sentence"
    action = next(one for one in marks.actions() if one.text() == "Wrong")
    with qtbot.waitSignal(view.mark_requested) as caught:
        action.trigger()
    assert caught.args == [ClaimId(3), Verdict.WRONG, ""]
    assert "Take the mark away" not in [one.text() for one in marks.actions()]


def test_m_on_a_citation_asks_for_a_mark_and_keeps_it_with_its_note(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run(is_marked=False))
    view.setFocus()
    view.focus_chip(next(chip.number for chip in view.chips if chip.claim == 2))
    QTest.keyClick(view, Qt.Key.Key_M)
    card = view.mark_card
    assert card is not None and card.verdict is None and not card._save.isEnabled()
    QTest.keyClick(card._verdicts.button(2), Qt.Key.Key_Space)
    assert card.verdict is Verdict.UNCLEAR
    QTest.keyClicks(card._note, "Which year?")
    with qtbot.waitSignal(view.mark_requested) as caught:
        QTest.keyClick(card._note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert caught.args == [2, Verdict.UNCLEAR, "Which year?"]
    assert view.mark_card is None and view.window().focusWidget() is view


def test_a_mark_can_be_changed_and_taken_away(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    view.ask_for_mark(ClaimId(2))
    card = view.mark_card
    assert card is not None and card.verdict is Verdict.RIGHT
    assert card._note.toPlainText() == "The county report has the same count."
    with qtbot.waitSignal(view.mark_requested) as caught:
        QTest.mouseClick(card._remove, Qt.MouseButton.LeftButton)
    assert caught.args == [2, None, ""]


def test_escape_leaves_a_mark_as_it_was(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    view.ask_for_mark(ClaimId(2), verdict=Verdict.WRONG)
    assert view.mark_card is not None
    with qtbot.assertNotEmitted(view.mark_requested):
        QTest.keyClick(view.mark_card._note, Qt.Key.Key_Escape)
    assert view.mark_card is None


def test_a_new_mark_is_shown_without_losing_the_place(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run(is_marked=False)
    view = shown(theme, qtbot, run, height=300)
    view.verticalScrollBar().setValue(200)
    before = view._top()
    stored = run.add(ClaimMarked(claim_id=ClaimId(3), verdict=Verdict.WRONG, note="No."))
    view.show_state(run.state)
    assert objects(view, READER_OBJECT) == 1
    qtbot.waitUntil(lambda: view._top()[0] == before[0])
    assert stored.event.note == "No."


def test_sentences_of_a_run_that_goes_on_are_not_marked(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    run.trace = run.until(ReportDrafted)
    view = shown(theme, qtbot, run)
    assert not view.can_mark
    view.ask_for_mark(ClaimId(2))
    assert view.mark_card is None
    assert view.menu_at(point_of(view, 2)).findChild(QMenu) is None


# --- going to a sentence ------------------------------------------------------------------------------------------


def test_a_sentence_that_is_asked_for_is_in_view_marked_and_has_the_keyboard(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run(), height=260)
    view.setFocus()
    view.show_claim(ClaimId(21))
    assert view.pointed_words.startswith("The young of the reed bittern leave the nest")
    assert view.viewport().rect().intersects(view.chip_rect(view.focused_chip))
    assert view.focused_chip.claim == ClaimId(21)
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.pointed_words == ""


def test_each_sentence_of_a_running_text_is_one_of_its_own(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, proven_run())
    for claim_id in (2, 3, 4, 12, 21):
        place = view.place_at(point_of(view, claim_id))
        assert place.claim is not None and place.claim.id == claim_id
    assert [view.place_at(point_of(view, one)).section for one in (1, 2, 12, 21)] == [None, 0, 1, None]


# --- hostile text -------------------------------------------------------------------------------------------------


def hostile_run(text: str) -> FakeRun:
    run = finished_run()
    first, second = run.passages[0].id, run.passages[2].id
    disputed = replace(
        claim(2, text, [first], state=ClaimState.CONTRADICTED, remark=text, is_quotation=False),
        against=(second,),
        lone_figures=(text, "3"),
        former=text,
    )
    cell = claim(3, f"{text}: {text}", [first])
    table = Table(
        columns=(text, text),
        rows=((Cell(text=text), Cell(text=text, claim=cell)), (Cell(text=text), Cell(missing=text))),
    )
    gap = Gap(question=text, queries=(text,), sources_read=1, reason=text, claim=claim(4, text, [first], remark=text))
    report = Report(
        question=text,
        answer=(claim(1, text, [first]),),
        sections=(Section(title=text, claims=(disputed,), table=table),),
        gaps=(gap,),
        made_by=text,
        unwritten=(),
    )
    rewritten(run, report, outcome=Outcome.INCOMPLETE)
    run.add(ClaimMarked(claim_id=ClaimId(2), verdict=Verdict.WRONG, note=text))
    return run


@pytest.mark.parametrize("text", NASTY_TEXTS.values(), ids=NASTY_TEXTS)
def test_hostile_text_does_nothing_anywhere_on_the_page(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(ReportView, "loadResource", lambda self, kind, name: asked.append(name))
    view = shown(theme, qtbot, hostile_run(text), width=600, height=500)
    view.grab()
    for chip in view.chips[:6]:
        view.open_card(chip, by_keyboard=True)
    view.close_card()
    view.ask_for_mark(ClaimId(2))
    assert asked == []
    assert all(not one.isAnchor() for one in formats_of(view))
    layout = view.document().documentLayout()
    assert all(layout.frameBoundingRect(table).right() <= view.viewport().width() for table in tables_of(view))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_named_in_a_note_is_not_opened_by_its_tool_tip(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = f'<img src="{pipe.as_uri()}"> <b>3</b>'
    view = shown(theme, qtbot, hostile_run(text))
    tips = {one.toolTip() for one in formats_of(view)} - {""}
    assert any("&lt;img" in tip for tip in tips)
    for tip in tips:
        assert "<img" not in tip
        QToolTip.showText(QPoint(5, 5), tip, view)  # would never come back
    QToolTip.hideText()


def formats_of(view: ReportView) -> list:
    formats = []
    block = view.document().begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            formats.append(iterator.fragment().charFormat())
            iterator += 1
        block = block.next()
    return formats


def test_every_block_of_a_table_belongs_to_a_named_place(theme: Theme, qtbot: QtBot) -> None:
    """So that the page finds its place again after it was set anew."""
    view = shown(theme, qtbot, proven_run())
    table = tables_of(view)[-1]
    for row in range(table.rows()):
        for column in range(table.columns()):
            block = table.cellAt(row, column).firstCursorPosition().block()
            assert block.blockFormat().property(Property.KEY)


def test_a_mark_of_a_sentence_that_is_gone_is_nowhere(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run(is_marked=False)
    run.add(ClaimMarked(claim_id=ClaimId(999), verdict=Verdict.RIGHT, note=""))
    assert run.state.marks[ClaimId(999)] == Mark(
        claim_id=ClaimId(999), verdict=Verdict.RIGHT, note="", at=run.trace[-1].at
    )
    assert objects(shown(theme, qtbot, run), READER_OBJECT) == 0
