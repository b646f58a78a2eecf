"""The report on its page: every sentence with chips that lead to the words it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QMenu, QTextEdit, QWidget

from desktop.evidence import Evidence, evidence_of
from desktop.mark_words import VERDICT_WORDS
from desktop.theme import Theme
from desktop.views.citation_chip import Chip
from desktop.views.cited_view import CitedView
from desktop.views.copied_sources import cited_lines
from desktop.views.copying import CitedLine
from desktop.views.inline_signs import BAR_OBJECT, READER_OBJECT, BarPainter, ReaderPainter
from desktop.views.marks import MarkCard
from desktop.views.report_document import ReportDocument, Room
from desktop.views.sign_icons import verdict_icon
from desktop.views.typesetting import Property, with_ground
from engine.agent.state import RunState
from engine.citations.numbering import Numbering, number_citations
from engine.citations.versions import with_each_claim
from engine.domain import Claim, ClaimId, ClaimState, Mark, Report, Verdict
from engine.export.departures import Departures
from engine.reading.document import Document

_NO_NUMBERS = Numbering(sources=(), by_passage={})
_BESIDE_SHARE = 0.5
"""Of the column, that a table may take on either side of it where the window has room."""


LOOK_UP = "Look this up on the web…"
"""What it is called wherever it is offered; the exact words are shown before they are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a place of the page belongs to."""

    claim: Claim | None = None
    section: int | None = None
    """Index of the report's section."""
    gap: int | None = None
    """Index of what was not established."""


