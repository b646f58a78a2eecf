"""How well each sentence of a document matches what is looked for, in its place.

BM25 over sentences, with credit for what the headings above, the document's title and the neighbouring sentences
say: a sentence under "Maximum Database Size" does not repeat these words. Knows no language; the caller decides what
to look for and what it weighs.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Protocol

from engine.reading.document import Block, BlockKind, Document
from engine.reading.sentences import Sentence
from engine.reading.terms import terms

_SATURATION = 1.2
_LENGTH_SHARE = 0.35
_UNSEEN_DOCUMENTS = 50
"""Documents of the language at large, so that a library of three documents does not take every word for rare."""

_PARTS_CREDIT = 0.7
_PART_CREDIT = 0.25
HEADING_CREDIT = 0.8
TITLE_CREDIT = 0.7
PREVIOUS_CREDIT = 0.6
NEXT_CREDIT = 0.35
PARAGRAPH_CREDIT = 0.65
RELATIVE_CREDIT = 0.7
_HEADING_DECAY = 0.85
_LABEL_LEVEL = 7
_LABEL_CHARACTERS = 120
_LABELLED_BLOCKS = 12
_SENTENCE_ENDS = (".", "!", "?", ";", ",", "。", "！", "？", "؟", "।")
_STEM_CHARACTERS = 5
_NEAR_TERMS = 4
_ENDING_CHARACTERS = 2


class TermStatistics(Protocol):
    """How common words are in the library that is searched."""

    def document_frequency(self, terms: Collection[str]) -> Mapping[str, int]: ...

    def document_count(self) -> int: ...


def rarity(document_frequency: int, document_count: int) -> float:
    """Return the weight of a term, inverse document frequency smoothed for small libraries; above 0."""
    total = max(document_count, document_frequency) + _UNSEEN_DOCUMENTS
    return max(0.1, math.log(total / (document_frequency + 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One thing that is looked for."""

    word: str
    """As a person wrote it."""
    weight: float
    credits: Mapping[str, float] = field(hash=False)
    """Terms that count as finding it, and how much, 0 to 1: itself, synonyms."""
    parts: tuple[str, ...] = ()
    """Terms that together count as finding it."""
    is_required: bool = False
    """Whether a passage that does not have it anywhere around cannot be about the question."""

    def credit_in(self, found: Collection[str]) -> float:
        """Return how far the key is found among the terms, 0 to 1."""
        best = max((credit for term, credit in self.credits.items() if term in found), default=0.0)
        if best < 1 and self.parts:
            share = sum(part in found for part in self.parts) / len(self.parts)
            # "sqlite" stands for "sqlite3", "phone" does not for "iPhone".
            is_enough = len(self.parts) > 1 or any(term.startswith(self.parts[0]) for term in self.credits)
            best = max(best, (_PARTS_CREDIT if is_enough else _PART_CREDIT) * share * share)
        return best


