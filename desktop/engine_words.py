"""How it stands with language models, in words: for the status line and the settings page."""

from __future__ import annotations

from datetime import datetime

from desktop.words import recent_moment
from models.preparation import EngineState, Preparation


def engine_line(preparation: Preparation, *, now: datetime) -> str:
    """Return one line for the status bar."""
    base = "No language model: answers are quoted word for word"
    match preparation.state:
        case EngineState.PREPARING:
            since = f" since {recent_moment(preparation.since.astimezone(), now=now)}" if preparation.since else ""
            return f"{base}  ·  model engine being prepared{since}"
        case EngineState.FAILED:
            return f"{base}  ·  model engine could not be prepared"
        case _:
            return base


def engine_explanation(preparation: Preparation) -> str:
    """Return a few sentences for who wants to know more."""
    base = (
        "Answers are put together from sentences of your documents, word for word, without a language model. "
        "This version does not use one yet."
    )
    match preparation.state:
        case EngineState.READY:
            version = f" (llama-cpp-python {preparation.version})" if preparation.version else ""
            more = f"The engine for local models{version} is installed and waits for the version that uses it."
        case EngineState.PREPARING:
            step = f": {preparation.step}" if preparation.step else ""
            more = f"The engine for local models is being prepared in the background{step}. You can go on working."
        case EngineState.FAILED:
            more = f"The engine for local models could not be prepared. {preparation.detail}".strip()
        case EngineState.MISSING:
            more = "The engine for local models is not installed, and nothing is missing without it."
    return f"{base}\n{more}"
