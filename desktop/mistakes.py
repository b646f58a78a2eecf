"""What to do with our own bugs: write them to a log file, say so once, and let the window live."""

from __future__ import annotations

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

LOG_FILE = "plumbline.log"
_LOG_BYTES = 1_000_000


class Mistakes(QObject):
    """Catches what nobody caught."""

    happened = Signal(str)
    """The kind of exception; the traceback is in the log."""

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.log_path = data_folder / LOG_FILE
        self._log = logging.Logger("plumbline")
        self._handler: logging.Handler | None = None
        self._hook_before = sys.excepthook

    def catch_uncaught(self) -> None:
        """Take over from Python's own handler, which would print where nobody looks."""
        self._hook_before = sys.excepthook
        sys.excepthook = self._caught

    def stop_catching(self) -> None:
        """Give the handler back and close the log."""
        sys.excepthook = self._hook_before
        if self._handler is not None:
            self._log.removeHandler(self._handler)
            self._handler.close()
            self._handler = None

    def record(self, error: BaseException) -> None:
        """Log an exception with its traceback, and say so. Call it on the Qt thread."""
        text = "".join(traceback.format_exception(error))
        try:
            if self._handler is None:
                self._handler = RotatingFileHandler(
                    self.log_path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
                )
                self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
                self._log.addHandler(self._handler)
            self._log.error("%s", text)
        except OSError:
            sys.stderr.write(text)
        self.happened.emit(type(error).__name__)

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.record(error)
