"""Search engines as the settings page shows them. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from engine.domain import EngineReport
from engine.search.health import Condition, EngineHealth
from engine.search.settings import SearchSettings

NO_ADDRESS = "This is no address of a SearXNG. Write it like https://searx.example.org."
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d+(?:/|$))")
"""What an address begins with, and not a name with a port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineRow:
    """One engine."""

    name: str
    title: str
    about: str
    condition: Condition
    words: str
    """How it fares."""
    is_on: bool
    needs_key: bool = False
    takes_key: bool = False
    has_key: bool = False
    """Whether there is one, as far as that is known."""
    key_words: str = ""
    """Where a key is that was just given."""
    tried: EngineReport | None = None
    """What came of trying it."""
    is_busy: bool = False

    @property
    def is_waiting_for_key(self) -> bool:
        """Whether it cannot be asked because there is no key."""
        return self.needs_key and not self.has_key


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginesCard:
    """Everything on the page."""

    rows: tuple[EngineRow, ...] = ()
    settings: SearchSettings = field(default_factory=SearchSettings)
    address_problem: str = ""
    """What is wrong with the address that was written; empty when nothing is."""


def row_of(health: EngineHealth, *, has_key: bool) -> EngineRow:
    """Return an engine as it is shown."""
    return EngineRow(
        name=health.name,
        title=health.title,
        about=health.about,
        condition=health.condition,
        words=health.words,
        is_on=health.is_on,
        needs_key=health.needs_key,
        takes_key=health.takes_key,
        has_key=has_key,
    )


def understood_address(written: str) -> tuple[str, str]:
    """Return where a SearXNG is said to be, and what is wrong with that in a sentence; an empty text is nowhere."""
    address = written.strip()
    if not address:
        return "", ""
    if _SCHEME.match(address) is None:
        address = f"https://{address}"
    beginning, _, place = address.partition("://")
    if beginning.casefold() not in ("http", "https") or not place or any(one.isspace() for one in place):
        return "", NO_ADDRESS
    if "?" in place or "#" in place:
        return "", "Only the beginning of its address is needed, like https://searx.example.org."
    return address, ""
