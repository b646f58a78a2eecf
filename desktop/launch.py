"""Starting the window: the Qt application around ``App``, and the way out."""

from __future__ import annotations

import os
import sys

from PySide6.QtWidgets import QApplication, QStyleFactory

from desktop.app import App, Places

SWITCH_INTERVAL_S = 0.0005
"""How long a busy thread may keep the interpreter from the window. With Python's own choice, ten times as long, the
event loop was three times as late during runs (``tests/benchmarks/bench_window.py``)."""


def run(arguments: list[str], places: Places) -> int:
    """Open the window and stay until it is closed; return the exit code."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    application = QApplication(arguments)
    application.setApplicationName("Plumbline")
    application.setApplicationDisplayName("Plumbline")
    application.setDesktopFileName("plumbline")
    application.setStyle(QStyleFactory.create("Fusion"))
    app = App(application, places)
    app.start()
    code = application.exec()
    if not app.close():
        # A thread that will not end: everything shown is stored, so nothing is lost by leaving at once.
        os._exit(code)
    app.dismantle()
    return code
