"""Says whether and how a model runs on a machine: memory, context, layers on the graphics card. Pure arithmetic.

What is on disk as weights has to be in memory as weights; on top come the tokens kept (KV cache) and the scratch space
of the computation. The formulas of the scratch space meet what llama.cpp (of llama-cpp-python 0.3.36) reports on a
processor for the shapes of Qwen2.5-7B and 0.5B within 1 %: for the larger one and 32,768 tokens, 311 MiB with flash
attention at a micro-batch of 512, without it 1,893 MiB at 512 and 473 MiB at 128.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from models.machine.hardware import Gpu, Machine

CONTEXTS = (32_768, 24_576, 16_384, 12_288, 8_192)
"""Sizes of the policy's context that are tried, in tokens. The first is what DeepResearcher-7b was trained with."""
READINGS = (12_288, 8_192, 6_144, 4_096)
"""Sizes of the readers' context that are tried, in tokens."""

_MIB = 1 << 20
_GIB = 1 << 30
_PROCESS_BYTES = 300 * _MIB
"""Of the model process itself: Python, llama.cpp and its libraries."""
_GPU_PROCESS_BYTES = 400 * _MIB
"""What a driver takes of a card for each process that uses it."""
_CPU_UBATCH = 128
_READING_UBATCH = 256
_GPU_UBATCH = 512
_FEWEST_GPU_LAYERS = 4
"""Fewer than this are not worth the copying."""


