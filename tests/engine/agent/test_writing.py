from dataclasses import replace

import pytest
from fakes import FakeWorld, QuotingWriter, document_of, scripted_roles
from notebook import Notebook

from engine.agent.control import RunControl
from engine.agent.state import fold
from engine.citations.coverage import coverage_words
from engine.domain import Cell, Claim, ClaimId, ClaimState, Depth, Outcome, PassageId, Section, Table
from engine.errors import ModelFailed
from engine.events import (
    ClaimChecked,
    ClaimRewritten,
    CommandGiven,
    CommandKind,
    GapsFound,
    OutlineMade,
    ReportDrafted,
    SectionWritten,
)

HERONS, EELS = "where do herons nest?", "how long do eels live?"
QUESTION = f"{HERONS} {EELS}"


def pages() -> dict:
    return {
        "file:///herons": document_of("herons nest in tall trees", title="Herons"),
        "file:///eels": document_of("eels live up to eighty years", title="Eels"),
        "file:///otters": document_of("otters hunt frogs", title="Otters"),
    }


def cast(writer: QuotingWriter):
    return replace(scripted_roles(), writer=writer)


def test_outline_parts_and_report_are_stored_one_by_one():
    notebook = Notebook(QUESTION)
    notebook.run(FakeWorld(pages()))
    kinds = [type(stored.event) for stored in notebook.trace]
    writing = [kind for kind in kinds if kind in (OutlineMade, SectionWritten, ReportDrafted)]
    assert writing == [OutlineMade, SectionWritten, SectionWritten, ReportDrafted]


def test_parts_that_are_written_are_shown_before_the_report_is_there():
    notebook = Notebook(QUESTION)
    for stored in notebook.follow(FakeWorld(pages())):
        if isinstance(stored.event, SectionWritten):
            break
    report = fold(notebook.trace).current_report
    assert [section.title for section in report.sections] == [HERONS]
    assert report.unwritten == (EELS,)
    assert [claim.state for claim in report.claims] == [ClaimState.UNCHECKED]


def test_a_part_that_was_written_before_a_cut_is_not_written_again():
    notebook = Notebook(QUESTION)
    for stored in notebook.follow(FakeWorld(pages())):
        if isinstance(stored.event, SectionWritten):
            break
    writer = QuotingWriter()
    world = FakeWorld(pages())
    state = notebook.run(world, roles=cast(writer))
    assert state.outcome is Outcome.COMPLETE
    assert f"section {HERONS}" not in writer.asked
    assert f"section {EELS}" in writer.asked
    assert world.queries == []


class _BreaksOff(QuotingWriter):
    def sections(self, brief, outline, *, parts):
        for index, section in super().sections(brief, outline, parts=parts):
            if section.title == EELS:
                raise ModelFailed("The model is gone")
            yield index, section


def test_a_draft_that_breaks_off_is_kept_and_finished_later_without_research():
    notebook = Notebook(QUESTION)
    with pytest.raises(ModelFailed):
        notebook.run(FakeWorld(pages()), roles=cast(_BreaksOff()))
    assert [section.title for section in fold(notebook.trace).current_report.sections] == [HERONS]
    world, writer = FakeWorld(pages()), QuotingWriter()
    state = notebook.run(world, roles=cast(writer))
    assert [section.title for section in state.report.sections] == [HERONS, EELS]
    assert world.opened == []
    assert f"section {HERONS}" not in writer.asked


class _Forgetful(QuotingWriter):
    def sections(self, brief, outline, *, parts):
        return iter(())


def test_a_writer_that_leaves_parts_out_does_not_keep_the_run_from_ending():
    state = Notebook(QUESTION).run(FakeWorld(pages()), roles=cast(_Forgetful()))
    assert state.report.claims == ()
    assert state.outcome is Outcome.NOT_FOUND


def missing(*rounds: tuple[str, ...]) -> QuotingWriter:
    writer = QuotingWriter()
    writer.misses = list(rounds)
    return writer


def test_what_is_found_missing_is_researched_and_the_outline_is_made_anew():
    notebook = Notebook(QUESTION)
    writer = missing(("what do otters hunt?",))
    state = notebook.run(FakeWorld(pages()), roles=cast(writer))
    (found,) = notebook.events(GapsFound)
    assert [one.text for one in found.subquestions] == ["what do otters hunt?"]
    assert [section.title for section in state.report.sections] == [HERONS, EELS, "what do otters hunt?"]
    assert len(notebook.events(OutlineMade)) == 2
    assert writer.asked.count(f"section {HERONS}") == 1


