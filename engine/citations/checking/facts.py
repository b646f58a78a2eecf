"""The dates, times of day and figures of a text, found once and kept: a passage is asked for them by many sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from engine.citations.checking.dates import Clock, Date, dates_of
from engine.citations.checking.figures import Figure, figures_of, parts_of
from engine.citations.checking.values import is_told

_CACHED_TEXTS = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What can be looked for in a text, or found in it."""

    dates: tuple[Date, ...]
    clocks: tuple[Clock, ...]
    figures: tuple[Figure, ...]
    rest: str
    """The text without the dates."""

    @property
    def moments(self) -> tuple[Date | Clock, ...]:
        """Dates, then times of day."""
        return (*self.dates, *self.clocks)

    @property
    def years(self) -> frozenset[int]:
        """The years of the dates."""
        dated = {day[0] for date in self.dates for day in date.readings if day[0]}
        return frozenset(dated)

    @property
    def all_years(self) -> frozenset[int]:
        """The same, and numbers that may be years."""
        numbers = {
            int(value)
            for figure in self.figures
            if figure.unit is None
            for value in figure.readings
            if value == value.to_integral_value() and 1 <= value <= 2999
        }
        return self.years | numbers

    def has_moment(self, moment: Date | Clock) -> bool:
        """Return whether a date or a time of day is told, in whatever form."""
        if isinstance(moment, Clock):
            return any(moment.is_told_by(other) for other in self.clocks)
        if any(moment.is_told_by(other) for other in self.dates):
            return True
        years = self.all_years
        days = {day for other in self.dates for day in other.readings}
        return any((0, month, day) in days for year, month, day in moment.readings if year in years)

    def has_figure(self, figure: Figure) -> bool:
        """Return whether a figure is told: as a value, a rounding, in another unit or as a year."""
        years = self.all_years if figure.decade or figure.unit else self.years
        if is_told(figure, self.figures, years=years):
            return True
        parts = {*parts_of(self.rest)}
        return any(value in parts for value in figure.readings)


@lru_cache(maxsize=_CACHED_TEXTS)
def facts_of(text: str) -> Facts:
    """Return the facts of a text."""
    dates, clocks, rest = dates_of(text)
    return Facts(dates=dates, clocks=clocks, figures=figures_of(rest), rest=rest)
