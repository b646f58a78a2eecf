"""Figures in a text: numbers as values with their units, in digits or words, in the formats of many languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal

from engine.citations.checking.figure import BEFORE_CHARACTERS, Bound, Figure, bound_before
from engine.citations.checking.figure_forms import fractions, in_signs, joined_figures
from engine.citations.checking.languages import language_of
from engine.citations.checking.number_words import written_numbers
from engine.citations.checking.numerals import (
    plain_text,
)
from engine.citations.checking.units import Unit, unit_after, unit_before

__all__ = ["Bound", "Figure", "figures_of", "parts_of"]

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
_SMALL = 12
_NOUN = re.compile(r"[ -]([^\W\d_]{4,})")
_SHARE_CHARACTERS = 80
_MOST_FIGURES = 2_000
_CENTURY = re.compile(r"[ -](?:century|centuries|jahrhunderts?|siècle|siglo|secolo|eeuw)\b", re.IGNORECASE)
_POWER = re.compile(r"\s?[×x·*⋅]\s?10(?:\^|\*\*)?(?P<power>[-−]?\d{1,2}|[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2})(?![\d.])")
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")
_AND_A_HALF = re.compile(r"[ -]and[ -]a[ -]half(?!\w)")
_MINUS = re.compile(r"(?<!\w)minus\s\Z", re.IGNORECASE)
_BELOW_ZERO = re.compile(r"\s?below (?:zero|freezing)(?!\w)", re.IGNORECASE)
_YEAR_BEFORE = re.compile(r"(?<!\d)(?P<century>[12]\d)(?P<year>\d\d)\s?[-–/]\s?\Z")
_DECADE = re.compile(r"(?<!\d)(?P<year>[12]\d{2}0)(?:['’]?s|er)\b(?:[ -](?:Jahren?))?")


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
    others = [*in_signs(plain, text), *fractions(plain, text)]
    found += others
    for figure in others:
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
    return tuple(_with_ranges(joined_figures(found, plain, text), plain))


def parts_of(text: str) -> Iterator[Decimal]:
    """Yield the numbers of a text that spaces between digits may have made into one: ``in 5 200``."""
    for match in _SPELT.finditer(plain_text(text)):
        yield from (Decimal(piece) for piece in match[0].split(" "))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


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
        bound=bound_before(plain, start),
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


def _label(match: re.Match[str], plain: str, unit: Unit | None) -> str:
    if unit is not None or match["sep"] or match["ordinal"]:
        return ""
    before = plain[max(0, match.start() - BEFORE_CHARACTERS) : match.start()].split()
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
        bound=bound_before(plain, start),
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
