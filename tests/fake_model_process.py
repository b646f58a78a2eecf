"""A model process without llama.cpp: the real worker around a runtime that does what files and prompts tell it to.

The model file's text says how loading goes, a word a line: ``crash``, ``crash once``, ``hang``, ``slow``, ``refuse``,
``killed``, ``raise``, ``endless template``, ``too large once``, ``slow to measure``. Its prompt says the rest.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from models.chat import ChatRequest, Lane, Message, ModelAbout, Prompt, Reply, ReplyEnd, Speaker, Usage
from models.errors import ContextFull, EngineMissing, LoadCancelled, ModelTooLarge, ModelUnusable
from models.llama_settings import LoadReport, Measurement, Phase, RuntimeSettings
from models.process import boxes as worker_boxes
from models.process import worker
from models.process.engine import Engine
from models.process.own_process import prepare_process, take_pipes
from models.process.wire import EngineAbilities

CONTEXT_TOKENS = 1_000


def model_command() -> tuple[str, ...]:
    """Return the command that starts this process."""
    return (sys.executable, "-P", str(Path(__file__)))


def asking(text: str, *, lane: Lane = Lane.READING) -> ChatRequest:
    """Return a request whose last words are the text."""
    return ChatRequest(prompt=Prompt(messages=(Message(speaker=Speaker.USER, text=text),)), lane=lane)


class FakeRuntime:
    """Says the words it is told to say."""

    def __init__(self, path: Path, settings: RuntimeSettings) -> None:
        self.about = ModelAbout(
            name=f"Fake {path.stem}",
            context_tokens=CONTEXT_TOKENS,
            reading_tokens=CONTEXT_TOKENS,
            enforces_grammar=True,
            traits=frozenset({"fake", "<tool_call>"}),
        )
        self.load_report = LoadReport(
            threads=settings.threads or 1,
            batch_threads=settings.batch_threads or 1,
            context_tokens=CONTEXT_TOKENS,
            reading_tokens=CONTEXT_TOKENS,
            ubatch=settings.ubatch or 128,
            layers=2,
            gpu_layers=0,
            policy_flash_attention=bool(settings.policy_flash_attention),
            reading_flash_attention=False,
            uses_repacking=bool(settings.use_repacking),
            kv_type="f16",
            kv_bytes_per_token=1,
            kv_bytes=CONTEXT_TOKENS,
            weight_bytes=path.stat().st_size,
            max_parallel=4,
            is_shared_context=False,
            load_s=0.0,
        )
        self._is_slow_to_measure = path.read_text() == "slow to measure"
        self._lane = ""

    def replies(self, requests: Sequence[ChatRequest], *, on_text, on_progress, interrupt) -> tuple[Reply, ...]:
        replies = []
        for index, request in enumerate(requests):
            text = request.prompt.messages[-1].text
            reused = len(self._lane.split()) if request.lane is Lane.POLICY else 0
            pieces: list[str] = []

            def say(piece: str, index: int = index, pieces: list[str] = pieces) -> None:
                pieces.append(piece)
                if on_text is not None:
                    on_text(index, piece)

            end = _perform(text, say=say, on_progress=on_progress, interrupt=interrupt)
            if request.lane is Lane.POLICY:
                self._lane = text
            usage = Usage(prompt_tokens=len(text.split()), reused_tokens=reused, reply_tokens=len(pieces))
            replies.append(Reply(text="".join(pieces), end=end, usage=usage))
        return tuple(replies)

    def weigh(self, request: ChatRequest, *, options: tuple[str, ...], interrupt) -> tuple[float, ...]:
        end = _perform(
            request.prompt.messages[-1].text, say=lambda _: None, on_progress=lambda *_: None, interrupt=interrupt
        )
        if end is ReplyEnd.CANCELLED:
            return (0.0,) * len(options)
        return tuple(1.0 / len(options) for _ in options)

    def count(self, prompt: Prompt) -> int:
        _perform(prompt.messages[-1].text, say=lambda _: None, on_progress=lambda *_: None, interrupt=None)
        return sum(len(message.text.split()) for message in prompt.messages)

    def save_lane(self, path: Path) -> bool:
        if not self._lane:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._lane)
        return True

    def restore_lane(self, path: Path) -> bool:
        text = path.read_text()
        if text.startswith("crash"):
            os.kill(os.getpid(), signal.SIGSEGV)
        if text.startswith("hang"):
            threading.Event().wait()
        if text.startswith("odd"):
            raise ValueError(text)
        self._lane = text
        return True

    def measure(self, settings: RuntimeSettings, *, interrupt, seconds: float) -> Measurement | None:
        """Three threads are fastest, flash attention slows down, rearranged weights do a little good."""
        while self._is_slow_to_measure:
            time.sleep(0.005)
            if interrupt.is_set():
                return None
        speed = 10.0 - abs(3 - (settings.threads or 1)) - 2 * bool(settings.policy_flash_attention)
        speed += self.load_report.uses_repacking
        return Measurement(settings=settings, prompt_tokens_per_s=10 * speed, reply_tokens_per_s=speed)

    def close(self) -> None:
        pass


def _perform(text: str, *, say: Callable[[str], None], on_progress, interrupt) -> ReplyEnd:
    order, _, rest = text.partition(" ")
    if order == "hang-template":
        threading.Event().wait()
    if order == "spin-template":
        while True:
            pass
    on_progress(Phase.READING_PROMPT, 0, 100)
    on_progress(Phase.READING_PROMPT, 100, 100)
    match order:
        case "crash":
            say("Before ")
            os.kill(os.getpid(), getattr(signal, rest or "SIGSEGV"))
        case "exit":
            os._exit(int(rest))
        case "memory":
            os.write(2, b"ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 1234\n")
            os.abort()
        case "hang":
            say("Before ")
            threading.Event().wait()
        case "raise":
            raise ZeroDivisionError(rest)
        case "full":
            raise ContextFull(needed=2_000, available=CONTEXT_TOKENS)
        case "print":
            print("x" * 200_000, flush=True)
            os.write(1, b"noise" * 50_000)
        case "burst" | "stream":
            count, pause_ms = rest.split()
            worker_boxes.TEXT_INTERVAL_S = 0.0 if order == "stream" else 0.02
            for number in range(int(count)):
                say(f"word{number} ")
                if float(pause_ms):
                    time.sleep(float(pause_ms) / 1_000)
        case "endless":
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                say("more ")
                if interrupt.is_set():
                    return ReplyEnd.CANCELLED
                time.sleep(0.005)
    for word in rest.split() if order == "say" else ():
        on_progress(Phase.ANSWERING, 0, 0)
        say(word + " ")
    return ReplyEnd.COMPLETE


def load(path: Path, settings: RuntimeSettings, *, on_progress: Callable[[float], None], interrupt) -> FakeRuntime:
    """Load as the file says."""
    on_progress(0.1)
    for order in path.read_text().splitlines():
        marker = path.with_suffix(".loads")
        loads = int(marker.read_text()) if marker.exists() else 0
        marker.write_text(str(loads + 1))
        match order:
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "crash once" if loads == 0:
                os.kill(os.getpid(), signal.SIGSEGV)
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "hang":
                threading.Event().wait()
            case "slow":
                for step in range(3_000):
                    on_progress(step / 3_000)
                    if interrupt.is_set():
                        raise LoadCancelled("Broken off")
                    time.sleep(0.01)
            case "refuse":
                raise ModelUnusable("The file is of an unknown kind", hint="Choose another one.")
            case "too large once" if loads == 0:
                raise ModelTooLarge("The model needs more memory than is free")
            case "too large rearranged" if settings.use_repacking:
                raise ModelTooLarge("The model needs more memory than is free")
            case "raise":
                raise KeyError("tokenizer.ggml.tokens")
    on_progress(1.0)
    if path.read_text() == "endless template":
        threading.Event().wait()
    return FakeRuntime(path, settings)


def import_engine() -> Engine:
    """Return the engine; the environment may say that there is none, or that it crashes."""
    match os.environ.get("FAKE_ENGINE", ""):
        case "missing":
            raise EngineMissing("llama.cpp cannot be used", hint="No module named 'llama_cpp'.")
        case "crash":
            os.kill(os.getpid(), signal.SIGILL)
    abilities = EngineAbilities(version="0.0.1", can_offload=True)
    return Engine(interrupt=threading.Event, load=load, abilities=lambda: abilities)


if __name__ == "__main__":
    commands, answers = take_pipes()
    prepare_process()
    worker.serve(commands, answers, import_engine=import_engine)
