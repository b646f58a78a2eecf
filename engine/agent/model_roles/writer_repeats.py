"""Which sentences of a report say again what was said before: the same words, give or take little ones."""

from __future__ import annotations

from dataclasses import dataclass

from engine.agent.extractive.similarity import content_terms, overlap
from engine.agent.extractive.units import in_words
from engine.reading.terms import terms

_SAME = 0.85
"""Of the telling words of two sentences, which both must have to be one sentence."""
_LEAST_TERMS = 4
_DENIALS = frozenset(
    "not no never none nor neither without cannot nobody nothing nicht kein keine keinen keiner nie ohne ne pas jamais "
    "sans non no nunca sin não sem niet geen не нет без 不 没 無 无".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What of a sentence tells it from others."""

    telling: frozenset[str]
    order: tuple[str, ...]
    """The telling words as they follow each other."""
    kept: frozenset[str]
    """Figures and denials."""


class Said:
    """What was said so far."""

    def __init__(self) -> None:
        self._whole: set[str] = set()
        self._words: list[_Words] = []

    def is_new(self, text: str) -> bool:
        """Whether a sentence says anything that was not said; it has been said after that."""
        whole = in_words(text)
        if not whole or whole in self._whole:
            return False
        words = _words(text, whole)
        if any(_is_same(words, earlier) for earlier in self._words):
            return False
        self._whole.add(whole)
        self._words.append(words)
        return True


def _words(text: str, whole: str) -> _Words:
    telling = content_terms(text)
    return _Words(
        telling=telling,
        order=tuple(term for term in terms(text) if term in telling),
        kept=frozenset(word for word in whole.split() if word in _DENIALS or any(map(str.isdigit, word))),
    )


def _is_same(one: _Words, other: _Words) -> bool:
    """Whether two sentences have the same figures and denials and nearly the same telling words in the same order."""
    if one.kept != other.kept or len(one.telling) < _LEAST_TERMS or overlap(one.telling, other.telling) < _SAME:
        return False
    if one.telling - other.telling and other.telling - one.telling:
        return False  # each has a word of its own: another name, another thing
    shared = one.telling & other.telling
    return [term for term in one.order if term in shared] == [term for term in other.order if term in shared]
