"""Dates and times of day in a text, however they are written, as days and months and years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.citations.checking.languages import language_of, month_names
from engine.citations.checking.numerals import CJK_NUMERALS, ROMAN_NUMERAL, cjk_number, plain_text, roman_number

Day = tuple[int, int, int]
"""Year (0 where it is not said), month, day (0 where it is not said)."""

_MONTH = r"(?P<name>[^\W\d_]{3,14})\b\.?"
_TAIL = r"(?:st|nd|rd|th|er|º|ª|\.|,)?"
_OF = r"(?:of\s+|de\s+|del\s+|den\s+|d[’'])?"
_YEAR = r"(?P<year>[12]\d{3})(?![\d.,]\d)"
_NUMERIC = (
    re.compile(r"(?<![\d./-])(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?![\d]|[./-]\d)"),
    re.compile(
        rf"(?<!\d)(?P<year>[12]\d{{3}}|[{CJK_NUMERALS}]{{4}})[年년]\s?(?P<month>\d{{1,2}}|[{CJK_NUMERALS}]{{1,2}})[月월]"
        rf"(?:\s?(?P<day>\d{{1,2}}|[{CJK_NUMERALS}]{{1,3}})[日일])?"
    ),
    re.compile(r"(?<![\d./-])(?P<one>\d{1,2})(?P<sep>[-/.])\s?(?P<two>\d{1,2})(?P=sep)\s?(?P<year>[12]\d{3})(?!\d)"),
)
_ROMAN_MONTH = re.compile(
    rf"(?<![\d.])(?P<day>\d{{1,2}})\.\s?(?P<month>{ROMAN_NUMERAL})\.\s?(?P<year>[12]\d{{3}})(?!\d)"
)
_NAMED = (
    re.compile(rf"(?<![\d./-])(?P<day>\d{{1,2}})(?P<sep>[-/]){_MONTH}(?P=sep)(?P<year>[12]\d{{3}})(?!\d)"),
    re.compile(
        rf"(?<![\d.,:])(?P<day>\d{{1,2}}){_TAIL}(?:\s?(?:[-–—]|to|and|bis|und|et|au|y|al)\s?(?P<last>\d{{1,2}}){_TAIL})?\s*"
        rf"{_OF}{_MONTH},?(?:\s+{_OF}{_YEAR})?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_MONTH}\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s?(?:[-–—]|to|and)\s?(?P<last>\d{{1,2}})(?:st|nd|rd|th)?)?"
        rf"(?![\d:]|[.,]\d)(?:,?\s+(?:of\s+)?{_YEAR})?",
        re.IGNORECASE,
    ),
    re.compile(rf"\b{_MONTH},?\s+{_OF}{_YEAR}", re.IGNORECASE),
)
_CLOCK = re.compile(
    r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])(?:(?P<sep>[:.h])(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?)?"
    r"(?:\s?(?P<half>[ap]\.?m\b\.?)|\s?(?P<word>Uhr|o[’']clock))?(?![\d:]|[.,]\d)",
    re.IGNORECASE,
)
_DOUBTFUL = frozenset(
    (
        "may",
        "mar",
        "mai",
        "set",
        "out",
        "mart",
        "sep",
        "dec",
        "jan",
        "jun",
        "march",
        "august",
        "ago",
        "gen",
        "mag",
        "abr",
    )
)
"""Names of months that are other words too: taken for months only with a capital letter or in another language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A day or a month; where the order of the numbers does not tell, every reading."""

    readings: tuple[Day, ...]
    said: str
    start: int
    end: int

    def is_told_by(self, other: Date) -> bool:
        """Whether another date says at least as much, and the same."""
        return any(_is_within(mine, theirs) for mine in self.readings for theirs in other.readings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A time of day."""

    hour: int
    minute: int
    second: int
    said: str
    start: int
    end: int
    is_open: bool
    """Whether it does not say which half of the day it means."""

    def is_told_by(self, other: Clock) -> bool:
        """Whether another time is the same, in either half of the day where one leaves that open."""
        if (self.minute, self.second) != (other.minute, other.second):
            return False
        return self.hour == other.hour or ((self.is_open or other.is_open) and (self.hour - other.hour) % 12 == 0)


