"""What a run is about to store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.events import Event
from engine.reading.document import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event that is not stored yet, and the texts that must be archived in the same commit."""

    event: Event
    documents: Mapping[str, Document]
    """By text hash."""


def happening(event: Event) -> Happening:
    """Return an event without texts."""
    return Happening(event=event, documents={})
