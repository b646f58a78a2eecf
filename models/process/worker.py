"""The model process: takes commands from its standard input, and owns llama.cpp and one loaded model.

It is expendable. Whatever a model file or the library does to it, the app goes on: see ``host`` for the other end.
While the main thread computes, another one listens: it breaks off what was cancelled, and ends the process at once
when the app is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from models.errors import ModelError, ModelTooLarge
from models.process.boxes import Inbox, Outbox
from models.process.engine import Engine, Interrupt, Runtime
from models.process.own_process import leave_word, prepare_process, take_pipes
from models.process.patience import LOADING, SETTLING
from models.process.refusals import refusal
from models.process.wire import (
    Command,
    Count,
    Counted,
    EngineAbilities,
    Frame,
    LaneKept,
    Load,
    Loaded,
    Measure,
    Measured,
    Probe,
    Probed,
    Refused,
    Replied,
    RestoreLane,
    SaveLane,
    Say,
    Started,
    Weigh,
    Weighed,
    path_from,
)

_LOAD_STEPS = 1_000


def main() -> None:
    """Serve commands until the standard input ends; the app's death ends it too."""
    commands, answers = take_pipes()
    prepare_process()
    serve(commands, answers, import_engine=_import_engine)


def serve(commands: BinaryIO, answers: BinaryIO, *, import_engine: Callable[[], Engine]) -> None:
    """Carry out commands; does not return. The engine is imported when the first model is to be loaded."""
    Worker(Inbox(commands), answers, import_engine=import_engine).work()


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
            leave_word()
            return refusal(_no_memory(), number=command.number)
        except Exception as error:  # the border of the process: the app is told, and starts another one
            leave_word()
            if isinstance(error, ValueError) and not isinstance(command, Load):
                return refusal(_impossible(error), number=command.number)
            return Refused(
                number=command.number,
                kind="died",
                title="The model broke down",
                hint=f"Something unexpected happened in it ({type(error).__name__}). "
                "It is started again when it is needed.",
            )

    def _carried_out(self, command: Command, outbox: Outbox) -> Frame:
        number = command.number
        if isinstance(command, Load):
            loaded = self._loaded(command, outbox)
            return Loaded(number=number, about=loaded.about, report=loaded.load_report)
        if isinstance(command, Probe):
            return Probed(number=number, abilities=self._imported()[0].abilities())
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
        engine, interrupt = self._imported()
        if self._runtime is not None:
            self._runtime.close()
            self._runtime = None

        def on_progress(fraction: float) -> None:
            outbox.progress(LOADING if fraction < 1.0 else SETTLING, int(fraction * _LOAD_STEPS), _LOAD_STEPS)

        on_progress(0.0)
        runtime = engine.load(
            path_from(command.path),
            command.settings,
            on_progress=on_progress,
            interrupt=interrupt,
        )
        self._runtime = runtime
        return runtime

    def _imported(self) -> tuple[Engine, Interrupt]:
        if self._engine is None or self._interrupt is None:
            self._engine = self._import_engine()
            self._interrupt = self._engine.interrupt()
            self._inbox.attach(self._interrupt)
        return self._engine, self._interrupt


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

    load = open_engine().load
    from models.llama.bindings import api, engine_version  # noqa: PLC0415  there is one now

    def abilities() -> EngineAbilities:
        return EngineAbilities(version=engine_version(), can_offload=bool(api.llama_supports_gpu_offload()))

    return Engine(interrupt=LlamaInterrupt, load=load, abilities=abilities)


if __name__ == "__main__":
    main()
