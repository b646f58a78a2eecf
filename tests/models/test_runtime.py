"""The owner of the loaded models: who is in memory, when, and what is said about it."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from fake_model_process import asking, model_command
from shaped_models import GIB, computer, shaped

from models.chat import Lane, ReplyEnd
from models.choice import LocalChoice, ModelChoice, RemoteChoice
from models.errors import ModelError, ModelUnusable
from models.machine.settings import MachineSettings
from models.process.host import LocalModel
from models.runtime import ModelRuntime, ModelState, ModelStatus

MakeRuntime = Callable[..., ModelRuntime]


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Servers:
    """Makes a word for each model behind a server."""

    def __init__(self) -> None:
        self.is_closed = False

    def model(self, chosen: RemoteChoice) -> object:
        return f"{chosen.model} far away"

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
def make_runtime(tmp_path: Path) -> Iterator[MakeRuntime]:
    """Runtimes are closed at the end, and then nothing of them may be left."""
    before = set(threading.enumerate())
    made: list[ModelRuntime] = []

    def make(**named) -> ModelRuntime:
        runtime = ModelRuntime(
            tmp_path / "data",
            **{
                "make_local": lambda path, **more: LocalModel(path, command=model_command, **more),
                "read": shaped,
                "machine": computer,
                "free_bytes": lambda: 100 * GIB,
                "is_quiet": lambda: True,
            }
            | named,
        )
        made.append(runtime)
        return runtime

    yield make
    for runtime in made:
        runtime.close()
    assert set(threading.enumerate()) == before
    assert model_processes() == 0


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first.gguf", tmp_path / "second.gguf"
    first.write_text("")
    second.write_text("")
    return first, second


def model_processes() -> int:
    children = psutil.Process().children()
    return sum("fake_model_process" in " ".join(child.cmdline()) for child in children)


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 10.0) -> bool:
    pause, deadline = threading.Event(), time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        pause.wait(0.01)
    return condition()


def local(policy: Path, reading: Path | None = None, **more) -> ModelChoice:
    return ModelChoice(
        policy=LocalChoice(path=policy), reading=LocalChoice(path=reading) if reading is not None else None, **more
    )


def test_one_chosen_model_plays_both_parts(make_runtime, files):
    pair = make_runtime().models_for(local(files[0]))
    assert pair.policy is pair.reading
    assert model_processes() == 0
    assert pair.policy.reply(asking("say a")).text == "a "


def test_the_same_choice_gives_the_same_models(make_runtime, files):
    runtime = make_runtime()
    assert runtime.models_for(local(files[0])).policy is runtime.models_for(local(*files)).policy


def test_choosing_nothing_is_explained(make_runtime):
    with pytest.raises(ModelUnusable, match="No language model is chosen"):
        make_runtime().models_for(ModelChoice())


def test_servers_are_only_thought_of_when_one_is_chosen(make_runtime, files):
    servers = Servers()
    runtime = make_runtime(remote=lambda keys: servers)
    chosen = ModelChoice(policy=LocalChoice(path=files[0]), reading=RemoteChoice(address="x", model="big"))
    assert runtime.models_for(chosen).reading == "big far away"
    runtime.close()
    assert servers.is_closed


def test_a_server_is_ready_as_far_as_is_known(make_runtime):
    runtime = make_runtime(remote=lambda keys: Servers())
    runtime.models_for(ModelChoice(policy=RemoteChoice(address="x", model="big")))
    assert runtime.status == ModelStatus(state=ModelState.READY, name="big")


def test_the_status_is_that_of_the_busiest_model(make_runtime, files):
    seen: list[ModelStatus] = []
    runtime = make_runtime(on_status=seen.append)
    assert runtime.status.state is ModelState.NONE
    pair = runtime.models_for(local(*files))
    assert runtime.status.state is ModelState.UNLOADED
    pair.policy.reply(asking("say a"))
    assert runtime.status.state is ModelState.READY
    one = runtime.status.memory_bytes
    pair.reading.reply(asking("say a"))
    assert runtime.status.memory_bytes > one > 0
    assert {status.name for status in seen} >= {"Fake first", "Fake second"}


def test_unloading_gives_all_memory_back(make_runtime, files):
    runtime = make_runtime()
    pair = runtime.models_for(local(*files))
    pair.policy.reply(asking("say a"))
    pair.reading.reply(asking("say a"))
    assert model_processes() == 2
    runtime.unload()
    assert model_processes() == 0
    assert pair.policy.reply(asking("say a")).text == "a "


def test_an_idle_model_is_unloaded_after_the_minutes_that_were_chosen(make_runtime, files):
    clock = Clock()
    runtime = make_runtime(clock=clock)
    model = runtime.models_for(local(files[0], idle_minutes=10)).policy
    model.reply(asking("say a"))
    clock.now_s += 599
    runtime.unload_idle()
    assert model_processes() == 1
    runtime.touch()
    clock.now_s += 599
    runtime.unload_idle()
    assert model_processes() == 1
    clock.now_s += 1
    runtime.unload_idle()
    assert model_processes() == 0


def test_with_zero_minutes_a_model_stays(make_runtime, files):
    clock = Clock()
    runtime = make_runtime(clock=clock)
    runtime.models_for(local(files[0], idle_minutes=0)).policy.reply(asking("say a"))
    clock.now_s += 1e6
    runtime.unload_idle()
    assert model_processes() == 1


def test_a_model_at_work_is_never_idle(make_runtime, files):
    clock = Clock()
    runtime = make_runtime(clock=clock)
    model = runtime.models_for(local(files[0], idle_minutes=1)).policy

    def later(_index: int, _text: str) -> None:
        clock.now_s += 1_000
        idle = threading.Thread(target=runtime.unload_idle)
        idle.start()
        idle.join()

    assert model.reply(asking("say a b c"), on_text=later).end is ReplyEnd.COMPLETE


def test_models_that_fit_together_stay_together(make_runtime, files):
    pair = make_runtime().models_for(local(*files))
    pair.policy.reply(asking("say a"))
    pair.reading.reply(asking("say a"))
    assert model_processes() == 2


def test_models_that_do_not_fit_together_take_turns_and_keep_what_was_read(make_runtime, files, tmp_path):
    runtime = make_runtime(free_bytes=lambda: 2 * GIB)
    pair = runtime.models_for(local(*files))
    pair.policy.reply(asking("say one two", lane=Lane.POLICY))
    pair.reading.reply(asking("say a"))
    assert model_processes() == 1
    again = pair.policy.reply(asking("say one two three", lane=Lane.POLICY))
    assert again.usage.reused_tokens == 3
    assert model_processes() == 1
    assert list((tmp_path / "data" / "parked").iterdir()) == []


def test_no_parked_conversation_stays_behind(make_runtime, files, tmp_path):
    parked = tmp_path / "data" / "parked"
    parked.mkdir(parents=True)
    old, young = parked / "old.lane", parked / "young.lane"
    for file in (old, young):
        file.write_text("say one")
    os.utime(old, (0, 0))
    runtime = make_runtime(free_bytes=lambda: 2 * GIB)
    pair = runtime.models_for(local(*files))
    pair.policy.reply(asking("say one two", lane=Lane.POLICY))
    pair.reading.reply(asking("say a"))
    assert wait_until(lambda: not old.exists())
    assert len(list(parked.glob("*.lane"))) == 2
    runtime.close()
    assert list(parked.iterdir()) == [young]


def test_a_model_that_turns_out_too_large_gets_the_room_of_the_other(make_runtime, files):
    files[1].write_text("too large once")
    pair = make_runtime().models_for(local(*files))
    pair.policy.reply(asking("say a"))
    assert pair.reading.reply(asking("say a")).text == "a "
    assert model_processes() == 1


def test_a_model_that_is_no_longer_chosen_gives_its_memory_back(make_runtime, files):
    runtime = make_runtime()
    runtime.models_for(local(files[0])).policy.reply(asking("say a"))
    runtime.models_for(local(files[1]))
    assert model_processes() == 0


def test_starting_again_gives_a_crashing_file_one_more_try(make_runtime, files):
    files[0].write_text("crash")
    runtime = make_runtime()
    for _ in range(3):
        with pytest.raises(ModelError):
            runtime.models_for(local(files[0])).policy.about()
    assert files[0].with_suffix(".loads").read_text() == "3"


def test_closing_ends_an_answer_and_everything_else(make_runtime, files):
    runtime = make_runtime()
    model = runtime.models_for(local(files[0])).policy
    begun, replies = threading.Event(), []

    def ask() -> None:
        replies.append(model.reply(asking("endless"), on_text=lambda *_: begun.set()))

    caller = threading.Thread(target=ask)
    caller.start()
    assert begun.wait(20)
    runtime.close()
    caller.join(10)
    assert [reply.end for reply in replies] == [ReplyEnd.CANCELLED]
    with pytest.raises(ModelError, match="closed"):
        runtime.models_for(local(files[0]))


def test_a_chosen_model_is_measured_in_the_background_and_run_as_is_best(make_runtime, files, tmp_path):
    runtime = make_runtime()
    runtime.tune_when_idle(files[0])
    assert wait_until(lambda: runtime.settings.tuned(shaped(files[0])) is not None)
    assert wait_until(lambda: model_processes() == 0)
    model = runtime.models_for(local(files[0])).policy
    model.reply(asking("say a"))
    assert runtime.load_report(files[0]).threads == 3
    assert runtime.load_report(files[0]).uses_repacking
    again = MachineSettings(tmp_path / "data", machine=computer)
    assert again.for_model(shaped(files[0])).threads == 3


def test_measuring_gives_way_to_whoever_asks(make_runtime, files):
    files[0].write_text("slow to measure")
    runtime = make_runtime()
    runtime.tune_when_idle(files[0])
    assert wait_until(lambda: model_processes() == 1)
    assert runtime.models_for(local(files[1])).policy.reply(asking("say a")).text == "a "
    assert model_processes() == 1
    assert runtime.settings.tuned(shaped(files[0])) is None


def test_closing_breaks_measuring_off(make_runtime, files):
    files[0].write_text("slow to measure")
    runtime = make_runtime()
    runtime.tune_when_idle(files[0])
    assert wait_until(lambda: model_processes() == 1)
    runtime.close()
    assert model_processes() == 0


def test_nothing_is_measured_while_a_model_is_loaded(make_runtime, files):
    runtime = make_runtime()
    runtime.models_for(local(files[1])).policy.reply(asking("say a"))
    runtime.tune_when_idle(files[0])
    threading.Event().wait(0.2)
    assert model_processes() == 1
    assert not files[0].with_suffix(".loads").exists()
