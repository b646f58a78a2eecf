"""Figures in other than plain digits: Chinese and Roman numerals, shares in words, and figures of two parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from engine.citations.checking.figure import Figure, bound_before
from engine.citations.checking.numerals import CJK_PERCENT, CJK_RUN, ROMAN_NUMERAL, cjk_number, roman_number
from engine.citations.checking.units import unit_after

_ROMAN_CENTURY = re.compile(
    rf"\b(?:(?P<first>{ROMAN_NUMERAL})(?:e|er|ème|º|th|\.)?[ \u00a0-](?:century|siècle|век\w*|в\.|wiek\w*|století|eeuw)"
    rf"|(?:siglo|secolo|século|segle|secolul|al)[ \u00a0](?:al )?(?P<last>{ROMAN_NUMERAL}))(?!\w)",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"(?<![\w-])(?P<count>an?|one|two|three|four|five|six|seven|eight|nine)[ -](?P<part>half|third|quarter|fifth|sixth"
    r"|seventh|eighth|ninth|tenth|hundredth)s?(?![\w-])(?! (?:century|time|day|year|place|edition|part\b(?! of)))",
    re.IGNORECASE,
)
_COUNTS = {
    word: value
    for value, words in enumerate("a|an|one two three four five six seven eight nine".split(), start=1)
    for word in words.split("|")
}
_PARTS = {
    "half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "hundredth": 100,
}  # fmt: skip
_SAME_QUANTITY = re.compile(r",?\s(?:and\s)?")
_SMALLER_DIMENSIONS = frozenset(("time", "calendar", "length", "mass", "angle"))
_CJK_TELLING = "十百千万萬億亿兆"
"""Without one of these, numerals side by side may be words."""


def in_signs(plain: str, text: str) -> Iterator[Figure]:
    """Yield what is written in Chinese or Roman numerals."""
    century, _ = unit_after("1 century", 1)
    for match in _ROMAN_CENTURY.finditer(plain):
        value = Decimal(roman_number(match["first"] or match["last"]))
        yield Figure(
            readings=(value,),
            step=Decimal(1),
            digits=2,
            unit=century,
            said=match[0],
            start=match.start(),
            end=match.end(),
        )
    percent, _ = unit_after("%", 0)
    taken: set[int] = set()
    for match in CJK_PERCENT.finditer(plain):
        said = match["before"] or match["after"]
        value = Decimal(said) if said[0].isdecimal() else Decimal(cjk_number(said) or 0)
        taken.update(range(match.start(), match.end()))
        yield Figure(
            readings=(value,),
            step=Decimal(1),
            digits=2,
            unit=percent,
            said=match[0],
            start=match.start(),
            end=match.end(),
        )
    for match in CJK_RUN.finditer(plain):
        number = cjk_number(match[0])
        if number is not None and match.start() not in taken and any(sign in match[0] for sign in _CJK_TELLING):
            unit, end = unit_after(text, match.end())
            yield Figure(
                readings=(Decimal(number),), step=Decimal(1), digits=len(str(number).rstrip("0")) or 1, unit=unit,
                said=text[match.start() : end], start=match.start(), end=end,
            )  # fmt: skip


def fractions(plain: str, text: str) -> Iterator[Figure]:
    """Yield shares in English words: a fifth, two thirds. An article before one makes it a share only with “of”."""
    for match in _FRACTION.finditer(plain):
        count, part = _COUNTS[match["count"].casefold()], _PARTS[match["part"].casefold()]
        if count == 1 and match["part"].casefold() != "half" and not plain.startswith(" of ", match.end()):
            continue
        if match["part"].casefold() == "half" and not plain.startswith(" of ", match.end()):
            continue
        yield Figure(
            readings=(Decimal(count) / part,),
            step=Decimal("0.01"),
            digits=2,
            unit=None,
            said=text[match.start() : match.end()],
            start=match.start(),
            end=match.end(),
            bound=bound_before(plain, match.start()),
            is_share=True,
        )


def joined_figures(found: list[Figure], plain: str, text: str) -> list[Figure]:
    """Make one figure of two that belong together: two hours and forty minutes, 5 feet 10 inches."""
    joined: list[Figure] = []
    for figure in found:
        last = joined[-1] if joined else None
        if last is not None and _continues(last, figure, plain):
            assert last.unit is not None and figure.unit is not None
            more = last.readings[0] * last.unit.factor / figure.unit.factor
            joined[-1] = Figure(
                readings=(figure.readings[0] + more,), step=figure.step, digits=figure.digits + last.digits,
                unit=figure.unit, said=text[last.start : figure.end].strip(" .\n\t\u00a0"), start=last.start,
                end=figure.end, bound=last.bound,
            )  # fmt: skip
        else:
            joined.append(figure)
    return joined


def _continues(figure: Figure, following: Figure, plain: str) -> bool:
    one, other = figure.unit, following.unit
    return (
        one is not None
        and other is not None
        and one.dimension == other.dimension
        and one.dimension in _SMALLER_DIMENSIONS
        and one.factor > other.factor
        and not (one.offset or other.offset)
        and following.readings[0] * other.factor < one.factor
        and figure.readings[0] == figure.readings[0].to_integral_value()
        and _SAME_QUANTITY.fullmatch(plain, figure.end, following.start) is not None
    )
