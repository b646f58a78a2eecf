"""Runs whose report was changed after it was finished, for what shows versions."""

from __future__ import annotations

from dataclasses import replace

from fake_runs import FakeRun, claim, finished_run

from engine.domain import (
    Amendment,
    AmendmentKind,
    Claim,
    ClaimState,
    Gap,
    Outcome,
    Report,
    SubQuestion,
    SubQuestionId,
)
from engine.events import (
    AmendmentBegun,
    ClaimChecked,
    CommandGiven,
    CommandKind,
    ReportDrafted,
    ReportFinished,
    RunContinued,
)

SHORTER = Amendment(kind=AmendmentKind.SHORTEN)
CHECK_FOUR = Amendment(kind=AmendmentKind.CHECK, claim=claim(4, "", []).id)


def began_to_shorten() -> FakeRun:
    """A finished run whose report is being shortened."""
    run = finished_run()
    run.add(CommandGiven(kind=CommandKind.AMEND, amendment=SHORTER), after_s=60)
    run.add(RunContinued())
    run.add(AmendmentBegun(amendment=SHORTER))
    return run


def amended_run() -> FakeRun:
    """Three versions: as it was written, shortened, and with one sentence checked again, which failed."""
    run = began_to_shorten()
    first = run.state.versions[0].report
    second = shortened(first)
    _finish(run, second, SHORTER)
    run.add(CommandGiven(kind=CommandKind.AMEND, amendment=CHECK_FOUR), after_s=60)
    run.add(RunContinued())
    more = SubQuestion(id=SubQuestionId(9), text="How much protection would have been enough?")
    run.add(AmendmentBegun(amendment=CHECK_FOUR, subquestions=(more,)))
    run.began(9)
    run.closed(9, found=False, reason="Nothing more was there")
    _finish(run, checked_again(second), CHECK_FOUR)
    return run


def shortened(report: Report) -> Report:
    """The report without its second section, with two sentences made one, and one said more briefly."""
    first, _, third = report.sections
    two, three, four = first.claims
    both = claim(
        21,
        "Lime mortar stays vulnerable to frost for about three months, and work stops below five degrees.",
        [*two.passages, *three.passages],
        state=ClaimState.SINGLE_SOURCE,
        is_quotation=False,
    )
    brief = replace(
        third.claims[0],
        id=claim(22, "", []).id,
        text="Hydraulic lime needs protection from frost for two to four weeks.",
        based_on=(third.claims[0].id,),
        is_quotation=False,
        agreeing=(),
        state=ClaimState.SINGLE_SOURCE,
    )
    both = replace(both, based_on=(two.id, three.id))
    sections = (replace(first, claims=(both, four)), replace(third, claims=(brief, *third.claims[1:])))
    return replace(report, sections=sections)


def checked_again(report: Report) -> Report:
    """The report with its partly supported sentence moved out."""
    first, third = report.sections
    both, four = first.claims
    failed: Claim = replace(four, state=ClaimState.UNSUPPORTED)
    gap = Gap(
        question=four.text,
        queries=("enough frost protection lime wall",),
        sources_read=1,
        reason="The log describes one wall only.",
        claim=failed,
    )
    return replace(report, sections=(replace(first, claims=(both,)), third), gaps=(*report.gaps, gap))


def _finish(run: FakeRun, report: Report, amendment: Amendment) -> None:
    known = {one.id: one for one in run.state.versions[-1].report.claims}

    def draft(one: Claim) -> Claim:
        return one if one.id in known else replace(one, state=ClaimState.UNCHECKED, remark="")

    sections = tuple(replace(part, claims=tuple(draft(one) for one in part.claims)) for part in report.sections)
    run.add(ReportDrafted(report=replace(report, sections=sections), amendment=amendment))
    for one in report.claims:
        if one.id not in known:
            run.add(ClaimChecked(claim=one))
    run.add(ReportFinished(report=report, amendment=amendment))
    run.ended(Outcome.COMPLETE)
