"""How a local model is run, and what came of it: plain values, known to the app and to the model process alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeSettings:
    """How a model is to be run. ``None`` leaves a decision to the runtime, which looks at the machine."""

    threads: int | None = None
    """While it generates."""
    batch_threads: int | None = None
    """While it reads a prompt."""
    context_tokens: int | None = None
    """Room for the policy's conversation and its reply together."""
    reading_tokens: int | None = None
    """Room of the reading lane, shared by the requests worked on together and by what is kept of earlier ones."""
    ubatch: int | None = None
    """Tokens of a prompt computed at a time: also how long a stop may have to wait."""
    gpu_layers: int = -1
    """How many layers a graphics card takes; -1 for as many as fit."""
    policy_flash_attention: bool | None = None
    reading_flash_attention: bool | None = None
    use_repacking: bool | None = None
    """Whether weights are rearranged for this processor: a slower start and more memory, sometimes faster after it."""
    kv_type: str = "f16"
    """Of the cache: ``f16`` or ``q8_0``, which takes half the memory and is slower on a processor."""
    max_parallel: int | None = None
    """How many requests of the reading lane are generated together."""


class Phase(StrEnum):
    """What the model is doing for the requests it was given."""

    READING_PROMPT = "reading_prompt"
    ANSWERING = "answering"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """How a model really runs."""

    threads: int
    batch_threads: int
    context_tokens: int
    reading_tokens: int
    ubatch: int
    layers: int
    gpu_layers: int
    policy_flash_attention: bool
    reading_flash_attention: bool
    uses_repacking: bool
    kv_type: str
    kv_bytes_per_token: int
    kv_bytes: int
    """Of both lanes together."""
    weight_bytes: int
    max_parallel: int
    is_shared_context: bool
    """Whether both lanes live in one context, as they do on a graphics card."""
    load_s: float
    notes: tuple[str, ...] = ()
    """What turned out otherwise than asked for, a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """How fast a model was with certain settings on this machine."""

    settings: RuntimeSettings
    """As they were used; nothing is left open but the sizes of the lanes."""
    prompt_tokens_per_s: float
    reply_tokens_per_s: float


PROMPT_TOKENS_PER_REPLY_TOKEN = 5.0
"""In a run about 20,000 tokens are read and 4,000 generated."""


def best_settings(measurements: Sequence[Measurement], *, base: RuntimeSettings) -> RuntimeSettings:
    """Return ``base`` with the measured settings under which a run would take the least time.

    A run's time is taken as that of reading PROMPT_TOKENS_PER_REPLY_TOKEN tokens and generating one. Of settings less
    than 3 % apart the earlier measured ones win: they are nearer to the defaults, and timings tremble.
    """
    best: Measurement | None = None
    for measurement in measurements:
        if measurement.prompt_tokens_per_s <= 0 or measurement.reply_tokens_per_s <= 0:
            continue
        if best is None or _cost_s(measurement) < 0.97 * _cost_s(best):
            best = measurement
    if best is None:
        return base
    return replace(
        base,
        threads=best.settings.threads,
        batch_threads=best.settings.batch_threads,
        ubatch=best.settings.ubatch,
        policy_flash_attention=best.settings.policy_flash_attention,
        use_repacking=best.settings.use_repacking,
    )


def _cost_s(measurement: Measurement) -> float:
    return PROMPT_TOKENS_PER_REPLY_TOKEN / measurement.prompt_tokens_per_s + 1 / measurement.reply_tokens_per_s
