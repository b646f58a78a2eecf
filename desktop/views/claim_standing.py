"""How a claim stands, for its card: the state's mark and words, why, what else is known, and the reader's mark."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.evidence import Evidence
from desktop.theme import Theme
from desktop.views.citation_chip import STATE_COLOURS, draw_state_mark
from desktop.views.inline_signs import draw_verdict
from resources.tokens import SPACE_1

INDENT = 18
"""Of what stands beside or under a mark, in logical pixels."""


class ClaimStanding(QWidget):
    """Hidden where the citation is of no claim."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._evidence: Evidence | None = None
        self._words = small_label("")
        self._remark = small_label("small")
        self._notes = small_label("small")
        self._mark = small_label("accent")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(INDENT, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._words)
        layout.addWidget(self._remark)
        layout.addWidget(self._notes)
        layout.addSpacing(SPACE_1)
        layout.addWidget(self._mark)

    @property
    def text(self) -> str:
        """Everything it says."""
        labels = (self._words, self._remark, self._notes, self._mark)
        return "\n".join(label.text() for label in labels if label.text())

    def show_evidence(self, evidence: Evidence) -> None:
        """Show how the claim of a citation stands."""
        self._evidence = evidence
        self._words.setText(evidence.state_words)
        for label, text in (
            (self._remark, evidence.remark),
            (self._notes, "\n".join(evidence.notes)),
            (self._mark, evidence.mark_words),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self.setVisible(evidence.state is not None)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        evidence = self._evidence
        if evidence is None or evidence.state is None:
            return
        painter = QPainter(self)
        state = evidence.state
        draw_state_mark(painter, _beside(self._words), state, self._theme.colour(STATE_COLOURS[state]))
        if evidence.mark is not None:
            draw_verdict(painter, _beside(self._mark), evidence.mark.verdict, self._theme.colour("accent"))
        painter.end()


def small_label(tone: str, *, text: str = "") -> QLabel:
    """Return a label that wraps and never takes its text for markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if tone:
        label.setProperty("tone", tone)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label


def _beside(label: QLabel) -> QRectF:
    """Return where the mark of a label's first line is."""
    middle = label.geometry().top() + label.fontMetrics().height() / 2 + 0.5
    return QRectF(1, middle - 5, 10, 10)
