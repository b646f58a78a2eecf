"""The model process with the real llama.cpp in it, and a tiny model of random weights."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

pytest.importorskip("llama_cpp")

from benchmarks.fuzz_ggufs import fuzz
from benchmarks.kill_models import kill_models
from fake_model_process import asking
from small_ggufs import write_random_model

from models.chat import ChatRequest, Lane, Message, Prompt, ReplyEnd, Speaker
from models.errors import ModelDied, ModelError, ModelTooLarge, ModelUnusable
from models.llama_settings import RuntimeSettings
from models.process.child import model_command
from models.process.host import LocalModel
from models.process.wire import Started, read_answer


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_model(tmp_path_factory.mktemp("models") / "tiny.gguf")


@pytest.fixture(scope="module")
def model(tiny: Path) -> Iterator[LocalModel]:
    shared = LocalModel(tiny)
    yield shared
    shared.close()


def test_a_real_model_answers_through_the_process(model):
    pieces: list[str] = []
    reply = model.reply(asking("Where is the quarry?"), on_text=lambda _, text: pieces.append(text))
    assert "".join(pieces) == reply.text
    assert reply.usage.prompt_tokens > 10
    assert reply.usage.reply_tokens > 0
    assert model.about().test_only
    assert model.load_report.layers == 2


def one_thread() -> RuntimeSettings:
    # With several, the number in use follows what else the machine does, and long replies were seen to drift apart.
    return RuntimeSettings(threads=1)


def test_the_same_question_gets_the_same_answer(tiny):
    model = LocalModel(tiny, settings=one_thread)
    try:
        first, second = (model.reply(asking("Where is the quarry?")) for _ in range(2))
    finally:
        model.close()
    assert first.text == second.text
    assert second.usage.reused_tokens > 0


def test_weights_of_options_add_up(model):
    weights = model.weigh(asking("Is slate a stone?"), options=("yes", "no"))
    assert sum(weights) == pytest.approx(1.0)


def test_an_impossible_request_is_an_error_and_no_death(model):
    process = model.process_id
    bad = ChatRequest(prompt=asking("x").prompt, grammar="this is no grammar (((")
    with pytest.raises(ModelError):
        model.reply(bad)
    with pytest.raises(ModelError):
        model.weigh(asking("x"), options=("yes", "yes"))
    assert model.reply(asking("Still here?")).end is not ReplyEnd.CANCELLED
    assert model.process_id == process


def test_a_long_answer_stops_when_it_is_cancelled(model):
    pieces: list[str] = []
    request = ChatRequest(
        prompt=Prompt(messages=(Message(speaker=Speaker.USER, text="Count."),)), lane=Lane.POLICY, max_tokens=1_500
    )
    reply = model.reply(request, on_text=lambda _, text: pieces.append(text), is_cancelled=lambda: bool(pieces))
    assert reply.end is ReplyEnd.CANCELLED
    assert reply.text.startswith("".join(pieces)[:1])
    assert model.is_loaded


def test_a_conversation_is_parked_and_taken_up_also_by_names_in_the_present_folder(tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with_lane = LocalModel(Path(os.path.relpath(tiny)))
    try:
        request = asking("Where is the quarry? " * 20, lane=Lane.POLICY)
        first = with_lane.reply(request)
        with_lane.park(Path("lane"))
        assert not with_lane.is_loaded
        with_lane.recall(Path("lane"))
        again = with_lane.reply(request)
        assert again.text == first.text
        assert again.usage.reused_tokens > 100
        assert not (tmp_path / "lane").exists()
    finally:
        with_lane.close()


def test_a_damaged_parked_file_is_ignored_and_deleted(tiny, tmp_path):
    model = LocalModel(tiny)
    try:
        request = asking("Where is the quarry? " * 20, lane=Lane.POLICY)
        first = model.reply(request)
        lane = tmp_path / "lane"
        model.park(lane)
        data = bytearray(lane.read_bytes())
        data[len(data) // 2] ^= 0xFF
        lane.write_bytes(data)
        model.recall(lane)
        again = model.reply(request)
        assert (again.text, again.usage.reused_tokens) == (first.text, 0)
        assert not lane.exists()
    finally:
        model.close()


def test_speed_is_measured_with_the_settings_that_are_asked_for(model):
    measured = model.measure(RuntimeSettings(threads=1, ubatch=64), seconds=0.05)
    assert measured.settings.threads == 1
    assert measured.settings.ubatch == 64
    assert measured.prompt_tokens_per_s > 0
    assert measured.reply_tokens_per_s > 0


def test_a_file_that_is_no_model_is_refused_by_the_engine_too(tmp_path):
    file = tmp_path / "x.gguf"
    file.write_bytes(b"GGUF" + b"\x00" * 100)
    model = LocalModel(file, check=lambda _: None)
    with pytest.raises(ModelUnusable) as caught:
        model.about()
    assert caught.value.hint
    model.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the system must be able to refuse memory")
def test_a_machine_without_enough_memory_is_explained_and_nothing_hangs(tmp_path):
    """The process may have a little more memory than it has after the start; the caches ask for far more."""
    file = write_random_model(tmp_path / "wide.gguf", layers=8, width=512, heads=8, kv_heads=8, context=131_072)
    program = (
        "import resource, sys; from models.llama.environment import open_engine; open_engine()\n"
        "size = int(open('/proc/self/statm').read().split()[0]) * 4096 + (300 << 20)\n"
        "resource.setrlimit(resource.RLIMIT_AS, (size, size))\n"
        "from models.process.worker import main; main()"
    )
    settings = RuntimeSettings(context_tokens=32_768, reading_tokens=32_768)
    model = LocalModel(file, settings=lambda: settings, command=lambda: (sys.executable, "-P", "-c", program))
    before = psutil.Process().children()
    for _ in range(3):
        with pytest.raises((ModelTooLarge, ModelDied)) as caught:
            model.reply(asking("Where?"))
    assert isinstance(caught.value, ModelTooLarge), caught.value
    model.close()
    assert psutil.Process().children() == before


@pytest.mark.skipif(os.name != "posix", reason="a kill that nobody can catch")
def test_the_process_ends_with_the_app_in_the_middle_of_a_computation(tiny, tmp_path):
    script = tmp_path / "app.py"
    script.write_text(
        "import sys\n"
        f"sys.path[:0] = {[str(Path(__file__).parents[2]), str(Path(__file__).parents[3])]!r}\n"
        "from pathlib import Path\n"
        "from dataclasses import replace\n"
        "from fake_model_process import asking\n"
        "from models.process.host import LocalModel\n"
        f"model = LocalModel(Path({str(tiny)!r}))\n"
        "request = replace(asking('Count. '), max_tokens=1_900)\n"
        "while True:\n"
        "    model.reply(request, on_text=lambda *_: print(model.process_id, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as app:
        worker = psutil.Process(int(app.stdout.readline()))
        os.kill(app.pid, signal.SIGKILL)
    pause = threading.Event()
    for _ in range(200):
        if _is_ended(worker):
            break
        pause.wait(0.01)
    assert _is_ended(worker)


def _is_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_the_process_can_be_started_the_way_an_installed_program_starts_it():
    arguments = [sys.executable, "-P", "-m", "desktop", "--model-worker"]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert isinstance(read_answer(process.stdout), Started)
        process.stdin.close()
        assert process.wait(10) == 0


def test_an_installed_program_starts_itself(monkeypatch):
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert model_command() == (sys.executable, "--model-worker")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_deaths_at_random_moments_are_survived(tiny, tmp_path):
    tally = kill_models(tiny, tmp_path, deaths=4, seed=2)
    assert tally.is_clean, tally
    assert tally.deaths >= 4


def test_damaged_files_end_in_a_message(tiny, tmp_path):
    tally = fuzz([tiny], tmp_path, count=8, seed=3)
    assert tally.is_clean, tally
    assert tally.files == 8
