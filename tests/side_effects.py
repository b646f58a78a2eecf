"""Hears what this Python does to the computer while a test looks: files, processes, connections, names.

The interpreter reports it itself (its audit events), so nothing has to be replaced. What C libraries do on their own
is not heard; the parser process is looked at from outside.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTS = frozenset(
    "subprocess.Popen os.system os.exec os.posix_spawn os.spawn os.startfile os.fork os.forkpty pty.spawn "
    "webbrowser.open".split()
)
_CHANGES = frozenset(
    "os.remove os.rename os.mkdir os.rmdir os.symlink os.link os.truncate os.chmod os.chown "
    "shutil.rmtree shutil.move shutil.copyfile".split()
)
_PARSER = "engine.reading.worker"


@dataclass
class Effects:
    """What was heard."""

    written: list[str] = field(default_factory=list)
    """Files opened to be written, and whatever else was changed on the disk."""
    opened: list[str] = field(default_factory=list)
    """Files opened to be read."""
    started: list[str] = field(default_factory=list)
    """Processes, other than the parser's."""
    connected: list[tuple[str, int]] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """Names that the system was asked for."""

    def outside(self, *folders: Path) -> list[str]:
        """Return what was written outside some folders and Python's own cache."""
        homes = tuple(str(folder) for folder in folders)
        return [
            path
            for path in self.written
            if not path.startswith(homes) and "__pycache__" not in path and path not in (os.devnull, "")
        ]

    def with_any(self, marks: Iterable[str]) -> list[str]:
        """Return everything heard that has one of the marks in it."""
        heard = [*self.written, *self.opened, *self.started, *self.named, *(host for host, _ in self.connected)]
        found = tuple(marks)
        return [one for one in heard if any(mark in one for mark in found)]


class Watch:
    """Listens between ``with`` and its end, on all threads."""

    def __enter__(self) -> Effects:
        self._effects = Effects()
        _board().listeners.append(self._effects)
        return self._effects

    def __exit__(self, *_: object) -> None:
        _board().listeners.remove(self._effects)


@dataclass
class _Board:
    listeners: list[Effects] = field(default_factory=list)
    guard: threading.local = field(default_factory=threading.local)

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.listeners or getattr(self.guard, "is_busy", False):
            return
        self.guard.is_busy = True
        try:
            for effects in tuple(self.listeners):
                _note(effects, event, arguments)
        finally:
            self.guard.is_busy = False


def _note(effects: Effects, event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, int) or path is None:
            return
        writes = any(sign in mode for sign in "wax+") if isinstance(mode, str) else bool((flags or 0) & _WRITES)
        (effects.written if writes else effects.opened).append(_text(path))
    elif event == "sqlite3.connect":
        # "file:…?mode=ro" and the like: a connection may write, so it is counted as if it did.
        effects.written.append(_text(arguments[0]).removeprefix("file:").removeprefix("//").partition("?")[0])
    elif event in _CHANGES:
        effects.written += [_text(one) for one in arguments if isinstance(one, str | bytes | os.PathLike)]
    elif event in _STARTS:
        told = " ".join(_flat(arguments))
        if _PARSER not in told:
            effects.started.append(f"{event} {told}")
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        effects.connected.append((str(arguments[1][0]), int(arguments[1][1])))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        effects.named.append(str(arguments[0]))


def _flat(value: object) -> list[str]:
    if isinstance(value, list | tuple):
        return [text for one in value for text in _flat(one)]
    return [_text(value)] if isinstance(value, str | bytes | os.PathLike) else []


def _text(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, str | bytes | os.PathLike) else str(path)


@cache
def _board() -> _Board:
    board = _Board()
    sys.addaudithook(board.hear)  # cannot be taken away again; without listeners it does nothing
    return board


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with what is in it."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


__all__ = ["Effects", "Watch", "contents"]
