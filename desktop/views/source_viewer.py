"""A source as it was read: its archived text with the cited words marked, and where the original is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop.evidence import FORMAT_WORDS, source_title
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.time_words import moment_words
from desktop.uses import Use
from desktop.views.controls import ElidedLabel, Hairline, IconButton, Label, TextButton, ground
from desktop.views.find_bar import FindBar
from desktop.views.source_text import SourceText, Span
from desktop.views.source_uses import SourceUses
from desktop.web_words import site_of
from engine.citations.wording import address_words
from engine.domain import Locator, Source
from engine.reading.document import Document
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4


class SourceViewer(QFrame):
    """Shows what Plumbline read, which is what citations rest on, even if the file has changed since."""

    closed = Signal()
    """Back to where one came from."""
    open_requested = Signal(str, object)
    """Address and Locator: open the original there."""
    claim_requested = Signal(object)
    """ClaimId: show a sentence that rests on the source in the report."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        document_of: Callable[[str], Document] | None = None,
    ) -> None:
        super().__init__(parent)
        ground(self, "surface")
        self._document_of = document_of
        self._source: Source | None = None
        self._document: Document | None = None
        self._spans: tuple[Span, ...] = ()
        self._at = -1
        self.text = SourceText(theme, self)
        self.find_bar = FindBar(theme, self.text, self)
        self.find_bar.closed.connect(self.text.setFocus)
        self._build(theme)
        find = QShortcut(QKeySequence.StandardKey.Find, self, self.find_bar.open_bar)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.setFocusProxy(self.text)
        self.show_source(None, None)

    def _build(self, theme: Theme) -> None:
        self._back = IconButton(theme, "arrow-left", "Back", shortcut="Esc", parent=self)
        self._back.clicked.connect(self.closed)
        self._title = ElidedLabel(tone="strong", parent=self)
        self._previous = IconButton(theme, "caret-up", "Previous passage", parent=self)
        self._next = IconButton(theme, "caret-down", "Next passage", parent=self)
        self._place = Label(tone="small", parent=self)
        self._previous.clicked.connect(self.show_previous)
        self._next.clicked.connect(self.show_next)
        self._search = IconButton(theme, "magnifying-glass", "Find in this source", shortcut="Ctrl+F", parent=self)
        self._search.clicked.connect(self.find_bar.open_bar)
        self._path = ElidedLabel(tone="small", mode=Qt.TextElideMode.ElideMiddle, parent=self)
        self._facts = ElidedLabel(tone="small", parent=self)
        self._warnings = Label(tone="small", wraps=True, parent=self)
        self.uses = SourceUses(theme, self)
        self.uses.claim_requested.connect(self.claim_requested)
        self._original = TextButton("Open original", kind="link", theme=theme, parent=self)
        self._original.clicked.connect(self._open_original)
        first = QHBoxLayout()
        first.setSpacing(SPACE_1)
        first.addWidget(self._back)
        first.addWidget(self._title, 1)
        first.addWidget(self._place)
        for button in (self._previous, self._next, self._search):
            first.addWidget(button)
        second = QHBoxLayout()
        second.setSpacing(SPACE_2)
        facts = QVBoxLayout()
        facts.setSpacing(1)
        facts.addWidget(self._path)
        facts.addWidget(self._facts)
        second.addLayout(facts, 1)
        second.addWidget(self._original, 0, Qt.AlignmentFlag.AlignTop)
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_2, SPACE_2, SPACE_2, SPACE_2)
        head.setSpacing(SPACE_1)
        head.addLayout(first)
        under = QVBoxLayout()
        under.setContentsMargins(SPACE_2, 0, SPACE_1, 0)
        under.addLayout(second)
        under.addWidget(self._warnings)
        under.addWidget(self.uses)
        head.addLayout(under)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(Hairline(parent=self))
        layout.addWidget(self.text, 1)

    # --- showing ---

    @property
    def source(self) -> Source | None:
        """What is shown."""
        return self._source

    def show_source(
        self,
        source: Source | None,
        document: Document | None,
        highlight: Span | None = None,
        others: Sequence[Span] = (),
        uses: tuple[Use, ...] = (),
    ) -> None:
        """Show the archived text of a source.

        Args:
            source: None empties the view.
            document: its text; when None it is asked for by the source's text hash.
            highlight: the cited span to go to; the first of the others when None.
            others: other cited spans.
            uses: the sentences of the report that have to do with it.
        """
        if source is not None and document is None and self._document_of is not None:
            document = self._document_of(source.text_hash)
        self.find_bar.hide()
        is_same = document is not None and self._document is document and self._source == source
        self._source, self._document = source, document
        length = len(document.text) if document is not None else 0
        wanted = {span for span in [*others, *([highlight] if highlight else [])] if 0 <= span[0] < span[1] <= length}
        self._spans = tuple(sorted(wanted))
        start = highlight if highlight in wanted else (self._spans[0] if self._spans else None)
        self._at = self._spans.index(start) if start is not None else -1
        if is_same and start is not None and self.text.is_complete:
            self.text.highlight(start)
        else:
            rest = tuple(span for span in self._spans if span != start)
            self.text.show_document(document, highlight=start, others=rest)
        self.uses.show_uses(uses)
        self._show_head()

    def show_next(self) -> None:
        """Go to the next cited passage."""
        self._step(1)

    def show_previous(self) -> None:
        """Go to the previous cited passage."""
        self._step(-1)

    def _step(self, step: int) -> None:
        if self._spans:
            self._at = (self._at + step) % len(self._spans)
            self.text.highlight(self._spans[self._at])
            self._show_place()

    def _show_head(self) -> None:
        source = self._source
        if source is None:
            self._title.set_text("")
            self._path.set_text("")
            self._facts.set_text("")
            self._warnings.hide()
            self._show_place()
            return
        site = site_of(source.address)
        self._original.set_words("Open live page" if site else "Open original")
        self._original.setToolTip(f"Your browser contacts {site}; Plumbline sends nothing" if site else "")
        self._title.set_text(source_title(source))
        self.setAccessibleName(f"Source: {source_title(source)}")
        self._path.set_text(address_words(source.address))
        facts = [FORMAT_WORDS.get(source.format, source.format), f"read {moment_words(source.read_at)}"]
        if source.is_supplied:
            facts.insert(0, "supplied by you")
        if site and source.published:
            facts.insert(0, one_line(source.published, limit=20))
        facts.append(f"hash {source.text_hash[:8]}")
        self._facts.set_text(" · ".join(facts))
        self._warnings.setText("\n".join(one_line(warning, limit=300) for warning in source.warnings))
        self._warnings.setVisible(bool(source.warnings))
        self._show_place()

    def _show_place(self) -> None:
        many = len(self._spans) > 1
        self._place.setText(f"{self._at + 1} of {len(self._spans)}" if many else "")
        for widget in (self._place, self._previous, self._next):
            widget.setVisible(many)

    # --- acting ---

    def _open_original(self) -> None:
        if self._source is not None:
            self.open_requested.emit(self._source.address, self._locator())

    def _locator(self) -> Locator:
        if self._document is None or self._at < 0:
            return Locator()
        return self._document.locator_at(self._spans[self._at][0])

    # --- Qt ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.uses.fit()
        size = self.find_bar.sizeHint()
        width = min(size.width(), self.width() - 2 * SPACE_2)
        top = self.text.y() + SPACE_3
        self.find_bar.setGeometry(self.width() - width - SPACE_4, top, width, size.height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.text.setFocus()
