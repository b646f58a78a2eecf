"""Whether a passage says what a sentence says, but for one figure or date: then the two contradict each other.

Rather nothing than a wrong alarm: another period, another unit, another thing or another version is no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.citations.checking.alignment import NEGATIONS, Difference, Word, aligned, is_denial, sentences_of
from engine.citations.checking.dates import Date
from engine.citations.checking.facts import Facts, facts_of
from engine.citations.checking.figures import Figure
from engine.citations.checking.languages import folded
from engine.citations.checking.names import KnownWords, is_form, names_of
from engine.citations.checking.values import are_alike, tells
from engine.reading.stop_words import stop_terms

_ONCE = re.compile(
    r"\b(?:founded|established|born|died|opened|built|completed|finished|inaugurated|invented|discovered|dissolved"
    r"|abolished|constructed|erected|incorporated|ratified|consecrated|patented|destroyed|created"
    r"|first (?:published|released|issued|performed|shown|described|recorded|sold|used)"
    r"|gegründet|geboren|gestorben|eröffnet|erbaut|gebaut|errichtet|fertiggestellt|erfunden|entdeckt"
    r"|fondée?|née?|morte?|ouverte?|construite?|inventée?|fundad[oa]|naci(?:do|ó)|murió|inaugurad[oa]|construid[oa])\b",
    re.IGNORECASE,
)
"""What happens to a thing once: two dates of it cannot both be right."""
_HARMLESS = frozenset(
    "approximately roughly nearly exactly precisely officially reportedly reputedly altogether overall total fully "
    "completely actually really usually typically generally ungefähr genau insgesamt environ exactement".split()
)
"""Words that one side may have more than the other: whatever else is added may make it another thing or time."""
_MOST_IN_A_RANGE = 2
_YEAR = re.compile(r"(?<![\d.,])[12]\d{3}(?![\d.,]\d|\d)")
_NAME_BEFORE = re.compile(r"(?:^|[\s(])(?:[A-Z][\w-]*|[A-Z]+)\s$")
_LETTERS = re.compile(r"[^\W\d_]+")
_COPIED_WORDS = 8
"""A sentence of so many telling words that stands in another place but for its date was copied, and altered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """What stands on either side."""

    said: str
    """In the sentence."""
    held: str
    """In its place, in the passage."""
    sentence: str
    """Of the passage."""


def clash_of(text: str, quote: str, *, is_same_subject: bool = False) -> Clash | None:
    """Return where a passage contradicts a sentence, or None.

    Args:
        text: the sentence.
        quote: the words of a passage of another source.
        is_same_subject: whether it is known from elsewhere that both speak of the same thing; otherwise they must
            share a name.
    """
    near = aligned(text, [quote])
    if near is None or near.others:
        return None
    mine, theirs, all_theirs = facts_of(text), facts_of(near.sentence), facts_of(quote)
    is_copied = len(near.differences) == 1 and _telling_words(text) >= _COPIED_WORDS
    found: Clash | None = None
    for difference in near.differences:
        if pairs := _facts_at(difference, mine=mine, theirs=theirs):
            clash = _clash(pairs, text, near.sentence, mine=mine, all_theirs=all_theirs, is_copied=is_copied)
            if found is not None or clash is None or not _is_only_that(difference, pairs):
                return None
            found = clash
        elif is_denial(difference, text=text, sentence=near.sentence) or not _is_harmless(
            difference, text, near.sentence
        ):
            return None
    return found if found is not None and (is_same_subject or _share_a_name(text, near.sentence)) else None


_Fact = Figure | Date
_Pairs = tuple[tuple[_Fact, _Fact], ...]


def _facts_at(difference: Difference, *, mine: Facts, theirs: Facts) -> _Pairs:
    """The figures or dates on each side of a difference, one beside the other: two of a range at most."""
    if not difference.said or not difference.held:
        return ()
    said, held = _touching(difference.said, mine), _touching(difference.held, theirs)
    return tuple(zip(said, held, strict=True)) if len(said) == len(held) <= _MOST_IN_A_RANGE else ()


def _touching(words: Sequence[Word], facts: Facts) -> list[_Fact]:
    span = (words[0].start, words[-1].end)
    every: list[_Fact] = [*facts.dates, *facts.figures]
    return [fact for fact in every if fact.start < span[1] and span[0] < fact.end]


