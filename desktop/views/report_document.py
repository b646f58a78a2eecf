"""A report as a document: answer, sections, what was not established, sources, how it was made.

It is written with a cursor from the report's data. There is no markup on the way, so no text can become any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor

from desktop.caveats import folded_caveats, shown_caveats
from desktop.episode_words import place_of_gap
from desktop.evidence import place_in, source_line, source_title
from desktop.plain_text import laid_out, one_line
from desktop.time_words import duration_words, moment_words
from desktop.views.citation_chip import OBJECT_CHARACTER, STATE_COLOURS, mark_format
from desktop.views.typesetting import Role, Typesetting
from engine.agent.state import RunState
from engine.citations.numbering import CitationMark, CitedSource, Numbering
from engine.citations.wording import STATE_SIGNS, address_words
from engine.counting import counted
from engine.domain import Claim, ClaimId, ClaimState, Gap, PassageId, Report
from engine.export.departures import NOT_ASKED, Departures
from engine.export.receipt import privacy_words, receipt_of
from resources.tokens import SPACE_1, SPACE_2, SPACE_4, SPACE_6

_PLAIN_STATES = frozenset({ClaimState.SUPPORTED, ClaimState.SINGLE_SOURCE, ClaimState.UNCHECKED})
"""States whose remark is only in the card."""
_LEGEND = {
    ClaimState.UNCHECKED: "not checked",
    ClaimState.SUPPORTED: "on which sources agree",
    ClaimState.SINGLE_SOURCE: "from one source",
    ClaimState.PARTLY: "partly supported",
    ClaimState.UNSUPPORTED: "not supported",
    ClaimState.CONTRADICTED: "contradicted",
}
"""What follows a number of sentences."""


class InsertChip(Protocol):
    """Writes a citation chip at a cursor."""

    def __call__(
        self,
        cursor: QTextCursor,
        characters: QTextCharFormat,
        *,
        label: str,
        passage: PassageId,
        claim: ClaimId | None = None,
        shows_state: bool = True,
    ) -> None: ...


class ReportDocument:
    """Writes one report; make a new one for each."""

    def __init__(
        self,
        *,
        cursor: QTextCursor,
        setting: Typesetting,
        state: RunState,
        report: Report,
        numbering: Numbering,
        insert_chip: InsertChip,
        departures: Departures | None = None,
    ) -> None:
        self._cursor = cursor
        self._setting = setting
        self._state = state
        self._report = report
        self._numbering = numbering
        self._insert_chip = insert_chip
        self._departures = departures
        self._is_empty = True

    def write(self) -> None:
        """Write the whole report."""
        self._write_answer()
        for number, section in enumerate(self._report.sections):
            if section.claims:
                self._heading(section.title or "Findings", key=f"section:{number}")
                self._write_claims(section.claims)
        self._write_gaps()
        self._write_sources()
        self._write_making()

    # --- the parts ---

    def _write_answer(self) -> None:
        setting = self._setting
        claims = self._report.answer
        for number, claim in enumerate(claims):
            is_last = number == len(claims) - 1
            self._begin(setting.answer_block(key=f"claim:{claim.id}", bottom=SPACE_4 if is_last else SPACE_2))
            self._write_claim(claim, setting.answer())
        counts = Counter(claim.state for claim in self._report.claims)
        if counts:
            self._begin(setting.note(key="legend", bottom=0))
            self._write_legend(counts)
        for caveat in shown_caveats(self._report):
            self._begin(setting.note(bottom=0))
            self._text(one_line(caveat, limit=400), setting.small("partly"))

    def _write_legend(self, counts: Counter[ClaimState]) -> None:
        small = self._setting.small("text_secondary")
        self._text(counted(sum(counts.values()), "sentence"), small)
        for state in (one for one in ClaimState if counts[one]):
            words = f"{counts[state]} {_LEGEND[state]}"
            self._text("\u2003", small)
            self._cursor.insertText(OBJECT_CHARACTER, mark_format(state, small, sign=STATE_SIGNS[state], words=words))

    def _write_claims(self, claims: Iterable[Claim]) -> None:
        """Quotations stand alone; sentences written by a model run on."""
        runs_on = False
        for claim in claims:
            if claim.is_quotation or not runs_on:
                self._begin(self._setting.paragraph(key=f"claim:{claim.id}"))
            else:
                self._text(" ", self._setting.body())
            self._write_claim(claim, self._setting.body())
            runs_on = not claim.is_quotation

    def _write_claim(self, claim: Claim, characters: QTextCharFormat) -> None:
        self._text(laid_out(" ".join(claim.text.split())), characters)
        for place, mark in enumerate(self._numbering.marks_of(claim)):
            self._chip(characters, mark, claim=claim.id, shows_state=place == 0)
        for mark in self._numbering.agreeing_marks_of(claim):
            self._chip(characters, mark, claim=claim.id, shows_state=False)
        if claim.remark and claim.state not in _PLAIN_STATES:
            remark = f"\u2002{one_line(claim.remark, limit=600)}"
            self._text(remark, self._setting.small(STATE_COLOURS[claim.state]))

    def _write_gaps(self) -> None:
        if not self._report.gaps:
            return
        self._heading("Not established", key="gaps")
        for number, gap in enumerate(self._report.gaps):
            self._write_gap(gap, number)

    def _write_gap(self, gap: Gap, number: int) -> None:
        setting = self._setting
        self._begin(setting.block(Role.PARAGRAPH, key=f"gap:{number}", bottom=SPACE_1))
        self._text(one_line(gap.question), setting.strong())
        if gap.reason:
            self._begin(setting.block(Role.PARAGRAPH, bottom=SPACE_1))
            self._text(one_line(gap.reason), setting.body())
        looked = ", ".join(f"“{one_line(query, limit=120)}”" for query in gap.queries)
        parts = [place] if (place := place_of_gap(gap, self._state)) else []
        parts += [f"Looked for {looked}"] if looked else []
        parts.append(f"{counted(gap.sources_read, 'source')} read")
        self._begin(setting.note(bottom=SPACE_4))
        self._text(" · ".join(parts), setting.small())

    def _write_sources(self) -> None:
        if not self._numbering.sources:
            return
        self._heading("Sources", key="sources")
        used = self._where_used()
        for cited in self._numbering.sources:
            self._write_source(cited, used)

    def _write_source(self, cited: CitedSource, used: dict[PassageId, list[str]]) -> None:
        setting = self._setting
        source = self._state.sources.get(cited.source_id)
        if source is None:
            return
        first = setting.block(Role.PARAGRAPH, key=f"source:{cited.number}", bottom=0, left=SPACE_6)
        setting.hang(first)
        first.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._begin(first)
        self._text(f"{cited.number}\t", setting.small("text_secondary"))
        self._text(source_title(source), setting.strong())
        self._begin(setting.note(bottom=SPACE_1, left=SPACE_6))
        self._text(source_line(source), setting.small())
        for mark in cited.marks:
            passage = self._state.passages[mark.passage_id]
            self._begin(setting.note(bottom=SPACE_1, left=SPACE_6))
            self._chip(setting.small(), mark, claim=None, shows_state=False)
            words = [place_in(passage, source), used_words(used.get(mark.passage_id, []))]
            self._text("\u2002" + " · ".join(part for part in words if part), setting.small())
        for warning in source.warnings:
            self._begin(setting.note(bottom=SPACE_1, left=SPACE_6))
            self._text(one_line(warning, limit=300), setting.small("partly"))
        self._begin(setting.note(bottom=SPACE_4, left=SPACE_6))
        self._text(one_line(address_words(source.address), limit=300), setting.small())

    def _write_making(self) -> None:
        setting = self._setting
        receipt = receipt_of(
            self._state, sources_cited=len(self._numbering.sources), departures=self._departures or NOT_ASKED
        )
        self._heading("How this was made", key="making")
        took = duration_words(self._state.worked_s)
        failed = f", {receipt.sources_failed} could not be read" if receipt.sources_failed else ""
        lines = [
            ("Written by", one_line(receipt.made_by, limit=600)),
            ("When", f"{moment_words(receipt.started_at)}, in {took}"),
            ("Depth", receipt.depth.capitalize()),
            ("Searched", counted(receipt.searches, "query", "queries")),
            ("Read", f"{counted(receipt.sources_read, 'source')}, {receipt.sources_cited} of them cited{failed}"),
            ("Found", counted(receipt.passages_found, "passage")),
        ]
        lines += [
            ("Engines" if not at else "", one_line(f"{one.name} {one.words}", limit=600))
            for at, one in enumerate(receipt.engines)
        ]
        if self._departures is not None:
            said = privacy_words(receipt)
            lines += [("Sent" if not at else "", one_line(words, limit=600)) for at, words in enumerate(said)]
        elif receipt.sent_to:
            hosts = one_line(" and ".join(receipt.sent_to), limit=200)
            lines.append(("Sent", f"The question and the passages, to the language model at {hosts}."))
        rest = folded_caveats(self._report)
        lines += [("Limits" if not at else "", one_line(words, limit=400)) for at, words in enumerate(rest)]
        lines.append(("With", f"Plumbline {receipt.version}"))
        column = setting.small_px * 6.5
        for name, words in lines:
            block = setting.note(bottom=SPACE_1)
            block.setLeftMargin(column)
            setting.hang(block)
            self._begin(block)
            self._text(f"{name}\t", setting.small("text_muted"))
            self._text(words, setting.small("text_secondary"))

    # --- the means ---

    def _where_used(self) -> dict[PassageId, list[str]]:
        used: dict[PassageId, list[str]] = {}
        parts = [("", self._report.answer)]
        parts += [(str(number), part.claims) for number, part in enumerate(self._report.sections, start=1)]
        for part, claims in parts:
            for claim in claims:
                for passage in (*claim.passages, *claim.agreeing):
                    used.setdefault(passage, []).append(part)
        return used

    def _heading(self, text: str, *, key: str) -> None:
        self._begin(self._setting.heading_block(key=key))
        self._text(one_line(text, limit=600), self._setting.heading())

    def _chip(
        self, characters: QTextCharFormat, mark: CitationMark, *, claim: ClaimId | None, shows_state: bool
    ) -> None:
        self._insert_chip(
            self._cursor, characters, label=mark.label, passage=mark.passage_id, claim=claim, shows_state=shows_state
        )

    def _begin(self, block: QTextBlockFormat) -> None:
        if self._is_empty:
            block.setTopMargin(0)
            self._cursor.setBlockFormat(block)
            self._is_empty = False
        else:
            self._cursor.insertBlock(block)

    def _text(self, text: str, characters: QTextCharFormat) -> None:
        self._cursor.insertText(text, characters)


def used_words(parts: list[str]) -> str:
    """Return where a passage is cited, from the parts that cite it: ``""`` is the answer, others are sections."""
    places = ["the answer"] if "" in parts else []
    sections = len(set(parts) - {""})
    if sections:
        places.append(counted(sections, "section"))
    return f"cited in {' and '.join(places)}" if places else ""
