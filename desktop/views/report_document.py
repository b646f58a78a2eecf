"""A report as a document: answer, how well it is established, sections, what was not established, and the end.

It is written with a cursor from the report's data. There is no markup on the way, so no text can become any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QTextCursor

from desktop.caveats import shown_caveats
from desktop.episode_words import place_of_gap
from desktop.plain_text import as_tip, one_line
from desktop.views.citation_chip import OBJECT_CHARACTER, STATE_COLOURS, mark_format
from desktop.views.inline_signs import bar_format
from desktop.views.report_contradictions import disputed, write_contradiction
from desktop.views.report_end import write_making, write_sources
from desktop.views.report_pen import InsertChip, Pen
from desktop.views.report_table import TablePlan, plan_table, write_table
from desktop.views.typesetting import Role, Typesetting, underlined
from engine.agent.state import RunState
from engine.citations.coverage import MIN_COVERAGE, coverage_words
from engine.citations.numbering import Numbering
from engine.citations.wording import STATE_SIGNS
from engine.counting import counted
from engine.domain import VERIFIED, Claim, ClaimId, ClaimState, Gap, Outcome, PassageId, Report
from engine.export.departures import Departures
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4

_LEGEND = {
    ClaimState.UNCHECKED: "not checked",
    ClaimState.SUPPORTED: "on which sources agree",
    ClaimState.SINGLE_SOURCE: "from one source",
    ClaimState.PARTLY: "partly supported",
    ClaimState.UNSUPPORTED: "not supported",
    ClaimState.CONTRADICTED: "contradicted",
}
"""What follows a number of sentences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How wide things may be, in logical pixels."""

    column_px: int
    """The page's column."""
    beside_px: int
    """What there is on either side of it for what does not fit, such as a table."""


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
        room: Room,
        departures: Departures | None = None,
    ) -> None:
        self._pen = Pen(cursor, setting=setting, state=state, numbering=numbering, insert_chip=insert_chip)
        self._setting = setting
        self._state = state
        self._report = report
        self._room = room
        self._departures = departures

    @property
    def spans(self) -> dict[ClaimId, tuple[int, int]]:
        """Where each sentence is on the page, once it is written."""
        return self._pen.spans

    def write(self) -> None:
        """Write the whole report."""
        self._write_answer()
        self._write_standing()
        plans = iter(table_plans(self._report, setting=self._setting, room=self._room))
        for number, section in enumerate(self._report.sections):
            if section.all_claims or section.table is not None:
                self._pen.heading(section.title or "Findings", key=f"section:{number}")
            self._write_claims(section.claims)
            if section.table is not None:
                write_table(self._pen, section.table, next(plans), key=f"table:{number}")
                self._write_contradictions(section.table.claims, names_sentences=True)
        for number, title in enumerate(self._report.unwritten):
            self._pen.heading(title, key=f"unwritten:{number}", colour="text_muted")
            self._pen.begin(self._setting.note(bottom=SPACE_2))
            self._pen.text("Still to be written", self._setting.small())
        self._write_gaps()
        write_sources(self._pen, self._report)
        write_making(self._pen, self._report, self._departures)

    # --- the parts ---

    def _write_answer(self) -> None:
        setting, pen = self._setting, self._pen
        claims = self._report.answer
        for number, claim in enumerate(claims):
            is_last = number == len(claims) - 1
            pen.begin(setting.answer_block(key=f"claim:{claim.id}", bottom=SPACE_4 if is_last else SPACE_2))
            pen.sentence(claim, setting.answer())
        # What a section shows as well is shown there.
        later = {frozenset(one.against) for section in self._report.sections for one in section.all_claims}
        only_here = [one for one in claims if frozenset(one.against) not in later]
        self._write_contradictions(only_here, names_sentences=len(claims) > 1)

    def _write_standing(self) -> None:
        """Write how much of it is established, and what a reader should know before reading on."""
        setting, pen, report = self._setting, self._pen, self._report
        small = setting.small("text_secondary")
        if self._state.outcome is Outcome.INCOMPLETE:
            pen.begin(setting.note(key="incomplete", bottom=SPACE_1))
            sign = mark_format(ClaimState.PARTLY, setting.small("partly"), sign="◐", words="Incomplete.")
            pen.text(OBJECT_CHARACTER, sign)
            least = f"At least {round(100 * MIN_COVERAGE)} in a hundred sentences should be said by what they cite."
            pen.text(f" {least}", setting.small("partly"))
        if report.unwritten:
            written, all_parts = len(report.sections), len(report.sections) + len(report.unwritten)
            pen.begin(setting.note(key="draft", bottom=0))
            pen.text(f"Being written: {written} of {counted(all_parts, 'part')}. Nothing is checked yet.", small)
        else:
            self._write_coverage()
        for caveat in shown_caveats(report):
            pen.begin(setting.note(bottom=0))
            pen.text(one_line(caveat, limit=400), setting.small("partly"))

    def _write_coverage(self) -> None:
        setting, pen, report = self._setting, self._pen, self._report
        small = setting.small("text_secondary")
        counts = Counter(_said_once(report.claims).values())
        failed = len(_said_once(report.failed))
        total = sum(counts.values()) + failed
        if not total:
            return
        is_checked = not counts[ClaimState.UNCHECKED]
        pen.begin(setting.note(key="legend", bottom=SPACE_1))
        # What it says of contradictions, the legend says again.
        established = coverage_words(report).partition(". ")[0].rstrip(".")
        pen.text(established if is_checked else counted(total, "sentence"), small)
        pen.text("\u2003", small)
        bar = dict(counts)
        bar[ClaimState.UNSUPPORTED] = counts[ClaimState.UNSUPPORTED] + failed
        pen.text(OBJECT_CHARACTER, bar_format(bar, small))
        pen.begin(setting.note(bottom=0))
        entries = [(state, f"{counts[state]} {_LEGEND[state]}") for state in ClaimState if counts[state]]
        if failed:
            entries.append((ClaimState.UNSUPPORTED, f"{failed} taken out, under Not established"))
        for place, (state, words) in enumerate(entries):
            pen.text("\u2003" if place else "", small)
            pen.text(OBJECT_CHARACTER, mark_format(state, small, sign=STATE_SIGNS[state], words=words))
        if any(claim.lone_figures for claim in report.claims):
            colour = setting.colour(STATE_COLOURS[ClaimState.SINGLE_SOURCE])
            tip = as_tip("Figures and dates with a dotted line are stated by one site or document only.")
            pen.text("\u2003", small)
            pen.text("1,234", underlined(small, colour, tip=tip))
            pen.text("\u00a0in\u00a0one\u00a0place\u00a0only", small)

    def _write_claims(self, claims: Sequence[Claim]) -> None:
        """Quotations stand alone; sentences written by a model run on."""
        runs_on = False
        paragraph: list[Claim] = []
        for claim in claims:
            if claim.is_quotation or not runs_on:
                self._write_contradictions(paragraph, names_sentences=len(paragraph) > 1)
                paragraph = []
                self._pen.begin(self._setting.paragraph(key=f"claim:{claim.id}"))
            else:
                self._pen.text(" ", self._setting.body())
            self._pen.sentence(claim, self._setting.body())
            paragraph.append(claim)
            runs_on = not claim.is_quotation
        self._write_contradictions(paragraph, names_sentences=len(paragraph) > 1)

    def _write_contradictions(self, claims: Iterable[Claim], *, names_sentences: bool) -> None:
        for claim in disputed(claims, self._pen):
            write_contradiction(self._pen, claim, column_px=self._room.column_px, names_sentence=names_sentences)

    def _write_gaps(self) -> None:
        if not self._report.gaps:
            return
        self._pen.heading("Not established", key="gaps")
        for number, gap in enumerate(self._report.gaps):
            self._write_gap(gap, number)

    def _write_gap(self, gap: Gap, number: int) -> None:
        setting, pen = self._setting, self._pen
        claim = gap.claim
        if claim is not None:
            pen.begin(setting.block(Role.PARAGRAPH, key=f"claim:{claim.id}", bottom=SPACE_1))
            pen.sentence(claim, setting.quiet(), has_remark=False)
            if claim.remark:
                pen.begin(setting.note(bottom=SPACE_1))
                pen.text(one_line(claim.remark, limit=600), setting.small(STATE_COLOURS[ClaimState.UNSUPPORTED]))
        else:
            pen.begin(setting.block(Role.PARAGRAPH, key=f"gap:{number}", bottom=SPACE_1))
            pen.text(one_line(gap.question), setting.strong())
        if gap.reason and (claim is None or not claim.remark):
            pen.begin(setting.block(Role.PARAGRAPH, bottom=SPACE_1) if claim is None else setting.note(bottom=SPACE_1))
            pen.text(one_line(gap.reason), setting.body() if claim is None else setting.small("text_secondary"))
        looked = ", ".join(f"“{one_line(query, limit=120)}”" for query in gap.queries)
        parts = [place] if (place := place_of_gap(gap, self._state)) else []
        if claim is not None and gap.question and one_line(gap.question) != one_line(claim.text):
            parts.append(f"Asked: {one_line(gap.question, limit=300)}")
        parts += [f"Looked for {looked}"] if looked else []
        parts.append(f"{counted(gap.sources_read, 'source')} read")
        pen.begin(setting.note(bottom=SPACE_4 if claim is None else SPACE_3 + SPACE_2))
        pen.text(" · ".join(parts), setting.small())


def table_plans(report: Report, *, setting: Typesetting, room: Room) -> tuple[TablePlan, ...]:
    """Return how the tables of a report are set in the room there is."""
    return tuple(
        plan_table(section.table, setting=setting, column_px=room.column_px, beside_px=room.beside_px)
        for section in report.sections
        if section.table is not None
    )


def _said_once(claims: Sequence[Claim]) -> dict[tuple[str, tuple[PassageId, ...]], ClaimState]:
    """Return the states of sentences, of which one that is said twice from the same passages counts once."""
    states: dict[tuple[str, tuple[PassageId, ...]], ClaimState] = {}
    for claim in claims:
        said = (claim.text, claim.passages)
        if said not in states or states[said] in VERIFIED:
            states[said] = claim.state
    return states
