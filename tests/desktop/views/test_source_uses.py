"""From a source to the sentences of the report that rest on it."""

from proven_runs import proven_run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop.items.sources import SourcesModel
from desktop.theme import Theme
from desktop.uses import uses_of
from desktop.views.source_viewer import SourceViewer
from desktop.views.sources import SourcesPane
from engine.agent.state import apply, fold
from engine.domain import ClaimId
from engine.events import ReportDrafted


def test_a_row_says_in_how_many_sentences_its_source_is_used(qapp) -> None:
    model = SourcesModel()
    model.show_state(proven_run().state)
    words = {row.title: row.words for row in model.rows}
    assert words["Breeding birds of the Lower Marsh"].endswith("used in 9 sentences")
    assert "used in 1 sentence, 1 against" in words["Field notes, spring"]


def test_rows_follow_the_report_while_it_is_made(qapp) -> None:
    run = proven_run()
    before = run.until(ReportDrafted)[:-1]
    model = SourcesModel()
    state = fold(before)
    model.show_state(state)
    for stored in run.trace[len(before) :]:
        state = apply(state, stored)
        model.show_event(stored, state)
    fresh = SourcesModel()
    fresh.show_state(state)
    assert model.rows == fresh.rows


def test_the_menu_of_a_row_leads_to_each_sentence(theme: Theme, qtbot: QtBot) -> None:
    pane = SourcesPane(theme)
    qtbot.addWidget(pane)
    pane.show_state(proven_run().state)
    row = next(one for one in pane.model.rows if one.title == "Field notes, spring")
    uses = pane.menu_for(row).findChild(QMenu)
    assert uses is not None and uses.title() == "Used in 1 sentence, against 1 sentence"
    with qtbot.waitSignal(pane.claim_requested) as caught:
        uses.actions()[0].trigger()
    assert caught.args == [ClaimId(3)]


def test_the_viewer_unfolds_the_sentences_and_the_keyboard_chooses_one(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    state = run.state
    source = next(one for one in state.sources.values() if one.title == "Waders: a pocket handbook")
    viewer = SourceViewer(theme, document_of=run.document_of)
    qtbot.addWidget(viewer)
    viewer.resize(460, 700)
    uses = uses_of(state.report, state.passages)[source.id]
    viewer.show_source(source, None, (0, 5), (), uses)
    viewer.show()
    qtbot.waitExposed(viewer)
    assert viewer.uses.list.isHidden()
    QTest.keyClick(viewer.uses._heading, Qt.Key.Key_Return)
    assert viewer.uses.list.isVisible()
    assert viewer.uses.list.count() == len(uses)
    viewer.uses.list.setCurrentRow(2)
    with qtbot.waitSignal(viewer.claim_requested) as caught:
        QTest.keyClick(viewer.uses.list, Qt.Key.Key_Return)
    assert caught.args == [uses[2].claim.id]


def test_a_source_that_nothing_rests_on_has_no_such_list(theme: Theme, qtbot: QtBot) -> None:
    run = proven_run()
    source = next(iter(run.state.sources.values()))
    viewer = SourceViewer(theme, document_of=run.document_of)
    qtbot.addWidget(viewer)
    viewer.show_source(source, None)
    assert viewer.uses.isHidden()
