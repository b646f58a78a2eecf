"""Keeps what a person asks and reads from the other people of a computer: files of ours are open to their owner alone.

Where a system has no such permissions (Windows, where the profile's own hold; some disks), nothing changes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def make_private_folder(path: Path) -> None:
    """Create a folder that only its owner can look into; one that is there already is left as it is.

    Raises:
        OSError: it cannot be created.
    """
    path.mkdir(mode=_FOLDER, parents=True, exist_ok=True)


def make_private(path: Path) -> None:
    """Have a file be there that only its owner can read and write. What cannot be done is left for whoever opens it.

    What SQLite keeps beside a database has the permissions of the database.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), _FILE))
        path.chmod(_FILE)
