import pytest
from PySide6.QtWidgets import QWidget

from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.theme import Theme
from desktop.views.controls import Label
from desktop.views.notice_bar import NoticeBars, NoticeCards
from engine.errors import StorageFull

FULL = StorageFull("The disk is full", hint="Make room, then continue the run.")


@pytest.fixture
def page(qtbot) -> QWidget:
    page = QWidget()
    page.resize(800, 600)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def notices() -> Notices:
    return Notices()


def test_a_problem_said_twice_is_shown_once(page: QWidget, notices: Notices):
    bars = NoticeBars(notices, Theme(), page)
    notices.problem(FULL)
    notices.problem(FULL)
    assert [notice.title for notice in bars.notices] == ["The disk is full"]
    assert not bars.isHidden()


def test_a_closed_bar_takes_no_room(page: QWidget, notices: Notices):
    bars = NoticeBars(notices, Theme(), page)
    notices.problem(FULL)
    next(iter(bars._cards.values())).close_notice()
    assert bars.notices == ()
    assert bars.isHidden()


def test_a_problem_that_is_over_is_withdrawn(page: QWidget, notices: Notices):
    bars = NoticeBars(notices, Theme(), page)
    notices.problem(FULL)
    notices.withdraw("The disk is full")
    assert bars.isHidden()


def test_what_goes_by_itself_is_not_a_bar(page: QWidget, notices: Notices):
    bars, cards = NoticeBars(notices, Theme(), page), NoticeCards(notices, Theme(), page)
    notices.done("Saved report.html")
    assert bars.notices == ()
    assert [notice.title for notice in cards.notices] == ["Saved report.html"]


def test_a_card_that_goes_without_undo_does_what_it_announced(page: QWidget, notices: Notices):
    cards, done = NoticeCards(notices, Theme(), page), []
    notices.say(Notice(title="Removed", level=Level.DONE, closed=lambda: done.append("removed")))
    cards._cards[0]._timer.timeout.emit()
    assert done == ["removed"]
    assert cards.isHidden()


def test_undo_keeps_a_card_from_doing_what_it_announced(page: QWidget, notices: Notices):
    cards, done = NoticeCards(notices, Theme(), page), []
    undo = NoticeAction(text="Undo", act=lambda: done.append("undone"))
    notices.say(Notice(title="Removed", level=Level.DONE, closed=lambda: done.append("removed"), actions=(undo,)))
    cards._cards[0]._act(undo)
    assert done == ["undone"]


def test_the_same_card_again_settles_the_one_before(page: QWidget, notices: Notices):
    cards, done = NoticeCards(notices, Theme(), page), []
    for number in (1, 2):
        notices.say(Notice(title="Removed", level=Level.DONE, closed=lambda number=number: done.append(number)))
    assert done == [1]
    assert len(cards.notices) == 1


def test_a_card_is_as_high_as_its_words(page: QWidget, notices: Notices, qtbot):
    cards = NoticeCards(notices, Theme(), page)
    see = NoticeAction(text="See what changed", act=print)
    notices.done("Version 2: went deeper: “Which index types support range operators and equality?”", actions=(see,))
    qtbot.waitUntil(cards.isVisible)
    for label in cards.findChildren(Label):
        assert label.height() >= label.heightForWidth(label.width())
    alone = cards.height()
    notices.done("Saved it")
    assert cards.height() > alone
