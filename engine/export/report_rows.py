"""What a report says in rows and columns, for programs that calculate: its tables, its claims, its sources.

Words only; how they are made safe for a spreadsheet program is the business of ``sheets``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.citations.numbering import CitationMark, Numbering, number_citations
from engine.citations.wording import STATE_WORDS, address_words, no_report_words, place_words
from engine.domain import Cell, Claim, Report, Section, Table
from engine.export.bibliography import own_address, time_words
from engine.export.printable import one_line, printable

NOT_ESTABLISHED = "not established"
_GAPS = "Not established"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table of words."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """Each as long as the header."""


def table_sheets(state: RunState) -> tuple[Sheet, ...]:
    """Return the tables of a report; behind each column one with the sources of its cells, and one with their state."""
    report = state.current_report
    if report is None:
        return ()
    labels = _Labels(state, report)
    return tuple(
        _table_sheet(section, section.table, labels) for section in report.sections if section.table is not None
    )


def claim_rows(state: RunState) -> Sheet:
    """Return the claims of a report in four columns: section, sentence, state, sources."""
    whole = claim_sheet(state)
    wanted = [whole.header.index(name) for name in ("Section", "Sentence", "State", "Sources")]
    rows = tuple(tuple(row[place] for place in wanted) for row in whole.rows)
    return Sheet(title=whole.title, header=tuple(whole.header[place] for place in wanted), rows=rows)


def claim_sheet(state: RunState) -> Sheet:
    """Return every claim of a report with all that is known of it; what was not established comes last."""
    header = (
        "Number",
        "Section",
        "Sentence",
        "State",
        "Sources",
        "Remark",
        "Says the same",
        "Says otherwise",
        "Probability that its sources say it",
        "Figures of one site only",
        "Words before they were corrected",
        "Reader’s mark",
        "Reader’s note",
    )
    report = state.current_report
    if report is None:
        empty = ("",) * (len(header) - 3)
        return Sheet(title="Claims", header=header, rows=(("", "", no_report_words(state.outcome), *empty),))
    labels = _Labels(state, report)
    return Sheet(title="Claims", header=header, rows=tuple(_claim_rows(state, report, labels)))


def source_sheet(state: RunState) -> Sheet:
    """Return every passage that the report cites, with its source."""
    header = (
        "Label",
        "Title",
        "Authors",
        "Site",
        "Published",
        "Address",
        "Place",
        "Quotation",
        "Read",
        "SHA-256 of the file",
        "SHA-256 of the text",
    )
    report = state.current_report
    rows: list[tuple[str, ...]] = []
    for mark in number_citations(report, state.passages).marks if report is not None else ():
        passage, source = state.passages[mark.passage_id], state.sources.get(mark.source_id)
        if source is None:
            rows.append((mark.label, *("",) * 6, printable(passage.quote), "", "", ""))
            continue
        rows.append(
            (
                mark.label,
                one_line(source.title),
                one_line("; ".join(source.authors)),
                one_line(source.site),
                one_line(source.published),
                one_line(address_words(own_address(source))),
                one_line(place_words(passage.locator, title=source.title)),
                printable(passage.quote),
                time_words(source.read_at),
                source.file_hash,
                source.text_hash,
            )
        )
    return Sheet(title="Sources", header=header, rows=tuple(rows))


class _Labels:
    """How the citations of a report are called in a cell."""

    def __init__(self, state: RunState, report: Report) -> None:
        self._state = state
        self._numbering: Numbering = number_citations(report, state.passages)

    def cited(self, claim: Claim) -> str:
        """What a claim rests on: ``[1a] The grey heron (https://…)``, one after the other."""
        return self._words(self._numbering.marks_of(claim))

    def agreeing(self, claim: Claim) -> str:
        return self._words(self._numbering.agreeing_marks_of(claim))

    def against(self, claim: Claim) -> str:
        return self._words(self._numbering.marks_against(claim))

    def _words(self, marks: tuple[CitationMark, ...]) -> str:
        return "; ".join(self._source(mark) for mark in marks)

    def _source(self, mark: CitationMark) -> str:
        source = self._state.sources.get(mark.source_id)
        if source is None:
            return f"[{mark.label}]"
        return one_line(f"[{mark.label}] {source.title} ({address_words(own_address(source))})")


def _table_sheet(section: Section, table: Table, labels: _Labels) -> Sheet:
    header = [
        name
        for column in table.columns
        for name in (one_line(column), f"{one_line(column)}: sources", f"{one_line(column)}: state")
    ]
    rows = tuple(
        tuple(
            words
            for place in range(len(table.columns))
            for words in _cell_words(row[place] if place < len(row) else Cell(), labels)
        )
        for row in table.rows
    )
    return Sheet(title=one_line(section.title), header=tuple(header), rows=rows)


def _cell_words(cell: Cell, labels: _Labels) -> tuple[str, str, str]:
    if cell.claim is not None and cell.text:
        return one_line(cell.text), labels.cited(cell.claim), STATE_WORDS[cell.claim.state]
    if cell.text:
        return one_line(cell.text), "", one_line(cell.missing)
    return one_line(cell.missing) or NOT_ESTABLISHED.capitalize(), "", NOT_ESTABLISHED


def _claim_rows(state: RunState, report: Report, labels: _Labels) -> Iterator[tuple[str, ...]]:
    for claim in report.answer:
        yield _claim_row(claim, "Answer", state, labels)
    for section in report.sections:
        for claim in section.all_claims:
            yield _claim_row(claim, one_line(section.title), state, labels)
    for gap in report.gaps:
        reason = one_line(gap.reason)
        if gap.claim is not None:
            row = _claim_row(gap.claim, _GAPS, state, labels)
            yield (*row[:5], row[5] or reason, *row[6:])
        else:
            yield ("", _GAPS, one_line(gap.question), NOT_ESTABLISHED, "", reason, *("",) * 7)


def _claim_row(claim: Claim, section: str, state: RunState, labels: _Labels) -> tuple[str, ...]:
    mark = state.marks.get(claim.id)
    return (
        str(claim.id),
        section,
        one_line(claim.text),
        STATE_WORDS[claim.state],
        labels.cited(claim),
        one_line(claim.remark),
        labels.agreeing(claim),
        labels.against(claim),
        f"{claim.support:.2f}" if claim.support is not None else "",
        one_line("; ".join(claim.lone_figures)),
        one_line(claim.former),
        mark.verdict.value if mark is not None else "",
        one_line(mark.note) if mark is not None else "",
    )
