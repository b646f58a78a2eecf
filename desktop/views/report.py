"""The report on its page: every sentence with chips that lead to the words it rests on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QTextCursor
from PySide6.QtWidgets import QMenu, QWidget

from desktop.evidence import Evidence, evidence_of
from desktop.theme import Theme
from desktop.views.citation_chip import Chip
from desktop.views.cited_view import CitedView
from desktop.views.follow_up_menu import actions_for, can_follow_up, follow_ups
from desktop.views.report_document import ReportDocument
from desktop.views.typesetting import Property
from engine.agent.state import RunState
from engine.citations.numbering import Numbering, number_citations
from engine.domain import ClaimId, Report
from engine.export.departures import Departures
from engine.reading.document import Document

_NO_NUMBERS = Numbering(sources=(), by_passage={})


LOOK_UP = "Look this up on the web…"
"""What it is called wherever it is offered; the exact words are shown before they are sent."""


class ReportView(CitedView):
    """Shows the report of a run; claims that are checked meanwhile change in place."""

    look_up_requested = Signal(str)
    """Words of the report, to be looked up on the web."""
    follow_up_requested = Signal(object)
    """Amendment that a reader wants; what it still lacks is asked for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, document_of: Callable[[str], Document]) -> None:
        self._state: RunState | None = None
        self._report: Report | None = None
        self._numbering = _NO_NUMBERS
        self._departures: Departures | None = None
        super().__init__(theme, parent, document_of=document_of)
        self.look_up_wanted.connect(self._look_up_claim)
        self.setAccessibleName("Report")

    @property
    def report(self) -> Report | None:
        """What is on the page."""
        return self._report

    def show_state(self, state: RunState | None) -> None:
        """Show a state's report; None, or a state without one, empties the page."""
        report = state.current_report if state is not None else None
        old_state, old = self._state, self._report
        self._state, self._report = state, report
        if state is None or report is None:
            self._numbering = _NO_NUMBERS
            if old is not None:
                self.set_document()
            return
        if old_state is None or old_state.run_id != state.run_id:
            self._departures = None
        is_same_run = old_state is not None and old is not None and old_state.run_id == state.run_id
        self._show_claims({claim.id: claim for claim in report.claims})
        if is_same_run and old is not None and _outline(old) == _outline(report) and not _ends_now(old_state, state):
            return
        self._numbering = number_citations(report, state.passages)
        if is_same_run:
            self.set_document_in_place()
        else:
            self._focused = -1
            self.set_document()

    def show_departures(self, departures: Departures) -> None:
        """Say at the end of the report what left this computer for it."""
        if departures != self._departures:
            self._departures = departures
            if self._report is not None:
                self.set_document_in_place()

    def _look_up_claim(self, number: int) -> None:
        claim = self._claims.get(ClaimId(number))
        if claim is not None:
            self.look_up_requested.emit(claim.text)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_at(event.pos()).popup(event.globalPos())

    def menu_at(self, point: QPoint) -> QMenu:
        """Return what can be done at a place of the page."""
        menu = self.createStandardContextMenu(point)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = self.words_at(point)
        if words:
            first = menu.actions()[0] if menu.actions() else None
            look_up = QAction(self.theme.icon("globe"), LOOK_UP, menu)
            look_up.triggered.connect(partial(self.look_up_requested.emit, words))
            menu.insertAction(first, look_up)  # type: ignore[arg-type]
            menu.insertSeparator(first)  # type: ignore[arg-type]
        self._offer_follow_ups(menu, point)
        return menu

    def _offer_follow_ups(self, menu: QMenu, point: QPoint) -> None:
        """Put what a reader can want at a place on top of its menu, where the newest version is finished and shown."""
        state, report = self._state, self._report
        if state is None or report is None or not can_follow_up(state, report):
            return
        claim, section = self.place_at(point)
        wanted = follow_ups(report, claim=claim, section=section)
        first = menu.actions()[0] if menu.actions() else None
        for action in actions_for(wanted, theme=self.theme, menu=menu, ask=self.follow_up_requested.emit):
            menu.insertAction(first, action)  # type: ignore[arg-type]
        menu.insertSeparator(first)  # type: ignore[arg-type]

    def place_at(self, point: QPoint) -> tuple[ClaimId | None, int | None]:
        """Return the sentence and the index of the section at a place of the page, as far as there are any."""
        cursor = self.cursorForPosition(point)
        chip = next(
            (one for one, at in zip(self._chips, self._positions, strict=True) if at >= cursor.position()), None
        )
        block, key = cursor.block(), ""
        claim = chip.claim if chip is not None and block.contains(self._positions[chip.number]) else None
        while block.isValid():
            key = str(block.blockFormat().property(Property.KEY) or "")
            kind, _, number = key.partition(":")
            if claim is None and kind == "claim" and number.isdecimal():
                claim = ClaimId(int(number))
            if kind == "section" and number.isdecimal():
                return claim, int(number)
            if kind in {"gaps", "sources", "making"}:
                break
            block = block.previous()
        return claim, None

    def words_at(self, point: QPoint) -> str:
        """Return what there is to look up at a place: what is selected, a gap's question, or a sentence's words."""
        selected = self.textCursor().selectedText().replace("\ufffc", " ").strip()
        if selected:
            return selected
        block = self.cursorForPosition(point).block()
        while block.isValid() and not block.blockFormat().property(Property.KEY):
            block = block.previous()
        key = str(block.blockFormat().property(Property.KEY) or "") if block.isValid() else ""
        kind, _, number = key.partition(":")
        if self._report is None or not number.isdecimal():
            return ""
        if kind == "gap" and int(number) < len(self._report.gaps):
            return self._report.gaps[int(number)].question
        claim = self._claims.get(ClaimId(int(number))) if kind == "claim" else None
        return claim.text if claim is not None else ""

    def _set(self, cursor: QTextCursor) -> None:
        if self._state is None or self._report is None:
            return
        writer = ReportDocument(
            cursor=cursor,
            setting=self.typesetting,
            state=self._state,
            report=self._report,
            numbering=self._numbering,
            insert_chip=self._insert_chip,
            departures=self._departures,
        )
        writer.write()

    def _evidence_of(self, chip: Chip) -> Evidence | None:
        if self._state is None:
            return None
        claim = self._claims.get(ClaimId(chip.claim)) if chip.claim is not None else None
        return evidence_of(self._state, chip.passage, label=chip.label, claim=claim, numbering=self._numbering)


def _outline(report: Report) -> tuple[object, ...]:
    """Return what the layout depends on: everything but the states of claims that say nothing on the page."""
    return (
        report.question,
        report.gaps,
        report.made_by,
        tuple((claim.id, claim.text, claim.passages, claim.agreeing) for claim in report.answer),
        tuple(
            (part.title, tuple((claim.id, claim.text, claim.passages, claim.agreeing) for claim in part.claims))
            for part in report.sections
        ),
    )


def _ends_now(before: RunState | None, after: RunState) -> bool:
    """Whether remarks, figures and times, which are text, must be set now."""
    return before is None or (before.report is None, before.outcome) != (after.report is None, after.outcome)
