"""The command palette: everything that can be done, and every session, found by typing a part of its name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktop.actions import ACTIONS, ActionId
from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import Hairline, Label
from desktop.views.overlay import Overlay
from engine.domain import Session, SessionId
from resources.tokens import ICON, RADIUS, SPACE_2, SPACE_3, SPACE_4

_ROW_HEIGHT = 34
_MOST_ROWS = 9
_CHOICE = Qt.ItemDataRole.UserRole + 1

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One line of the palette."""

    text: str
    icon: str
    keys: str = ""
    action: ActionId | None = None
    session_id: SessionId | None = None


def matching(choices: Collection[Choice], text: str) -> tuple[Choice, ...]:
    """Return the choices that have every typed word in them; those that begin with the text come first."""
    words = text.casefold().split()
    found = [choice for choice in choices if all(word in choice.text.casefold() for word in words)]
    return tuple(sorted(found, key=lambda choice: not choice.text.casefold().startswith(text.casefold().strip())))


class _ChoicesModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choices: tuple[Choice, ...] = ()

    def show_choices(self, choices: tuple[Choice, ...]) -> None:
        self.beginResetModel()
        self._choices = choices
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._choices)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        choice = self._choices[index.row()]
        if role == _CHOICE:
            return choice
        return choice.text if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole} else None


class _ChoiceDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        choice = index.data(_CHOICE)
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("selection"))
            painter.drawRoundedRect(rect, RADIUS, RADIUS)
        inner = rect.adjusted(SPACE_3, 0, -SPACE_3, 0)
        icon_rect = QRect(inner.left(), inner.center().y() - ICON // 2, ICON, ICON)
        self._theme.icon(choice.icon).paint(painter, icon_rect)
        painter.setFont(self._theme.ui_font())
        keys = QKeySequence(choice.keys).toString(QKeySequence.SequenceFormat.NativeText) if choice.keys else ""
        keys_width = painter.fontMetrics().horizontalAdvance(keys) + SPACE_3 if keys else 0
        words = inner.adjusted(ICON + SPACE_3, 0, -keys_width, 0)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading,
            painter.fontMetrics().elidedText(choice.text, Qt.TextElideMode.ElideRight, words.width()),
        )
        painter.setPen(self._theme.colour("text_muted"))
        painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTrailing, keys)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:  # noqa: ARG002
        return QSize(0, _ROW_HEIGHT)


class PaletteOverlay(Overlay):
    """Type, choose with the arrows, press Enter."""

    action_chosen = Signal(object)
    """ActionId."""
    session_chosen = Signal(object)
    """SessionId."""

    def __init__(self, theme: Theme, *, parent: QWidget) -> None:
        super().__init__(theme, width=560, parent=parent)
        self.setAccessibleName("Command palette")
        self._choices: tuple[Choice, ...] = ()
        self._field = QLineEdit()
        self._field.setProperty("kind", "bare")
        self._field.setPlaceholderText("What would you like to do?")
        self._field.setAccessibleName("Command or session")
        self._field.textChanged.connect(self._filter)
        self._field.installEventFilter(self)
        holder = QFrame()
        field_layout = _padded(holder)
        field_layout.addWidget(self._field)
        self._model = _ChoicesModel(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(_ChoiceDelegate(theme, self._list))
        self._list.setAccessibleName("Commands and sessions")
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setMouseTracking(True)
        self._list.entered.connect(self._list.setCurrentIndex)
        self._list.clicked.connect(self._take)
        list_holder = QFrame()
        list_layout = _padded(list_holder, SPACE_2)
        list_layout.addWidget(self._list)
        self._nothing = Label("Nothing is called that.", tone="muted")
        self._nothing.setContentsMargins(SPACE_3, SPACE_2, SPACE_3, SPACE_2)
        list_layout.addWidget(self._nothing)
        self.content.addWidget(holder)
        self.content.addWidget(Hairline())
        self.content.addWidget(list_holder)

    def open_with(self, *, available: Collection[ActionId], sessions: Collection[Session]) -> None:
        """Offer these actions and sessions."""
        actions = [
            Choice(text=text.text, icon=text.icon, keys=text.keys, action=action)
            for action, text in ACTIONS.items()
            if text.is_listed and action in available
        ]
        past = [
            Choice(text=one_line(session.title, limit=200), icon="chat-text", session_id=session.id)
            for session in sessions
        ]
        self._choices = (*actions, *past)
        self._field.clear()
        self._filter()
        self.open()

    def take_focus(self) -> None:
        """Put the keyboard into the field."""
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down:
                    self._step(1)
                case Qt.Key.Key_Up:
                    self._step(-1)
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self._take(self._list.currentIndex())
                case Qt.Key.Key_Tab | Qt.Key.Key_Backtab:
                    pass
                case _:
                    return False
            return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self._list.setCurrentIndex(self._model.index((self._list.currentIndex().row() + by) % rows))

    def _filter(self) -> None:
        found = matching(self._choices, self._field.text())
        self._model.show_choices(found)
        self._list.setCurrentIndex(self._model.index(0))
        self._list.setFixedHeight(min(len(found), _MOST_ROWS) * _ROW_HEIGHT + 2)
        self._list.setVisible(bool(found))
        self._nothing.setVisible(not found)
        if self.isVisible():
            self.fit()

    def _take(self, index: QModelIndex) -> None:
        choice = index.data(_CHOICE) if index.isValid() else None
        if not isinstance(choice, Choice):
            return
        self.close_overlay()
        if choice.action is not None:
            self.action_chosen.emit(choice.action)
        elif choice.session_id is not None:
            self.session_chosen.emit(choice.session_id)


def _padded(holder: QFrame, margin: int = SPACE_4) -> QVBoxLayout:
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(margin, margin - 4, margin, margin - 4)
    layout.setSpacing(0)
    return layout
