"""The report on its page: every sentence with chips that lead to the words it rests on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QWidget

from desktop.evidence import Evidence, evidence_of
from desktop.theme import Theme
from desktop.views.citation_chip import Chip
from desktop.views.cited_view import CitedView
from desktop.views.report_document import ReportDocument
from engine.agent.state import RunState
from engine.citations.numbering import Numbering, number_citations
from engine.domain import ClaimId, Report
from engine.export.departures import Departures
from engine.reading.document import Document

_NO_NUMBERS = Numbering(sources=(), by_passage={})


class ReportView(CitedView):
    """Shows the report of a run; claims that are checked meanwhile change in place."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, document_of: Callable[[str], Document]) -> None:
        self._state: RunState | None = None
        self._report: Report | None = None
        self._numbering = _NO_NUMBERS
        self._departures: Departures | None = None
        super().__init__(theme, parent, document_of=document_of)
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
