"""What the library tells about itself: folders, progress, problems, and the documents in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.domain import FolderId


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of the library and how its index stands."""

    id: FolderId
    path: Path
    name: str
    is_guide: bool
    """Whether it is the app's own user guide."""
    is_available: bool
    """Whether the folder was there when it was last looked at; its documents stay in the index when it is not."""
    documents: int
    failed: int
    """Files that could not be turned into text."""
    size_bytes: int
    """Of the indexed files."""
    updated_at: datetime | None
    """When the folder was last read to the end; None before the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexProgress:
    """How far the reading of one folder has come."""

    folder: Folder
    """As it was when its update began; in the last progress of a folder, as it is now."""
    done: int
    total: int
    """Files to look at; 0 while they are still being listed."""
    current: str
    """The file last looked at, relative to the folder; empty before the first."""
    indexed: int
    unchanged: int
    removed: int
    failed: int
    elapsed_s: float
    is_final: bool = False
    """Whether this folder is finished: read to the end, unavailable, or stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A file, or a folder in a folder, that could not be read, and what can be done about it."""

    folder_id: FolderId
    path: Path
    """Relative to the folder."""
    title: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry:
    """One indexed file, as shown in a list."""

    folder_id: FolderId
    path: Path
    """Relative to the folder."""
    address: str
    title: str
    format: str
    size_bytes: int
    modified_at: datetime
    characters: int
