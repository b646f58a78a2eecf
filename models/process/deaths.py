"""Why a model process ended, in words for a person: judged from its exit code, its last words and the free memory."""

from __future__ import annotations

import re
import signal

from models.errors import ModelDied
from models.process.child import Ended

_MEMORY_WORDS = re.compile(
    r"out of memory|bad_alloc|MemoryError|cannot allocate memory|failed to allocate|unable to allocate|"
    r"OutOfDeviceMemory|insufficient memory|cudaMalloc failed|mmap failed|not enough memory",
    re.IGNORECASE,
)
_KEPT_LINES = 12
_WINDOWS_NO_MEMORY = 0xC0000017
_SCARCE_BYTES = 512 << 20


class TakenDown(ModelDied):
    """It did not crash by itself: memory ran out, or somebody ended it."""


def death(ended: Ended, *, doing: str, free_bytes: int) -> ModelDied:
    """Return the error that explains a death; what the process said last is its note.

    Args:
        ended: the end.
        doing: what it did, for people: ``while it was being loaded``.
        free_bytes: of the machine's memory, shortly before.
    """
    if lacked_memory(ended, free_bytes=free_bytes):
        error: ModelDied = TakenDown(
            "The model needed more memory than was free",
            hint=f"It ended {doing}. Close other programs, or choose a smaller model. "
            "It is started again when it is needed.",
        )
    elif was_ended_from_outside(ended):
        error = TakenDown(
            "The model was ended from outside",
            hint=f"It ended {doing}. The system does that when memory runs out. It is started again when it is needed.",
        )
    else:
        error = ModelDied(
            "The model crashed",
            hint=f"It ended {doing} ({_code(ended.exit_code)}). It is started again when it is needed.",
        )
    error.add_note(f"the model process ended with {ended.exit_code}: {last_lines(ended.words)}")
    return error


def lacked_memory(ended: Ended, *, free_bytes: int) -> bool:
    """Whether it most likely ended because memory ran out."""
    if _MEMORY_WORDS.search(ended.words) is not None or ended.exit_code == _WINDOWS_NO_MEMORY:
        return True
    return was_ended_from_outside(ended) and free_bytes < _SCARCE_BYTES


def was_ended_from_outside(ended: Ended) -> bool:
    """Whether another program or the system ended it: SIGKILL, SIGTERM, a task manager."""
    outside = [-getattr(signal, name).value for name in ("SIGKILL", "SIGTERM") if hasattr(signal, name)]
    return ended.exit_code in outside


def last_lines(words: str) -> str:
    """Return the last lines of what a process said."""
    return "\n".join(words.strip().splitlines()[-_KEPT_LINES:])


def _code(exit_code: int | None) -> str:
    if exit_code is None:
        return "no exit code"
    if exit_code < 0:
        try:
            return signal.Signals(-exit_code).name
        except ValueError:
            return f"signal {-exit_code}"
    return f"exit code {exit_code:#x}" if exit_code > 255 else f"exit code {exit_code}"
