import threading

import pytest

from desktop.threads import WorkThread


@pytest.fixture
def thread(qtbot):
    thread = WorkThread("a test")
    thread.start()
    yield thread
    assert thread.finish(timeout_s=5)


def test_a_waiting_step_lets_brief_jobs_through_and_no_others(thread: WorkThread):
    done: list[str] = []
    began, goes_on, ended = threading.Event(), threading.Event(), threading.Event()

    def step() -> None:
        began.set()
        assert goes_on.wait(5)
        thread.catch_up_briefly()
        done.append("step")

    def brief() -> None:
        done.append("brief")
        thread.do_briefly(done.append, "asked for by a brief one")
        thread.catch_up_briefly()
        done.append("brief is over")

    thread.do(step)
    assert began.wait(5)
    thread.do(done.append, "long")
    thread.do_briefly(brief)
    thread.catch_up_briefly()
    assert done == []
    goes_on.set()
    thread.do(ended.set)
    assert ended.wait(5)
    assert done == ["brief", "brief is over", "asked for by a brief one", "step", "long"]


def test_nothing_is_carried_out_after_the_end(thread: WorkThread):
    done: list[str] = []
    began, goes_on = threading.Event(), threading.Event()

    def step() -> None:
        began.set()
        assert goes_on.wait(5)
        while not thread.is_closing:
            began.wait(0.001)
        thread.do(done.append, "too late")
        thread.do_briefly(done.append, "too late")
        thread.catch_up_briefly()
        thread.catch_up()

    thread.do(step)
    assert began.wait(5)
    goes_on.set()
    assert thread.finish(timeout_s=5)
    assert done == []
