"""The privacy page: whether anything may leave, by which way, and everything that ever did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QSizePolicy,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTabBar,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop.items.hosts import HostColumn, HostsModel
from desktop.items.ledger import ROW_ROLE, Column, LedgerModel
from desktop.ledger_words import sums_of, sums_words
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton, ground
from desktop.views.form_rows import Segments, form_row
from desktop.views.network import menu_for
from engine.network.entry import Entry, Total, Verdict
from engine.network.settings import SYSTEM_PROXY, NetworkSettings
from engine.research import Approval
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6, SPACE_8

_SETTINGS_WIDTH = 760
_COLUMN_WIDTH = 1200
_NARROW = 820
_OWN: Final = "own"
_ONLINE = "Questions that ask for the web reach search engines and pages. Questions to the library do not."
_OFFLINE = "Nothing leaves this computer: every request is refused at the one door that they all pass."
_WIDEST = {
    Column.WHEN: "2026-11-21 13:33:33",
    Column.HOST: "a.host.of.this.example",
    Column.PURPOSE: "Search, Semantic Scholar",
    Column.SENT: "1,023 bytes",
    Column.RECEIVED: "1,023 bytes",
}
"""Words that a column has room for, whatever the size of the text."""


class PrivacyView(QWidget):
    """Shows the ledger and what is decided; what follows from it is up to the desk."""

    online_chosen = Signal(object)
    """bool."""
    robots_chosen = Signal(bool)
    proxy_chosen = Signal(str)
    """Empty for none, ``system``, or ``http://host:port``."""
    filter_changed = Signal(str, bool)
    """The text, and whether only refused requests are wanted."""
    older_wanted = Signal(int)
    export_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        ground(self, "surface")
        self.model = LedgerModel(self)
        self.model.older_wanted.connect(self.older_wanted)
        self.hosts = HostsModel(self)
        self._online = Segments("The network", {True: "Online", False: "Offline"})
        self._online.chosen.connect(self.online_chosen)
        self._online_words = Label(tone="muted", wraps=True)
        self._proxy = Segments("Proxy", {"": "None", SYSTEM_PROXY: "This computer's", _OWN: "Another"})
        self._proxy.chosen.connect(self._choose_proxy)
        self._address = QLineEdit()
        self._address.setPlaceholderText("http://proxy.example.org:3128")
        self._address.setAccessibleName("Address of the proxy")
        self._address.editingFinished.connect(self._write_proxy)
        self._proxy_words = Label(tone="muted", wraps=True)
        self._robots = QCheckBox("Leave pages alone whose sites do not want programs to read them (robots.txt)")
        self._robots.clicked.connect(self.robots_chosen)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter by host, words or path")
        self.filter.setAccessibleName("Filter requests")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        self._refused = QCheckBox("Only refused")
        self._refused.clicked.connect(self._filter)
        self._export = TextButton(
            "Export…", theme=theme, icon="export", tip="Save these requests as a table or as JSON"
        )
        self._export.clicked.connect(self.export_requested)
        self._totals = Label(tone="secondary", wraps=True)
        self.requests = self._table(self.model, "Requests")
        self.requests.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.requests.customContextMenuRequested.connect(self._show_menu)
        self.by_host = self._table(self.hosts, "What went to each host")
        self.requests.setItemDelegateForColumn(Column.RESULT, _ResultDelegate(theme, self.requests))
        self._set_widths()
        self._nothing = Label("No request was ever made from this data folder.", tone="muted")
        self._build()
        self.setFocusProxy(self.filter)

    def _table(self, model: QAbstractItemModel, name: str) -> QTreeView:
        table = QTreeView()
        table.setModel(model)
        table.setAccessibleName(name)
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        table.header().setStretchLastSection(False)
        table.header().setAccessibleName(f"Columns of: {name}")
        return table

    def _set_widths(self) -> None:
        self._fit_columns()
        for column in (Column.ASKED, Column.RESULT):
            self.requests.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.by_host.header().setSectionResizeMode(HostColumn.HOST, QHeaderView.ResizeMode.Stretch)
        self.by_host.setSortingEnabled(True)
        self.by_host.sortByColumn(HostColumn.SENT, Qt.SortOrder.DescendingOrder)

    def _fit_columns(self) -> None:
        metrics = self.requests.fontMetrics()
        for column, words in _WIDEST.items():
            self.requests.setColumnWidth(column, metrics.horizontalAdvance(words) + SPACE_6)
        purpose = metrics.horizontalAdvance(_WIDEST[Column.PURPOSE]) + SPACE_6
        self.by_host.setColumnWidth(HostColumn.PURPOSE, purpose)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange} and hasattr(self, "by_host"):
            self._fit_columns()

    def _build(self) -> None:
        self._tabs = QTabBar()
        self._tabs.setExpanding(False)
        self._tabs.setDrawBase(False)
        self._approvals = QListWidget()
        self._approvals.setAccessibleName("Words that you approved")
        self._approvals.setWordWrap(True)
        for name in ("Requests", "By host", "Approved"):
            self._tabs.addTab(name)
        self._pages = QStackedWidget()
        for page in (self.requests, self.by_host, self._approvals):
            self._pages.addWidget(page)
        self._tabs.currentChanged.connect(self._pages.setCurrentIndex)
        bar = QHBoxLayout()
        bar.setSpacing(SPACE_3)
        bar.addWidget(self._tabs)
        bar.addStretch(1)
        bar.addWidget(self._refused)
        bar.addWidget(self.filter, 100)
        bar.addWidget(self._export)
        self.filter.setMinimumWidth(90)
        self.filter.setMaximumWidth(230)
        self._tabs.setElideMode(Qt.TextElideMode.ElideNone)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        holder = QWidget()
        holder.setMaximumWidth(_COLUMN_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_6, SPACE_8, SPACE_6, SPACE_4)
        row.setSpacing(0)
        row.addStretch(1)
        row.addWidget(holder, 1000)
        row.addStretch(1)
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_3)
        layout.addWidget(Label("Privacy", tone="title"))
        layout.addWidget(self._settings())
        layout.addSpacing(SPACE_2)
        layout.addWidget(Label("What left this computer", tone="heading"))
        layout.addWidget(self._totals)
        layout.addLayout(bar)
        layout.addWidget(self._pages, 1)
        layout.addWidget(self._nothing)
        layout.addStretch(0)

    def _settings(self) -> QWidget:
        holder = QWidget()
        holder.setMaximumWidth(_SETTINGS_WIDTH)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_3)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Label("The network"))
        words.addWidget(self._online_words)
        row = QHBoxLayout()
        row.setSpacing(SPACE_3)
        row.addLayout(words, 1)
        row.addWidget(self._online, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row)
        proxy = QVBoxLayout()
        proxy.setSpacing(SPACE_1)
        proxy.addLayout(form_row("Proxy", "Through which requests go. It sees which sites are asked.", self._proxy))
        proxy.addWidget(self._address)
        proxy.addWidget(self._proxy_words)
        column.addLayout(proxy)
        column.addWidget(self._robots)
        return holder

    # --- what is shown ---

    def show_settings(self, settings: NetworkSettings, *, found_proxy: str) -> None:
        """Show what is decided.

        Args:
            settings: of the door.
            found_proxy: ``host:port`` that this computer is set to use; empty for none.
        """
        is_online = settings.is_online is True
        self._online.show_choice(is_online)
        self._online_words.setText(_ONLINE if is_online else _OFFLINE)
        is_own = settings.proxy not in ("", SYSTEM_PROXY)
        self._proxy.show_choice(_OWN if is_own else settings.proxy)
        self._address.setVisible(is_own)
        if is_own and not self._address.hasFocus():
            self._address.setText(settings.proxy)
        words = f"This computer is set to use {found_proxy}." if found_proxy else "This computer is set to use none."
        self._proxy_words.setText(words)
        self._proxy_words.setVisible(settings.proxy == SYSTEM_PROXY or bool(found_proxy))
        self._robots.setChecked(settings.obey_robots)

    def show_newest(self, entries: Sequence[Entry]) -> None:
        """Take over the newest requests."""
        was_at_top = self.requests.verticalScrollBar().value() <= 4
        self.model.follow(entries, is_at_top=was_at_top)
        if was_at_top:
            self.requests.scrollToTop()

    def show_totals(self, totals: Iterable[Total]) -> None:
        """Show what went to each host, and the sum."""
        rows = tuple(totals)
        self.hosts.show_totals(rows)
        sums = sums_of(rows)
        has_any = bool(rows)
        self._totals.setText(sums_words(sums))
        for widget in (self._pages, self._tabs, self._refused, self.filter, self._export, self._totals):
            widget.setVisible(has_any)
        self._nothing.setVisible(not has_any)

    def show_approvals(self, approvals: Sequence[Approval]) -> None:
        """Show the words that a person read and let leave."""
        self._approvals.clear()
        for approval in approvals:
            at = f"{approval.at.astimezone():%Y-%m-%d %H:%M}"
            self._approvals.addItem(f"{at}   “{one_line(approval.words, limit=2000)}”")
        if not approvals:
            self._approvals.addItem("No words of a private report were ever sent.")

    def start_filter(self) -> None:
        """Put the keyboard into the filter."""
        self._tabs.setCurrentIndex(0)
        self.filter.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.filter.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for column in (Column.PURPOSE, Column.SENT, Column.RECEIVED):
            # Where there is little room, what exactly was asked comes first; the rest is shown on hovering.
            self.requests.setColumnHidden(column, self.width() < _NARROW)

    # --- what a person does ---

    def _filter(self) -> None:
        self._tabs.setCurrentIndex(0)
        self.filter_changed.emit(self.filter.text().strip(), self._refused.isChecked())

    def _choose_proxy(self, choice: str) -> None:
        self._address.setVisible(choice == _OWN)
        if choice == _OWN:
            self._address.setFocus()
            self._write_proxy()
        else:
            self.proxy_chosen.emit(choice)

    def _write_proxy(self) -> None:
        address = self._address.text().strip()
        if address:
            self.proxy_chosen.emit(address if "://" in address else f"http://{address}")

    def _show_menu(self, point: QPoint) -> None:
        entry: Entry | None = self.requests.indexAt(point).data(ROW_ROLE)
        if entry is not None:
            menu_for(entry, self._theme, self).popup(self.requests.viewport().mapToGlobal(point))


class _ResultDelegate(QStyledItemDelegate):
    """Marks what was refused with a shape and a colour."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        entry: Entry | None = index.data(ROW_ROLE)
        if entry is not None and entry.verdict is Verdict.REFUSED:
            colour = self._theme.palette.unsupported
            option.icon = self._theme.icon("prohibit", colour=colour)
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            option.decorationSize = QSize(14, 14)
            option.palette.setColor(QPalette.ColorRole.Text, QColor(colour))
