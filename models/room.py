"""Whether one more model has room in memory beside what is there already."""

from __future__ import annotations

import psutil

from models.control_group import memory_allowed
from models.gguf import GgufAbout

_LANE_TOKENS = 45_056
"""Of the policy's lane and the reading lane together, where nothing forces them to be smaller."""
_BUFFER_BYTES = 1 << 30
"""For the computation, and left to the rest of the machine."""


def free_memory_bytes() -> int:
    """Return the memory that can be had without pushing others out, within the limits set for this program."""
    available = psutil.virtual_memory().available
    limit, used = memory_allowed()
    return min(available, max(limit - used, 0)) if limit else available


def wanted_bytes(about: GgufAbout) -> int:
    """Return the memory with which a model runs as it should, in bytes."""
    tokens = min(_LANE_TOKENS, 2 * about.context_tokens) if about.context_tokens else _LANE_TOKENS
    return about.weight_bytes + about.kv_bytes_per_token * tokens + _BUFFER_BYTES
