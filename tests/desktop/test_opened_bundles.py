"""A report that somebody else made: nothing of it is done in the name of the person who opened it."""

from dataclasses import replace
from pathlib import Path

from bundled_runs import packed, saved
from fake_runs import FakeRun, finished_run
from open_apps import OpenApp

from desktop.actions import ActionId
from desktop.app import App
from desktop.main_window import Page
from engine.domain import FolderId, Reach, Scope
from engine.events import RunStarted
from engine.research import History

WORDS = "lime mortar frost"
TRAP = "http://192.168.1.1/apply.cgi?reboot=1"


def strangers(question: str, *, approved_query: str = "") -> FakeRun:
    """A finished run as another computer made it: on the web, in folders of its own."""
    run = finished_run()
    first = run.trace[0]
    assert isinstance(first.event, RunStarted)
    scope = Scope(reach=Reach.WEB, folders=() if approved_query else (FolderId("theirs"),))
    event = replace(first.event, question=question, scope=scope, approved_query=approved_query)
    run.trace[0] = replace(first, event=event)
    return run


def opened(qtbot, open_app: OpenApp, tmp_path: Path, run: FakeRun) -> App:
    app = open_app()
    app.runs.open_bundle(saved(packed(run), tmp_path), despite_findings=True)
    qtbot.waitUntil(lambda: app.work.state is not None and bool(app.work.state.versions), timeout=20_000)
    qtbot.waitUntil(lambda: ActionId.ASK_AGAIN in app.window.available)
    return app


def approvals(app: App) -> list[str]:
    history = History.open(app.places.data_folder)
    try:
        return [one.words for one in history.approvals()]
    finally:
        history.close()


def test_a_strangers_question_is_put_into_the_box_and_nothing_starts(qtbot, open_app: OpenApp, tmp_path: Path):
    app = opened(qtbot, open_app, tmp_path, strangers("How does lime mortar set?" + "\n" * 60 + TRAP))
    scope = app.window.ask._chosen_scope()
    for ask_again in (lambda: app._act(ActionId.ASK_AGAIN), app.window.work.header._again.clicked.emit):
        app.work.open_session(app.work.state.session_id)
        ask_again()
        assert app.window.page is Page.ASK
        assert app.window.ask._box.text == "How does lime mortar set?"
        assert app.window.ask._chosen_scope() == scope
        assert scope.reach is Reach.LIBRARY
        assert "Addresses in it were left out." in app.window.cards.notices[-1].hint
    assert app.runs.current is None
    assert app.runs.waiting == ()
    assert len(app.work.sessions) == 1


def test_words_that_a_stranger_approved_are_not_approved_here(qtbot, open_app: OpenApp, tmp_path: Path):
    app = opened(qtbot, open_app, tmp_path, strangers(WORDS, approved_query=WORDS))
    app._act(ActionId.ASK_AGAIN)
    assert app.window.ask._box.text == WORDS
    assert app.runs.current is None
    assert approvals(app) == []
