"""A report as plain text, for a terminal, a mail or a text field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.citations.numbering import Numbering, number_citations
from engine.citations.wording import (
    STATE_SIGNS,
    STATE_WORDS,
    address_words,
    no_report_words,
    place_words,
)
from engine.domain import BlockKind, Cell, Claim, Gap, Report, Table
from engine.export.bibliography import UNREAD_HEADING, UNREAD_WORDS, UnreadSource, source_facts, unread_sources
from engine.export.departures import NOT_ASKED, DepartureLine, Departures, departure_lines
from engine.export.printable import closed, one_line, printable
from engine.export.receipt import LEFT_HEADING, receipt_lines, receipt_of
from engine.export.report_words import (
    DRAFT_WORDS,
    EARLIER_MARKS_HEADING,
    MISSING_WORDS,
    ONLY_TAKEN_OUT_WORDS,
    SIDE_HEADINGS,
    SIDES_WORDS,
    cell_note,
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
from engine.export.text_layout import TIE, WIDTH, laid_out, wrapped

_QUOTE = "      > "
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


def render_text(state: RunState, departures: Departures = NOT_ASKED) -> str:
    """Return the report as text of at most 78 columns, except for paths, words and lines of code that are longer."""
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    title = one_line(state.question) or "A question without words"
    blocks = [wrapped(title) + "\n" + "=" * min(len(title), WIDTH)]
    if report is None:
        blocks.append(no_report_words(state.outcome))
    else:
        blocks.extend(_Writing(state=state, report=report, numbering=numbering).blocks())
    if numbering.sources:
        blocks.append(_heading("Sources"))
        blocks.extend(_sources(state, numbering))
    unread = unread_sources(state)
    if unread:
        blocks += [_heading(UNREAD_HEADING), wrapped(UNREAD_WORDS), *(_unread(one) for one in unread)]
    blocks.append(_heading("How this report was made"))
    receipt = receipt_of(state, sources_cited=numbering.cited, departures=departures)
    blocks.append(
        "\n".join(wrapped(f"{name}: {one_line(words)}", indent="  ") for name, words in receipt_lines(receipt))
    )
    lines = departure_lines(departures)
    if lines:
        blocks += [_heading(LEFT_HEADING), "\n".join(_departure(one) for one in lines)]
    return "\n\n".join(blocks) + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """One report on its way to being text."""

    state: RunState
    report: Report
    numbering: Numbering

    def blocks(self) -> Iterator[str]:
        report = self.report
        if is_draft(self.state):
            yield DRAFT_WORDS
        for claim in report.answer:
            yield from self._claim(claim)
        if not report.answer:
            yield no_answer_line(report)
        yield from (wrapped(words) for words in notices_of(self.state, report) if words != DRAFT_WORDS)
        coverage = coverage_line(self.state, report)
        if coverage:
            yield wrapped(coverage)
        for section in shown_sections(report):
            yield _heading(one_line(section.title) or "Findings")
            for claim in section.claims:
                yield from self._claim(claim)
            if section.table is not None and section.table.columns:
                yield from self._table(section.table)
        if report.gaps:
            yield _heading("Not established")
            yield from (self._gap(gap) for gap in report.gaps)
        earlier = earlier_marks(self.state, report)
        if earlier:
            yield _heading(EARLIER_MARKS_HEADING)
            for claim, mark in earlier:
                yield wrapped(f"- “{one_line(claim.text)}” — {mark_words(mark)}", indent="  ")
        states = states_used(report)
        if states:
            signs = ", ".join(f"{STATE_SIGNS[state]} {STATE_WORDS[state]}" for state in states)
            has_also = any(one.agreeing for one in report.claims)
            also = "; “also” stands before passages that say the same" if has_also else ""
            yield wrapped(f"Signs: {signs}{also}.")

    def _claim(self, claim: Claim) -> Iterator[str]:
        yield wrapped(self._sentence(one_line(claim.text), claim))
        below = "\n".join(self._below(claim))
        if below:
            yield below

    def _sentence(self, text: str, claim: Claim) -> str:
        """A text with the marks of the claim, its sign, and what is to be said of it."""
        marks = "".join(f"[{mark.label}]" for mark in self.numbering.marks_of(claim))
        agreeing = "".join(f"[{mark.label}]" for mark in self.numbering.agreeing_marks_of(claim))
        parts = [text, marks, f"also{TIE}{agreeing}" if agreeing else "", STATE_SIGNS[claim.state]]
        words = TIE.join(part for part in parts if part)
        remark = remark_of(claim)
        return f"{words} ({remark})" if remark else words

    def _below(self, claim: Claim) -> Iterator[str]:
        yield from self._sides(claim)
        for words in notes_below(claim, self.state.marks.get(claim.id)):
            yield wrapped(words, first=" " * 4, indent=" " * 6)

    def _sides(self, claim: Claim) -> Iterator[str]:
        sides = sides_of(claim, self.state, self.numbering)
        if sides is not None:
            for heading, side in zip(SIDE_HEADINGS, (sides.rests_on, sides.against), strict=True):
                yield f"    {heading}:"
                for one in side:
                    label = f"{TIE}[{one.mark.label}]" if one.mark is not None else ""
                    yield wrapped(f"“{one_line(one.quote)}”{label}", first=" " * 6, indent=" " * 8)

    def _table(self, table: Table) -> Iterator[str]:
        width = range(len(table.columns))
        columns = tuple(one_line(column) for column in table.columns)
        yield laid_out(
            columns, [tuple(self._cell(row[at] if at < len(row) else Cell()) for at in width) for row in table.rows]
        )
        for claim in table.claims:
            sides = list(self._sides(claim))
            if sides:
                yield "\n".join((wrapped(cell_note(claim, SIDES_WORDS)), *sides))
            for words in notes_below(claim, self.state.marks.get(claim.id)):
                yield wrapped(cell_note(claim, words), indent="  ")

    def _cell(self, cell: Cell) -> str:
        text = one_line(cell.text)
        if not text:
            return f"— {one_line(cell.missing) or MISSING_WORDS}"
        return self._sentence(text, cell.claim) if cell.claim is not None else text

    def _gap(self, gap: Gap) -> str:
        lines = [wrapped(f"- {one_line(gap.question)} — {gap_words(gap)}", indent="  ")]
        if gap.claim is not None:
            mark = self.state.marks.get(gap.claim.id)
            said = [
                self._sentence(taken_out_words(gap.claim), gap.claim),
                former_words(gap.claim),
                mark_words(mark) if mark is not None else "",
            ]
            lines += [wrapped(words, first=" " * 4, indent=" " * 6) for words in said if words]
        return "\n".join(lines)


def _sources(state: RunState, numbering: Numbering) -> Iterator[str]:
    for cited in numbering.sources:
        source = state.sources.get(cited.source_id)
        lines = [f"[{cited.number}] {one_line(source.title) if source is not None else ''}".rstrip()]
        if source is not None:
            lines += [_fact(name, words) for name, words in source_facts(source)]
            lines.append(f"    SHA-256 {source.file_hash}")
        if not cited.is_in_text:
            lines.append(f"    {ONLY_TAKEN_OUT_WORDS}")
        for mark in cited.marks:
            passage = state.passages[mark.passage_id]
            place = one_line(place_words(passage.locator, title=source.title if source is not None else ""))
            label = f"[{mark.label}] " if mark.letter else ""
            if label or place:
                lines.append(wrapped(f"{label}{place}".rstrip(), first=" " * 4, indent=" " * 6))
            lines.extend(_quoted(passage.quote, kind=passage.kind))
        yield "\n".join(lines)


def _fact(name: str, words: str) -> str:
    if name == "Address":
        return f"    {one_line(words)}"
    return wrapped(f"{name}: {one_line(words)}", first=" " * 4, indent=" " * 6)


def _unread(source: UnreadSource) -> str:
    title = wrapped(f"- {one_line(source.title) or 'Without a title'}", indent="  ")
    return f"{title}\n    {one_line(address_words(source.address))}\n" + wrapped(
        one_line(source.words), first=" " * 4, indent=" " * 4
    )


def _departure(one: DepartureLine) -> str:
    lines = [wrapped(one_line(one.lead), first="- ", indent="  ")]
    if one.about:
        lines.append(wrapped(one_line(one.about), first=" " * 4, indent=" " * 4))
    return "\n".join([*lines, wrapped(one_line(one.ending), first=" " * 4, indent=" " * 4)])


def _quoted(quote: str, *, kind: BlockKind | None) -> Iterator[str]:
    """Yield the lines of a quotation, each after a sign; those of code as they are, others with what they wrap to.

    What the first piece is may be known: the passage's ``kind``. The others are told by their looks.
    """
    pieces = [piece for piece in _BLANK_LINE.split(closed(printable(quote))) if piece.strip()]
    for number, piece in enumerate(pieces):
        lines = [line for line in piece.split("\n") if line.strip()]
        is_code = any(line[0].isspace() for line in (lines if number else lines[1:]))
        if number == 0 and kind is not None:
            is_code = kind is BlockKind.CODE
        for line in lines:
            yield f"{_QUOTE}{line}" if is_code else wrapped(line, first=_QUOTE, indent=" " * len(_QUOTE))


def _heading(text: str) -> str:
    return f"{wrapped(text)}\n{'-' * min(len(text), WIDTH)}"
