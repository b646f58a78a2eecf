"""The sentences of a report one by one, with their numbers, states and marks; and its versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from desktop.amendment_words import done_words
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.streams import Style, Terminal, filled
from engine.agent.state import RunState
from engine.citations.coverage import coverage_words
from engine.citations.numbering import Numbering, number_citations
from engine.citations.wording import STATE_SIGNS, STATE_WORDS
from engine.counting import counted
from engine.domain import Claim, Report
from engine.errors import SessionNotFound
from engine.export.printable import one_line

_INDENT = "        "


def list_claims(state: RunState, terminal: Terminal, *, is_opened: bool = False) -> ExitCode:
    """Print every sentence of a report with its number, its state and what it cites.

    Of one that was opened from a file it is not known whose marks those are.
    """
    report = state.current_report
    if report is None:
        terminal.note("No report was written in this run.")
        return ExitCode.NOTHING_FOUND
    numbering = number_citations(report, state.passages)
    for heading, claims in _parts(report):
        if claims:
            terminal.say("", lead=one_line(heading), style=Style.HEADING)
        for claim in claims:
            _tell_claim(claim, state, numbering, terminal, is_opened=is_opened)
    if words := coverage_words(report):
        terminal.note(words)
    return ExitCode.DONE


def list_versions(state: RunState, terminal: Terminal) -> ExitCode:
    """Print the versions of a report, oldest first."""
    for version in state.versions:
        when = f"{version.at.astimezone():%Y-%m-%d %H:%M}"
        words = f"{done_words(version.amendment)}, {counted(len(version.report.claims), 'sentence')}"
        terminal.say(f"  {when}  {one_line(words)}", lead=f"{version.number:>3}", style=Style.HEADING)
    if not state.versions:
        terminal.note("No report was finished in this run.")
    return ExitCode.DONE


def at_version(state: RunState, number: int) -> RunState:
    """Return the state with an earlier version of the report in the place of the last one.

    Raises:
        SessionNotFound: there is no such version.
    """
    return replace(state, report=version_of(state, number), draft=None, checked=(), amending=None)


def _parts(report: Report) -> Iterator[tuple[str, tuple[Claim, ...]]]:
    yield "Answer", report.answer
    for number, section in enumerate(report.sections, start=1):
        yield f"{number}. {section.title}", section.all_claims
    yield "Not established", report.failed


def _tell_claim(claim: Claim, state: RunState, numbering: Numbering, terminal: Terminal, *, is_opened: bool) -> None:
    marks = "".join(f"[{mark.label}]" for mark in numbering.marks_of(claim))
    against = "".join(f"[{mark.label}]" for mark in numbering.marks_against(claim))
    words = STATE_WORDS[claim.state]
    parts = [one_line(claim.text), marks, f"against {against}" if against else "", f"({words})"]
    lead = f"{claim.id:>4} {STATE_SIGNS[claim.state]}"
    text = filled(" ".join(part for part in parts if part), first=" " * (len(lead) + 2), indent=_INDENT)
    terminal.say(text[len(lead) :], lead=lead)
    if claim.remark:
        terminal.say(filled(one_line(claim.remark), first=_INDENT, indent=_INDENT))
    if claim.lone_figures:
        figures = ", ".join(one_line(figure) for figure in claim.lone_figures)
        terminal.say(f"{_INDENT}Only one site or document has: {figures}")
    mark = state.marks.get(claim.id)
    if mark is not None:
        note = f": {one_line(mark.note)}" if mark.note else ""
        who = "A reader" if is_opened else "You"
        terminal.say(f"{_INDENT}{who} marked it {mark.verdict.value}{note}")


def version_of(state: RunState, number: int) -> Report:
    """Return a version of a report, counted from 1.

    Raises:
        SessionNotFound: there is no such version.
    """
    if not 1 <= number <= len(state.versions):
        raise SessionNotFound(
            f"There is no version {number} of this report",
            hint=f"There are {len(state.versions)}:  plumbline show SESSION --versions",
        )
    return state.versions[number - 1].report
