import threading

import pytest

from desktop.errands import Errands
from models.errors import LoadCancelled, ModelError


@pytest.fixture
def errands(qtbot):
    errands = Errands("a test")
    errands.start()
    yield errands
    assert errands.close()


def refuse() -> None:
    raise ModelError("No")


def cancel() -> None:
    raise LoadCancelled("It was given up")


def test_answers_and_refusals_are_taken_in_order_on_the_qt_thread(qtbot, errands: Errands):
    taken: list[tuple[object, threading.Thread]] = []

    def take(answer: object) -> None:
        taken.append((answer, threading.current_thread()))

    errands.do(threading.current_thread, lambda worked_on: take(worked_on is threading.current_thread()))
    errands.do(cancel, take)
    errands.do(refuse, take, lambda error: take(error.title))
    qtbot.waitUntil(lambda: len(taken) == 2)
    assert taken == [(False, threading.current_thread()), ("No", threading.current_thread())]


def test_what_nobody_asked_to_be_told_of_is_told(qtbot, errands: Errands):
    with qtbot.waitSignal(errands.failed) as failed:
        errands.do(refuse, print)
    assert failed.args[0].title == "No"


def test_after_giving_up_only_what_must_be_done_is_done(qtbot, errands: Errands):
    done: list[str] = []
    errands.give_up()
    errands.do(lambda: done.append("asked"), lambda _: done.append("taken"))
    errands.must(done.append, "kept")
    assert errands.close()
    assert done == ["kept"]
