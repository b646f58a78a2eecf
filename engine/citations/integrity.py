"""The last gate before a report is stored: nothing is cited that was not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from engine.domain import Claim, Gap, Passage, PassageId, Report, Section


def with_only_known_citations(report: Report, passages: Mapping[PassageId, Passage]) -> Report:
    """Return the report without citations of passages that do not exist and without claims that then rest on nothing.

    A claim that calls itself a quotation and is not, word for word, in its first passage loses that title. What is
    left out is said in the gaps, so that nothing disappears unseen.
    """
    dropped: list[Claim] = []

    def kept(claims: Iterable[Claim]) -> tuple[Claim, ...]:
        result = []
        for claim in claims:
            known = tuple(number for number in claim.passages if number in passages)
            if not known:
                dropped.append(claim)
                continue
            result.append(
                replace(
                    claim,
                    passages=known,
                    agreeing=tuple(number for number in claim.agreeing if number in passages),
                    is_quotation=claim.is_quotation and claim.text in passages[known[0]].quote,
                )
            )
        return tuple(result)

    answer = kept(report.answer)
    sections = tuple(
        Section(title=section.title, claims=claims, subquestion_id=section.subquestion_id)
        for section in report.sections
        if (claims := kept(section.claims))
    )
    gaps = report.gaps + tuple(
        Gap(
            question=claim.text,
            queries=(),
            sources_read=0,
            reason="This sentence was left out because it cited nothing that was read.",
        )
        for claim in dropped
    )
    return replace(report, answer=answer, sections=sections, gaps=gaps)
