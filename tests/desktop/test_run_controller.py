from collections.abc import Callable

import pytest
from fake_office import DEEP, DEEP_ROW, FakeOffice, FakeRunner
from hesitant_model import WORDS, Hesitant
from open_apps import BREATH, EGGS, OpenApp, has_ended, type_and_ask
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.app import App
from engine.errors import StorageError
from engine.research import Research
from models.choice import LocalChoice, ModelChoice


@pytest.fixture
def open_busy_app(qtbot, open_app: OpenApp) -> Callable[[], App]:
    """The app in the middle of a reply that does not end by itself."""

    def begin() -> App:
        office = FakeOffice(found_rows=(DEEP_ROW,), choice=ModelChoice(policy=LocalChoice(path=DEEP)))
        app = open_app(office=office, runner=FakeRunner(Hesitant()))
        qtbot.waitUntil(lambda: app.models.chosen_name == DEEP_ROW.name)
        type_and_ask(app, EGGS)
        qtbot.waitUntil(lambda: app.live.live is not None and app.live.live.tail == WORDS, timeout=20_000)
        return app

    return begin


def test_a_question_is_stored_and_shown_while_a_model_speaks(qtbot, open_busy_app: Callable[[], App]):
    app = open_busy_app()
    first = app.runs.current
    type_and_ask(app, BREATH)
    qtbot.waitUntil(lambda: app.work.state is not None and app.work.state.question == BREATH)
    qtbot.waitUntil(lambda: len(app.work.sessions) == 2)
    assert app.runs.current == first
    assert app.runs.waiting == (app.work.state.run_id,)
    header = app.window.work.header.facts
    qtbot.waitUntil(lambda: header.full_text.replace("\xa0", " ") == f"All folders · Standard · {DEEP_ROW.name}")
    assert app.window.trace.model.live_text == ""


def test_a_question_that_is_asked_twice_in_a_row_is_asked_once(qtbot, open_busy_app: Callable[[], App]):
    app = open_busy_app()
    type_and_ask(app, BREATH)
    field = app.window.ask._box._field
    assert field.toPlainText() == ""
    QTest.keyClick(field, Qt.Key.Key_Return)
    app.window.ask._box._button.click()
    qtbot.waitUntil(lambda: len(app.runs.waiting) == 1)
    app.runs.stop(app.runs.current)
    qtbot.waitUntil(lambda: app.runs.state(app.runs.current) is not None and not app.runs.waiting, timeout=20_000)
    assert len(app.work.sessions) == 2


def test_sessions_are_renamed_and_deleted_while_a_model_speaks(qtbot, open_busy_app: Callable[[], App]):
    app = open_busy_app()
    speaking = app.runs.current
    qtbot.waitUntil(lambda: len(app.work.sessions) == 1)
    app.runs.rename_session(app.work.sessions[0].id, "Herons")
    qtbot.waitUntil(lambda: [session.title for session in app.work.sessions] == ["Herons"])
    type_and_ask(app, BREATH)
    qtbot.waitUntil(lambda: len(app.work.sessions) == 2)
    other = next(session for session in app.work.sessions if session.title != "Herons")
    app.work.delete_session(other.id)
    qtbot.waitUntil(lambda: [session.title for session in app.work.sessions] == ["Herons"])
    assert app.runs.current == speaking
    assert not has_ended(app, EGGS)


def test_a_question_that_cannot_be_stored_comes_back(qtbot, open_app: OpenApp, monkeypatch: pytest.MonkeyPatch):
    def fail(*_args: object, **_named: object) -> None:
        raise StorageError("The disk is full")

    app = open_app()
    monkeypatch.setattr(Research, "start", fail)
    with qtbot.waitSignal(app.runs.problem):
        type_and_ask(app, BREATH)
    assert app.window.ask._box.text == BREATH
