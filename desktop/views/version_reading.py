"""Which version of a report is read, or which two are compared: the lines over the page that say so."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.read_version import with_version
from desktop.theme import Theme
from desktop.views.comparison import ComparisonPage, count_words
from desktop.views.comparison_bar import ComparisonBar
from desktop.views.run_header import LEAST_WIDTH
from desktop.views.version_bar import VersionBar
from engine.agent.state import RunState
from engine.domain import Amendment, AmendmentKind, ReportVersion


class VersionReading(QWidget):
    """Holds what a reader has chosen; the newest version is read until they do."""

    changed = Signal()
    """Another version is read, or a comparison has begun or ended."""
    amendment_requested = Signal(object)
    """Amendment: take a version up again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(LEAST_WIDTH)
        self._state: RunState | None = None
        self._read: int | None = None
        self._compared: tuple[int, int] | None = None
        self.page = ComparisonPage(theme)
        self.bar = VersionBar(theme, self)
        self.comparison = ComparisonBar(theme, self)
        self.bar.newest_requested.connect(self.read_newest)
        self.bar.restore_requested.connect(self._restore)
        self.bar.compare_requested.connect(self.compare)
        self.comparison.versions_chosen.connect(self.compare_two)
        self.comparison.step_requested.connect(self.page.step)
        self.comparison.only_changes_chosen.connect(self._show_only_changes)
        self.comparison.closed.connect(self.close_comparison)
        self.page.left.connect(self.close_comparison)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.comparison)
        self._show()

    # --- what is read ---

    @property
    def is_comparing(self) -> bool:
        """Whether two versions are compared."""
        return self._compared is not None

    @property
    def number(self) -> int:
        """Of the version that is read; 0 where there is none."""
        return self._read or len(self._versions)

    @property
    def earlier(self) -> int | None:
        """Number of the version that is read, if it is not the newest."""
        return self._read

    @property
    def is_newest(self) -> bool:
        """Whether the newest version is read."""
        return not self.is_comparing and self._read is None

    def take(self, state: RunState | None) -> None:
        """Take over a state: of another run, or with a new version, its newest version is read."""
        before = self._state
        self._state = state
        is_same = before is not None and state is not None and before.run_id == state.run_id
        if not is_same:
            self._read = self._compared = None
        elif before is not None and len(before.versions) != len(self._versions):
            self._read = None
            if self._compared is not None:
                self._compare(*self._compared)
        self._show()

    def as_read(self, state: RunState | None) -> RunState | None:
        """Return the state as if the version that is read were its report."""
        return with_version(state, self._read) if state is not None else None

    # --- choosing ---

    def read(self, number: int) -> None:
        """Read a version."""
        self._compared = None
        self._read = number if 1 <= number < len(self._versions) else None
        self._show()
        self.changed.emit()

    def read_newest(self) -> None:
        """Read the newest version."""
        self.read(len(self._versions))

    def compare(self) -> None:
        """Compare the version that is read with the newest; the newest with the one before it."""
        last = len(self._versions)
        self.compare_two(self._read or last - 1, last)

    def compare_two(self, old: int, new: int) -> None:
        """Compare two versions."""
        if len(self._versions) > 1:
            self._compare(old, new)
            self._show()
            self.changed.emit()
            self.page.step(1)

    def close_comparison(self) -> None:
        """Go back to the report."""
        if self._compared is not None:
            self._compared = None
            self.page.forget()
            self._show()
            self.changed.emit()

    def keep_to(self, left: int, width: int) -> None:
        """Begin and end where the column of the page does."""
        self.bar.keep_to(left, width)
        self.comparison.keep_to(left, width)

    # --- inside ---

    @property
    def _versions(self) -> tuple[ReportVersion, ...]:
        return self._state.versions if self._state is not None else ()

    @property
    def _earlier(self) -> ReportVersion | None:
        return self._versions[self._read - 1] if self._read is not None else None

    def _compare(self, old: int, new: int) -> None:
        last = len(self._versions)
        old, new = max(1, min(old, last)), max(1, min(new, last))
        self._compared = (old, new)
        self.page.show_versions(self._versions[old - 1], self._versions[new - 1])

    def _show(self) -> None:
        last = len(self._versions)
        rests = self._state is not None and self._state.outcome is not None
        self.bar.show_version(self._earlier if not self.is_comparing else None, newest=last, can_restore=rests)
        self.comparison.setVisible(self.is_comparing)
        if self._compared is not None:
            old, new = self._compared
            counts = count_words(self.page.changes)
            self.comparison.show_versions(self._versions, old=old, new=new, counts=counts)
        self.setVisible(self.is_comparing or self._earlier is not None)

    def _restore(self) -> None:
        if self._read is not None:
            self.amendment_requested.emit(Amendment(kind=AmendmentKind.RESTORE, version=self._read))

    def _show_only_changes(self, is_only: bool) -> None:
        self.page.show_all(shows_all=not is_only)