class Ranking:
    """The sentences of one document against a set of keys. Spans are given as first and last index, inclusive."""

    def __init__(
        self, document: Document, sentences: Sequence[Sentence], keys: Sequence[Key], *, context: str = ""
    ) -> None:
        """Args: context: what else is known of the document as a whole, counted like its title."""
        self.keys = tuple(keys)
        self.total_weight = sum(key.weight for key in keys) or 1.0
        self._sentences = sentences
        self._lookup: dict[str, list[int]] = {}
        self._relatives: dict[str, list[tuple[str, int]]] = {}
        for number, key in enumerate(keys):
            for term in {*key.credits, *key.parts}:
                self._lookup.setdefault(term, []).append(number)
            if len(key.word) >= _STEM_CHARACTERS:
                for term in (term for term, credit in key.credits.items() if credit == 1 and term.isalpha()):
                    self._relatives.setdefault(term[:_STEM_CHARACTERS], []).append((term, number))
        self._none = (0.0,) * len(self.keys)
        self._title = self._credits_of(terms(f"{document.title}\n{context}"))
        self._above = self._headings_above(document)
        self.term_counts: list[int] = []
        self.own: list[tuple[float, ...]] = []
        """For each sentence, how far it has each key itself."""
        self._hits: list[list[tuple[int, int]]] = []
        """For each sentence, where in it which key was found."""
        for sentence in sentences:
            found = terms(document.text[sentence.start : sentence.end])
            self.term_counts.append(len(found))
            hits = self._hits_in(found)
            self._hits.append(hits)
            self.own.append(self._credits_of(found) if hits else self._none)
        self._before = self._earlier_in_block()
        self._average = max(8.0, sum(self.term_counts) / max(1, len(self.term_counts)))

    def bm25(self, index: int) -> float:
        """Return the sentence's score: about 1 when each key occurs once in a sentence of average length."""
        length = 1 - _LENGTH_SHARE + _LENGTH_SHARE * self.term_counts[index] / self._average
        score = 0.0
        counts: dict[int, int] = {}
        for _, number in self._hits[index]:
            counts[number] = counts.get(number, 0) + 1
        for number, count in counts.items():
            frequency = count * self.own[index][number]
            gain = frequency * (_SATURATION + 1) / (frequency + _SATURATION * length)
            score += self.keys[number].weight * gain
        return score / self.total_weight

    def closeness(self, first: int, last: int) -> float:
        """Return how many of the neighbouring keys are near each other in one of the span's sentences, 0 to 1."""
        pairs = [
            (number, min(one.weight, other.weight) * (2 if one.is_required and other.is_required else 1))
            for number, (one, other) in enumerate(pairwise(self.keys))
            if min(one.weight, other.weight) > 0
        ]
        total = sum(weight for _, weight in pairs)
        if not total:
            return 0.0
        near = 0.0
        for number, weight in pairs:
            if any(self._are_near(index, number, number + 1) for index in range(first, last + 1)):
                near += weight
        return near / total

    def _are_near(self, index: int, one: int, other: int) -> bool:
        places = [position for position, number in self._hits[index] if number == one]
        return any(
            number == other and any(abs(position - place) <= _NEAR_TERMS for place in places)
            for position, number in self._hits[index]
        )

    def own_credits(self, first: int, last: int) -> tuple[float, ...]:
        """Return how far the span itself has each key."""
        if first == last:
            return self.own[first]
        return tuple(max(values) for values in zip(*self.own[first : last + 1], strict=True)) or self._none

    def own_share(self, first: int, last: int) -> float:
        """Return the share of the weight that the span itself has, 0 to 1."""
        return self._share(self.own_credits(first, last))

    def credits(self, first: int, last: int) -> tuple[float, ...]:
        """Return how far the span has each key, counting title, headings and neighbours at their credit."""
        block = self._sentences[first].block
        before, after = first - 1, last + 1
        previous = self.own[before] if before >= 0 and block - self._sentences[before].block <= 1 else self._none
        following = (
            self.own[after]
            if after < len(self.own) and self._sentences[after].block - self._sentences[last].block <= 1
            else self._none
        )
        rows = zip(self.own_credits(first, last), self._above[block], self._title, previous, following, strict=True)
        return tuple(
            max(own, above, title * TITLE_CREDIT, past * PREVIOUS_CREDIT, next_ * NEXT_CREDIT)
            for own, above, title, past, next_ in rows
        )

    def coverage(self, first: int, last: int) -> float:
        """Return the share of the weight that the span has in its place, 0 to 1."""
        return self._share(self.credits(first, last))

    def heading_share(self, block: int) -> float:
        """Return the share of the weight that the headings above a block have, 0 to 1."""
        return self._share(self._above[block])

    def earlier_share(self, index: int) -> float:
        """Return the share of the weight that the sentences before this one in its block have, 0 to 1."""
        return self._share(self._before[index])

    def title_share(self) -> float:
        """Return the share of the weight that the title has, 0 to 1."""
        return self._share(self._title)

    def _share(self, credits: Sequence[float]) -> float:
        weighted = sum(key.weight * credit for key, credit in zip(self.keys, credits, strict=True))
        return min(1.0, weighted / self.total_weight)

    def _credits_of(self, found: Sequence[str]) -> tuple[float, ...]:
        relevant = {term for term in found if term in self._lookup}
        relatives = self._relatives_in(found)
        if not relevant and not relatives:
            return self._none
        credits = [key.credit_in(relevant) for key in self.keys]
        for number in relatives:
            credits[number] = max(credits[number], RELATIVE_CREDIT)
        return tuple(credits)

    def _relatives_in(self, found: Sequence[str]) -> set[int]:
        """The keys whose words share all but an ending with one of the terms: recovery and recover."""
        return {
            number
            for term in found
            if (candidates := self._relatives.get(term[:_STEM_CHARACTERS]))
            for other, number in candidates
            if _are_related(term, other)
        }

    def _hits_in(self, found: Sequence[str]) -> list[tuple[int, int]]:
        hits: list[tuple[int, int]] = []
        lookup, relatives = self._lookup, self._relatives
        for position, term in enumerate(found):
            if term in lookup:
                hits += [(position, number) for number in lookup[term]]
            elif relatives and term[:_STEM_CHARACTERS] in relatives:
                hits += [(position, number) for number in self._relatives_in((term,))]
        return hits

    def _earlier_in_block(self) -> list[tuple[float, ...]]:
        """For each sentence, what the sentences before it in its block have."""
        found: list[tuple[float, ...]] = []
        block, earlier = -1, self._none
        for index, sentence in enumerate(self._sentences):
            if sentence.block != block:
                block, earlier = sentence.block, self._none
            found.append(earlier)
            own = self.own[index]
            if own is not self._none:
                earlier = tuple(max(old, value) for old, value in zip(earlier, own, strict=True))
        return found

    def _headings_above(self, document: Document) -> list[tuple[float, ...]]:
        """For each block, the credits of the headings above it, the nearest counting most.

        What an entry of a definition list is called counts as the heading of what follows it, and so does a short
        line that is no sentence.
        """
        stack: list[tuple[int, tuple[float, ...]]] = []
        combined = self._none
        label_age = 0
        found: list[tuple[float, ...]] = []
        for block in document.blocks:
            label_age += 1
            is_heading = block.kind is BlockKind.HEADING
            label = document.text[block.start : block.end] if is_heading else label_of(document, block)
            if label_age > _LABELLED_BLOCKS and stack and stack[-1][0] == _LABEL_LEVEL:
                stack.pop()
                combined = self._combined(stack)
            if not label:
                found.append(combined)
                continue
            level = block.level if is_heading else _LABEL_LEVEL
            while stack and stack[-1][0] >= level:
                stack.pop()
            found.append(self._combined(stack))
            stack.append((level, self._credits_of(terms(label))))
            combined = self._combined(stack)
            label_age = 0
        return found

    def _combined(self, stack: Sequence[tuple[int, tuple[float, ...]]]) -> tuple[float, ...]:
        best = self._none
        factor = HEADING_CREDIT
        for _, credits in reversed(stack):
            best = tuple(max(old, credit * factor) for old, credit in zip(best, credits, strict=True))
            factor *= _HEADING_DECAY
        return best


def label_of(document: Document, block: Block) -> str:
    """Return what an entry is called, ``checkpoint_timeout`` in ``checkpoint_timeout: Maximum time …``; or nothing."""
    if block.kind not in (BlockKind.PARAGRAPH, BlockKind.LIST_ITEM):
        return ""
    beginning = document.text[block.start : min(block.end, block.start + _LABEL_CHARACTERS)]
    if block.kind is BlockKind.LIST_ITEM and ": " in beginning:
        return beginning.partition(": ")[0]
    if block.end - block.start < _LABEL_CHARACTERS and not beginning.rstrip().endswith(_SENTENCE_ENDS):
        return beginning
    return ""


def _are_related(term: str, other: str) -> bool:
    shared = max(_STEM_CHARACTERS, max(len(term), len(other)) - _ENDING_CHARACTERS)
    return term[:shared] == other[:shared]
