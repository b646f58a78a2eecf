"""Ctrl+C in the terminal, or the system shutting down: the window closes as if a person had closed it."""

from __future__ import annotations

import signal
import socket
import sys

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class Interrupts(QObject):
    """Turns POSIX signals into a Qt signal. Python's own handlers would wait until Qt next calls Python."""

    asked_to_close = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ours, self._theirs = socket.socketpair()
        for end in (self._ours, self._theirs):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def listen(self) -> None:
        """Take over the signals; Windows has none that reach a window."""
        if sys.platform == "win32":
            return
        signal.set_wakeup_fd(self._theirs.fileno())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _do_nothing)

    def close(self) -> None:
        """Give the signals back."""
        if sys.platform != "win32" and signal.getsignal(signal.SIGTERM) is _do_nothing:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
        self._notifier.setEnabled(False)
        self._ours.close()
        self._theirs.close()

    def _read(self) -> None:
        try:
            self._ours.recv(64)
        except BlockingIOError:
            return
        self.asked_to_close.emit()


def _do_nothing(_number: int, _frame: object) -> None:
    """Be there, so that Python writes to the wake-up socket instead of dying."""
