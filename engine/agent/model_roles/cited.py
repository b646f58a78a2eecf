"""Sentences of a model that each end in the numbers of the passages they rest on: their form, and how they are read.

A sentence that names no passage is matched with the one whose words it shares, or dropped; no number is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.agent.extractive.similarity import content_terms
from engine.agent.model_roles.asking import any_of, as_sentence
from engine.citations.checking.figures import Figure, figures_of
from engine.citations.checking.values import is_told
from engine.domain import PassageId

_MOST_IDS = 4
_MAX_SENTENCE_CHARACTERS = 400
_MAX_REPLY_CHARACTERS = 20_000
_SHARED = 0.6
"""Of a sentence's words, which a passage must have to be taken for its source."""
_MIN_SHARED_TERMS = 3
_IDS = re.compile(r"\[\s*(\d{1,9}(?:\s*[,;]\s*\d{1,9})*)\s*\]")
_CITED = re.compile(r"(?:\s*\[[\d\s,;]+\])+\s*(?P<stop>[.!?。！？]?)")
_STOPS = (".", "!", "?", "。", "！", "？", "।", "؟")
_BEFORE_MARK = re.compile(r"\s+([.,;:!?])")
_LIST_MARK = re.compile(r"^\s*(?:[-*•#]+|\d{1,2}[.)])\s+")
_NONE = re.compile(r"\W*none\W*", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
_LAST_WORD = re.compile(r"([^\W\d_]+)\W*$")
_OPEN_END = (",", ";", ":", "-", "–", "—", "(", "„", "«", "/", "、", "，", "；", "：")
_SENTENCE_ENDS = (*_STOPS, "…", "”", '"', "»", ")", "’", "'", "」", "』")
_OPEN_NUMBER = re.compile(r"\s*\[[\d\s,;]*$")
_NEARLY_FULL = _MAX_SENTENCE_CHARACTERS - 20
"""Characters from which a sentence without an end was probably cut by the form it is written in."""
_GO_ON = frozenset(
    "a an and are as at because but by for from had has in is of on or than that the their to was were which with "
    "aus das dem den der des die ein eine einen einer in im ist mit oder und von war zu zum zur "
    "au aux avec de des dont du en est et la le les ou par pour qui que sur un une "
    "al con del el las los para por su y di da e gli il lo per em do os het een van".split()
)
"""Words after which a sentence has to go on."""
_HALF = 0.5
_FEW = 2
_MOST_READ = 4_000
"""Characters of a passage that are looked at to see what of a sentence it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A sentence of the model with what it rests on."""

    text: str
    passages: tuple[PassageId, ...]
    is_quotation: bool = False


def cited_grammar(numbers: Sequence[int], *, limit: int) -> str:
    """Return the form of a text: ``none``, or up to ``limit`` lines of a sentence and the numbers it rests on."""
    more = f' ("\\n" line){{0,{limit - 1}}}' if limit > 1 else ""
    return (
        f'start: "none" | line{more}\n'
        f"line: SENTENCE number{{1,{_MOST_IDS}}}\n"
        f"number: {any_of(f'[{number}]' for number in numbers)}\n"
        f"SENTENCE: /[^\\s\\[\\]\\x00-\\x1f][^\\[\\]\\n\\r\\x00-\\x1f]{{8,{_MAX_SENTENCE_CHARACTERS}}} /\n"
    )


def cited_sentences(
    said: str, allowed: Mapping[PassageId, str], *, limit: int, is_cut: bool = False
) -> tuple[tuple[Written, ...], int]:
    """Return the sentences of a reply that rest on something, and how many were dropped because they do not.

    Args:
        said: the reply.
        allowed: the passages that may be named, with their words.
        limit: the most sentences.
        is_cut: whether the reply broke off; its last line is then no whole sentence unless it ends in a number.
    """
    found: dict[str, Written] = {}
    dropped = 0
    lines = [" ".join(line.split()) for line in said[:_MAX_REPLY_CHARACTERS].splitlines()]
    pieces = [piece for line in lines for piece in _pieces_of(line)]
    for position, line in enumerate(pieces):
        if _NONE.fullmatch(line):
            continue
        if is_broken_off(line, is_last=position == len(pieces) - 1, is_cut=is_cut):
            continue
        numbers = [PassageId(int(number)) for match in _IDS.finditer(line) for number in re.findall(r"\d+", match[1])]
        text = as_sentence(_BEFORE_MARK.sub(r"\1", _IDS.sub("", _LIST_MARK.sub("", line)).replace("**", "")))
        if len(_LETTER.findall(text)) < 3:
            continue
        known = telling_passages(text, [*dict.fromkeys(number for number in numbers if number in allowed)], allowed)
        if not known:
            match = _source_of(text, allowed)
            known = (match,) if match is not None else ()
        if not known:
            dropped += 1
        elif text.casefold() not in found and len(found) < limit:
            found[text.casefold()] = Written(text=text, passages=known)
    return tuple(found.values()), dropped


def _pieces_of(line: str) -> Iterator[str]:
    """Yield the sentences of a line, cut where one ends in the numbers it rests on."""
    start = 0
    for match in _CITED.finditer(line):
        before = line[start : match.start()].rstrip()
        if match["stop"] or before.endswith(_STOPS):
            yield line[start : match.end()]
            start = match.end()
    if line[start:].strip():
        yield line[start:]


def is_broken_off(line: str, *, is_last: bool, is_cut: bool) -> bool:
    """Whether a line of a reply ends in the middle of a sentence.

    What names no passage has to end like a sentence; what does only must not end in a word or sign after which more
    has to come, nor fill all the room that the form leaves for a sentence.

    Args:
        line: a sentence with the numbers that it rests on.
        is_last: whether it is the last of the reply.
        is_cut: whether the reply was broken off.
    """
    whole = _OPEN_NUMBER.sub("", line).rstrip()
    text = _IDS.sub("", whole).rstrip()
    is_cited = text != whole
    stop = whole[-1:] if is_cited else ""
    if text.endswith(_OPEN_END):
        return True
    if text.endswith(_SENTENCE_ENDS):
        return is_last and is_cut and not is_cited
    if stop in _STOPS and stop:
        return False
    if not is_cited:
        return True
    last = _LAST_WORD.search(text)
    return len(text) >= _NEARLY_FULL or (last is not None and last[1].casefold() in _GO_ON)


def telling_passages(text: str, cited: Sequence[PassageId], allowed: Mapping[PassageId, str]) -> tuple[PassageId, ...]:
    """Return those of the passages that a sentence cites which have something of it: four at most, in its order.

    One stays if it has a telling word or a figure of the sentence that those which have more of it lack, or at least
    half of all that is telling in it; where only two are cited, if it has anything of it. Where none shares anything,
    as in another language, the first ones stay.
    """
    if len(cited) <= 1:
        return tuple(cited)
    words, figures = content_terms(text), figures_of(text)
    held = {number: _held(words, figures, allowed[number][:_MOST_READ]) for number in cited}
    if not any(held.values()):
        return tuple(cited[:_MOST_IDS])
    wanted = len(words) + len(figures)
    kept: set[PassageId] = set()
    told: set[object] = set()
    for number in sorted(cited, key=lambda number: -len(held[number])):
        is_enough = held[number] if len(cited) <= _FEW else held[number] - told
        if is_enough or len(held[number]) >= _HALF * wanted:
            kept.add(number)
            told |= held[number]
        if len(kept) == _MOST_IDS:
            break
    return tuple(number for number in cited if number in kept)


def _held(words: frozenset[str], figures: Sequence[Figure], quote: str) -> set[object]:
    """What a passage has of the telling words and the figures of a sentence."""
    theirs = figures_of(quote) if figures else ()
    return {*(words & content_terms(quote)), *(figure for figure in figures if is_told(figure, theirs))}


def _source_of(text: str, allowed: Mapping[PassageId, str]) -> PassageId | None:
    """The passage that has most of a sentence's words; None where none has enough."""
    words = content_terms(text)
    if len(words) < _MIN_SHARED_TERMS:
        return None
    shares = [(len(words & content_terms(quote)) / len(words), -number) for number, quote in allowed.items()]
    share, number = max(shares, default=(0.0, 0))
    return PassageId(-number) if share >= _SHARED else None


def is_none(said: str) -> bool:
    """Whether a reply says that the passages do not answer."""
    return _NONE.fullmatch(said[:_MAX_REPLY_CHARACTERS]) is not None
