"""Of which kind the rows of a table are, and whether a heading, a title or a caption is about that kind."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import cache

from engine.agent.extractive.words import weak_terms
from engine.agent.table_cells import name_key
from engine.agent.wide import WideQuestion
from engine.reading.stop_words import stop_terms
from engine.reading.terms import term_groups, terms

_NUMBERING = re.compile(
    r"(?:(?:chapter|section|part|appendix|table|kapitel|abschnitt|tabelle|chapitre)\s+)?(?:\d+|[A-Z](?=\.))(?:\.\d+)*"
    r"[.:)]?\s+(?=\w)",
    re.IGNORECASE,
)
_SITE = re.compile(r"\s+[|–—·-]\s+.*$")
_CLAUSE = re.compile(
    r"\b(?:of|in|that|which|for|on|from|with|von|der|des|aus|im|die|de|du|des|del|di|della|que|qui|che)\b"
)
GENERIC = frozenset(
    "list lists all other others index overview introduction example examples contents see also notes references "
    "history general about more types kinds liste alle andere übersicht einleitung summary usage synopsis description "
    "options".split()
)
_HEAD_FIRST = ("fr", "es", "it")
_MAX_NAME_WORDS = 5
_LEAST_COMPOUND = 3
_LEAST_STEM = 4
_ADJECTIVES = "different various available main major supported common several all standard built-in general possible"
"""What a heading may have besides the words for the kind."""
KINDS = frozenset(
    "type types kind kinds sort sorts form forms class classes species variety varieties category categories arten art "
    "sorten typen formen klassen".split()
)
"""Words for kinds, before which stands what they are kinds of."""


def plain_heading(title: str) -> str:
    """A title or heading without its number and the name of a site behind it."""
    flat = " ".join(title.split())
    return _SITE.sub("", _NUMBERING.sub("", flat, count=1)).strip(" :.")


def is_list_of(heading: str, wide: WideQuestion) -> bool:
    """Whether a heading is that of the things as a kind: "Index Types" for "PostgreSQL index types"."""
    wanted, held = kind_terms(wide), set(terms(heading)) - stop_terms()
    core = head_noun(wide)
    if core not in held or not held <= wanted | weak_terms() | _adjectives():
        return False
    return 2 * len(held & wanted) >= len(wanted)


def is_of_kind(text: str, wide: WideQuestion, *, context: str = "") -> bool:
    """Whether words say of which kind something is so fully that it is certain.

    They have the noun, and each other word of the kind is among them or known from the collection: table-level lock
    modes are not row-level ones.
    """
    held = set(terms(text))
    known = held | set(terms(context))
    groups = [group for group in term_groups(_kind_part(wide)) if group[0] not in stop_terms() | _adjectives()]
    return head_noun(wide) in held and all(_is_known(group, known) for group in groups)


def _is_known(group: Sequence[str], known: Set[str]) -> bool:
    """Whether a word is known, or all its parts, or a longer or shorter form of it: "config" of "configuration"."""
    word, *parts = group
    if word in known or (parts and all(part in known for part in parts)):
        return True
    return any(
        min(len(word), len(one)) > _LEAST_STEM and (word.startswith(one) or one.startswith(word)) for one in known
    )


@cache
def _adjectives() -> frozenset[str]:
    return frozenset(terms(_ADJECTIVES))


def is_one_of(words: str, wide: WideQuestion) -> bool:
    """Whether words name one thing of the kind: "Grey heron", "Graureiher", "Héron cendré"."""
    core = head_noun(wide)
    said = words.split()
    if not KINDS.isdisjoint(kind_words(wide)):
        return False  # what is called an index is not for that one of the types of index
    if not core or not said or len(said) > _MAX_NAME_WORDS:
        return False
    head, others = (said[0], said[1:]) if wide.language in _HEAD_FIRST else (said[-1], said[:-1])
    if wide.language == "de" and is_compound(head, wide):
        return True
    kind = set(kind_words(wide))
    return core in terms(head) and any(word.casefold() not in kind for word in others)


def is_compound(word: str, wide: WideQuestion) -> bool:
    """Whether a word is one of the kind in a language that joins words: "Graureiher" of "Reiher"."""
    core = (kind_words(wide) or [""])[-1]
    forms = {core, core.removesuffix("n"), core.removesuffix("en")}
    said = word.casefold()
    return len(said) > len(core) + 1 and any(said.endswith(form) for form in forms if len(form) > _LEAST_COMPOUND)


def can_name(words: str, wide: WideQuestion) -> bool:
    """Whether words may be a name: few of them, none that headings of any list have, and not the kind itself."""
    said = [word.casefold().strip(",.:()") for word in words.split()]
    if not 0 < len(said) <= _MAX_NAME_WORDS or not GENERIC.isdisjoint(said):
        return False
    kind = kind_words(wide)
    if len(kind) > 1 and said[-1].endswith("s") and said[-1] == kind[-1]:
        return False  # "Storage Parameters" are several, and perhaps not of those that are asked for
    held = set(terms(words))
    return held != kind_terms(wide) and not any(held == set(terms(column)) for column in wide.columns)


def row_key(name: str, wide: WideQuestion) -> str:
    """Return what spellings of one thing share, also with the kind behind it: "Hash" and "Hash Index"."""
    words = name.split()
    kind = kind_terms(wide)
    while len(words) > 1 and set(terms(words[-1])) <= kind and wide.language not in _HEAD_FIRST:
        words.pop()
    return name_key(" ".join(words))


def kind_words(wide: WideQuestion) -> list[str]:
    """The words of what is asked for up to where it is narrowed down: those of "herons" in "herons in Europe"."""
    return _kind_part(wide).casefold().split()


def _kind_part(wide: WideQuestion) -> str:
    return _CLAUSE.split(wide.things, maxsplit=1)[0].replace(",", " ")


def kind_terms(wide: WideQuestion) -> frozenset[str]:
    """The stems of the words of the kind."""
    return frozenset(terms(" ".join(kind_words(wide)))) - stop_terms()


def head_noun(wide: WideQuestion) -> str:
    """The stem of the noun that things of the kind are called by: "index" for "PostgreSQL index types"."""
    words = kind_words(wide)
    if wide.language in _HEAD_FIRST:
        words.reverse()
    telling = [word for word in words if word not in KINDS] or words
    return next(iter(terms(telling[-1])), "") if telling else ""
