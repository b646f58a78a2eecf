"""Whether one more model has room in memory beside what is there already."""

from __future__ import annotations

import psutil

from models.files.gguf import GgufAbout
from models.machine.control_group import memory_allowed
from models.machine.fit import CONTEXTS, READINGS, memory_for

_RESERVE_BYTES = 1 << 30
"""Left to the rest of the machine."""


def free_memory_bytes() -> int:
    """Return the memory that can be had without pushing others out, within the limits set for this program."""
    available = psutil.virtual_memory().available
    limit, used = memory_allowed()
    return min(available, max(limit - used, 0)) if limit else available


def wanted_bytes(about: GgufAbout) -> int:
    """Return the free memory with which a model runs as it should, in bytes."""
    trained = about.context_tokens or CONTEXTS[0]
    needed = memory_for(about, context_tokens=min(trained, CONTEXTS[0]), reading_tokens=min(trained, READINGS[0]))
    return needed + _RESERVE_BYTES
