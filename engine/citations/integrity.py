"""The last gates of a report: nothing is cited that was not read, and what failed its check is moved out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine.citations.cells import shows_its_claim
from engine.domain import (
    Cell,
    Claim,
    ClaimId,
    ClaimState,
    Gap,
    Passage,
    PassageId,
    Report,
    Section,
    SubQuestionId,
    Table,
)

_NOTHING_READ = "This sentence was left out because it cited nothing that was read."
_NOT_SAID = "What was written is not said by what it cites."
_NAMES = 0
"""The column in which the rows of a table are named."""
_EMPTIED = "What was written here is not said by what it cites."


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedFor:
    """What was done for a sub-question."""

    queries: tuple[str, ...]
    sources_read: int


def with_only_known_citations(report: Report, passages: Mapping[PassageId, Passage]) -> Report:
    """Return the report without citations of passages that do not exist and without claims that then rest on nothing.

    A claim that calls itself a quotation and is not, word for word, in its first passage loses that title. What is
    left out is said in the gaps, so that nothing disappears unseen.
    """
    dropped: list[Claim] = []

    def known(claim: Claim) -> Claim | None:
        cited = _known(claim.passages, passages)
        if not cited:
            dropped.append(claim)
            return None
        return replace(
            claim,
            passages=cited,
            agreeing=_known(claim.agreeing, passages),
            against=_known(claim.against, passages),
            is_quotation=claim.is_quotation and claim.text in passages[cited[0]].quote,
        )

    def kept(claims: Iterable[Claim]) -> tuple[Claim, ...]:
        return tuple(one for claim in claims if (one := known(claim)) is not None)

    def cell(one: Cell, place: int) -> Cell:
        if one.claim is None:
            return one if one.missing or place == _NAMES else Cell(missing=_NOT_SAID)
        claim = known(one.claim)
        if claim is None:
            return _emptied(one, place)
        # Only the claim is checked: what it does not say is not shown either.
        return Cell(text=one.text if shows_its_claim(one) else claim.text, claim=claim)

    answer = kept(report.answer)
    sections = tuple(
        section
        for section in (
            replace(one, claims=kept(one.claims), table=_table(one.table, cell) if one.table is not None else None)
            for one in report.sections
        )
        if section.claims or section.table is not None
    )
    gaps = tuple(_with_known(gap, passages) for gap in report.gaps) + tuple(
        Gap(question=claim.text, queries=(), sources_read=0, reason=_NOTHING_READ) for claim in dropped
    )
    return replace(report, answer=answer, sections=sections, gaps=gaps)


def _known(numbers: tuple[PassageId, ...], passages: Mapping[PassageId, Passage]) -> tuple[PassageId, ...]:
    return tuple(number for number in dict.fromkeys(numbers) if number in passages)


def _with_known(gap: Gap, passages: Mapping[PassageId, Passage]) -> Gap:
    if gap.claim is None:
        return gap
    claim = gap.claim
    return replace(gap, claim=replace(claim, passages=_known(claim.passages, passages), agreeing=(), against=()))


def _table(table: Table, change: Callable[[Cell, int], Cell]) -> Table:
    rows = tuple(tuple(change(cell, place) for place, cell in enumerate(row)) for row in table.rows)
    return Table(columns=table.columns, rows=rows)


def _emptied(cell: Cell, place: int) -> Cell:
    """A cell without what failed; the name of a row stays, for without it nobody knows of what the others speak."""
    return Cell(text=cell.text, missing=_EMPTIED) if place == _NAMES else Cell(missing=_EMPTIED)


@dataclass(slots=True, kw_only=True)
class _Moving:
    """Takes out what failed while a report is walked through."""

    before: Mapping[ClaimId, Claim]
    """Claims of the version that this one says in other words: they stand in for those that failed."""
    cells_before: Mapping[ClaimId, Cell]
    """The same for the cells of its tables."""
    looked_for: Mapping[SubQuestionId | None, LookedFor]
    gaps: list[Gap] = field(default_factory=list)
    put_back: set[int] = field(default_factory=set)

    def kept(self, claims: Iterable[Claim], subquestion: SubQuestionId | None) -> tuple[Claim, ...]:
        found: list[Claim] = []
        for claim in claims:
            if claim.state is not ClaimState.UNSUPPORTED:
                found.append(claim)
                continue
            former = [self.before[number] for number in claim.based_on if number in self.before]
            if not former:
                self.move_out(claim, subquestion)
            for one in former:
                if one.id not in self.put_back:
                    self.put_back.add(one.id)
                    found.append(one)
        return tuple(found)

    def cell(self, cell: Cell, subquestion: SubQuestionId | None, *, place: int) -> Cell:
        if cell.claim is None or cell.claim.state is not ClaimState.UNSUPPORTED:
            return cell
        for number in cell.claim.based_on:
            if number in self.cells_before:
                return self.cells_before[number]
        self.move_out(cell.claim, subquestion)
        return _emptied(cell, place)

    def move_out(self, claim: Claim, subquestion: SubQuestionId | None) -> None:
        looked = self.looked_for.get(subquestion) or self.looked_for.get(None)
        self.gaps.append(
            Gap(
                question=claim.text,
                queries=looked.queries if looked is not None else (),
                sources_read=looked.sources_read if looked is not None else 0,
                reason=claim.remark or _NOT_SAID,
                claim=claim,
            )
        )


def with_failures_moved_out(
    report: Report,
    *,
    looked_for: Mapping[SubQuestionId | None, LookedFor],
    before: Report | None = None,
) -> Report:
    """Return the checked report without the claims that nothing supports: they stand under “Not established”.

    Args:
        report: with the states of its claims.
        looked_for: what was done for each sub-question; under None for all of them together.
        before: the version that this one says in other words, if there is one: what fails in new words is said in
            the old ones.
    """
    own = {claim.id for claim in report.claims}
    known = {claim.id: claim for claim in before.claims if claim.id not in own} if before is not None else {}
    cells = _cells(before) if before is not None else {}
    moving = _Moving(before=known, cells_before=cells, looked_for=looked_for)
    answer = moving.kept(report.answer, None)
    sections: list[Section] = []
    for section in report.sections:
        number = section.subquestion_id
        claims = moving.kept(section.claims, number)
        table = section.table
        if table is not None:
            rows = tuple(
                tuple(moving.cell(cell, number, place=place) for place, cell in enumerate(row)) for row in table.rows
            )
            table = Table(columns=table.columns, rows=rows)
        if claims or table is not None:
            sections.append(replace(section, claims=claims, table=table))
    return replace(report, answer=answer, sections=tuple(sections), gaps=(*report.gaps, *moving.gaps))


def _cells(report: Report) -> dict[ClaimId, Cell]:
    """Return the cells of a report's tables by the number of what they claim."""
    tables = (section.table for section in report.sections if section.table is not None)
    return {cell.claim.id: cell for table in tables for row in table.rows for cell in row if cell.claim is not None}
