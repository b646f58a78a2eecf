"""What llama.cpp says while it works: kept for explanations and bug reports, and never written to the terminal."""

from __future__ import annotations

import ctypes
from collections import deque
from typing import Any

from models.llama.bindings import api

_LINES = 300
_LINE_LENGTH = 400
_DEBUG, _ERROR, _CONTINUED = 1, 4, 5


class EngineLog:
    """The latest lines of llama.cpp's log."""

    def __init__(self) -> None:
        self._lines: deque[tuple[int, str]] = deque(maxlen=_LINES)
        self._callback = api.llama_log_callback(self._hear)
        # llama.cpp may speak as long as the process lives, so the callback must never be freed.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._callback))
        api.llama_log_set(self._callback, ctypes.c_void_p(0))

    def lines(self) -> tuple[str, ...]:
        """Return what was said lately, oldest first."""
        return tuple(text for _, text in self._lines)

    def errors(self) -> str:
        """Return what llama.cpp called an error lately, as one text."""
        return "\n".join(text for level, text in self._lines if level == _ERROR)

    def clear(self) -> None:
        """Forget what was said."""
        self._lines.clear()

    def _hear(self, level: int, text: bytes, _data: Any) -> None:
        if level == _DEBUG:
            return
        line = text.decode("utf-8", "replace").rstrip("\n")[:_LINE_LENGTH]
        if level == _CONTINUED and self._lines:
            level, start = self._lines.pop()
            line = (start + line)[:_LINE_LENGTH]
        self._lines.append((level, line))
