"""What a clause says besides its figures: its telling words, whatever their order and whatever little words join them.

Two clauses with the same of these say the same thing, so that a figure in which they differ is another figure of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.citations.checking.alignment import NEGATIONS, sentences_of
from engine.citations.checking.dates import Date
from engine.citations.checking.facts import facts_of
from engine.citations.checking.figures import Figure
from engine.citations.checking.languages import folded
from engine.citations.checking.names import is_form
from engine.reading.stop_words import stop_terms

_WORD = re.compile(r"[^\W_]+(?:[.'’_-][^\W_]+)*")
_BREAK = re.compile(
    r";\s|:\s|\s[–—]\s|\s\(|\)\s?"
    r"|,\s(?:and|but|while|whereas|which|who|where|so|since|because|although|though|nearly|almost|more|less"
    r"|und|aber|während|wobei|weil|obwohl|denn|et|mais|tandis|qui|car|y|pero|mientras|que|porque)\s"
    r"|\sand\s(?=(?:[a-z]{3,}ed|stood|sank|took|takes|fell|rose|ran|lasts|holds|weighs|became|burnt|left)\s)"
    r"|\s(?:and|und|et|y)\s(?=(?:was|were|is|are|has|had|can|could|may|wurde|wird|ist|war|hat|est|fut|a|es|fue|tiene)\s)",
)
_CONDITION = re.compile(
    r"\b(?:if|when|unless|until|before|after|once|except|wenn|falls|bevor|nachdem|sobald|außer|si|quand|lorsque|avant"
    r"|après|sauf|cuando|antes|después|salvo)\b",
    re.IGNORECASE,
)
"""What holds under a condition, or at a time, is not what holds without it."""
_COMPARED = re.compile(
    r"\b(?:twice|doppelt|(?<=\d )(?:times|mal|fois|veces))\b|\b(?:than|als)\b(?!\s\S?\d)"
    r"|\b(?:plus|moins|más|menos)\b.{1,30}\bque\b",
    re.IGNORECASE,
)
"""In what is compared, the order of the words tells which is which."""
KIND_OF_AMOUNT = "@"
"""Before a word that stands for all that say what is measured: deep, depth, tief."""
_KINDS_OF_AMOUNT = {
    word: f"{KIND_OF_AMOUNT}{kind}"
    for kind, words in {
        "depth": "deep depth tief tiefe profond profonde profondeur profundo profunda profundidad",
        "length": "long length lang lange länge longueur longitud",
        "height": "high height tall hoch höhe haut haute hauteur alto alta altura",
        "width": "wide width broad breadth breit breite largeur ancho ancha anchura",
        "weight": "weigh weighs weighed weight heavy wiegt wog gewicht schwer pèse poids pesa peso",
        "people": "inhabitants population einwohner habitants population habitantes población",
        "cost": "cost costs price kostet kostete preis coûte coûta prix cuesta costó precio",
    }.items()
    for word in map(folded, words.split())
}
_LIGHT = frozenset(
    map(
        folded,
        "approximately roughly nearly almost around some circa exactly precisely officially altogether overall "
        "total fully completely actually usually typically generally reportedly lies lie lying lay stands stand stood "
        "measures measure measured reaches reach reached amounts amounted holds hold held covers cover covered also "
        "ungefähr genau insgesamt etwa rund liegt lag misst maß beträgt betrug erreicht erreichte umfasst "
        "environ exactement mesure mesurait atteint unos mide medía alcanza tiene tenía".split(),
    )
)
"""Words that only join a figure to what it is of."""
_AGENT = re.compile(
    r"\s(?:by|par|por)\s(?:(?:the|a|an|le|la|les|el|los)\s)?[A-Z][\w.’'-]*(?:\s(?:and|of|the|et|de|y|[A-Z][\w.’'-]*))*"
)
"""Who did it: more about the same event."""
_APPOSITION = re.compile(r",\s(?:a|an|the|ein|eine|der|die|das|un|une|le|la|el|una)\s[^,;.\d]{3,60},(?=\s)")
_BEFORE_A_NAME = re.compile(r"(?<![\w-])(?:[A-Z][\w’'-]*\.?\s(?:van\s|von\s|de\s)?)+(?=[A-Z])")
_PLACES = frozenset(
    "north south east west northern southern eastern western new old upper lower great greater little big small "
    "central inner outer saint san santa los las la le el fort port cape mount lake river isle island second third "
    "high main neu alt ober unter nord süd ost groß klein mont lac rio monte villa saint-".split()
)
"""Words before a name that make it another's: West Berlin, Lake Zurich."""
_YEAR = re.compile(r"(?<![\d.,])1\d{3}(?![\d.,]\d|\d)|(?<![\d.,])20\d\d(?![\d.,]\d|\d)")
_LEAST = 2
_MOST_CLAUSES = 60
_MOST_CHARACTERS = 400
_CACHED = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A part of a sentence that says something by itself."""

    text: str
    sentence: str
    words: frozenset[str]
    """What it says besides its figures and dates."""
    context: frozenset[str]
    """What the whole sentence says."""
    is_dated_elsewhere: bool
    """Whether the rest of the sentence has a date, which may be the time that this is true of."""
    names: frozenset[str]
    """Words with a capital letter."""
    first_names: frozenset[str]
    """Capital words before another, which may be left out of a person's name."""
    denials: int
    figures: tuple[Figure, ...]
    dates: tuple[Date, ...]


