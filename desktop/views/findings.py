"""Findings as they come: under each sub-question the passages found for it, word for word."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop.episode_words import nothing_known
from desktop.evidence import Evidence, evidence_of, place_in, source_title
from desktop.plain_text import laid_out, one_line
from desktop.theme import Theme
from desktop.views.citation_chip import Chip
from desktop.views.cited_view import CitedView
from desktop.web_words import SIDE_NAMES
from engine.agent.episode_state import Episode
from engine.agent.state import RunState
from engine.domain import Passage, Reach, SourceId, SubQuestionId
from engine.events import EpisodeEnded, EpisodeStarted, SourceRead, StoredEvent
from engine.reading.document import Document
from resources.tokens import SPACE_2, SPACE_4, SPACE_6


class FindingsView(CitedView):
    """Grows at its end, and follows the end only if that was in view."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, document_of: Callable[[str], Document]) -> None:
        self._state: RunState | None = None
        self._headed: SubQuestionId | None = None
        self._is_blank = True
        super().__init__(theme, parent, document_of=document_of)
        self.setAccessibleName("Findings")

    def show_state(self, state: RunState | None) -> None:
        """Show everything found so far, from the top."""
        self._state = state
        self._focused = -1
        self.set_document()

    def show_event(self, stored: StoredEvent, state: RunState) -> None:
        """Append what an event has brought."""
        self._state = state
        event = stored.event
        if not isinstance(event, SourceRead | EpisodeStarted | EpisodeEnded):
            return
        was_at_end = self.is_at_end
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        episode = state.episode(event.subquestion_id)
        match event:
            case EpisodeStarted():
                self._write_heading(cursor, episode)
            case SourceRead():
                self._write_reading(cursor, episode, event, state)
            case EpisodeEnded():
                self._write_ending(cursor, episode)
        cursor.endEditBlock()
        if was_at_end:
            self.follow_end()

    # --- writing ---

    def _set(self, cursor: QTextCursor) -> None:
        self._is_blank, self._headed = True, None
        if self._state is None:
            return
        for episode in self._state.episodes:
            if episode.is_started:
                self._write_heading(cursor, episode)
            for reading in episode.read:
                self._write_reading(cursor, episode, reading, self._state)
            if episode.ended is not None:
                self._write_ending(cursor, episode)

    def _write_heading(self, cursor: QTextCursor, episode: Episode) -> None:
        if self._headed == episode.subquestion.id:
            return
        self._headed = episode.subquestion.id
        self._begin(cursor, self.typesetting.heading_block(2, key=f"subquestion:{episode.subquestion.id}"))
        cursor.insertText(one_line(episode.subquestion.text, limit=600), self.typesetting.heading(2))
        if self._state is not None and self._state.scope.reach is Reach.BOTH:
            self._begin(cursor, self.typesetting.note(bottom=SPACE_2))
            cursor.insertText(SIDE_NAMES[episode.subquestion.side], self.typesetting.small("text_muted"))

    def _write_reading(self, cursor: QTextCursor, episode: Episode, reading: SourceRead, state: RunState) -> None:
        if reading.passages:
            self._write_heading(cursor, episode)
        for passage in reading.passages:
            self._write_passage(cursor, passage, state)

    def _write_passage(self, cursor: QTextCursor, passage: Passage, state: RunState) -> None:
        setting = self.typesetting
        source = state.sources[passage.source_id]
        self._begin(cursor, setting.quote(key=f"passage:{passage.id}"))
        cursor.insertText(laid_out(" ".join(passage.quote.split())), setting.body())
        label = self._label(passage.source_id, state)
        self._insert_chip(cursor, setting.body(), label=label, passage=passage.id, shows_state=False)
        place = place_in(passage, source)
        note = setting.note(bottom=SPACE_4)
        note.setLeftMargin(setting.quote().leftMargin())
        self._begin(cursor, note)
        cursor.insertText(" · ".join(part for part in [source_title(source), place] if part), setting.small())

    def _write_ending(self, cursor: QTextCursor, episode: Episode) -> None:
        if episode.passages:
            return
        self._write_heading(cursor, episode)
        self._begin(cursor, self.typesetting.note(bottom=SPACE_4))
        reason = one_line(episode.ended.reason, limit=300) if episode.ended is not None else ""
        unknown = nothing_known(episode)
        words = f"Not known: {unknown}." if unknown else f"Nothing found. {reason}".rstrip()
        cursor.insertText(words, self.typesetting.small("text_secondary"))

    def _begin(self, cursor: QTextCursor, block: QTextBlockFormat) -> None:
        if self._is_blank:
            block.setTopMargin(0)
            cursor.setBlockFormat(block)
            self._is_blank = False
        else:
            cursor.insertBlock(block)

    def _label(self, source_id: SourceId, state: RunState) -> str:
        """Return the number of a source in the order of reading: the report will number by citation."""
        return str(list(state.sources).index(source_id) + 1)

    def _evidence_of(self, chip: Chip) -> Evidence | None:
        return evidence_of(self._state, chip.passage, label=chip.label) if self._state is not None else None

    top_margin = SPACE_6
