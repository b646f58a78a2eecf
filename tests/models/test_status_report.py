"""What is shown of a model at work."""

from __future__ import annotations

import pytest

from models.errors import ModelDied
from models.llama_settings import Phase
from models.process.wire import Heard, Progressed
from models.status import ModelState, ModelStatus
from models.status_report import StatusReport


class Screen:
    """Sees statuses; time passes as a test says."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.seen: list[ModelStatus] = []
        self.report = StatusReport("m", on_status=self.seen.append, memory_bytes=lambda: 5, clock=lambda: self.now_s)


@pytest.fixture
def screen() -> Screen:
    return Screen()


def test_a_change_is_shown_at_once_and_more_of_the_same_now_and_then(screen):
    for done in range(100):
        screen.now_s += 0.01
        screen.report.show(Progressed(phase=Phase.READING_PROMPT, done=done, total=100))
    assert 4 <= len(screen.seen) <= 6
    assert screen.seen[0].fraction == 0
    assert screen.seen[-1].fraction > 0.7
    screen.report.ready("Model")
    assert (screen.seen[-1].state, screen.seen[-1].name) == (ModelState.READY, "Model")


def test_tokens_a_second_follow_what_is_heard(screen):
    for _ in range(100):
        screen.report.show(Heard(pieces=((0, "a"),), tokens=2))
        screen.now_s += 0.1
    assert screen.report.now.tokens_per_s == pytest.approx(20, rel=0.1)
    for _ in range(100):
        screen.report.show(Heard(pieces=((0, "a"),), tokens=1))
        screen.now_s += 0.5
    assert screen.report.now.tokens_per_s == pytest.approx(2, rel=0.1)


def test_a_new_reply_starts_counting_anew(screen):
    screen.report.show(Heard(pieces=((0, "a"),), tokens=50))
    screen.now_s += 1.0
    screen.report.ready()
    screen.report.show(Heard(pieces=((0, "a"),), tokens=1))
    assert screen.report.now.tokens_per_s == 0


def test_nothing_is_divided_by_nothing(screen):
    screen.report.show(Progressed(phase="loading", done=0, total=0))
    assert screen.report.now.state is ModelState.LOADING
    screen.report.show(Progressed(phase="loading", done=7, total=5))
    assert screen.report.now.fraction == 1.0


def test_a_failure_is_shown_with_what_to_do(screen):
    screen.report.failed(ModelDied("The model crashed", hint="Again."))
    assert (screen.seen[-1].error_title, screen.seen[-1].error_hint) == ("The model crashed", "Again.")
    assert screen.seen[-1].memory_bytes == 5
