"""A run as a document: title, answer, sections, what was not established, and then the proof."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from engine.agent.state import RunState
from engine.citations.numbering import CitationMark, Numbering, number_citations
from engine.citations.wording import STATE_SIGNS, STATE_WORDS, no_report_words
from engine.domain import Cell, Claim, Gap, PassageId, Report, Section, SourceId
from engine.export.composing_sources import proof_blocks
from engine.export.csl import item_id
from engine.export.departures import NOT_ASKED, Departures
from engine.export.manuscript import (
    Block,
    Bullets,
    CitedWork,
    Grid,
    Heading,
    Inline,
    Look,
    Manuscript,
    MarkLink,
    Paragraph,
    Role,
    Sign,
    StyledCitation,
    Words,
    beside_words,
)
from engine.export.printable import direction, one_line, printable
from engine.export.report_words import (
    EARLIER_MARKS_HEADING,
    MISSING_WORDS,
    SIDE_HEADINGS,
    SIDES_WORDS,
    Quoted,
    cell_note,
    coverage_line,
    earlier_marks,
    former_words,
    gap_words,
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

_SPACE = Words(text=" ")
_TIE = Words(text="\u00a0")
"""A space at which no line ends."""
_NAMESPACE = uuid.UUID("8b0f2e0a-6d0c-4f7e-9a51-3f0c5d1c8e21")


def compose(
    state: RunState,
    departures: Departures = NOT_ASKED,
    *,
    works: tuple[Mapping[str, object], ...] = (),
    has_signs: bool = True,
) -> Manuscript:
    """Return the report of a run as a document.

    Args:
        state: of the run.
        departures: what the ledger says that left this computer for the run.
        works: CSL-JSON, an item for each cited source: then sentences cite in a style that is chosen later, and there
            is a list of works. Without them the report's own numbers are used.
        has_signs: whether states are shown by signs, which are explained then, and not in words.
    """
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    title = one_line(state.question) or "A question without words"
    blocks: list[Block] = []
    if report is None:
        blocks.append(_notice(no_report_words(state.outcome)))
    else:
        named = {str(work.get("id", "")) for work in works}
        keys = {source.id: item_id(source) for source in state.sources.values() if item_id(source) in named}
        blocks += _Writing(state=state, report=report, numbering=numbering, keys=keys, has_signs=has_signs).blocks()
    blocks += proof_blocks(state, numbering, departures, is_styled=bool(works))
    return Manuscript(
        title=title,
        identifier=uuid.uuid5(_NAMESPACE, printable(f"{state.run_id} {state.length}")).urn,
        at=state.updated_at,
        blocks=tuple(blocks),
        works=works,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Writing:
    """One report on its way to being blocks."""

    state: RunState
    report: Report
    numbering: Numbering
    keys: Mapping[SourceId, str]
    """What a source is called among the works that can be cited in a style; none for our own numbers."""
    has_signs: bool

    def blocks(self) -> Iterator[Block]:
        report = self.report
        for claim in report.answer:
            yield from self._claim(claim, Role.ANSWER)
        if not report.answer:
            yield Paragraph(inlines=(Words(text=no_answer_line(report), look=Look.STRONG),), role=Role.ANSWER)
        words = coverage_line(self.state, report)
        if words:
            yield _quiet(words)
        yield from (_notice(notice) for notice in notices_of(self.state, report))
        for section in shown_sections(report):
            yield from self._section(section)
        if report.gaps:
            yield Heading(level=1, text="Not established", anchor="not-established")
            yield Bullets(items=tuple(tuple(self._gap(gap)) for gap in report.gaps))
        yield from self._other_marks()
        yield from self._legend()

    def _section(self, section: Section) -> Iterator[Block]:
        yield Heading(level=1, text=one_line(section.title) or "Findings")
        for claim in section.claims:
            yield from self._claim(claim, Role.BODY)
        table = section.table
        if table is not None and table.columns:
            width = len(table.columns)
            rows = tuple(
                tuple(self._cell(row[place] if place < len(row) else Cell()) for place in range(width))
                for row in table.rows
            )
            yield Grid(columns=tuple(one_line(column) for column in table.columns), rows=rows)
            for claim in table.claims:
                yield from self._beside_cell(claim)

    def _claim(self, claim: Claim, role: Role) -> Iterator[Block]:
        yield self._sentence(claim, one_line(claim.text), role)
        yield from self._beside(claim)

    def _sentence(self, claim: Claim, text: str, role: Role) -> Paragraph:
        remark = remark_of(claim)
        parts: list[Inline] = [Words(text=text), _SPACE, *self._citations(claim), _TIE, Sign(state=claim.state)]
        if remark:
            parts += [_SPACE, Words(text=f"({remark})", look=Look.QUIET)]
        return Paragraph(inlines=tuple(parts), role=role, direction=direction(text))

    def _citations(self, claim: Claim) -> Iterator[Inline]:
        yield from self._cited(claim.passages, self.numbering.marks_of(claim))
        agreeing = self.numbering.agreeing_marks_of(claim)
        if agreeing:
            yield Words(text=" also\u00a0", look=Look.QUIET)
            yield from self._cited(claim.agreeing, agreeing)

    def _cited(self, passages: tuple[PassageId, ...], marks: tuple[CitationMark, ...]) -> Iterator[Inline]:
        """Yield the works in the chosen style, if there is one, and in any case what leads to the very words."""
        styled = tuple(self._styled(passages))
        if styled:
            yield from (*styled, _SPACE)
        yield from (MarkLink(label=mark.label, target=_anchor(mark), is_beside=bool(self.keys)) for mark in marks)

    def _styled(self, passages: tuple[PassageId, ...]) -> Iterator[Inline]:
        works: dict[tuple[str, int | None], CitedWork] = {}
        target = ""
        for passage_id in passages:
            passage = self.state.passages.get(passage_id)
            mark = self.numbering.by_passage.get(passage_id)
            if passage is None or mark is None or passage.source_id not in self.keys:
                continue
            target = target or _anchor(mark)
            page = passage.locator.page
            key = self.keys[passage.source_id]
            works.setdefault((key, page), CitedWork(key=key, page=page))
        if works:
            yield StyledCitation(works=tuple(works.values()), target=target)

    def _beside(self, claim: Claim) -> Iterator[Block]:
        """Yield what is said about a sentence below it."""
        yield from self._sides(claim)
        yield from (_quiet(note) for note in notes_below(claim, self.state.marks.get(claim.id)))

    def _sides(self, claim: Claim) -> Iterator[Block]:
        sides = sides_of(claim, self.state, self.numbering)
        if sides is not None:
            yield Grid(columns=SIDE_HEADINGS, rows=((self._quoted(sides.rests_on), self._quoted(sides.against)),))

    def _beside_cell(self, claim: Claim) -> Iterator[Block]:
        """Yield what is said about a cell below its table, with the words that it is about."""
        for block in self._sides(claim):
            yield _quiet(cell_note(claim, SIDES_WORDS))
            yield block
        yield from (_quiet(cell_note(claim, note)) for note in notes_below(claim, self.state.marks.get(claim.id)))

    def _other_marks(self) -> Iterator[Block]:
        """Yield what the reader marked in versions before this one."""
        marked = earlier_marks(self.state, self.report)
        if marked:
            yield Heading(level=1, text=EARLIER_MARKS_HEADING)
            yield Bullets(
                items=tuple((_quiet(f"“{one_line(claim.text)}”"), _quiet(mark_words(mark))) for claim, mark in marked)
            )

    def _quoted(self, side: tuple[Quoted, ...]) -> Paragraph:
        parts: list[Inline] = []
        for one in side:
            parts += [_SPACE] if parts else []
            parts.append(Words(text=f"“{one_line(one.quote)}”"))
            if one.mark is not None:
                parts += [_SPACE, *self._cited((one.passage_id,), (one.mark,))]
        return Paragraph(inlines=tuple(parts), direction=direction(side[0].quote if side else ""))

    def _cell(self, cell: Cell) -> Paragraph:
        text = one_line(cell.text)
        if cell.claim is not None and text:
            return self._sentence(cell.claim, text, Role.BODY)
        if text:
            return Paragraph(inlines=(Words(text=text),), direction=direction(text))
        missing = one_line(cell.missing) or MISSING_WORDS
        return Paragraph(inlines=(Words(text=f"— {missing}", look=Look.QUIET),), direction=direction(missing))

    def _gap(self, gap: Gap) -> Iterator[Paragraph]:
        question, words = one_line(gap.question), gap_words(gap)
        parts: list[Inline] = [Words(text=question, look=Look.STRONG), _SPACE] if question else []
        yield Paragraph(inlines=(*parts, Words(text=words)), direction=direction(question or words))
        claim = gap.claim
        if claim is not None:
            sentence = self._sentence(claim, taken_out_words(claim), Role.QUIET)
            yield replace(sentence, direction=direction(claim.text))
            if former_words(claim):
                yield _quiet(former_words(claim))
            mark = self.state.marks.get(claim.id)
            if mark is not None:
                yield _quiet(mark_words(mark))

    def _legend(self) -> Iterator[Paragraph]:
        states = states_used(self.report)
        if states:
            signs = ", ".join(f"{STATE_SIGNS[state]} {STATE_WORDS[state]}" for state in states)
            parts = [signs] if self.has_signs else []
            if self.keys:
                parts.append(f"{beside_words('1a')} and the like name the passages below")
            if any(claim.agreeing for claim in self.report.claims):
                parts.append("“also” stands before passages that say the same")
            if parts:
                yield _quiet(f"Signs: {'; '.join(parts)}.")


def _anchor(mark: CitationMark) -> str:
    return f"passage-{mark.label}"


def _notice(text: str) -> Paragraph:
    words = one_line(text)
    return Paragraph(inlines=(Words(text=words),), role=Role.NOTICE, direction=direction(words))


def _quiet(text: str) -> Paragraph:
    return Paragraph(inlines=(Words(text=text, look=Look.QUIET),), role=Role.QUIET, direction=direction(text))
