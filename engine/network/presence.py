"""Which programs write to a ledger at the moment: each holds a lock on a small file for as long as it lives.

A lock goes with its program, however that ends; the number of a process would be given to another one.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

_BEGINNING, _ENDING = "network-", ".lock"


class Presence:
    """That one program is there."""

    def __init__(self, data_folder: Path) -> None:
        self.token = secrets.token_hex(8)
        """Stands for the program in the ledger."""
        self._path = data_folder / f"{_BEGINNING}{self.token}{_ENDING}"
        self._lock: FileLock | None = None

    def begin(self) -> None:
        """Be there from now on. Where no lock can be had, others take this program for one that has ended."""
        if self._lock is None:
            with suppress(OSError, NotImplementedError, Timeout):
                lock = FileLock(self._path, timeout=0)
                lock.acquire()
                self._lock = lock

    def end(self) -> None:
        """Be there no more."""
        if self._lock is not None:
            with suppress(OSError):
                self._lock.release()
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            self._lock = None


def living(data_folder: Path) -> tuple[str, ...]:
    """Return what stands for each program that is there; what ended ones left behind is taken away."""
    alive = []
    for path in sorted(data_folder.glob(f"{_BEGINNING}*{_ENDING}")):
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout:
            alive.append(path.name.removeprefix(_BEGINNING).removesuffix(_ENDING))
        except (OSError, NotImplementedError):
            continue
        else:
            lock.release()
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return tuple(alive)
