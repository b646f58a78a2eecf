"""Telling slow from stuck."""

from __future__ import annotations

import pytest

from models.process.patience import LOADING, Limits, Patience, limits_for


class Process:
    """Time passes and work is done as a test says."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.work_s = 0.0

    def worked_s(self) -> float:
        return self.work_s

    def clock(self) -> float:
        return self.now_s


@pytest.fixture
def process() -> Process:
    return Process()


@pytest.fixture
def patience(process: Process) -> Patience:
    return Patience(process, limits=Limits(loading_s=50.0), clock=process.clock)


def is_stuck_after(patience: Patience, process: Process, seconds: float, *, share: float = 1.0) -> bool:
    """Let time pass in small steps, with so much of it spent working, and say whether it was found stuck."""
    steps = round(seconds * 10)
    for _ in range(steps):
        process.now_s += 0.1
        process.work_s += 0.1 * share
        if patience.is_stuck():
            return True
    return False


@pytest.mark.parametrize(
    ("phase", "limit_s"), [("template", 5), ("counting", 5), (LOADING, 50), ("settling", 30), ("reading_prompt", 300)]
)
def test_each_phase_has_its_time(patience, process, phase, limit_s):
    patience.begin(phase)
    assert not is_stuck_after(patience, process, limit_s - 1)
    assert is_stuck_after(patience, process, 2)


def test_a_sign_of_life_starts_the_time_anew(patience, process):
    patience.begin("template")
    for _ in range(5):
        assert not is_stuck_after(patience, process, 4)
        patience.sign()
    patience.sign("reading_prompt")
    assert not is_stuck_after(patience, process, 100)


def test_once_batches_are_known_silence_is_measured_by_them(patience, process):
    patience.begin("reading_prompt")
    for _ in range(10):
        process.now_s += 1.0
        patience.sign("reading_prompt")
    assert not is_stuck_after(patience, process, 59)
    assert is_stuck_after(patience, process, 2)


def test_slow_batches_make_patient(patience, process):
    patience.begin("reading_prompt")
    for _ in range(10):
        process.now_s += 10.0
        patience.sign("reading_prompt")
    assert not is_stuck_after(patience, process, 199)
    assert is_stuck_after(patience, process, 2)


def test_quick_signs_say_nothing_of_batches(patience, process):
    patience.begin("reading_prompt")
    for _ in range(100):
        process.now_s += 0.001
        patience.sign("reading_prompt")
    assert not is_stuck_after(patience, process, 299)


def test_a_starved_process_gets_more_time_but_not_for_ever(patience, process):
    patience.begin("template")
    assert not is_stuck_after(patience, process, 14, share=0.1)
    assert is_stuck_after(patience, process, 2, share=0.1)


def test_time_asleep_does_not_count(patience, process):
    patience.begin("template")
    assert not is_stuck_after(patience, process, 1)
    process.now_s += 3_600
    assert not patience.is_stuck()
    assert not is_stuck_after(patience, process, 3)


def test_the_time_for_loading_grows_with_the_file_and_has_an_end():
    tiny, usual, huge = (limits_for(size, given=Limits()) for size in (1_000, 5_000_000_000, 10**12))
    assert tiny.loading_s < 10
    assert 100 < usual.loading_s <= 300
    assert huge.loading_s == 300
    assert tiny.settling_s < usual.settling_s < huge.settling_s <= 30
    assert limits_for(1, given=Limits(loading_s=7.0)).loading_s == 7.0
