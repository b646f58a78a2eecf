"""What becomes of a report, as lines for somebody watching: outlined, written, checked, changed, marked."""

from __future__ import annotations

from typing import assert_never

from desktop.amendment_words import asked_words, doing_words, done_words, failed_words
from desktop.items.step import Detail, Step, StepKind
from desktop.plain_text import one_line
from engine.agent.writing import SAME_CHECK
from engine.citations.wording import STATE_WORDS
from engine.counting import counted
from engine.domain import Claim, Section, Verdict
from engine.events import (
    AmendmentBegun,
    AmendmentFailed,
    ClaimChecked,
    ClaimMarked,
    ClaimRewritten,
    GapsFound,
    OutlineMade,
    ReportDrafted,
    ReportFinished,
    SectionWritten,
)

ReportEvent = (
    OutlineMade
    | SectionWritten
    | GapsFound
    | ReportDrafted
    | ClaimRewritten
    | ClaimChecked
    | ReportFinished
    | AmendmentBegun
    | AmendmentFailed
    | ClaimMarked
)

_VERDICTS = {Verdict.RIGHT: "right", Verdict.WRONG: "wrong", Verdict.UNCLEAR: "unclear"}


def report_step(event: ReportEvent) -> Step:
    """Return the line for something that was done to the report."""
    match event:
        case OutlineMade():
            parts = event.outline.parts
            details = [_why(event.outline.reason)] if event.outline.reason else []
            for number, part in enumerate(parts, start=1):
                passages = counted(len(part.passages), "passage")
                shape = f", as a table of {counted(len(part.columns), 'column')}" if part.columns else ""
                details.append(Detail(label=str(number), text=f"{one_line(part.title, limit=300)} ({passages}{shape})"))
            return _step(StepKind.PLAN, f"Outlined the report in {counted(len(parts), 'part')}", details)
        case SectionWritten():
            return _section_step(event.section)
        case GapsFound():
            details = [_why(event.reason)] if event.reason else []
            details += [Detail(label=str(one.id), text=one_line(one.text, limit=500)) for one in event.subquestions]
            words = f"Found something missing: {counted(len(event.subquestions), 'more sub-question')}"
            return _step(StepKind.CROSS_CHECK, words, details)
        case ReportDrafted():
            report = event.report
            made = f"{counted(len(report.claims), 'sentence')} in {counted(len(report.sections), 'section')}"
            gaps = [Detail(label="gap", text=one_line(gap.question, limit=500)) for gap in report.gaps]
            if event.amendment is not None:
                return _step(StepKind.WRITE, f"Changed the report ({done_words(event.amendment)}): {made}", gaps)
            return _step(StepKind.WRITE, f"Wrote {made}", gaps)
        case ClaimRewritten():
            claim = event.claim
            details = [
                Detail(label="was", text=one_line(claim.former, limit=600)),
                Detail(label="is", text=one_line(claim.text, limit=600)),
                *_cited(claim),
            ]
            return _step(StepKind.WRITE, f"Sentence {claim.id}: written once more from its passages", details)
        case ClaimChecked():
            return _check_step(event.claim)
        case ReportFinished():
            counts = counted(len(event.report.claims), "sentence")
            if event.amendment is not None:
                return _step(StepKind.CHECK, f"New version ({done_words(event.amendment)}): {counts}")
            return _step(StepKind.CHECK, f"Report finished: {counts}")
        case AmendmentBegun():
            more = [Detail(label=str(one.id), text=one_line(one.text, limit=500)) for one in event.subquestions]
            return _step(StepKind.WRITE, doing_words(event.amendment), more)
        case AmendmentFailed():
            details = [
                _why(event.reason),
                Detail(label="asked", text=asked_words(event.amendment)),
                Detail(label="so", text="The report is as it was."),
            ]
            kind = StepKind.CHECK if event.reason == SAME_CHECK else StepKind.PROBLEM
            return _step(kind, failed_words(event.amendment, event.reason), details)
        case ClaimMarked():
            if event.verdict is None:
                return _step(StepKind.COMMAND, f"The mark of sentence {event.claim_id} was taken back")
            details = [Detail(label="note", text=one_line(event.note, limit=600))] if event.note else []
            words = f"Sentence {event.claim_id} was marked as {_VERDICTS[event.verdict]}"
            return _step(StepKind.COMMAND, words, details)
        case _:
            assert_never(event)


def _section_step(section: Section) -> Step:
    title = one_line(section.title, limit=200) or "a section"
    if section.table is not None:
        rows = counted(len(section.table.rows), "row")
        cells = sum(cell.claim is not None for row in section.table.rows for cell in row)
        details = [Detail(label="", text=" · ".join(one_line(name, limit=60) for name in section.table.columns))]
        return _step(StepKind.WRITE, f"Wrote “{title}”: a table of {rows}, {counted(cells, 'cell')} filled", details)
    if not section.claims:
        return _step(StepKind.WRITE, f"Wrote “{title}”: nothing could be said")
    details = [Detail(label="says", text=one_line(claim.text, limit=600)) for claim in section.claims]
    return _step(StepKind.WRITE, f"Wrote “{title}”: {counted(len(section.claims), 'sentence')}", details)


def _check_step(claim: Claim) -> Step:
    details = [Detail(label="says", text=one_line(claim.text, limit=600)), *_cited(claim)]
    details += [Detail(label="against", text=f"passage {number}", passage=number) for number in claim.against]
    if claim.support is not None:
        details.append(Detail(label="judged", text=f"{claim.support:.0%} likely to be what its passages say"))
    if claim.lone_figures:
        figures = ", ".join(one_line(figure, limit=60) for figure in claim.lone_figures)
        details.append(Detail(label="alone", text=f"only one site or document states {figures}"))
    if claim.remark:
        details.append(_why(claim.remark))
    words = f"Sentence {claim.id}: {STATE_WORDS[claim.state]}"
    return Step(kind=StepKind.CHECK, text=words, details=tuple(details), state=claim.state)


def _cited(claim: Claim) -> list[Detail]:
    return [Detail(label="cites", text=f"passage {number}", passage=number) for number in claim.passages]


def _why(reason: str) -> Detail:
    return Detail(label="why", text=one_line(reason, limit=600))


def _step(kind: StepKind, text: str, details: list[Detail] | None = None) -> Step:
    return Step(kind=kind, text=text, details=tuple(details or ()))
