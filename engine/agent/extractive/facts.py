"""The checkable facts in a sentence: numbers as values with units, dates, names and identifiers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_UNITS = {
    "%": "%",
    "percent": "%",
    "byte": "byte",
    "bytes": "byte",
    "bit": "bit",
    "bits": "bit",
    "kb": "kb",
    "kilobyte": "kb",
    "kilobytes": "kb",
    "kib": "kib",
    "mb": "mb",
    "megabyte": "mb",
    "megabytes": "mb",
    "mib": "mib",
    "gb": "gb",
    "gigabyte": "gb",
    "gigabytes": "gb",
    "gib": "gib",
    "tb": "tb",
    "terabyte": "tb",
    "terabytes": "tb",
    "tib": "tib",
    "ms": "ms",
    "millisecond": "ms",
    "milliseconds": "ms",
    "s": "s",
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "min": "min",
    "minute": "min",
    "minutes": "min",
    "hour": "h",
    "hours": "h",
    "day": "day",
    "days": "day",
    "week": "week",
    "weeks": "week",
    "month": "month",
    "months": "month",
    "year": "year",
    "years": "year",
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_WORDS = {
    name: value
    for value, name in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
}
_NUMBER = re.compile(
    r"(?<![A-Za-z\d_.])(?P<number>[-+]?\d+(?:,\d{3})+(?:\.\d+)?|[-+]?\d+(?:\.\d+)*)"
    r"(?:\s?(?P<scale>hundred|thousand|million|billion|trillion)\b)?"
    r"(?:[\s-]?(?P<unit>%|[A-Za-z]{1,12})(?![A-Za-z\d_]))?",
)
_WRITTEN = re.compile(
    rf"\b(?P<word>{'|'.join(list(_WORDS)[2:])})\b(?:[\s-](?P<unit>[A-Za-z]{{1,12}})\b)?", re.IGNORECASE
)
_NAME = re.compile(r"\b[A-Z][\w'’-]*[a-z][\w'’-]*(?:\s+(?:[A-Z][\w'’.-]*))+|(?<![.!?:]\s)(?<!^)\b[A-Z][a-z][\w'’-]+")
_IDENTIFIER = re.compile(r"(?<!\w)(?:--?[a-z][\w-]+|\w+_\w+|[A-Z]{2,}[A-Z\d]*|\w+\(\))")
_ASCII_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९", "012345678901234567890123456789")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as a value: 1,200 and 1200 are equal, and so are ``5`` and ``five``."""

    value: str
    """In plain decimal notation; versions such as 3.11.7 as they are."""
    unit: str = ""


def quantities(text: str) -> frozenset[Quantity]:
    """Return the numbers in a text, with their units where these are known ones."""
    found: set[Quantity] = set()
    plain = text.translate(_ASCII_DIGITS)
    for match in _NUMBER.finditer(plain):
        unit = _UNITS.get((match["unit"] or "").lower(), "")
        found.add(Quantity(value=_value(match["number"], match["scale"] or ""), unit=unit))
    for match in _WRITTEN.finditer(plain):
        unit = _UNITS.get((match["unit"] or "").lower(), "")
        found.add(Quantity(value=str(_WORDS[match["word"].lower()]), unit=unit))
    return frozenset(found)


def names(text: str) -> frozenset[str]:
    """Return what looks like a name, or like an identifier, case-folded."""
    found = {match[0].strip(" .").casefold() for match in _NAME.finditer(text)}
    return frozenset(found | {match[0].casefold() for match in _IDENTIFIER.finditer(text)})


def _value(number: str, scale: str) -> str:
    digits = number.replace(",", "")
    try:
        value = Decimal(digits[:60]) * _SCALES.get(scale.lower(), 1)
    except InvalidOperation:
        return digits  # a version or a date
    if value == value.to_integral_value():
        return str(value.to_integral_value()) if len(digits) <= 60 else digits
    return str(value.normalize())
