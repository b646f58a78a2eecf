"""The page for a question that the sources do not answer: what was searched and opened, and what to try."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop.caveats import folded_caveats, shown_caveats
from desktop.evidence import source_line, source_title
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.reading_view import ReadingView
from desktop.views.report import LOOK_UP
from desktop.views.typesetting import Role
from desktop.web_words import limits_words
from engine.agent.state import RunState
from engine.counting import counted
from engine.domain import Depth
from engine.events import SearchRan
from resources.tokens import SPACE_1, SPACE_2, SPACE_4

_MOST_LISTED = 20


class NotFoundView(ReadingView):
    """Says plainly that nothing was found, and shows the work that this rests on."""

    look_up_requested = Signal(str)
    """Words of the page, to be looked up on the web."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._state: RunState | None = None
        super().__init__(theme, parent)
        self.setAccessibleName("Not found")

    def show_state(self, state: RunState | None) -> None:
        """Show what was done for a question without an answer."""
        self._state = state
        self.set_document()

    def _set(self, cursor: QTextCursor) -> None:
        state = self._state
        if state is None:
            return
        setting = self.typesetting
        searches = [search for episode in state.episodes for search in episode.searches]
        failures = {failure.address: failure for episode in state.episodes for failure in episode.failed}
        first = setting.answer_block(key="answer", bottom=SPACE_2)
        cursor.setBlockFormat(first)
        cursor.insertText(_headline(searches), setting.answer())
        self._note(cursor, self._summary(state, len(searches), len(failures)), bottom=0)
        report = state.current_report
        for caveat in shown_caveats(report) if report is not None else ():
            cursor.insertBlock(self.typesetting.note(bottom=0))
            cursor.insertText(one_line(caveat, limit=400), self.typesetting.small("partly"))
        self._write_gaps(cursor, state)
        self._heading(cursor, "What to try", key="try")
        for words in self._advice(state):
            self._item(cursor, words)
        if searches:
            self._heading(cursor, "What was searched", key="searched")
            for search in searches[:_MOST_LISTED]:
                found = counted(len(search.results), "result") if search.results else "nothing"
                found = "no search engine answered" if search.is_unanswered else found
                self._item(cursor, f"“{one_line(search.query, limit=200)}”", found)
            self._more(cursor, len(searches) - _MOST_LISTED)
        if state.sources or failures:
            self._heading(cursor, "What was opened", key="opened")
            for source in list(state.sources.values())[:_MOST_LISTED]:
                self._item(cursor, source_title(source), source_line(source))
            for failure in list(failures.values())[:_MOST_LISTED]:
                reason = one_line(failure.reason, limit=200)
                self._item(cursor, one_line(failure.title, limit=200), f"could not be read: {reason}")
            self._more(cursor, max(0, len(state.sources) - _MOST_LISTED) + max(0, len(failures) - _MOST_LISTED))
        self._heading(cursor, "How this was made", key="making")
        self._note(cursor, f"{one_line(state.engine, limit=300)}. Plumbline {state.version}.")
        for caveat in folded_caveats(report) if report is not None else ():
            self._item(cursor, one_line(caveat, limit=400))

    def _write_gaps(self, cursor: QTextCursor, state: RunState) -> None:
        report = state.current_report
        gaps = report.gaps if report is not None else ()
        if not any(one_line(gap.reason) for gap in gaps):
            return
        self._heading(cursor, "What is missing", key="gaps")
        for gap in gaps:
            if one_line(gap.question) != one_line(state.question):
                self._paragraph(cursor, one_line(gap.question), self.typesetting.strong(), bottom=SPACE_1)
            if gap.claim is not None:
                failed = f"Written, and not said by what it cites: “{one_line(gap.claim.text, limit=600)}”"
                self._paragraph(cursor, failed, self.typesetting.quiet(), bottom=SPACE_1)
            self._paragraph(cursor, one_line(gap.reason), self.typesetting.body())

    def _summary(self, state: RunState, searches: int, failures: int) -> str:
        opened = counted(len(state.sources), "source was", "sources were")
        parts = [f"{counted(searches, 'search', 'searches')} made, {opened} opened and read"]
        if failures:
            parts.append(f"{failures} could not be read")
        so_far = ", ".join(parts)
        if state.sources:
            return f"{so_far}. None of them says anything on the question, and Plumbline does not guess."
        return f"{so_far}. Plumbline does not guess."

    def _advice(self, state: RunState) -> tuple[str, ...]:
        advice = ["Ask with other words: those that a document on the subject would use itself."]
        reach = state.scope.reach
        unanswered = sum(search.is_unanswered for episode in state.episodes for search in episode.searches)
        if unanswered:
            advice.insert(0, "Ask again later: search engines did not answer, which says nothing of what there is.")
        if any(failure.obstacle.can_be_rescued for episode in state.episodes for failure in episode.failed):
            advice.insert(0, "Supply a page that could not be read: choose it under Sources.")
        if limits_words(state.scope.web):
            advice.append(f"Ask with fewer web options; these were set: {limits_words(state.scope.web)}.")
        if not reach.has_web:
            advice.append("Look it up on the web: right-click here, or choose it with Ctrl+K.")
        if not reach.has_library:
            pass
        elif state.scope.folders:
            advice.append("Search all folders: this question was asked of some of them.")
        else:
            advice.append("Add a folder with documents on the subject.")
        if state.depth is not Depth.THOROUGH:
            advice.append("Choose a greater depth: more searches, and more sources opened for each.")
        return tuple(advice)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = self.createStandardContextMenu(event.pos())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._state is not None:
            words = self.textCursor().selectedText().strip() or self._state.question
            look_up = menu.addAction(self.theme.icon("globe"), LOOK_UP)
            look_up.triggered.connect(partial(self.look_up_requested.emit, words))
        menu.popup(event.globalPos())

    # --- writing ---

    def _heading(self, cursor: QTextCursor, text: str, *, key: str) -> None:
        cursor.insertBlock(self.typesetting.heading_block(key=key))
        cursor.insertText(text, self.typesetting.heading())

    def _paragraph(
        self, cursor: QTextCursor, text: str, characters: QTextCharFormat, *, bottom: float = SPACE_4
    ) -> None:
        cursor.insertBlock(self.typesetting.paragraph(bottom=bottom))
        cursor.insertText(text, characters)

    def _item(self, cursor: QTextCursor, text: str, note: str = "") -> None:
        setting = self.typesetting
        block: QTextBlockFormat = setting.block(Role.ITEM, bottom=SPACE_1, left=SPACE_4)
        setting.hang(block)
        cursor.insertBlock(block)
        cursor.insertText("–\t", setting.small())
        cursor.insertText(text, setting.body())
        if note:
            cursor.insertText(f"\u2002{note}", setting.small())

    def _note(self, cursor: QTextCursor, text: str, *, bottom: float = SPACE_2) -> None:
        cursor.insertBlock(self.typesetting.note(bottom=bottom))
        cursor.insertText(text, self.typesetting.small("text_secondary"))

    def _more(self, cursor: QTextCursor, count: int) -> None:
        if count > 0:
            self._note(cursor, f"and {count} more, in the panes at the side")


def _headline(searches: Sequence[SearchRan]) -> str:
    """Return the first sentence; that nobody searched is never called not found."""
    if searches and all(search.is_unanswered for search in searches):
        return "No search engine answered, so nothing can be said."
    return "Not found in these sources."
