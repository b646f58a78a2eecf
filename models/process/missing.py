"""Says what a person can do about a missing llama.cpp: wait, read why it failed, or start the program again."""

from __future__ import annotations

import sys

from models.errors import EngineMissing
from models.preparation import EngineState, Preparation, preparation


def explained(error: EngineMissing, *, known: Preparation | None = None) -> EngineMissing:
    """Return the error with a hint that fits how far the installation is.

    Args:
        error: as the model process gave it.
        known: how far the installation is; found out if left out.
    """
    if known is None and getattr(sys, "frozen", False):
        return error  # everything comes with the program: nobody can install it
    known = known or preparation()
    match known.state:
        case EngineState.PREPARING:
            step = f" ({known.step})" if known.step else ""
            return EngineMissing(
                "llama.cpp, which runs language models, is still being prepared",
                hint=f"That goes on in the background{step}. Until then research works without a model.",
            )
        case EngineState.FAILED:
            return EngineMissing(
                "llama.cpp, which runs language models, could not be installed",
                hint=known.detail or "It is tried again at the next start.",
            )
        case EngineState.MISSING:
            return EngineMissing(
                "llama.cpp, which runs language models, is not installed",
                hint=known.detail or "Start Plumbline through its start script: that installs it.",
            )
        case EngineState.READY:
            return error
