"""Text to search terms: the one normalisation that the index and the ranking share.

What a term never contains: white space, double quotes, upper case. An identifier becomes itself and its parts
(``sqlite3_open_v2`` → ``sqlite3_open_v2 sqlite3 sqlit open v2``), so that either finds it. Scripts written without
spaces become overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

import Stemmer

_CHUNK_CHARACTERS = 16_384
_MAX_TERM_CHARACTERS = 64
_MAX_PARTS = 12
_CACHED_WORDS = 32_768

# Scripts without spaces between words: Chinese, Japanese, Korean (whose particles hang on the words), Thai, Lao,
# Burmese, Khmer.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1780-\u17d3\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\u1100-\u11ff\uac00-\ud7a3\U00020000-\U0003ffff"
)
# Marks that belong inside words but that ``\w`` leaves out: Latin and Cyrillic accents, Hebrew and Arabic points,
# the vowel signs of India and their neighbours.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u064b-\u065f\u0670"
    "\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
_ASCII_WORD = re.compile(r"\w+(?:(?:::|[.\-'@=])\w+)*(?:\+\+|#(?!\w))?", re.ASCII)
_ANY_WORD = re.compile(
    rf"[{_UNSPACED}]+"
    rf"|(?:[^\W{_UNSPACED}]|[{_MARKS}])+(?:(?:::|[.\-'’@=,‐‑])(?:[^\W{_UNSPACED}]|[{_MARKS}])+)*(?:\+\+|#(?!\w))?"
)
_ASCII_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)", re.ASCII)
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_HAS_HUMP = re.compile(r"[a-z][A-Z]")
_JOINER = re.compile(r"::|[.\-'’@=,‐‑_]")
_WITH_VERSION = re.compile(r"([a-z]{3,})\d{1,3}")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_NUMERIC = re.compile(r"v?\d+(?:\.\d+)+")


def terms(text: str) -> list[str]:
    """Return the normalised search terms of a text, in order; the same text always gives the same terms."""
    found: list[str] = []
    for group in term_groups(text):
        found += group
    return found


def term_groups(text: str) -> Iterator[tuple[str, ...]]:
    """Yield for each written word the terms it stands for; the first is the word as a whole.

    A run of characters of a script without spaces is one group of overlapping pairs.
    """
    for chunk in _chunks(text):
        if chunk.isascii():
            plain = _ASCII_NUMBER.sub(_without_commas, chunk) if "," in chunk else chunk
            for word in _ASCII_WORD.findall(plain):
                if group := _terms_of_word(word):
                    yield group
        else:
            for word in _ANY_WORD.findall(chunk):
                if _IS_UNSPACED.match(word):
                    yield _pairs(word)
                elif group := _terms_of_word(word):
                    yield group


def _without_commas(match: re.Match[str]) -> str:
    return match[0].replace(",", "")


def _chunks(text: str) -> Iterator[str]:
    """Cut at white space where there is some, so that no call of the regex engine keeps other threads waiting."""
    start = 0
    while start < len(text):
        end = start + _CHUNK_CHARACTERS
        if end < len(text):
            cut = max(text.rfind(" ", start + 1, end), text.rfind("\n", start + 1, end))
            end = cut if cut > start else end
        yield text[start:end]
        start = end


def _pairs(run: str) -> tuple[str, ...]:
    run = unicodedata.normalize("NFKC", run).lower()
    run = "".join(run.split())
    if len(run) == 1:
        return (run,)
    return tuple(first + second for first, second in pairwise(run))


@lru_cache(maxsize=_CACHED_WORDS)
def _terms_of_word(word: str) -> tuple[str, ...]:
    """Return the terms of one written word: the whole first, then parts; no term twice."""
    if len(word) > 4 * _MAX_TERM_CHARACTERS:
        word = word[: 4 * _MAX_TERM_CHARACTERS]
    if not word.isascii():
        word = "".join(unicodedata.normalize("NFKC", word).split())  # some ligatures spell whole phrases
    word = word.strip("_")
    if _GROUPED.fullmatch(word):
        return (word.replace(",", ""),)
    if "," in word:
        return _distinct([term for part in word.split(",") for term in _terms_of_word(part)])
    if word.endswith(("'s", "’s", "'S", "’S")):
        word = word[:-2]
    if not word:
        return ()
    if word.endswith(("+", "#")):
        return (_folded(word),)
    if _NUMERIC.fullmatch(word):
        return _version_terms(word.lower())
    pieces = [piece for piece in _JOINER.split(word) if piece]
    if len(pieces) > 1:
        return _compound_terms(word, pieces)
    return _distinct(_simple_terms(word))


def _version_terms(word: str) -> tuple[str, ...]:
    """``3.11.7`` is also found as ``3.11``."""
    number = word.removeprefix("v")
    pieces = number.split(".")
    return _distinct([number, *([".".join(pieces[:2])] if len(pieces) > 2 else [])])


def _compound_terms(word: str, pieces: list[str]) -> tuple[str, ...]:
    joined = "".join(pieces)
    if "'" in word or "’" in word:
        first, rest = pieces[0], pieces[1:]
        if len(pieces) == 2 and len(first) <= 2 and len(rest[0]) > 2:
            return _distinct(_simple_terms(rest[0]))  # l'eau, d'Artagnan
        return _distinct(_simple_terms(joined))  # don't
    if all(len(piece) == 1 for piece in pieces):
        return (_folded(joined),)  # U.S.A
    found: list[str] = []
    if any(joiner in word for joiner in ("_", ".", "::", "@", "=")):
        found.append(_folded(word))
    elif len(pieces) == 2 and not (pieces[0].isdigit() and pieces[1].isdigit()):
        found.append(_stemmed(_folded(joined)))  # e-mail, UTF-8
    for piece in pieces[:_MAX_PARTS]:
        found += _simple_terms(piece)
    return _distinct(found)


def _simple_terms(word: str) -> list[str]:
    folded = _folded(word)
    found = [_stemmed(folded)]
    if match := _WITH_VERSION.fullmatch(folded):
        found.append(_stemmed(match[1]))  # python3 is also found as python
    elif _HAS_HUMP.search(word):
        found += [_stemmed(part.lower()) for part in _HUMP.findall(word)[:_MAX_PARTS] if len(part) > 1]
    return found


def _folded(word: str) -> str:
    """Lower case without accents, and no longer than a term may be."""
    word = word.casefold()
    if not word.isascii():
        decomposed = unicodedata.normalize("NFKD", word)
        word = "".join(
            character
            for character in decomposed
            if not (unicodedata.combining(character) and not "\u0900" <= character <= "\u0dff")
            and character not in "\u0640\u200c\u200d"
        )
    return word[:_MAX_TERM_CHARACTERS]


def _stemmed(word: str) -> str:
    if len(word) < 3:
        return word
    algorithm = _algorithm_for(word[0])
    # A new stemmer costs a third of a microsecond and is not shared between threads, which stemmers do not survive.
    return Stemmer.Stemmer(algorithm, 0).stemWord(word) if algorithm else word


def _algorithm_for(letter: str) -> str:
    if letter < "\u0250":
        return "english" if letter.isalpha() else ""
    if "\u0400" <= letter < "\u0530":
        return "russian"
    if "\u0600" <= letter < "\u0780":
        return "arabic"
    if "\u0900" <= letter < "\u0980":
        return "hindi"
    return ""


def _distinct(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for term in found if term))
