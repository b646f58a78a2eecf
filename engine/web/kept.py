"""The bytes of a body while they arrive: a few in memory, many in a file without a name.

Six pages of twenty megabytes at once would make the window's process larger for good: what the allocator once got for
them it keeps. A file that is mapped while somebody reads it is given back as soon as nobody does.
"""

from __future__ import annotations

import mmap
import tempfile
from io import BytesIO
from typing import BinaryIO, cast

_IN_MEMORY_BYTES = 1 << 20


class Kept:
    """Takes bytes piece by piece and hands them out as a whole, once."""

    def __init__(self) -> None:
        self._file: BinaryIO = BytesIO()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Add bytes.

        Raises:
            OSError: there is no room on the disk.
        """
        if isinstance(self._file, BytesIO) and self.size + len(piece) > _IN_MEMORY_BYTES:
            beginning = self._file.getvalue()
            self._file = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115  closed in ``taken``, or by its end
            self._file.write(beginning)
        self._file.write(piece)
        self.size += len(piece)

    def taken(self, limit_bytes: int) -> bytes:
        """Return the bytes, the first ``limit_bytes`` of them; what is mapped behaves as bytes for whoever sends it.

        Raises:
            OSError: there is no room on the disk.
        """
        size = min(self.size, limit_bytes)
        with self._file as file:
            file.truncate(size)
            if isinstance(file, BytesIO):
                return file.getvalue()
            file.flush()
            return cast("bytes", mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ))

    def close(self) -> None:
        """Let go of everything that was not taken."""
        self._file.close()
