"""Where notices are shown: bars over the page for what must be read, small cards over the corner for what was done."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop.notices import Level, Notice, NoticeAction, Notices
from desktop.theme import Theme
from desktop.views.controls import IconButton, Label, TextButton
from resources.tokens import ICON_LARGE, SPACE_1, SPACE_2, SPACE_3, SPACE_4

_STAYS_MS = 8000
_CARD_WIDTH = 420
_ICONS = {
    Level.DONE: ("check-circle", "accent"),
    Level.INFO: ("info", "text_secondary"),
    Level.WARNING: ("warning", "partly"),
    Level.PROBLEM: ("warning-circle", "unsupported"),
}


class NoticeCard(QFrame):
    """One notice: what happened, what to do, and a way to be rid of it."""

    left = Signal(object)
    """The card itself: it is not shown any more."""

    def __init__(self, notice: Notice, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self._theme = theme
        self._was_settled = False
        self.setProperty("kind", "notice")
        self.setProperty("level", notice.level.value)
        self.setAccessibleName(notice.title)
        self.setAccessibleDescription(notice.hint)
        self._icon = QLabel()
        close = IconButton(theme, "x", "Close this notice")
        close.clicked.connect(self.close_notice)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.setContentsMargins(0, 3, 0, 3)
        words.addWidget(Label(notice.title, tone="strong", wraps=True, selectable=not notice.level.goes_by_itself))
        if notice.hint:
            words.addWidget(Label(notice.hint, wraps=True, selectable=not notice.level.goes_by_itself))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE_3, SPACE_2, SPACE_2, SPACE_2)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        for action in notice.actions:
            button = TextButton(action.text, kind="link")
            button.clicked.connect(partial(self._act, action))
            layout.addWidget(button)
        layout.addWidget(close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_STAYS_MS)
        self._timer.timeout.connect(self.close_notice)
        if notice.level.goes_by_itself:
            self._timer.start()
        theme.changed.connect(self._draw)
        self._draw()

    def close_notice(self) -> None:
        """Let it go; nothing was done about it."""
        if not self._was_settled:
            self._was_settled = True
            if self.notice.closed is not None:
                self.notice.closed()
        self._leave()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        if self.notice.level.goes_by_itself:
            self._timer.start()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _act(self, action: NoticeAction) -> None:
        self._was_settled = True
        self._leave()
        action.act()

    def _leave(self) -> None:
        self._timer.stop()
        self.hide()
        self.left.emit(self)
        self.deleteLater()

    def _draw(self) -> None:
        name, colour = _ICONS[self.notice.level]
        icon = self._theme.icon(name, colour=getattr(self._theme.palette, colour))
        self._icon.setPixmap(icon.pixmap(ICON_LARGE, ICON_LARGE))
        self._icon.setFixedHeight(ICON_LARGE + SPACE_1)


class NoticeBars(QWidget):
    """Bars over the page, for warnings and problems; takes no room when there are none."""

    def __init__(self, notices: Notices, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(SPACE_4, SPACE_2, SPACE_4, SPACE_2)
        self._layout.setSpacing(SPACE_2)
        self._cards: dict[str, NoticeCard] = {}
        self.hide()
        notices.said.connect(self._show)
        notices.withdrawn.connect(self._withdraw)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown now."""
        return tuple(card.notice for card in self._cards.values())

    def _show(self, notice: Notice) -> None:
        if notice.level.goes_by_itself:
            return
        self._withdraw(notice.identity)
        card = NoticeCard(notice, self._theme, self)
        card.left.connect(self._forget)
        self._cards[notice.identity] = card
        self._layout.addWidget(card)
        self.show()

    def _withdraw(self, identity: str) -> None:
        card = self._cards.pop(identity, None)
        if card is not None:
            card.hide()
            card.deleteLater()
        self.setVisible(bool(self._cards))

    def _forget(self, card: NoticeCard) -> None:
        if self._cards.get(card.notice.identity) is card:
            del self._cards[card.notice.identity]
        self.setVisible(bool(self._cards))


class NoticeCards(QWidget):
    """Cards over the lower edge of the page, for what was done and may be undone; gone after some seconds."""

    def __init__(self, notices: Notices, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._page = parent
        self._cards: list[NoticeCard] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(SPACE_2)
        self.hide()
        notices.said.connect(self._show)
        notices.withdrawn.connect(self._withdraw)
        parent.installEventFilter(self)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown now."""
        return tuple(card.notice for card in self._cards)

    def settle(self) -> None:
        """Close everything, as time would."""
        for card in tuple(self._cards):
            card.close_notice()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._page and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _show(self, notice: Notice) -> None:
        if not notice.level.goes_by_itself:
            return
        for card in tuple(self._cards):
            if card.notice.identity == notice.identity:
                card.close_notice()
        card = NoticeCard(notice, self._theme, self)
        card.left.connect(self._forget)
        self._cards.append(card)
        self._layout.addWidget(card)
        self.show()
        card.show()  # by itself it would be shown too late to be counted
        self._place()

    def _withdraw(self, identity: str) -> None:
        for card in tuple(self._cards):
            if card.notice.identity == identity:
                card.close_notice()

    def _forget(self, card: NoticeCard) -> None:
        self._cards = [other for other in self._cards if other is not card]
        if self._cards:
            self._place()
        else:
            self.hide()

    def _place(self) -> None:
        width = min(_CARD_WIDTH, self._page.width() - 2 * SPACE_4)
        self.setFixedWidth(max(width, 0))
        # Words that wrap are higher in this width than what their layout says in any.
        self._layout.invalidate()
        self.resize(self.width(), max(self._layout.heightForWidth(self.width()), self._layout.sizeHint().height()))
        self.move((self._page.width() - self.width()) // 2, self._page.height() - self.height() - SPACE_4)
        self.raise_()
