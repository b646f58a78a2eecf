"""The web options of a question: which sites, from when, in which language; folded until they are wanted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.views.controls import ElidedLabel, Label, TextButton
from desktop.web_words import LimitsAnswer, LimitsText, limits_words, understood, written
from engine.domain import WebLimits
from resources.tokens import SPACE_1, SPACE_2, SPACE_3

_FIELDS = {
    "only": ("Only these sites", "example.org, nature.com"),
    "never": ("Never these", "content-farm.com"),
    "preferred": ("These first", "who.int"),
    "since": ("Published from", "2024-05-31, or 2024"),
    "until": ("until", "today"),
    "language": ("Language", "de"),
    "region": ("Region", "at"),
}
_HALF = frozenset({"since", "until", "language", "region"})


class WebLimitsView(QWidget):
    """A line that says what is set, and the fields behind it."""

    changed = Signal(object)
    """WebLimits: what is written makes sense and is something else than before."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, today: Callable[[], date] = date.today) -> None:
        super().__init__(parent)
        self._today = today
        self._answer = LimitsAnswer(limits=WebLimits())
        self._heading = TextButton("Web options", kind="disclosure", theme=theme, icon="caret-right")
        self._heading.setCheckable(True)
        self._heading.toggled.connect(self._unfold)
        self._summary = ElidedLabel(tone="muted")
        self._clear = TextButton("Clear", kind="link", tip="Set no limits")
        self._clear.clicked.connect(self.clear)
        head = QHBoxLayout()
        head.setSpacing(SPACE_3)
        head.addWidget(self._heading)
        head.addWidget(self._summary, 1)
        head.addWidget(self._clear)
        self._fields: dict[str, QLineEdit] = {}
        self._problems: dict[str, Label] = {}
        self._body = QWidget()
        self._body.setLayout(self._grid())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE_2)
        layout.addLayout(head)
        layout.addWidget(self._body)
        self._body.hide()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._say()

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(SPACE_2, 0, 0, SPACE_2)
        grid.setHorizontalSpacing(SPACE_3)
        grid.setVerticalSpacing(SPACE_1)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        row = 0
        for key, (name, placeholder) in _FIELDS.items():
            field = QLineEdit()
            field.setPlaceholderText(placeholder)
            field.setAccessibleName("Published until" if key == "until" else name)
            field.textChanged.connect(self._read)
            label = Label(name, tone="secondary")
            label.setBuddy(field)
            problem = Label(tone="error", wraps=True)
            problem.hide()
            self._fields[key], self._problems[key] = field, problem
            is_second = key in {"until", "region"}
            column, span = (2, 1) if is_second else (0, 1 if key in _HALF else 3)
            grid.addWidget(label, row, column)
            grid.addWidget(field, row, column + 1, 1, span)
            grid.addWidget(problem, row + 1, column + 1, 1, span)
            row += 0 if key in {"since", "language"} else 2
        return grid

    # --- what is written ---

    @property
    def limits(self) -> WebLimits:
        """What is set; what was not understood counts as not set."""
        return self._answer.limits

    @property
    def is_understood(self) -> bool:
        """Whether everything that is written makes sense."""
        return not self._answer.problems

    def show_limits(self, limits: WebLimits) -> None:
        """Show limits without saying that they were changed."""
        text = written(limits)
        for field in fields(LimitsText):
            self._fields[field.name].blockSignals(True)
            self._fields[field.name].setText(getattr(text, field.name))
            self._fields[field.name].blockSignals(False)
        self._answer = understood(text, today=self._today())
        self._say()

    def clear(self) -> None:
        """Set no limits."""
        before = self._answer
        self.show_limits(WebLimits())
        if before != self._answer:
            self.changed.emit(self.limits)

    def show_problems(self) -> None:
        """Unfold, and put the keyboard where the first thing is that makes no sense."""
        self._heading.setChecked(True)
        for field, _ in self._answer.problems:
            self._fields[field].setFocus()
            return

    def _read(self) -> None:
        before = self._answer.limits
        text = LimitsText(**{key: field.text() for key, field in self._fields.items()})
        self._answer = understood(text, today=self._today())
        self._say()
        if self._answer.limits != before and self.is_understood:
            self.changed.emit(self.limits)

    def _say(self) -> None:
        problems = dict(self._answer.problems)
        for key, label in self._problems.items():
            label.setText(problems.get(key, ""))
            label.setVisible(key in problems)
            self._fields[key].setAccessibleDescription(problems.get(key, ""))
        words = limits_words(self.limits)
        self._summary.set_text(words or "no limits")
        self._clear.setVisible(bool(words))

    def _unfold(self, is_unfolded: bool) -> None:
        self._heading.set_icon("caret-down" if is_unfolded else "caret-right")
        self._heading.setAccessibleDescription("unfolded" if is_unfolded else "folded")
        self._body.setVisible(is_unfolded)
