"""What happens to a page before it is a fact: shown while it lasts, never stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class FetchPhase(StrEnum):
    """Where a page is on its way."""

    QUEUED = "queued"
    """It waits for its turn, or for its host."""
    FETCHING = "fetching"
    READING = "reading"
    """Its bytes are turned into text."""
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """One page on its way."""

    address: str
    phase: FetchPhase
    words: str = ""
    """Why it waits or failed, for people; may be empty."""
    is_ahead: bool = False
    """Whether nobody has asked for it yet: it is fetched because it will probably be wanted."""


OnFetch = Callable[[Fetching], None]
"""Hears what happens to pages, on whatever thread it happens."""
