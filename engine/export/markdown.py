"""A report as CommonMark that any viewer shows and nothing in it can misuse.

Sources and passages are headings, because their fragments (``#passage-1a``) are the one kind of link target that
common viewers make of CommonMark without HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.citations.numbering import CitationMark, CitedSource, Numbering, number_citations
from engine.citations.wording import (
    STATE_SIGNS,
    STATE_WORDS,
    address_words,
    no_report_words,
    place_words,
)
from engine.domain import Cell, Claim, Gap, Report, Source, Table
from engine.export.bibliography import UNREAD_HEADING, UNREAD_WORDS, UnreadSource, source_facts, unread_sources
from engine.export.commonmark import block_quote, inline, line
from engine.export.departures import NOT_ASKED, DepartureLine, Departures, departure_lines
from engine.export.receipt import LEFT_HEADING, receipt_lines, receipt_of
from engine.export.report_words import (
    DRAFT_WORDS,
    EARLIER_MARKS_HEADING,
    MISSING_WORDS,
    ONLY_TAKEN_OUT_WORDS,
    SIDE_HEADINGS,
    Quoted,
    coverage_line,
    earlier_marks,
    former_words,
    gap_words,
    is_draft,
    mark_words,
    no_answer_line,
    notes_below,
    notices_of,
    remark_of,
    shown_sections,
    sides_of,
    states_used,
    taken_out_words,
)


def render_markdown(state: RunState, departures: Departures = NOT_ASKED) -> str:
    """Return the whole report: answer, sections, what was not established, sources with passages, how it was made."""
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    blocks = [f"# {inline(state.question) or 'A question without words'}"]
    if report is None:
        blocks.append(f"*{no_report_words(state.outcome)}*")
    else:
        blocks.extend(_Writing(state=state, report=report, numbering=numbering).blocks())
    if numbering.sources:
        blocks.append("## Sources")
        for cited in numbering.sources:
            blocks.extend(_source_blocks(state, cited))
    unread = unread_sources(state)
    if unread:
        blocks += [f"## {UNREAD_HEADING}", UNREAD_WORDS, "\n".join(_unread(one) for one in unread)]
    receipt = receipt_of(state, sources_cited=numbering.cited, departures=departures)
    blocks.append("## How this report was made")
    blocks.append("\n".join(f"- {name}: {inline(words)}" for name, words in receipt_lines(receipt)))
    lines = departure_lines(departures)
    if lines:
        blocks += [f"## {LEFT_HEADING}", "\n".join(_departure(one) for one in lines)]
    return "\n\n".join(blocks) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """One report on its way to being Markdown."""

    state: RunState
    report: Report
    numbering: Numbering

    def blocks(self) -> Iterator[str]:
        report = self.report
        if is_draft(self.state):
            yield f"*{DRAFT_WORDS}*"
        for claim in report.answer:
            yield from self._claim(claim)
        if not report.answer:
            yield f"**{no_answer_line(report)}**"
        yield from (f"*{inline(words)}*" for words in notices_of(self.state, report) if words != DRAFT_WORDS)
        coverage = coverage_line(self.state, report)
        if coverage:
            yield f"*{coverage}*"
        for section in shown_sections(report):
            yield f"## {inline(section.title) or 'Findings'}"
            for claim in section.claims:
                yield from self._claim(claim)
            if section.table is not None and section.table.columns:
                yield from self._table(section.table)
        if report.gaps:
            yield "## Not established"
            yield "\n".join(self._gap(gap) for gap in report.gaps)
        earlier = earlier_marks(self.state, report)
        if earlier:
            yield f"## {EARLIER_MARKS_HEADING}"
            yield "\n".join(f"- “{inline(claim.text)}” — {inline(mark_words(mark))}" for claim, mark in earlier)
        states = states_used(report)
        if states:
            signs = ", ".join(f"{STATE_SIGNS[state]} {STATE_WORDS[state]}" for state in states)
            has_also = any(one.agreeing for one in report.claims)
            also = "; “also” stands before passages that say the same" if has_also else ""
            yield f"*Signs: {signs}{also}.*"

    def _claim(self, claim: Claim) -> Iterator[str]:
        yield f"{line(claim.text)} {self._proof(claim)}".strip()
        yield from self._below(claim)

    def _proof(self, claim: Claim) -> str:
        """The marks of a sentence, its sign, and what is to be said of it."""
        agreeing = "".join(_link(mark) for mark in self.numbering.agreeing_marks_of(claim))
        remark = remark_of(claim)
        parts = [
            "".join(_link(mark) for mark in self.numbering.marks_of(claim)),
            f"also {agreeing}" if agreeing else "",
            STATE_SIGNS[claim.state],
            f"*({inline(remark)})*" if remark else "",
        ]
        return " ".join(part for part in parts if part)

    def _below(self, claim: Claim) -> Iterator[str]:
        sides = sides_of(claim, self.state, self.numbering)
        if sides is not None:
            cells = (" ".join(_quoted(one) for one in side) for side in (sides.rests_on, sides.against))
            yield _grid(SIDE_HEADINGS, [tuple(cells)])
        yield from (f"*{inline(words)}*" for words in self._notes(claim))

    def _notes(self, claim: Claim) -> tuple[str, ...]:
        return notes_below(claim, self.state.marks.get(claim.id))

    def _table(self, table: Table) -> Iterator[str]:
        width = range(len(table.columns))
        rows = [tuple(self._cell(row[at] if at < len(row) else Cell()) for at in width) for row in table.rows]
        yield _grid(tuple(inline(column) for column in table.columns), rows)
        notes = [
            f"- {line(claim.text)} — {inline(' '.join(words))}"
            for claim in table.claims
            if (words := self._notes(claim))
        ]
        if notes:
            yield "\n".join(notes)
        for claim in table.claims:
            if sides_of(claim, self.state, self.numbering) is not None:
                yield line(claim.text)
                yield from list(self._below(claim))[:1]

    def _cell(self, cell: Cell) -> str:
        text = inline(cell.text)
        if not text:
            return f"— *{inline(cell.missing) or MISSING_WORDS}*"
        return f"{text} {self._proof(cell.claim)}" if cell.claim is not None else text

    def _gap(self, gap: Gap) -> str:
        first = f"- {line(gap.question)} — {inline(gap_words(gap))}"
        if gap.claim is None:
            return first
        lines = [first, f"  - {inline(taken_out_words(gap.claim))} {self._proof(gap.claim)}"]
        before, mark = former_words(gap.claim), self.state.marks.get(gap.claim.id)
        lines += [f"  - {inline(words)}" for words in (before, mark_words(mark) if mark is not None else "") if words]
        return "\n".join(lines)


def _grid(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table of the dialect that most viewers know; a bar in a cell is escaped, and no cell has a line end."""
    lines = [_row(columns), _row(("---",) * len(columns)), *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _quoted(one: Quoted) -> str:
    return f"“{inline(one.quote)}”" + (f" {_link(one.mark)}" if one.mark is not None else "")


def _link(mark: CitationMark) -> str:
    return f"[\\[{mark.label}\\]](#passage-{mark.label})"


def _source_blocks(state: RunState, cited: CitedSource) -> Iterator[str]:
    source = state.sources.get(cited.source_id)
    yield f"### Source {cited.number}"
    if source is not None:
        yield "\n".join(_source_lines(source))
    if not cited.is_in_text:
        yield f"*{ONLY_TAKEN_OUT_WORDS}*"
    for mark in cited.marks:
        passage = state.passages[mark.passage_id]
        yield f"#### Passage {mark.label}"
        place = place_words(passage.locator, title=source.title if source is not None else "")
        if place:
            yield line(place)
        yield block_quote(passage.quote)


def _source_lines(source: Source) -> Iterator[str]:
    yield f"- Title: {inline(source.title) or 'none'}"
    yield from (f"- {name}: {inline(words)}" for name, words in source_facts(source))
    yield f"- SHA-256 of the file: {inline(source.file_hash)}"
    yield f"- SHA-256 of the archived text: {inline(source.text_hash)}"


def _unread(source: UnreadSource) -> str:
    title = line(source.title) or "Without a title"
    return f"- {title} — {inline(address_words(source.address))} — {inline(source.words)}"


def _departure(one: DepartureLine) -> str:
    return "- " + " — ".join(inline(part) for part in (one.lead, one.about, one.ending) if part)
