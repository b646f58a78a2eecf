"""How it stands with the engine for language models, in words: for the status line and the settings page."""

from __future__ import annotations

from datetime import datetime

from desktop.words import recent_moment
from models.preparation import EngineState, Preparation


def engine_line(preparation: Preparation, *, now: datetime) -> str:
    """Return one line for the status bar, where no language model is chosen."""
    base = "No language model: answers are quoted word for word"
    match preparation.state:
        case EngineState.PREPARING:
            since = f" since {recent_moment(preparation.since.astimezone(), now=now)}" if preparation.since else ""
            return f"{base}  ·  model engine being prepared{since}"
        case EngineState.FAILED:
            return f"{base}  ·  model engine could not be prepared"
        case _:
            return base


def engine_explanation(preparation: Preparation, *, model: str = "") -> str:
    """Return a few sentences for who wants to know more.

    Args:
        preparation: how far the engine is.
        model: what the chosen language model is called; empty when none is chosen.
    """
    base = (
        f"Questions are researched with {model}."
        if model
        else "No language model is chosen: answers are put together from sentences of your documents, word for word."
    )
    return f"{base}\n{_engine(preparation)}"


def engine_note(preparation: Preparation) -> str:
    """Return what somebody who chooses a model must know of the engine; empty when it is ready."""
    return "" if preparation.state is EngineState.READY else _engine(preparation)


def _engine(preparation: Preparation) -> str:
    match preparation.state:
        case EngineState.READY:
            version = f" (llama-cpp-python {preparation.version})" if preparation.version else ""
            return f"The engine for models on this computer{version} is installed."
        case EngineState.PREPARING:
            step = f": {preparation.step}" if preparation.step else ""
            return (
                f"The engine for models on this computer is being prepared in the background{step}. "
                "You can go on working; models on a server can be used already."
            )
        case EngineState.FAILED:
            return f"The engine for models on this computer could not be prepared. {preparation.detail}".strip()
        case EngineState.MISSING:
            return "The engine for models on this computer is not installed; models on a server can be used."
