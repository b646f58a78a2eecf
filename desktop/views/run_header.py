"""The head of a run: the question as the title, the facts about it on one line, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.plain_text import as_tip, one_line
from desktop.theme import Theme
from desktop.time_words import clock_words, duration_words
from desktop.views.controls import Label, TextButton
from desktop.views.versions import VersionChip
from desktop.web_words import limits_words
from desktop.words import DEPTH_WORDS
from engine.agent.state import RunState
from engine.counting import counted
from engine.domain import FolderId, ReportVersion
from resources.tokens import ICON, SPACE_1, SPACE_2, SPACE_4, SPACE_6

_DOT = " · "
_MOST_LINES = 3
_FACTS_LINES = 2
LEAST_WIDTH = 240
"""Said explicitly, because the margins that keep to a wide column would otherwise hold the window open."""


class RunHeader(QWidget):
    """Keeps to the column of the page below it."""

    export_requested = Signal()
    ask_again_requested = Signal()
    change_requested = Signal()
    """What can be done with the report is wanted, at ``change_place``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, now: Callable[[], datetime]) -> None:
        super().__init__(parent)
        self._now = now
        self.setMinimumWidth(LEAST_WIDTH)
        self._state: RunState | None = None
        self._column = (SPACE_6, LEAST_WIDTH)
        self._folder_names: Mapping[FolderId, str] = {}
        self.title = TitleLabel(self)
        self.facts = FactsLabel(self)
        self._is_queued = False
        self._export = TextButton("Export", kind="quiet", theme=theme, icon="export", parent=self)
        self._again = TextButton("Ask again", kind="quiet", theme=theme, icon="arrow-clockwise", parent=self)
        self._change = TextButton("Change", kind="quiet", theme=theme, icon="note-pencil", parent=self)
        self._words = {button: button.accessibleName() for button in (self._change, self._again, self._export)}
        self._wanted: tuple[TextButton, ...] = ()
        self.versions = VersionChip(theme, parent=self)
        self.versions.hide()
        self._export.clicked.connect(self.export_requested)
        self._again.clicked.connect(self.ask_again_requested)
        self._change.clicked.connect(self.change_requested)
        row = QHBoxLayout()
        row.setSpacing(SPACE_1)
        row.addWidget(self.facts, 1)
        row.addWidget(self.versions, 0, Qt.AlignmentFlag.AlignTop)
        for button in self._words:
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        # Their height is kept, so that nothing below moves when they come.
        self.facts.setMinimumHeight(max(button.sizeHint().height() for button in self._words))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_2)
        self._layout.setSpacing(SPACE_2)
        self._layout.addWidget(self.title)
        self._layout.addLayout(row)

    def keep_to(self, left: int, width: int) -> None:
        """Begin and end where the column of the page does."""
        self._column = (left, width)
        self._fit_buttons()
        right = max(SPACE_4, self.width() - left - width)
        self._layout.setContentsMargins(left, SPACE_6, right, SPACE_2)

    def show_folder_names(self, names: Mapping[FolderId, str]) -> None:
        """Take over what the library's folders are called."""
        self._folder_names = names
        self.show_facts()

    def show_state(self, state: RunState | None, *, is_queued: bool = False, is_newest: bool = True) -> None:
        """Show a run's question and facts; one that waits for another run has no clock.

        Only the newest version of a report can be changed.
        """
        self._state, self._is_queued = state, is_queued
        self.title.show_title(one_line(state.question, limit=4000) if state is not None else "")
        self.show_facts()
        ended = state is not None and state.outcome is not None
        has_report = state is not None and state.current_report is not None
        wanted = {
            self._change: state is not None and is_newest and can_be_changed(state),
            self._again: ended,
            self._export: has_report and ended,
        }
        self._wanted = tuple(button for button, is_wanted in wanted.items() if is_wanted)
        self._fit_buttons()

    def show_versions(self, versions: tuple[ReportVersion, ...], *, shown: int) -> None:
        """Say which version of the report is read; nothing where there is only one."""
        if len(versions) > 1:
            self.versions.show_versions(versions, shown=shown)
        self.versions.setVisible(len(versions) > 1)
        self._fit_buttons()

    @property
    def change_place(self) -> QPoint:
        """Where a menu of what can be changed belongs, on the screen."""
        return self._below(self._change)

    @property
    def export_place(self) -> QPoint:
        """Where a menu of formats belongs, on the screen."""
        return self._below(self._export)

    def _below(self, button: TextButton) -> QPoint:
        """Return the place below a button; where it is hidden, below the title."""
        under = button if button.isVisible() else self.title
        return under.mapToGlobal(QPoint(0, under.height()))

    def show_facts(self) -> None:
        """Say the facts again: time has passed."""
        state = self._state
        self.facts.show_facts([] if state is None else self._facts(state))
        # What the engine is called says more after a colon than the line has room for.
        self.facts.setToolTip("" if state is None else one_line(state.engine, limit=400))

    def _facts(self, state: RunState) -> list[str]:
        until = state.updated_at if state.outcome is not None or state.is_paused else max(self._now(), state.updated_at)
        facts = [self._scope_words(state), DEPTH_WORDS[state.depth][0]]
        facts.append(_unbroken(one_line(state.engine, limit=80).partition(":")[0]))
        elapsed_s = state.worked_s + (until - state.updated_at).total_seconds()
        if state.outcome is not None:
            facts.append(_unbroken(duration_words(elapsed_s)))
        elif not self._is_queued:
            facts.append(_unbroken(clock_words(elapsed_s)))
        if state.sources:
            facts.append(_unbroken(counted(len(state.sources), "source")))
        if state.passages:
            facts.append(_unbroken(counted(len(state.passages), "passage")))
        return facts

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The page may have got its width, and told its column, before.
        self.keep_to(*self._column)
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        """Let buttons show only their icons, or even go, where the facts would otherwise need more than two lines.

        "Change" keeps its words longest and stays; "Ask again" goes first: keys and the palette still have what goes.
        """
        room = min(self.width(), self._column[1])
        if not self.versions.isHidden():
            self.versions.ensurePolished()
            room -= self.versions.sizeHint().width() + SPACE_1
        room -= sum(_full_width(button, self._words[button]) + SPACE_1 for button in self._wanted)
        wordless: set[TextButton] = set()
        gone: set[TextButton] = set()
        steps = (
            (self._again, False),
            (self._export, False),
            (self._again, True),
            (self._change, False),
            (self._export, True),
        )
        for button, goes in steps:
            if button not in self._wanted or self.facts.lines_within(room) <= _FACTS_LINES:
                continue
            if goes:
                room += _full_width(button, "") + SPACE_1
                gone.add(button)
            else:
                room += _full_width(button, self._words[button]) - _full_width(button, "")
                wordless.add(button)
        # Their words first: a button that is wide for a moment would make the facts wrap, and the page move.
        for button, words in self._words.items():
            button.set_words("" if button in wordless else words)
            button.setAccessibleName(words)
            button.setToolTip(words if button in wordless else "")
            button.setVisible(button in self._wanted and button not in gone)

    def _scope_words(self, state: RunState) -> str:
        if not state.scope.reach.has_library:
            limits = limits_words(state.scope.web)
            return f"Web, {limits}" if limits else "Web"
        folders = self._folder_words(state)
        if state.scope.reach.has_web:
            limits = limits_words(state.scope.web)
            return f"{folders} and the web" + (f", {limits}" if limits else "")
        return folders

    def _folder_words(self, state: RunState) -> str:
        if not state.scope.folders:
            return "All folders"
        seen = {source.folder: source.site for source in state.sources.values() if source.folder is not None}
        names = [self._folder_names.get(folder) or seen.get(folder, "") for folder in state.scope.folders]
        known = [one_line(name, limit=40) for name in names if name]
        return ", ".join(known) if len(known) == len(names) <= 2 else counted(len(names), "folder")


