"""Sentences of a model that each end in the numbers of the passages they rest on: their form, and how they are read.

A sentence that names no passage is matched with the one whose words it shares, or dropped; no number is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.agent.extractive.similarity import content_terms
from engine.agent.model_roles.asking import any_of, as_sentence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A sentence of the model with what it rests on."""

    text: str
    passages: tuple[PassageId, ...]
    is_quotation: bool = False


def cited_grammar(numbers: Sequence[int], *, limit: int) -> str:
    """Return the form of a text: ``none``, or up to ``limit`` lines of a sentence and the numbers it rests on."""
    return (
        f'start: "none" | line ("\\n" line){{0,{limit - 1}}}\n'
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
        is_broken = is_cut and position == len(pieces) - 1 and not line.rstrip(" .").endswith("]")
        if is_broken or _NONE.fullmatch(line):
            continue
        numbers = [PassageId(int(number)) for match in _IDS.finditer(line) for number in re.findall(r"\d+", match[1])]
        text = as_sentence(_BEFORE_MARK.sub(r"\1", _IDS.sub("", _LIST_MARK.sub("", line)).replace("**", "")))
        if len(_LETTER.findall(text)) < 3:
            continue
        known = tuple(dict.fromkeys(number for number in numbers if number in allowed))[:_MOST_IDS]
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
