"""What both editors do to a finished report: find the part that is meant, put sections in, take sentences out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from engine.agent.extractive.units import in_words
from engine.domain import (
    VERIFIED,
    Amendment,
    Claim,
    ClaimId,
    OutlinePart,
    Passage,
    PassageId,
    Report,
    Section,
    SubQuestionId,
)
from engine.errors import AmendmentImpossible


def sections_meant(report: Report, amendment: Amendment) -> tuple[int, ...]:
    """Return the indexes of the sections that an amendment is about: all of them where it names none.

    Raises:
        AmendmentImpossible: the report has no such section.
    """
    if amendment.section is None:
        return tuple(range(len(report.sections)))
    if not 0 <= amendment.section < len(report.sections):
        raise AmendmentImpossible(
            "The report has no such section", hint="It may have been changed since: choose the section again."
        )
    return (amendment.section,)


def with_section(report: Report, section: Section, *, behind: ClaimId | None) -> Report:
    """Return the report with another section behind the one that holds a claim, or at the end.

    Gaps about which the section now says something are no longer gaps.
    """
    places = [
        number for number, one in enumerate(report.sections) if any(claim.id == behind for claim in one.all_claims)
    ]
    place = places[0] + 1 if places else len(report.sections)
    title = in_words(section.title)
    return replace(
        report,
        sections=(*report.sections[:place], section, *report.sections[place:]),
        gaps=tuple(gap for gap in report.gaps if gap.claim is not None or in_words(gap.question) != title),
    )


def with_fresh_numbers(section: Section, report: Report) -> Section:
    """Return the section with claims that have numbers of their own, which no claim of the report has."""
    first = max((claim.id for claim in report.claims + report.failed), default=0) + 1
    claims = tuple(replace(claim, id=ClaimId(number)) for number, claim in enumerate(section.claims, start=first))
    return replace(section, claims=claims)


def part_of_subquestions(
    parts: Iterable[OutlinePart], subquestions: Sequence[SubQuestionId], *, title: str
) -> OutlinePart | None:
    """Return the parts of those sub-questions as one; None where nothing was found on them."""
    found = [part for part in parts if part.subquestion_id in subquestions and part.passages]
    if not found:
        return None
    passages = dict.fromkeys(number for part in found for number in part.passages)
    return OutlinePart(title=title or found[0].title, passages=tuple(passages), subquestion_id=found[0].subquestion_id)


def best_half(
    sections: Sequence[Section], passages: Mapping[PassageId, Passage], *, is_alone: bool
) -> tuple[Section, ...]:
    """Return the sections with the better half of their sentences, in their order; tables stay as they are.

    What its passages were found to say comes before what they were not, then what is most relevant. A section that
    has lost all of its sentences is left out.

    Args:
        sections: of a report.
        passages: all evidence.
        is_alone: whether each section keeps half of its own; else all of them keep half of all.
    """
    claims = [claim for section in sections for claim in section.claims]
    kept = {id(claim) for section in sections for claim in _best(section.claims, passages)} if is_alone else set()
    kept |= set() if is_alone else {id(claim) for claim in _best(claims, passages)}
    shortened = (
        replace(section, claims=tuple(claim for claim in section.claims if id(claim) in kept)) for section in sections
    )
    return tuple(section for section in shortened if section.claims or section.table is not None)


def _best(claims: Sequence[Claim], passages: Mapping[PassageId, Passage]) -> list[Claim]:
    """The better half; of one sentence, that one."""

    def worth(claim: Claim) -> tuple[bool, float]:
        cited = [passages[number].relevance for number in claim.passages if number in passages]
        return claim.state in VERIFIED, max(cited, default=0.0)

    order = sorted(range(len(claims)), key=lambda place: (worth(claims[place]), -place), reverse=True)
    return [claims[place] for place in order[: (len(claims) + 1) // 2]]


def nothing_to_shorten() -> AmendmentImpossible:
    """Return what is said where a report or a section is as short as it can be."""
    return AmendmentImpossible("There is nothing left to shorten", hint="It has no more than a sentence or two.")


def nothing_found() -> AmendmentImpossible:
    """Return what is said where research brought nothing for a new section."""
    return AmendmentImpossible(
        "Nothing more was found", hint="Other words may help, or further folders or pages to look in."
    )
