"""Of which kind the rows of a table are, and whether a heading, a title or a caption is about that kind."""

from __future__ import annotations

import re
from functools import cache

from engine.agent.extractive.words import weak_terms
from engine.agent.table_cells import name_key
from engine.agent.wide import WideQuestion
from engine.reading.stop_words import stop_terms
from engine.reading.terms import terms

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
_ADJECTIVES = "different various available main major supported common several all standard built-in general possible"
"""What a heading may have besides the words for the kind."""
KINDS = frozenset(
    "type types kind kinds sort sorts form forms class classes species variety varieties category categories arten art "
    "sorten typen formen klassen".split()
)
"""Words for kinds, before which stands what they are kinds of."""


def is_about(text: str, wide: WideQuestion, *, context: str = "") -> bool:
    """Whether words over a table say that it is of the kind that is asked for.

    Args:
        text: title, headings, caption.
        wide: what the table is of.
        context: what is known of the collection; a manual does not say on every page of which program it is.
    """
    held = set(terms(text))
    wanted = kind_terms(wide) - (set(terms(context)) - held) or kind_terms(wide)
    return head_noun(wide) in held and 2 * len(wanted & held) >= len(wanted)


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

    All capitalised words of the kind are among them or known from the collection, and half of the others: WAL
    configuration parameters are not those of any other program.
    """
    held = set(terms(text))
    known = held | set(terms(context))
    names = {one for word in _kind_part(wide).split() if not word.islower() for one in terms(word)[:1]}
    others = kind_terms(wide) - names
    return head_noun(wide) in held and names <= known and 2 * len(others & known) >= len(others)


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
