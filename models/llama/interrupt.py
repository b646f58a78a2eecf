"""A switch that breaks off llama.cpp's work: set from any thread, read by llama.cpp without Python's lock."""

from __future__ import annotations

import ctypes

_ROOM = 64
"""The text in it is never longer than one byte; the rest lets strlen read whole machine words."""


class Interrupt:
    """A text that is empty while work may go on and one byte long when it is to stop.

    llama.cpp asks the C library's ``strlen`` for its length before every node of the graph: no Python function is
    called, so no lock is taken in the middle of a computation.
    """

    def __init__(self) -> None:
        self._text = (ctypes.c_char * _ROOM)()

    def set(self) -> None:
        """Have everything that obeys this interrupt stop as soon as it can."""
        self._text[0] = b"\x01"

    def clear(self) -> None:
        """Let work go on again."""
        self._text[0] = b"\x00"

    @property
    def is_set(self) -> bool:
        """Whether work is to stop."""
        return self._text[0] != b"\x00"

    @property
    def address(self) -> int:
        """Where the text lies in memory; valid as long as this object lives."""
        return ctypes.addressof(self._text)
