"""Asking the engine what it can do, without a model."""

from __future__ import annotations

import sys
import threading

import psutil
import pytest
from fake_model_process import model_command

from models.errors import EngineMissing, LoadCancelled
from models.process.abilities import engine_abilities


@pytest.fixture(autouse=True)
def nothing_is_left():
    threads, children = set(threading.enumerate()), psutil.Process().children()
    yield
    assert set(threading.enumerate()) == threads
    assert psutil.Process().children() == children


def test_an_engine_says_what_it_can_do():
    abilities = engine_abilities(command=model_command)
    assert (abilities.version, abilities.can_offload) == ("0.0.1", True)


@pytest.mark.parametrize("engine", ["missing", "crash"])
def test_an_engine_that_cannot_be_used_is_explained(monkeypatch, engine):
    monkeypatch.setenv("FAKE_ENGINE", engine)
    with pytest.raises(EngineMissing) as caught:
        engine_abilities(command=model_command)
    assert caught.value.hint


def test_a_program_that_does_not_exist_is_explained():
    with pytest.raises(EngineMissing):
        engine_abilities(command=lambda: ("/nowhere/plumbline",))


def test_waiting_for_it_can_be_given_up():
    with pytest.raises(LoadCancelled):
        engine_abilities(
            command=lambda: (sys.executable, "-c", "import time; time.sleep(60)"), is_cancelled=lambda: True
        )


def test_the_real_engine_answers():
    pytest.importorskip("llama_cpp")
    assert engine_abilities().version
