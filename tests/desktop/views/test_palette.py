from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.actions import ACTIONS, ActionId
from desktop.theme import Theme
from desktop.views.palette import Choice, PaletteOverlay, matching
from engine.domain import RunId, Session, SessionId

SESSION = Session(
    id=SessionId("one"),
    title="How many eggs\ndoes a heron lay?",
    created_at=datetime(2026, 3, 1, tzinfo=UTC),
    updated_at=datetime(2026, 3, 1, tzinfo=UTC),
    last_run=RunId("run"),
    outcome=None,
)


@pytest.fixture
def palette(qtbot, theme: Theme) -> PaletteOverlay:
    window = QWidget()
    window.resize(900, 700)
    field = QLineEdit(window)
    qtbot.addWidget(window)
    window.show()
    field.setFocus()
    return PaletteOverlay(theme, parent=window)


def test_every_typed_word_must_be_there_in_any_order():
    choices = [Choice(text="Export as Markdown…", icon="x"), Choice(text="Add a folder…", icon="x")]
    assert [choice.text for choice in matching(choices, "mark exp")] == ["Export as Markdown…"]
    assert matching(choices, "nothing of this") == ()


def test_what_begins_with_the_text_comes_first():
    choices = [Choice(text="Go to the plan", icon="x"), Choice(text="Plan anew", icon="x")]
    assert [choice.text for choice in matching(choices, "plan")] == ["Plan anew", "Go to the plan"]


def test_only_what_is_possible_is_offered(palette: PaletteOverlay):
    palette.open_with(available={ActionId.NEW}, sessions=())
    assert [choice.action for choice in palette._choices] == [ActionId.NEW]


def test_typing_and_enter_does_it(qtbot, palette: PaletteOverlay):
    palette.open_with(available=set(ActionId), sessions=(SESSION,))
    QTest.keyClicks(palette._field, "settings")
    with qtbot.waitSignal(palette.action_chosen) as chosen:
        QTest.keyClick(palette._field, Qt.Key.Key_Return)
    assert chosen.args == [ActionId.SETTINGS]
    assert palette.isHidden()


def test_sessions_are_found_too(qtbot, palette: PaletteOverlay):
    palette.open_with(available=set(ActionId), sessions=(SESSION,))
    QTest.keyClicks(palette._field, "heron")
    with qtbot.waitSignal(palette.session_chosen) as chosen:
        QTest.keyClick(palette._field, Qt.Key.Key_Return)
    assert chosen.args == [SessionId("one")]


def test_escape_closes_it_and_nothing_found_is_harmless(palette: PaletteOverlay):
    palette.open_with(available=set(ActionId), sessions=())
    QTest.keyClicks(palette._field, "zzz")
    QTest.keyClick(palette._field, Qt.Key.Key_Return)
    assert palette.isVisible()
    QTest.keyClick(palette._field, Qt.Key.Key_Escape)
    assert palette.isHidden()


def test_no_two_actions_have_the_same_keys():
    keys = [text.keys for text in ACTIONS.values() if text.keys]
    assert len(keys) == len(set(keys))
