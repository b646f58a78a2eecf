"""Digits and numerals of other scripts as plain ones: full-width, Arabic, Chinese and Japanese, Roman."""

from __future__ import annotations

import re
import unicodedata

CJK_NUMERALS = "〇零一二三四五六七八九十百千万萬億亿兆"
ROMAN_NUMERAL = r"(?=[IVXL])(?:X{1,3}|XL|L)?(?:IX|IV|V?I{0,3})"
_CJK_DIGITS = {"〇": 0, "零": 0} | {sign: value for value, sign in enumerate("一二三四五六七八九", start=1)}
_CJK_TENS = {"十": 10, "百": 100, "千": 1_000}
_CJK_SCALES = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8, "兆": 10**12}
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}
_SPACES = "\u00a0\u202f\u2009\u2007\u3000"
_SIGNS = {"٫": ".", "٬": ",", "，": ",", "．": ".", "‐": "-", "‑": "-"}


def plain_text(text: str) -> str:
    """Return a text of the same length with plain digits, spaces, points and commas."""
    return text if text.isascii() else "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    if character in _SPACES:
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    return _SIGNS.get(character, character)


def cjk_number(text: str) -> int | None:
    """Return the value of digits and Chinese numerals, 一八五一 or 千二百 or 5; None where they make no number."""
    if text.isdecimal():
        return int(text)
    if all(sign in _CJK_DIGITS for sign in text):
        return int("".join(str(_CJK_DIGITS[sign]) for sign in text)) if text else None
    total = section = 0
    digit: int | None = None
    for sign in text:
        if sign in _CJK_DIGITS:
            digit = _CJK_DIGITS[sign]
        elif sign in _CJK_TENS:
            section += (1 if digit is None else digit) * _CJK_TENS[sign]
            digit = None
        elif sign in _CJK_SCALES:
            total += (section + (digit or 0) or 1) * _CJK_SCALES[sign]
            section, digit = 0, None
        else:
            return None
    return total + section + (digit or 0)


def roman_number(text: str) -> int:
    """Return the value of a Roman numeral up to 89."""
    values = [_ROMAN[sign] for sign in text.upper()]
    return sum(-one if one < after else one for one, after in zip(values, [*values[1:], 0], strict=True))


CJK_RUN = re.compile(rf"(?<![{CJK_NUMERALS}\d])[{CJK_NUMERALS}]{{2,20}}(?![{CJK_NUMERALS}\d])")
"""Two numerals and more: one alone is a word more often than a number."""
CJK_PERCENT = re.compile(
    rf"百分之(?P<before>[{CJK_NUMERALS}]+|\d+(?:\.\d+)?)|(?P<after>[{CJK_NUMERALS}]+)(?:パーセント|[%％])"
)
