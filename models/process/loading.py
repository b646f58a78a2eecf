"""Gets a model file loaded in a process of its own, or finds the words why that is not possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from models.chat import IsCancelled
from models.errors import EngineMissing, LoadCancelled, ModelDied, ModelStuck, ModelTooLarge
from models.llama_settings import RuntimeSettings
from models.process.child import Child, NotStarted
from models.process.dialogue import Dialogue, GivenUp, OnSign
from models.process.failures import Failures
from models.process.missing import explained
from models.process.patience import Limits, limits_for
from models.process.wire import Load, Loaded, path_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """How one model file is loaded."""

    path: Path
    settings: Callable[[], RuntimeSettings]
    """How to run it, asked for at each load."""
    check: Callable[[Path], object]
    """Looks at the file before it is loaded, and raises ModelUnusable."""
    make_room: Callable[[bool], bool] | None
    """Called before each load, and again with True if there was not enough memory; gives back memory that other
    models hold and says whether it did."""
    command: Callable[[], Sequence[str]]
    """Starts the process."""
    limits: Limits
    failures: Failures

    def load(
        self,
        *,
        on_start: Callable[[Dialogue | None], None],
        on_sign: OnSign,
        is_cancelled: IsCancelled | None,
    ) -> Loaded:
        """Start a process and load the model in it; return what it says of the model.

        Args:
            on_start: takes the process as soon as there is one, and ends it when there is to be another; may raise.
            on_sign: hears signs of life.
            is_cancelled: asked several times while waiting.

        Raises:
            ModelError: why it is not loaded.
        """
        self.failures.check()
        self.check(self.path)
        if self.make_room is not None:
            self.make_room(False)
        settings = self.settings()
        while True:
            try:
                return self._load_once(settings, on_start, on_sign, is_cancelled)
            except ModelTooLarge:
                if settings.use_repacking:
                    settings = replace(settings, use_repacking=False)
                elif self.make_room is None or not self.make_room(True):
                    raise
            on_start(None)

    def _load_once(
        self,
        settings: RuntimeSettings,
        on_start: Callable[[Dialogue | None], None],
        on_sign: OnSign,
        is_cancelled: IsCancelled | None,
    ) -> Loaded:
        dialogue = self._started()
        on_start(dialogue)
        if is_cancelled is not None and is_cancelled():
            raise load_cancelled()
        try:
            return dialogue.ask(
                Load(number=dialogue.next_number, path=path_bytes(self.path), settings=settings),
                expect=Loaded,
                phase="starting",
                doing="while it was being loaded",
                is_cancelled=is_cancelled,
                on_sign=on_sign,
            )
        except GivenUp as error:
            raise load_cancelled() from error
        except EngineMissing as error:
            raise explained(error) from error
        except ModelDied as error:
            raise self.failures.judged(
                error, has_engine=dialogue.has_engine, is_certain=dialogue.is_settling and isinstance(error, ModelStuck)
            ) from error

    def _started(self) -> Dialogue:
        file_bytes = 0
        with suppress(OSError):
            file_bytes = self.path.stat().st_size
        try:
            return Dialogue(Child(self.command()), limits=limits_for(file_bytes, given=self.limits))
        except NotStarted as error:
            raise EngineMissing(
                "The process that runs language models could not be started", hint=f"The reason: {error}."
            ) from error


def load_cancelled() -> LoadCancelled:
    """Return the error for a load that nobody waits for."""
    return LoadCancelled("Loading the model was broken off")
