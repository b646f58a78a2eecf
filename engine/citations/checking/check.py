"""Holds a sentence against its passages: every figure, date, name and quotation of it, and whether it denies them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.citations.checking.alignment import Alignment, Difference, aligned, flat_denial, is_denial
from engine.citations.checking.dates import Clock, Date
from engine.citations.checking.facts import Facts, facts_of
from engine.citations.checking.figures import Figure, parts_of
from engine.citations.checking.languages import language_of
from engine.citations.checking.names import KnownWords, Name, is_form, names_of
from engine.citations.checking.quotations import Quotation, flattened, is_quoted, is_verbatim, quotations_of
from engine.citations.checking.values import are_alike, is_told, tells

MOST_CHARACTERS = 10_000
"""Of a sentence, that are checked."""
MOST_READ = 300_000
"""Characters of passages that are read for figures in every form; beyond them, a fact must stand as it is said."""
_MOST_ALIGNED = 100_000
_AROUND = 40
"""Characters on either side of a figure by which it is told what it counts."""
_MOST_SAID = 100
"""Figures of a sentence that are looked for."""
_MOST_HELD = 5_000
"""Figures of passages among which they are looked for."""
_MOST_COUNTED = 100
"""What may stand in the place of a small count in words."""
_MOST_RIVALS = 300
"""Figures of passages that may stand in the place of one of the sentence."""
_MOST_SHARED = 40
_SHARED = re.compile(r"[^\W\d_]{4,}|\d+")
_GROUPED = re.compile(r"(?<=\d)[,.' \u00a0\u202f](?=\d{3})")
_WORD = re.compile(r"[^\W\d_]{3,}")


class Kind(StrEnum):
    """What was found to be wrong."""

    FIGURE = "figure"
    DATE = "date"
    NAME = "name"
    QUOTATION = "quotation"
    NEGATION = "negation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that a sentence says and its passages do not."""

    kind: Kind
    said: str
    """As it stands in the sentence."""
    held: str = ""
    """What the passages have in its place; empty where that cannot be told."""
    is_clash: bool = False
    """Whether a passage says the same sentence, but for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of the facts of a sentence."""

    findings: tuple[Finding, ...]
    facts: int
    """How many figures, dates, names and quotations were looked for; none where all of it stands there as it is."""
    is_whole: bool = True
    """Whether all of the sentence was looked through: it was not too long, and did not have too many figures."""

    @property
    def is_everything(self) -> bool:
        """Whether nothing of what was looked for is there, or the passages deny the sentence."""
        missing = [finding for finding in self.findings if finding.kind is not Kind.NEGATION]
        return len(missing) < len(self.findings) or (self.facts > 0 and len(missing) >= self.facts)


