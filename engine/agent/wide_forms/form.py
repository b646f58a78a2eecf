"""What the wordings are made of by which questions ask for a table.

A form names what it captures: ``things`` (of one kind), ``named`` (two or more, by name) and ``columns``. It is
matched against a whole question without its courtesies, and is meant to miss a table rather than to make one of an
ordinary question: "All animals with wings" filters, "All animals with their wings" asks for a column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto


class Need(Enum):
    """What a form needs besides its words."""

    NOTHING = auto()
    REQUEST = auto()
    """The question began with a verb that asks for a list."""
    MANY_CELLS = auto()
    """Two things and one column are an ordinary comparison."""
    TWO_COLUMNS = auto()
    SEVERAL = auto()
    """What it asks which of are several, and it says what of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One wording."""

    pattern: re.Pattern[str]
    need: Need = Need.NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What one language has for asking for a table."""

    language: str
    """Two letters of ISO 639-1."""
    courtesy: re.Pattern[str]
    """What may stand before a question and says nothing."""
    request: re.Pattern[str]
    """A verb that asks for a list."""
    forms: tuple[Form, ...]
    joints: re.Pattern[str]
    """What stands between two columns or two names."""
    articles: re.Pattern[str]
    """What stands before a column or a name and says nothing."""
    never: frozenset[str]
    """Words that neither things nor columns have: with them it is a sentence."""
    name_column: str
    description_column: str
    aspect_column: str
    said_column: str


THINGS = r"(?P<things>[^;:?!]{2,100}?)"
NAMED = r"(?P<named>[^;:?!]{2,200}?)"
COLUMNS = r"(?P<columns>[^:?!]{2,300})"


def form(pattern: str, need: Need = Need.NOTHING) -> Form:
    """Return the form of a pattern; case does not matter to it."""
    return Form(pattern=re.compile(pattern, re.IGNORECASE), need=need)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text, for ``Tongue.never``."""
    return frozenset(text.split())
