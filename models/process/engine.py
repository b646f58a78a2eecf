"""What the model process needs of an engine: llama.cpp, or whatever a test puts in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from models.chat import ChatRequest, ModelAbout, OnText, Prompt, Reply
from models.llama_settings import LoadReport, Measurement, RuntimeSettings
from models.process.wire import EngineAbilities

OnProgress = Callable[[str, int, int], None]
"""Called with the phase, what of it is done, and how much there is in all."""


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
    abilities: Callable[[], EngineAbilities]
