"""The numbers that citations wear: the same in the window, in every export and on every day.

A source gets a number where it is first cited. If a report cites more than one passage of a source, each of them gets
a letter as well: ``1`` or ``1a``, ``1b``, …
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.domain import Claim, Passage, PassageId, Report, SourceId


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationMark:
    """What stands behind a sentence, and in front of the passage it leads to."""

    passage_id: PassageId
    source_id: SourceId
    number: int
    """Of the source, from 1."""
    letter: str
    """Of the passage within the source; empty when the report cites only one passage of it."""

    @property
    def label(self) -> str:
        """``1`` or ``1a``."""
        return f"{self.number}{self.letter}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedSource:
    """A source that the report cites, with the marks of its cited passages."""

    number: int
    source_id: SourceId
    marks: tuple[CitationMark, ...]
    is_in_text: bool = True
    """Whether a sentence of the report cites it; otherwise only one does that was taken out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbering:
    """All marks of a report."""

    sources: tuple[CitedSource, ...]
    """In the order of their numbers."""
    by_passage: Mapping[PassageId, CitationMark]

    def marks_of(self, claim: Claim) -> tuple[CitationMark, ...]:
        """Return the marks of what the claim rests on, without those of passages that only agree."""
        return self._marks(claim.passages)

    def agreeing_marks_of(self, claim: Claim) -> tuple[CitationMark, ...]:
        """Return the marks of the passages that say the same in their own words."""
        return self._marks(tuple(passage for passage in claim.agreeing if passage not in claim.passages))

    @property
    def cited(self) -> int:
        """How many sources the text of the report cites."""
        return sum(source.is_in_text for source in self.sources)

    @property
    def marks(self) -> Iterator[CitationMark]:
        """Every mark, by source and letter."""
        return (mark for source in self.sources for mark in source.marks)

    def marks_against(self, claim: Claim) -> tuple[CitationMark, ...]:
        """Return the marks of the passages that say otherwise."""
        return self._marks(tuple(passage for passage in claim.against if passage not in claim.passages))

    def _marks(self, passages: tuple[PassageId, ...]) -> tuple[CitationMark, ...]:
        return tuple(self.by_passage[passage] for passage in dict.fromkeys(passages) if passage in self.by_passage)


def number_citations(report: Report, passages: Mapping[PassageId, Passage]) -> Numbering:
    """Return the numbering of a report: by first appearance, the answer first, what failed its check last.

    A citation of a passage that is not among those given gets no mark: there is nothing it could lead to.
    """
    cited: dict[SourceId, list[PassageId]] = {}
    in_text = {
        passages[one].source_id
        for claim in report.claims
        for one in (*claim.passages, *claim.agreeing, *claim.against)
        if one in passages
    }
    for claim in (*report.claims, *report.failed):
        for passage_id in (*claim.passages, *claim.agreeing, *claim.against):
            passage = passages.get(passage_id)
            if passage is not None:
                of_source = cited.setdefault(passage.source_id, [])
                if passage_id not in of_source:
                    of_source.append(passage_id)
    sources = tuple(
        CitedSource(
            number=number,
            source_id=source_id,
            marks=tuple(
                CitationMark(
                    passage_id=passage_id,
                    source_id=source_id,
                    number=number,
                    letter=_letter(place) if len(of_source) > 1 else "",
                )
                for place, passage_id in enumerate(of_source)
            ),
            is_in_text=source_id in in_text,
        )
        for number, (source_id, of_source) in enumerate(cited.items(), start=1)
    )
    return Numbering(sources=sources, by_passage={mark.passage_id: mark for source in sources for mark in source.marks})


def _letter(place: int) -> str:
    """Return ``a`` … ``z``, ``aa``, ``ab``, … for 0, 1, …"""
    letters = ""
    remaining = place + 1
    while remaining:
        remaining, letter = divmod(remaining - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters
