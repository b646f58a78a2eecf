"""Which folders the library has: checked when added, and remembered in a file that outlives a damaged index."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.codec import Undecodable, decode, encode
from engine.domain import FolderId
from engine.errors import FolderUnusable

FOLDERS_FILE = "folders.json"
GUIDE_ID = FolderId("guide")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFolder:
    """A folder as it is remembered."""

    id: FolderId
    path: str
    name: str
    is_guide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _FolderList:
    folders: tuple[KnownFolder, ...]


def usable_path(path: Path, *, known: Iterable[KnownFolder]) -> Path:
    """Return the absolute path of a folder that can be added beside the known ones.

    Raises:
        FolderUnusable: it is not a readable folder, it is a whole disk, or it overlaps with one that is there.
    """
    absolute = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - a link stays the name that was chosen
    try:
        resolved = absolute.resolve(strict=True)
        with os.scandir(resolved) as entries:
            next(entries, None)
        str(absolute).encode()
    except NotADirectoryError as error:
        raise FolderUnusable(
            f"{absolute.name} is a file, not a folder", hint="Choose the folder that the file is in."
        ) from error
    except FileNotFoundError as error:
        raise FolderUnusable(
            f"There is no folder {_readable(absolute)}",
            hint="Check the spelling, and that the disk it is on is connected.",
        ) from error
    except PermissionError as error:
        raise FolderUnusable(
            f"The folder {absolute.name} may not be read",
            hint="Give yourself permission to read it, then add it again.",
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        raise FolderUnusable(
            f"The folder {_readable(absolute)} cannot be used ({getattr(error, 'strerror', None) or error})",
            hint="Choose another folder.",
        ) from error
    if resolved.parent == resolved:
        raise FolderUnusable(
            "A whole disk cannot be added", hint="Choose the folders on it that hold what you want to ask about."
        )
    for folder in known:
        if not folder.is_guide:
            _refuse_overlap(absolute, resolved, folder)
    return absolute


def _refuse_overlap(path: Path, resolved: Path, other: KnownFolder) -> None:
    there = Path(other.path)
    there_resolved = there.resolve()
    if resolved == there_resolved:
        raise FolderUnusable(f"{path.name} is already in the library", hint="Update it to read what has changed.")
    if there_resolved in resolved.parents:
        raise FolderUnusable(
            f"{path.name} is inside {other.name}, which is already in the library",
            hint=f"Everything in {there} is read already. To have this folder apart, remove {other.name} first.",
        )
    if resolved in there_resolved.parents:
        raise FolderUnusable(
            f"{path.name} contains {other.name}, which is already in the library",
            hint=f"Remove {other.name} from the library first, then add this folder; nothing is deleted on the disk.",
        )


def folder_id(path: Path) -> FolderId:
    """Return the id of a folder: the same path has the same id, also after it was removed and added again."""
    return FolderId(hashlib.sha256(str(path).encode()).hexdigest()[:12])


def remember(data_folder: Path, folders: Iterable[KnownFolder]) -> None:
    """Write the list of folders, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    target = data_folder / FOLDERS_FILE
    draft = target.with_suffix(".json.new")
    content = encode(_FolderList(folders=tuple(folders)))
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def remembered(data_folder: Path) -> tuple[KnownFolder, ...]:
    """Return the list as it was last written; empty when there is none or it cannot be understood."""
    try:
        content = (data_folder / FOLDERS_FILE).read_bytes()
        return decode(content, _FolderList).folders
    except (OSError, Undecodable):
        return ()


def is_mount(path: Path) -> bool:
    """Return whether a folder is where another disk is attached.

    Raises:
        OSError: it is not there.
    """
    return path.stat().st_dev != path.resolve().parent.stat().st_dev


def _readable(path: Path) -> str:
    text = str(path).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
