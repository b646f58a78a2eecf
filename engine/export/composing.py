"""A run as a document: title, answer, sections, what was not established, and then the proof."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.agent.state import RunState
from engine.citations.coverage import coverage_words
from engine.citations.numbering import CitationMark, Numbering, number_citations
from engine.citations.wording import STATE_SIGNS, STATE_WORDS, no_answer_words, no_report_words
from engine.counting import counted
from engine.domain import Cell, Claim, ClaimState, Gap, PassageId, Report, Section, SourceId, Verdict
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
)
from engine.export.printable import direction, one_line

_SPACE = Words(text=" ")
_TIE = Words(text="\u00a0")
"""A space at which no line ends."""
_NO_REMARK = frozenset({ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE})
_VERDICT_WORDS = {Verdict.RIGHT: "right", Verdict.WRONG: "wrong", Verdict.UNCLEAR: "unclear"}
_NAMESPACE = uuid.UUID("8b0f2e0a-6d0c-4f7e-9a51-3f0c5d1c8e21")


def compose(
    state: RunState,
    departures: Departures = NOT_ASKED,
    *,
    works: tuple[Mapping[str, object], ...] = (),
) -> Manuscript:
    """Return the report of a run as a document.

    Args:
        state: of the run.
        departures: what the ledger says that left this computer for the run.
        works: CSL-JSON, an item for each cited source: then sentences cite in a style that is chosen later, and there
            is a list of works. Without them the report's own numbers are used.
    """
    report = state.current_report
    numbering = number_citations(report, state.passages) if report is not None else Numbering(sources=(), by_passage={})
    title = one_line(state.question) or "A question without words"
    blocks: list[Block] = []
    if report is None:
        blocks.append(_notice(no_report_words(state.outcome)))
    else:
        if state.report is None:
            blocks.append(_notice("This is a draft: not every sentence has been checked."))
        named = {str(work.get("id", "")) for work in works}
        keys = {source.id: item_id(source) for source in state.sources.values() if item_id(source) in named}
        blocks += _Writing(state=state, report=report, numbering=numbering, keys=keys).blocks()
    blocks += proof_blocks(state, numbering, departures, is_styled=bool(works))
    return Manuscript(
        title=title,
        identifier=uuid.uuid5(_NAMESPACE, f"{state.run_id} {state.length}").urn,
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

    def blocks(self) -> Iterator[Block]:
        report = self.report
        for claim in report.answer:
            yield from self._claim(claim, Role.ANSWER)
        if not report.answer:
            yield Paragraph(inlines=(Words(text=no_answer_words(report), look=Look.STRONG),), role=Role.ANSWER)
        words = coverage_words(report)
        if words:
            yield Paragraph(inlines=(Words(text=words, look=Look.QUIET),), role=Role.QUIET)
        yield from (_notice(caveat) for caveat in report.caveats)
        for section in report.sections:
            yield from self._section(section)
        if report.unwritten:
            yield _notice(f"Still to be written: {'; '.join(report.unwritten)}.")
        if report.gaps:
            yield Heading(level=1, text="Not established", anchor="not-established")
            yield Bullets(items=tuple(tuple(self._gap(gap)) for gap in report.gaps))
        yield from self._other_marks()
        yield from self._legend()

    def _section(self, section: Section) -> Iterator[Block]:
        if not section.claims and section.table is None:
            return
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
                yield from self._beside(claim)

    def _claim(self, claim: Claim, role: Role) -> Iterator[Block]:
        yield self._sentence(claim, one_line(claim.text), role)
        yield from self._beside(claim)

    def _sentence(self, claim: Claim, text: str, role: Role) -> Paragraph:
        remark = one_line(claim.remark) if claim.state not in _NO_REMARK else ""
        parts: list[Inline] = [Words(text=text), _SPACE, *self._citations(claim), _TIE, Sign(state=claim.state)]
        if remark:
            parts += [_SPACE, Words(text=f"({remark})", look=Look.QUIET)]
        return Paragraph(inlines=tuple(parts), role=role, direction=direction(text))

    def _citations(self, claim: Claim) -> Iterator[Inline]:
        styled = tuple(self._styled((*claim.passages, *claim.agreeing)))
        if styled:
            yield from styled
            return
        yield from (_link(mark) for mark in self.numbering.marks_of(claim))
        agreeing = self.numbering.agreeing_marks_of(claim)
        if agreeing:
            yield Words(text=" also ", look=Look.QUIET)
            yield from (_link(mark) for mark in agreeing)

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
        against = self._passages(claim.against)
        if against:
            yield Grid(
                columns=("What the sentence rests on", "What another source says"),
                rows=((self._quoted(self._passages(claim.passages)), self._quoted(against)),),
            )
        if claim.lone_figures:
            figures = ", ".join(one_line(figure) for figure in claim.lone_figures)
            yield _quiet(f"Only one site or document states: {figures}.")
        if claim.former:
            yield _quiet(f"Written once more after its check. Before, it said: “{one_line(claim.former)}”")
        yield from self._readers_mark(claim)

    def _readers_mark(self, claim: Claim) -> Iterator[Paragraph]:
        mark = self.state.marks.get(claim.id)
        if mark is not None:
            note = f": {one_line(mark.note)}" if mark.note.strip() else "."
            yield _quiet(f"Marked {_VERDICT_WORDS[mark.verdict]} by the reader{note}")

    def _other_marks(self) -> Iterator[Block]:
        """Yield what the reader marked in versions before this one."""
        shown = {claim.id for claim in (*self.report.claims, *self.report.failed)}
        former = {claim.id: claim for version in self.state.versions for claim in version.report.claims}
        marks = [mark for mark in self.state.marks.values() if mark.claim_id not in shown and mark.claim_id in former]
        if marks:
            yield Heading(level=1, text="Marked by the reader in earlier versions")
            yield Bullets(
                items=tuple(
                    (_quiet(f"“{one_line(former[mark.claim_id].text)}”"), *self._readers_mark(former[mark.claim_id]))
                    for mark in marks
                )
            )

    def _passages(self, passages: tuple[PassageId, ...]) -> tuple[PassageId, ...]:
        return tuple(one for one in passages if one in self.state.passages)

    def _quoted(self, passages: tuple[PassageId, ...]) -> Paragraph:
        parts: list[Inline] = []
        first = ""
        for passage_id in passages:
            text = one_line(self.state.passages[passage_id].quote)
            first = first or text
            mark = self.numbering.by_passage.get(passage_id)
            parts += [_SPACE] if parts else []
            parts.append(Words(text=f"“{text}”"))
            if mark is not None:
                parts += [_SPACE, *(self._styled((passage_id,)) if self.keys else (_link(mark),))]
        return Paragraph(inlines=tuple(parts), direction=direction(first))

    def _cell(self, cell: Cell) -> Paragraph:
        text = one_line(cell.text)
        if cell.claim is not None and text:
            return self._sentence(cell.claim, text, Role.BODY)
        if text:
            return Paragraph(inlines=(Words(text=text),), direction=direction(text))
        missing = one_line(cell.missing) or "Not established"
        return Paragraph(inlines=(Words(text=f"— {missing}", look=Look.QUIET),), direction=direction(missing))

    def _gap(self, gap: Gap) -> Iterator[Paragraph]:
        question = one_line(gap.question)
        looked_for = "; ".join(f"“{one_line(query)}”" for query in gap.queries)
        said = [
            one_line(gap.reason),
            f"Looked for {looked_for}." if looked_for else "",
            f"{counted(gap.sources_read, 'source')} read.",
        ]
        words = " ".join(part for part in said if part)
        parts: list[Inline] = [Words(text=question, look=Look.STRONG), _SPACE] if question else []
        yield Paragraph(inlines=(*parts, Words(text=words)), direction=direction(question or words))
        if gap.claim is not None:
            text = one_line(gap.claim.text)
            sentence = self._sentence(gap.claim, f"Written, and not held up by its check: “{text}”", Role.QUIET)
            yield Paragraph(inlines=sentence.inlines, role=Role.QUIET, direction=direction(text))
            if gap.claim.former:
                yield _quiet(f"Before that it said: “{one_line(gap.claim.former)}”")
            yield from self._readers_mark(gap.claim)

    def _legend(self) -> Iterator[Paragraph]:
        claims = (*self.report.claims, *self.report.failed)
        states = tuple(dict.fromkeys(claim.state for claim in claims))
        if states:
            signs = ", ".join(f"{STATE_SIGNS[state]} {STATE_WORDS[state]}" for state in states)
            has_also = not self.keys and any(claim.agreeing for claim in claims)
            also = "; “also” stands before passages that say the same" if has_also else ""
            yield _quiet(f"Signs: {signs}{also}.")


def _link(mark: CitationMark) -> MarkLink:
    return MarkLink(label=mark.label, target=_anchor(mark))


def _anchor(mark: CitationMark) -> str:
    return f"passage-{mark.label}"


def _notice(text: str) -> Paragraph:
    words = one_line(text)
    return Paragraph(inlines=(Words(text=words),), role=Role.NOTICE, direction=direction(words))


def _quiet(text: str) -> Paragraph:
    return Paragraph(inlines=(Words(text=text, look=Look.QUIET),), role=Role.QUIET, direction=direction(text))
