"""What a model does, on its way from the thread that uses it to the window: the newest of it, not too often."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from models.status import ModelStatus

_TELL_EVERY_MS = 66


class StatusRelay(QObject):
    """``hear`` may be called on any thread, everything else on the Qt thread."""

    changed = Signal(object)
    """ModelStatus."""

    _came = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heard = ModelStatus()
        self._heard_at = monotonic()
        self._is_announced = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TELL_EVERY_MS)
        self._timer.timeout.connect(self._tell)
        self._came.connect(self._wait)

    def hear(self, status: ModelStatus) -> None:
        """Take what a model does now."""
        self._heard = status
        if not self._is_announced:
            self._is_announced = True
            self._came.emit()

    @property
    def silent_s(self) -> float:
        """Seconds since the last sign of life."""
        return monotonic() - self._heard_at

    def _wait(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _tell(self) -> None:
        # First the flag: what is heard from here on announces itself anew.
        self._is_announced = False
        self._heard_at = monotonic()
        self.changed.emit(self._heard)
