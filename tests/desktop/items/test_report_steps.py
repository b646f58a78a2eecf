import pytest
from fake_runs import finished_run

from desktop.items.step import Step, StepKind
from desktop.items.steps import step_of
from desktop.items.trace import ROW_ROLE, TraceModel
from engine.domain import (
    Amendment,
    AmendmentKind,
    Cell,
    Claim,
    ClaimId,
    ClaimState,
    Outline,
    OutlinePart,
    PassageId,
    Report,
    Section,
    SubQuestion,
    SubQuestionId,
    Table,
    Verdict,
)
from engine.events import (
    AmendmentBegun,
    AmendmentFailed,
    ClaimChecked,
    ClaimMarked,
    ClaimRewritten,
    CommandGiven,
    CommandKind,
    GapsFound,
    OutlineMade,
    ReportDrafted,
    ReportFinished,
    SectionWritten,
)

SHORTER = Amendment(kind=AmendmentKind.SHORTEN)
GERMAN = Amendment(kind=AmendmentKind.TRANSLATE, language="de")
EGGS = Claim(id=ClaimId(3), text="A heron lays four eggs.", passages=(PassageId(1),), former="A heron lays ten eggs.")
MORE = SubQuestion(id=SubQuestionId(4), text="How long do herons live?")


def details_of(step: Step) -> list[tuple[str, str]]:
    return [(detail.label, detail.text) for detail in step.details]


def report_of(*claims: Claim) -> Report:
    return Report(question="?", answer=(), sections=(Section(title="Eggs", claims=claims),), gaps=(), made_by="a test")


def test_an_outline_is_unfolded_into_its_parts():
    parts = (
        OutlinePart(title="Where they nest", passages=(PassageId(1), PassageId(2))),
        OutlinePart(title="Sizes", passages=(PassageId(1),), columns=("Bird", "Wingspan")),
    )
    step = step_of(OutlineMade(outline=Outline(parts=parts, reason="Two things are asked.")))
    assert step.text == "Outlined the report in 2 parts"
    assert details_of(step) == [
        ("why", "Two things are asked."),
        ("1", "Where they nest (2 passages)"),
        ("2", "Sizes (1 passage, as a table of 2 columns)"),
    ]


def test_sections_say_what_they_hold_and_what_they_do_not():
    written = step_of(SectionWritten(part=0, section=Section(title="Eggs", claims=(EGGS,))))
    assert (written.kind, written.text) == (StepKind.WRITE, "Wrote “Eggs”: 1 sentence")
    nothing = step_of(SectionWritten(part=0, section=Section(title="Food", claims=())))
    assert nothing.text == "Wrote “Food”: nothing could be said"
    rows = ((Cell(text="Heron"), Cell(text="four", claim=EGGS)), (Cell(text="Otter"), Cell(missing="Nobody says.")))
    table = Table(columns=("Animal", "Eggs"), rows=rows)
    sheet = step_of(SectionWritten(part=0, section=Section(title="Eggs", claims=(), table=table)))
    assert sheet.text == "Wrote “Eggs”: a table of 2 rows, 1 cell filled"


def test_what_was_found_missing_while_writing_is_shown_as_new_questions():
    step = step_of(GapsFound(subquestions=(MORE,), reason="Nothing says how old they get."))
    assert step.text == "Found something missing: 1 more sub-question"
    assert details_of(step) == [("why", "Nothing says how old they get."), ("4", "How long do herons live?")]


def test_a_sentence_that_was_written_once_more_shows_both_its_forms():
    step = step_of(ClaimRewritten(claim=EGGS))
    assert details_of(step)[:2] == [("was", "A heron lays ten eggs."), ("is", "A heron lays four eggs.")]


def test_a_check_tells_what_speaks_against_a_sentence_and_how_sure_the_judge_is():
    claim = Claim(
        id=ClaimId(3),
        text="A heron lays four eggs.",
        passages=(PassageId(1),),
        against=(PassageId(2),),
        state=ClaimState.CONTRADICTED,
        support=0.914,
        lone_figures=("four",),
    )
    step = step_of(ClaimChecked(claim=claim))
    assert step.state is ClaimState.CONTRADICTED
    assert ("against", "passage 2") in details_of(step)
    assert ("judged", "91% likely to be what its passages say") in details_of(step)
    assert ("alone", "only one site or document states four") in details_of(step)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (ReportDrafted(report=report_of(EGGS)), "Wrote 1 sentence in 1 section"),
        (
            ReportDrafted(report=report_of(EGGS), amendment=GERMAN),
            "Changed the report (translated into German): 1 sentence in 1 section",
        ),
        (ReportFinished(report=report_of(EGGS)), "Report finished: 1 sentence"),
        (ReportFinished(report=report_of(EGGS), amendment=SHORTER), "New version (shortened): 1 sentence"),
        (CommandGiven(kind=CommandKind.AMEND, amendment=GERMAN), "You asked for a translation into German"),
        (AmendmentBegun(amendment=SHORTER), "Shortening"),
        (ClaimMarked(claim_id=ClaimId(3), verdict=Verdict.WRONG), "Sentence 3 was marked as wrong"),
        (ClaimMarked(claim_id=ClaimId(3), verdict=None), "The mark of sentence 3 was taken back"),
    ],
)
def test_what_becomes_of_a_report_is_one_line_each(event, words: str):
    assert step_of(event).text == words


def test_a_change_that_could_not_be_made_says_why_and_that_nothing_is_lost():
    step = step_of(AmendmentFailed(amendment=GERMAN, reason="No language model is chosen."))
    assert (step.kind, step.text) == (StepKind.PROBLEM, "The report could not be translated")
    assert details_of(step)[0] == ("why", "No language model is chosen.")
    assert details_of(step)[-1] == ("so", "The report is as it was.")


def test_words_of_a_report_stay_on_one_line():
    step = step_of(AmendmentFailed(amendment=SHORTER, reason="One.\nTwo."))
    assert details_of(step)[0] == ("why", "One. Two.")


def test_nobody_worked_while_a_reader_thought_about_a_sentence():
    run = finished_run()
    run.add(ClaimMarked(claim_id=ClaimId(1), verdict=Verdict.RIGHT), after_s=3600)
    run.add(CommandGiven(kind=CommandKind.AMEND, amendment=SHORTER), after_s=3600)
    model = TraceModel()
    model.show_trace(run.trace)
    last = [model.index(model.rowCount() - back).data(ROW_ROLE) for back in (1, 2)]
    assert [row.took for row in last] == ["", ""]
