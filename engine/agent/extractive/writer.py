"""The writer without a language model: a report made of sentences quoted word for word, the answer first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from engine.agent.extractive.draft import MADE_BY, Draft
from engine.agent.extractive.similarity import content_terms, overlap
from engine.agent.extractive.substance import substance
from engine.agent.extractive.units import Unit, in_words, quote_spans, unit_of
from engine.agent.roles import Brief
from engine.citations.versions import with_numbers
from engine.domain import Claim, ClaimState, Outline, OutlinePart, Report, Section
from engine.reading.ranking import TermStatistics

__all__ = ["MADE_BY", "ExtractiveWriter"]

_CAN_STAND = 0.3
"""Of the substance of a sentence, from which it may be quoted on its own."""
_ALIKE = 0.2
"""Of the words of two sentences, from which one may stand for the other."""


class ExtractiveWriter:
    """Writes the report that can be made of quotations, part by part. Deterministic."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics
        self._last: tuple[Brief, Report] | None = None

    def outline(self, brief: Brief) -> Outline:
        """Return a part for each section that can be made of quotations."""
        parts = tuple(_part_of(section) for section in self._draft(brief).sections)
        return Outline(parts=parts, reason="What the best passages are about.")

    def sections(self, brief: Brief, outline: Outline, *, parts: Sequence[int]) -> Iterator[tuple[int, Section]]:
        """Yield the parts; one that somebody else outlined is made of the best of its passages."""
        own = {_part_of(section): section for section in self._draft(brief).sections}
        for index in parts:
            part = outline.parts[index]
            yield index, own.get(part) or self.section(brief, part)

    def section(self, brief: Brief, part: OutlinePart) -> Section:
        """Return the best of a part's passages, word for word, whatever else there is."""
        numbers = frozenset(part.passages)
        only = replace(brief, passages={number: one for number, one in brief.passages.items() if number in numbers})
        claims = Draft(only, self._statistics).best_claims()
        return Section(title=part.title, claims=claims, subquestion_id=part.subquestion_id)

    def missing(self, brief: Brief, sections: Sequence[Section]) -> tuple[str, ...]:  # noqa: ARG002
        """Return nothing: what quotations lack cannot be told without understanding them."""
        return ()

    def report(self, brief: Brief, outline: Outline, sections: Sequence[Section]) -> Report:  # noqa: ARG002
        """Return the report; without evidence it has gaps only."""
        kept = tuple(section for section in sections if section.all_claims or section.table is not None)
        return with_numbers(replace(self._draft(brief), sections=kept))

    def rewrite(self, claim: Claim, brief: Brief) -> Claim | None:
        """Return the sentence of the claim's passages that is most like it, word for word; None where none is."""
        wanted = content_terms(claim.text)
        best: tuple[float, Unit] | None = None
        for number in claim.passages:
            passage = brief.passages.get(number)
            for start, end in quote_spans(passage.quote) if passage is not None else ():
                assert passage is not None
                unit = unit_of(passage, start, end, passage.relevance)
                share = overlap(unit.terms, wanted)
                if substance(unit.text) >= _CAN_STAND and share >= _ALIKE and (best is None or share > best[0]):
                    best = (share, unit)
        if best is None or in_words(best[1].text) == in_words(claim.text):
            return None
        return Claim(
            id=claim.id,
            text=best[1].text,
            passages=(best[1].passage.id,),
            is_quotation=True,
            state=ClaimState.UNCHECKED,
            former=claim.text,
            based_on=claim.based_on,
        )

    def _draft(self, brief: Brief) -> Report:
        """The whole report, made once for the same brief: what is chosen for one part depends on all others."""
        if self._last is None or self._last[0] != brief:
            self._last = (brief, Draft(brief, self._statistics).report())
        return self._last[1]


def _part_of(section: Section) -> OutlinePart:
    passages = dict.fromkeys(number for claim in section.claims for number in claim.passages)
    return OutlinePart(title=section.title, passages=tuple(passages), subquestion_id=section.subquestion_id)