def test_gaps_are_looked_for_as_often_as_the_budget_allows():
    for depth, rounds in ((Depth.QUICK, 0), (Depth.STANDARD, 1), (Depth.THOROUGH, 2)):
        notebook = Notebook(HERONS, depth=depth)
        notebook.run(FakeWorld(pages()), roles=cast(missing(("otters?",), ("eels?",), ("frogs?",))))
        assert len(notebook.events(GapsFound)) == rounds


def test_what_was_asked_before_is_not_missing():
    notebook = Notebook(QUESTION)
    notebook.run(FakeWorld(pages()), roles=cast(missing((f"  {HERONS.upper()} ", QUESTION))))
    assert notebook.events(GapsFound) == []


def test_write_now_means_that_nothing_more_is_looked_for():
    notebook = Notebook(QUESTION)
    control = RunControl()
    control.give(CommandGiven(kind=CommandKind.WRITE_NOW))
    notebook.run(FakeWorld(pages()), control=control, roles=cast(missing(("otters?",))))
    assert notebook.events(GapsFound) == []


def wrong(**words: str) -> QuotingWriter:
    writer = QuotingWriter()
    writer.says_otherwise = {"herons nest in tall trees": "herons nest in chimneys"}
    writer.rewrites = dict(words)
    return writer


def test_a_claim_that_fails_is_written_once_more_and_checked_again():
    writer = wrong()
    writer.rewrites = {"herons nest in chimneys": "herons nest in tall trees"}
    notebook = Notebook(QUESTION)
    state = notebook.run(FakeWorld(pages()), roles=cast(writer))
    claim = next(claim for claim in state.report.claims if "herons" in claim.text)
    assert (claim.text, claim.former) == ("herons nest in tall trees", "herons nest in chimneys")
    assert claim.state is ClaimState.SINGLE_SOURCE
    assert state.report.failed == ()
    rewritten = notebook.events(ClaimRewritten)
    assert {one.claim.id for one in rewritten} <= {one.claim.id for one in notebook.events(ClaimChecked)}


def test_a_claim_that_fails_twice_is_not_in_the_text_but_stays_in_sight():
    writer = wrong()
    writer.rewrites = {"herons nest in chimneys": "herons nest in lakes"}
    state = Notebook(QUESTION).run(FakeWorld(pages()), roles=cast(writer))
    assert all("herons" not in claim.text for claim in state.report.claims)
    gap = next(gap for gap in state.report.gaps if gap.claim is not None)
    assert (gap.claim.text, gap.claim.former) == ("herons nest in lakes", "herons nest in chimneys")
    assert gap.claim.state is ClaimState.UNSUPPORTED
    assert gap.queries and gap.sources_read
    assert writer.asked.count("rewrite herons nest in lakes") == 0


def test_too_little_that_is_established_is_not_a_complete_report():
    state = Notebook(QUESTION).run(FakeWorld(pages()), roles=cast(wrong()))
    assert state.outcome is Outcome.INCOMPLETE
    assert state.end_reason == coverage_words(state.report)
    assert state.report.coverage.verified < state.report.coverage.written


class _Tabular(QuotingWriter):
    def section(self, brief, part):
        number = part.passages[0]
        said = Claim(id=ClaimId(1), text=brief.passages[number].quote, passages=(number,), is_quotation=True)
        invented = Claim(id=ClaimId(2), text="Heron, height: 9 m", passages=(number,))
        nowhere = Claim(id=ClaimId(3), text="Heron, age: 9", passages=(PassageId(99),))
        cells = (Cell(text="a", claim=said), Cell(text="9 m", claim=invented), Cell(text="9", claim=nowhere), Cell())
        table = Table(columns=("Bird", "Height", "Age", "Song"), rows=(cells,))
        return Section(title=part.title, claims=(), table=table, subquestion_id=part.subquestion_id)


def test_the_cells_of_a_table_are_checked_like_sentences_and_emptied_where_they_fail():
    state = Notebook(HERONS).run(FakeWorld(pages()), roles=cast(_Tabular()))
    (row,) = state.report.sections[0].table.rows
    assert row[0].claim.state is ClaimState.SINGLE_SOURCE
    assert [bool(cell.missing) for cell in row] == [False, True, True, True]
    assert [claim.text for claim in state.report.failed] == ["Heron, height: 9 m"]
    numbers = [claim.id for claim in state.report.claims + state.report.failed]
    assert len(set(numbers)) == len(numbers)
