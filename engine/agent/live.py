"""What a language model says while it says it: shown, and forgotten. What lasts is an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class RoleName(StrEnum):
    """Who is speaking."""

    PLANNER = "planner"
    POLICY = "policy"
    READER = "reader"
    WRITER = "writer"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveWords:
    """A piece of a reply that is being generated."""

    role: RoleName
    about: str
    """What the reply is about, for people: a source's title, a sub-question; may be empty."""
    text: str
    """The new piece; empty when a reply is only being waited for."""
    begins: bool = False
    """Whether a new reply begins, which takes the place of the last one on the screen."""


OnLive = Callable[[LiveWords], None]
"""Called on the research thread, often; it must return at once."""
