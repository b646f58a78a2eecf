from dataclasses import replace

import pytest
from role_play import Evidence

from engine.citations.integrity import LookedFor, with_failures_moved_out, with_only_known_citations
from engine.citations.versions import with_each_claim
from engine.domain import Cell, Claim, ClaimId, ClaimState, PassageId, Report, Section, SubQuestionId, Table


def cell(text: str, number: int, *, passage: int = 1, state: ClaimState = ClaimState.SINGLE_SOURCE) -> Cell:
    claim = Claim(id=ClaimId(number), text=f"x: {text}", passages=(PassageId(passage),), state=state)
    return Cell(text=text, claim=claim)


def report_of(*row: Cell) -> Report:
    table = Table(columns=("Herons", "Wingspan", "Weight")[: len(row)], rows=(row,))
    section = Section(title="Herons", claims=(), subquestion_id=SubQuestionId(1), table=table)
    return Report(question="?", answer=(), sections=(section,), gaps=(), made_by="a test")


def row_of(report: Report) -> tuple[Cell, ...]:
    table = report.sections[0].table
    assert table is not None
    return table.rows[0]


def checked(report: Report) -> Report:
    evidence = Evidence("All herons with their wingspan")
    evidence.passage("The grey heron spans 1.9 m.")
    return with_only_known_citations(report, evidence.brief().passages)


def test_a_name_that_the_question_gave_stands_without_a_claim() -> None:
    row = row_of(checked(report_of(Cell(text="Grey heron"), cell("1.9 m", 1))))
    assert [one.text for one in row] == ["Grey heron", "1.9 m"]


def test_a_value_without_a_claim_is_taken_out() -> None:
    row = row_of(checked(report_of(Cell(text="Grey heron"), Cell(text="1.9 m"))))
    assert row[1].text == "" and row[1].missing


def test_the_name_of_a_row_stays_where_its_citation_leads_nowhere() -> None:
    row = row_of(checked(report_of(cell("Grey heron", 1, passage=9), cell("1.9 m", 2))))
    assert row[0].text == "Grey heron" and row[0].claim is None and row[0].missing
    assert row[1].claim is not None


def test_what_failed_leaves_the_table_and_the_name_of_its_row_does_not() -> None:
    failed = ClaimState.UNSUPPORTED
    before = report_of(cell("Grey heron", 1, state=failed), cell("9 m", 2, state=failed), cell("2 kg", 3))
    after = with_failures_moved_out(before, looked_for={None: LookedFor(queries=("herons",), sources_read=1)})
    assert [one.text for one in row_of(after)] == ["Grey heron", "", "2 kg"]
    assert [claim.text for claim in after.failed] == ["x: Grey heron", "x: 9 m"]
    assert [claim.id for claim in after.claims] == [3]


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("x: 2 m.", "2 m"),
        ("It spans two metres.", "It spans two metres."),
        ("The heron spans 1.9 m.", "The heron spans 1.9 m."),
        ("x: 1.9 m", "1.9 m"),
        ("The heron spans 11.9 m.", "The heron spans 11.9 m."),
    ],
)
def test_a_cell_never_shows_what_its_claim_no_longer_says(now: str, shown: str) -> None:
    report = report_of(Cell(text="Grey heron"), cell("1.9 m", 1))

    def rewritten(claim: Claim) -> Claim:
        return replace(claim, text=now)

    name, value = row_of(with_each_claim(report, rewritten))
    assert (name.text, value.text) == ("Grey heron", shown)
    assert value.claim is not None and value.claim.text == now


def test_a_cell_that_shows_what_its_claim_does_not_say_shows_the_claim() -> None:
    row = row_of(checked(report_of(Cell(text="Grey heron"), replace(cell("1.9 m", 1), text="95 m"))))
    assert row[1].text == "x: 1.9 m"


def test_the_old_cell_of_a_table_stays_where_its_translation_fails() -> None:
    before = report_of(Cell(text="Grey heron"), cell("1.9 m", 1))
    new = cell("neun Meter", 2, state=ClaimState.UNSUPPORTED)
    assert new.claim is not None
    translated = report_of(Cell(text="Graureiher"), replace(new, claim=replace(new.claim, based_on=(ClaimId(1),))))
    after = with_failures_moved_out(translated, looked_for={}, before=before)
    assert row_of(after)[1] == row_of(before)[1]
    assert after.failed == ()
