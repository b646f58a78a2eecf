from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.theme import Theme
from desktop.views.ask import AskView
from desktop.views.question_box import QuestionBox
from engine.domain import FolderId
from engine.library.values import Folder
from engine.research import MAX_QUESTION_CHARACTERS


@pytest.fixture
def box(qtbot, theme: Theme) -> QuestionBox:
    box = QuestionBox(theme)
    qtbot.addWidget(box)
    box.resize(600, 120)
    box.show()
    return box


def test_enter_asks_and_shift_enter_starts_a_line(qtbot, box: QuestionBox):
    asked = []
    box.asked.connect(asked.append)
    QTest.keyClicks(box._field, "Why")
    QTest.keyClick(box._field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(box._field, "so?")
    QTest.keyClick(box._field, Qt.Key.Key_Return)
    assert asked == ["Why\nso?"]


@pytest.mark.parametrize("text", ["", "   \n "])
def test_nothing_is_not_asked(box: QuestionBox, text: str):
    asked = []
    box.asked.connect(asked.append)
    box.set_text(text)
    QTest.keyClick(box._field, Qt.Key.Key_Return)
    assert asked == []
    assert not box._button.isEnabled()


def test_a_question_that_is_too_long_is_counted_and_not_asked(box: QuestionBox):
    box.set_text("a" * (MAX_QUESTION_CHARACTERS + 1))
    assert box._remark.text() == "50,001 of 50,000 characters"
    assert not box._button.isEnabled()
    box.set_text("a" * MAX_QUESTION_CHARACTERS)
    assert box._button.isEnabled()


def test_the_box_grows_with_the_text_up_to_a_limit(box: QuestionBox):
    empty = box._field.height()
    box.set_text("one\ntwo\nthree\nfour")
    four = box._field.height()
    box.set_text("\n".join("x" * 40))
    many = box._field.height()
    assert empty < four < many < 300


@pytest.mark.parametrize("question", ["كم بيضة تضع طيور البلشون؟", "青鹭产几枚卵?", "🦩" * 40 + " eggs?"])
def test_other_scripts_are_taken_as_they_are(qtbot, box: QuestionBox, question: str):
    asked = []
    box.asked.connect(asked.append)
    box.set_text(question)
    QTest.keyClick(box._field, Qt.Key.Key_Return)
    assert asked == [question]


def test_signs_without_a_word_are_refused_with_a_reason(qtbot, theme: Theme):
    view = AskView(theme)
    qtbot.addWidget(view)
    view.show()
    asked = []
    view.asked.connect(lambda *args: asked.append(args))
    view._box.set_text("?!")
    QTest.keyClick(view._box._field, Qt.Key.Key_Return)
    assert asked == []
    assert "no question" in view._refusal.text()
    view._box.set_text("Why?")
    QTest.keyClick(view._box._field, Qt.Key.Key_Return)
    assert view._refusal.isHidden()
    assert asked[0][0] == "Why?"


def test_the_view_hands_the_keyboard_to_its_field(qtbot, theme: Theme):
    view = AskView(theme)
    qtbot.addWidget(view)
    view.show()
    view.setFocus()
    assert view.window().focusWidget() is view._box._field


def test_documents_of_yours_are_counted_without_those_of_the_guide(qtbot, theme: Theme):
    view = AskView(theme)
    qtbot.addWidget(view)
    folders = [folder("guide", documents=15, is_guide=True), folder("letters", documents=3, is_guide=False)]
    view.show_folders(folders, is_busy=False)
    assert view._teach.text().startswith("Answers quote 3 documents of yours")


def folder(name: str, *, documents: int, is_guide: bool) -> Folder:
    return Folder(
        id=FolderId(name),
        path=Path("/home/person") / name,
        name=name,
        is_guide=is_guide,
        is_available=True,
        documents=documents,
        failed=0,
        size_bytes=1000,
        updated_at=None,
    )