def dates_of(text: str) -> tuple[tuple[Date, ...], tuple[Clock, ...], str]:
    """Return the dates and times of a text, and the text with white space in their places."""
    found: list[Date] = []
    original, plain = text, plain_text(text)
    text = plain
    text = _taken(text, [*_in_roman(text)], found)
    for pattern in _NUMERIC:
        text = _taken(text, [*_numeric(pattern, text)], found)
    for pattern in _NAMED:
        text = _taken(text, [*_named(pattern, text)], found)
    clocks = [*_clocks(text)]
    for clock in clocks:
        text = text[: clock.start] + " " * (clock.end - clock.start) + text[clock.end :]
    rest = "".join(" " if after != before else was for was, before, after in zip(original, plain, text, strict=True))
    return tuple(sorted(found, key=lambda date: date.start)), tuple(clocks), rest


def _taken(text: str, dates: list[Date], found: list[Date]) -> str:
    found += dates
    pieces, at = [], 0
    for date in dates:
        if date.start >= at:
            pieces += [text[at : date.start], " " * (date.end - date.start)]
            at = date.end
    return "".join((*pieces, text[at:]))


def _numeric(pattern: re.Pattern[str], text: str) -> Iterator[Date]:
    for match in pattern.finditer(text):
        parts = match.groupdict()
        year = cjk_number(parts["year"]) or 0
        if "one" in parts:
            one, two = int(parts["one"]), int(parts["two"])
            orders = [(two, one)] if parts["sep"] == "." else [(two, one), (one, two)]
        else:
            orders = [(cjk_number(parts["month"]) or 0, cjk_number(parts["day"] or "0") or 0)]
        readings = tuple((year, month, day) for month, day in orders if 1 <= month <= 12 and 0 <= day <= 31)
        if readings:
            yield Date(readings=readings, said=match[0].strip(), start=match.start(), end=match.end())


def _in_roman(text: str) -> Iterator[Date]:
    for match in _ROMAN_MONTH.finditer(text):
        month, day = roman_number(match["month"]), int(match["day"])
        if 1 <= month <= 12 and 1 <= day <= 31:
            reading = (int(match["year"]), month, day)
            yield Date(readings=(reading,), said=match[0], start=match.start(), end=match.end())


def _named(pattern: re.Pattern[str], text: str) -> Iterator[Date]:
    months = month_names()
    at = 0
    while (match := pattern.search(text, at)) is not None:
        name = match["name"]
        month = months.get(name.casefold())
        is_doubtful = name.casefold() in _DOUBTFUL and name[0].islower() and language_of(text) in ("en", "")
        parts = match.groupdict()
        days = [int(parts[key]) for key in ("day", "last") if parts.get(key)]
        if month is None or is_doubtful or any(not 1 <= day <= 31 for day in days):
            at = match.start() + _next_word(text, match)
            continue
        year, said = int(parts["year"] or 0), match[0].strip(" ,")
        for day in days or [0]:
            yield Date(readings=((year, month, day),), said=said, start=match.start(), end=match.end())
        at = match.end()


def _next_word(text: str, match: re.Match[str]) -> int:
    """How far to go on where what looked like a date is none, so that no date behind it is lost."""
    word = re.compile(r"\w+\W*").match(text, match.start())
    return max(1, word.end() - match.start() if word else 1)


def _clocks(text: str) -> Iterator[Clock]:
    for match in _CLOCK.finditer(text):
        half, is_full = (match["half"] or "").casefold(), match["minute"] is not None
        if not (half or match["word"] or (is_full and match["sep"] in (":", "h"))):
            continue
        hour = int(match["hour"])
        if half:
            if not 1 <= hour <= 12:
                continue
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        yield Clock(
            hour=hour,
            minute=int(match["minute"] or 0),
            second=int(match["second"] or 0),
            said=match[0].strip(" ."),
            start=match.start(),
            end=match.end(),
            is_open=not half and 1 <= hour <= 12,
        )


def _is_within(mine: Day, theirs: Day) -> bool:
    return all(not my_part or my_part == their_part for my_part, their_part in zip(mine, theirs, strict=True))
