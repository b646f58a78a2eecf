"""The window with a model process of its own: a tiny model of random weights says nonsense, but it says it really."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from open_apps import EGGS, OpenApp, has_ended, type_and_ask

from desktop.app import App
from desktop.live_relay import Live
from desktop.model_office import LocalOffice, make_runner
from engine.domain import Outcome
from engine.events import RunContinued
from engine.network.door import Door
from models.choice import LocalChoice, ModelChoice, write_choice
from models.keys import Keys
from models.status import ModelState

pytest.importorskip("llama_cpp")

from small_ggufs import write_random_model

OpenReal = Callable[[], App]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_model(tmp_path_factory.mktemp("models") / "random.gguf", context=8192)


@pytest.fixture
def open_real(qtbot, open_app: OpenApp, tmp_path: Path, model: Path) -> Iterator[OpenReal]:
    """Opens the app with the real office and the real runtime."""

    def open_it() -> App:
        data = tmp_path / "data"
        data.mkdir(exist_ok=True)
        write_choice(data, ModelChoice(policy=LocalChoice(path=model)))
        keys = Keys()
        doors.append(door := Door(data))
        app = open_app(
            data=data,
            office=LocalOffice(data, keys=keys, door=door),
            runner=lambda on_status: make_runner(data, keys, door, on_status),
        )
        qtbot.waitUntil(lambda: "random" in app.models.chosen_name.casefold(), timeout=10_000)
        return app

    doors: list[Door] = []
    yield open_it
    for door in doors:
        door.close()


def when_it_speaks(app: App, act: Callable[[], object], *, what: str = "") -> list[Live]:
    """Have something done as soon as words come; return what was heard."""
    heard: list[Live] = []

    def hear(live: Live | None) -> None:
        if live is not None and live.text and live.what.startswith(what):
            heard.append(live)
            if len(heard) == 1:
                act()

    app.live.changed.connect(hear)
    return heard


def model_processes() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "models.process.worker" in " ".join(child.cmdline())
    ]


def test_its_words_are_shown_while_they_come_and_it_can_be_stopped(qtbot, open_real: OpenReal):
    app = open_real()
    assert app.models.chosen_name.endswith("(test only)")
    heard = when_it_speaks(app, app.work.stop)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=60_000)
    assert heard
    assert app.work.state.outcome is Outcome.STOPPED
    assert app.work.state.engine == app.models.chosen_name
    assert app.models.status.memory_bytes > 0


def test_closing_while_it_speaks_leaves_no_process(qtbot, open_real: OpenReal):
    app = open_real()
    processes: list[psutil.Process] = []

    def close() -> None:
        processes.extend(model_processes())
        app.window.close()

    when_it_speaks(app, close)
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: bool(processes), timeout=60_000)
    assert app.close()
    assert not any(process.is_running() for process in processes)


def test_pausing_gives_its_memory_back_and_going_on_loads_it_again(qtbot, open_real: OpenReal):
    app = open_real()
    when_it_speaks(app, app.work.pause_or_continue, what="Thinking")
    type_and_ask(app, EGGS)
    qtbot.waitUntil(lambda: app.work.state is not None and app.work.state.is_paused, timeout=60_000)
    qtbot.waitUntil(lambda: app.runs.current is None and app.models.status.state is ModelState.UNLOADED, timeout=20_000)
    assert model_processes() == []
    went_on: list[object] = []
    app.runs.event_stored.connect(lambda stored, _state: went_on.append(stored.event))
    app.work.go_on()
    qtbot.waitUntil(lambda: has_ended(app, EGGS), timeout=60_000)
    assert isinstance(went_on[0], RunContinued)
    assert app.work.state.outcome is not Outcome.FAILED, app.work.state.end_reason
