"""Tells what this computer has for running a model: cores, memory, graphics cards. Asks the system, loads nothing."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psutil

from models.machine.control_group import cores_allowed, memory_allowed

_SMI_TIMEOUT_S = 4.0
_MIB = 1024 * 1024
_CPU_FLAGS = frozenset(
    "avx avx2 avx512f avx512_vnni avx_vnni amx_tile amx_int8 f16c fma bmi2 sse3 ssse3 "
    "neon asimd asimddp i8mm sve".split()
)
"""Those that llama.cpp's kernels are made for."""


class GpuMaker(StrEnum):
    """Who made a graphics card."""

    NVIDIA = "NVIDIA"
    AMD = "AMD"
    INTEL = "Intel"
    APPLE = "Apple"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """A graphics card, or the graphics part of a processor."""

    name: str
    maker: GpuMaker
    memory_bytes: int
    """0 when it is not known."""
    free_bytes: int
    """As far as known; else as ``memory_bytes``."""
    shares_memory: bool = False
    """Whether it uses the computer's ordinary memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What there is, and what of it is free at the moment."""

    cpu_name: str
    cores: int
    """Threads that this program may run at once, within the limits set for it."""
    physical_cores: int
    memory_bytes: int
    """As much as this program may use in all."""
    free_bytes: int
    """Of it, what can be had without pushing others out."""
    cpu_flags: frozenset[str] = frozenset()
    """The system's names of what the processor can do; empty when that is not known."""
    gpus: tuple[Gpu, ...] = ()
    system: str = ""
    """``Linux``, ``Windows`` or ``Darwin``."""
    architecture: str = ""
    """``x86_64``, ``arm64`` …"""
    offload_supported: bool | None = None
    """Whether the installed llama-cpp-python can use a graphics card; None when nobody has asked it yet."""

    @property
    def best_gpu(self) -> Gpu | None:
        """The card with the most free memory."""
        return max(self.gpus, key=lambda gpu: gpu.free_bytes, default=None)


def this_machine(*, offload_supported: bool | None = None) -> Machine:
    """Return what this computer has; takes a few milliseconds, up to some seconds with an NVIDIA driver that sleeps.

    Args:
        offload_supported: what the model process found out, if it has been asked.
    """
    memory = psutil.virtual_memory()
    limit, used = memory_allowed()
    total = min(memory.total, limit) if limit else memory.total
    free = min(memory.available, max(limit - used, 0)) if limit else memory.available
    cores = _cores()
    physical = min(psutil.cpu_count(logical=False) or cores, cores)
    return Machine(
        cpu_name=_cpu_name(),
        cores=cores,
        physical_cores=physical,
        memory_bytes=total,
        free_bytes=free,
        cpu_flags=_cpu_flags(),
        gpus=_gpus(total=total, free=free),
        system=platform.system(),
        architecture=platform.machine(),
        offload_supported=offload_supported,
    )


def _cores() -> int:
    logical = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    allowed = cores_allowed()
    return max(min(logical, round(allowed)) if allowed else logical, 1)


def _cpu_name() -> str:
    if sys.platform == "linux":
        for line in _lines(Path("/proc/cpuinfo")):
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Hardware", "Model"):
                return " ".join(value.split())
    if sys.platform == "darwin":
        return _said("sysctl", "-n", "machdep.cpu.brand_string").strip() or platform.machine()
    return " ".join(platform.processor().split()) or platform.machine() or "unknown"


def _cpu_flags() -> frozenset[str]:
    if sys.platform == "linux":
        for line in _lines(Path("/proc/cpuinfo")):
            key, _, value = line.partition(":")
            if key.strip() in ("flags", "Features"):
                return frozenset(value.split()) & _CPU_FLAGS
    return frozenset()


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _gpus(*, total: int, free: int) -> tuple[Gpu, ...]:
    if sys.platform == "darwin":
        if platform.machine() != "arm64":
            return ()
        return (apple_gpu(_cpu_name(), memory_bytes=total, free_bytes=free),)
    found = nvidia_gpus(_said_by_nvidia())
    if sys.platform == "linux":
        found += drm_gpus(Path("/sys/class/drm"), with_nvidia=not found)
    return found


def apple_gpu(name: str, *, memory_bytes: int, free_bytes: int) -> Gpu:
    """Return Apple's graphics part, which may by default use two thirds of the memory (three quarters above 36 GB)."""
    share = 0.75 if memory_bytes > 36 * 1024 * _MIB else 2 / 3
    usable = int(memory_bytes * share)
    return Gpu(
        name=name,
        maker=GpuMaker.APPLE,
        memory_bytes=usable,
        free_bytes=min(usable, free_bytes),
        shares_memory=True,
    )


def nvidia_gpus(said: str) -> tuple[Gpu, ...]:
    """Return the cards that ``nvidia-smi`` lists: name, total and free memory in MiB, one card a line."""
    found = []
    for line in said.splitlines():
        parts = [part.strip() for part in line.rsplit(",", 2)]
        if len(parts) == 3 and parts[1].isdecimal() and parts[2].isdecimal():
            total, free = int(parts[1]) * _MIB, int(parts[2]) * _MIB
            found.append(Gpu(name=parts[0], maker=GpuMaker.NVIDIA, memory_bytes=total, free_bytes=min(free, total)))
    return tuple(found)


def drm_gpus(folder: Path, *, with_nvidia: bool) -> tuple[Gpu, ...]:
    """Return the cards that Linux lists below ``/sys/class/drm``.

    AMD's driver tells its memory. Intel's graphics share the computer's; of NVIDIA's cards only that they are there is
    known in this way.
    """
    makers = {"0x10de": GpuMaker.NVIDIA, "0x1002": GpuMaker.AMD, "0x8086": GpuMaker.INTEL}
    found = []
    for card in sorted(folder.glob("card[0-9]*")):
        maker = makers.get(_first_line(card / "device" / "vendor"))
        if maker is None or "-" in card.name or (maker is GpuMaker.NVIDIA and not with_nvidia):
            continue
        total = _number(card / "device" / "mem_info_vram_total")
        used = _number(card / "device" / "mem_info_vram_used")
        found.append(
            Gpu(
                name=_first_line(card / "device" / "product_name") or f"{maker} graphics",
                maker=maker,
                memory_bytes=total,
                free_bytes=max(total - used, 0),
                shares_memory=not total and maker is not GpuMaker.NVIDIA,
            )
        )
    return tuple(found)


def _first_line(path: Path) -> str:
    lines = _lines(path)
    return lines[0].strip() if lines else ""


def _number(path: Path) -> int:
    text = _first_line(path)
    return int(text) if text.isdecimal() else 0


def _said_by_nvidia() -> str:
    program = shutil.which("nvidia-smi")
    if program is None:
        return ""
    return _said(program, "--query-gpu=name,memory.total,memory.free", "--format=csv,noheader,nounits")


def _said(*command: str) -> str:
    """What a program of the system answers; nothing if it fails or takes too long."""
    try:
        answer = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SMI_TIMEOUT_S,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout[:100_000].decode("utf-8", "replace") if answer.returncode == 0 else ""
