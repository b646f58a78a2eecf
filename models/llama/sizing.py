"""Decides how a model is run on this machine where the settings leave it open; pure but for one look at the machine."""

from __future__ import annotations

import os
from dataclasses import dataclass

import psutil

from models.errors import ModelTooLarge
from models.llama_settings import RuntimeSettings

POLICY_TOKENS = 32_768
READING_TOKENS = 12_288
LEAST_POLICY_TOKENS = 2_048
LEAST_READING_TOKENS = 2_048
_GRAIN = 256
_RESERVE_BYTES = 768 << 20
"""Left to the rest of the machine, and to the buffers of the computation."""
_KV_BYTES = {"f16": 2.0, "q8_0": 34 / 32}
_MODEST = 512
"""Below this much training context there is nothing to decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What matters of a machine."""

    cores: int
    """Physical ones that this process may use."""
    free_bytes: int
    """Memory that could be used without swapping."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What was decided."""

    threads: int
    batch_threads: int
    policy_tokens: int
    reading_tokens: int
    ubatch: int
    policy_flash_attention: bool
    reading_flash_attention: bool
    max_parallel: int
    kv_bytes_per_token: int


def this_machine() -> Machine:
    """Look at the machine."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else psutil.cpu_count() or 1
    physical = psutil.cpu_count(logical=False) or allowed
    return Machine(cores=max(1, min(allowed, physical)), free_bytes=int(psutil.virtual_memory().available))


def decide(
    settings: RuntimeSettings,
    *,
    machine: Machine,
    kv_values_per_token: int,
    trained_tokens: int,
    weight_bytes: int,
    is_on_gpu: bool,
) -> Sizes:
    """Return how the model is run.

    Args:
        settings: what was asked for; what they say is done.
        machine: as it was before the weights were loaded.
        kv_values_per_token: numbers the cache holds for each token.
        trained_tokens: the context the model was made for.
        weight_bytes: of the weights, as they lie in this machine's memory.
        is_on_gpu: whether all layers are on a graphics card, so that its memory counts and not the machine's.

    Raises:
        ModelTooLarge: the memory that is free does not take the weights and the smallest useful context.
    """
    per_token = max(1, int(kv_values_per_token * _KV_BYTES[settings.kv_type]))
    limit = _grained(min(trained_tokens or POLICY_TOKENS, POLICY_TOKENS), up=True)
    policy = settings.context_tokens
    reading = settings.reading_tokens
    room = (machine.free_bytes - weight_bytes - _RESERVE_BYTES) // per_token
    if is_on_gpu:
        room = 1 << 40
    least = min(limit, LEAST_POLICY_TOKENS) + min(limit, LEAST_READING_TOKENS)
    if room < least and (policy is None or reading is None) and room * per_token < 0:
        hint = "Close other programs, or choose a smaller model or a smaller quantisation."
        raise ModelTooLarge("The model needs more memory than is free", hint=hint)
    room = max(room, least)
    if reading is None:
        reading = _grained(max(min(LEAST_READING_TOKENS, limit), min(READING_TOKENS, limit, room // 4)))
    if policy is None:
        policy = _grained(max(min(LEAST_POLICY_TOKENS, limit), min(limit, room - reading)))
    return Sizes(
        threads=settings.threads or machine.cores,
        batch_threads=settings.batch_threads or settings.threads or machine.cores,
        policy_tokens=policy,
        reading_tokens=reading,
        ubatch=settings.ubatch or (512 if is_on_gpu else 128),
        policy_flash_attention=_given(settings.policy_flash_attention, is_on_gpu or settings.kv_type != "f16"),
        reading_flash_attention=_given(settings.reading_flash_attention, True),
        max_parallel=settings.max_parallel or (8 if is_on_gpu else 4),
        kv_bytes_per_token=per_token,
    )


def _given(value: bool | None, default: bool) -> bool:
    return default if value is None else value


def _grained(tokens: int, *, up: bool = False) -> int:
    return max(_GRAIN, (tokens + (_GRAIN - 1 if up else 0)) // _GRAIN * _GRAIN)
