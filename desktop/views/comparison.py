"""Two versions of a report, claim by claim: what is the same, in other words, new, gone, or not established any more.

Signs, words and lines tell what changed; colours only help.
"""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QWidget

from desktop.plain_text import laid_out, one_line
from desktop.theme import Theme
from desktop.views.citation_chip import MARK_OBJECT, OBJECT_CHARACTER, MarkPainter, mark_format
from desktop.views.comparing import Told
from desktop.views.reading_view import ReadingView
from desktop.views.typesetting import Property, Role, with_ground
from engine.citations.versions import Change, ChangeKind, Words, compare, words_diff
from engine.citations.wording import STATE_SIGNS, STATE_WORDS
from engine.counting import counted
from engine.domain import ReportVersion
from resources.tokens import SPACE_1, SPACE_4, SPACE_6

KIND_WORDS = {
    ChangeKind.KEPT: ("=", "The same"),
    ChangeKind.REWORDED: ("≈", "In other words"),
    ChangeKind.ADDED: ("+", "Added"),
    ChangeKind.REMOVED: ("−", "Left out"),
    ChangeKind.MOVED_OUT: ("↓", "Moved to “Not established”"),
}
"""The sign and the words for what became of a claim."""
_COUNTED = (
    (ChangeKind.REWORDED, "in other words"),
    (ChangeKind.ADDED, "added"),
    (ChangeKind.REMOVED, "left out"),
    (ChangeKind.MOVED_OUT, "not established any more"),
    (ChangeKind.KEPT, "the same"),
)
_LEAST_SAME = 0.4
"""Share of the shorter sentence that is in both, below which single words that are the same mean nothing."""
_BETWEEN = Words(text="\u2028", is_old=True, is_new=True)


def is_change(change: Change) -> bool:
    """Return whether anything is different: the words, the place, or how well it is supported."""
    return change.kind is not ChangeKind.KEPT or change.is_state_changed


def count_words(changes: tuple[Change, ...]) -> str:
    """Return ``1 in other words · 2 left out · 4 the same`` for the sentences of two versions."""
    counts = Counter(change.kind for change in changes)
    parts = [f"{counts[kind]} {words}" for kind, words in _COUNTED if counts[kind]]
    states = sum(change.is_state_changed for change in changes)
    if states:
        parts.append(f"{counted(states, 'sentence')} in another state")
    return " · ".join(parts) if parts else "no sentences"


