"""The words of a segment that a search result shows: its best sentences, as they stand in the text."""

from __future__ import annotations

from collections.abc import Mapping

from engine.reading.sentences import sentence_spans
from engine.reading.terms import terms

_MAX_CHARACTERS = 300
_NAME_CHARACTERS = 80
_NAME_FACTOR = 0.6


def snippet(text: str, weights: Mapping[str, float]) -> str:
    """Return the sentence of a text that has most of the weighted terms, with its neighbours where they fit.

    White space is collapsed; the result has at most 300 characters.
    """
    sentences = [" ".join(line[start:end].split()) for line in text.split("\n") for start, end in sentence_spans(line)]
    if not sentences:
        return ""
    best = max(range(len(sentences)), key=lambda index: (_worth(sentences[index], weights), -index))
    if len(sentences[best]) > _MAX_CHARACTERS:
        return _cut(sentences[best], weights)
    first = last = best
    length = len(sentences[best])
    while last + 1 < len(sentences) and length + 1 + len(sentences[last + 1]) <= _MAX_CHARACTERS:
        last += 1
        length += 1 + len(sentences[last])
    return " ".join(sentences[first : last + 1])


def _worth(sentence: str, weights: Mapping[str, float]) -> float:
    """A heading or a name in a list shows less of what the document says than a sentence with the same words."""
    worth = sum(weights.get(term, 0.0) for term in set(terms(sentence)))
    is_name = len(sentence) < _NAME_CHARACTERS and sentence[-1].isalnum()
    return worth * _NAME_FACTOR if is_name else worth


def _cut(sentence: str, weights: Mapping[str, float]) -> str:
    """Return the part of a long sentence with most of the terms, cut between words where there are any."""
    size = _MAX_CHARACTERS - 2
    starts = [0, *(start for start in range(size // 3, len(sentence) - size // 2, size // 3))]
    best = max(
        starts, key=lambda at: (sum(weights.get(term, 0.0) for term in set(terms(sentence[at : at + size]))), -at)
    )
    part = sentence[best : best + size]
    if best > 0:
        part = "…" + (part.split(" ", 1)[1] if " " in part[:40] else part)
    if best + size < len(sentence):
        part = (part.rsplit(" ", 1)[0] if " " in part[-40:] else part) + "…"
    return part
