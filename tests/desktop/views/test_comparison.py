from amended_runs import amended_run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.theme import Theme
from desktop.views.comparison import ComparisonPage, count_words
from engine.citations.versions import ChangeKind, compare


def page_of(theme: Theme, qtbot: QtBot, old: int, new: int, *, height: int = 700) -> ComparisonPage:
    versions = amended_run().state.versions
    page = ComparisonPage(theme)
    qtbot.addWidget(page)
    page.resize(660, height)
    page.show()
    page.show_versions(versions[old - 1], versions[new - 1])
    return page


def test_every_kind_of_change_is_told_in_words(theme: Theme, qtbot: QtBot) -> None:
    text = page_of(theme, qtbot, 1, 2).toPlainText()
    for words in ("2 sentences made one", "In other words", "Left out", "The same"):
        assert words in text
    assert "Moved to “Not established”" in page_of(theme, qtbot, 2, 3).toPlainText()


def test_states_are_shown_before_and_after(theme: Theme, qtbot: QtBot) -> None:
    page = page_of(theme, qtbot, 1, 2)
    page.selectAll()
    assert "● two or more sources agree  →  ① one source" in page.createMimeDataFromSelection().html()


def test_the_counts_say_what_became_of_every_sentence() -> None:
    versions = amended_run().state.versions
    changes = compare(versions[0].report, versions[1].report)
    kinds = [change.kind for change in changes]
    assert len([kind for kind in kinds if kind is ChangeKind.REMOVED]) == 2
    assert count_words(changes) == "2 in other words · 2 left out · 4 the same"


def test_only_what_changed_can_be_shown(theme: Theme, qtbot: QtBot) -> None:
    page = page_of(theme, qtbot, 1, 2)
    page.show_all(shows_all=False)
    assert "The same" not in page.toPlainText()
    assert "Left out" in page.toPlainText()
    page.show_all(shows_all=True)
    assert "The same" in page.toPlainText()


def test_what_is_new_and_what_is_gone_differ_by_more_than_colour(theme: Theme, qtbot: QtBot) -> None:
    page = page_of(theme, qtbot, 1, 2)
    gone = page.document().find(", depending on its grade")
    assert gone.charFormat().fontStrikeOut()
    new = page.document().find("and work")
    new.setPosition(new.selectionStart() + 1)
    assert new.charFormat().fontUnderline()


def test_the_keys_go_from_change_to_change_and_leave(theme: Theme, qtbot: QtBot) -> None:
    page = page_of(theme, qtbot, 1, 2)
    seen = []
    for _ in range(5):
        QTest.keyClick(page, Qt.Key.Key_N)
        assert "The same" not in page.textCursor().selectedText()
        seen.append(page.textCursor().position())
    assert seen[4] == seen[0]
    assert len(set(seen)) == 4
    QTest.keyClick(page, Qt.Key.Key_P)
    assert page.textCursor().position() == seen[3]
    with qtbot.waitSignal(page.left):
        QTest.keyClick(page, Qt.Key.Key_Escape)


def test_two_versions_that_are_the_same_say_so(theme: Theme, qtbot: QtBot) -> None:
    page = page_of(theme, qtbot, 2, 2)
    page.show_all(shows_all=False)
    assert page.toPlainText() == "Nothing is different between these two versions."