def check(text: str, quotes: Sequence[str], *, places: Sequence[str] = (), asked: Sequence[str] = ()) -> Checked:
    """Return what of a sentence its passages do not have.

    Args:
        text: the sentence; after 10,000 characters no more of it is checked.
        quotes: the words of its passages.
        places: titles and headings that the passages stand under.
        asked: questions. Names may come from there, for what a page is about it need not repeat; figures may not.
    """
    is_whole = len(text) <= MOST_CHARACTERS
    text = text[:MOST_CHARACTERS]
    if sum(map(len, quotes)) > MOST_READ:
        quotes = _likeliest_first(quotes, text)
    held = _Held(quotes, places=places, asked=asked)
    if held.has_sentence(text):
        return Checked(findings=(), facts=0, is_whole=is_whole)
    quoted = [(quotation, held.has_quotation(quotation)) for quotation in quotations_of(text)]
    plain = _without(text, [quotation for quotation, _ in quoted])
    mine = facts_of(plain)
    language = language_of(text)
    names = [
        name
        for name in names_of(mine.rest, language=language)
        if not any(_is_part(name, of=figure) for figure in mine.figures)
    ]
    near = aligned(text, held.near)
    findings = [Finding(kind=Kind.QUOTATION, said=quotation.words) for quotation, is_there in quoted if not is_there]
    findings += [
        Finding(kind=Kind.DATE, said=date.said, held=held.date_instead_of(date, mine))
        for date in mine.moments
        if not held.has_date(date)
    ]
    said = _distinct(mine.figures, limit=_MOST_SAID + 1)
    is_whole = is_whole and len(said) <= _MOST_SAID
    said = said[:_MOST_SAID]
    figures = [figure for figure in said if not _is_within_name(figure, names)]
    for figure in figures:
        if not held.has_figure(figure):
            instead = held.figure_instead_of(figure, said, plain)
            if instead or not figure.is_small_word:
                findings.append(Finding(kind=Kind.FIGURE, said=figure.said, held=instead))
    findings += [
        Finding(kind=Kind.NAME, said=name.said) for name in names if not held.has_name(name, text, language=language)
    ]
    if near is not None:
        findings = [*_with_clashes(findings, near, text, mine, names)]
    facts = len(quoted) + len(mine.dates) + len(mine.clocks) + len(figures) + len(names)
    return Checked(findings=tuple(dict.fromkeys(findings)), facts=facts, is_whole=is_whole)


class _Held:
    """What passages have."""

    def __init__(self, quotes: Sequence[str], *, places: Sequence[str], asked: Sequence[str]) -> None:
        self._texts = [*dict.fromkeys((*quotes, *places))]
        read, self._unread = _split(self._texts, MOST_READ)
        self.near, _ = _split([*dict.fromkeys(quotes)], _MOST_ALIGNED)
        facts = [facts_of(text) for text in read]
        self._dates = tuple(date for fact in facts for date in fact.dates)
        self._clocks = tuple(clock for fact in facts for clock in fact.clocks)
        self._figures = _distinct((figure for fact in facts for figure in fact.figures), limit=_MOST_HELD)
        self._rivals: tuple[tuple[Figure, frozenset[str]], ...] | None = None
        self._parts = {part for fact in facts for part in parts_of(fact.rest)}
        self._years = frozenset(year for fact in facts for year in fact.years)
        self._all_years = self._years | {
            int(value)
            for figure in self._figures
            if figure.unit is None
            for value in figure.readings
            if value == value.to_integral_value() and 1 <= value <= 2999
        }
        self._read = read
        self._asked = asked
        self._known: KnownWords | None = None
        self._flat: list[str] | None = None
        self._unread_flat: list[str] | None = None

    def has_sentence(self, text: str) -> bool:
        return is_verbatim(text, self._flattened())

    def has_quotation(self, quotation: Quotation) -> bool:
        return is_quoted(quotation.words, self._flattened())

    def _flattened(self) -> list[str]:
        if self._flat is None:
            self._flat = [flattened(text) for text in self._texts]
        return self._flat

    def has_date(self, date: Date | Clock) -> bool:
        if isinstance(date, Clock):
            return any(date.is_told_by(other) for other in self._clocks) or self._has_as_said(date.said)
        if any(date.is_told_by(other) for other in self._dates):
            return True
        yearless = tuple((0, month, day) for year, month, day in date.readings if year in self._all_years)
        days = {day for other in self._dates for day in other.readings}
        return any(day in days for day in yearless) or self._has_as_said(date.said)

    def has_figure(self, figure: Figure) -> bool:
        if is_told(figure, self._figures, years=self._all_years if figure.decade or figure.unit else self._years):
            return True
        return any(value in self._parts for value in figure.readings) or self._has_as_said(figure.said)

    def has_name(self, name: Name, text: str, *, language: str) -> bool:
        if self._known is None:
            self._known = KnownWords((*self._read, *self._asked))
        is_other = bool(language and self._known.language and language != self._known.language)
        is_other = is_other or (not language and self._known.shares_no_word_of(text))
        return self._known.has(name, is_other_language=is_other) or self._has_as_said(name.said)

    def date_instead_of(self, date: Date | Clock, mine: Facts) -> str:
        """The one date of the passages that the sentence does not say, or the only one like it."""
        if isinstance(date, Clock):
            others = [clock.said for clock in self._clocks if not any(clock.is_told_by(own) for own in mine.clocks)]
        else:
            others = [other.said for other in self._dates if not any(own.is_told_by(other) for own in mine.dates)]
        distinct = [*dict.fromkeys(others)]
        return distinct[0] if len(distinct) == 1 else ""

    def figure_instead_of(self, figure: Figure, said: Sequence[Figure], text: str) -> str:
        """The figure of the passages that most probably stands in the place of one of the sentence."""
        if self._rivals is None:
            self._rivals = tuple(self._rivals_of(said))
        around = _words_around(text, figure)
        alike = [
            (len(around & words), other.said)
            for other, words in self._rivals
            if are_alike(figure, other) and (not figure.is_small_word or _is_small_count(other))
        ]
        score, best = max(alike, key=lambda rival: rival[0], default=(0, ""))
        return best if score >= 2 or (score == 1 and len(alike) == 1) else ""

    def _rivals_of(self, said: Sequence[Figure]) -> Iterator[tuple[Figure, frozenset[str]]]:
        """Figures of the first passages that the sentence does not say, with the words around them."""
        looked_at = 0
        for passage in self._read:
            facts = facts_of(passage)
            for other in facts.figures:
                looked_at += 1
                if looked_at > _MOST_RIVALS:
                    return
                if not any(tells(other, own) for own in said):
                    yield other, _words_around(facts.rest, other)

    def _has_as_said(self, said: str) -> bool:
        """Whether what is said stands in those passages that there were too many of to read in full."""
        if not self._unread:
            return False
        if self._unread_flat is None:
            self._unread_flat = [flattened(text) for text in self._unread]
        words = flattened(said)
        return any(words in text for text in self._unread_flat)


