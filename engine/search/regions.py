"""Guesses the country for a language and the language for a country, as several engines want both or neither."""

from __future__ import annotations

from engine.domain import WebLimits

_COUNTRY = {
    "en": "us", "cs": "cz", "da": "dk", "el": "gr", "et": "ee", "ja": "jp", "ko": "kr", "sl": "si", "sv":
    "se", "uk": "ua", "zh": "cn", "he": "il", "hi": "in", "vi": "vn", "fa": "ir", "nb": "no", "ms": "my",
    "ca": "es", "ar": "xa", "sr": "rs",
}  # fmt: skip
"""Of languages whose country has other letters."""
_LANGUAGE = {
    "us": "en", "gb": "en", "uk": "en", "ie": "en", "au": "en", "nz": "en", "ca": "en", "in": "en", "za":
    "en", "sg": "en", "ph": "en", "at": "de", "ch": "de", "li": "de", "be": "nl", "lu": "fr", "br": "pt",
    "mx": "es", "ar": "es", "cl": "es", "co": "es", "pe": "es", "ve": "es", "ec": "es", "uy": "es", "cz":
    "cs", "dk": "da", "gr": "el", "ee": "et", "jp": "ja", "kr": "ko", "si": "sl", "se": "sv", "ua": "uk",
    "cn": "zh", "tw": "zh", "hk": "zh", "il": "he", "vn": "vi", "ir": "fa", "no": "nb", "my": "ms", "eg":
    "ar", "sa": "ar", "ae": "ar", "rs": "sr",
}  # fmt: skip


def country_and_language(limits: WebLimits) -> tuple[str, str]:
    """Return two letters each, the missing one guessed; two empty texts if the person wants neither."""
    language = _two_letters(limits.language)
    country = _two_letters(limits.region)
    if not (language or country):
        return "", ""
    return country or _COUNTRY.get(language, language), language or _LANGUAGE.get(country, country)


def _two_letters(written: str) -> str:
    text = written.strip().lower()[:2]
    return text if len(text) == 2 and text.isascii() and text.isalpha() else ""