class ModelShape(Protocol):
    """What has to be known of a model; ``gguf.GgufAbout`` and ``catalog.Shape`` know it."""

    @property
    def layers(self) -> int: ...
    @property
    def embedding(self) -> int: ...
    @property
    def heads(self) -> int: ...
    @property
    def ffn(self) -> int: ...
    @property
    def vocabulary(self) -> int: ...
    @property
    def parameters(self) -> int: ...
    @property
    def context_tokens(self) -> int: ...
    @property
    def weight_bytes(self) -> int: ...
    @property
    def kv_bytes_per_token(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a model runs on a machine, or why it does not."""

    fits: bool
    memory_bytes: int
    """Ordinary memory it takes."""
    gpu_bytes: int
    """Memory of the graphics card it takes; part of ``memory_bytes`` where the card has none of its own."""
    gpu_layers: int
    """Layers on the graphics card: 0 for none, one more than the model has for everything."""
    layers: int
    context_tokens: int
    """Room of the policy's conversation."""
    reading_tokens: int
    """Room of the readers."""
    spare: float
    """Share of the memory in question that stays free, from 0 to 1; of the tighter one if there are two."""
    missing_bytes: int
    """How much more free memory would make it fit."""
    reason: str
    """One or two sentences for a person."""

    @property
    def is_all_on_gpu(self) -> bool:
        """Whether the graphics card does all the work."""
        return self.gpu_layers > self.layers


def fit(about: ModelShape, machine: Machine, *, reserve_bytes: int | None = None) -> Fit:
    """Return how a model runs with the memory that is free now.

    The largest context is taken that leaves the reserve untouched: first the policy's, then the readers'.

    Args:
        about: the model.
        machine: what there is; its ``offload_supported`` None counts as yes on Apple's processors, where llama.cpp is
            always built with it, and as no elsewhere.
        reserve_bytes: memory to leave to others; by default 1 GiB or a twentieth of all memory, whichever is more.
    """
    reserve = max(_GIB, machine.memory_bytes // 20) if reserve_bytes is None else reserve_bytes
    free = max(machine.free_bytes - reserve, 0)
    gpu = usable_gpu(machine)
    contexts = _choices(CONTEXTS, about.context_tokens)
    readings = _choices(READINGS, about.context_tokens)
    best: Fit | None = None
    # A card that takes everything is worth half the context, and not more; a longer context more than some layers.
    for need_all in (True, False) if gpu is not None else (False,):
        for context in contexts if not need_all else [size for size in contexts if size * 2 >= contexts[0]]:
            for reading in readings:
                found = _placed(about, machine, gpu, free=free, context=context, reading=reading)
                if found.fits and (found.is_all_on_gpu or not need_all):
                    return found
                if best is None or found.missing_bytes < best.missing_bytes:
                    best = found
    assert best is not None
    return best


def memory_for(about: ModelShape, *, context_tokens: int, reading_tokens: int) -> int:
    """Return the bytes of ordinary memory that a model takes without a graphics card.

    Weights + (policy's + readers' tokens) × bytes a token + scratch space of both + the process.
    """
    return (
        about.weight_bytes
        + (context_tokens + reading_tokens) * about.kv_bytes_per_token
        + plain_scratch_bytes(about, tokens=context_tokens, ubatch=_CPU_UBATCH)
        + flash_scratch_bytes(about, tokens=reading_tokens, ubatch=_READING_UBATCH)
        + _PROCESS_BYTES
    )


def plain_scratch_bytes(about: ModelShape, *, tokens: int, ubatch: int) -> int:
    """Return the scratch space without flash attention, in bytes: the larger of attention and the last layer.

    Attention: ubatch × ((heads + 1) × tokens + 5.5 × width) × 4, its scores, their mask and what flows between layers.
    The last layer: ubatch × (vocabulary + 3 × width) × 4.
    """
    attention = ubatch * ((about.heads + 1) * tokens * 4 + 22 * about.embedding)
    return max(attention, ubatch * (about.vocabulary + 3 * about.embedding) * 4)


def flash_scratch_bytes(about: ModelShape, *, tokens: int, ubatch: int) -> int:
    """Return the scratch space with flash attention, in bytes: the larger of the last layer and one in the middle.

    The last layer: ubatch × (vocabulary + 2 × width) × 4. One in the middle: ubatch × (2 × ffn + 4 × width) × 4, and 6
    for each pair of a new and a kept token, which is its mask in two forms.
    """
    middle = ubatch * (2 * about.ffn + 4 * about.embedding) * 4 + 6 * ubatch * tokens
    return max(middle, ubatch * (about.vocabulary + 2 * about.embedding) * 4)


def usable_gpu(machine: Machine) -> Gpu | None:
    """Return the graphics card that the installed llama.cpp can use, as far as that is known."""
    supported = machine.offload_supported
    if supported is None:
        supported = machine.system == "Darwin" and machine.architecture == "arm64"
    gpu = machine.best_gpu
    return gpu if supported and gpu is not None and gpu.free_bytes > _GIB else None


def _choices(sizes: tuple[int, ...], trained: int) -> tuple[int, ...]:
    if not trained:
        return sizes
    return tuple(size for size in sizes if size <= trained) or (max(trained, 512),)


def _placed(about: ModelShape, machine: Machine, gpu: Gpu | None, *, free: int, context: int, reading: int) -> Fit:
    """How it runs with just these two contexts."""
    gpu_layers, on_gpu = _on_gpu(about, gpu, free=free, tokens=context + reading) if gpu is not None else (0, 0)
    if not gpu_layers:
        memory = memory_for(about, context_tokens=context, reading_tokens=reading)
    else:
        kept = about.kv_bytes_per_token * (context + reading)
        share = max(about.layers + 1 - gpu_layers, 0) / (about.layers + 1)
        memory = round((about.weight_bytes + kept) * share) + _PROCESS_BYTES
        if share:
            memory += flash_scratch_bytes(about, tokens=context, ubatch=_GPU_UBATCH)
        if gpu is not None and gpu.shares_memory:
            memory += on_gpu
    missing = max(memory - free, 0)
    spare = _share(machine.free_bytes - memory, machine.free_bytes)
    if gpu is not None and gpu_layers and not gpu.shares_memory:
        spare = min(spare, _share(gpu.free_bytes - on_gpu, gpu.free_bytes)) if gpu_layers > about.layers else spare
    return Fit(
        fits=not missing,
        memory_bytes=memory,
        gpu_bytes=on_gpu,
        gpu_layers=gpu_layers,
        layers=about.layers,
        context_tokens=context,
        reading_tokens=reading,
        spare=max(spare, 0.0),
        missing_bytes=missing,
        reason=_reason(about, machine, gpu, gpu_layers=gpu_layers, memory=memory, missing=missing, context=context),
    )


def _on_gpu(about: ModelShape, gpu: Gpu, *, free: int, tokens: int) -> tuple[int, int]:
    """How many layers a card takes, and its memory for them. One layer more stands for the last, which makes words."""
    room = gpu.free_bytes - max(gpu.free_bytes // 12, 512 * _MIB) - _GPU_PROCESS_BYTES
    if gpu.shares_memory:
        room = min(room, free - _PROCESS_BYTES)
    scratch = flash_scratch_bytes(about, tokens=tokens, ubatch=_GPU_UBATCH)
    each = (about.weight_bytes + about.kv_bytes_per_token * tokens) / (about.layers + 1)
    count = min(int((room - scratch) // each), about.layers + 1) if each and room > scratch else 0
    if count < min(_FEWEST_GPU_LAYERS, about.layers):
        return 0, 0
    return count, round(count * each) + scratch + _GPU_PROCESS_BYTES


def _share(part: int, whole: int) -> float:
    return part / whole if whole > 0 else 0.0


def _reason(
    about: ModelShape, machine: Machine, gpu: Gpu | None, *, gpu_layers: int, memory: int, missing: int, context: int
) -> str:
    if missing:
        short = f"It needs {_gb(memory)} of memory, {_gb(missing)} more than can be had at the moment."
        if memory < machine.memory_bytes * 0.85:
            return f"{short} Closing other programs would help."
        return short
    if gpu_layers > about.layers and gpu is not None:
        where = f"It runs on the {gpu.name}."
    elif gpu_layers and gpu is not None:
        where = f"The {gpu.name} takes {gpu_layers} of {about.layers} layers, the processor the others."
    elif machine.gpus and machine.offload_supported is False:
        where = "It runs on the processor: llama-cpp-python is installed without support for the graphics card."
    elif machine.gpus and machine.offload_supported is None and gpu is None:
        where = "It runs on the processor, or faster if llama-cpp-python can use the graphics card."
    elif machine.gpus:
        where = "It runs on the processor: the graphics card has too little free memory for it."
    else:
        where = "It runs on the processor."
    if about.context_tokens and about.context_tokens < CONTEXTS[0] and context == about.context_tokens:
        return f"{where} The model was made for {context:,} tokens of context, which is little for long research."
    if context < min(CONTEXTS[0], about.context_tokens or CONTEXTS[0]):
        return f"{where} Memory is tight: {context:,} tokens of context instead of {CONTEXTS[0]:,}."
    return where


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
