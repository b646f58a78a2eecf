"""The writer without a language model: a report made of sentences quoted word for word, the answer first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine.agent.extractive.draft import MADE_BY, Draft
from engine.agent.extractive.similarity import content_terms, overlap
from engine.agent.extractive.substance import substance
from engine.agent.extractive.table_writer import ExtractiveTableWriter
from engine.agent.extractive.units import Unit, in_words, quote_spans, unit_of
from engine.agent.roles import Brief
from engine.agent.table_cells import table_gaps
from engine.agent.wide import wide_question
from engine.agent.wide_parts import cell_questions, table_part
from engine.citations.versions import with_numbers
from engine.domain import Claim, ClaimState, Outline, OutlinePart, Report, Section
from engine.reading.ranking import TermStatistics

__all__ = ["MADE_BY", "ExtractiveWriter"]

_CAN_STAND = 0.3
"""Of the substance of a sentence, from which it may be quoted on its own."""
_ALIKE = 0.2
"""Of the words of two sentences, from which one may stand for the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """What can be made of a brief."""

    report: Report
    tabled: tuple[OutlinePart, Section] | None
    """The table that the question asks for; it takes the place of the sections, unless little stands in it."""


class ExtractiveWriter:
    """Writes the report that can be made of quotations, part by part. Deterministic."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics
        self._last: tuple[Brief, _Whole] | None = None

    def outline(self, brief: Brief) -> Outline:
        """Return a part for each section that can be made of quotations; a table where the question asks for one."""
        whole = self._whole(brief)
        parts = tuple(_part_of(section) for section in whole.report.sections)
        if whole.tabled is not None:
            part, section = whole.tabled
            return Outline(
                parts=(part, *(parts if _is_sparse(section) else ())), reason="The question asks for a table."
            )
        return Outline(parts=parts, reason="What the best passages are about." if parts else "Nothing was found.")

    def sections(self, brief: Brief, outline: Outline, *, parts: Sequence[int]) -> Iterator[tuple[int, Section]]:
        """Yield the parts; one that somebody else outlined is made of the best of its passages."""
        whole = self._whole(brief)
        own = {_part_of(section): section for section in whole.report.sections}
        own |= dict([whole.tabled]) if whole.tabled is not None else {}
        for index in parts:
            part = outline.parts[index]
            yield index, own.get(part) or self.section(brief, part)

    def section(self, brief: Brief, part: OutlinePart) -> Section:
        """Return the best of a part's passages, word for word, whatever else there is; or its table."""
        if part.columns and (made := ExtractiveTableWriter(self._statistics).section(brief, part)).table is not None:
            return made
        numbers = frozenset(part.passages)
        only = replace(brief, passages={number: one for number, one in brief.passages.items() if number in numbers})
        claims = Draft(only, self._statistics).best_claims()
        return Section(title=part.title, claims=claims, subquestion_id=part.subquestion_id)

    def missing(self, brief: Brief, sections: Sequence[Section]) -> tuple[str, ...]:
        """Return questions for the empty cells of tables; what text lacks cannot be told without understanding it."""
        asked = {in_words(text) for text in (brief.question, *(one.subquestion.text for one in brief.episodes))}
        asked |= {in_words(ran.query) for one in brief.episodes for ran in one.searches}
        questions = [question for section in sections for question in cell_questions(section, brief)]
        return tuple(question for question in dict.fromkeys(questions) if in_words(question) not in asked)

    def report(self, brief: Brief, outline: Outline, sections: Sequence[Section]) -> Report:  # noqa: ARG002
        """Return the report; without evidence it has gaps only."""
        kept = tuple(section for section in sections if section.all_claims or section.table is not None)
        whole = self._whole(brief).report
        gaps = (*whole.gaps, *(gap for section in kept for gap in table_gaps(section, brief)))
        return with_numbers(replace(whole, sections=kept, gaps=gaps))

    def rewrite(self, claim: Claim, brief: Brief) -> Claim | None:
        """Return the sentence of the claim's passages that is most like it, word for word; None where none is."""
        wanted = content_terms(claim.text)
        best: tuple[float, Unit] | None = None
        for number in claim.passages:
            passage = brief.passages.get(number)
            for start, end in quote_spans(passage.quote, first=passage.kind) if passage is not None else ():
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

    def _whole(self, brief: Brief) -> _Whole:
        """The whole report, made once for the same brief: what is chosen for one part depends on all others."""
        if self._last is None or self._last[0] != brief:
            report, tabled = Draft(brief, self._statistics).report(), self._tabled(brief)
            if tabled is not None:
                apart = Draft(_without_rows(brief), self._statistics).report()
                report = replace(report, answer=apart.answer, sections=apart.sections)
            self._last = (brief, _Whole(report=report, tabled=tabled))
        return self._last[1]

    def _tabled(self, brief: Brief) -> tuple[OutlinePart, Section] | None:
        """The table that the question asks for; None where it asks for none, or nothing can be put into it."""
        wide = wide_question(brief.question)
        if wide is None:
            return None
        found = [passage for passage in brief.passages.values() if passage.source_id in brief.sources]
        best = sorted(found, key=lambda passage: (-passage.relevance, passage.id))
        part = table_part(wide, best)
        section = ExtractiveTableWriter(self._statistics).section(brief, part)
        return (part, section) if section.table is not None else None


def _without_rows(brief: Brief) -> Brief:
    """The evidence without the tables of the sources: what a table says of them is not quoted row by row as well."""
    return replace(brief, passages={number: one for number, one in brief.passages.items() if "\t" not in one.quote})


def _is_sparse(section: Section) -> bool:
    """Whether most of a table is empty, so that what was found has to be told in another way as well."""
    cells = [cell for row in section.table.rows for cell in row[1:]] if section.table is not None else []
    return 2 * sum(cell.claim is not None for cell in cells) < len(cells)


def _part_of(section: Section) -> OutlinePart:
    passages = dict.fromkeys(number for claim in section.claims for number in claim.passages)
    return OutlinePart(title=section.title, passages=tuple(passages), subquestion_id=section.subquestion_id)