def can_be_changed(state: RunState) -> bool:
    """Return whether there is a finished report that somebody could want to be different."""
    return state.outcome is not None and state.report is not None and bool(state.report.claims)


def _full_width(button: TextButton, words: str) -> int:
    """Return how wide a button is with its words."""
    button.ensurePolished()
    return button.fontMetrics().horizontalAdvance(f" {words}" if words else "") + ICON + 2 * SPACE_2 + SPACE_2


def _unbroken(text: str) -> str:
    return text.replace(" ", "\u00a0")


class FactsLabel(Label):
    """Facts with dots between them; where a line ends, the dot is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tone="secondary", wraps=True, parent=parent)
        self._facts: list[str] = []
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    @property
    def full_text(self) -> str:
        """All of the facts on one line."""
        return _DOT.join(self._facts)

    def show_facts(self, facts: list[str]) -> None:
        """Show other facts."""
        self._facts = facts
        self.setAccessibleName(self.full_text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = "\n".join(self._lines(self.width()))
        if shown != self.text():
            self.setText(shown)

    def lines_within(self, width: int) -> int:
        """Return how many lines the facts need where they have a width."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[str]:
        self.ensurePolished()
        metrics = self.fontMetrics()
        lines: list[str] = []
        for fact in self._facts:
            longer = f"{lines[-1]}{_DOT}{fact}" if lines else fact
            if lines and metrics.horizontalAdvance(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(fact)
        return lines


class TitleLabel(Label):
    """A title of at most three lines; what does not fit is cut, and shown on hovering."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tone="title", wraps=True, selectable=True, parent=parent)
        self._whole = ""

    def show_title(self, title: str) -> None:
        """Show another title."""
        self._whole = title
        self.setAccessibleName(f"Question: {title[:500]}")
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.ensurePolished()
        room = max(200, self.width()) * (_MOST_LINES - 0.4)
        metrics = QFontMetrics(self.font())
        shown = self._whole
        if metrics.horizontalAdvance(shown) > room:
            shown = metrics.elidedText(shown, Qt.TextElideMode.ElideRight, round(room))
        if shown != self.text():
            self.setText(shown)
            self.setToolTip(as_tip(self._whole[:1000]) if shown != self._whole else "")
