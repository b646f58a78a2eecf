"""A local model over a real process around a runtime that does what it is told; see ``fake_model_process``."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from fake_model_process import CONTEXT_TOKENS, asking, model_command

from models.chat import Lane, ReplyEnd
from models.errors import (
    ContextFull,
    EngineMissing,
    LoadCancelled,
    ModelDied,
    ModelError,
    ModelStuck,
    ModelTooLarge,
    ModelUnusable,
)
from models.llama_settings import RuntimeSettings
from models.process.host import LocalModel
from models.process.patience import Limits
from models.status import ModelState, ModelStatus

IMPATIENT = Limits(quick_s=0.2, loading_s=0.5, settling_s=0.2, first_batch_s=0.5, batch_s=0.5, grace_s=0.2)
MakeModel = Callable[..., LocalModel]


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    file = tmp_path / "kind.gguf"
    file.write_text("")
    return file


@pytest.fixture
def make_model(model_file: Path) -> Iterator[MakeModel]:
    """Models are closed at the end, and then nothing of them may be left."""
    before = set(threading.enumerate())
    models: list[LocalModel] = []

    def make(**named) -> LocalModel:
        model = LocalModel(model_file, **({"check": lambda path: None, "command": model_command} | named))
        models.append(model)
        return model

    yield make
    for model in models:
        model.close()
    assert set(threading.enumerate()) == before
    assert model_processes() == []


def model_processes() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "fake_model_process" in " ".join(child.cmdline())]


def after(seconds: float) -> Callable[[], bool]:
    """Whether so much time has passed since this was first asked."""
    began: list[float] = []

    def is_cancelled() -> bool:
        began.append(time.monotonic())
        return time.monotonic() - began[0] >= seconds

    return is_cancelled


def wait_until(condition: Callable[[], bool], *, timeout_s: float = 10.0) -> None:
    pause, deadline = threading.Event(), time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        pause.wait(0.01)


def once_heard(pieces: list[str]) -> Callable[[], bool]:
    return lambda: bool(pieces)


# --- answering -----------------------------------------------------------------------------------------------------


def test_no_process_is_started_before_it_is_needed(make_model):
    model = make_model()
    assert model_processes() == []
    assert not model.is_loaded
    assert model.status.now.state is ModelState.UNLOADED


def test_a_reply_comes_whole_and_in_pieces(make_model):
    pieces: list[tuple[int, str]] = []
    reply = make_model().reply(asking("say one two three"), on_text=lambda index, text: pieces.append((index, text)))
    assert reply.text == "one two three "
    assert reply.end is ReplyEnd.COMPLETE
    assert reply.usage.reply_tokens == 3
    assert "".join(text for _, text in pieces) == reply.text


def test_several_requests_are_answered_in_their_order(make_model):
    texts = {0: "", 1: "", 2: ""}

    def hear(index: int, text: str) -> None:
        texts[index] += text

    replies = make_model().replies([asking("say a"), asking("say b c"), asking("say d")], on_text=hear)
    assert [reply.text for reply in replies] == ["a ", "b c ", "d "]
    assert texts == {0: "a ", 1: "b c ", 2: "d "}


def test_no_requests_are_answered_without_a_process(make_model):
    assert make_model().replies([]) == ()
    assert model_processes() == []


def test_one_process_serves_all_calls(make_model):
    model = make_model()
    assert model.about().context_tokens == CONTEXT_TOKENS
    process = model.process_id
    assert model.count(asking("say a b").prompt) == 3
    assert model.weigh(asking("say a"), options=("yes", "no")) == (0.5, 0.5)
    assert model.reply(asking("say a")).text == "a "
    assert model.process_id == process


def test_a_full_context_is_an_error_that_costs_nothing(make_model):
    model = make_model()
    process = model.reply(asking("say a")) and model.process_id
    with pytest.raises(ContextFull) as caught:
        model.reply(asking("full"))
    assert caught.value.available == CONTEXT_TOKENS
    assert model.reply(asking("say b")).text == "b "
    assert model.process_id == process


def test_what_the_library_prints_does_not_reach_the_answers(make_model):
    assert make_model().reply(asking("print")).end is ReplyEnd.COMPLETE


def test_a_text_with_half_characters_is_understood(make_model):
    assert make_model().reply(asking("say half\ud800 whole")).text == "half? whole "


# --- cancelling ----------------------------------------------------------------------------------------------------


def test_a_cancelled_reply_keeps_its_text_and_the_process(make_model):
    model = make_model()
    pieces: list[str] = []
    reply = model.reply(asking("endless"), on_text=lambda _, text: pieces.append(text), is_cancelled=once_heard(pieces))
    assert reply.end is ReplyEnd.CANCELLED
    assert reply.text.startswith("more ")
    process = model.process_id
    assert process is not None
    assert model.reply(asking("say a")).text == "a "
    assert model.process_id == process


def test_a_process_that_does_not_stop_is_ended_and_the_text_is_kept(make_model):
    model = make_model(limits=IMPATIENT)
    pieces: list[str] = []
    reply = model.reply(asking("hang"), on_text=lambda _, text: pieces.append(text), is_cancelled=once_heard(pieces))
    assert (reply.text, reply.end) == ("Before ", ReplyEnd.CANCELLED)
    assert not model.is_loaded
    assert model.reply(asking("say a")).text == "a "


def test_cancelled_weighing_says_nothing_about_any_option(make_model):
    assert make_model().weigh(asking("endless"), options=("yes", "no"), is_cancelled=lambda: True) == (0.0, 0.0)


def test_a_cancel_that_comes_late_does_not_reach_the_next_reply(make_model):
    model = make_model()
    for _ in range(20):
        model.reply(asking("say a b c"), is_cancelled=after(0.0))
        assert model.reply(asking("say a b c")).text == "a b c "


@pytest.mark.parametrize("order", ["slow", "hang"])
def test_waiting_for_a_load_can_be_given_up(make_model, model_file, order):
    model_file.write_text(order)
    model = make_model(limits=Limits(grace_s=0.2))
    with pytest.raises(LoadCancelled):
        model.about(is_cancelled=model_file.with_suffix(".loads").exists)
    assert model.reply(asking("say a"), is_cancelled=after(0.1)).end is ReplyEnd.CANCELLED
    assert model_processes() == []
    model_file.write_text("")
    assert model.reply(asking("say a")).text == "a "


def test_an_error_of_whoever_listens_leaves_the_model_usable(make_model):
    model = make_model()

    def break_off(_index: int, _text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model.reply(asking("endless"), on_text=break_off)
    assert model.status.now.state is ModelState.READY
    assert model.reply(asking("say a")).text == "a "


@pytest.mark.skipif(os.name != "posix", reason="a terminal's Ctrl+C does not reach it elsewhere")
def test_the_terminals_interrupt_is_left_to_the_app(make_model):
    """Ctrl+C goes to every process of the terminal; what is to be done about it the app decides."""
    model = make_model()
    model.about()
    psutil.Process(model.process_id).send_signal(signal.SIGINT)
    assert model.reply(asking("say a")).text == "a "
    assert model.is_loaded


# --- dying ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "title"),
    [
        ("crash SIGSEGV", "crashed"),
        ("crash SIGABRT", "crashed"),
        ("crash SIGKILL", "from outside|more memory"),
        ("exit 3", "crashed"),
        ("memory", "more memory than was free"),
        ("raise", "broke down"),
    ],
)
def test_a_death_is_explained_and_the_next_call_starts_again(make_model, order, title):
    model = make_model()
    with pytest.raises(ModelDied, match=title) as caught:
        model.reply(asking(order))
    assert caught.value.hint
    assert model.status.now.state is ModelState.FAILED
    assert model.reply(asking("say a")).text == "a "
    assert model.status.now.state is ModelState.READY


def test_a_crash_leaves_its_reason(make_model):
    with pytest.raises(ModelDied) as caught:
        make_model().reply(asking("crash SIGSEGV"))
    assert "fake_model_process.py" in "".join(caught.value.__notes__)
    with pytest.raises(ModelDied) as caught:
        make_model().reply(asking("raise tokenizer"))
    assert "ZeroDivisionError: tokenizer" in "".join(caught.value.__notes__)


def test_a_process_that_died_between_two_calls_is_not_noticed(make_model):
    model = make_model()
    model.reply(asking("say a"))
    psutil.Process(model.process_id).kill()
    wait_until(lambda: not model.is_loaded)
    assert model.reply(asking("say b")).text == "b "


@pytest.mark.parametrize("order", ["hang-template", "spin-template"])
def test_a_template_that_never_ends_is_stuck_and_twice_makes_the_file_unusable(make_model, order):
    model = make_model(limits=IMPATIENT)
    with pytest.raises(ModelStuck, match="before it began to read"):
        model.reply(asking(order))
    with pytest.raises(ModelUnusable):
        model.count(asking(order).prompt)
    with pytest.raises(ModelUnusable):
        model.reply(asking("say a"))
    assert model_processes() == []


def test_a_silent_model_is_stuck(make_model):
    model = make_model(limits=IMPATIENT)
    with pytest.raises(ModelStuck, match="got stuck"):
        model.reply(asking("hang"))
    assert model.reply(asking("say a")).text == "a "


def test_a_stopped_process_is_ended(make_model):
    """Not even its pipe is read then."""
    model = make_model(limits=IMPATIENT)
    model.reply(asking("say a"))
    psutil.Process(model.process_id).suspend()
    with pytest.raises(ModelStuck):
        model.reply(asking("say " + "x" * 1_000_000))
    assert model.reply(asking("say a")).text == "a "


# --- loading -------------------------------------------------------------------------------------------------------


def test_a_file_that_crashes_the_engine_is_given_up_after_two_deaths(make_model, model_file):
    model_file.write_text("crash")
    model = make_model()
    with pytest.raises(ModelDied, match="crashed"):
        model.about()
    for _ in range(3):
        with pytest.raises(ModelUnusable, match=r"makes llama\.cpp crash"):
            model.about()
    assert model_file.with_suffix(".loads").read_text() == "2"


def test_a_changed_file_is_tried_again(make_model, model_file):
    model_file.write_text("crash")
    model = make_model()
    for _ in range(2):
        with pytest.raises(ModelError):
            model.about()
    model_file.write_text("fine now")
    assert model.about().name == "Fake kind"


def test_a_person_may_have_it_tried_once_more(make_model, model_file):
    model_file.write_text("crash")
    model = make_model()
    for _ in range(4):
        with pytest.raises(ModelError):
            model.about()
    model.forgive()
    for _ in range(3):
        with pytest.raises(ModelUnusable):
            model.about()
    assert model_file.with_suffix(".loads").read_text() == "3"


def test_one_death_while_loading_is_forgotten_when_it_works(make_model, model_file):
    model_file.write_text("crash once")
    model = make_model()
    with pytest.raises(ModelDied):
        model.reply(asking("say a"))
    assert model.reply(asking("say a")).text == "a "


def test_a_model_that_is_ended_twice_while_loading_does_not_fit(make_model, model_file):
    model_file.write_text("killed")
    model = make_model()
    with pytest.raises(ModelDied):
        model.about()
    with pytest.raises(ModelTooLarge):
        model.about()


def test_a_load_without_progress_is_stuck(make_model, model_file):
    model_file.write_text("hang")
    with pytest.raises(ModelStuck):
        make_model(limits=IMPATIENT).about()


def test_a_file_whose_template_never_ends_is_given_up_at_once(make_model, model_file):
    model_file.write_text("endless template")
    model = make_model(limits=IMPATIENT)
    for _ in range(2):
        with pytest.raises(ModelUnusable, match="run for ever"):
            model.about()
    assert model_file.with_suffix(".loads").read_text() == "1"


def test_a_refused_file_is_explained(make_model, model_file):
    model_file.write_text("refuse")
    model = make_model()
    with pytest.raises(ModelUnusable, match="unknown kind"):
        model.about()
    assert model.status.now.error_title == "The file is of an unknown kind"
    assert model_processes() == []


def test_where_rearranged_weights_do_not_fit_they_are_left_as_they_are(make_model, model_file):
    model_file.write_text("too large rearranged")
    model = make_model(settings=lambda: RuntimeSettings(use_repacking=True, threads=3))
    assert model.reply(asking("say a")).text == "a "
    assert (model.load_report.uses_repacking, model.load_report.threads) == (False, 3)


def test_a_missing_file_is_explained_without_a_process(tmp_path):
    model = LocalModel(tmp_path / "gone.gguf", command=model_command)
    with pytest.raises(ModelUnusable):
        model.about()
    assert model_processes() == []


def test_a_missing_engine_is_explained(make_model, monkeypatch):
    monkeypatch.setenv("FAKE_ENGINE", "missing")
    with pytest.raises(EngineMissing) as caught:
        make_model().about()
    assert caught.value.hint


def test_an_engine_that_crashes_by_itself_is_not_blamed_on_the_file(make_model, monkeypatch):
    monkeypatch.setenv("FAKE_ENGINE", "crash")
    model = make_model()
    with pytest.raises(ModelDied):
        model.about()
    with pytest.raises(EngineMissing):
        model.about()


@pytest.mark.parametrize(
    "command",
    [
        ("/nowhere/plumbline",),
        (sys.executable, "-c", "raise SystemExit(3)"),
        (sys.executable, "-c", "print('hello, I am something else')"),
    ],
)
def test_a_program_that_is_no_model_process_is_explained(make_model, command):
    with pytest.raises(ModelError) as caught:
        make_model(command=lambda: command).about()
    assert caught.value.title


# --- giving memory back --------------------------------------------------------------------------------------------


def test_unloading_ends_the_process_and_the_next_call_loads_again(make_model):
    model = make_model()
    model.reply(asking("say a"))
    assert model.memory_bytes() > 0
    model.unload()
    assert model_processes() == []
    assert model.memory_bytes() == 0
    assert model.reply(asking("say b")).text == "b "


def test_a_parked_conversation_is_taken_up_and_its_file_deleted(make_model, tmp_path):
    model, lane = make_model(), tmp_path / "lane"
    model.reply(asking("say one two", lane=Lane.POLICY))
    model.park(lane)
    assert model_processes() == []
    model.recall(lane)
    assert model.reply(asking("say a")).usage.reused_tokens == 0
    assert lane.exists()
    assert model.reply(asking("say one two three", lane=Lane.POLICY)).usage.reused_tokens == 3
    assert not lane.exists()


def test_where_there_is_nothing_to_keep_nothing_is_written(make_model, tmp_path):
    model = make_model()
    model.park(tmp_path / "lane")
    model.reply(asking("say a"))
    model.park(tmp_path / "lane")
    assert not (tmp_path / "lane").exists()
    model.recall(tmp_path / "lane")
    assert model.reply(asking("say a", lane=Lane.POLICY)).text == "a "


def test_a_parked_file_that_crashes_the_engine_is_deleted(make_model, tmp_path):
    lane = tmp_path / "lane"
    lane.write_text("crash")
    model = make_model()
    model.recall(lane)
    with pytest.raises(ModelDied):
        model.reply(asking("say a", lane=Lane.POLICY))
    assert not lane.exists()
    assert model.reply(asking("say a", lane=Lane.POLICY)).text == "a "


def test_a_parked_file_that_makes_no_sense_costs_nothing(make_model, tmp_path):
    lane = tmp_path / "lane"
    lane.write_text("odd")
    model = make_model()
    model.recall(lane)
    assert model.reply(asking("say a", lane=Lane.POLICY)).text == "a "
    assert not lane.exists()


def test_a_parked_file_survives_that_somebody_gave_up_waiting_for_it(make_model, tmp_path):
    lane = tmp_path / "lane"
    lane.write_text("hang")
    model = make_model(limits=IMPATIENT)
    model.about()
    model.recall(lane)
    assert model.reply(asking("say a", lane=Lane.POLICY), is_cancelled=lambda: True).end is ReplyEnd.CANCELLED
    lane.write_text("say one")
    assert model.reply(asking("say a", lane=Lane.POLICY)).usage.reused_tokens == 2
    assert not lane.exists()


@pytest.mark.parametrize("ending", ["close", "unload"])
@pytest.mark.parametrize("order", ["endless", "hang"])
def test_another_thread_may_end_it_in_the_middle_of_an_answer(make_model, ending, order):
    model = make_model()
    begun = threading.Event()
    replies = []

    def ask() -> None:
        replies.append(model.reply(asking(order), on_text=lambda *_: begun.set()))

    caller = threading.Thread(target=ask)
    caller.start()
    assert begun.wait(20)
    getattr(model, ending)()
    caller.join(10)
    assert [reply.end for reply in replies] == [ReplyEnd.CANCELLED]
    assert replies[0].text
    assert model_processes() == []


def test_a_closed_model_says_so(make_model):
    model = make_model()
    model.close()
    model.close()
    with pytest.raises(ModelDied, match="closed"):
        model.reply(asking("say a"))


def test_a_model_at_work_is_not_idle(make_model):
    model = make_model()
    seen: list[bool] = []
    other: list[threading.Thread] = []

    def try_to_unload(_index: int, _text: str) -> None:
        if not other:
            other.append(threading.Thread(target=lambda: seen.append(model.unload_if_idle())))
            other[0].start()
            other[0].join()

    assert model.reply(asking("say a b"), on_text=try_to_unload).text == "a b "
    assert seen == [False]
    assert model.unload_if_idle()
    assert model_processes() == []


# --- what it shows -------------------------------------------------------------------------------------------------


def test_its_status_follows_what_it_does(make_model):
    seen: list[ModelStatus] = []
    model = make_model(on_status=seen.append)
    model.reply(asking("say a b"))
    states = [status.state for index, status in enumerate(seen) if not index or seen[index - 1].state != status.state]
    assert states == [ModelState.LOADING, ModelState.READY, ModelState.READING_PROMPT, ModelState.ANSWERING, "ready"]
    assert seen[-1].name == "Fake kind"
    assert seen[-1].memory_bytes > 0


def test_it_says_how_it_is_run(make_model):
    model = make_model()
    assert model.load_report is None
    model.about()
    assert model.load_report is not None
    assert model.load_report.threads == 1


# --- no process outlives the app -----------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="a kill that nobody can catch")
@pytest.mark.parametrize(("loading", "order"), [("fine", "say a"), ("fine", "endless"), ("fine", "hang"), ("hang", "")])
def test_the_process_ends_with_the_app_however_that_ends(tmp_path, loading, order):
    file = tmp_path / "kind.gguf"
    file.write_text(loading)
    script = tmp_path / "app.py"
    script.write_text(
        "import sys, threading\n"
        f"sys.path[:0] = {[str(Path(__file__).parents[2]), str(Path(__file__).parents[3])]!r}\n"
        "from pathlib import Path\n"
        "from fake_model_process import asking, model_command\n"
        "from models.process.host import LocalModel\n"
        f"model = LocalModel(Path({str(file)!r}), check=lambda path: None, command=model_command)\n"
        "begun = threading.Event()\n"
        "def work():\n"
        f"    model.reply(asking({order!r}), on_text=lambda *_: begun.set())\n"
        "threading.Thread(target=work, daemon=True).start()\n"
        f"marker = Path({str(file.with_suffix('.loads'))!r})\n"
        f"while not (marker.exists() if {loading!r} == 'hang' else begun.is_set()): pass\n"
        "print(model.process_id, flush=True)\n"
        "threading.Event().wait()\n"
    )
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as app:
        worker = psutil.Process(int(app.stdout.readline()))
        app.kill()
    wait_until(lambda: is_ended(worker), timeout_s=2.0)
    assert is_ended(worker)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process that cannot notice it by itself")
def test_a_process_that_can_do_nothing_ends_with_the_app_too(tmp_path):
    script = tmp_path / "app.py"
    file = tmp_path / "kind.gguf"
    file.write_text("fine")
    script.write_text(
        "import sys\n"
        f"sys.path[:0] = {[str(Path(__file__).parents[2]), str(Path(__file__).parents[3])]!r}\n"
        "from pathlib import Path\n"
        "from fake_model_process import model_command\n"
        "from models.process.host import LocalModel\n"
        f"model = LocalModel(Path({str(file)!r}), check=lambda path: None, command=model_command)\n"
        "model.about()\n"
        "print(model.process_id, flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as app:
        worker = psutil.Process(int(app.stdout.readline()))
        worker.suspend()
        app.kill()
    wait_until(lambda: is_ended(worker), timeout_s=2.0)
    assert is_ended(worker)


def is_ended(process: psutil.Process) -> bool:
    """Whether it is gone, but for an entry that whoever adopted it has to clear away."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="others cannot outlive the thread that started them")
def test_the_process_outlives_the_thread_that_first_used_it(make_model):
    model = make_model()
    first = threading.Thread(target=model.about)
    first.start()
    first.join()
    process = model.process_id
    assert model.reply(asking("say a")).text == "a "
    assert model.process_id == process
