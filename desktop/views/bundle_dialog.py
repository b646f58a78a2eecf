"""What was found when a bundle was looked through, before it is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.plain_text import one_line
from desktop.theme import Theme
from desktop.views.controls import Label, TextButton
from engine.bundle.opening import sentence
from engine.bundle.verification import NO_SIGNATURE, Verification
from engine.counting import counted
from resources.tokens import ICON, SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6

_WIDTH = 600
_LIST_HEIGHT = 260
_MOST_SHOWN = 60


class BundleDialog(QDialog):
    """A bundle that holds is opened by Enter; one that does not, only by the button that says so."""

    def __init__(self, theme: Theme, verification: Verification, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a bundle")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._theme = theme
        is_sound, can_open = verification.is_sound, verification.can_be_opened
        self.summary = Label(verification.summary, tone="heading", wraps=True)
        question = Label(one_line(verification.question, limit=300), tone="secondary", wraps=True)
        name = Label(one_line(verification.name, limit=120), tone="muted", wraps=True)
        area = self._list(verification)
        self.open_button = TextButton(
            "Open the report" if is_sound else "Open it anyway", kind="primary" if is_sound else ""
        )
        self.open_button.clicked.connect(self.accept)
        self.open_button.setEnabled(can_open)
        self.open_button.setAutoDefault(is_sound)
        self.open_button.setDefault(is_sound)
        self.cancel = TextButton("Cancel" if can_open else "Close", kind="" if is_sound else "primary")
        self.cancel.clicked.connect(self.reject)
        self.cancel.setAutoDefault(not is_sound)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.open_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE_6, SPACE_4, SPACE_6, SPACE_4)
        layout.setSpacing(SPACE_2)
        layout.addWidget(self.summary)
        layout.addWidget(question)
        layout.addWidget(name)
        layout.addSpacing(SPACE_2)
        layout.addWidget(area, 1)
        layout.addWidget(Label(_after(verification), tone="small", wraps=True))
        layout.addWidget(Label(NO_SIGNATURE, tone="small", wraps=True))
        layout.addSpacing(SPACE_1)
        layout.addLayout(buttons)
        self.setFixedWidth(_WIDTH)
        # Labels that wrap ask for more than they need before their width is known.
        self.setFixedHeight(layout.heightForWidth(_WIDTH))
        (self.open_button if is_sound else self.cancel).setFocus()

    def _list(self, verification: Verification) -> QScrollArea:
        self.rows = QVBoxLayout()
        self.rows.setSpacing(SPACE_2)
        for finding in verification.findings[:_MOST_SHOWN]:
            self._add("warning-circle", "unsupported", sentence(finding))
        more = len(verification.findings) - _MOST_SHOWN + verification.more_findings
        if more > 0:
            self._add("dots-three", "text_muted", f"And {counted(more, 'more thing')} that {_does(more)} not hold.")
        if verification.is_sound:
            for looked in verification.looked:
                self._add("check-circle", "supported", f"{looked.words}.")
        for note in verification.notes:
            self._add("info", "text_muted", note)
        self.rows.addStretch(1)
        inside = QWidget()
        inside.setLayout(self.rows)
        self.rows.setContentsMargins(0, 0, SPACE_3, 0)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        wanted = self.rows.heightForWidth(_WIDTH - 2 * SPACE_6)
        area.setFixedHeight(min(_LIST_HEIGHT, max(wanted, 2 * ICON)))
        return area

    def _add(self, icon: str, colour: str, words: str) -> None:
        sign = Label()
        sign.setPixmap(self._theme.icon(icon, colour=getattr(self._theme.palette, colour)).pixmap(ICON, ICON))
        sign.setAlignment(Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout()
        row.setSpacing(SPACE_2)
        row.addWidget(sign)
        row.addWidget(Label(one_line(words, limit=600), wraps=True, selectable=True), 1)
        self.rows.addLayout(row)


def _after(verification: Verification) -> str:
    if not verification.can_be_opened:
        return "It is too damaged to be opened."
    return (
        "It becomes a session of its own, to be read, marked and exported. Files that its sources name are on another "
        "computer: they are not opened on this one. Nobody is contacted."
    )


def _does(number: int) -> str:
    return "does" if number == 1 else "do"
