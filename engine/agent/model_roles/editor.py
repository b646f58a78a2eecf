"""The editor played by a language model: it changes a finished report from the evidence that there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.agent.editing import nothing_found, part_of_subquestions, with_fresh_numbers, with_section
from engine.agent.model_roles.speaking import Speaking
from engine.agent.model_roles.writer import ModelWriter
from engine.agent.model_roles.writer_evidence import found_in
from engine.agent.model_roles.writer_repeats import Said
from engine.agent.roles import Brief
from engine.domain import Amendment, AmendmentKind, Outline, OutlinePart, Report, SubQuestionId
from engine.errors import AmendmentImpossible


class ModelEditor:
    """Adds a section for a further question."""

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
            case _:
                raise AmendmentImpossible("That cannot be done to a report", hint="Nothing was changed.")

    def _deeper(
        self, report: Report, amendment: Amendment, brief: Brief, subquestions: Sequence[SubQuestionId]
    ) -> Report:
        """Write what was found on the sub-questions; only what the report does not say already."""
        only = replace(brief, episodes=tuple(one for one in brief.episodes if one.subquestion.id in subquestions))
        only = replace(
            only,
            passages={number: one for number, one in brief.passages.items() if one.subquestion_id in subquestions},
        )
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
        if part is None:
            raise nothing_found()
        ((_, section),) = writer.sections(only, Outline(parts=(part,)), parts=(0,))
        said = Said()
        for claim in report.claims:
            said.is_new(claim.text)
        section = replace(section, claims=tuple(claim for claim in section.claims if said.is_new(claim.text)))
        if not section.claims:
            raise nothing_found()
        return with_section(report, with_fresh_numbers(section, report), behind=amendment.claim)
