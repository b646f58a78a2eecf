"""Before anything leaves this computer for the first time: what is contacted, what never leaves, by which proxy."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from desktop.views.form_rows import Segments
from resources.tokens import SPACE_1, SPACE_2, SPACE_3, SPACE_4

_FACTS = (
    ("Contacted", "Search engines, with words of your question or made from it; and the pages they name."),
    ("They learn", "Those words, and this computer's internet address. There are no cookies and no account."),
    ("Never leaves", "Your files and what is read in them, your other questions, and reports."),
    ("Written down", "Every request, before it is sent. Privacy shows them, also those that were refused."),
)


class ConsentPanel(QFrame):
    """A part of the form it stands in, never a window in front of it."""

    accepted = Signal(bool)
    """Go online; whether through the proxy that this computer is set to use."""
    declined = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._title = Label(tone="heading")
        self._proxy_words = Label(wraps=True)
        self._proxy = Segments("Proxy", {True: "Use the proxy", False: "Go straight"})
        self._proxy.chosen.connect(self._choose_proxy)
        self._uses_proxy = True
        self._proxy_row = QWidget()
        row = QHBoxLayout(self._proxy_row)
        row.setContentsMargins(0, SPACE_1, 0, 0)
        row.setSpacing(SPACE_3)
        row.addWidget(self._proxy_words, 1)
        row.addWidget(self._proxy)
        self.online = TextButton("Go online", kind="primary", theme=theme, icon="globe")
        self.online.clicked.connect(self._accept)
        self.offline = TextButton("Stay offline")
        self.offline.clicked.connect(self.declined)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addWidget(self.online)
        buttons.addWidget(self.offline)
        buttons.addStretch(1)
        buttons.addWidget(Label("The switch in the line at the bottom takes it back at any time.", tone="small"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_4, SPACE_3, SPACE_4, SPACE_4)
        layout.setSpacing(SPACE_3)
        layout.addWidget(self._title)
        layout.addLayout(self._facts())
        layout.addWidget(self._proxy_row)
        layout.addLayout(buttons)
        self.show_network(was_asked=False, proxy="")

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE_4)
        grid.setVerticalSpacing(SPACE_1 + 2)
        grid.setColumnStretch(1, 1)
        for row, (name, words) in enumerate(_FACTS):
            grid.addWidget(Label(name, tone="muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(words, wraps=True), row, 1)
        return grid

    @property
    def uses_proxy(self) -> bool:
        """Whether the proxy that was found would be used."""
        return self._uses_proxy and not self._proxy_row.isHidden()

    def show_network(self, *, was_asked: bool, proxy: str) -> None:
        """Say how it stands.

        Args:
            was_asked: whether a person has decided before, and chose to be offline.
            proxy: ``host:port`` that this computer is set to use; empty for none.
        """
        self._title.setText("Plumbline is offline. Go online?" if was_asked else "Go online?")
        self.setAccessibleName(self._title.text())
        self._proxy_words.setText(f"This computer is set to use the proxy {proxy}. It would see which sites are asked.")
        self._proxy_row.setVisible(bool(proxy))
        self._proxy.show_choice(self._uses_proxy)

    def _choose_proxy(self, uses: bool) -> None:
        self._uses_proxy = uses

    def _accept(self) -> None:
        self.accepted.emit(self.uses_proxy)
