"""The editor without a language model: it quotes more and leaves sentences out; it writes none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.agent.editing import (
    asked_columns,
    has_cells,
    nothing_found,
    part_for_table,
    part_of_subquestions,
    said_already,
    sections_meant,
    with_best_half,
    with_fresh_numbers,
    with_section,
    with_table,
)
from engine.agent.extractive.draft import Draft
from engine.agent.extractive.earlier import earlier_passages
from engine.agent.extractive.table_writer import ExtractiveTableWriter, report_as_table
from engine.agent.extractive.units import in_words
from engine.agent.roles import Brief
from engine.agent.wide import wide_question
from engine.domain import (
    Amendment,
    AmendmentKind,
    Claim,
    ClaimState,
    OutlinePart,
    PassageId,
    Report,
    Section,
    SubQuestionId,
)
from engine.errors import AmendmentImpossible
from engine.reading.ranking import TermStatistics

_LEAST_ROWS = 2
_ENOUGH_CLAIMS = 3
"""On a further question."""
_NEARLY_AS_GOOD = 0.9
"""Of the relevance of what answers best, where the report quotes that already."""
_WORTH_ADDING = 0.75
"""Of the best relevance, for what is quoted besides the sentences that answer."""


class ExtractiveEditor:
    """Adds quotations for a further question, leaves the least relevant sentences out, and makes tables."""

    def __init__(self, statistics: TermStatistics) -> None:
        self._statistics = statistics

    def amended(
        self, report: Report, amendment: Amendment, brief: Brief, *, subquestions: Sequence[SubQuestionId] = ()
    ) -> Report:
        """Return the report as it was wanted.

        Raises:
            AmendmentImpossible: it cannot be done without a language model, or there is nothing to be done.
        """
        match amendment.kind:
            case AmendmentKind.DEEPER:
                return self._deeper(report, amendment, brief, subquestions)
            case AmendmentKind.SHORTEN:
                return with_best_half(report, amendment, brief.passages)
            case AmendmentKind.TABLE:
                return self._as_table(report, amendment, brief)
            case AmendmentKind.TRANSLATE:
                raise AmendmentImpossible(
                    "Translating needs a language model",
                    hint="Choose one; then the report can be translated.",
                )
            case _:
                raise AmendmentImpossible("That cannot be done to a report", hint="Nothing was changed.")

    def _deeper(
        self, report: Report, amendment: Amendment, brief: Brief, subquestions: Sequence[SubQuestionId]
    ) -> Report:
        found = [one for one in brief.passages.values() if one.subquestion_id in subquestions]
        earlier = earlier_passages(amendment.words, brief, self._statistics, besides=subquestions)
        part = part_of_subquestions(
            [_part(brief, number) for number in subquestions], subquestions, title=amendment.words
        )
        if part is None and not earlier:
            raise nothing_found()
        title = amendment.words if part is None else part.title
        numbers = tuple(one.id for one in (*found, *earlier))
        asked = replace(brief, question=title, episodes=(), passages={one.id: one for one in (*found, *earlier)})
        section = self._further_table(replace(brief, question=title), title, subquestions, numbers)
        if section is None:
            claims = self._further_claims(report, asked, part)
            section = Section(title=title, claims=claims, subquestion_id=next(iter(subquestions), None))
        if not section.all_claims:
            raise said_already()
        return with_section(report, with_fresh_numbers(section, report), behind=amendment.claim)

    def _further_table(
        self, brief: Brief, title: str, subquestions: Sequence[SubQuestionId], numbers: tuple[PassageId, ...]
    ) -> Section | None:
        """The table that a further question asks for; None where it asks for none or nothing can be put into it."""
        if (wide := wide_question(title)) is None:
            return None
        rest = tuple(number for number in brief.passages if number not in numbers)
        part = OutlinePart(
            title=title,
            passages=(*numbers, *rest),
            subquestion_id=next(iter(subquestions), None),
            columns=wide.columns,
        )
        made = ExtractiveTableWriter(self._statistics).section(brief, part)
        return made if has_cells(made) else None

    def _further_claims(self, report: Report, asked: Brief, part: OutlinePart | None) -> tuple[Claim, ...]:
        """What was found on a further question and what earlier passages answer, without what the report says."""
        said = (*report.claims, *report.failed)
        best_of_all = Draft(asked, self._statistics).answer()[:1]
        if best_of_all and _is_said(best_of_all[0], said):
            # What answers best is in the report: what is much weaker adds nothing to it.
            least = _NEARLY_AS_GOOD * max(asked.passages[number].relevance for number in best_of_all[0].passages)
            near = {number: one for number, one in asked.passages.items() if one.relevance >= least}
            asked = replace(asked, passages=near)
        claims = Draft(asked, self._statistics).without(said).answer()
        if part is None or len(claims) >= _ENOUGH_CLAIMS:
            return claims
        new = {number: asked.passages[number] for number in part.passages if number in asked.passages}
        best = max((one.relevance for one in new.values()), default=0.0)
        others = Draft(replace(asked, passages=new), self._statistics).without((*said, *claims))
        return (claims + others.best_claims(least=_WORTH_ADDING * best if claims else 0.0))[:_ENOUGH_CLAIMS]

    def _as_table(self, report: Report, amendment: Amendment, brief: Brief) -> Report:
        if columns := asked_columns(report, amendment):
            part = part_for_table(report, amendment, brief, columns=columns)
            made = ExtractiveTableWriter(self._statistics).section(brief, part)
            if has_cells(made):
                return with_table(report, amendment, made)
        return written_as_table(report, amendment, brief)


def written_as_table(report: Report, amendment: Amendment, brief: Brief) -> Report:
    """Return the report with the sentences that are meant as rows of a table, each beside what it is about.

    Where only an answer was written, the rows are its sentences once more, still to be checked.

    Raises:
        AmendmentImpossible: there are not two of them.
    """
    meant = sections_meant(report, amendment)
    made = report_as_table(report, brief, section=amendment.section)
    if made.table is None and amendment.section is None:
        again = tuple(_about_answer(claim, brief) for claim in report.answer)
        made = with_fresh_numbers(report_as_table(replace(report, sections=again), brief), report)
    if made.table is None or len(made.table.rows) < _LEAST_ROWS:
        raise AmendmentImpossible(
            "No table can be made of it", hint="Say the columns, as in “All herons with their wingspan and weight”."
        )
    others = [section for place, section in enumerate(report.sections) if place not in meant]
    place = meant[0] if amendment.section is not None else 0
    return replace(report, sections=(*others[:place], made, *others[place:]))


def _about_answer(claim: Claim, brief: Brief) -> Section:
    """A sentence of the answer once more, under the sub-question that it is about."""
    number = next((brief.passages[one].subquestion_id for one in claim.passages if one in brief.passages), None)
    title = next((one.subquestion.text for one in brief.episodes if one.subquestion.id == number), brief.question)
    again = replace(claim, state=ClaimState.UNCHECKED, remark="", support=None, former="", based_on=(claim.id,))
    return Section(title=title, claims=(again,), subquestion_id=number)


def _is_said(claim: Claim, said: Sequence[Claim]) -> bool:
    words = in_words(claim.text)
    return any(words in in_words(one.text) for one in said)


def _part(brief: Brief, number: SubQuestionId) -> OutlinePart:
    passages = [one for one in brief.passages.values() if one.subquestion_id == number]
    best = sorted(passages, key=lambda passage: (-passage.relevance, passage.id))
    return OutlinePart(title="", passages=tuple(passage.id for passage in best), subquestion_id=number)
