"""Decides from what a machine has which ways of getting llama-cpp-python are tried, and in which order.

A finished build is tried before building, one for the graphics card before one for the processor:

1. macOS: the project's Metal wheel; else a build, which uses Metal by itself.
2. An NVIDIA driver: the project's wheel for the newest CUDA that the driver runs (it needs the CUDA runtime libraries,
   which do not come with the driver), then a CUDA build if ``nvcc`` is there, then as without one.
3. Else: the project's wheel for the processor (x86: only with AVX2, which it is built for), then a build, which is
   tuned to this very processor.

AMD, Intel and Vulkan are not tried: set ``CMAKE_ARGS`` and use ``--retry-engine`` to build for them.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import threading
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

WHEELS = "https://abetlen.github.io/llama-cpp-python/whl/"
"""The wheels of llama-cpp-python's own project. They cannot be in our lock: it publishes no hashes for them."""

_CUDA_WHEELS = ((13, 2), (13, 0), (12, 5), (12, 4), (12, 3), (12, 2), (12, 1), (11, 8))
_PROBE_S = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What decides which builds of llama.cpp can run here."""

    system: str
    """As ``platform.system()``: Linux, Darwin, Windows."""

    cuda_of_driver: tuple[int, int] | None = None
    """The newest CUDA that the NVIDIA driver runs, or None without such a driver."""

    has_nvcc: bool = False
    lacks_avx2: bool = False
    """Known to be an x86 processor without AVX2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One way of getting llama-cpp-python."""

    accelerator: str
    """``cpu``, ``cuda`` or ``metal``."""

    wheels: str = ""
    """The index of finished wheels to take it from; empty to build it."""

    cmake_arguments: tuple[str, ...] = ()


def attempts(machine: Machine) -> tuple[Attempt, ...]:
    """Return the ways to try, in order."""
    if machine.system == "Darwin":
        return (Attempt(accelerator="metal", wheels=f"{WHEELS}metal"), Attempt(accelerator="metal"))
    tried = []
    if machine.cuda_of_driver is not None:
        best = next((wheel for wheel in _CUDA_WHEELS if wheel <= machine.cuda_of_driver), None)
        if best is not None:
            tried.append(Attempt(accelerator="cuda", wheels=f"{WHEELS}cu{best[0]}{best[1]}"))
        if machine.has_nvcc:
            tried.append(Attempt(accelerator="cuda", cmake_arguments=("-DGGML_CUDA=on",)))
    if not machine.lacks_avx2:
        tried.append(Attempt(accelerator="cpu", wheels=f"{WHEELS}cpu"))
    return (*tried, Attempt(accelerator="cpu"))


def this_machine() -> Machine:
    """Look at the machine this runs on."""
    return Machine(
        system=platform.system(),
        cuda_of_driver=_cuda_of_driver(),
        has_nvcc=shutil.which("nvcc") is not None,
        lacks_avx2=_lacks_avx2(),
    )


def answers(url: str, *, within_s: float = _PROBE_S) -> bool:
    """Tell whether a host serves an address, and give up after so many seconds whatever it does or does not do.

    The limit covers the look-up of the name and a host that accepts and then says nothing.
    """
    served = threading.Event()

    def ask() -> None:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=within_s):
                served.set()
        except (OSError, ValueError, urllib.error.URLError):
            pass

    asking = threading.Thread(target=ask, name="probe", daemon=True)
    asking.start()
    asking.join(within_s)
    return served.is_set()


def missing_compiler() -> str | None:
    """Try to compile one line of C++; return what to install if that does not work, else None."""
    if os.name == "nt":
        return None if _has_visual_studio() else _INSTALL_COMPILER["Windows"]
    for compiler in filter(None, (os.environ.get("CXX"), "c++", "g++", "clang++")):
        program = b"#include <vector>\nint main() { return std::vector<int>{}.size(); }\n"
        command = [*compiler.split(), "-x", "c++", "-std=c++17", "-fsyntax-only", "-"]
        try:
            if subprocess.run(command, input=program, capture_output=True, timeout=60).returncode == 0:
                return None
        except (OSError, subprocess.TimeoutExpired):
            continue
    return _INSTALL_COMPILER.get(platform.system(), _INSTALL_COMPILER["Linux"])


_INSTALL_COMPILER = {
    "Linux": "A C++ compiler is missing. Install one, then start Plumbline again:\n"
    "  Debian and Ubuntu: sudo apt install g++\n  Fedora: sudo dnf install gcc-c++\n  Arch: sudo pacman -S gcc",
    "Darwin": "A C++ compiler is missing. Install one, then start Plumbline again:\n  xcode-select --install",
    "Windows": "A C++ compiler is missing. Install the Visual Studio Build Tools with 'Desktop development with C++', "
    "then start Plumbline again.",
}


def _has_visual_studio() -> bool:
    folder = os.environ.get("PROGRAMFILES(X86)", r"C:\Program Files (x86)")
    vswhere = Path(folder) / "Microsoft Visual Studio" / "Installer" / "vswhere.exe"
    tools = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64"
    command = [str(vswhere), "-latest", "-products", "*", "-requires", tools, "-property", "installationPath"]
    try:
        return bool(subprocess.run(command, capture_output=True, timeout=60).stdout.strip())
    except (OSError, subprocess.TimeoutExpired):
        return False


def _cuda_of_driver() -> tuple[int, int] | None:
    try:
        shown = subprocess.run(["nvidia-smi"], capture_output=True, text=True, errors="replace", timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return cuda_version(shown.stdout) if shown.returncode == 0 else None


def cuda_version(shown: str) -> tuple[int, int] | None:
    """Read the newest CUDA that a driver runs from the words of ``nvidia-smi``."""
    found = re.search(r"CUDA[^\n:]*Version:\s*(\d+)\.(\d+)", shown)
    return (int(found[1]), int(found[2])) if found else None


def _lacks_avx2() -> bool:
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return False
    try:
        flags = re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(encoding="utf-8"), re.MULTILINE)
    except OSError:
        return False
    return flags is not None and "avx2" not in flags[1].split()
