"""Numbers written in words, in the languages that text2num knows; without it, the first few of English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
_WHERE_UNKNOWN = ("en", "de", "fr")
_TOKEN = re.compile(r"[^\W\d_]+|(?<![^\W\d_])-|-(?![^\W\d_])|[^\w\s-]")
_ARTICLES = {
    "en": frozenset("second seconds first hundreds thousands millions billions dozens".split()),
    "de": frozenset("ein eine einen einem einer eines hunderte hunderten tausende tausenden".split()),
    "es": frozenset(("un", "una", "segundo", "segundos")),
    "it": frozenset(("un", "una", "uno", "secondo", "secondi")),
    "pt": frozenset(("um", "uma", "segundo", "segundos")),
    "fr": frozenset(("une", "second", "seconde", "secondes", "neuf", "neuve")),
    "nl": frozenset(("een",)),
}
"""Words that are numbers, and something else more often."""
_ENGLISH = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
).split()
_SHORT = {"veintiún": "veintiuno", "treintaiún": "treintaiuno"}
"""Forms before a noun that text2num does not know."""
_LEAST = 1.5
_MOST_CHARACTERS = 20_000
_MOST_TOKENS = 4_000
_LETTERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenNumber:
    """A number in words and where it stands."""

    value: Decimal
    start: int
    end: int


class _Token:
    """A word as text2num wants it."""

    def __init__(self, word: str, *, is_other: bool) -> None:
        self._word = word
        self._is_other = is_other

    def text(self) -> str:
        return self._word

    def nt_separated(self, previous: _Token) -> bool:
        del previous
        return False

    def not_a_number_part(self) -> bool:
        return self._is_other


def written_numbers(text: str, language: str) -> Iterator[WrittenNumber]:
    """Yield the numbers of two and more that are written in words of a language; of a few, where that is unknown."""
    matches = [match for match, _ in zip(_TOKEN.finditer(text[:_MOST_CHARACTERS]), range(_MOST_TOKENS), strict=False)]
    words = [_SHORT.get(match[0].casefold(), match[0].casefold()) for match in matches]
    for name in (language,) if language in _LANGUAGES else _WHERE_UNKNOWN:
        yield from _of_language(words, matches, name)


def _of_language(words: list[str], matches: list[re.Match[str]], name: str) -> Iterator[WrittenNumber]:
    try:
        from text_to_num import find_numbers  # noqa: PLC0415  a compiled library
    except ImportError:  # there is none for Macs with Intel processors
        yield from _in_english(words, matches)
        return
    others = _ARTICLES[name]
    tokens = [_Token(word, is_other=word in others) for word in words]
    for found in find_numbers(tokens, name, _LEAST):
        yield WrittenNumber(
            value=Decimal(str(found.value)).normalize(),
            start=matches[found.start].start(),
            end=matches[found.end - 1].end(),
        )


def _in_english(words: list[str], matches: list[re.Match[str]]) -> Iterator[WrittenNumber]:
    for word, match in zip(words, matches, strict=True):
        if word in _ENGLISH:
            yield WrittenNumber(value=Decimal(_ENGLISH.index(word) + 2), start=match.start(), end=match.end())
