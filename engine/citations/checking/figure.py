"""What a figure is: a number as a value with its unit, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.citations.checking.units import Unit

_ABOUT = (
    "about around approximately approx. roughly some circa ca. ca c. nearly almost ~ ≈ etwa rund ungefähr fast knapp "
    "environ près presque unos cerca aproximadamente casi"
)
_OVER = "more over above exceeding exceeds least > ≥ >= mehr über mindestens plus más minimum min. beyond"
_UNDER = "less fewer under below most < ≤ <= weniger unter höchstens moins menos maximum max. within bis zu"
BEFORE_CHARACTERS = 28
"""Before a number, in which it is said what it is."""


class Bound(StrEnum):
    """What is said of a value."""

    EXACT = "exact"
    ABOUT = "about"
    OVER = "over"
    UNDER = "under"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number with what it counts, as far as that is a known unit."""

    readings: tuple[Decimal, ...]
    """In its unit; more than one where 1.200 may be either."""
    step: Decimal
    """One of its last stated digit, in its unit."""
    digits: int
    """How many of it are stated, without zeros before and after."""
    unit: Unit | None
    said: str
    start: int
    end: int
    bound: Bound = Bound.EXACT
    digits_said: str = ""
    """As they are written, after what they are multiplied by; empty for words."""
    label: str = ""
    """The digits themselves, where the number is a name: of a version, a page, …"""
    is_noun_next: bool = False
    """Whether a word that is no unit follows: what is counted is something else."""
    is_share: bool = False
    """Whether the words around say that a number without a unit is a share of one."""
    is_small_word: bool = False
    """Whether it is a small count in words, which may be the writer's own: three reasons."""
    decade: int = 0
    """The first year of it; 0 where it is none."""


def bound_before(plain: str, start: int) -> Bound:
    """Return what the words before a place say of the value that stands there."""
    before = plain[max(0, start - BEFORE_CHARACTERS) : start].casefold().split()[-3:]
    for word in (word.strip(",;(") for word in reversed(before)):
        for bound, words in ((Bound.ABOUT, _ABOUT), (Bound.OVER, _OVER), (Bound.UNDER, _UNDER)):
            if word in words.split():
                return bound
        if word not in ("than", "a", "at", "of", "the", "als", "de", "to", "zu", "que", "total"):
            break
    return Bound.EXACT
