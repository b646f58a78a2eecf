"""The model process: takes commands from its standard input, and owns llama.cpp and one loaded model.

It is expendable. Whatever a model file or the library does to it, the app goes on: see ``host`` for the other end.
While the main thread computes, another one listens: it breaks off what was cancelled, and ends the process at once
when the app is gone.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import queue
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from models.chat import ChatRequest, ModelAbout, OnText, Prompt, Reply
from models.errors import ModelError, ModelTooLarge
from models.llama_settings import LoadReport, Measurement, RuntimeSettings
from models.patience import LOADING, SETTLING
from models.wire import (
    BrokenFrame,
    Cancel,
    Command,
    Count,
    Counted,
    Frame,
    Heard,
    LaneKept,
    Load,
    Loaded,
    Measure,
    Measured,
    Progressed,
    Refused,
    Replied,
    RestoreLane,
    SaveLane,
    Say,
    Started,
    Weigh,
    Weighed,
    path_from,
    read_command,
    refusal,
    write_frame,
)

TEXT_INTERVAL_S = 0.02
"""Pieces of text that come faster than this travel together."""
_SIGN_INTERVAL_S = 0.05
_LOAD_STEPS = 1_000
_DIE_WITH_PARENT = 1
_OOM_SCORE = b"600"
"""Of -1000 to 1000: when memory runs out this process goes, not the window."""

OnProgress = Callable[[str, int, int], None]


class Interrupt(Protocol):
    """Breaks off what the engine does; may be set from another thread."""

    def set(self) -> None: ...

    def clear(self) -> None: ...


class Runtime(Protocol):
    """A loaded model, as ``models.llama`` makes it."""

    about: ModelAbout
    load_report: LoadReport

    def replies(
        self,
        requests: Sequence[ChatRequest],
        *,
        on_text: OnText | None,
        on_progress: OnProgress | None,
        interrupt: Any,
    ) -> tuple[Reply, ...]: ...

    def weigh(self, request: ChatRequest, *, options: tuple[str, ...], interrupt: Any) -> tuple[float, ...]: ...

    def count(self, prompt: Prompt) -> int: ...

    def save_lane(self, path: Path) -> bool: ...

    def restore_lane(self, path: Path) -> bool: ...

    def measure(self, settings: RuntimeSettings, *, interrupt: Any, seconds: float) -> Measurement | None: ...

    def close(self) -> None: ...


class LoadModel(Protocol):
    """Loads a model file; raises ModelError."""

    def __call__(
        self, path: Path, settings: RuntimeSettings, *, on_progress: Callable[[float], None], interrupt: Any
    ) -> Runtime: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What was imported to run models with."""

    interrupt: Callable[[], Interrupt]
    load: LoadModel


def main() -> None:
    """Serve commands until the standard input ends; the app's death ends it too."""
    commands, answers = _take_pipes()
    _prepare_process()
    serve(commands, answers, import_engine=_import_engine)


def serve(commands: BinaryIO, answers: BinaryIO, *, import_engine: Callable[[], Engine]) -> None:
    """Carry out commands; does not return. The engine is imported when the first model is to be loaded."""
    Worker(Inbox(commands), answers, import_engine=import_engine).work()