def _likeliest_first(quotes: Sequence[str], text: str) -> list[str]:
    """Passages that share most words and numbers with a sentence come first, where not all can be read."""
    wanted = [*dict.fromkeys(_SHARED.findall(_GROUPED.sub("", text.casefold())))][:_MOST_SHARED]

    def shared(quote: str) -> int:
        plain = _GROUPED.sub("", quote[:_MOST_ALIGNED].casefold())
        return -sum(word in plain for word in wanted)

    return sorted(dict.fromkeys(quotes), key=shared)


def _split(texts: Sequence[str], limit: int) -> tuple[list[str], list[str]]:
    """The first texts of so many characters, and the others; a text that is too long itself is cut."""
    first: list[str] = []
    others: list[str] = []
    room = limit
    for text in texts:
        if room > 0:
            first.append(text[:room])
            if len(text) > room:
                others.append(text[room:])
        else:
            others.append(text)
        room -= len(text)
    return first, others


def _without(text: str, quotations: Iterable[Quotation]) -> str:
    for quotation in quotations:
        text = text[: quotation.start] + " " * (quotation.end - quotation.start) + text[quotation.end :]
    return text


def _is_part(name: Name, *, of: Figure) -> bool:
    """Whether what looks like a name is the unit of a figure."""
    if name.is_identifier:
        return of.start < name.start and name.end <= of.end
    return of.start < name.end and name.start < of.end


def _distinct(figures: Iterable[Figure], *, limit: int) -> tuple[Figure, ...]:
    """The first figures that differ in what they say."""
    found: dict[object, Figure] = {}
    for figure in figures:
        if len(found) >= limit:
            break
        key = (figure.readings, figure.unit, figure.bound, figure.label, figure.is_noun_next, figure.is_share)
        found.setdefault((*key, figure.decade), figure)
    return tuple(found.values())


