"""Reads bundles of any origin: everything is measured before it is unpacked, and nothing is ever written to a disk."""

from __future__ import annotations

import hashlib
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from engine.bundle import layout
from engine.counting import size_words
from engine.errors import BundleDamaged, BundleUnusable

_CHUNK_BYTES = 1 << 20
_END = struct.Struct("<4s4H2LH")
"""The end of a ZIP file, before its comment."""
_ZIP64_LOCATOR_BYTES = 20
_HEAD_BYTES = 100
_FIRST_NAME = layout.README.encode()
"""Of the first entry: it stands near the beginning of every bundle."""
_IS_ENCRYPTED = 0x1
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, RuntimeError, ValueError, KeyError, OSError)
"""What reading a damaged ZIP file raises."""


class EntryBroken(Exception):
    """An entry cannot be read; the message says why, for people."""


class BundleArchive:
    """An open bundle whose measures were found to be in bounds."""

    def __init__(self, archive: zipfile.ZipFile, *, digest: str, seal: str, actual: str) -> None:
        self._archive = archive
        self._infos = {info.filename: info for info in archive.infolist()}
        self.digest = digest
        """SHA-256 of the whole file."""
        self.is_sealed = seal == actual
        """Whether the end of the file is the digest of everything before it."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the entries, in their order."""
        return tuple(self._infos)

    def read(self, name: str) -> bytes:
        """Return an entry.

        Raises:
            EntryBroken: it is not there, or is damaged.
        """
        info = self._infos.get(name)
        if info is None:
            raise EntryBroken("is missing")
        try:
            with self._archive.open(info) as entry:
                content = entry.read(info.file_size + 1)
                if len(content) == info.file_size and not entry.read(1):
                    return content
        except _UNREADABLE as error:
            raise EntryBroken("is damaged") from error
        raise EntryBroken("has another size than it says")


@contextmanager
def opened_archive(path: Path) -> Iterator[BundleArchive]:
    """Open a file as a bundle.

    Raises:
        BundleUnusable: it cannot be read, is none, or is one that nobody should unpack.
    """
    with ExitStack() as closing:
        try:
            _refuse_odd_file(path)
            file = closing.enter_context(path.open("rb"))
            size = os.fstat(file.fileno()).st_size
            seal, actual, digest = _looked_at(path, file, size)
        except FileNotFoundError as error:
            raise BundleUnusable(f"There is no file {path}", hint="Check its name.") from error
        except (OSError, ValueError) as error:  # ValueError: a name with a null character
            raise BundleUnusable(f"“{path.name}” cannot be read", hint="Check that you may open it.") from error
        try:
            archive = closing.enter_context(zipfile.ZipFile(file))
        except _UNREADABLE as error:
            raise _damaged(path) from error
        _refuse_odd(path, archive, file_size=size)
        yield BundleArchive(archive, digest=digest, seal=seal, actual=actual)


def _refuse_odd_file(path: Path) -> None:
    """Refuse what may never end, or wait forever, before it is opened."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise BundleUnusable(f"“{path}” is a folder", hint="Choose a bundle, which is a file.")
    if not stat.S_ISREG(mode):
        raise BundleUnusable(f"“{path.name}” is not an ordinary file", hint="Choose a bundle.")


def _looked_at(path: Path, file: BinaryIO, size: int) -> tuple[str, str, str]:
    """Return the seal, what it should be, and the digest of the whole file; refuse what is no bundle by its end."""
    if size == 0:
        raise BundleDamaged(f"“{path.name}” is empty", hint="It may not have been copied or downloaded to its end.")
    if size > layout.MOST_FILE_BYTES:
        raise BundleUnusable(
            f"“{path.name}” is too large for a bundle ({size_words(size)})",
            hint=f"Bundles have up to {layout.MOST_FILE_BYTES >> 20} MB.",
        )
    beginning = file.read(_HEAD_BYTES)
    if size < _END.size + layout.SEAL_BYTES or beginning[:2] != b"PK":
        raise _no_bundle(path, beginning)
    file.seek(size - _END.size - layout.SEAL_BYTES - _ZIP64_LOCATOR_BYTES)
    before = file.read(_ZIP64_LOCATOR_BYTES)
    signature, disk, first_disk, here, entries, index_bytes, index_start, comment = _END.unpack(file.read(_END.size))
    seal = file.read(layout.SEAL_BYTES)
    if signature != b"PK\5\6" or comment != layout.SEAL_BYTES or not seal.startswith(layout.SEAL_BEGINNING):
        raise _no_bundle(path, beginning)
    if before.startswith(b"PK\6\7") or disk or first_disk or here != entries:
        raise _damaged(path)
    if entries > layout.MOST_ENTRIES or index_bytes > layout.MOST_INDEX_BYTES:
        raise _harmful(path, "has more entries than a bundle can have")
    if index_start + index_bytes != size - _END.size - layout.SEAL_BYTES:
        raise _damaged(path)
    file.seek(0)
    hashed, rest = hashlib.sha256(), size - layout.DIGEST_DIGITS
    while rest and (chunk := file.read(min(_CHUNK_BYTES, rest))):
        hashed.update(chunk)
        rest -= len(chunk)
    actual = hashed.hexdigest()
    hashed.update(file.read(layout.DIGEST_DIGITS))
    file.seek(0)
    return seal[len(layout.SEAL_BEGINNING) :].decode("latin-1"), actual, hashed.hexdigest()


def _refuse_odd(path: Path, archive: zipfile.ZipFile, *, file_size: int) -> None:
    """Refuse what no bundle has, and what would fill the memory."""
    infos = archive.infolist()
    if len({info.filename for info in infos}) != len(infos):
        raise _harmful(path, "has two entries of the same name")
    total = 0
    for info in infos:
        if not layout.is_known(info.filename) or info.orig_filename != info.filename:
            raise _harmful(path, "has entries with names that no bundle has")
        if info.flag_bits & _IS_ENCRYPTED:
            raise _harmful(path, "is encrypted")
        if info.compress_type not in _PACKINGS:
            raise _harmful(path, "is packed in a way that no bundle is")
        if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG):
            raise _harmful(path, "has an entry that is no plain file")
        total += info.file_size
        if info.file_size > layout.MOST_ENTRY_BYTES:
            raise _harmful(path, "would unpack to far more than a bundle holds")
    if total > layout.MOST_BYTES or total > max(layout.SMALL_BYTES, file_size * layout.MOST_RATIO):
        raise _harmful(path, "would unpack to far more than a bundle holds")
    if sum(info.compress_size for info in infos) > file_size:
        raise _harmful(path, "has entries that lie over each other")


def _no_bundle(path: Path, beginning: bytes) -> BundleDamaged:
    if _FIRST_NAME not in beginning:
        return BundleDamaged(f"“{path.name}” is no bundle", hint=f"Bundles are files that end in {layout.SUFFIX}.")
    return BundleDamaged(
        f"“{path.name}” is a bundle that is not whole, or that another program has packed again",
        hint="It cannot be checked as it is. Get it once more from where it came. What still holds of one that was "
        "packed again can be looked at by hand: unpack it, and see its README.txt.",
    )


def _damaged(path: Path) -> BundleDamaged:
    return BundleDamaged(
        f"“{path.name}” is damaged", hint="It is not as it was packed. Get it once more from where it came."
    )


def _harmful(path: Path, what: str) -> BundleDamaged:
    return BundleDamaged(
        f"“{path.name}” {what}", hint="Plumbline does not make such files. It was not opened, and nothing was unpacked."
    )
