"""What a command writes and where: results to the output stream, progress and problems to the error stream."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import sys
import threading
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TextIO

from engine.export.printable import one_line, printable


class Style(StrEnum):
    """How a word stands out where colours are wanted."""

    HEADING = "\x1b[1m"
    GOOD = "\x1b[32m"
    BAD = "\x1b[31m"


_PLAIN = "\x1b[0m"
COLUMNS = 78
"""How wide lines of text are."""


class Explained(Protocol):
    """A problem that can be explained: the engine's errors, and those of models."""

    title: str
    hint: str


@dataclass
class Terminal:
    """The three streams of a command. A live line is only drawn where a person sees it being redrawn.

    May be used from several threads: pages are fetched on others than the run.
    """

    input: TextIO = field(default_factory=lambda: sys.stdin)
    out: TextIO = field(default_factory=lambda: sys.stdout)
    errors: TextIO = field(default_factory=lambda: sys.stderr)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    is_quiet: bool = False
    _live: str = ""
    _is_mid_line: bool = False
    """Whether words were streamed whose line is not ended yet."""
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """Held again by the same thread where a signal arrives in the middle of a write."""

    def prepare(self) -> None:
        """Make sure that every character can be written, whatever the system's old encodings are."""
        for stream in (self.out, self.errors):
            if isinstance(stream, io.TextIOWrapper):
                if stream.isatty():
                    stream.reconfigure(errors="replace")
                else:
                    stream.reconfigure(encoding="utf-8", errors="replace")
        if isinstance(self.input, io.TextIOWrapper) and not self.input.isatty():
            with contextlib.suppress(io.UnsupportedOperation):
                self.input.reconfigure(encoding="utf-8-sig", errors="replace")

    @property
    def is_live(self) -> bool:
        """Whether progress is a line that is drawn again and again."""
        return not self.is_quiet and self.errors.isatty() and self.environment.get("TERM") != "dumb"

    def say(self, text: str, *, lead: str = "", style: Style | None = None) -> None:
        """Write a line, or several, of the result; ``lead`` comes first and in the given style."""
        with self._lock:
            self._wipe()
            _write(self.out, f"{self._styled(lead, style, self.out)}{printable(text)}\n")

    def note(self, text: str) -> None:
        """Tell how it goes, on a line that stays; not when quiet."""
        if not self.is_quiet:
            self.warn(text)

    def live(self, text: str) -> None:
        """Tell how it goes, on a line that the next one replaces; nowhere else."""
        if not self.is_live:
            return
        line = _cut(one_line(text), shutil.get_terminal_size().columns - 1)
        with self._lock:
            if line != self._live and not self._is_mid_line:
                padding = " " * max(0, _columns(self._live) - _columns(line))
                _write(self.errors, f"\r{line}{padding}")
                self._live = line

    def stream(self, text: str) -> None:
        """Write words as they come, on the error stream; not when quiet."""
        if self.is_quiet or not text:
            return
        # A carriage return could draw over what stands there.
        lines = [printable(line) for line in text.split("\n")]
        with self._lock:
            if self._live:
                self._wipe()
            _write(self.errors, "\n".join(lines))
            self._is_mid_line = bool(lines[-1]) or (len(lines) == 1 and self._is_mid_line)

    def warn(self, text: str) -> None:
        """Tell something that must be seen, also when quiet."""
        with self._lock:
            self._wipe()
            _write(self.errors, printable(text) + "\n")

    def explain(self, problem: Explained) -> None:
        """Tell what went wrong and what to do."""
        title = self._styled(f"{one_line(problem.title)}.", Style.BAD, self.errors)
        with self._lock:
            self._wipe()
            _write(self.errors, "\n".join([title, printable(problem.hint)] if problem.hint else [title]) + "\n")

    def _styled(self, text: str, style: Style | None, stream: TextIO) -> str:
        is_plain = (
            style is None
            or not text
            or not stream.isatty()
            or bool(self.environment.get("NO_COLOR"))
            or self.environment.get("TERM") == "dumb"
            or (os.name == "nt" and "WT_SESSION" not in self.environment)
        )
        return text if is_plain else f"{style}{text}{_PLAIN}"

    def _wipe(self) -> None:
        if self._is_mid_line:
            self._is_mid_line = False
            _write(self.errors, "\n")
        if self._live:
            _write(self.errors, "\r" + " " * _columns(self._live) + "\r")
            self._live = ""


def filled(text: str, *, first: str = "", indent: str = "") -> str:
    """Return a text in lines of at most 78 columns; what is written without spaces is broken where a line is full.

    Args:
        text: on one line.
        first: what the first line begins with.
        indent: what every other line begins with.
    """
    lines, line, is_begun = [], first, False
    for word in text.split():
        if is_begun and _columns(line) + 1 + _columns(word) <= COLUMNS:
            line += f" {word}"
            continue
        if is_begun and not _is_unspaced(word):
            lines.append(line)
            line = indent
        elif is_begun:
            line += " "
        for character in word:
            if _is_unspaced(word) and _columns(line) + _columns(character) > COLUMNS:
                lines.append(line)
                line = indent
            line += character
        is_begun = True
    return "\n".join([*lines, line])


def _is_unspaced(word: str) -> bool:
    """Whether a word is a stretch of a script that is written without spaces."""
    return sum(unicodedata.east_asian_width(character) in "WF" for character in word) > len(word) / 2


def _write(stream: TextIO, text: str) -> None:
    """Write and hand over at once.

    Raises:
        BrokenPipeError: nobody reads the stream any more.
    """
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        if os.name == "nt" and error.errno == errno.EINVAL:  # how Windows says it
            raise BrokenPipeError from error
        raise


def _columns(text: str) -> int:
    """Return how wide a text is in a terminal, East Asian wide characters counting twice."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _cut(text: str, columns: int) -> str:
    if _columns(text) <= columns:
        return text
    cut = text[: max(0, columns - 1)]
    while cut and _columns(cut) > columns - 1:
        cut = cut[:-1]
    return cut + "…"
