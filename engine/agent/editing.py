"""What both editors do to a finished report: find the part that is meant, put sections in, take sentences out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count

from engine.agent.roles import Brief
from engine.agent.wide import wide_question
from engine.citations.versions import section_with_each_claim
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

_MOST_IN_TABLE = 400
"""Passages that a table is made of."""


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
    title = _in_short(section.title)
    return replace(
        report,
        sections=(*report.sections[:place], section, *report.sections[place:]),
        gaps=tuple(gap for gap in report.gaps if gap.claim is not None or _in_short(gap.question) != title),
    )


def with_fresh_numbers(section: Section, report: Report) -> Section:
    """Return the section with claims that have numbers of their own, which no claim of the report has."""
    numbers = count(max((claim.id for claim in report.claims + report.failed), default=0) + 1)

    def fresh(claim: Claim) -> Claim:
        return replace(claim, id=ClaimId(next(numbers)))

    return section_with_each_claim(section, fresh)


def part_of_subquestions(
    parts: Iterable[OutlinePart], subquestions: Sequence[SubQuestionId], *, title: str
) -> OutlinePart | None:
    """Return the parts of those sub-questions as one; None where nothing was found on them."""
    found = [part for part in parts if part.subquestion_id in subquestions and part.passages]
    if not found:
        return None
    passages = dict.fromkeys(number for part in found for number in part.passages)
    return OutlinePart(title=title or found[0].title, passages=tuple(passages), subquestion_id=found[0].subquestion_id)


def asked_columns(report: Report, amendment: Amendment) -> tuple[str, ...]:
    """Return the columns that a table is to have, where the reader, a title or the question says it; else none.

    Raises:
        AmendmentImpossible: there is a table already.
    """
    meant = [report.sections[index] for index in sections_meant(report, amendment)]
    if any(section.table is not None for section in meant):
        raise AmendmentImpossible("There is a table already", hint="A section without one can be chosen.")
    titles = [section.title for section in meant if amendment.section is not None]
    wides = (wide_question(text) for text in (amendment.words, *titles, report.question))
    return next((wide.columns for wide in wides if wide is not None), ())


def part_for_table(report: Report, amendment: Amendment, brief: Brief, *, columns: tuple[str, ...]) -> OutlinePart:
    """Return what a table is made of: what its section cites, then all evidence, the best first.

    Raises:
        AmendmentImpossible: there is nothing it could be made of.
    """
    meant = [report.sections[index] for index in sections_meant(report, amendment)]
    claims = [claim for section in meant for claim in section.claims] or list(report.answer)
    cited = dict.fromkeys(number for claim in claims for number in claim.passages)
    wanted = {section.subquestion_id for section in meant if amendment.section is not None} - {None}
    others = [one for one in brief.passages.values() if not wanted or one.subquestion_id in wanted]
    best = sorted(others, key=lambda passage: (-passage.relevance, passage.id))
    numbers = tuple(dict.fromkeys((*cited, *(passage.id for passage in best))))[:_MOST_IN_TABLE]
    if not numbers:
        raise nothing_found()
    section = meant[0] if amendment.section is not None else None
    title = section.title if section is not None else f"{columns[0]}: {', '.join(columns[1:])}"
    number = section.subquestion_id if section is not None else None
    return OutlinePart(title=title, passages=numbers, subquestion_id=number, columns=columns)


def has_cells(made: Section) -> bool:
    """Whether something stands in a table besides the names of its rows."""
    return made.table is not None and any(cell.claim is not None for row in made.table.rows for cell in row[1:])


def with_table(report: Report, amendment: Amendment, made: Section) -> Report:
    """Return the report with a table: in the section that is meant, or in one of its own before all others."""
    made = section_with_each_claim(with_fresh_numbers(made, report), _standing_for(report))
    if amendment.section is None:
        return replace(report, sections=(made, *report.sections))
    sections = list(report.sections)
    sections[amendment.section] = replace(sections[amendment.section], table=made.table)
    return replace(report, sections=tuple(sections))


def _standing_for(report: Report) -> Callable[[Claim], Claim]:
    """What tells which sentences of the text a cell says again."""

    def standing(claim: Claim) -> Claim:
        value = _in_short(claim.text.rpartition(": ")[2])
        former = [
            one.id
            for section in report.sections
            for one in section.claims
            if value and value in _in_short(one.text) and not set(one.passages).isdisjoint(claim.passages)
        ]
        return replace(claim, based_on=tuple(former))

    return standing


def with_best_half(report: Report, amendment: Amendment, passages: Mapping[PassageId, Passage]) -> Report:
    """Return the report without the less relevant half of the sentences that are meant; the answer stays.

    Raises:
        AmendmentImpossible: there is one sentence, or none.
    """
    meant = sections_meant(report, amendment)
    is_one = amendment.section is not None
    before = [report.sections[index] for index in meant]
    after = best_half(before, passages, is_alone=is_one)
    if sum(len(one.claims) for one in after) == sum(len(one.claims) for one in before):
        raise AmendmentImpossible("There is nothing left to shorten", hint="It has no more than a sentence or two.")
    if is_one:
        after = (*report.sections[: meant[0]], *after, *report.sections[meant[0] + 1 :])
    return replace(report, sections=after)


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


def nothing_found() -> AmendmentImpossible:
    """Return what is said where research brought nothing for a new section."""
    return AmendmentImpossible(
        "Nothing more was found", hint="Other words may help, or further folders or pages to look in."
    )


def said_already() -> AmendmentImpossible:
    """Return what is said where all that was found for a new section stands in the report."""
    return AmendmentImpossible(
        "What was found on it is in the report already",
        hint="Other words may find more, or further folders or pages to look in.",
    )


def _in_short(text: str) -> str:
    """Return the letters and digits of a text, by which two settings of one are equal."""
    return "".join(character for character in text.casefold() if character.isalnum())
