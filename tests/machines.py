"""Computers of all kinds, and the shape of a 7B model."""

from __future__ import annotations

from models.hub.catalog import Shape
from models.machine.hardware import Gpu, GpuMaker, Machine

MIB, GIB = 1 << 20, 1 << 30

SEVEN = Shape(
    layers=28,
    embedding=3584,
    heads=28,
    kv_heads=4,
    head_dim=128,
    ffn=18944,
    vocabulary=152064,
    parameters=7_615_616_512,
    context_tokens=32768,
    weight_bytes=4_680_000_000,
)


def machine(total, *, free=None, cores=8, card=None, offload=True, apple=False, card_free=None):
    gpus = ()
    if card:
        maker = GpuMaker.APPLE if apple else GpuMaker.NVIDIA
        gpus = (
            Gpu(
                name="Big Card",
                maker=maker,
                memory_bytes=int(card * GIB),
                free_bytes=int((card_free or card * 0.95) * GIB),
                shares_memory=apple,
            ),
        )
    return Machine(
        cpu_name="a processor",
        cores=2 * cores,
        physical_cores=cores,
        memory_bytes=int(total * GIB),
        free_bytes=int((total * 0.75 if free is None else free) * GIB),
        gpus=gpus,
        system="Darwin" if apple else "Linux",
        architecture="arm64" if apple else "x86_64",
        offload_supported=None if apple else offload,
    )
