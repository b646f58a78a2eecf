"""A lock between processes that the operating system lets go of when its holder dies, however it dies.

Standard library only: it is needed before the environment exists.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_HELD_ELSEWHERE = {errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK}


class AlreadyHeld(Exception):
    """Another process holds the lock."""


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock while inside.

    Raises:
        AlreadyHeld: another process is inside.
    """
    with path.open("ab") as file:
        _lock(file, wait=False)
        yield


@contextmanager
def held_in_turn(path: Path, *, before_waiting: Callable[[], None]) -> Iterator[None]:
    """Hold the lock while inside; wait for whoever holds it now, after saying so."""
    with path.open("ab") as file:
        try:
            _lock(file, wait=False)
        except AlreadyHeld:
            before_waiting()
            while True:
                with suppress(AlreadyHeld):  # Windows stops waiting after ten seconds
                    _lock(file, wait=True)
                    break
        yield


def _lock(file: IO[bytes], *, wait: bool) -> None:
    """Take the lock; where the file system has no locks at all, go on without one."""
    try:
        if os.name == "nt":
            import msvcrt  # noqa: PLC0415  exists on Windows only

            file.seek(0)
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl  # noqa: PLC0415  exists everywhere else

            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError as error:
        if error.errno in _HELD_ELSEWHERE:
            raise AlreadyHeld(file.name) from error
