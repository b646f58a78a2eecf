"""What the tests of the whole window share: asking, waiting, looking."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.app import App
from engine.events import StoredEvent
from engine.research import History

OpenApp = Callable[..., App]
"""The fixture ``open_app``."""

EGGS = "How many eggs does a grey heron lay?"
BREATH = "How long can an otter hold its breath?"
"""Questions that the guide of the fixture answers."""


def type_and_ask(app: App, question: str) -> None:
    app.work.start_over()
    field = app.window.ask._box._field
    QTest.keyClicks(field, question)
    QTest.keyClick(field, Qt.Key.Key_Return)


def has_ended(app: App, question: str) -> bool:
    state = app.work.state
    return state is not None and state.question == question and state.outcome is not None


def answer(app: App) -> str:
    state = app.work.state
    assert state is not None and state.report is not None
    return " ".join(claim.text for claim in state.report.claims)


def read_trace(app: App) -> tuple[StoredEvent, ...]:
    state = app.work.state
    assert state is not None
    history = History.open(app.places.data_folder)
    try:
        return history.trace(state.run_id)
    finally:
        history.close()
