"""Whether a passage says what a sentence says, but for one figure or date: then the two contradict each other.

Rather nothing than a wrong alarm: another period, another unit, another thing or another version is no contradiction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.citations.checking.alignment import (
    NEGATIONS,
    Alignment,
    Difference,
    Word,
    aligned,
    is_denial,
    sentences_of,
)
from engine.citations.checking.dates import Date
from engine.citations.checking.facts import Facts, facts_of
from engine.citations.checking.figures import Figure
from engine.citations.checking.intervals import Amount, amounts_of, exclude
from engine.citations.checking.languages import folded
from engine.citations.checking.names import KnownWords, is_form, names_of
from engine.citations.checking.statements import Clause, clauses_of, say_the_same, words_of
from engine.citations.checking.values import are_alike, tells
from engine.reading.stop_words import stop_terms

_ONCE = re.compile(
    r"\b(?:founded|established|born|died|opened|built|completed|finished|inaugurated|invented|discovered|dissolved"
    r"|abolished|constructed|erected|incorporated|ratified|consecrated|patented|destroyed|created"
    r"|began|begun|isolated|broke out|proclaimed|banned|sank|sunk|launched|introduced|laid|raised|found|goes back to"
    r"|dates? (?:back )?(?:to|from)"
    r"|first (?:published|released|issued|performed|shown|described|recorded|sold|used)"
    r"|begonnen|begann|eingeführt|gesunken|verboten|commencée?s?|commença|commencèrent|interdite?|comenzó|empezó|prohibió"
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
_COPIED_WORDS_OF_A_DAY = 4
"""The same where two days of one year are said."""
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th|er|ère|ème|e|º|ª)$|(?:th|first|second|third)$", re.IGNORECASE)
_TENSES = (
    re.compile(r"\b(?:had|was|were|did|hatte|hatten|war|waren|avait|était|tenía|había|era)\b", re.IGNORECASE),
    re.compile(r"\b(?:has|have|is|are|hat|haben|ist|sind|compte|est|tiene|hay|es)\b", re.IGNORECASE),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """What stands on either side."""

    said: str
    """In the sentence."""
    held: str
    """In its place, in the passage."""
    sentence: str
    """Of the passage."""


def clash_of(text: str, quote: str, *, is_same_subject: bool = False, subject: Sequence[str] = ()) -> Clash | None:
    """Return where a passage contradicts a sentence, or None.

    Args:
        text: the sentence.
        quote: the words of a passage of another source.
        is_same_subject: whether it is known from elsewhere that both speak of the same thing; otherwise they must
            share a name.
        subject: what that is called, such as the titles of both sources; its words may be left out on either side.
    """
    found: Clash | None = None
    for sentence in dict.fromkeys((text, *sentences_of(text))):
        near = aligned(sentence, [quote])
        if found is None and near is not None and not near.others:
            found = _within_a_copy(sentence, quote, near)
    if found is None:
        found = _in_other_words(text, quote, subject=frozenset(word for name in subject for word in words_of(name)))
    return found if found is not None and (is_same_subject or share_a_name(text, found.sentence)) else None


def _within_a_copy(text: str, quote: str, near: Alignment) -> Clash | None:
    """Where a passage has the same sentence, but for that."""
    mine, theirs, all_theirs = facts_of(text), facts_of(near.sentence), facts_of(quote)
    is_copied = len(near.differences) == 1
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
    return found


def _in_other_words(text: str, quote: str, *, subject: frozenset[str]) -> Clash | None:
    """Where a passage says the same of the same, with one other amount or date."""
    all_theirs = facts_of(quote)
    for mine in clauses_of(text):
        for theirs in clauses_of(quote):
            differing = _one_difference(mine, theirs)
            if differing is None or not say_the_same(mine, theirs, subject=subject):
                continue
            said, held = differing
            if isinstance(said, Amount) and isinstance(held, Amount):
                is_clash = _are_other_amounts(said, held, mine, theirs, all_theirs=all_theirs)
            elif isinstance(said, Date) and isinstance(held, Date):
                is_once = bool(_ONCE.search(mine.text) and _ONCE.search(theirs.text))
                is_clash = is_once and _are_other_dates(said, held, all_theirs=all_theirs)
            else:
                is_clash = False
            if is_clash:
                return Clash(
                    said=mine.text[said.start : said.end].strip(" .,;"),
                    held=theirs.text[held.start : held.end].strip(" .,;"),
                    sentence=theirs.sentence,
                )
    return None


def _one_difference(mine: Clause, theirs: Clause) -> tuple[Amount | Date, Amount | Date] | None:
    """The one amount or date of each of two clauses that the other has not, if there is one of each."""
    left = [date for date in mine.dates if not any(date.is_told_by(other) for other in theirs.dates)]
    right = [date for date in theirs.dates if not any(other.is_told_by(date) for other in mine.dates)]
    if len(left) != len(right) or len(left) > 1 or len(mine.dates) != len(theirs.dates):
        return None
    amounts, others = amounts_of(mine.figures, mine.text), amounts_of(theirs.figures, theirs.text)
    lone = [amount for amount in amounts if not _is_among(amount, others, mine.text, theirs.text)]
    other_lone = [other for other in others if not _is_among(other, amounts, theirs.text, mine.text)]
    if len(lone) != len(other_lone) or len(left) + len(lone) != 1:
        return None
    return (left[0], right[0]) if left else (lone[0], other_lone[0])


def _is_among(amount: Amount, others: Sequence[Amount], text: str, other_text: str) -> bool:
    """Whether one of the others says an amount; what is a name, as of a version, must be written alike."""
    return any(
        len(other.figures) == len(amount.figures)
        and all(
            said.said == held.said
            if _is_name(said, text) or _is_name(held, other_text)
            else tells(held, said) or tells(said, held)
            for said, held in zip(amount.figures, other.figures, strict=True)
        )
        for other in others
    )


def _exclude(said: Figure, held: Figure, text: str, sentence: str) -> bool:
    (mine,), (theirs,) = amounts_of([said], text), amounts_of([held], sentence)
    return exclude(mine, theirs)


def _are_other_amounts(said: Amount, held: Amount, mine: Clause, theirs: Clause, *, all_theirs: Facts) -> bool:
    if any(_is_name(one, mine.text) or _is_year(one, mine.text) for one in said.figures):
        return False
    if any(_is_name(one, theirs.text) or _is_year(one, theirs.text) for one in held.figures):
        return False
    if _may_change(said.first) and not _are_of_one_time(mine, theirs):
        return False
    return exclude(said, held) and not any(all_theirs.has_figure(one) for one in said.figures)


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
            is_altered = is_altered and _telling_words(text) >= _least_copied(said, held)
            is_once = is_altered or bool(_ONCE.search(text) and _ONCE.search(sentence))
            is_clash = len(pairs) == 1 and is_once and _are_other_dates(said, held, all_theirs=all_theirs)
        else:
            is_name = _is_name(said, text) or _is_name(held, sentence)
            is_clash = not is_name and are_alike(said, held) and not _is_told(said, held, mine, all_theirs)
            is_clash = is_clash and (len(pairs) > 1 or _exclude(said, held, text, sentence))
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


def _least_copied(said: _Fact, held: _Fact) -> int:
    """How many telling words a sentence must have to be taken for a copy in which a date was altered."""
    days = [one.readings[0] for one in (said, held) if isinstance(one, Date)]
    are_of_one_year = len(days) == 2 and days[0][0] == days[1][0] and all(day[2] for day in days)
    return _COPIED_WORDS_OF_A_DAY if are_of_one_year else _COPIED_WORDS


def _may_change(figure: Figure) -> bool:
    """Whether it is a count, a price or a share, which are others at another time."""
    return figure.unit is None or figure.unit.dimension.startswith(("money", "share"))


def _are_of_one_time(mine: Clause, theirs: Clause) -> bool:
    """Whether neither is said of the past where the other is said of today, or of a day named beside it."""
    past, present = _TENSES
    times = [bool(past.search(one.text)) and not present.search(one.text) for one in (mine, theirs)]
    return times[0] == times[1] and not mine.is_dated_elsewhere and not theirs.is_dated_elsewhere


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
    if bool(figure.label) or (figure.unit is None and _ORDINAL.search(figure.said) is not None):
        return True
    if text[max(0, figure.start - 1) : figure.start] in tuple("._-/#"):
        return True
    return figure.unit is None and _NAME_BEFORE.search(text[: figure.start]) is not None


def share_a_name(text: str, sentence: str) -> bool:
    """Return whether two sentences have a name in common, or begin with the same capital word."""
    for one, other in ((text, sentence), (sentence, text)):
        known = KnownWords([other])
        if any(_LETTERS.search(name.said) and known.has(name) for name in names_of(one)):
            return True
    first = next(iter(sentences_of(text)), "").split(" ", 1)[0]
    # A name that begins the sentence is not told from a word that does; two that begin alike may be trusted.
    return bool(first) and first[0].isupper() and folded(first) not in stop_terms() and sentence.startswith(first)