class Inbox:
    """The commands that wait, and what was cancelled of them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._number = 0
        self._cancelled = 0
        self._interrupt: Interrupt | None = None
        threading.Thread(target=self._listen, args=(stream,), name="commands", daemon=True).start()

    def next(self) -> Command:
        """Wait for the next command; from now on it is the one that can be broken off."""
        command = self._commands.get()
        with self._lock:
            self._number = command.number
            self._settle()
        return command

    def attach(self, interrupt: Interrupt) -> None:
        """Have cancelling set this from now on."""
        with self._lock:
            self._interrupt = interrupt
            self._settle()

    def _settle(self) -> None:
        """Numbers grow and each command waits for the last, so the highest number that was cancelled is enough."""
        if self._interrupt is None:
            return
        if self._cancelled == self._number:
            self._interrupt.set()
        else:
            self._interrupt.clear()

    def _listen(self, stream: BinaryIO) -> None:
        with suppress(BrokenFrame, OSError, ValueError):
            while (command := read_command(stream)) is not None:
                if not isinstance(command, Cancel):
                    self._commands.put(command)
                    continue
                with self._lock:
                    self._cancelled = max(self._cancelled, command.number)
                    if self._interrupt is not None and self._cancelled == self._number:
                        self._interrupt.set()
        os._exit(0)


@dataclass(slots=True)
class Outbox:
    """Writes answers to one command; text and signs of life that come too fast are put together."""

    stream: BinaryIO
    number: int
    _pieces: list[tuple[int, str]] = field(default_factory=list)
    _tokens: int = 0
    _text_at: float = 0.0
    _sign_at: float = 0.0
    _phase: str = ""

    def hear(self, index: int, text: str) -> None:
        """Pass on a piece of text, now or with the next."""
        self._tokens += 1
        if self._pieces and self._pieces[-1][0] == index:
            self._pieces[-1] = (index, self._pieces[-1][1] + text)
        else:
            self._pieces.append((index, text))
        now = time.monotonic()
        if now - self._text_at >= TEXT_INTERVAL_S:
            self._text_at = now
            self._send_pieces()

    def progress(self, phase: str, done: int, total: int) -> None:
        """Pass on a sign of life, unless the last was a moment ago and of the same phase."""
        now = time.monotonic()
        if phase == self._phase and now - self._sign_at < _SIGN_INTERVAL_S:
            return
        self._phase, self._sign_at = phase, now
        self._send_pieces()
        self._write(Progressed(number=self.number, phase=phase, done=done, total=total))

    def finish(self, frame: Frame) -> None:
        """Write the answer that ends the command."""
        self._send_pieces()
        self._write(frame)

    def _send_pieces(self) -> None:
        if self._pieces:
            self._write(Heard(number=self.number, pieces=tuple(self._pieces), tokens=self._tokens))
            self._pieces.clear()
            self._tokens = 0

    def _write(self, frame: Frame) -> None:
        try:
            write_frame(self.stream, frame)
        except OSError:
            os._exit(0)  # nobody listens any more


class Worker:
    """Carries out one command after the other."""

    def __init__(self, inbox: Inbox, answers: BinaryIO, *, import_engine: Callable[[], Engine]) -> None:
        self._inbox = inbox
        self._answers = answers
        self._import_engine = import_engine
        self._engine: Engine | None = None
        self._interrupt: Interrupt | None = None
        self._runtime: Runtime | None = None

    def work(self) -> None:
        """Carry out commands; does not return."""
        Outbox(stream=self._answers, number=0).finish(Started())
        while True:
            command = self._inbox.next()
            outbox = Outbox(stream=self._answers, number=command.number)
            outbox.finish(self._answer(command, outbox))

    def _answer(self, command: Command, outbox: Outbox) -> Frame:
        try:
            return self._carried_out(command, outbox)
        except ModelError as error:
            return refusal(error, number=command.number)
        except MemoryError:
            _leave_word()
            return refusal(_no_memory(), number=command.number)
        except Exception as error:  # the border of the process: the app is told, and starts another one
            _leave_word()
            if isinstance(error, ValueError) and not isinstance(command, Load):
                return refusal(_impossible(error), number=command.number)
            return Refused(
                number=command.number,
                kind="died",
                title="The model broke down",
                hint=f"Something unexpected happened in it ({type(error).__name__}). It is started again by itself.",
            )

    def _carried_out(self, command: Command, outbox: Outbox) -> Frame:
        number = command.number
        if isinstance(command, Load):
            loaded = self._loaded(command, outbox)
            return Loaded(number=number, about=loaded.about, report=loaded.load_report)
        runtime, interrupt = self._runtime, self._interrupt
        if runtime is None or interrupt is None:
            raise RuntimeError("no model is loaded")
        match command:
            case Say():
                replies = runtime.replies(
                    command.requests, on_text=outbox.hear, on_progress=outbox.progress, interrupt=interrupt
                )
                return Replied(number=number, replies=replies)
            case Weigh():
                weights = runtime.weigh(command.request, options=command.options, interrupt=interrupt)
                return Weighed(number=number, weights=weights)
            case Count():
                return Counted(number=number, tokens=runtime.count(command.prompt))
            case SaveLane():
                return LaneKept(number=number, is_done=runtime.save_lane(path_from(command.path)))
            case RestoreLane():
                return LaneKept(number=number, is_done=runtime.restore_lane(path_from(command.path)))
            case Measure():
                measurement = runtime.measure(command.settings, interrupt=interrupt, seconds=command.seconds)
                return Measured(number=number, measurement=measurement)
        raise RuntimeError(f"{type(command).__name__} is no command to carry out")

    def _loaded(self, command: Load, outbox: Outbox) -> Runtime:
        if self._engine is None:
            self._engine = self._import_engine()
            self._interrupt = self._engine.interrupt()
            self._inbox.attach(self._interrupt)
        assert self._interrupt is not None
        if self._runtime is not None:
            self._runtime.close()
            self._runtime = None

        def on_progress(fraction: float) -> None:
            outbox.progress(LOADING if fraction < 1.0 else SETTLING, int(fraction * _LOAD_STEPS), _LOAD_STEPS)

        on_progress(0.0)
        runtime = self._engine.load(
            path_from(command.path),
            command.settings,
            on_progress=on_progress,
            interrupt=self._interrupt,
        )
        self._runtime = runtime
        return runtime


def _leave_word() -> None:
    """Write the traceback where the app looks for last words; in a windowed build there is no ``sys.stderr``."""
    with suppress(OSError):
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))


def _impossible(error: ValueError) -> ModelError:
    return ModelError("The model was asked for something that it cannot do", hint=f"The reason: {error}.")


def _no_memory() -> ModelTooLarge:
    return ModelTooLarge(
        "The model needs more memory than is free", hint="Close other programs, or choose a smaller model."
    )


def _import_engine() -> Engine:
    # It costs a second: not before it is needed.
    from models.llama.environment import open_engine  # noqa: PLC0415
    from models.llama.interrupt import Interrupt as LlamaInterrupt  # noqa: PLC0415

    return Engine(interrupt=LlamaInterrupt, load=open_engine().load)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes to ourselves: a library that prints must not be able to break the protocol."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  exists only there

        msvcrt.setmode(commands.fileno(), os.O_BINARY)
        msvcrt.setmode(answers.fileno(), os.O_BINARY)
    return commands, answers


def _prepare_process() -> None:
    """Leave a reason when it crashes, no core file of many gigabytes, and the terminal's Ctrl+C to the app."""
    with suppress(OSError, RuntimeError, ValueError):
        faulthandler.enable(file=2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  exists only on POSIX

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        _end_with_parent()
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_bytes(_OOM_SCORE)


def _end_with_parent() -> None:
    """Have the system end this process with the thread that started it, even when no thread here can run."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, int(signal.SIGKILL), 0, 0, 0)


if __name__ == "__main__":
    main()