def _clash(pairs: _Pairs, text: str, sentence: str, *, mine: Facts, all_theirs: Facts, is_copied: bool) -> Clash | None:
    differing = [(said, held) for said, held in pairs if said.said != held.said]
    for said, held in differing:
        if isinstance(said, Date) or isinstance(held, Date) or (_is_year(said, text) and _is_year(held, sentence)):
            is_altered = is_copied and isinstance(said, Date) and isinstance(held, Date)
            is_once = is_altered or bool(_ONCE.search(text) and _ONCE.search(sentence))
            is_clash = len(pairs) == 1 and is_once and _are_other_dates(said, held, all_theirs=all_theirs)
        else:
            is_name = _is_name(said, text) or _is_name(held, sentence)
            is_clash = not is_name and are_alike(said, held) and not _is_told(said, held, mine, all_theirs)
        if not is_clash:
            return None
    if not differing:
        return None
    (first, other), (last, other_last) = differing[0], differing[-1]
    return Clash(
        said=text[first.start : last.end].strip(" .,;"),
        held=sentence[other.start : other_last.end].strip(" .,;"),
        sentence=sentence,
    )


def _telling_words(text: str) -> int:
    return len({folded(word) for word in _LETTERS.findall(text)} - stop_terms())


def _are_other_dates(said: _Fact, held: _Fact, *, all_theirs: Facts) -> bool:
    """Whether two dates of something that happens once exclude each other."""
    if all_theirs.has_moment(said) if isinstance(said, Date) else all_theirs.has_figure(said):
        return False
    if isinstance(said, Date) and isinstance(held, Date):
        return not held.is_told_by(said)
    years = [{day[0] for day in one.readings} if isinstance(one, Date) else {*one.readings} for one in (said, held)]
    return years[0].isdisjoint(years[1])


def _is_told(said: Figure, held: Figure, mine: Facts, theirs: Facts) -> bool:
    """Whether one of two figures is another form of the other, or stands elsewhere on the other side."""
    return theirs.has_figure(said) or tells(said, held) or mine.has_figure(held)


def _is_only_that(difference: Difference, pairs: _Pairs) -> bool:
    """Whether nothing but the facts and little words is in the place of each other."""
    for words, facts in (
        (difference.said, [pair[0] for pair in pairs]),
        (difference.held, [pair[1] for pair in pairs]),
    ):
        beside = [word for word in words if not any(fact.start < word.end and word.start < fact.end for fact in facts)]
        plain = {word.plain for word in beside}
        if plain & NEGATIONS or plain - stop_terms() - _HARMLESS:
            return False
    return True


def _is_harmless(difference: Difference, text: str, sentence: str) -> bool:
    """Whether a difference leaves the meaning as it is: little words, and other forms of the same word."""
    said = [word for word in difference.said if word.plain not in stop_terms() and word.plain not in _HARMLESS]
    held = [word for word in difference.held if word.plain not in stop_terms() and word.plain not in _HARMLESS]
    if any(word.plain[0].isdigit() for word in (*said, *held)):
        return False
    if _has_name(said, text) or _has_name(held, sentence):
        return False
    return len(said) == len(held) and all(
        is_form(one.plain, other.plain) for one, other in zip(said, held, strict=True)
    )


def _has_name(words: Iterable[Word], text: str) -> bool:
    """Whether one of the words has a capital letter that does not come from where it stands."""
    for word in words:
        before = text[: word.start].rstrip()
        if text[word.start].isupper() and before and before[-1] not in ".!?:":
            return True
    return False


def _is_year(fact: _Fact, text: str) -> bool:
    if isinstance(fact, Date):
        return True
    return fact.unit is None and _YEAR.fullmatch(text[fact.start : fact.end].strip(" .")) is not None


def _is_name(figure: Figure, text: str) -> bool:
    """Whether a number goes with a name, so that another number is another thing: Debian 11, chapter 8."""
    return bool(figure.label) or (figure.unit is None and _NAME_BEFORE.search(text[: figure.start]) is not None)


def _share_a_name(text: str, sentence: str) -> bool:
    known = KnownWords([sentence])
    names = [name for name in names_of(text) if _LETTERS.search(name.said)]
    if any(known.has(name) for name in names):
        return True
    first = next(iter(sentences_of(text)), "").split(" ", 1)[0]
    # A name that begins the sentence is not told from a word that does; two that begin alike may be trusted.
    return bool(first) and first[0].isupper() and folded(first) not in stop_terms() and sentence.startswith(first)