class ComparisonPage(ReadingView):
    """N and P go from change to change, Escape leaves."""

    left = Signal()
    """Back to the report."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._changes: tuple[Change, ...] = ()
        self._shows_all = True
        self._at = -1
        super().__init__(theme, parent)
        self.setAccessibleName("Comparison of two versions")

    @property
    def changes(self) -> tuple[Change, ...]:
        """What became of each claim."""
        return self._changes

    def show_versions(self, old: ReportVersion, new: ReportVersion) -> None:
        """Compare two versions."""
        self._changes = compare(old.report, new.report)
        self._at = -1
        self.setAccessibleDescription(f"Version {old.number} and version {new.number}: {count_words(self._changes)}")
        self.set_document()

    def show_all(self, *, shows_all: bool) -> None:
        """Show the sentences that are the same, too, or only what changed."""
        if shows_all != self._shows_all:
            self._shows_all = shows_all
            self._at = -1
            self.set_document_in_place()

    def forget(self) -> None:
        """Show nothing."""
        self._changes = ()
        self.set_document()

    def step(self, step: int) -> None:
        """Go to the next (1) or the previous (-1) change."""
        numbers = [number for number, change in enumerate(self._changes) if is_change(change)]
        if not numbers:
            return
        if self._at in numbers:
            self._at = numbers[(numbers.index(self._at) + step) % len(numbers)]
        else:
            self._at = numbers[0 if step > 0 else -1]
        block = self.document().begin()
        while block.isValid():
            if block.blockFormat().property(Property.KEY) == f"change:{self._at}":
                cursor = QTextCursor(block)
                cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
                self.setTextCursor(cursor)
                self.show_range(cursor)
                return
            block = block.next()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif plain and event.key() in (Qt.Key.Key_N, Qt.Key.Key_P):
            self.step(1 if event.key() == Qt.Key.Key_N else -1)
        else:
            super().keyPressEvent(event)

    # --- the document ---

    def _prepare(self, document: QTextDocument) -> None:
        document.documentLayout().registerHandler(MARK_OBJECT, MarkPainter(self.theme, parent=document))

    def _set(self, cursor: QTextCursor) -> None:
        shown = [(number, one) for number, one in enumerate(self._changes) if self._shows_all or is_change(one)]
        setting = self.typesetting
        is_first = True
        place: str | None = None
        for number, change in shown:
            if change.place != place:
                place = change.place
                block = setting.heading_block(2, key=f"place:{number}")
                if is_first:
                    block.setTopMargin(0)
                    cursor.setBlockFormat(block)
                else:
                    cursor.insertBlock(block)
                is_first = False
                cursor.insertText(one_line(place, limit=400) or "The answer", setting.heading(2))
            self._write(cursor, change, number=number)
        if not shown:
            cursor.setBlockFormat(setting.paragraph())
            words = "Nothing is different between these two versions." if self._changes else ""
            cursor.insertText(words, setting.body())

    def _write(self, cursor: QTextCursor, change: Change, *, number: int) -> None:
        setting = self.typesetting
        sign, words = KIND_WORDS[change.kind]
        if change.kind is ChangeKind.REWORDED and len(change.before) > 1:
            words = f"{counted(len(change.before), 'sentence')} made one"
        note = setting.note(key=f"change:{number}", top=SPACE_1, bottom=0, left=SPACE_6)
        setting.hang(note)
        cursor.insertBlock(note)
        is_quiet = not is_change(change)
        cursor.insertText(f"{sign}\t", setting.small("text_muted" if is_quiet else "text"))
        cursor.insertText(words, setting.small("text_muted" if is_quiet else "text_secondary"))
        self._write_states(cursor, change)
        cursor.insertBlock(setting.block(Role.PARAGRAPH, left=SPACE_6, bottom=SPACE_4))
        self._write_words(cursor, change)

    def _write_states(self, cursor: QTextCursor, change: Change) -> None:
        """Write the state before and after; once, where they are the same."""
        small = self.typesetting.small("text_muted")
        after = change.after.state if change.after is not None else None
        states = [change.before[0].state] if change.before else []
        states += [after] if after is not None and after not in states else []
        for number, state in enumerate(states):
            cursor.insertText("  →  " if number else "\u2002·\u2002", small)
            mark = mark_format(state, small, sign=STATE_SIGNS[state], words=STATE_WORDS[state])
            cursor.insertText(OBJECT_CHARACTER, mark)

    def _write_words(self, cursor: QTextCursor, change: Change) -> None:
        setting = self.typesetting
        old = " ".join(claim.text for claim in change.before)
        new = change.after.text if change.after is not None else ""
        if change.kind is ChangeKind.KEPT:
            quiet = QTextCharFormat(setting.body())
            if not change.is_state_changed:
                quiet.setForeground(setting.colour("text_secondary"))
            cursor.insertText(_clean(new), quiet)
            return
        for piece in _pieces(_clean(old), _clean(new)):
            characters = setting.body()
            if not piece.is_new:
                characters = _marked(with_ground(characters, setting.colour("unsupported_soft")), is_new=False)
            elif not piece.is_old:
                characters = _marked(with_ground(characters, setting.colour("supported_soft")), is_new=True)
            cursor.insertText(piece.text, characters)


def _pieces(old: str, new: str) -> tuple[Words, ...]:
    """Return what is different; where little is the same, as in another language, all of the old and all of the new."""
    pieces = words_diff(old, new)
    same = sum(len(piece.text.strip()) for piece in pieces if piece.is_old and piece.is_new)
    if old and new and same < _LEAST_SAME * min(len(old), len(new)):
        return (Words(text=old, is_old=True, is_new=False), _BETWEEN, Words(text=new, is_old=False, is_new=True))
    return pieces


def _marked(characters: QTextCharFormat, *, is_new: bool) -> QTextCharFormat:
    characters.setProperty(Told.PROPERTY, Told.NEW if is_new else Told.OLD)
    if is_new:
        characters.setFontUnderline(True)
    else:
        characters.setFontStrikeOut(True)
    return characters


def _clean(text: str) -> str:
    return laid_out(" ".join(text.split()))
