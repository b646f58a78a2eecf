"""Measures once, in the background, how this machine runs a model best; gives way at once to whoever asks a model.

Threads, the size of prompt batches and rearranged weights are tried one after the other, each with the best of what
was tried before: half a dozen short measurements, bounded by a minute. Flash attention is not tried: on a processor it
looks good in a short measurement and halves the speed of a conversation of some thousand tokens; on a graphics card it
is always right.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import psutil

from models.chat import IsCancelled, ModelAbout
from models.errors import ModelError
from models.files.gguf import GgufAbout, read_gguf
from models.llama_settings import LoadReport, Measurement, RuntimeSettings, best_settings
from models.machine.room import free_memory_bytes
from models.machine.settings import MachineSettings

BUDGET_S = 60.0
SECONDS = 1.5
"""For reading, and again for generating, in each measurement."""

_UBATCHES = (256, 512)
_LOOK_S = 0.2
_BUSY_PERCENT = 30.0
_REPACKED_TIMES = 2.2
"""Rearranged weights lie beside the file's pages while they are made."""


class Measurable(Protocol):
    """A local model, as far as measuring needs it."""

    @property
    def load_report(self) -> LoadReport | None: ...

    def about(self, *, is_cancelled: IsCancelled | None = None) -> ModelAbout: ...

    def measure(
        self, settings: RuntimeSettings, *, seconds: float = ..., is_cancelled: IsCancelled | None = None
    ) -> Measurement | None: ...

    def unload(self) -> None: ...

    def close(self) -> None: ...


MakeModel = Callable[[Path, Callable[[], RuntimeSettings]], Measurable]


def thread_counts(*, physical: int, logical: int) -> tuple[int, ...]:
    """Return the numbers of threads worth trying, the usual one first."""
    return tuple(dict.fromkeys(max(1, count) for count in (physical, logical, physical - 1)))


def machine_is_quiet() -> bool:
    """Return whether the processor has little to do, and is not slowed down by a battery; takes a moment to look."""
    look = getattr(psutil, "sensors_battery", None)
    battery = look() if look is not None else None
    if battery is not None and battery.power_plugged is False:
        return False
    return psutil.cpu_percent(interval=_LOOK_S) < _BUSY_PERCENT


class Tuner:
    """Measures models that somebody wants measured, one at a time, on the thread that calls ``run``.

    Args:
        known: what was measured before; new results go there.
        make_model: makes the model to be measured, with settings that are asked for at each load.
        read: reads what a file says of itself.
        free_bytes: memory that is free.
        is_quiet: whether other programs leave the machine alone; nothing that is measured is worth much otherwise.
        budget_s: after so long nothing new is begun.
        clock: seconds.
    """

    def __init__(
        self,
        known: MachineSettings,
        *,
        make_model: MakeModel,
        read: Callable[[Path], GgufAbout] = read_gguf,
        free_bytes: Callable[[], int] = free_memory_bytes,
        is_quiet: Callable[[], bool] = machine_is_quiet,
        budget_s: float = BUDGET_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._known = known
        self._make_model = make_model
        self._read = read
        self._free_bytes = free_bytes
        self._is_quiet = is_quiet
        self._budget_s = budget_s
        self._clock = clock
        self._lock = threading.Lock()
        self._wanted: list[Path] = []
        self._model: Measurable | None = None
        self._is_stopped = threading.Event()
        self._is_closed = False

    def want(self, path: Path) -> None:
        """Have a model measured when ``run`` is next called, unless one of its shape was."""
        with self._lock:
            if path not in self._wanted:
                self._wanted.append(path)

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to measure."""
        return bool(self._wanted) and not self._is_closed

    def run(self, *, is_free: Callable[[], bool]) -> None:
        """Measure what is wanted, as long as ``is_free`` says that nobody else uses a model.

        What cannot be loaded, or makes trouble, is not tried again; what was broken off is.
        """
        while self.is_wanted and self._is_quiet() and is_free():
            path = self._wanted[0]
            self._is_stopped.clear()
            try:
                is_done = self._measure(path, lambda: self._is_stopped.is_set() or not is_free())
            except ModelError:
                is_done = not self._is_stopped.is_set()
            if not is_done:
                return
            with self._lock, suppress(ValueError):
                self._wanted.remove(path)

    def stop(self) -> None:
        """Break off a measurement and give its memory back, before this returns; it is wanted still."""
        self._is_stopped.set()
        with self._lock:
            model = self._model
        if model is not None:
            model.unload()

    def close(self) -> None:
        """Measure nothing any more."""
        self._is_closed = True
        self.stop()

    def _measure(self, path: Path, is_cancelled: IsCancelled) -> bool:
        about = self._read(path)
        if self._known.tuned(about) is not None:
            return True
        loaded_with = [RuntimeSettings(use_repacking=False)]
        model = self._make_model(path, lambda: loaded_with[0])
        with self._lock:
            self._model = model
        try:
            measurements: list[Measurement] = []
            until = self._clock() + self._budget_s
            longest_s = 0.0
            for settings in self._candidates(model, about, measurements, is_cancelled):
                if measurements and self._clock() + longest_s > until:
                    break
                if bool(settings.use_repacking) != bool(loaded_with[0].use_repacking):
                    loaded_with[0] = settings
                    model.unload()
                began = self._clock()
                measured = model.measure(settings, seconds=SECONDS, is_cancelled=is_cancelled)
                if measured is None or is_cancelled():
                    return False
                longest_s = max(longest_s, self._clock() - began)
                measurements.append(measured)
            if is_cancelled():
                return False
            self._known.keep(about, measurements)
            return True
        finally:
            with self._lock:
                self._model = None
            model.close()

    def _candidates(
        self, model: Measurable, about: GgufAbout, measured: list[Measurement], is_cancelled: IsCancelled
    ) -> Iterator[RuntimeSettings]:
        """Yield what to try next, given what was measured so far."""
        model.about(is_cancelled=is_cancelled)
        report = model.load_report
        is_on_card = report is not None and 0 < report.layers <= report.gpu_layers
        base = RuntimeSettings(use_repacking=False, policy_flash_attention=is_on_card)

        def best() -> RuntimeSettings:
            return best_settings(measured, base=base)

        machine = self._known.machine
        if is_on_card:
            yield base
        else:
            for threads in thread_counts(physical=machine.physical_cores, logical=machine.cores):
                yield replace(base, threads=threads, batch_threads=threads)
        settings = best()
        for ubatch in _UBATCHES:
            if ubatch != settings.ubatch:
                yield replace(settings, ubatch=ubatch)
        if not is_on_card and self._free_bytes() > _REPACKED_TIMES * about.weight_bytes:
            yield replace(best(), use_repacking=True)
