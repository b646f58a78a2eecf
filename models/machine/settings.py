"""How this machine runs models best, as it was measured: kept as ``machine.json`` in the data folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from models.choice import replace_file
from models.files.gguf import GgufAbout
from models.llama.environment import ENGINE_VERSION
from models.llama_settings import Measurement, RuntimeSettings, best_settings
from models.machine.hardware import Machine
from models.process.wire import BrokenFrame, decode, encode

MACHINE_FILE = "machine.json"

_FORMAT = 1
_GIB = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """What was measured with models of one shape, and what came of it."""

    settings: RuntimeSettings
    measurements: tuple[Measurement, ...]
    measured_at: str
    """In UTC, ISO 8601."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    format: int = _FORMAT
    models: dict[str, Tuned] = field(default_factory=dict)
    """By machine, engine and shape of the model."""


class MachineSettings:
    """What is known of this machine. May be used from any thread.

    Args:
        data_folder: holds the file.
        machine: looks at the computer; asked once, when a model is first loaded.
    """

    def __init__(self, data_folder: Path, *, machine: Callable[[], Machine]) -> None:
        self._path = data_folder / MACHINE_FILE
        self._look = machine
        self._machine: Machine | None = None
        self._lock = threading.Lock()

    @property
    def machine(self) -> Machine:
        """What there is, as it was when this was first asked."""
        with self._lock:
            if self._machine is None:
                self._machine = self._look()
            return self._machine

    def for_model(self, about: GgufAbout) -> RuntimeSettings:
        """Return the settings that were measured to be best for such a model; nothing decided where none were."""
        tuned = self.tuned(about)
        return tuned.settings if tuned is not None else RuntimeSettings()

    def tuned(self, about: GgufAbout) -> Tuned | None:
        """Return what was measured with such a model on this machine."""
        return self._read().models.get(self.key(about))

    def keep(self, about: GgufAbout, measurements: Sequence[Measurement]) -> Tuned:
        """Write down what was measured and return it; where it cannot be written it is measured again some day."""
        tuned = Tuned(
            settings=best_settings(measurements, base=RuntimeSettings()),
            measurements=tuple(measurements),
            measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        written = self._read()
        written = replace(written, models={**written.models, self.key(about): tuned})
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, encode(written))
        return tuned

    def key(self, about: GgufAbout) -> str:
        """Return what the best settings depend on, as one line."""
        machine = self.machine
        cards = ", ".join(gpu.name for gpu in machine.gpus) or "no graphics card"
        return "; ".join(
            (
                f"{machine.cpu_name} ({machine.physical_cores} of {machine.cores} cores)",
                f"{round(machine.memory_bytes / _GIB)} GiB",
                cards,
                f"llama-cpp-python {ENGINE_VERSION}",
                f"{about.architecture} {about.layers}x{about.embedding} {about.quantisation}",
            )
        )

    def _read(self) -> _Written:
        try:
            return decode(self._path.read_bytes(), _Written)
        except (OSError, BrokenFrame):
            return _Written()