@lru_cache(maxsize=_CACHED)
def clauses_of(text: str) -> tuple[Clause, ...]:
    """Return the sentences of a text and the parts of them, those with a figure or a date only."""
    found: list[Clause] = []
    for sentence in sentences_of(text):
        if not any(map(str.isdigit, sentence)) and not facts_of(sentence).figures:
            continue
        parts = () if _CONDITION.search(sentence) else _parts(sentence)
        for part in dict.fromkeys((sentence, *parts)):
            if len(part) <= _MOST_CHARACTERS and len(found) < _MOST_CLAUSES and not _COMPARED.search(part):
                found += _clause(part, sentence)
    return tuple(found)


def say_the_same(one: Clause, other: Clause, *, subject: Iterable[str] = ()) -> bool:
    """Return whether two clauses say the same besides their figures.

    A word that only one has must stand in the rest of the other's sentence, which it takes up: “one of them weighs”.

    Args:
        one: a clause.
        other: a clause of another text.
        subject: words of what both are about, which either may leave out.
    """
    if one.denials != other.denials:
        return False
    about = frozenset(subject)
    left = _without(_without(one.words, other.words), about)
    right = _without(_without(other.words, one.words), about)
    if left and right:
        return False
    if one.dates or other.dates:  # what a person did
        left, right = left - one.first_names, right - other.first_names
    if _without(left, other.context) or _without(right, one.context):
        return False
    shared = _shared(one.words, other.words)
    has_unit = any(figure.unit is not None for figure in one.figures)
    if shared and len(shared | (one.words & about)) >= _LEAST:
        return True
    return has_unit and bool(shared & one.names & other.names)


def _shared(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return words - _without(words, others)


def words_of(text: str) -> frozenset[str]:
    """Return the telling words of a text, as clauses have them; for deep, depth and the like stands one for all."""
    return _telling(text, ())


def _parts(sentence: str) -> Iterator[str]:
    at = 0
    for match in _BREAK.finditer(sentence):
        yield sentence[at : match.start()].strip()
        at = match.end()
    yield sentence[at:].strip()


def _clause(part: str, sentence: str) -> Iterator[Clause]:
    """Yield the clause, if it has a figure or a date."""
    facts = facts_of(part)
    if not facts.figures and not facts.dates:
        return
    plain = [folded(match[0]) for match in _WORD.finditer(part)]
    firsts = " ".join(match[0] for match in _BEFORE_A_NAME.finditer(part))
    spans = [(figure.start, figure.end) for figure in facts.figures] + [(date.start, date.end) for date in facts.dates]
    rest = sentence.replace(part, " ", 1)
    yield Clause(
        text=part,
        sentence=sentence,
        words=_telling(_APPOSITION.sub(_blank, _AGENT.sub(_blank, part)), spans),
        names=frozenset(folded(match[0]) for match in _WORD.finditer(part) if match[0][0].isupper()),
        first_names=_telling(firsts, ()) - _PLACES,
        context=_telling(sentence, ()),
        is_dated_elsewhere=bool(facts_of(rest).dates or _YEAR.search(rest)),
        denials=sum(word in NEGATIONS for word in plain),
        figures=facts.figures,
        dates=facts.dates,
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _telling(text: str, spans: Sequence[tuple[int, int]]) -> frozenset[str]:
    found = set()
    for match in _WORD.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in spans):
            continue
        word = folded(match[0]).removesuffix("'s").removesuffix("’s")
        if word in _KINDS_OF_AMOUNT:
            found.add(_KINDS_OF_AMOUNT[word])
        elif word not in stop_terms() and word not in _LIGHT and word not in NEGATIONS:
            found.add(word)
    return frozenset(found)


def _without(words: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    """The words of which the others have no form."""
    return frozenset(word for word in words - others if not any(is_form(word, other) for other in others))
