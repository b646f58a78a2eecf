"""What must be true of the process before llama.cpp is loaded, and the one way to load it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from models.errors import EngineMissing

if TYPE_CHECKING:
    from models.llama.runtime import LlamaRuntime

ENGINE_VERSION = "0.3.36"
"""Of llama-cpp-python. Its structures follow those of llama.cpp and move with every release."""


def prepare_environment() -> None:
    """Make threads that wait for each other spin for a moment only; what the person has set stays as it is.

    Must be called before anything imports llama_cpp: OpenMP reads this once, when it is loaded. Measured with two
    threads on two cores of a virtual machine, milliseconds a token alone and beside a busy process: sleeping at once
    31 and 24, up to 1,000 turns 11 and 34, up to 5,000 turns 11 and 72. What is left of the slowdown is for ``pace``.
    """
    if "OMP_WAIT_POLICY" not in os.environ:
        os.environ.setdefault("GOMP_SPINCOUNT", "1000")


def open_engine() -> type[LlamaRuntime]:
    """Return the runtime class; this loads llama.cpp and takes about half a second.

    Raises:
        EngineMissing: llama-cpp-python or llguidance is not installed, is damaged, or is another version.
    """
    prepare_environment()
    hint = "Installing the engine again puts this right."
    try:
        from models.llama.bindings import engine_version  # noqa: PLC0415  the engine must not be loaded before
    except (ImportError, OSError, RuntimeError, AttributeError) as error:
        raise EngineMissing(f"llama.cpp could not be started: {error}", hint=hint) from error
    if engine_version() != ENGINE_VERSION:
        title = f"llama-cpp-python {engine_version()} is installed, but {ENGINE_VERSION} is needed"
        raise EngineMissing(title, hint=hint)
    try:
        from models.llama.runtime import LlamaRuntime  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise EngineMissing(f"A part of the engine could not be started: {error}", hint=hint) from error
    return LlamaRuntime
