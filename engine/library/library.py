"""The writing side of the library: folders added and removed, and their index kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from engine.domain import FolderId
from engine.errors import DataFolderUnusable, FolderMissing
from engine.library import records
from engine.library.folders import GUIDE_ID, KnownFolder, folder_id, remember, remembered, usable_path
from engine.library.index import Index
from engine.library.readings import FileParser, Readings
from engine.library.schema import LIBRARY_FILE, library_migrations
from engine.library.update import FolderUpdate
from engine.library.upkeep import Upkeep
from engine.library.values import Folder, IndexProgress
from engine.reading.parser import READABLE_SUFFIXES
from engine.storage.database import Database, DatabaseDamaged, open_writer, translated_errors
from engine.storage.folder import DataFolder
from engine.storage.salvage import StoreNotice, check_health, set_aside
from engine.version import VERSION

__all__ = ["FileParser", "Library"]

_LOCK = "library.lock"
_WORKERS = 2
_CACHE_KIB = 65_536
_UNCLEAN = "is_open"
_SEEDED = "is_seeded"


class Library:
    """The one writer of a data folder's index; used from one thread.

    Everything in the index can be made again from the files, so a damaged one is kept aside and built anew.
    """

    def __init__(self, claim: DataFolder, *, parser: FileParser) -> None:
        self._claim = claim
        self._path = claim.path / LIBRARY_FILE
        self._notices: list[StoreNotice] = []
        self._is_closed = False
        self._readings = Readings(parser, workers=_WORKERS)
        self._database = self._opened()
        self._index = Index(self._database.conn)

    @classmethod
    def open(cls, data_folder: Path, *, parser: FileParser) -> Library:
        """Open or create the index of a data folder.

        Raises:
            DataFolderInUse: another Plumbline keeps it up to date.
            StorageError: it cannot be opened.
        """
        claim = DataFolder.claim(data_folder, lock_name=_LOCK)
        try:
            return cls(claim, parser=parser)
        except BaseException:
            claim.release()
            raise

    @property
    def notices(self) -> tuple[StoreNotice, ...]:
        """What the person should be told once: that a damaged index was kept aside, for example."""
        return tuple(self._notices)

    def folders(self) -> tuple[Folder, ...]:
        """Return the folders of the library, the guide first, then by name."""
        with translated_errors(self._path):
            return records.folder_values(self._database.conn)

    def add_folder(self, path: Path, *, name: str | None = None, is_guide: bool = False) -> Folder:
        """Add a folder; its files are read by the next update. Adding the guide again tells where it is now.

        Raises:
            FolderUnusable: it is not a readable folder, or overlaps with one that is there.
            StorageError: it could not be stored.
        """
        with translated_errors(self._path):
            known = records.known_folders(self._database.conn)
            absolute = usable_path(path, known=() if is_guide else known)
            folder = KnownFolder(
                id=GUIDE_ID if is_guide else folder_id(absolute),
                path=str(absolute),
                name=name or absolute.name,
                is_guide=is_guide,
            )
            if folder not in known:
                with self._database.atomic():
                    records.put_folder(self._database.conn, folder)
                self._remember()
            return next(value for value in records.folder_values(self._database.conn) if value.id == folder.id)

    def remove_folder(self, folder_id: FolderId) -> None:
        """Take a folder out of the library; nothing on the disk is touched. Updates clear what is left of its index.

        Raises:
            FolderMissing: it is not in the library.
            StorageError: it could not be stored.
        """
        with translated_errors(self._path):
            with self._database.atomic():
                was_there = records.remove_folder(self._database.conn, folder_id)
            if not was_there:
                raise FolderMissing("That folder is not in the library", hint="It may have been removed already.")
            self._remember()

    def try_again(self, folder_id: FolderId) -> None:
        """Let the next update read the files again that could not be read, though they are as they were."""
        with translated_errors(self._path), self._database.atomic():
            records.forget_marks(self._database.conn, folder_id)

    def update(
        self, *, should_stop: Callable[[], bool], folders: Collection[FolderId] | None = None
    ) -> Iterator[IndexProgress]:
        """Bring the index up to date with the files, yielding about ten times a second, first and last per folder.

        Committed about once a second: stopped or killed at any moment, the next update carries on from there. A
        folder that is not there keeps its documents.

        Args:
            should_stop: asked often, also while files are being parsed.
            folders: only these; None means all.

        Raises:
            ParserNotStarted: no file can be read at all.
            StorageError: the index could not be written.
        """
        try:
            yield from self._update(should_stop, folders)
        except DatabaseDamaged as error:
            self._database.close()
            self._start_anew(error)
            yield from self._update(should_stop, folders)

    def close(self) -> None:
        """Close the index; a second call does nothing. Close the parser first: this waits for what it is parsing."""
        if self._is_closed:
            return
        self._is_closed = True
        self._readings.close()
        try:
            with translated_errors(self._path), self._database.atomic():
                self._database.conn.execute("DELETE FROM settings WHERE name = ?", (_UNCLEAN,))
        finally:
            self._database.close()
            self._claim.release()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _update(self, should_stop: Callable[[], bool], folders: Collection[FolderId] | None) -> Iterator[IndexProgress]:
        with translated_errors(self._path):
            upkeep = Upkeep(self._database, self._index)
            chosen = [folder for folder in self.folders() if folders is None or folder.id in folders]
            upkeep.note_version(VERSION)
            upkeep.rebuild(should_stop=should_stop)
            for folder in chosen:
                if should_stop():
                    return
                yield from FolderUpdate(
                    folder,
                    database=self._database,
                    index=self._index,
                    readings=self._readings,
                    suffixes=READABLE_SUFFIXES,
                    skipped=self._claim.path,
                    should_stop=should_stop,
                ).run()
            upkeep.purge(should_stop=should_stop)
            upkeep.tidy(should_stop=should_stop)

    def _opened(self) -> Database:
        try:
            return self._checked()
        except DatabaseDamaged as error:
            return self._new(error)

    def _checked(self) -> Database:
        """Open the index; after a crash, look through it first.

        Raises:
            DatabaseDamaged: something in it is wrong.
        """
        database = open_writer(self._path, migrations=library_migrations(), is_durable=False)
        try:
            with translated_errors(self._path):
                database.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
                if records.setting(database.conn, _UNCLEAN) is not None:
                    check_health(self._path)
                with database.atomic():
                    records.put_setting(database.conn, _UNCLEAN, "1")
                    if records.setting(database.conn, _SEEDED) is None:
                        for folder in remembered(self._claim.path):
                            records.put_folder(database.conn, folder)
                        records.put_setting(database.conn, _SEEDED, "1")
        except BaseException:
            database.close()
            raise
        return database

    def _start_anew(self, error: DatabaseDamaged) -> None:
        self._readings.drop()
        self._database = self._new(error)
        self._index = Index(self._database.conn)

    def _new(self, error: DatabaseDamaged) -> Database:
        try:
            aside = set_aside(self._path)
        except OSError as problem:
            raise DataFolderUnusable(
                f"The damaged index {self._path.name} cannot be moved out of the way ({problem.strerror or problem})",
                hint=f"Close every Plumbline, then delete {self._path}: it is built anew from your files.",
            ) from error
        self._notices.append(
            StoreNotice(
                title="The index of your folders was damaged and is being built anew",
                hint=f"Your files are not affected. The damaged index is kept as {aside.name} in {aside.parent}.",
            )
        )
        return self._checked()

    def _remember(self) -> None:
        try:
            remember(self._claim.path, records.known_folders(self._database.conn))
        except OSError as error:
            raise DataFolderUnusable(
                f"The list of folders cannot be written ({error.strerror or error})",
                hint=f"Check that {self._claim.path} has room and that you may write to it.",
            ) from error
