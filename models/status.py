"""What a model is doing at this moment, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class ModelState(StrEnum):
    """What a model is doing."""

    NONE = "none"
    """Nothing is chosen."""
    UNLOADED = "unloaded"
    """It takes no memory; the next request loads it."""
    LOADING = "loading"
    READY = "ready"
    READING_PROMPT = "reading_prompt"
    ANSWERING = "answering"
    FAILED = "failed"
    """The last request ended with an error; the next one tries again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelStatus:
    """What a model is doing at this moment."""

    state: ModelState = ModelState.NONE
    name: str = ""
    fraction: float = 0.0
    """Of loading, or of reading the prompt: 0 to 1."""
    tokens_per_s: float = 0.0
    """Of the reply, over the last seconds; 0 while none is being generated."""
    memory_bytes: int = 0
    """That the model process holds."""
    error_title: str = ""
    error_hint: str = ""


OnStatus = Callable[[ModelStatus], None]
"""Called on the thread that uses or unloads the model, several times a second at most; it must return at once."""
