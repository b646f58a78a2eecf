"""Figures in a text: numbers as values with their units, in digits or words, in the formats of many languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from engine.citations.checking.languages import language_of
from engine.citations.checking.number_words import written_numbers
from engine.citations.checking.numerals import (
    CJK_PERCENT,
    CJK_RUN,
    ROMAN_NUMERAL,
    cjk_number,
    plain_text,
    roman_number,
)
from engine.citations.checking.units import Unit, unit_after, unit_before

_LITERAL = re.compile(
    r"(?<![A-Za-z\u00c0-\u024f\d_])(?<!\d[.,:])(?:(?<=[\s(=])(?P<minus>[-−])|(?P<minus_first>\A[-−]))?"
    r"(?P<digits>\d{1,3}(?:(?P<sep>[,.'’ ])\d{3}(?:(?P=sep)\d{3}){0,5})(?:[.,]\d{1,30})?(?!\d)"
    r"|\d{1,2}(?:,\d{2}){1,4},\d{3}(?!\d)"
    r"|\d{1,40}(?:[.,]\d{1,40})?(?!\d))"
    r"(?P<fraction>\s?[½⅓⅔¼¾⅛⅜⅝⅞])?"
    r"(?P<ordinal>st|nd|rd|th|er|ère|ème|e|º|ª)?(?![A-Za-z]*[_\d])(?!\.\d)"
)
_LONE_FRACTION = re.compile(r"(?<![\d\w])(?:([½⅓⅔¼¾⅛⅜⅝⅞]))")
_SCALES = {
    "hundred": 2, "thousand": 3, "thousands": 3, "million": 6, "millions": 6, "mln": 6, "mio": 6, "trillion": 12,
    "tausend": 3, "millionen": 6, "milliarde": 9, "milliarden": 9, "mrd": 9, "mille": 3, "milliard": 9,
    "milliards": 9, "mil": 3, "millón": 6, "millones": 6, "milhão": 6, "milhões": 6, "milione": 6, "milioni": 6,
    "miliardo": 9, "miliardi": 9, "duizend": 3, "miljoen": 6, "miljard": 9, "bn": 9, "тысяч": 3, "тыс": 3,
    "миллион": 6, "миллиона": 6, "миллионов": 6, "млн": 6, "миллиард": 9, "миллиардов": 9, "млрд": 9,
    "lakh": 5, "crore": 7, "k": 3, "千": 3, "万": 4, "萬": 4, "百万": 6, "億": 8, "亿": 8, "兆": 12,
}  # fmt: skip
_SHORTENED = frozenset(("mio", "mrd", "mln", "тыс", "млн", "млрд"))
_LONG_SCALES = frozenset(("billion", "billions", "billionen", "billones", "bilhões"))
_SCALE = re.compile(r"[ \u00a0\u202f-]?(百万|[千万萬億亿兆]|[^\W\d_]+)\.?")
_RANGE = re.compile(r"\s?(?:[-–—−~]|to|bis|and|und|à|et|a|y|or|oder|ou)\s?$", re.IGNORECASE)
_ABOUT = (
    "about around approximately approx. roughly some circa ca. ca c. nearly almost ~ ≈ etwa rund ungefähr fast knapp "
    "environ près presque unos cerca aproximadamente casi"
)
_OVER = "more over above exceeding exceeds least > ≥ >= mehr über mindestens plus más minimum min. beyond"
_UNDER = "less fewer under below most < ≤ <= weniger unter höchstens moins menos maximum max. within bis zu"
_LABELS = (
    "version versions release chapter section sections page pages table figure fig. no. nr. number volume vol. article "
    "art. § part line lines port rfc issue bug kapitel seite abschnitt artikel chapitre page tableau step level track "
    "room gate v. ver."
)
_SPELT = re.compile(r"(?<!\d)(\d{1,3})(?: (\d{3}))+(?!\d)")
_SHARE_WORDS = re.compile(
    r"\b(?:share|fraction|proportion|ratio|probability|rate|portion|anteil|quote|wahrscheinlichkeit|part|taux|proporción)\b",
    re.IGNORECASE,
)
_BEFORE_CHARACTERS = 28
_SMALL = 12
_NOUN = re.compile(r"[ -]([^\W\d_]{4,})")
_SHARE_CHARACTERS = 80
_MOST_FIGURES = 2_000
_CJK_TELLING = "十百千万萬億亿兆"
"""Without one of these, numerals side by side may be words."""
_CENTURY = re.compile(r"[ -](?:century|centuries|jahrhunderts?|siècle|siglo|secolo|eeuw)\b", re.IGNORECASE)
_ROMAN_CENTURY = re.compile(
    rf"\b(?:(?P<first>{ROMAN_NUMERAL})(?:e|er|ème|º|th|\.)?[ \u00a0-](?:century|siècle|век\w*|в\.|wiek\w*|století|eeuw)"
    rf"|(?:siglo|secolo|século|segle|secolul|al)[ \u00a0](?:al )?(?P<last>{ROMAN_NUMERAL}))(?!\w)",
    re.IGNORECASE,
)
_POWER = re.compile(r"\s?[×x·*⋅]\s?10(?:\^|\*\*)?(?P<power>[-−]?\d{1,2}|[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})(?![\d.])")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_AND_A_HALF = re.compile(r"[ -]and[ -]a[ -]half(?!\w)")
_MINUS = re.compile(r"(?<!\w)minus\s\Z", re.IGNORECASE)
_BELOW_ZERO = re.compile(r"\s?below (?:zero|freezing)(?!\w)", re.IGNORECASE)
_YEAR_BEFORE = re.compile(r"(?<!\d)(?P<century>[12]\d)(?P<year>\d\d)\s?[-–/]\s?\Z")
_DECADE = re.compile(r"(?<!\d)(?P<year>[12]\d{2}0)(?:['’]?s|er)\b(?:[ -](?:Jahren?))?")


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


def figures_of(text: str) -> tuple[Figure, ...]:
    """Return the figures of a text from which the dates have been taken."""
    plain = plain_text(text)
    language = language_of(text)
    found: list[Figure] = []
    for match in _DECADE.finditer(plain):
        year = Decimal(match["year"])
        found.append(
            Figure(
                readings=(year,),
                step=Decimal(1),
                digits=4,
                unit=None,
                said=match[0],
                start=match.start(),
                end=match.end(),
                decade=int(year),
            )
        )
    plain = _DECADE.sub(_blank, plain)
    in_signs = [*_in_signs(plain, text)]
    found += in_signs
    for figure in in_signs:
        plain = plain[: figure.start] + " " * (figure.end - figure.start) + plain[figure.end :]
    end = 0
    for match in _LITERAL.finditer(plain):
        if len(found) >= _MOST_FIGURES:
            break
        if match.start() < end:
            continue  # the ten of 1.2 × 10⁶
        figure = _of_literal(match, plain, text, language)
        end = figure.end
        found.append(figure)
    found += _lone_fractions(plain, text)
    taken = {position for figure in found for position in range(figure.start, figure.end)}
    for number in written_numbers(plain, language):
        if len(found) < _MOST_FIGURES and number.start not in taken and number.end - 1 not in taken:
            figure = _of_words(number.value, number.start, number.end, plain, text)
            found.append(figure)
            taken.update(range(figure.start, figure.end))
    found.sort(key=lambda figure: figure.start)
    return tuple(_with_ranges(found, plain))


def parts_of(text: str) -> Iterator[Decimal]:
    """Yield the numbers of a text that spaces between digits may have made into one: ``in 5 200``."""
    for match in _SPELT.finditer(plain_text(text)):
        yield from (Decimal(piece) for piece in match[0].split(" "))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _in_signs(plain: str, text: str) -> Iterator[Figure]:
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


def _of_literal(match: re.Match[str], plain: str, text: str, language: str) -> Figure:
    digits = match["digits"]
    readings, decimals = _readings(digits, match["sep"] or "", language)
    if match["fraction"]:
        added = Decimal(str(unicodedata.numeric(match["fraction"].strip())))
        readings, decimals = tuple(value + added for value in readings), 2
    end = match.end()
    scale, end = _scale_after(plain, end, language, is_money=unit_before(text, match.start("digits"))[0] is not None)
    start = match.start()
    said_minus = _MINUS.search(plain, max(0, start - 8), start)
    unit, unit_end = unit_after(text, end)
    below = _BELOW_ZERO.match(plain, max(unit_end, end))
    sign = -1 if match["minus"] or match["minus_first"] or said_minus or below else 1
    if short := _YEAR_BEFORE.search(plain, max(0, start - 8), start):
        readings = _with_century(digits, readings, short)
    values = tuple(sign * value * power for value in readings for power in scale)
    if said_minus:
        start = said_minus.start()
    if unit is None:
        unit, start = unit_before(text, match.start("digits"))
    start = min(start, match.start())
    label = _label(match, plain, unit)
    stated = digits.replace(match["sep"] or " ", "").lstrip("0.,").rstrip("0" if not decimals else "")
    return Figure(
        readings=values,
        step=Decimal(1).scaleb(-decimals) * scale[0],
        digits=max(1, len(re.sub(r"\D", "", stated))),
        unit=unit,
        said=text[start : max(unit_end, end)].strip(" .\n\t\u00a0"),
        start=start,
        end=max(unit_end, end),
        bound=_bound(plain, start),
        digits_said=f"{sign * scale[0]} {digits}",
        label=label,
        is_noun_next=unit is None and not label and _has_noun(plain, end),
        is_share=unit is None and decimals > 0 and _is_called_share(plain, start, end),
    )


def _with_century(digits: str, readings: tuple[Decimal, ...], before: re.Match[str]) -> tuple[Decimal, ...]:
    """Also the whole year, where two digits follow one: 1914–18."""
    if len(digits) != 2 or int(digits) <= int(before["year"]):
        return readings
    return (Decimal(f"{before['century']}{digits}"), *readings)


def _readings(digits: str, sep: str, language: str) -> tuple[tuple[Decimal, ...], int]:
    """What digits may mean, and how many stand behind the decimal sign in the first reading."""
    if sep in (" ", "'", "’"):
        whole, mark, rest = re.sub(r"[ '’]", "", digits).replace(",", ".").partition(".")
        return (Decimal(f"{whole}{mark}{rest}"),), len(rest)
    signs = [sign for sign in digits if sign in ".,"]
    if not signs:
        return (Decimal(digits),), 0
    if len(set(signs)) == 2 or len(signs) == 1:
        whole, _, rest = digits.rpartition(signs[-1])
        as_decimal = Decimal(f"{whole.replace(',', '').replace('.', '')}.{rest}")
        may_group = len(signs) == 1 and len(rest) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
        if not may_group:
            return (as_decimal,), len(rest)
        as_group = Decimal(whole + rest)
        if language:
            is_group = (signs[0] == ",") == (language == "en")
            return ((as_group,), 0) if is_group else ((as_decimal,), 3)
        return ((as_group, as_decimal), 0) if signs[0] == "," else ((as_decimal, as_group), 3)
    return (Decimal(digits.replace(",", "").replace(".", "")),), 0


def _scale_after(plain: str, end: int, language: str, *, is_money: bool) -> tuple[tuple[Decimal, ...], int]:
    if power := _POWER.match(plain, end):
        exponent = int(power["power"].translate(_SUPERSCRIPTS))
        return (Decimal(1).scaleb(exponent),), power.end()
    match = _SCALE.match(plain, end)
    word = match[1].casefold() if match else ""
    if match is None or not word:
        return (Decimal(1),), end
    if word in _LONG_SCALES:
        short, long = Decimal(10**9), Decimal(10**12)
        return ((short,) if language == "en" else (long,) if language else (short, long)), match.end(1)
    if word == "m" and is_money:
        return (Decimal(10**6),), match.end(1)
    if word not in _SCALES or (word == "k" and match.start(1) != end):
        return (Decimal(1),), end
    return (Decimal(10) ** _SCALES[word],), match.end() if word in _SHORTENED else match.end(1)


def _bound(plain: str, start: int) -> Bound:
    before = plain[max(0, start - _BEFORE_CHARACTERS) : start].casefold().split()[-3:]
    for word in (word.strip(",;(") for word in reversed(before)):
        for bound, words in ((Bound.ABOUT, _ABOUT), (Bound.OVER, _OVER), (Bound.UNDER, _UNDER)):
            if word in words.split():
                return bound
        if word not in ("than", "a", "at", "of", "the", "als", "de", "to", "zu", "que", "total"):
            break
    return Bound.EXACT


def _label(match: re.Match[str], plain: str, unit: Unit | None) -> str:
    if unit is not None or match["sep"] or match["ordinal"]:
        return ""
    before = plain[max(0, match.start() - _BEFORE_CHARACTERS) : match.start()].split()
    return match["digits"] if before and before[-1].casefold().strip("(") in _LABELS.split() else ""


def _is_called_share(plain: str, start: int, end: int) -> bool:
    return _SHARE_WORDS.search(plain, max(0, start - _SHARE_CHARACTERS), end + _SHARE_CHARACTERS) is not None


def _has_noun(plain: str, end: int) -> bool:
    match = _NOUN.match(plain, end)
    if match is None or not match[1][0].islower() or match[1] in ("from", "with", "were", "that", "when"):
        return False
    return unit_after(plain, match.end())[0] is None  # 512 premiers octets


def _lone_fractions(plain: str, text: str) -> Iterator[Figure]:
    for match in _LONE_FRACTION.finditer(plain):
        yield _of_words(Decimal(str(unicodedata.numeric(match[1]))), match.start(), match.end(), plain, text)


def _of_words(value: Decimal, start: int, end: int, plain: str, text: str) -> Figure:
    if half := _AND_A_HALF.match(plain, end):
        value, end = value + Decimal("0.5"), half.end()
    scale, scale_end = _scale_after(plain, end, "", is_money=False)
    unit, unit_end = unit_after(text, scale_end)
    return Figure(
        readings=tuple(value * power for power in scale),
        step=Decimal(1),
        digits=len(f"{value:f}".replace(".", "").strip("0")) or 1,
        unit=unit,
        said=text[start : max(unit_end, scale_end)].strip(" .\n\t\u00a0"),
        start=start,
        end=max(unit_end, scale_end),
        bound=_bound(plain, start),
        is_noun_next=unit is None and _has_noun(plain, scale_end),
        is_small_word=unit is None and scale == (Decimal(1),) and value <= _SMALL,
    )


def _with_ranges(found: list[Figure], plain: str) -> Iterator[Figure]:
    """Give the first number of ``10–20 km`` the unit of the second."""
    for number, figure in enumerate(found):
        following = found[number + 1] if number + 1 < len(found) else None
        if following is None or figure.unit is not None or following.unit is None:
            yield figure
        elif following.start - figure.end <= 6 and _RANGE.match(plain[figure.end : following.start]):
            yield Figure(
                readings=figure.readings, step=figure.step, digits=figure.digits, unit=following.unit,
                said=figure.said, start=figure.start, end=figure.end, bound=figure.bound,
            )  # fmt: skip
        else:
            yield figure
