"""Who says something: a page and a file are one witness with their copies and other forms; a site with its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from engine.agent.extractive.similarity import COPY, are_twins, content_terms, overlap
from engine.agent.roles import Brief
from engine.domain import Passage, Source
from engine.reading.sentences import sentence_spans

_CACHED = 16_384
_COPIED_WORDS = 8
"""A sentence of so many words that stands in two places was copied."""
_SECOND_LEVEL = frozenset("ac co com edu gob gouv gov gv mil ne net or org sch".split())
"""Under which countries register: ``example.co.uk``."""
_HOSTS_OF_OTHERS = frozenset(
    "github.io gitlab.io wordpress.com blogspot.com substack.com tumblr.com netlify.app pages.dev vercel.app web.app "
    "neocities.org herokuapp.com readthedocs.io sourceforge.io altervista.org weebly.com wixsite.com".split()
)
"""Where each name below is somebody else's."""
_WORDS = re.compile(r"\w+(?:[.,]\d+)*")
_LETTERS = re.compile(r"[^\W\d_]+")


@lru_cache(maxsize=_CACHED)
def site_of(address: str) -> str:
    """Return what is registered of a web address's host, ``example.co.uk``; empty for what is not on the web."""
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or ":" in host:
        return f"{host}:{port or ''}"  # an address in numbers, or a name of this network
    taken = 2
    if ".".join(labels[-2:]) in _HOSTS_OF_OTHERS or (len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL):
        taken = 3
    return ".".join(labels[-taken:])


def is_same_document(one: Source, other: Source) -> bool:
    """Return whether two sources are one document, in whatever form."""
    return one.address == other.address or one.text_hash == other.text_hash or are_twins(one, other)


def is_copy(one: Passage, other: Passage, *, whatever_numbers: bool = False) -> bool:
    """Return whether two passages have their words from each other; with ``whatever_numbers`` even if those differ."""
    if overlap(_terms(one.quote, whatever_numbers), _terms(other.quote, whatever_numbers)) >= COPY:
        return True
    return not _sentences(one.quote, whatever_numbers).isdisjoint(_sentences(other.quote, whatever_numbers))


def is_same_witness(one: Passage, other: Passage, brief: Brief) -> bool:
    """Return whether two passages are of one document, or one of them copies the other, numbers and all."""
    return is_same_document(brief.sources[one.source_id], brief.sources[other.source_id]) or is_copy(one, other)


def witness_groups(passages: Sequence[Passage], brief: Brief, *, by_site: bool = False) -> list[list[Passage]]:
    """Return passages in groups, each of one witness; with ``by_site`` a site is one witness, and so are copies in
    which numbers were altered.
    """
    groups: list[list[Passage]] = []
    for passage in passages:
        homes = [
            group for group in groups if any(_is_together(passage, other, brief, by_site=by_site) for other in group)
        ]
        joined = [*(one for group in homes for one in group), passage]
        groups = [group for group in groups if not any(group is home for home in homes)] + [joined]
    return groups


def _is_together(one: Passage, other: Passage, brief: Brief, *, by_site: bool) -> bool:
    if not by_site:
        return is_same_witness(one, other, brief)
    first, second = brief.sources[one.source_id], brief.sources[other.source_id]
    site = site_of(first.final_address or first.address)
    if site and site == site_of(second.final_address or second.address):
        return True
    return is_same_document(first, second) or is_copy(one, other, whatever_numbers=True)


@lru_cache(maxsize=_CACHED)
def _terms(quote: str, whatever_numbers: bool) -> frozenset[str]:
    found = content_terms(quote)
    if not whatever_numbers:
        return found
    return frozenset(term for term in found if not any(character.isdigit() for character in term))


@lru_cache(maxsize=_CACHED)
def _sentences(quote: str, whatever_numbers: bool) -> frozenset[str]:
    """The words of the long sentences of a passage."""
    pattern = _LETTERS if whatever_numbers else _WORDS
    found = (pattern.findall(quote[start:end].casefold()) for start, end in sentence_spans(quote))
    return frozenset(" ".join(words) for words in found if len(words) >= _COPIED_WORDS)
