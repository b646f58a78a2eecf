"""The data folder: where everything a person has is kept, claimed by one Plumbline at a time."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from engine.errors import DataFolderInUse, DataFolderUnusable
from engine.storage.private import make_private_folder

SESSIONS_FILE = "sessions.sqlite"


class DataFolder:
    """A claimed data folder. Claiming is what keeps two writers from one database."""

    def __init__(self, path: Path, lock: FileLock) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def claim(cls, path: Path, *, lock_name: str = "lock") -> DataFolder:
        """Create the folder if need be and claim it, or what the lock's name stands for in it, until ``release``.

        Raises:
            DataFolderInUse: another process, or another part of this one, holds it.
            DataFolderUnusable: it cannot be created or written.
        """
        try:
            make_private_folder(path)
            probe = path / ".writable"
            probe.write_bytes(b"")
            probe.unlink()
            lock = FileLock(path / lock_name, timeout=0)
            lock.acquire()
        except Timeout as error:
            raise DataFolderInUse(
                "Plumbline is already open with this data folder",
                hint=f"Use the window that is open, close it, or choose another folder than {path}.",
            ) from error
        except OSError as error:
            raise DataFolderUnusable(
                f"The data folder {path} cannot be used ({error.strerror or error})",
                hint="Check that the disk is there, has room, and that you may write to it, or choose another folder.",
            ) from error
        return cls(path, lock)

    @property
    def sessions_path(self) -> Path:
        """Where the sessions database is."""
        return self.path / SESSIONS_FILE

    def ensure_present(self) -> None:
        """Do nothing while the folder is where it was.

        Raises:
            DataFolderUnusable: it was deleted or moved away while it was open.
        """
        if not self.path.is_dir():
            raise DataFolderUnusable(
                f"The data folder {self.path} is not there any more",
                hint="Put it back or connect its disk, then start Plumbline again.",
            )

    def release(self) -> None:
        """Let another Plumbline have it."""
        self._lock.release()
