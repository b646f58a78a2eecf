"""Carries what happens to pages from the threads that fetch them to the Qt thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from engine.web.progress import Fetching


class FetchRelay(QObject):
    """Hears on any thread, tells on the Qt thread, in the same order."""

    told = Signal(object)
    """Fetching."""

    def hear(self, fetching: Fetching) -> None:
        """Hear what happens to a page; any thread may call this."""
        self.told.emit(fetching)