def _is_within_name(figure: Figure, names: Iterable[Name]) -> bool:
    return any(name.is_identifier and name.start <= figure.start and figure.end <= name.end for name in names)


def _words_around(text: str, figure: Figure) -> frozenset[str]:
    around = text[max(0, figure.start - _AROUND) : figure.start] + " " + text[figure.end : figure.end + _AROUND]
    return frozenset(word.casefold() for word in _WORD.findall(around))


def _with_clashes(
    findings: Sequence[Finding], near: Alignment, text: str, mine: Facts, names: Sequence[Name]
) -> Iterator[Finding]:
    """Yield the findings, and what stands in the place of other facts in the sentence that is nearly the same."""
    theirs = facts_of(near.sentence)
    instead: dict[tuple[Kind, str], str] = {}
    for difference in near.differences:
        if not difference.said or not difference.held:
            continue
        for kind, said, held in _swapped(difference, near, mine=mine, theirs=theirs, names=names):
            instead.setdefault((kind, said), held)
    for finding in findings:
        held = instead.pop((finding.kind, finding.said), "")
        yield Finding(
            kind=finding.kind, said=finding.said, held=held or finding.held, is_clash=bool(held) and near.is_close
        )
    for (kind, said), held in instead.items():
        yield Finding(kind=kind, said=said, held=held, is_clash=near.is_close)
    has_other_figure = any(finding.kind is Kind.FIGURE for finding in findings)
    denied = False
    for difference in near.differences:
        if not near.others and is_denial(difference, text=text, sentence=near.sentence) and not has_other_figure:
            denied = True
            yield Finding(
                kind=Kind.NEGATION, said=_said(difference, is_held=False), held=_said(difference, is_held=True)
            )
    if not denied and not near.others and (word := flat_denial(text, near.sentence)):
        yield Finding(kind=Kind.NEGATION, said=word)


def _swapped(
    difference: Difference, near: Alignment, *, mine: Facts, theirs: Facts, names: Sequence[Name]
) -> Iterator[tuple[Kind, str, str]]:
    span = (difference.said[0].start, difference.said[-1].end)
    other_span = (difference.held[0].start, difference.held[-1].end)
    elsewhere = [facts_of(sentence) for sentence in near.others]
    all_dates = [date for facts in (theirs, *elsewhere) for date in facts.dates]
    all_figures = [figure for facts in (theirs, *elsewhere) for figure in facts.figures]
    for date in mine.dates:
        rivals = [other for other in theirs.dates if _touches(other, other_span)]
        if _touches(date, span) and rivals and not any(date.is_told_by(other) for other in all_dates):
            yield Kind.DATE, date.said, rivals[0].said
    for figure in mine.figures:
        others = [other for other in theirs.figures if _touches(other, other_span)]
        is_other = not is_told(figure, all_figures, years=theirs.years)
        if _touches(figure, span) and others and is_other and len(difference.said) <= 4:
            yield Kind.FIGURE, figure.said, others[0].said
    their_names = names_of(theirs.rest)
    known = KnownWords([near.sentence, *near.others])
    for name in names:
        others_named = [other for other in their_names if _touches(other, other_span)]
        if not _touches(name, span) or not others_named or len(difference.said) > 4 or len(difference.held) > 4:
            continue
        their_words = {word for other in others_named for word in other.words}
        is_form_of = any(is_form(one, word) for word in their_words for one in name.words)
        if not is_form_of and not known.has(name):
            yield Kind.NAME, name.said, others_named[0].said


def _is_small_count(figure: Figure) -> bool:
    value = figure.readings[0]
    return value <= _MOST_COUNTED and value == value.to_integral_value()


def _touches(fact: Date | Clock | Figure | Name, span: tuple[int, int]) -> bool:
    return fact.start < span[1] and span[0] < fact.end


def _said(difference: Difference, *, is_held: bool) -> str:
    return " ".join(word.plain for word in (difference.held if is_held else difference.said))
