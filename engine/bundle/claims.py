"""Whether each sentence of a bundle cites what is there, quotes what it says, and has its figures from its passages."""

from __future__ import annotations

from collections.abc import Iterator

from engine.agent.checks import checked
from engine.agent.state import RunState
from engine.agent.writing import brief_of
from engine.bundle import layout
from engine.bundle.unpacked import Unpacked
from engine.bundle.verification import Notebook, Topic
from engine.citations.cells import shows_unproven
from engine.citations.checking.check import Checked, Kind
from engine.counting import counted
from engine.domain import VERIFIED, Claim, Report

_SHOWN_CHARACTERS = 80
_FACTS = frozenset({Kind.FIGURE, Kind.DATE, Kind.QUOTATION})
"""What can be told for certain. Names and denials are recognised by rules that also err."""
_KIND_WORDS = {Kind.FIGURE: "figure", Kind.DATE: "date", Kind.QUOTATION: "quotation"}


def check_claims(content: Unpacked, notebook: Notebook) -> None:
    """Look through every sentence of the report and of its earlier versions, each once."""
    state = content.state
    claims = tuple(dict.fromkeys(claim for report in _reports(content) for claim in (*report.claims, *report.failed)))
    if len(claims) > layout.MOST_CLAIMS:
        notebook.find(Topic.CITATIONS, layout.REPORT, "has more sentences than a report can have", is_fatal=True)
        return
    quotations = [claim for claim in claims if claim.is_quotation]
    known = [claim for claim in claims if _cites_what_is_there(claim, state, notebook)]
    held = [claim for claim in known if claim.state in VERIFIED]
    cited = f"The citations of {counted(len(claims), 'sentence')} lead to passages that are there"
    notebook.look(Topic.CITATIONS, len(claims), cited)
    quoted = f"{counted(len(quotations), 'sentence')} called a quotation: word for word what a passage says"
    notebook.look(Topic.QUOTATIONS, len(quotations), quoted)
    check_cells(content, notebook)
    facts, brief = 0, brief_of(state)
    for claim in known:
        if claim.is_quotation and claim.text not in state.passages[claim.passages[0]].quote:
            notebook.find(Topic.QUOTATIONS, named(claim), "is called a quotation, and is not one of its passage")
    read = 0
    for claim in held:
        read += sum(len(state.passages[number].quote) for number in claim.passages)
        if read > layout.MOST_CHARACTERS_READ:
            notebook.find(Topic.FACTS, layout.REPORT, "cites more than can be looked through")
            break
        found = checked(claim.text, [state.passages[number] for number in claim.passages], brief)
        facts += found.facts
        if not found.is_whole:
            notebook.find(Topic.FACTS, named(claim), "is too long, or has too many figures, to be looked through")
        _judge(claim, found, notebook)
    words = f"The figures, dates and quotations of {counted(len(held), 'supported sentence')} stand in their passages"
    notebook.look(Topic.FACTS, facts, words)


def check_cells(content: Unpacked, notebook: Notebook) -> None:
    """Look whether every cell shows what its sentence says: it is the cell that is read."""
    sections = dict.fromkeys(section for report in _reports(content) for section in report.sections if section.table)
    told: set[tuple[str, str]] = set()
    for section in sections:
        assert section.table is not None  # looked at above
        for row in section.table.rows:
            for place, cell in enumerate(row):
                key = (section.title, cell.text)
                if shows_unproven(cell, place=place) and key not in told:
                    told.add(key)
                    said = "that its sentence does not say" if cell.claim is not None else "for which nothing is cited"
                    where = f"A cell of the table “{_short(section.title)}”"
                    notebook.find(Topic.CITATIONS, where, f"shows “{_short(cell.text)}”, {said}")


def _reports(content: Unpacked) -> Iterator[Report]:
    yield content.report
    for version in content.state.versions:
        yield version.report


def _cites_what_is_there(claim: Claim, state: RunState, notebook: Notebook) -> bool:
    if not claim.passages:
        notebook.find(Topic.CITATIONS, named(claim), "cites nothing")
        return False
    missing = [number for number in (*claim.passages, *claim.agreeing, *claim.against) if number not in state.passages]
    if missing:
        notebook.find(Topic.CITATIONS, named(claim), f"cites passage {missing[0]}, which is not there")
        return False
    return all(state.passages[number].source_id in state.sources for number in claim.passages)


def _judge(claim: Claim, found: Checked, notebook: Notebook) -> None:
    """Write down what a sentence says and its passages do not, although it is called supported."""
    for finding in found.findings:
        if finding.kind in _FACTS:
            instead = f"; they have “{_short(finding.held)}”" if finding.held else ""
            what = (
                f"has the {_KIND_WORDS[finding.kind]} “{_short(finding.said)}”, which is not in its passages{instead}"
            )
            notebook.find(Topic.FACTS, named(claim), what)
        elif finding.kind is Kind.NAME:
            notebook.note(f"The name “{_short(finding.said)}” in {named(claim)} was not found in its passages.")
        else:
            notebook.note(f"A passage may say the opposite of {named(claim)}.")


def named(claim: Claim) -> str:
    """Return how a sentence is called for people."""
    return f"sentence {claim.id}, “{_short(claim.text)}”"


def _short(text: str) -> str:
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return flat if len(flat) <= _SHOWN_CHARACTERS else f"{flat[: _SHOWN_CHARACTERS - 1].rstrip()}…"
