"""How errors travel from the model process to the app."""

from __future__ import annotations

from models.errors import (
    ContextFull,
    EngineMissing,
    LoadCancelled,
    ModelDied,
    ModelError,
    ModelTooLarge,
    ModelUnusable,
)
from models.process.wire import Refused

_KINDS: tuple[tuple[str, type[ModelError]], ...] = (
    ("missing", EngineMissing),
    ("unusable", ModelUnusable),
    ("too_large", ModelTooLarge),
    ("cancelled", LoadCancelled),
    ("died", ModelDied),
    ("other", ModelError),
)


def refusal(error: ModelError, *, number: int) -> Refused:
    """Return an error as it travels."""
    if isinstance(error, ContextFull):
        return Refused(
            number=number,
            kind="full",
            title=error.title,
            hint=error.hint,
            needed=error.needed,
            available=error.available,
        )
    kind = next(name for name, kind in _KINDS if isinstance(error, kind))
    return Refused(number=number, kind=kind, title=error.title, hint=error.hint)


def refused_error(refused: Refused) -> ModelError:
    """Return the error that travelled."""
    if refused.kind == "full":
        return ContextFull(needed=refused.needed, available=refused.available)
    kind = next((kind for name, kind in _KINDS if name == refused.kind), ModelError)
    return kind(refused.title, hint=refused.hint)
