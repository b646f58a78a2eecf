"""Whether a text or the place of a passage names a thing, whole and in either number."""

from __future__ import annotations

import re
from functools import lru_cache

from engine.agent.extractive.table_kind import kind_terms, plain_heading
from engine.agent.extractive.units import in_words
from engine.agent.roles import Brief
from engine.agent.wide import WideQuestion
from engine.domain import Passage
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")
"""Of scripts in which words do not stand apart."""
_CACHED_TEXTS = 4_096
_CACHED_NAMES = 512
_LEAST_STEM = 4


def mentions(text: str, name: str) -> bool:
    """Whether a text has a name, whole and in its own or the other number; GiST is not named by SP-GiST.

    What is written in capitals only is a code or an acronym: "exclusive" does not name EXCLUSIVE.
    """
    words = _in_words(name)
    if not words:
        return False
    if _UNSPACED.search(words):
        return words in _in_words(text)
    if " " not in words and name.isupper() and len(name) > 1 and name.isalpha():
        return re.search(rf"(?<![\w‐–-]){re.escape(name)}(?:e?s)?(?![\w‐–-])", text) is not None
    if " " not in words:
        return _as_word(words).search(text.casefold()) is not None
    other = words[:-1] if words.endswith("s") else f"{words}s"
    said = f" {_in_words(text)} "
    return f" {words} " in said or f" {other} " in said or (words.endswith("es") and f" {words[:-2]} " in said)


@lru_cache(maxsize=_CACHED_NAMES)
def _as_word(name: str) -> re.Pattern[str]:
    stem = name.removesuffix("es") if name.endswith("es") and len(name) > _LEAST_STEM else name.removesuffix("s")
    return re.compile(rf"(?<![\w‐–-])(?:{re.escape(name)}|{re.escape(stem)}(?:e?s)?)(?![\w‐–-])")


@lru_cache(maxsize=_CACHED_TEXTS)
def _in_words(text: str) -> str:
    return in_words(text)


def place_of(passage: Passage, brief: Brief) -> str:
    """Return the words over a passage: the title of its source and the headings."""
    return " · ".join((brief.sources[passage.source_id].title, *passage.locator.section))


def is_under(passage: Passage, name: str, brief: Brief, wide: WideQuestion) -> bool:
    """Whether a passage stands under a heading or in a source called by a thing, or by it and its kind: "GIN Indexes".

    What stands under "Hash Joins" is not on the index type called Hash.
    """
    wanted = set(terms(name))
    allowed = wanted | kind_terms(wide) | stop_terms()
    for words in (brief.sources[passage.source_id].title, *passage.locator.section):
        plain = plain_heading(words)
        held = set(terms(plain))
        if wanted <= held <= allowed and mentions(plain, name):
            return True
    return False
