"""The sentence of a passage that another sentence nearly repeats, and where the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from engine.citations.checking.languages import folded
from engine.reading.stop_words import stop_terms

_WORD = re.compile(r"[^\W_]+(?:[.,:'’_-][^\W_]+)*|[%€$£¥]")
_END = re.compile(r"(?<=[.!?])[\"”’»)\]]*\s+(?=[^a-zà-ÿ\s])|(?<=[。！？])|\n\s*\n")
_MOST_TOKENS = 160
_NEARLY = 0.7
"""Of a sentence's words that say something, which the other must have to be taken for its source."""
_LEAST_SHARED = 3
_MOST_OTHERS = 40
_MOST_OTHER_WORDS = 2
_LONGEST_DIFFERENCE = 5
"""Words that a difference may have on either side: what is longer is another sentence."""
NEGATIONS = frozenset(
    "not no never cannot cant without neither nor none nobody nothing isnt arent wasnt werent dont doesnt didnt wont "
    "wouldnt shouldnt couldnt hasnt havent hadnt mustnt neednt unable impossible "
    "nicht kein keine keinen keiner keinem keines nie niemals ohne weder niemand nichts "
    "ne pas jamais aucun aucune sans ni rien nunca jamás ningún ninguna ninguno sin nada tampoco "
    "non mai nessun nessuno nessuna senza não nem sem nenhum nenhuma niet geen nooit zonder не нет никогда без".split()
)
_FLAT = frozenset(
    "not never cannot didnt doesnt isnt wasnt werent cant dont nicht nie pas jamais nunca non não".split()
)
_NOT_FLAT = frozenset(
    "only merely just until before longer more less necessarily alone always all every except unless but without "
    "few little hardly rarely seldom fails failed lacks lacked stopped ceased refused prevented unlike instead "
    "nur erst mehr immer seulement plus que sólo solo más soltanto apenas".split()
)
"""Beside these a “not” is another: not only, not until, no longer."""
_MOSTLY = 0.8
"""Of the words of a text that denies a sentence in another order."""
_OPPOSITES = tuple(
    (frozenset(one.split("/")), frozenset(other.split("/")))
    for one, other in (
        pair.split("|")
        for pair in (
            "always|never more|less/fewer most|least increase/increases/increased|decrease/decreases/decreased "
            "before|after enabled/enable/enables|disabled/disable/disables with|without minimum|maximum "
            "larger/bigger/greater|smaller "
            "faster|slower higher|lower true|false first|last all|none/no allowed/allows/allow|forbidden/prohibited "
            "possible|impossible can|cannot possible|impossible add/added/adds|remove/removed/removes rose|fell "
            "above|below inside|outside earlier|later oldest|newest longest|shortest highest|lowest largest|smallest "
            "required|optional immer|nie mehr|weniger vor|nach mit|ohne ein|kein eine|keine einen|keinen "
            "toujours|jamais plus|moins avant|après avec|sans siempre|nunca antes|después con|sin "
            "includes/include|excludes/exclude accepts/accepted|rejects/rejected north|south east|west"
        ).split()
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word and where it stands."""

    plain: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Words of the one sentence in the place of words of the other; either side may have none."""

    said: tuple[Word, ...]
    held: tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alignment:
    """A sentence beside the one that it nearly repeats."""

    sentence: str
    """Of the passage."""
    others: tuple[str, ...]
    """Further sentences that it repeats as much of."""
    differences: tuple[Difference, ...]
    is_close: bool
    """Whether there is one difference that matters, and hardly any other."""


def aligned(text: str, passages: Sequence[str]) -> Alignment | None:
    """Return the sentence of the passages that a text nearly repeats, with the differences; None if there is none."""
    words = _words(text)
    if len(words) > _MOST_TOKENS:
        return None
    mine = _telling(text, words)
    plain = {stem for stem, is_plain in mine.items() if is_plain}
    found: list[tuple[float, int, str]] = []
    for passage in passages:
        for sentence in sentences_of(passage):
            theirs = _telling(sentence, _words(sentence)).keys()
            shared = len(mine.keys() & theirs)
            share = len(plain & theirs) / len(plain) if plain else 0.0
            if shared >= _LEAST_SHARED and share >= _NEARLY:
                found.append((share, shared, sentence))
    if not found:
        return None
    best = max(found, key=lambda one: (one[0], one[1], -len(one[2])))
    others = [sentence for share, _, sentence in found if share >= best[0] and sentence != best[2]]
    differences = tuple(_differences(words, _words(best[2])))
    return Alignment(
        sentence=best[2],
        others=tuple(others[:_MOST_OTHERS]),
        differences=differences,
        is_close=_is_close(text, best[2], differences),
    )


def _is_close(text: str, sentence: str, differences: Sequence[Difference]) -> bool:
    marked = 0
    others = 0
    for difference in differences:
        sides = [(text, word) for word in difference.said] + [(sentence, word) for word in difference.held]
        telling = [(whole, word) for whole, word in sides if word.plain not in stop_terms()]
        if any(word.plain[0].isdigit() or whole[word.start].isupper() for whole, word in telling):
            marked += 1
        else:
            others += len(telling)
    return marked <= 1 and others <= _MOST_OTHER_WORDS


def is_denial(difference: Difference, *, text: str, sentence: str) -> bool:
    """Return whether one side denies what the other says; the difference is one of a text and a passage's sentence."""
    said, held = ({word.plain for word in side} for side in (difference.said, difference.held))
    if max(len(difference.said), len(difference.held)) > _LONGEST_DIFFERENCE:
        return False
    if bool(said & NEGATIONS) != bool(held & NEGATIONS):
        denying, whole = (difference.said, text) if said & NEGATIONS else (difference.held, sentence)
        return not _is_aside(denying, whole) and ((len(said) > 0 and len(held) > 0) or _is_bare(denying))
    return any(
        bool((said & one and held & other) or (said & other and held & one))
        for one, other in _OPPOSITES
        if not (said & one and said & other) and not (held & one and held & other)
    )


def flat_denial(text: str, sentence: str) -> str:
    """Return the word by which a text denies what the sentence of a passage says in another order; empty if none.

    The two must share nearly all words, and the sentence must deny nothing itself.
    """
    words = _words(text)
    said = [word.plain for word in words if word.plain in _FLAT]
    every = {word.plain for word in words}
    theirs = {word.plain for word in _words(sentence)}
    if len(said) != 1 or every & _NOT_FLAT or (every - {said[0]}) & NEGATIONS or theirs & (NEGATIONS | _NOT_FLAT):
        return ""
    mine, held = _telling(text, words).keys(), _telling(sentence, _words(sentence)).keys()
    return said[0] if len(mine & held) >= _MOSTLY * len(mine) else ""


def _is_bare(words: Sequence[Word]) -> bool:
    """Whether there is nothing but the negation and little words that go with it: does not."""
    return all(word.plain in NEGATIONS or word.plain in stop_terms() for word in words)


def _is_aside(words: Sequence[Word], text: str) -> bool:
    """Whether words begin or end a parenthesis or a part between commas, which may be left out."""
    before, after = text[: words[0].start].rstrip()[-1:], text[words[-1].end :].lstrip()[:1]
    return before in tuple("([,–—") or after in tuple(")],–—")


def sentences_of(text: str) -> Iterator[str]:
    """Yield the sentences of a text, roughly."""
    yield from (sentence for piece in _END.split(text) if (sentence := piece.strip()))


def _words(text: str) -> list[Word]:
    found = []
    for match in _WORD.finditer(text):
        plain = folded(match[0]).replace("'", "").replace("’", "")
        found.append(Word(plain=plain, start=match.start(), end=match.end()))
    return found


def _telling(text: str, words: Sequence[Word]) -> dict[str, bool]:
    """The words that say something, and whether each is neither a number nor a name."""
    return {
        _stem(word.plain): not (word.plain[0].isdigit() or text[word.start].isupper())
        for word in words
        if word.plain not in stop_terms()
    }


def _stem(word: str) -> str:
    return word.removesuffix("s") if len(word) > 3 else word


def _differences(words: list[Word], others: list[Word]) -> Iterator[Difference]:
    others = others[: 3 * _MOST_TOKENS]
    matcher = SequenceMatcher(
        None, [_stem(word.plain) for word in words], [_stem(word.plain) for word in others], autojunk=False
    )
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind != "equal":
            yield Difference(said=tuple(words[start:end]), held=tuple(others[other_start:other_end]))
