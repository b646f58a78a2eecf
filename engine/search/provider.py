"""What a search engine is here: facts, a question, what it found, and in what way it can fail."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from engine.domain import EngineState, WebLimits
from engine.network.gate import Gate
from models.http import IsCancelled


class Kind(StrEnum):
    """What an engine is good for."""

    GENERAL = "general"
    """The whole web."""
    BACKGROUND = "background"
    """An encyclopaedia."""
    SCHOLARLY = "scholarly"
    """Papers, and what is known about them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an engine without asking it."""

    name: str
    """Its key everywhere: settings, health, cache, ledger."""
    title: str
    """For people."""
    hosts: tuple[str, ...]
    """Which it is reached at, each with its subdomains; none where the person names the address."""
    kind: Kind = Kind.GENERAL
    about: str = ""
    """A sentence for the settings."""
    is_default: bool = True
    """Whether it is asked unless the person switches it off."""
    needs_key: bool = False
    takes_key: bool = False
    """Whether a key may be given, needed or not."""
    key_name: str = ""
    """Under which the key is kept."""
    interval_s: float = 1.0
    """At least so long between two requests."""
    finds_only: tuple[str, ...] = ()
    """Domains, where everything it finds lies in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebQuery:
    """What is asked, and within what limits."""

    text: str
    """Cleaned, and never empty."""
    limits: WebLimits = field(default_factory=WebLimits)
    is_exact: bool = False
    """Whether a person approved these words as they stand, so that nothing may be added to them or cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One result, as the engine told it, in plain text."""

    address: str
    """Exactly as the engine returned it."""
    title: str
    snippet: str = ""
    published: str = ""
    """``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty when the engine does not say."""
    site: str = ""
    """What a person would call the place, where the engine says so."""


class ProviderTrouble(Exception):
    """An engine gave no answer to a query: anything but results, or its word that there are none.

    Args:
        state: any but ANSWERED and EMPTY.
        words: a sentence for people.
        retry_after_s: how long it asked to be left alone, in seconds; None if it did not say.
    """

    def __init__(self, state: EngineState, words: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(words)
        self.state = state
        self.words = words
        self.retry_after_s = retry_after_s


def _at_once() -> None:
    """Wait for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """With what an engine is asked."""

    gate: Gate
    limit: int
    """Of results."""
    key: str = field(default="", repr=False)
    is_cancelled: IsCancelled | None = None
    limit_s: float = 12.0
    """For the whole answer, in seconds."""
    wait_turn: Callable[[], None] = _at_once
    """To be called before every request after the first; returns when the engine may be asked again."""
    clock: Callable[[], float] = time.monotonic

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self.is_cancelled is not None and self.is_cancelled()


class Provider(Protocol):
    """A search engine. May be asked from several threads at once."""

    @property
    def facts(self) -> Facts: ...

    def ask(self, query: WebQuery, *, errand: Errand) -> tuple[Found, ...]:
        """Return what it found; nothing only if it says itself that there is nothing.

        Raises:
            ProviderTrouble: anything else.
            RequestCancelled: somebody gave up.
        """
        ...
