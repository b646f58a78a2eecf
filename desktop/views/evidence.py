"""The column beside the work: plan, sources, trace and network, as panes, an accordion, or tabs, as room allows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop.theme import Theme
from desktop.views.controls import Hairline, IconButton, Label, TextButton, ground
from resources.tokens import SPACE_1, SPACE_2, SPACE_3

ACCORDION_BELOW = 640
"""Height in logical pixels under which only one pane is open at a time."""
_HEADER_HEIGHT = 40
_MIN_PANE = 110
_FIRST_HEIGHTS = ((180, 1), (330, 2), (330, 2), (220, 2))
"""Of plan, sources, trace and network at the first start, in logical pixels, and their shares of any other room."""


class Arrangement(StrEnum):
    """How the panes share the room."""

    PANES = "panes"
    ACCORDION = "accordion"
    TABS = "tabs"


class Pane(QWidget):
    """A pane with its heading; the heading folds it."""

    folded = Signal(str, bool)
    """The pane's key, and whether it is folded now; only when a person did it."""

    def __init__(self, key: str, title: str, body: QWidget, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = key
        self.title = title
        self.body = body
        self._summary = ""
        self._is_folded = False
        self._heading = TextButton("", kind="heading", theme=theme, icon="caret-down")
        self._heading.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._heading.clicked.connect(self._toggle)
        self._count = Label(tone="small", parent=self._heading)
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inside = QHBoxLayout(self._heading)
        inside.setContentsMargins(0, 0, SPACE_3, 0)
        inside.addStretch(1)
        inside.addWidget(self._count)
        self._holder = QVBoxLayout()
        self._holder.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addLayout(self._holder, 1)
        self.setMinimumHeight(_HEADER_HEIGHT)
        self._heading.setFixedHeight(_HEADER_HEIGHT)
        self.take_body()
        self.set_summary("")

    @property
    def is_folded(self) -> bool:
        """Whether only the heading shows."""
        return self._is_folded

    def take_body(self) -> None:
        """Have the pane's content under the heading, after it was in a tab."""
        self._holder.addWidget(self.body)
        self.body.setVisible(not self._is_folded)

    def set_summary(self, summary: str) -> None:
        """Show a count beside the title."""
        self._summary = summary
        self._heading.set_words(self.title)
        self._count.setText(summary)
        self._heading.setAccessibleName(f"{self.title} {summary}".strip())
        self._heading.setAccessibleDescription("folded" if self._is_folded else "unfolded")

    def fold(self, *, folded: bool) -> None:
        """Show only the heading, or everything."""
        self._is_folded = folded
        self.body.setVisible(not folded)
        self._heading.set_icon("caret-right" if folded else "caret-down")
        self.setMinimumHeight(_HEADER_HEIGHT if folded else _MIN_PANE)
        self.setMaximumHeight(_HEADER_HEIGHT if folded else 16777215)
        self._heading.setAccessibleDescription("folded" if folded else "unfolded")

    def _toggle(self) -> None:
        self.fold(folded=not self._is_folded)
        self.folded.emit(self.key, self._is_folded)


class EvidenceView(QWidget):
    """Arranges the panes; what is in them is not its business."""

    fold_requested = Signal()
    folds_changed = Signal()
    """A person folded or unfolded a pane."""

    def __init__(
        self, theme: Theme, *, panes: Mapping[str, tuple[str, QWidget]], parent: QWidget | None = None
    ) -> None:
        """Arrange panes.

        Args:
            theme: what it is drawn with.
            panes: title and content by key, in their order.
            parent: the owner.
        """
        super().__init__(parent)
        ground(self, "window")
        self.setAccessibleName("Plan, sources and trace")
        self._arrangement = Arrangement.PANES
        self._wants_tabs = False
        self._preferred = dict.fromkeys(panes, False)
        self.splitter = QSplitter(Qt.Orientation.Vertical)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self._panes = {key: Pane(key, title, body, theme) for key, (title, body) in panes.items()}
        for pane in self._panes.values():
            pane.folded.connect(self._person_folded)
            self.splitter.addWidget(pane)
        # What is left over when everything is folded.
        self.splitter.addWidget(QWidget())
        for position, (_, share) in enumerate(_FIRST_HEIGHTS):
            self.splitter.setStretchFactor(position, share)
        self.splitter.setSizes([height for height, _ in _FIRST_HEIGHTS] + [0])
        self._tabs = QTabBar()
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        for pane in self._panes.values():
            self._tabs.addTab(pane.title)
        self._pages = QStackedWidget()
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self._tab_bar = QWidget()
        bar = QHBoxLayout(self._tab_bar)
        bar.setContentsMargins(SPACE_2, 0, SPACE_2, 0)
        bar.addWidget(self._tabs)
        bar.addStretch(1)
        fold = IconButton(theme, "caret-down", "Fold plan, sources and trace", shortcut="Ctrl+Shift+B")
        fold.clicked.connect(self.fold_requested)
        bar.addWidget(fold)
        self._tab_line = Hairline()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._head(theme))
        layout.addWidget(self._tab_bar)
        layout.addWidget(self._tab_line)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self.splitter, 1)
        self._show_tabs(shown=False)

    def _head(self, theme: Theme) -> QWidget:
        self._head_bar = QWidget()
        self.runs = QHBoxLayout()
        """Where the choice between the runs of a session goes."""
        fold = IconButton(theme, "sidebar-right", "Fold plan, sources and trace", shortcut="Ctrl+Shift+B")
        fold.clicked.connect(self.fold_requested)
        bar = QHBoxLayout(self._head_bar)
        bar.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_1)
        bar.addWidget(Label("How this came about", tone="strong"))
        bar.addStretch(1)
        bar.addLayout(self.runs)
        bar.addWidget(fold)
        return self._head_bar

    @property
    def arrangement(self) -> Arrangement:
        """How the panes share the room now."""
        return self._arrangement

    def set_summary(self, key: str, summary: str) -> None:
        """Show a count beside a pane's title."""
        pane = self._panes[key]
        pane.set_summary(summary)
        number = list(self._panes).index(key)
        self._tabs.setTabText(number, f"{pane.title}  {summary}".strip())

    def is_folded(self, key: str) -> bool:
        """Return whether a person wants a pane folded; for lack of room others may be as well."""
        return self._preferred[key]

    def fold(self, key: str, *, folded: bool) -> None:
        """Fold or unfold a pane without saying that a person did."""
        self._preferred[key] = folded
        self._panes[key].fold(folded=folded)
        self._share_rest()

    def go_to(self, key: str) -> None:
        """Unfold a pane and put the keyboard into it."""
        if self._arrangement is Arrangement.TABS:
            self._tabs.setCurrentIndex(list(self._panes).index(key))
        elif self._panes[key].is_folded:
            self._panes[key].fold(folded=False)
            self._person_folded(key, False)
        body = self._panes[key].body
        view = body.focusProxy() or body
        view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if isinstance(view, QAbstractItemView) and not view.currentIndex().isValid():
            # Without a row of its own the keyboard would be somewhere that nobody sees.
            view.setCurrentIndex(view.model().index(0, 0))

    def use_tabs(self, *, tabs: bool) -> None:
        """Show the panes as tabs (under the report of a narrow window) or one above the other."""
        self._wants_tabs = tabs
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if self._wants_tabs:
            wanted = Arrangement.TABS
        elif self.height() < ACCORDION_BELOW:
            wanted = Arrangement.ACCORDION
        else:
            wanted = Arrangement.PANES
        if wanted is self._arrangement:
            return
        was_tabs = self._arrangement is Arrangement.TABS
        self._arrangement = wanted
        if wanted is Arrangement.TABS:
            for pane in self._panes.values():
                self._pages.addWidget(pane.body)
            self._pages.setCurrentIndex(max(0, self._tabs.currentIndex()))
        elif was_tabs:
            for pane in self._panes.values():
                pane.take_body()
        self._show_tabs(shown=wanted is Arrangement.TABS)
        if wanted is Arrangement.ACCORDION:
            self._keep_one_open()
        elif wanted is Arrangement.PANES:
            for key, folded in self._preferred.items():
                self._panes[key].fold(folded=folded)
            self._share_rest()

    def _show_tabs(self, *, shown: bool) -> None:
        for widget in (self._tab_bar, self._tab_line, self._pages):
            widget.setVisible(shown)
        self._head_bar.setVisible(not shown)
        self.splitter.setVisible(not shown)

    def _person_folded(self, key: str, is_folded: bool) -> None:
        if self._arrangement is Arrangement.ACCORDION and not is_folded:
            for other, pane in self._panes.items():
                pane.fold(folded=other != key)
        elif self._arrangement is Arrangement.PANES:
            self._preferred[key] = is_folded
        self._share_rest()
        self.folds_changed.emit()

    def _keep_one_open(self) -> None:
        is_open = False
        for pane in self._panes.values():
            pane.fold(folded=is_open or pane.is_folded)
            is_open = is_open or not pane.is_folded
        self._share_rest()

    def _share_rest(self) -> None:
        """Give the room to the panes that are open; where none is, to nothing."""
        rest = self.splitter.widget(len(self._panes))
        if rest is not None:
            rest.setVisible(all(pane.is_folded for pane in self._panes.values()))
