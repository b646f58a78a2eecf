from __future__ import annotations

import threading
import time

import pytest
from asked_models import ask, ask_policy, assistant, load_model, request, system, user

from models.chat import Lane, ReplyEnd
from models.errors import LoadCancelled
from models.llama.interrupt import Interrupt
from models.llama_settings import Phase, RuntimeSettings

pytest.importorskip("llama_cpp")

from models.llama.environment import open_engine

LONG = "the answer to the question is in the page that was read. " * 30


def assert_exact(runtime):
    """What every sequence is said to hold is what llama.cpp holds."""
    for lane in (runtime._loaded.policy, runtime._loaded.reading):
        for known in lane.known:
            assert lane.context.length(known.sequence) == known.decoded == len(known.cells)
            assert known.decoded <= len(known.tokens) == len(known.ends) == len(known.spoken)


def test_an_interrupt_can_be_set_cleared_and_seen():
    interrupt = Interrupt()
    assert not interrupt.is_set
    interrupt.set()
    assert interrupt.is_set
    interrupt.clear()
    assert not interrupt.is_set


def test_a_stop_while_a_prompt_is_read_leaves_what_was_read(runtime):
    interrupt = Interrupt()

    def hear(phase: Phase, done: int, total: int) -> None:
        if done >= 256:
            interrupt.set()

    asked = request(user(LONG), lane=Lane.POLICY)
    (reply,) = runtime.replies([asked], on_text=None, on_progress=hear, interrupt=interrupt)
    assert reply.end is ReplyEnd.CANCELLED
    assert reply.text == ""
    assert_exact(runtime)
    (again,) = ask(runtime, asked)
    assert again.usage.reused_tokens == 256
    assert again.end is ReplyEnd.LENGTH
    assert_exact(runtime)


def test_a_stop_in_a_computation_from_another_thread_leaves_the_truth(model_file):
    runtime = load_model(model_file, ubatch=512)
    interrupt = Interrupt()
    asked = [request(system("s"), user(f"{number}" + LONG), max_tokens=400) for number in range(3)]
    for delay_s in (0.0, 0.002, 0.005, 0.01, 0.02, 0.03):
        timer = threading.Timer(delay_s, interrupt.set)
        timer.start()
        replies = runtime.replies(asked, on_text=None, on_progress=None, interrupt=interrupt)
        timer.join()
        interrupt.clear()
        assert len(replies) == 3
        assert_exact(runtime)
    whole = ask(runtime, *asked)
    fresh = load_model(model_file, ubatch=512)
    assert [reply.text[:8] for reply in whole] == [reply.text[:8] for reply in ask(fresh, *asked)]
    fresh.close()
    runtime.close()


def test_a_stop_while_a_reply_is_generated_keeps_what_was_said(runtime):
    interrupt = Interrupt()
    said: list[str] = []

    def hear(index: int, text: str) -> None:
        said.append(text)
        if len(said) == 5:
            interrupt.set()

    turns = [system("Answer."), user("the river")]
    asked = request(*turns, lane=Lane.POLICY, max_tokens=400)
    (reply,) = runtime.replies([asked], on_text=hear, on_progress=None, interrupt=interrupt)
    assert reply.end is ReplyEnd.CANCELLED
    assert reply.text == "".join(said)
    assert_exact(runtime)
    after = ask_policy(runtime, *turns, assistant(reply.text), user("Go on."))
    assert after.usage.reused_tokens == reply.usage.prompt_tokens + reply.usage.reply_tokens - 1
    assert_exact(runtime)


def test_a_stop_ends_every_reply_of_a_batch(runtime):
    interrupt = Interrupt()

    def hear(index: int, text: str) -> None:
        interrupt.set()

    replies = runtime.replies(
        [request(user(text), max_tokens=300) for text in "abcdef"], on_text=hear, on_progress=None, interrupt=interrupt
    )
    assert [reply.end for reply in replies] == [ReplyEnd.CANCELLED] * 6
    assert_exact(runtime)


def test_what_is_stopped_before_it_begins_does_nothing(runtime):
    interrupt = Interrupt()
    interrupt.set()
    (reply,) = runtime.replies([request(user("x"))], on_text=None, on_progress=None, interrupt=interrupt)
    assert reply.end is ReplyEnd.CANCELLED
    assert runtime.weigh(request(user("x")), options=("yes", "no"), interrupt=interrupt) == (0.0, 0.0)
    assert_exact(runtime)


def test_loading_can_be_given_up(model_file):
    interrupt = Interrupt()
    interrupt.set()
    with pytest.raises(LoadCancelled):
        open_engine().load(model_file, RuntimeSettings(), on_progress=lambda share: None, interrupt=interrupt)


def test_another_thread_runs_while_the_model_computes(runtime):
    beats = 0
    stop = threading.Event()

    def beat() -> None:
        nonlocal beats
        while not stop.is_set():
            beats += 1
            time.sleep(0)

    thread = threading.Thread(target=beat)
    thread.start()
    ask(runtime, request(user(LONG), max_tokens=50))
    stop.set()
    thread.join()
    assert beats > 50
