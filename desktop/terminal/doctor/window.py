"""Whether the window can open, found out without importing Qt here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

from desktop.terminal.doctor.child import try_line
from desktop.terminal.doctor.finding import Finding, Verdict

_TRY_WINDOW = "from PySide6.QtWidgets import QApplication; QApplication(['plumbline'])"
_TRY_QT = "import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets, qtawesome; print(PySide6.__version__)"
_HINT = "The start command names the system packages that are missing:  python3 packaging/start.py"


def check_window() -> Iterator[Finding]:
    """Qt, tried in a child process because a missing system library ends the whole process."""
    version, trouble = try_line(_TRY_QT)
    if trouble:
        yield Finding(name="Qt", verdict=Verdict.FAILS, detail=trouble, hint=_HINT)
        return
    yield Finding(name="Qt", verdict=Verdict.WORKS, detail=version)
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names):
        yield Finding(
            name="Window",
            verdict=Verdict.ABSENT,
            detail="there is no display here",
            hint="The terminal commands work without one.",
        )
        return
    _, trouble = try_line(_TRY_WINDOW)
    yield Finding(
        name="Window",
        verdict=Verdict.FAILS if trouble else Verdict.WORKS,
        detail=trouble or "can be opened",
        hint=_HINT if trouble else "",
    )
