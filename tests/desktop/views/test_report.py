import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fake_runs import NASTY_TEXTS, FakeRun, claim, document_from, finished_run, large_run, nasty_run
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.theme import Appearance, Theme
from desktop.views.citation_chip import CHIP_OBJECT, OBJECT_CHARACTER
from desktop.views.report import ReportView
from desktop.views.typesetting import PlainDocument
from engine.agent.state import apply, fold
from engine.domain import ClaimState, PassageId, Report, Section
from engine.events import ClaimChecked, ReportDrafted, ReportFinished
from engine.export.departures import Departures


def shown(theme: Theme, qtbot: QtBot, run: FakeRun, *, width: int = 720, height: int = 800) -> ReportView:
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(width, height)
    view.show_state(run.state)
    view.show()
    qtbot.waitExposed(view)
    view.activateWindow()
    return view


def move_pointer(view: QWidget, point: QPoint) -> None:
    viewport = view.viewport() if isinstance(view, QTextEdit) else view
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(point),
        QPointF(viewport.mapToGlobal(point)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(viewport, event)


def marked_words(document: QTextDocument, *, colour: str = "") -> str:
    """Return the characters on a coloured ground, or on one of a certain colour."""
    words = ""
    block = document.begin()
    while block.isValid():
        iterator = block.begin()
        while not iterator.atEnd():
            fragment = iterator.fragment()
            ground = fragment.charFormat().background()
            if ground.style() != Qt.BrushStyle.NoBrush and colour in ("", ground.color().name()):
                words += fragment.text()
            iterator += 1
        block = block.next()
    return words


# --- what it says -----------------------------------------------------------------------------------------------


def test_the_answer_comes_first_then_sections_gaps_sources_and_how_it_was_made(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    view.show_departures(Departures())
    text = view.toPlainText()
    parts = [
        "Protect fresh lime mortar",
        "9 sentences",
        "What does frost do",
        "Not established",
        "Sources\n",
        "How this was made",
        "No language model",
        "Nothing left this computer",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_every_claim_has_a_chip_for_each_passage_and_each_that_agrees(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = shown(theme, qtbot, run)
    report = run.state.report
    assert report is not None
    for one in report.claims:
        chips = [chip.passage for chip in view.chips if chip.claim == one.id]
        assert chips == [*one.passages, *one.agreeing]


def test_all_numbers_of_the_list_of_sources_occur_and_lead_to_their_source(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run(with_other_scripts=True)
    view = shown(theme, qtbot, run)
    in_text = {chip.label for chip in view.chips if chip.claim is not None}
    in_list = {chip.label: chip.passage for chip in view.chips if chip.claim is None}
    assert in_text == set(in_list)
    assert "1a" in in_list
    assert {chip.passage for chip in view.chips if chip.label == "1a"} == {in_list["1a"]}


def test_a_claim_checked_meanwhile_changes_in_place(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(700, 500)
    draft = run.until(ReportDrafted)
    state = fold(draft)
    view.show_state(state)
    document = view.document()
    first = view.chips[0]
    assert view._look_of(first).state is ClaimState.UNCHECKED
    for stored in run.trace[len(draft) : len(run.until(ClaimChecked, nth=9))]:
        state = apply(state, stored)
        view.show_state(state)
    assert view.document() is document
    assert view._look_of(first).state is ClaimState.SUPPORTED
    view.show_state(fold(run.until(ReportFinished)))
    assert "does not say how much protection" in view.toPlainText()


def test_an_empty_state_empties_the_page(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    view.show_state(None)
    assert view.toPlainText() == ""
    assert view.chips == ()


def test_a_citation_of_nothing_known_is_left_out_and_breaks_nothing(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    odd = claim(1, "Cites what is not there.", [PassageId(99)])
    run.trace = run.until(ReportDrafted)[:-1]
    run.wrote(Report(question="?", answer=(odd,), sections=(Section(title="", claims=(odd,)),), gaps=(), made_by=""))
    view = shown(theme, qtbot, run)
    assert view.chips == ()
    assert "Cites what is not there." in view.toPlainText()


# --- hostile text -----------------------------------------------------------------------------------------------


@pytest.fixture
def opened_files() -> Iterator[list[str]]:
    """What Python opens while the test watches."""
    names: list[str] = []
    watching = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching[0] and event in ("open", "socket.connect", "subprocess.Popen", "os.open"):
            names.append(f"{event} {arguments[0]}")

    sys.addaudithook(hook)
    yield names
    watching[0] = False


def test_hostile_text_is_shown_as_the_characters_it_is(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, nasty_run())
    text = view.toPlainText()
    for name in ("image", "html image", "script", "markdown link", "svg", "doctype", "entity", "frame"):
        assert " ".join(NASTY_TEXTS[name].split()) in text.replace("\xa0", " "), name


def test_hostile_text_opens_nothing(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, opened_files: list[str]
) -> None:
    asked: list[object] = []
    for kind in (PlainDocument, ReportView):
        monkeypatch.setattr(kind, "loadResource", lambda self, kind, name: asked.append(name))
    run = nasty_run()
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(700, 800)
    for state in (finished_run().state, run.state):  # the first one has Python load what it needs
        opened_files.clear()
        view.show_state(state)
        view.grab()
        view.selectAll()
        view.createMimeDataFromSelection()
    for chip in view.chips[:80]:
        view.open_card(chip, by_keyboard=True)
    assert asked == []
    assert opened_files == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_pipe_named_in_a_report_is_never_waited_for(theme: Theme, qtbot: QtBot, tmp_path: Path) -> None:
    """Whoever opened it would wait for ever; a document built from the same text as HTML asks for it."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    text = f'<img src="{pipe.as_uri()}"> ![x]({pipe}) <link rel="stylesheet" href="{pipe.as_uri()}">'
    run = finished_run()
    passage = run.passages[0].id
    run.trace = run.until(ReportDrafted)[:-1]
    answer = (claim(1, text, [passage], remark=text),)
    run.wrote(
        Report(question=text, answer=answer, sections=(Section(title=text, claims=answer),), gaps=(), made_by=text)
    )
    view = shown(theme, qtbot, run)
    view.grab()
    assert text in view.toPlainText()

    asked: list[str] = []

    class Asking(PlainDocument):
        def loadResource(self, kind: int, name: object) -> object:
            asked.append(str(name))
            return super().loadResource(kind, name)

    as_html = QTextEdit()
    qtbot.addWidget(as_html)
    as_html.setDocument(Asking(as_html))
    as_html.setHtml(text)
    as_html.resize(100, 100)
    as_html.grab()
    assert asked  # which is what a report never does, and what our documents withstand


def test_direction_controls_of_a_claim_do_not_reach_the_next_one(theme: Theme, qtbot: QtBot) -> None:
    run = nasty_run()
    view = shown(theme, qtbot, run)
    assert not set("\u202e\u2067\u2066\u202b") & set(view.toPlainText())


def test_object_characters_of_a_source_are_no_chips(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, nasty_run())
    document = view.document()
    found = 0
    for position in range(document.characterCount()):
        if document.characterAt(position) == OBJECT_CHARACTER:
            cursor = QTextCursor(document)
            cursor.setPosition(position + 1)
            found += cursor.charFormat().objectType() == CHIP_OBJECT
    assert found == len(view.chips)


# --- the card ---------------------------------------------------------------------------------------------------


def test_hovering_a_chip_opens_a_card_with_the_quoted_words_marked(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = shown(theme, qtbot, run)
    chip = view.chips[2]
    move_pointer(view, view.chip_rect(chip).center())
    qtbot.waitUntil(lambda: view.card is not None, timeout=1000)
    card = view.card
    assert card is not None and card.evidence is not None
    quote = run.state.passages[chip.passage].quote
    assert marked_words(card.passage_text.document()) == quote
    assert len(card.passage_text.toPlainText()) > len(quote)
    assert card.evidence.title == "Frost and fresh mortar"


def test_the_words_of_the_claim_stand_out_from_the_rest_of_their_passage(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    passage = run.passages[0]
    run.trace = run.until(ReportDrafted)[:-1]
    part = "because water freezing in its pores destroys the bond"
    answer = (claim(1, part, [passage.id]),)
    run.wrote(Report(question="?", answer=answer, sections=(), gaps=(), made_by=""))
    view = shown(theme, qtbot, run)
    view.open_card(view.chips[0], by_keyboard=True)
    assert view.card is not None
    page = view.card.passage_text.document()
    assert marked_words(page) == passage.quote
    assert marked_words(page, colour=theme.palette.highlight) == part


def test_a_card_stays_while_the_pointer_is_in_it_and_only_then(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    move_pointer(view, view.chip_rect(view.chips[0]).center())
    qtbot.waitUntil(lambda: view.card is not None, timeout=1000)
    card = view.card
    assert card is not None
    move_pointer(view, QPoint(5, 5))
    card.pointer_entered.emit()
    QTest.qWait(400)
    assert view.card is card
    card.pointer_left.emit()
    qtbot.waitUntil(lambda: view.card is None, timeout=1000)


def test_there_is_one_card_at_a_time_and_it_follows_the_pointer(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    for chip in (view.chips[0], view.chips[3]):
        move_pointer(view, view.chip_rect(chip).center())
        qtbot.waitUntil(lambda chip=chip: view.card is not None and view.card.chip == chip.number, timeout=1000)
    cards = [one for one in view.window().findChildren(QWidget) if one.metaObject().className() == "CitationCard"]
    assert len(cards) == 1


@pytest.mark.parametrize("size", [(360, 300), (500, 420), (900, 700)])
def test_a_card_never_leaves_the_window(theme: Theme, qtbot: QtBot, size: tuple[int, int]) -> None:
    view = shown(theme, qtbot, finished_run(), width=size[0], height=size[1])
    for number in range(0, len(view.chips), 3):
        view.focus_chip(number)
        view.open_card(view.chips[number], by_keyboard=True)
        card = view.card
        assert card is not None
        corner = card.geometry()
        assert corner.top() >= 0 and corner.left() >= 0
        assert corner.right() < view.width()
        if card.height() < size[1] - 16:
            assert corner.bottom() <= view.height()


def test_tab_goes_to_a_chip_enter_opens_its_card_and_enter_again_the_source(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = shown(theme, qtbot, run)
    view.setFocus()
    view.focusNextPrevChild(True)
    view.focusNextPrevChild(True)
    chip = view.focused_chip
    assert chip is not None and chip.number == 1
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.card is not None and view.card.chip == 1
    with qtbot.waitSignal(view.citation_activated) as caught:
        QTest.keyClick(view, Qt.Key.Key_Return)
    assert caught.args == [chip.passage]
    assert view.card is None
    view.focusNextPrevChild(False)
    assert view.focused_chip is not None and view.focused_chip.number == 0
    assert "Citation 1a" in view.accessibleDescription()


def test_escape_closes_the_card_and_keeps_the_chip(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    view.setFocus()
    view.focus_chip(3)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.card is not None
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.card is None
    assert view.focused_chip is not None and view.focused_chip.number == 3


def test_a_focused_chip_far_below_is_scrolled_into_view(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run(), height=300)
    view.focus_chip(len(view.chips) - 1)
    assert view.viewport().rect().contains(view.chip_rect(view.chips[-1]).center())


def test_a_click_on_a_chip_goes_to_the_source(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    with qtbot.waitSignal(view.citation_activated) as caught:
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.chip_rect(view.chips[2]).center())
    assert caught.args == [view.chips[2].passage]


def test_a_card_says_so_when_the_archive_does_not_hold_the_words(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    for text_hash in run.documents:
        run.documents[text_hash] = document_from("Another", [("p", "Something else entirely.")])
    view = shown(theme, qtbot, run)
    view.open_card(view.chips[0], by_keyboard=True)
    card = view.card
    assert card is not None
    assert run.state.passages[view.chips[0].passage].quote in card.passage_text.toPlainText()
    assert "not in the archive" in card.passage_text.toPlainText()
    assert "Something else" not in card.passage_text.toPlainText()


def test_the_quote_of_a_card_can_be_copied(theme: Theme, qtbot: QtBot) -> None:
    run = finished_run()
    view = shown(theme, qtbot, run)
    view.open_card(view.chips[0], by_keyboard=True)
    assert view.card is not None
    QApplication.clipboard().clear()
    QTest.keyClick(view.card._copy, Qt.Key.Key_Return)
    assert QApplication.clipboard().text() == run.state.passages[view.chips[0].passage].quote


# --- copying, finding, zoom -------------------------------------------------------------------------------------


def test_copied_text_has_numbers_in_brackets(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    view.selectAll()
    mime = view.createMimeDataFromSelection()
    assert "bond before it has formed. [1a][2a]" in mime.text()
    assert OBJECT_CHARACTER not in mime.text() + mime.html()
    assert "\u2060" not in mime.text()
    assert "## Not established" in bytes(mime.data("text/markdown").data()).decode()


def test_copied_html_is_well_formed_even_for_hostile_text(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, nasty_run())
    view.selectAll()
    html = view.createMimeDataFromSelection().html()
    printable = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", html)
    tree = ElementTree.fromstring(printable)
    assert {element.tag for element in tree.iter()} <= {
        "html", "head", "meta", "body", "h2", "h3", "p", "blockquote", "ul", "li", "br", "pre",
    }  # fmt: skip
    assert all(not element.attrib for element in tree.iter() if element.tag != "meta")


def test_part_of_a_block_is_copied_as_selected(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run())
    cursor = view.textCursor()
    cursor.setPosition(8)
    cursor.setPosition(25, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    assert view.createMimeDataFromSelection().text() == "fresh lime mortar"


def test_words_are_found_and_stepped_through(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run(), height=300)
    total = view.find_all("frost")
    assert total == view.toPlainText().casefold().count("frost")
    assert view.find_place == (1, total)
    for _ in range(total):
        view.find_step(1)
    assert view.find_place == (1, total)
    view.find_step(-1)
    assert view.find_place == (total, total)
    assert view.verticalScrollBar().value() > 0
    assert view.find_all("no such words") == 0
    assert view.find_place == (0, 0)
    view.find_all("")


def test_zoom_and_theme_keep_the_place_on_the_page(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, large_run(60), height=400)
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    place = view._top()
    size = view.typesetting.body_px
    view.zoom_in()
    assert view.typesetting.body_px > size
    # The layout of so long a page is completed by the event loop.
    qtbot.waitUntil(lambda: view._top()[0] == place[0])
    theme.use(appearance=Appearance.DARK)
    qtbot.waitUntil(lambda: view._top()[0] == place[0])
    view.reset_zoom()
    view.resize(520, 400)
    qtbot.waitUntil(lambda: view._top()[0] == place[0])


def test_the_column_is_no_wider_than_reads_well_and_fits_a_narrow_window(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run(), width=1400)
    left, width = view.column
    assert abs(left - (view.viewport().width() - width - left)) <= 1
    assert 68 <= width / (view.typesetting.measure_px / 70) <= 72
    view.resize(360, 500)
    left, width = view.column
    assert left + width <= view.viewport().width()


def test_five_hundred_claims_are_set_within_a_blink(theme: Theme, qtbot: QtBot) -> None:
    run = large_run(500)
    view = ReportView(theme, document_of=run.document_of)
    qtbot.addWidget(view)
    view.resize(700, 800)
    view.show()
    state = run.state
    started = time.perf_counter()
    view.show_state(state)
    took = time.perf_counter() - started
    assert len([chip for chip in view.chips if chip.claim is not None]) == 500
    assert took < 1.0  # 0.1 s on an idle machine; see tests/benchmarks for figures


def test_arrows_and_page_keys_scroll_the_page(theme: Theme, qtbot: QtBot) -> None:
    view = shown(theme, qtbot, finished_run(), height=300)
    bar = view.verticalScrollBar()
    QTest.keyClick(view, Qt.Key.Key_Down)
    small = bar.value()
    assert small > 0
    QTest.keyClick(view, Qt.Key.Key_PageDown)
    assert bar.value() > 5 * small
    QTest.keyClick(view, Qt.Key.Key_End)
    assert bar.value() == bar.maximum()
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert bar.value() == 0
    assert not view.textCursor().hasSelection()