class ReportView(CitedView):
    """Shows the report of a run; claims that are checked meanwhile change in place."""

    look_up_requested = Signal(str)
    """Words of the report, to be looked up on the web."""
    mark_requested = Signal(int, object, str)
    """Number of a claim, the Verdict on it or None to take it back, and the reader's note."""
    menu_opening = Signal(object, object)
    """QMenu and Place: who has more to offer there adds it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, document_of: Callable[[str], Document]) -> None:
        self._state: RunState | None = None
        self._report: Report | None = None
        self._numbering = _NO_NUMBERS
        self._departures: Departures | None = None
        self._spans: dict[ClaimId, tuple[int, int]] = {}
        self._pointed: ClaimId | None = None
        self._mark_card: MarkCard | None = None
        self._marking: ClaimId | None = None
        super().__init__(theme, parent, document_of=document_of)
        self._setting_again = QTimer(self)
        self._setting_again.setSingleShot(True)
        self._setting_again.setInterval(0)
        self._setting_again.timeout.connect(self.set_document_in_place)
        self.column_changed.connect(self._move_mark_card)
        self.verticalScrollBar().valueChanged.connect(self._move_mark_card)
        self.look_up_wanted.connect(self._look_up_claim)
        self.mark_wanted.connect(self._mark_from_card)
        self.setAccessibleName("Report")

    @property
    def report(self) -> Report | None:
        """What is on the page."""
        return self._report

    @property
    def can_mark(self) -> bool:
        """Whether the reader may mark sentences now: not while they may still change."""
        return self._state is not None and self._state.outcome is not None

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
        self._show_claims({claim.id: claim for claim in (*report.claims, *report.failed)})
        if is_same_run and old is not None and _outline(old) == _outline(report) and not _ends_now(old_state, state):
            return
        self._numbering = number_citations(report, state.passages)
        if is_same_run:
            self.set_document_in_place()
        else:
            self._focused, self._pointed = -1, None
            self._close_mark_card()
            self.set_document()

    def show_departures(self, departures: Departures) -> None:
        """Say at the end of the report what left this computer for it."""
        if departures != self._departures:
            self._departures = departures
            if self._report is not None:
                self.set_document_in_place()

    # --- sentences ---

    def show_claim(self, claim_id: ClaimId) -> None:
        """Bring a sentence into view, mark it and give its first citation the keyboard."""
        span = self._spans.get(claim_id)
        if span is None:
            return
        self._pointed = claim_id
        cursor = self._cursor_of(span)
        self.show_range(cursor)
        self._point()
        chip = next((one for one in self.chips if one.claim == claim_id), None)
        if chip is not None:
            self.focus_chip(chip.number)

    @property
    def pointed_words(self) -> str:
        """The sentence that is marked because somebody asked where it is."""
        return self._passage_marks[0].cursor.selectedText() if self._passage_marks else ""

    def place_at(self, point: QPoint) -> Place:
        """Return what a point of the viewport belongs to."""
        if self._report is None:
            return Place()
        cursor = self.cursorForPosition(point)
        position = cursor.position()
        inside = [one for one, (start, end) in self._spans.items() if start <= position <= end]
        claim = self._claims.get(inside[0]) if inside else None
        gap = None
        block = cursor.block()
        while block.isValid():
            kind, _, number = str(block.blockFormat().property(Property.KEY) or "").partition(":")
            if kind == "section" and number.isdecimal():
                return Place(claim=claim, section=int(number), gap=gap)
            if kind == "claim" and claim is None and number.isdecimal():
                claim = self._claims.get(ClaimId(int(number)))
            if kind == "gap" and gap is None and claim is None and number.isdecimal():
                gap = int(number)
            if kind in ("gaps", "sources", "making", "legend"):
                return Place(claim=claim if kind == "gaps" else None, gap=gap)
            block = block.previous()
        return Place(claim=claim, gap=gap)

    def _cursor_of(self, span: tuple[int, int]) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(span[0])
        cursor.setPosition(span[1], QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _point(self) -> None:
        span = self._spans.get(self._pointed) if self._pointed is not None else None
        self._passage_marks = []
        if span is not None:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = self._cursor_of(span)
            selection.format = with_ground(QTextCharFormat(), self.theme.colour("highlight"))
            self._passage_marks = [selection]
        self._show_marks()

    def _point_no_more(self) -> None:
        if self._pointed is not None:
            self._pointed = None
            self._point()

    # --- marks ---

    def ask_for_mark(self, claim_id: ClaimId, *, verdict: Verdict | None = None) -> None:
        """Open the card in which the reader marks a sentence."""
        claim, span = self._claims.get(claim_id), self._spans.get(claim_id)
        if claim is None or span is None or not self.can_mark:
            return
        self.close_card()
        if self._mark_card is None:
            self._mark_card = MarkCard(self.theme, self.window())
            self._mark_card.mark_requested.connect(self.mark_requested)
            self._mark_card.closed.connect(self.setFocus)
        self.show_range(self._cursor_of(span))
        self._marking = claim_id
        self._mark_card.show_claim(claim, self._mark_of(claim_id), at=self._end_of(span), verdict=verdict)

    def _end_of(self, span: tuple[int, int]) -> QRect:
        """Return where a sentence ends, in global coordinates."""
        rect = self.cursorRect(self._cursor_of((span[1], span[1])))
        return QRect(self.viewport().mapToGlobal(rect.topLeft()), rect.size())

    def _move_mark_card(self) -> None:
        span = self._spans.get(self._marking) if self._marking is not None else None
        if self._mark_card is not None and self._mark_card.isVisible() and span is not None:
            self._mark_card.move_beside(self._end_of(span))

    @property
    def mark_card(self) -> MarkCard | None:
        """The card in which the reader marks a sentence, if it is open."""
        return self._mark_card if self._mark_card is not None and self._mark_card.isVisible() else None

    def _mark_of(self, claim_id: ClaimId) -> Mark | None:
        return self._state.marks.get(claim_id) if self._state is not None else None

    def _mark_from_card(self, number: int) -> None:
        self.ask_for_mark(ClaimId(number))

    def _close_mark_card(self) -> None:
        if self._mark_card is not None:
            self._mark_card.hide()

    def _look_up_claim(self, number: int) -> None:
        claim = self._claims.get(ClaimId(number))
        if claim is not None:
            self.look_up_requested.emit(claim.text)

    # --- the menu ---

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_at(event.pos()).popup(event.globalPos())

    def menu_at(self, point: QPoint) -> QMenu:
        """Return what can be done at a place of the page."""
        menu = self.createStandardContextMenu(point)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        place = self.place_at(point)
        first = menu.actions()[0] if menu.actions() else None
        words = self.words_at(point)
        if words:
            look_up = QAction(self.theme.icon("globe"), LOOK_UP, menu)
            look_up.triggered.connect(partial(self.look_up_requested.emit, words))
            menu.insertAction(first, look_up)  # type: ignore[arg-type]
        if place.claim is not None and self.can_mark:
            menu.insertMenu(first, self._marks_menu(menu, place.claim))  # type: ignore[arg-type]
        if words or place.claim is not None:
            menu.insertSeparator(first)  # type: ignore[arg-type]
        self.menu_opening.emit(menu, place)
        return menu

    def _marks_menu(self, parent: QMenu, claim: Claim) -> QMenu:
        mark = self._mark_of(claim.id)
        menu = QMenu("Mark this sentence", parent)
        menu.setIcon(self.theme.icon("pencil-simple"))
        for verdict, words in VERDICT_WORDS.items():
            action = menu.addAction(verdict_icon(verdict, self.theme), words)
            action.triggered.connect(
                partial(self.mark_requested.emit, claim.id, verdict, mark.note if mark is not None else "")
            )
        menu.addSeparator()
        note = menu.addAction(self.theme.icon("note-pencil"), "With a note…")
        note.triggered.connect(partial(self._ask_again, claim.id))
        if mark is not None:
            remove = menu.addAction(self.theme.icon("eraser"), "Take the mark away")
            remove.triggered.connect(partial(self.mark_requested.emit, claim.id, None, ""))
        return menu

    def _ask_again(self, claim_id: ClaimId) -> None:
        self.ask_for_mark(claim_id)

    def words_at(self, point: QPoint) -> str:
        """Return what there is to look up at a place: what is selected, a gap's question, or a sentence's words."""
        selected = self.textCursor().selectedText().replace("\ufffc", " ").strip()
        if selected or self._report is None:
            return selected
        place = self.place_at(point)
        if place.claim is not None:
            return place.claim.text
        if place.gap is not None and place.gap < len(self._report.gaps):
            return self._report.gaps[place.gap].question
        return ""

    # --- setting ---

    def _prepare(self, document: QTextDocument) -> None:
        super()._prepare(document)
        layout = document.documentLayout()
        layout.registerHandler(READER_OBJECT, ReaderPainter(self.theme, parent=document))
        layout.registerHandler(BAR_OBJECT, BarPainter(self.theme, parent=document))

    def _set(self, cursor: QTextCursor) -> None:
        self._spans, self._room_set = {}, None
        if self._state is None or self._report is None:
            return
        room = self._room()
        if any(part.table is not None for part in self._report.sections) or any(
            one.against for one in self._report.claims
        ):
            self._room_set = room
        writer = ReportDocument(
            cursor=cursor,
            setting=self.typesetting,
            state=self._state,
            report=self._report,
            numbering=self._numbering,
            insert_chip=self._insert_chip,
            room=room,
            departures=self._departures,
        )
        writer.write()
        self._spans = writer.spans

    def _set_text(self) -> None:
        super()._set_text()
        self._point()

    def _room(self) -> Room:
        left, column = self.column
        return Room(column_px=column, beside_px=max(0, min(left - self._margin, round(column * _BESIDE_SHARE))))

    def _place_column(self) -> None:
        """Tables are set for the room they have: when it changes, they are set anew, once the window rests."""
        super()._place_column()
        if self._room_set is not None and self._room() != self._room_set:
            self._setting_again.start()

    _room_set: Room | None = None
    """For which the tables of the page were set; None where there are none."""

    def _sources_of(self, numbers: tuple[int, ...]) -> tuple[CitedLine, ...]:
        return cited_lines(numbers, state=self._state, numbering=self._numbering) if self._state is not None else ()

    def _evidence_of(self, chip: Chip) -> Evidence | None:
        if self._state is None:
            return None
        claim = self._claims.get(ClaimId(chip.claim)) if chip.claim is not None else None
        return evidence_of(self._state, chip.passage, label=chip.label, claim=claim, numbering=self._numbering)

    # --- Qt ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point_no_more()
        self._close_mark_card()
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        chip = self.focused_chip
        is_plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_M and is_plain and chip is not None and chip.claim is not None:
            self.ask_for_mark(chip.claim)
        elif event.key() == Qt.Key.Key_Escape and self.card is None and self._pointed is not None:
            self._point_no_more()
        else:
            super().keyPressEvent(event)


def _outline(report: Report) -> Report:
    """Return what the layout depends on: the report without what says nothing on the page until it is finished."""
    return with_each_claim(report, _unjudged)


def _unjudged(claim: Claim) -> Claim:
    return replace(claim, state=ClaimState.UNCHECKED, remark="", support=None, lone_figures=(), against=())


def _ends_now(before: RunState | None, after: RunState) -> bool:
    """Whether remarks, figures, times and marks, which are text, must be set now."""
    return before is None or _said(before) != _said(after)


def _said(state: RunState) -> tuple[object, ...]:
    return state.report is None, len(state.versions), state.outcome, state.marks
