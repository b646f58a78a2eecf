"""Months, units and countries in many languages, from the Unicode CLDR; and which language a text is in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from functools import lru_cache

_MONTH_LOCALES = tuple("en de fr es it pt nl sv da nb fi pl cs sk ru uk el tr hu ro hr bg he ar hi id".split())
_SHORT_MONTH_LOCALES = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Whose abbreviations of months are known as well: everybody's would be half of all short words."""
_UNIT_LOCALES = tuple("en en_GB de fr es it pt nl sv da pl cs ru uk".split())
_COUNTRY_LOCALES = tuple("en de fr es it pt nl sv pl cs ru ja zh".split())
_FUNCTION_WORDS = {
    "en": "the of and is was were are to in that it for with as by on at from which this has have had be been not an",
    "de": "der die das und ist war wurde wurden im am den dem des ein eine einer einem einen mit von für auf nicht "
    "auch sich zu zum zur sind als bei nach über aus hat es",
    "fr": "le la les des du et est était une un dans par pour sur que qui au aux avec ce cette sont ne pas il elle en "
    "l d a été",
    "es": "el la los las de del y es fue una un en por para con que se al su lo no son era como más",
    "it": "il lo la gli le di del della e è era una un in per con che si al alla non sono dei nel nella",
    "pt": "o a os as de do da dos das este estes esta tais ser tem e é foi uma um em por para com que se ao no na "
    "não são mais",
    "nl": "de het een en is was werd van in op te met voor dat die niet zijn aan door om ook als bij",
}
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 200
"""Of a text, that are looked at to tell its language."""
_NEVER_UNITS = frozenset("a an and am at by da de en et i in is la le of on or per the to und y".split())
"""Words that stand after a number for other reasons."""
_PEOPLES = (
    "FR french GB british,britain,uk,england,english US american,usa,us NL dutch,holland CH swiss DK danish ES spanish "
    "GR greek PL polish TR turkish NO norwegian SE swedish FI finnish CN chinese JP japanese RU russian DE german "
    "IE irish PT portuguese IT italian AT austrian HU hungarian CZ czech"
).split()
"""Countries and what people and things of them are called in English, where that is not a form of the name."""
_COUNTS = (1, 2, 5)
"""Numbers of which every language here uses another form of the word."""
_LEAST_COUNTRY = 4


@lru_cache(maxsize=1)
def month_names() -> Mapping[str, int]:
    """Return the months, 1 to 12, by their case-folded names and abbreviations, without the dots."""
    from babel import Locale  # noqa: PLC0415  slow to import

    found: dict[str, int] = {"sept": 9}
    for name in _MONTH_LOCALES:
        months = Locale(name).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated") if name in _SHORT_MONTH_LOCALES else ("wide",):
                for number, month in months[context][width].items():
                    word = month.casefold().strip(" .")
                    if len(word) > 2 and not any(character.isdigit() for character in word):
                        found.setdefault(word, number)
    return found


def unit_words(names: Collection[str]) -> Mapping[str, str]:
    """Return units by their case-folded words in many languages; names are the CLDR's, ``kilometer``."""
    from babel import Locale  # noqa: PLC0415  slow to import
    from babel.units import format_unit  # noqa: PLC0415

    known = [str(unit) for unit in Locale("en").unit_display_names]
    units = {unit: name for unit in known if (name := unit.partition("-")[2]) in names}
    found: dict[str, str] = {}
    for locale in _UNIT_LOCALES:
        for unit, name in units.items():
            for count in _COUNTS:
                said = format_unit(count, unit, length="long", locale=locale).casefold()
                word = " ".join(said.replace(str(count), " ").split())
                if len(word) > 1 and word not in _NEVER_UNITS:
                    found.setdefault(word, name)
    return found


@lru_cache(maxsize=1)
def countries() -> Mapping[str, str]:
    """Return the codes of countries by their folded names in many languages."""
    from babel import Locale  # noqa: PLC0415  slow to import

    found: dict[str, str] = {}
    for name in _COUNTRY_LOCALES:
        for code, word in Locale(name).territories.items():
            if len(code) == 2 and (len(word) >= _LEAST_COUNTRY or not word.isascii()):
                found.setdefault(folded(word), code)
    for code, words in zip(_PEOPLES[::2], _PEOPLES[1::2], strict=True):
        found.update((word, code) for word in words.split(",") if word != "us")
    return found


@lru_cache(maxsize=4_096)
def language_of(text: str) -> str:
    """Return the language that the little words of a text are of, ``en``; empty where they do not tell."""
    words = [word.casefold() for word in _WORD.findall(text[: 12 * _MOST_WORDS])[:_MOST_WORDS]]
    counts = {name: sum(word in known for word in words) for name, known in _known_words().items()}
    best = max(counts, key=lambda name: counts[name])
    second = max(count for name, count in counts.items() if name != best)
    return best if counts[best] > second else ""


@lru_cache(maxsize=1)
def _known_words() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in _FUNCTION_WORDS.items()}


_UNMARKED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "™": "", "®": "", "©": ""}
)


@lru_cache(maxsize=32_768)
def folded(text: str) -> str:
    """Return a text without case, accents and other marks, so that spellings of one name are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_UNMARKED))
    return "".join(character for character in plain if not unicodedata.combining(character))
