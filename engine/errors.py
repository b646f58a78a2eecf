"""What can go wrong and be explained to a person.

PlumblineError                 everything below: has a title (what happened) and a hint (what to do)
├── QuestionUnusable           nothing in it to research, or far too long
├── StorageError
│   ├── DataFolderInUse        another Plumbline has it open
│   ├── DataFolderUnusable     cannot be created, read or written
│   ├── StorageFull            no room to commit the next event
│   └── DatabaseTooNew         written by a later version of Plumbline
├── LibraryError
│   ├── FolderUnusable         not a folder, not readable, inside another one
│   └── FolderMissing          was there when it was added
├── DocumentUnreadable         one file or page cannot be turned into text: damaged, encrypted, too slow, blocked, …
├── NetworkRefused             the door did not let a request out: offline, not allowed, not a public address
├── ModelFailed                the language model cannot do its part: missing, unsuitable, too large, unreachable
│   └── ModelBroke             it broke down in the middle of a step, which can be repeated
├── SessionNotFound
├── BundleUnusable             a file is no bundle, is damaged, or does not hold what it says
│   └── BundleDamaged          it is there and can be read, and is no bundle or not as it was packed
└── ExportFailed               the report could not be written where it was asked for

Anything else that escapes is a bug. Cancelling and a spent budget are not errors.
"""

from __future__ import annotations

from engine.domain import Obstacle


class PlumblineError(Exception):
    """A problem that can be explained.

    Args:
        title: what happened, one line, no jargon, no full stop.
        hint: what the person can do about it, one or two sentences.
    """

    def __init__(self, title: str, *, hint: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.title}. {self.hint}" if self.hint else self.title


class QuestionUnusable(PlumblineError):
    """There is nothing in the question to research, or it is far too long."""


class StorageError(PlumblineError):
    """The data folder or a database in it cannot do its work."""


class DataFolderInUse(StorageError):
    """Another Plumbline has the data folder open."""


class DataFolderUnusable(StorageError):
    """The data folder cannot be created, read or written."""


class StorageFull(StorageError):
    """There is no room to commit the next event; what was committed is safe."""


class DatabaseTooNew(StorageError):
    """A later version of Plumbline has written the database."""


class LibraryError(PlumblineError):
    """A folder of the library cannot be used."""


class FolderUnusable(LibraryError):
    """Not a folder, not readable, or already in the library."""


class FolderMissing(LibraryError):
    """The folder was there when it was added and is not now."""


class DocumentUnreadable(PlumblineError):
    """One file or page cannot be turned into text.

    Args:
        title: as in ``PlumblineError``.
        hint: as in ``PlumblineError``.
        obstacle: what kind of reason it is.
    """

    def __init__(self, title: str, *, hint: str = "", obstacle: Obstacle = Obstacle.OTHER) -> None:
        super().__init__(title, hint=hint)
        self.obstacle = obstacle


class NetworkRefused(PlumblineError):
    """The door did not let a request out; the ledger says so too."""


class ModelFailed(PlumblineError):
    """The language model cannot do its part."""


class ModelBroke(ModelFailed):
    """The language model broke down in the middle of a step; the step can be repeated."""


class SessionNotFound(PlumblineError):
    """No such session, run or source in this data folder."""


class AmendmentImpossible(PlumblineError):
    """A report cannot be changed as it was wanted; it stays as it is."""


class ClaimNotFound(PlumblineError):
    """No such claim in a report."""


class BundleUnusable(PlumblineError):
    """A file is no bundle, is damaged, or does not hold what it says."""


class BundleDamaged(BundleUnusable):
    """A file is there and can be read, and is no bundle, is not as it was packed, or is meant to harm."""


class ExportFailed(PlumblineError):
    """The report could not be written where it was asked for."""
