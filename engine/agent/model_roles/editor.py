"""The editor played by a language model: it changes a finished report from the evidence that there is."""

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
from engine.agent.extractive.earlier import earlier_passages
from engine.agent.extractive.editor import written_as_table
from engine.agent.live import RoleName
from engine.agent.model_roles.asking import shown, spoken
from engine.agent.model_roles.editor_shorten import shortened
from engine.agent.model_roles.editor_table import columns_of_reply, columns_request
from engine.agent.model_roles.editor_translate import translated
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.table_writer import ModelTableWriter
from engine.agent.model_roles.writer import ModelWriter
from engine.agent.model_roles.writer_evidence import found_in
from engine.agent.model_roles.writer_language import language_name, text_language
from engine.agent.model_roles.writer_repeats import Said
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Brief
from engine.agent.wide import wide_question
from engine.counting import and_more, counted
from engine.domain import Amendment, AmendmentKind, Outline, OutlinePart, Report, SubQuestionId
from engine.errors import AmendmentImpossible
from models.errors import ContextFull

_TITLE_CHARACTERS = 120
_MOST_TITLES = 4


class ModelEditor:
    """Adds a section for a further question, shortens, translates, and makes tables."""

    def __init__(self, speaking: Speaking) -> None:
        self._speaking = speaking

    def amended(
        self, report: Report, amendment: Amendment, brief: Brief, *, subquestions: Sequence[SubQuestionId] = ()
    ) -> Report:
        """Return the report as it was wanted.

        Raises:
            AmendmentImpossible: there is nothing to be done, or the model could not do it.
        """
        match amendment.kind:
            case AmendmentKind.DEEPER:
                return self._deeper(report, amendment, brief, subquestions)
            case AmendmentKind.SHORTEN:
                return self._shortened(report, amendment, brief)
            case AmendmentKind.TRANSLATE:
                return self._translated(report, amendment)
            case AmendmentKind.TABLE:
                return self._as_table(report, amendment, brief)
            case _:
                raise AmendmentImpossible("That cannot be done to a report", hint="Nothing was changed.")

    def _deeper(
        self, report: Report, amendment: Amendment, brief: Brief, subquestions: Sequence[SubQuestionId]
    ) -> Report:
        """Write what was found on it, now or before; only what the report does not say already."""
        earlier = earlier_passages(amendment.words, brief, NoStatistics(), besides=subquestions)
        only = replace(brief, episodes=tuple(one for one in brief.episodes if one.subquestion.id in subquestions))
        new = {number: one for number, one in brief.passages.items() if one.subquestion_id in subquestions}
        only = replace(only, passages=new)
        writer = ModelWriter(self._speaking)
        found = [
            OutlinePart(
                title=one.title,
                passages=tuple(passage.id for passage in one.passages),
                subquestion_id=one.subquestion_id,
            )
            for one in found_in(only)
        ]
        part = part_of_subquestions(found, subquestions, title=amendment.words)
        if part is None and not earlier:
            raise nothing_found()
        if part is None:
            part = OutlinePart(title=amendment.words, passages=(), subquestion_id=next(iter(subquestions), None))
        only = replace(only, passages=new | {one.id: one for one in earlier})
        part = replace(part, passages=(*part.passages, *(one.id for one in earlier)))
        if (wide := wide_question(part.title)) is not None:
            only, part = replace(only, question=part.title), replace(part, columns=wide.columns)
        ((_, section),) = writer.sections(only, Outline(parts=(part,)), parts=(0,))
        said = Said()
        for claim in report.claims:
            said.is_new(claim.text)
        written = section.all_claims
        section = replace(section, claims=tuple(claim for claim in section.claims if said.is_new(claim.text)))
        if not section.all_claims:
            raise said_already() if written else nothing_found()
        return with_section(report, with_fresh_numbers(section, report), behind=amendment.claim)

    def _shortened(self, report: Report, amendment: Amendment, brief: Brief) -> Report:
        meant = sections_meant(report, amendment)
        before = [report.sections[index] for index in meant]
        new = shortened(before, brief, speaking=self._speaking, first_number=_next_number(report))
        if new.sections == tuple(before):
            return with_best_half(report, amendment, brief.passages)
        sections = list(report.sections)
        for index, section in zip(meant, new.sections, strict=True):
            sections[index] = section
        remark = ""
        if new.halved:
            titles = and_more(
                [f"“{shown(title, limit=_TITLE_CHARACTERS)}”" for title in new.halved], limit=_MOST_TITLES
            )
            remark = f"It shortened nothing of {titles}: there, the least relevant sentences were left out."
        return replace(report, sections=tuple(sections), made_by=_with_remark(report.made_by, remark))

    def _as_table(self, report: Report, amendment: Amendment, brief: Brief) -> Report:
        """A table of the columns that are asked for, or that the model proposes; else one of what is written."""
        columns = asked_columns(report, amendment) or self._columns(report, amendment)
        if columns:
            part = part_for_table(report, amendment, brief, columns=columns)
            made = ModelTableWriter(self._speaking).section(brief, part)
            if has_cells(made):
                return with_table(report, amendment, made)
        return written_as_table(report, amendment, brief)

    def _columns(self, report: Report, amendment: Amendment) -> tuple[str, ...]:
        """The columns that the model proposes for what is written; none where it does not."""
        claims = [claim for index in sections_meant(report, amendment) for claim in report.sections[index].claims]
        if not claims and not report.answer:
            return ()
        try:
            request = columns_request(report.question, claims or report.answer)
            reply = self._speaking.reply(request, role=RoleName.WRITER, about=report.question)
        except ContextFull:
            return ()
        return columns_of_reply(spoken(reply.text))

    def _translated(self, report: Report, amendment: Amendment) -> Report:
        code = amendment.language.casefold()
        if not (len(code) == 2 and code.isascii() and code.isalpha()):
            raise AmendmentImpossible("There is no such language", hint="Choose one from the list.")
        sections_meant(report, amendment)
        name = language_name(code)
        if code == (report.language or text_language(" ".join(claim.text for claim in report.claims))):
            raise AmendmentImpossible(f"The report is in {name} already", hint="Nothing was changed.")
        first = _next_number(report)
        new = translated(report, code, speaking=self._speaking, first_number=first, section=amendment.section)
        if not new.sentences:
            raise AmendmentImpossible(
                f"The language model did not translate it into {name}",
                hint="It wrote another language, or figures and names were lost. Another model may do better.",
            )
        remark = f"{self._speaking.about().name} translated it into {name}."
        if new.kept:
            were = "was" if new.kept == 1 else "were"
            remark += (
                f" {counted(new.kept, 'sentence')} {were} left in the old words, because figures, dates or names "
                "did not come through."
            )
        return replace(new.report, made_by=_with_remark(report.made_by, remark))


def _next_number(report: Report) -> int:
    return max((claim.id for claim in report.claims + report.failed), default=0) + 1


def _with_remark(made_by: str, remark: str) -> str:
    return f"{made_by} {remark}" if remark and remark not in made_by else made_by
