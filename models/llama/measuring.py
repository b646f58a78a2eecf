"""Measures how fast loaded weights are with certain settings: a few seconds of reading and of generating."""

from __future__ import annotations

import time
from dataclasses import replace

from models.llama.context import DONE, Context, ContextPlan
from models.llama.interrupt import Interrupt
from models.llama.sizing import this_machine
from models.llama.weights import Weights
from models.llama_settings import Measurement, RuntimeSettings

_CELLS = 2_048
_DEPTH = 512
"""Tokens that are in the cache at most before generating is measured."""


def measure_speed(
    weights: Weights, settings: RuntimeSettings, *, interrupt: Interrupt, seconds: float
) -> Measurement | None:
    """Return the speed of reading and of generating; None when interrupted.

    Args:
        weights: loaded ones.
        settings: threads, ubatch, flash attention and the cache's type are tried; None stands for the defaults.
        interrupt: ends it.
        seconds: about how long each of the two halves may take.

    Raises:
        ModelTooLarge: there is no memory for another context.
    """
    cores = this_machine().cores
    threads = settings.threads or cores
    used = replace(
        settings,
        threads=threads,
        batch_threads=settings.batch_threads or threads,
        ubatch=settings.ubatch or 128,
        policy_flash_attention=bool(settings.policy_flash_attention),
    )
    context = Context(
        weights,
        ContextPlan(
            cells=_CELLS,
            sequences=1,
            ubatch=used.ubatch or 128,
            threads=threads,
            batch_threads=used.batch_threads or threads,
            flash_attention=bool(used.policy_flash_attention),
            kv_type=used.kv_type,
        ),
    )
    try:
        context.obey(interrupt)
        return _measure(context, used, interrupt, seconds)
    finally:
        context.close()


def _measure(context: Context, used: RuntimeSettings, interrupt: Interrupt, seconds: float) -> Measurement | None:
    room = context.batch_room
    batch = [7] * room
    if context.decode([(0, 0, batch[:8])], outputs=False) != DONE:  # the first one also warms everything up
        return None
    context.clear()
    depth, read, started = 0, 0, time.perf_counter()
    while True:
        if interrupt.is_set or context.decode([(0, depth, batch)], outputs=False) != DONE:
            return None
        depth += room
        read += room
        reading_s = time.perf_counter() - started
        if reading_s >= seconds:
            break
        if depth + room > _DEPTH:
            context.clear()
            depth = 0
    said, started = 0, time.perf_counter()
    while True:
        if interrupt.is_set or context.decode([(0, depth, batch[:1])], outputs=True) != DONE:
            return None
        depth += 1
        said += 1
        saying_s = time.perf_counter() - started
        if saying_s >= seconds or depth + 1 >= context.cells:
            break
    return Measurement(settings=used, prompt_tokens_per_s=read / reading_s, reply_tokens_per_s=said / saying_s)
