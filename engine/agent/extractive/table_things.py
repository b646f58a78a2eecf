"""The things that a table without a language model has rows for: what the question, headings and titles name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from engine.agent.extractive.units import in_words
from engine.agent.extractive.words import weak_terms
from engine.agent.roles import Brief
from engine.agent.table_cells import name_key
from engine.agent.wide import WideQuestion
from engine.domain import Passage, PassageId
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

_NUMBERING = re.compile(
    r"(?:(?:chapter|section|part|appendix|kapitel|chapitre)\s+)?(?:\d+|[A-Z](?=\.))(?:\.\d+)*[.:)]?\s+(?=\w)",
    re.IGNORECASE,
)
_SITE = re.compile(r"\s+[|–—·-]\s+.*$")
_CLAUSE = re.compile(
    r"\b(?:of|in|that|which|for|on|from|with|von|der|des|aus|im|die|de|du|des|del|di|della|que|qui|che)\b"
)
_GENERIC = frozenset(
    "list lists all other others index overview introduction example examples contents see also notes references "
    "history general about more types kinds liste alle andere übersicht einleitung summary usage synopsis description "
    "options".split()
)
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\u0e00-\u0e7f]")
"""Of scripts in which words do not stand apart."""
_HEAD_FIRST = ("fr", "es", "it")
_CACHED_TEXTS = 4_096
_CACHED_NAMES = 512
_LEAST_STEM = 4
_MAX_NAME_WORDS = 5
_MOST_PASSAGES = 4
_LEAST_COMPOUND = 3
_KINDS = frozenset(
    "type types kind kinds sort sorts form forms class classes species variety varieties category categories arten art "
    "sorten typen formen klassen".split()
)
"""Words for kinds, before which stands what they are kinds of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A row before it is filled."""

    name: str
    passages: tuple[PassageId, ...]
    """Those that name it; none where the question does."""


def things_in(brief: Brief, wide: WideQuestion, passages: Sequence[Passage]) -> list[Thing]:
    """Return the things of the question, or those that headings under the kind's own and titles name."""
    if wide.named:
        return [Thing(name=name, passages=()) for name in wide.named]
    found: dict[str, tuple[str, list[Passage]]] = {}
    for passage in passages:
        for name in _named_by(passage, brief, wide):
            found.setdefault(name_key(name), (name, []))[1].append(passage)
    return [Thing(name=name, passages=naming(name, of_it, brief)) for name, of_it in found.values()]


def naming(name: str, passages: Iterable[Passage], brief: Brief) -> tuple[PassageId, ...]:
    """Return the passages that name a thing, at most four: those whose own words do come first."""
    own, placed = [], []
    for passage in passages:
        if mentions(passage.quote, name):
            own.append(passage.id)
        elif mentions(place_of(passage, brief), name):
            placed.append(passage.id)
    return tuple(dict.fromkeys((*own, *placed)))[:_MOST_PASSAGES]


def mentions(text: str, name: str) -> bool:
    """Whether a text has a name, whole and in its own or the other number; GiST is not named by SP-GiST."""
    words = _in_words(name)
    if not words:
        return False
    if _UNSPACED.search(words):
        return words in _in_words(text)
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


def is_about(text: str, wide: WideQuestion, *, context: str = "") -> bool:
    """Whether words over a table say that it is of the kind that is asked for.

    Args:
        text: title, headings, caption.
        wide: what the table is of.
        context: what is known of the collection; a manual does not say on every page of which program it is.
    """
    held = set(terms(text))
    wanted = _kind_terms(wide) - (set(terms(context)) - held) or _kind_terms(wide)
    return _head_noun(wide) in held and 2 * len(wanted & held) >= len(wanted)


def _named_by(passage: Passage, brief: Brief, wide: WideQuestion) -> Iterable[str]:
    headings = [_plain(heading) for heading in passage.locator.section]
    for above, below in pairwise(headings):
        if _is_list(above, wide) and _can_name(below, wide):
            yield below
    for words in (_plain(brief.sources[passage.source_id].title), *headings[-1:]):
        if _is_one(words, wide) and _can_name(words, wide):
            yield words


def _plain(title: str) -> str:
    """A title or heading without its number and the name of a site behind it."""
    flat = " ".join(title.split())
    return _SITE.sub("", _NUMBERING.sub("", flat, count=1)).strip(" :.")


def _is_list(heading: str, wide: WideQuestion) -> bool:
    """Whether a heading is that of the things as a kind: "Index Types" for "PostgreSQL index types"."""
    wanted, held = _kind_terms(wide), set(terms(heading)) - stop_terms()
    core = _head_noun(wide)
    return bool(held) and held <= wanted | weak_terms() and core in held and 2 * len(held & wanted) >= len(wanted)


def _is_one(words: str, wide: WideQuestion) -> bool:
    """Whether words name one thing of the kind: "Grey heron", "Graureiher", "Héron cendré"."""
    core = _head_noun(wide)
    said = words.split()
    if not _KINDS.isdisjoint(_kind_words(wide)):
        return False  # what is called an index is not for that one of the types of index
    if not core or not said or len(said) > _MAX_NAME_WORDS:
        return False
    head, others = (said[0], said[1:]) if wide.language in _HEAD_FIRST else (said[-1], said[:-1])
    if wide.language == "de" and _is_compound(head, wide):
        return True
    kind = set(_kind_words(wide))
    return core in terms(head) and any(word.casefold() not in kind for word in others)


def _is_compound(word: str, wide: WideQuestion) -> bool:
    core = (_kind_words(wide) or [""])[-1]
    forms = {core, core.removesuffix("n"), core.removesuffix("en")}
    said = word.casefold()
    return len(said) > len(core) + 1 and any(said.endswith(form) for form in forms if len(form) > _LEAST_COMPOUND)


def _can_name(words: str, wide: WideQuestion) -> bool:
    said = [word.casefold().strip(",.:()") for word in words.split()]
    if not 0 < len(said) <= _MAX_NAME_WORDS or not _GENERIC.isdisjoint(said):
        return False
    held = set(terms(words))
    return held != _kind_terms(wide) and not any(held == set(terms(column)) for column in wide.columns)


def _kind_words(wide: WideQuestion) -> list[str]:
    """The words of what is asked for up to where it is narrowed down: those of "herons" in "herons in Europe"."""
    return _CLAUSE.split(wide.things, maxsplit=1)[0].casefold().replace(",", " ").split()


def _kind_terms(wide: WideQuestion) -> frozenset[str]:
    return frozenset(terms(" ".join(_kind_words(wide)))) - stop_terms()


def _head_noun(wide: WideQuestion) -> str:
    """The stem of the noun that things of the kind are called by: "index" for "PostgreSQL index types"."""
    words = _kind_words(wide)
    if wide.language in _HEAD_FIRST:
        words.reverse()
    telling = [word for word in words if word not in _KINDS] or words
    return next(iter(terms(telling[-1])), "") if telling else ""
