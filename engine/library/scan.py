"""Lists the files of a folder that are worth reading, without leaving it and without reading any."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

_JUNK = frozenset(
    {"node_modules", "__pycache__", "venv", "site-packages", "bower_components", "$recycle.bin", "lost+found"}
    | {"system volume information", "__macosx"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFile:
    """A file as the folder's listing shows it."""

    path: str
    """Relative to the folder, with slashes."""
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlistedFolder:
    """A folder below the root, or a name in it, that could not be looked at; what is in it is not known."""

    path: str
    reason: str


def scan(root: Path, *, suffixes: Collection[str], skipped: Path | None = None) -> Iterator[FoundFile | UnlistedFolder]:
    """Yield the readable files below a folder, in no particular order.

    Hidden files and folders, links, junk folders and ``skipped`` are left out. Suffixes are lower case with their dot.

    Raises:
        OSError: the root itself cannot be listed.
    """
    identity = _identity(skipped) if skipped is not None else None
    seen = {_identity(root)}
    waiting = [("", _listing(root))]
    while waiting:
        prefix, entries = waiting.pop()
        for entry in entries:
            if entry.name.startswith((".", "~$")) or entry.name.casefold() in _JUNK:
                continue
            path = prefix + entry.name
            try:
                path.encode()
                if entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    there = _identity(Path(entry.path))
                    if there in seen or there == identity:
                        continue
                    seen.add(there)
                    waiting.append((f"{path}/", _listing(Path(entry.path))))
                elif PurePath(entry.name).suffix.lower() in suffixes and entry.is_file(follow_symlinks=False):
                    status = entry.stat(follow_symlinks=False)
                    yield FoundFile(
                        path=path,
                        size_bytes=status.st_size,
                        mtime_ns=status.st_mtime_ns,
                        ctime_ns=status.st_ctime_ns,
                    )
            except UnicodeEncodeError:
                readable = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
                yield UnlistedFolder(path=readable, reason="Its name is not valid Unicode")
            except FileNotFoundError:
                continue
            except OSError as error:
                yield UnlistedFolder(path=path, reason=error.strerror or str(error))


def _listing(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
