import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.theme import Theme
from desktop.views.ask import AskView
from engine.domain import Depth, Reach, Scope, WebLimits

QUESTION = "How long can an otter hold its breath?"


@pytest.fixture
def ask(qtbot, theme: Theme) -> AskView:
    view = AskView(theme)
    qtbot.addWidget(view)
    view.resize(1000, 700)
    view.show()
    return view


def asked_of(view: AskView) -> list[Scope]:
    scopes: list[Scope] = []

    def take(_question: str, scope: Scope, _depth: Depth, _with_model: bool) -> None:
        scopes.append(scope)

    view.asked.connect(take)
    return scopes


def write_and_enter(view: AskView) -> None:
    view._box.set_text(QUESTION)
    QTest.keyClick(view._box._field, Qt.Key.Key_Return)


def choose(view: AskView, reach: Reach) -> None:
    view._reaches._buttons[reach].click()


def test_where_it_looks_is_said_in_words_before_anything_is_asked(ask: AskView):
    ask.show_network(is_online=True)
    choose(ask, Reach.WEB)
    assert ask._reach_words.text() == "Web: your question's words go to search engines, and pages are fetched."
    assert ask._scope.isHidden()
    assert not ask._limits.isHidden()
    choose(ask, Reach.BOTH)
    assert ask._reach_words.text() == "Both: each is searched by itself; nothing from your files can reach the web."
    assert not ask._scope.isHidden()
    choose(ask, Reach.LIBRARY)
    assert ask._limits.isHidden()
    assert ask._consent.isHidden()


def test_a_library_question_is_asked_whatever_the_network_says(ask: AskView):
    scopes = asked_of(ask)
    ask.show_network(is_online=None)
    write_and_enter(ask)
    assert scopes == [Scope()]


def test_a_web_question_waits_in_the_box_until_a_person_goes_online(qtbot, ask: AskView):
    scopes = asked_of(ask)
    ask.show_network(is_online=None, proxy="")
    choose(ask, Reach.WEB)
    assert not ask._consent.isHidden()
    write_and_enter(ask)
    assert scopes == []
    assert ask._box.text == QUESTION
    with qtbot.waitSignal(ask.online_requested) as caught:
        ask._consent.online.click()
    assert caught.args == [False]
    ask.show_network(is_online=True)
    assert [scope.reach for scope in scopes] == [Reach.WEB]
    assert ask._box.text == ""
    assert ask._consent.isHidden()


def test_whoever_stays_offline_keeps_the_question_and_looks_in_the_library(qtbot, ask: AskView):
    scopes = asked_of(ask)
    ask.show_network(is_online=None)
    choose(ask, Reach.BOTH)
    write_and_enter(ask)
    with qtbot.waitSignal(ask.offline_requested):
        ask._consent.offline.click()
    assert ask.reach is Reach.LIBRARY
    assert ask._box.text == QUESTION
    ask.show_network(is_online=False)
    ask.show_network(is_online=True)
    assert scopes == []


@pytest.mark.parametrize(("presses", "uses"), [((), True), ((False,), False), ((False, True), True)])
def test_a_proxy_that_is_found_is_used_only_if_a_person_says_so(qtbot, ask: AskView, presses, uses):
    ask.show_network(is_online=None, proxy="proxy.example.org:3128")
    choose(ask, Reach.WEB)
    assert "proxy.example.org:3128" in ask._consent._proxy_words.text()
    for press in presses:
        ask._consent._proxy._buttons[press].click()
    with qtbot.waitSignal(ask.online_requested) as caught:
        ask._consent.online.click()
    assert caught.args == [uses]


def test_web_options_go_with_the_question_and_not_with_one_to_the_library(ask: AskView):
    scopes = asked_of(ask)
    ask.show_network(is_online=True)
    choose(ask, Reach.WEB)
    ask._limits._fields["only"].setText("example.org")
    ask._limits._fields["since"].setText("2024")
    write_and_enter(ask)
    choose(ask, Reach.LIBRARY)
    write_and_enter(ask)
    assert scopes[0].web == WebLimits(only=("example.org",), since="2024-01-01")
    assert scopes[1] == Scope()


def test_a_question_with_web_options_that_make_no_sense_is_not_asked(ask: AskView):
    scopes = asked_of(ask)
    ask.show_network(is_online=True)
    choose(ask, Reach.WEB)
    ask._limits._fields["until"].setText("tomorrow")
    write_and_enter(ask)
    assert scopes == []
    assert ask._limits._heading.isChecked()
    assert ask._limits._problems["until"].isVisible()
    assert ask._box.text == QUESTION


def test_examples_for_the_guide_are_not_offered_to_the_web(ask: AskView):
    ask.show_network(is_online=True)
    assert not ask._example_list.isHidden()
    choose(ask, Reach.WEB)
    assert ask._example_list.isHidden()
