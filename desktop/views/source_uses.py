"""Which sentences of the report rest on the source that is shown; choosing one goes there."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.uses import Use, used_words
from desktop.views.controls import TextButton
from desktop.views.sign_icons import state_icon
from engine.citations.wording import STATE_WORDS
from engine.domain import ClaimId
from resources.tokens import ICON

_MOST_HEIGHT = 168
_MOST_CHARACTERS = 300


class SourceUses(QWidget):
    """A heading that says how many, and unfolds the list of them; hidden where there is none."""

    claim_requested = Signal(object)
    """ClaimId: show the sentence in the report."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._uses: tuple[Use, ...] = ()
        self._heading = TextButton("", kind="disclosure", theme=theme, icon="caret-right", parent=self)
        self._heading.clicked.connect(self._toggle)
        self.list = QListWidget(self)
        self.list.setAccessibleName("Sentences that rest on this source")
        self.list.setWordWrap(True)
        self.list.setIconSize(QSize(ICON, ICON))
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.hide()
        self.list.itemActivated.connect(self._choose)
        self.list.itemClicked.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addWidget(self.list)
        theme.changed.connect(self._fill)
        self.show_uses(())

    @property
    def uses(self) -> tuple[Use, ...]:
        """The sentences."""
        return self._uses

    def show_uses(self, uses: tuple[Use, ...]) -> None:
        """Show the sentences that have to do with a source."""
        if uses != self._uses or not uses:
            self._uses = uses
            words = used_words(uses)
            self._heading.set_words(words[:1].upper() + words[1:])
            self._fill()
        self.setVisible(bool(uses))

    def unfold(self, *, is_unfolded: bool) -> None:
        """Show the sentences, or only how many they are."""
        self.list.setVisible(is_unfolded)
        self._heading.set_icon("caret-down" if is_unfolded else "caret-right")
        self._heading.setAccessibleDescription("unfolded" if is_unfolded else "folded")
        self.fit()

    def _toggle(self) -> None:
        self.unfold(is_unfolded=self.list.isHidden())

    def _fill(self) -> None:
        self.list.clear()
        for use in self._uses:
            item = QListWidgetItem(
                state_icon(use.claim.state, self._theme), one_line(use.words, limit=_MOST_CHARACTERS)
            )
            item.setData(Qt.ItemDataRole.UserRole, int(use.claim.id))
            state = STATE_WORDS[use.claim.state]
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{one_line(use.words, limit=_MOST_CHARACTERS)} ({state})")
            self.list.addItem(item)
        self.fit()

    def fit(self) -> None:
        """Be as high as the sentences need, up to a limit: most of the room is for the source."""
        if self.list.isHidden():
            return
        heights = [self.list.sizeHintForRow(row) for row in range(self.list.count())]
        parent = self.parentWidget()
        most = min(_MOST_HEIGHT, parent.height() // 3) if parent is not None else _MOST_HEIGHT
        self.list.setFixedHeight(min(sum(heights), max(most, heights[0] if heights else 0)) + 2)

    def _choose(self, item: QListWidgetItem) -> None:
        self.claim_requested.emit(ClaimId(int(item.data(Qt.ItemDataRole.UserRole))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()
