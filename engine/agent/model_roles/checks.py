"""What can be checked without a model: that a sentence's numbers, dates, quotations and names are in its passages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.agent.extractive.facts import Quantity, names, quantities

_MONTHS = {
    name: number
    for number, group in enumerate(
        (
            "january jan januar janvier enero",
            "february feb februar février febrero",
            "march mar märz mars marzo",
            "april apr avril abril",
            "may mai mayo",
            "june jun juni juin junio",
            "july jul juli juillet julio",
            "august aug août agosto",
            "september sep sept septembre septiembre",
            "october oct oktober octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember décembre diciembre",
        ),
        start=1,
    )
    for name in group.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATES = (
    re.compile(r"\b(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})\b"),
    re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s+(?:of\s+|de\s+)?(?P<name>{_MONTH})\b\.?,?"
        r"(?:\s+(?:de\s+)?(?P<year>\d{4}))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<name>{_MONTH})\b\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*:)(?:,?\s+(?P<year>\d{{4}}))?",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})\b"),
)
_QUOTED = re.compile(r"[“„«「『\"]([^“”„«»「」『』\"]{2,200})[”“»」』\"]|`([^`]{1,200})`")
_ARTICLES = frozenset("the a an this that these those in on at by for from with to of and or as it its".split())
_WORD = re.compile(r"\w+")
_SECONDS = {"ms": "0.001", "s": "1", "min": "60", "h": "3600", "day": "86400", "week": "604800"}
_GERMAN = re.compile(
    r"\b(?:der|die|das|des|dem|den|und|ist|sind|war|wird|wurde|im|am|zum|zur|ein|eine|einer|einem|einen|nach|mit|von"
    r"|für|auf|nicht|auch|sich)\b",
    re.IGNORECASE,
)
_GERMAN_WORDS = 2
"""Of these in a sentence, from which capital letters are those of German nouns and mark no names."""
_STEM_CHARACTERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a sentence says that its passages do not have."""

    facts: tuple[str, ...]
    """Numbers, dates and quoted words, as the sentence has them."""
    names: tuple[str, ...]
    checked: int
    """How many facts and names there were."""

    @property
    def is_everything(self) -> bool:
        """Whether not one of them stands in the passages."""
        return self.checked > 0 and len(self.facts) + len(self.names) == self.checked


def missing_from(text: str, quotes: Sequence[str], *, places: Sequence[str] = (), asked: Sequence[str] = ()) -> Missing:
    """Return which facts of a sentence its passages lack.

    Args:
        text: the sentence.
        quotes: the words of its passages.
        places: titles and headings that the passages stand under.
        asked: questions. Names may come from there, for what a page is about it need not repeat; numbers may not.
    """
    held = "\n".join(quotes)
    around = "\n".join((held, *places))
    dates, rest = _dates(text)
    held_dates, without_dates = _dates(around)
    wanted: list[tuple[str, bool]] = [
        (said, any(_is_same_day(date, other) for other in held_dates)) for date, said in dates.items()
    ]
    held_quantities = quantities(without_dates) | {Quantity(value=str(year)) for year, _, _ in held_dates if year}
    wanted += [
        (_as_said(number, rest), _is_held(number, held_quantities))
        for number in sorted(quantities(rest), key=lambda number: (number.value, number.unit))
    ]
    flat = _flat(around)
    wanted += [(said, _flat(said) in flat) for match in _QUOTED.finditer(text) for said in [match[1] or match[2]]]
    known = _flat("\n".join((around, *asked)))
    called = [(name, _is_named(name, known)) for name in sorted(_names(rest))]
    return Missing(
        facts=tuple(dict.fromkeys(said for said, is_there in wanted if not is_there)),
        names=tuple(name for name, is_there in called if not is_there),
        checked=len(wanted) + len(called),
    )


Date = tuple[int, int, int]
"""Year (0 where it is not said), month, day."""


def _dates(text: str) -> tuple[dict[Date, str], str]:
    """Return the dates of a text, as they stand in it, and the text without them."""
    found: dict[Date, str] = {}
    for pattern in _DATES:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = _MONTHS[parts["name"].casefold()] if parts.get("name") else int(parts["month"])
            day, year = int(parts["day"]), int(parts["year"] or 0)
            if 1 <= month <= 12 and 1 <= day <= 31:
                found.setdefault((year, month, day), match[0].strip(" ,"))
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return found, text


def _is_same_day(one: Date, other: Date) -> bool:
    return one[1:] == other[1:] and (one[0] == other[0] or not one[0])


def _is_held(number: Quantity, held: frozenset[Quantity]) -> bool:
    """Whether the same value is there, and not only of another unit."""
    same = [other for other in held if other.value == number.value]
    if any(other.unit == number.unit or not other.unit or not number.unit for other in same):
        return True
    seconds = _in_seconds(number)
    return seconds is not None and any(_in_seconds(other) == seconds for other in held)


def _in_seconds(number: Quantity) -> float | None:
    factor = _SECONDS.get(number.unit)
    try:
        return round(float(number.value) * float(factor), 6) if factor else None
    except ValueError:
        return None


def _as_said(number: Quantity, text: str) -> str:
    """The number as a person sees it in the sentence, where that is easy to say."""
    unit = "" if not number.unit else "%" if number.unit == "%" else f" {number.unit}"
    return number.value if number.value in text and not unit else f"{number.value}{unit}"


def _names(text: str) -> frozenset[str]:
    if len(_GERMAN.findall(text)) >= _GERMAN_WORDS:
        return frozenset()
    return names(_QUOTED.sub(" ", text))


def _is_named(name: str, flat: str) -> bool:
    """Whether each word of a name stands in the text, at least but for its ending."""
    if name in flat:
        return True
    words = [word for word in _WORD.findall(name) if word not in _ARTICLES]
    return all(re.search(rf"\b{re.escape(_stem(word))}", flat) for word in words)


def _stem(word: str) -> str:
    return word if len(word) <= _STEM_CHARACTERS else word[: max(_STEM_CHARACTERS, len(word) - 3)]


def _flat(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())
