"""How much two texts say the same, by their words."""

from __future__ import annotations

import re
from collections.abc import Set
from functools import lru_cache

from engine.domain import Source
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

COPY = 0.9
"""Above this two texts are one text, copied."""
REDUNDANT = 0.75
"""Above this the second text adds nothing for a reader."""

_TITLE_TERMS = 3
_CACHED_KEYS = 4_096
_ANY_STEMS = frozenset("index readme default main home contents changelog license copying about".split())
"""Names of files that documents of every kind have."""
SOURCE_SUFFIXES = (".txt", ".rst", ".adoc", ".asciidoc", ".md", ".source")
"""Endings of files that pages are made from; where there is a page, that is the one to quote."""


def content_terms(text: str) -> frozenset[str]:
    """Return the terms of a text that say something."""
    return frozenset(terms(text)) - stop_terms()


def overlap(one: Set[str], other: Set[str]) -> float:
    """Return the share of all terms that both have, 0 to 1 (Jaccard)."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def containment(one: Set[str], other: Set[str]) -> float:
    """Return the share of the smaller set that the larger one has, 0 to 1."""
    if not one or not other:
        return 0.0
    return len(one & other) / min(len(one), len(other))


_LANGUAGE = (
    "ar bg bn ca cs da de el en es et eu fa fi fr gl he hi hr hu id is it ja ka kn ko lt lv mk ml mr ms nb nl nn no pa "
    "pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur vi zh"
).split()
_TAG = rf"(?:{'|'.join(_LANGUAGE)})(?:[-_](?:[A-Za-z]{{2}}|Hans|Hant|Latn|Cyrl))?"
_REGION = rf"(?:{'|'.join(_LANGUAGE)})[-_][A-Z]{{2}}"
_TRANSLATED = re.compile(rf"(?<=/){_TAG}(?=/)|(?<=\w[._]){_TAG}(?=\.\w+$)|(?<=-){_REGION}(?=\.\w+$)")
"""Where an address says in which language a document is: ``manual/de-DE/index.html``, ``manual.de.html``."""


@lru_cache(maxsize=_CACHED_KEYS)
def translation_key(address: str) -> str:
    """Return what the addresses of a document's translations have in common; empty where one names no language."""
    key, count = _TRANSLATED.subn("*", address)
    return key if count else ""


@lru_cache(maxsize=_CACHED_KEYS)
def twin_keys(address: str, title: str) -> frozenset[str]:
    """Return keys of which two forms of one document share at least one.

    Forms are a page and its source text, and translations.
    """
    folder, _, file = address.rpartition("/")
    stem = file.partition(".")[0]
    enough = _TITLE_TERMS if stem.casefold() in _ANY_STEMS else 1
    named = [term for term in terms(title) if term.isalpha()][:enough]
    keys = {f"{folder}/{stem}", f"{stem} {' '.join(named)}"}
    if translated := translation_key(address):
        keys.add(translated)
    return frozenset(keys)


def are_twins(one: Source, other: Source) -> bool:
    """Whether two sources are forms of one document: one witness."""
    return not twin_keys(one.address, one.title).isdisjoint(twin_keys(other.address, other.title))


def is_page_source(address: str) -> bool:
    """Whether an address is that of a text which pages are made from."""
    return address.casefold().endswith(SOURCE_SUFFIXES)
