"""Whether two amounts leave room for each other: values or ranges, and whether they are about, over or under them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation, localcontext

from engine.citations.checking.figures import Bound, Figure
from engine.citations.checking.units import Unit, convert
from engine.citations.checking.values import MOST_OVER, are_alike, tells

_NEARLY = Decimal("0.1")
"""How far a value may be from what is said to be about it."""
_RANGE = re.compile(r"\s?(?:[-–—−~]|to|bis|à|a|hasta|jusqu['’]à)\s?", re.IGNORECASE)
_PAIR = re.compile(r"\s?(?:and|und|et|y)\s?", re.IGNORECASE)
_BETWEEN = re.compile(r"\b(?:between|zwischen|entre)\s\S{0,12}\Z", re.IGNORECASE)
_UP_TO = re.compile(r"\b(?:up to|bis zu|jusqu['’]à|hasta|fino a|até)\s\Z", re.IGNORECASE)
_MOST_BETWEEN = 20
_PRECISION = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One figure, or the two ends of a range."""

    first: Figure
    last: Figure

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Both ends, or the one."""
        return (self.first,) if self.first is self.last else (self.first, self.last)

    @property
    def start(self) -> int:
        """Where it begins."""
        return self.first.start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.last.end


def amounts_of(figures: Sequence[Figure], text: str) -> tuple[Amount, ...]:
    """Return figures of a text, those that are a range as one."""
    found: list[Amount] = []
    figures = [_with_bound(figure, text) for figure in figures]
    at = 0
    while at < len(figures):
        first = figures[at]
        last = figures[at + 1] if at + 1 < len(figures) else None
        if last is not None and _is_range(first, last, text):
            found.append(Amount(first=first, last=last))
            at += 2
        else:
            found.append(Amount(first=first, last=first))
            at += 1
    return tuple(found)


def exclude(one: Amount, other: Amount) -> bool:
    """Return whether two amounts of one kind cannot both be right: neither is the other rounded, nor within it."""
    if not all(are_alike(mine, theirs) for mine in one.figures for theirs in other.figures):
        return False
    if any(tells(theirs, mine) or tells(mine, theirs) for mine in one.figures for theirs in other.figures):
        return False
    unit = one.first.unit
    if unit is not None and unit.dimension.startswith("money") and any(f.unit != unit for f in other.figures):
        return False  # what a currency is worth is not known
    with localcontext() as context:
        context.prec = _PRECISION
        try:
            low, high = _span(one, unit)
            other_low, other_high = _span(other, unit)
        except (InvalidOperation, ZeroDivisionError):
            return False
    return high < other_low or other_high < low


def _with_bound(figure: Figure, text: str) -> Figure:
    if figure.bound is Bound.EXACT and _UP_TO.search(text[: figure.start]):
        return replace(figure, bound=Bound.UNDER)
    return figure


def _is_range(first: Figure, last: Figure, text: str) -> bool:
    if last.start < first.end or last.start - first.end > _MOST_BETWEEN or not are_alike(first, last):
        return False
    between = text[first.end : last.start]
    if _RANGE.fullmatch(between):
        return first.readings[0] < last.readings[0] or first.unit != last.unit
    return _PAIR.fullmatch(between) is not None and _BETWEEN.search(text[: first.start + 1]) is not None


def _span(amount: Amount, unit: Unit | None) -> tuple[Decimal, Decimal]:
    """The least and the most that an amount may be, in a unit."""
    lows, highs = zip(*(_span_of(figure, unit) for figure in amount.figures), strict=True)
    return min(lows), max(highs)


def _span_of(figure: Figure, unit: Unit | None) -> tuple[Decimal, Decimal]:
    values = list(figure.readings)
    if figure.unit is not None and unit is not None and figure.unit != unit:
        values = [there for value in values for there in convert(value, figure.unit, to=unit)]
    low, high = min(values), max(values)
    match figure.bound:
        case Bound.OVER:
            return low, MOST_OVER * high
        case Bound.UNDER:
            return Decimal("-Infinity"), high
        case Bound.ABOUT:
            return low - _NEARLY * abs(low), high + _NEARLY * abs(high)
        case Bound.EXACT:
            return low, high
