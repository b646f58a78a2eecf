"""What left this computer for the run on the desk: one request a row, refused ones as well, and their sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QMenu,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.items.ledger import ROW_ROLE, LedgerModel
from desktop.ledger_words import (
    asked_for,
    clock,
    details_of,
    place_of,
    purpose_of,
    result_of,
    sums_of,
    sums_words,
    traffic_of,
)
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from desktop.views.rows import Index, RowDelegate
from engine.network.entry import Entry, Total, Verdict
from engine.network.gate import Purpose
from resources.tokens import ICON, SPACE_1, SPACE_2, SPACE_3

PURPOSE_ICONS = {
    Purpose.SEARCH: "magnifying-glass",
    Purpose.PAGE: "globe-simple",
    Purpose.ROBOTS: "robot",
    Purpose.MODEL_HUB: "download-simple",
    Purpose.MODEL_SERVER: "brain",
}
_NOTHING = "Nothing left this computer for this run."


class NetworkPane(QWidget):
    """Follows the ledger; the newest request is at the top."""

    count_changed = Signal(str)
    """How many requests were made, for the head of the pane."""
    older_wanted = Signal(int)
    privacy_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count_text = ""
        self.model = LedgerModel(self)
        self.model.older_wanted.connect(self.older_wanted)
        self._totals = Label(tone="small", wraps=True)
        self._totals.setContentsMargins(SPACE_3, 0, 0, 0)
        self._all = TextButton(
            "All requests…", kind="link", tip="What left this computer, of every run  (Ctrl+Shift+P)"
        )
        self._all.clicked.connect(self.privacy_requested)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, SPACE_2, SPACE_1)
        head.addWidget(self._totals, 1)
        head.addWidget(self._all, 0, Qt.AlignmentFlag.AlignTop)
        self.list = QListView(self)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(theme, self.list))
        self.list.setAccessibleName("What left this computer for this run")
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._show_menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_1, 0, SPACE_1, SPACE_1)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        theme.changed.connect(self.list.viewport().update)
        self.setFocusProxy(self.list)
        self.show_totals(())

    @property
    def count_text(self) -> str:
        """How many requests were made."""
        return self._count_text

    def clear(self) -> None:
        """Show nothing, before another run is shown."""
        self.model.clear()
        self.show_totals(())

    def show_totals(self, totals: Iterable[Total]) -> None:
        """Show the sum."""
        sums = sums_of(totals)
        has_any = bool(sums.requests or sums.refused)
        self._totals.setText(sums_words(sums) if has_any else _NOTHING)
        self.list.setVisible(has_any)
        text = f"{sums.requests:,}" if has_any else "nothing left"
        if text != self._count_text:
            self._count_text = text
            self.count_changed.emit(text)

    def show_newest(self, entries: Sequence[Entry]) -> None:
        """Take over the newest requests."""
        bar = self.list.verticalScrollBar()
        was_at_top = bar.value() <= 4
        self.model.follow(entries, is_at_top=was_at_top)
        if was_at_top:
            self.list.scrollToTop()

    def _show_menu(self, point: QPoint) -> None:
        entry: Entry | None = self.list.indexAt(point).data(ROW_ROLE)
        if entry is not None:
            menu_for(entry, self._theme, self).popup(self.list.viewport().mapToGlobal(point))


class EntryDelegate(RowDelegate):
    """Two lines: where, and what exactly was asked; at the right when, and how much."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002
        second = QFontMetrics(self.small_font(option.font)).height()
        return QSize(120, option.fontMetrics.height() + second + 2 * SPACE_1 + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        entry: Entry = index.data(ROW_ROLE)
        option.text = ""
        self.draw_ground(painter, option)
        rect = option.rect
        is_refused = entry.verdict is Verdict.REFUSED
        small = self.small_font(option.font)
        line, second = option.fontMetrics.height(), QFontMetrics(small).height()
        top = rect.top() + SPACE_1 + 1
        name, colour = ("prohibit", "unsupported") if is_refused else (PURPOSE_ICONS[entry.purpose], "text_secondary")
        self.draw_icon(painter, QRect(rect.left() + SPACE_2, top + (line - ICON) // 2, ICON, ICON), name, colour)
        left, right = rect.left() + SPACE_2 + ICON + SPACE_2, rect.right() - SPACE_2
        at = clock(entry.at)
        at_width = QFontMetrics(small).horizontalAdvance(at) + 2
        self.draw_line(painter, QRect(right - at_width, top, at_width, line), at, small, "text_muted", right=True)
        title = QRect(left, top, right - at_width - SPACE_2 - left, line)
        provider = f" · {purpose_of(entry).split(', ', 1)[1]}" if entry.provider else ""
        self.draw_line(painter, title, place_of(entry) + provider, option.font, "text")
        below = top + line + 1
        ending = "" if is_refused else traffic_of(entry).replace(" out, ", " ↑ ").replace(" in", " ↓")
        width = QFontMetrics(small).horizontalAdvance(ending) + 2 if ending else 0
        if ending:
            self.draw_line(painter, QRect(right - width, below, width, second), ending, small, "text_muted", right=True)
        words = one_line(asked_for(entry), limit=300)
        words = f"{result_of(entry)} · {words}" if is_refused or entry.reason else words
        place = QRect(left, below, right - left - (width + SPACE_2 if width else 0), second)
        self.draw_line(painter, place, words, small, "unsupported" if is_refused else "text_muted")


def menu_for(entry: Entry, theme: Theme, parent: QWidget) -> QMenu:
    """Return what can be done with a request."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    copy = QGuiApplication.clipboard().setText
    icon = theme.icon("copy")
    menu.addAction(icon, "Copy what was asked").triggered.connect(partial(copy, entry.words or entry.path))
    menu.addAction(icon, "Copy the whole record").triggered.connect(partial(copy, details_of(entry)))
    return menu
