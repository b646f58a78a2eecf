"""What went to each host, as an item model that sorts."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.plain_text import one_line
from engine.counting import size_words
from engine.export.departures import purpose_words
from engine.network.entry import Total

Index = QModelIndex | QPersistentModelIndex


class HostColumn(IntEnum):
    """What is shown of a host."""

    HOST = 0
    PURPOSE = 1
    REQUESTS = 2
    REFUSED = 3
    SENT = 4
    RECEIVED = 5


HOST_COLUMN_NAMES = {
    HostColumn.HOST: "Host",
    HostColumn.PURPOSE: "For",
    HostColumn.REQUESTS: "Requests",
    HostColumn.REFUSED: "Refused",
    HostColumn.SENT: "Out",
    HostColumn.RECEIVED: "In",
}


class HostsModel(QAbstractTableModel):
    """A row for each host and purpose."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Total] = []
        self._sorted = (HostColumn.SENT, Qt.SortOrder.DescendingOrder)

    @property
    def rows(self) -> tuple[Total, ...]:
        """What is shown, in order."""
        return tuple(self._rows)

    def show_totals(self, totals: Iterable[Total]) -> None:
        """Show other sums, in the order that was chosen."""
        self.beginResetModel()
        self._rows = list(totals)
        self._put_in_order()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.layoutAboutToBeChanged.emit()
        self._sorted = (HostColumn(max(0, column)), order)
        self._put_in_order()
        self.layoutChanged.emit()

    def _put_in_order(self) -> None:
        column, order = self._sorted

        def key(total: Total) -> tuple[object, str]:
            return _value(total, column), total.host

        self._rows.sort(key=key, reverse=order is Qt.SortOrder.DescendingOrder)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(HostColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= HostColumn.REQUESTS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return HOST_COLUMN_NAMES[HostColumn(section)] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        total, column = self._rows[index.row()], HostColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            if column in (HostColumn.SENT, HostColumn.RECEIVED):
                return size_words(int(str(_value(total, column))))
            return one_line(str(_value(total, column)), limit=200)
        if role == Qt.ItemDataRole.TextAlignmentRole and column >= HostColumn.REQUESTS:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _value(total: Total, column: HostColumn) -> object:
    match column:
        case HostColumn.HOST:
            return total.host
        case HostColumn.PURPOSE:
            return purpose_words(total.purpose.value)
        case HostColumn.REQUESTS:
            return total.requests
        case HostColumn.REFUSED:
            return total.refused
        case HostColumn.SENT:
            return total.bytes_sent
        case HostColumn.RECEIVED:
            return total.bytes_received
