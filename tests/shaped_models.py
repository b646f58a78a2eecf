"""What files of certain shapes would say of themselves, and a computer to run them on."""

from __future__ import annotations

from pathlib import Path

from models.files.gguf import GgufAbout
from models.machine.hardware import Machine

GIB = 1 << 30


def shaped(path: Path, *, weight_bytes: int = GIB, layers: int = 2, quantisation: str = "Q4_K_M") -> GgufAbout:
    """Return what a model of this shape says of itself."""
    return GgufAbout(
        path=path,
        name=path.stem,
        architecture="qwen2",
        quantisation=quantisation,
        bits_per_weight=4.8,
        parameters=1_000,
        layers=layers,
        embedding=64,
        heads=4,
        kv_heads=2,
        head_dim=16,
        ffn=128,
        experts=0,
        vocabulary=400,
        context_tokens=2_048,
        kv_bytes_per_token=256,
        template="{{ messages }}",
        tokenizer="gpt2",
        tokenizer_pre="gpt-2",
        marks=frozenset(),
        file_bytes=weight_bytes,
        tensors_end=weight_bytes,
        weight_bytes=weight_bytes,
        layer_bytes=0,
        table_bytes=0,
        parts=(path,),
        is_test_only=True,
    )


def computer(*, physical: int = 4, logical: int = 8, cpu: str = "Eight small cores") -> Machine:
    """Return a computer without a graphics card."""
    return Machine(cpu_name=cpu, cores=logical, physical_cores=physical, memory_bytes=16 * GIB, free_bytes=8 * GIB)
