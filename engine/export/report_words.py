"""What a report says about itself and its sentences, in words that every format shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.citations.coverage import coverage_words
from engine.citations.numbering import CitationMark, Numbering
from engine.citations.wording import no_answer_words
from engine.counting import counted
from engine.domain import (
    Amendment,
    AmendmentKind,
    Claim,
    ClaimState,
    Gap,
    Mark,
    Outcome,
    PassageId,
    Report,
    ReportVersion,
    Section,
    Verdict,
)
from engine.export.printable import one_line

DRAFT_WORDS = "This is a draft: not every sentence has been checked."
SIDE_HEADINGS = ("What the sentence rests on", "What another source says")
"""Over the quotations of a sentence that another source contradicts."""
SIDES_WORDS = "Other sources say otherwise."
MISSING_WORDS = "Not established"
"""In a cell that has nothing and does not say why."""
EARLIER_MARKS_HEADING = "Marked by the reader in earlier versions"
ONLY_TAKEN_OUT_WORDS = "Cited only by what was taken out."

_VERDICT_WORDS = {Verdict.RIGHT: "right", Verdict.WRONG: "wrong", Verdict.UNCLEAR: "unclear"}
_AMENDMENT_WORDS = {
    AmendmentKind.DEEPER: "more was looked for",
    AmendmentKind.CHECK: "a sentence was checked again",
    AmendmentKind.SHORTEN: "it was shortened",
    AmendmentKind.TRANSLATE: "it was translated",
    AmendmentKind.TABLE: "a table was made of it",
    AmendmentKind.RESTORE: "an earlier version was taken up again",
}
_SHORT = 50
"""Letters of a sentence by which it is known again."""
_NEEDS_NO_REMARK = frozenset({ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A passage on one side of a contradiction."""

    passage_id: PassageId
    quote: str
    mark: CitationMark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The passages of a sentence, and those of other sources that say otherwise."""

    rests_on: tuple[Quoted, ...]
    against: tuple[Quoted, ...]


def is_draft(state: RunState) -> bool:
    """Whether what is shown has not been finished; a finished report that is being changed has."""
    return state.report is None and not (state.amending is not None and state.versions)


def notices_of(state: RunState, report: Report) -> tuple[str, ...]:
    """Return what a reader has to know of the whole report before reading it."""
    notices = []
    if is_draft(state):
        notices.append(DRAFT_WORDS)
    elif state.outcome is Outcome.INCOMPLETE:
        notices.append("This report is incomplete: too little of it is said by what was read.")
    if report.unwritten:
        titles = "; ".join(one_line(title) for title in report.unwritten)
        notices.append(f"Still to be written: {titles}.")
    return (*notices, *(one_line(caveat) for caveat in report.caveats))


def no_answer_line(report: Report) -> str:
    """Return what stands in the place of the answer of a report that has none."""
    return "The answer has not been written yet." if report.unwritten else no_answer_words(report)


def coverage_line(state: RunState, report: Report) -> str:
    """Return how much of the report is established; empty where nothing was written or little was checked yet."""
    return "" if is_draft(state) else coverage_words(report)


def shown_sections(report: Report) -> Iterator[Section]:
    """Yield the sections in which there is something."""
    for section in report.sections:
        if section.claims or (section.table is not None and section.table.columns):
            yield section


def remark_of(claim: Claim) -> str:
    """Return why a claim is in its state, where the state asks for it."""
    return "" if claim.state in _NEEDS_NO_REMARK else one_line(claim.remark)


def notes_below(claim: Claim, mark: Mark | None) -> tuple[str, ...]:
    """Return what is said about a sentence below it, a line each."""
    notes = []
    if claim.lone_figures:
        figures = ", ".join(one_line(figure) for figure in claim.lone_figures)
        notes.append(f"Only one site or document states: {figures}.")
    if claim.former.strip():
        notes.append(f"Written once more after its check. Before, it said: “{one_line(claim.former)}”")
    if mark is not None:
        notes.append(mark_words(mark))
    return tuple(notes)


def cell_note(claim: Claim, words: str) -> str:
    """Return a note that stands below a table with the beginning of what it is about."""
    text = one_line(claim.text)
    short = text if len(text) <= _SHORT else f"{text[:_SHORT].rsplit(' ', 1)[0]} …"
    return f"“{short}”: {words}"


def mark_words(mark: Mark) -> str:
    """Return what a reader thinks of a sentence."""
    note = one_line(mark.note)
    return f"Marked {_VERDICT_WORDS[mark.verdict]} by the reader{f': {note}' if note else '.'}"


def sides_of(claim: Claim, state: RunState, numbering: Numbering) -> Sides | None:
    """Return both sides of a contradiction; None where no passage says otherwise."""

    def quoted(passages: tuple[PassageId, ...]) -> tuple[Quoted, ...]:
        return tuple(
            Quoted(passage_id=one, quote=state.passages[one].quote, mark=numbering.by_passage.get(one))
            for one in dict.fromkeys(passages)
            if one in state.passages
        )

    against = quoted(tuple(one for one in claim.against if one not in claim.passages))
    return Sides(rests_on=quoted(claim.passages), against=against) if against else None


def gap_words(gap: Gap) -> str:
    """Return why something is not established, what was looked for, and how much was read."""
    looked_for = "; ".join(f"“{one_line(query)}”" for query in gap.queries)
    parts = [
        one_line(gap.reason),
        f"Looked for {looked_for}." if looked_for else "",
        f"{counted(gap.sources_read, 'source')} read.",
    ]
    return " ".join(part for part in parts if part)


def taken_out_words(claim: Claim) -> str:
    """Return the sentence that was written and failed its check, as such."""
    return f"Written, and not held up by its check: “{one_line(claim.text)}”"


def former_words(claim: Claim) -> str:
    """Return what a sentence that failed said at first; empty where it was not written once more."""
    return f"Before that it said: “{one_line(claim.former)}”" if claim.former.strip() else ""


def earlier_marks(state: RunState, report: Report) -> tuple[tuple[Claim, Mark], ...]:
    """Return what the reader marked in versions before this one and what is not in it any more."""
    shown = {claim.id for claim in (*report.claims, *report.failed)}
    former = {
        claim.id: claim
        for version in state.versions
        for claim in (*version.report.claims, *version.report.failed)
        if claim.id not in shown
    }
    return tuple((former[mark.claim_id], mark) for mark in state.marks.values() if mark.claim_id in former)


def states_used(report: Report) -> tuple[ClaimState, ...]:
    """Return the states that the report's sentences are in, those that were taken out too, each once."""
    return tuple(dict.fromkeys(claim.state for claim in (*report.claims, *report.failed)))


def version_words(version: ReportVersion) -> str:
    """Return what made a version: ``more was looked for: “How tall is it?”``."""
    return "as it was first written" if version.amendment is None and version.number == 1 else _made(version.amendment)


def _made(amendment: Amendment | None) -> str:
    if amendment is None:
        return "it was written again with a source that came later"
    words = _AMENDMENT_WORDS[amendment.kind]
    match amendment.kind:
        case AmendmentKind.DEEPER if amendment.words.strip():
            return f"{words}: “{one_line(amendment.words)}”"
        case AmendmentKind.TRANSLATE if amendment.language:
            return f"{words} ({one_line(amendment.language)})"
        case AmendmentKind.RESTORE if amendment.version is not None:
            return f"version {amendment.version} was taken up again"
        case _:
            return words
