"""Choosing a version of a report: a small button with a menu, in the head of a run and over a comparison."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.amendment_words import version_words
from desktop.theme import Theme
from desktop.time_words import moment_words
from desktop.views.choices import MenuChip
from engine.domain import ReportVersion


class VersionChip(MenuChip):
    """Says which version is shown; its menu has all of them, newest first."""

    chosen = Signal(int)
    """Number of a version."""
    compare_requested = Signal()

    def __init__(
        self, theme: Theme, name: str = "Version", parent: QWidget | None = None, *, offers_comparing: bool = True
    ) -> None:
        super().__init__(theme, "clock-counter-clockwise", name, parent)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._offers_comparing = offers_comparing
        self.setToolTip("Read another version of this report, or compare two of them")
        self.number = 0
        """Of the version that is shown."""

    def show_versions(self, versions: tuple[ReportVersion, ...], *, shown: int) -> None:
        """Offer the versions of a report, oldest first, of which one is shown."""
        self.number = shown
        self._menu.clear()
        for version in reversed(versions):
            action = self._menu.addAction(f"{version_words(version)}\t{moment_words(version.at)}")
            action.setCheckable(True)
            action.setChecked(version.number == shown)
            action.triggered.connect(partial(self._choose, version.number))
        if self._offers_comparing and len(versions) > 1:
            self._menu.addSeparator()
            compare = self._menu.addAction(self._theme.icon("git-diff"), "Compare two versions…")
            compare.triggered.connect(self._compare)
        self._say(f"Version {shown} of {len(versions)}" if self._offers_comparing else f"Version {shown}")

    def _choose(self, number: int, _checked: bool = False) -> None:
        self.chosen.emit(number)

    def _compare(self, _checked: bool = False) -> None:
        self.compare_requested.emit()
