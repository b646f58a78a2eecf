"""Documents of a folder, and files that could not be read, as tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.evidence import FORMAT_WORDS
from desktop.plain_text import as_tip, one_line
from engine.counting import size_words
from engine.library.values import DocumentEntry, Problem

ENTRY = Qt.ItemDataRole.UserRole + 1
"""The DocumentEntry or Problem behind an index."""

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class DocumentsModel(QAbstractTableModel):
    """What the library has read."""

    HEADERS = ("Title", "File", "Kind", "Size")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[DocumentEntry, ...] = ()

    def show_documents(self, entries: tuple[DocumentEntry, ...]) -> None:
        """Take over a list."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.HEADERS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 3:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self._entries[index.row()]
        match role:
            case _ if role == ENTRY:
                return entry
            case Qt.ItemDataRole.DisplayRole:
                return (
                    one_line(entry.title, limit=200),
                    one_line(str(entry.path), limit=300),
                    FORMAT_WORDS.get(entry.format, entry.format),
                    size_words(entry.size_bytes),
                )[index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(one_line(str(entry.path), limit=500))
            case Qt.ItemDataRole.TextAlignmentRole if index.column() == 3:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


class ProblemsModel(QAbstractTableModel):
    """What the library could not read, and why."""

    HEADERS = ("File", "Why", "What to do")

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Take over a list."""
        self.beginResetModel()
        self._problems = problems
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._problems)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.HEADERS[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        problem = self._problems[index.row()]
        match role:
            case _ if role == ENTRY:
                return problem
            case Qt.ItemDataRole.DisplayRole:
                return (one_line(str(problem.path), limit=300), problem.title, problem.hint)[index.column()]
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(f"{one_line(str(problem.path), limit=300)}\n{problem.title}. {problem.hint}")
        return None
