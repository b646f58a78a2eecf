"""Makes an ordinary process one that can own a model: its pipes, its end, its last words, its rank in memory."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

_DIE_WITH_PARENT = 1
_OOM_SCORE = b"600"
"""Of -1000 to 1000: when memory runs out this process goes, not the window."""


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the two pipes to ourselves: a library that prints must not be able to break the protocol."""
    commands = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  exists only there

        msvcrt.setmode(commands.fileno(), os.O_BINARY)
        msvcrt.setmode(answers.fileno(), os.O_BINARY)
    return commands, answers


def prepare_process() -> None:
    """Leave a reason when it crashes, no core file of many gigabytes, and the terminal's Ctrl+C to the app."""
    with suppress(OSError, RuntimeError, ValueError):
        faulthandler.enable(file=2)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  exists only on POSIX

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        _end_with_parent()
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_bytes(_OOM_SCORE)


def _end_with_parent() -> None:
    """Have the system end this process with the thread that started it, even when no thread here can run."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, int(signal.SIGKILL), 0, 0, 0)


def leave_word() -> None:
    """Write the traceback where the app looks for last words; in a windowed build there is no ``sys.stderr``."""
    with suppress(OSError):
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
