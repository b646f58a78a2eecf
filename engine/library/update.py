"""Brings the index of one folder up to date with its files: what is new, changed, gone, unreadable."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from engine.domain import FolderId
from engine.library import records
from engine.library.archive import storable, stored_document
from engine.library.batches import Batches
from engine.library.folders import is_mount
from engine.library.index import Index
from engine.library.readings import Failed, Hashed, Interrupted, Parsed, Reading, Readings, Vanished
from engine.library.scan import FoundFile, UnlistedFolder, scan
from engine.library.values import Folder, IndexProgress
from engine.storage.database import Database

_PROGRESS_S = 0.1
_LOOK_AGAIN_S = 0.05


class FolderUpdate:
    """The update of one folder, done once."""

    def __init__(
        self,
        folder: Folder,
        *,
        database: Database,
        index: Index,
        readings: Readings,
        suffixes: Collection[str],
        skipped: Path,
        should_stop: Callable[[], bool],
    ) -> None:
        self._folder = folder
        self._database = database
        self._connection = database.conn
        self._index = index
        self._batches = Batches(database, index)
        self._readings = readings
        self._suffixes = frozenset({".md"}) if folder.is_guide else suffixes
        self._skipped = skipped
        self._should_stop = should_stop
        self._known: dict[str, records.KnownDocument] = {}
        self._parsing: dict[str, list[Hashed]] = {}
        """Hashes of the files being parsed, with the other files that have the same bytes."""
        self._hash_of: dict[str, str] = {}
        self._was_stopped = False
        self._began_at = self._told_at = time.monotonic()
        self._progress = IndexProgress(
            folder=folder, done=0, total=0, current="", indexed=0, unchanged=0, removed=0, failed=0, elapsed_s=0.0
        )

    def run(self) -> Iterator[IndexProgress]:
        """Do it, yielding progress about ten times a second; what is committed stays when it is left early."""
        self._told_at = time.monotonic()
        yield self._progress
        found: dict[str, FoundFile] = {}
        unlisted: list[UnlistedFolder] = []
        try:
            mounted = is_mount(self._folder.path)
            is_lost = self._was_mounted() and not mounted
            if not is_lost:
                for item in scan(self._folder.path, suffixes=self._suffixes, skipped=self._skipped):
                    if isinstance(item, FoundFile):
                        found[item.path] = item
                    else:
                        unlisted.append(item)
                    if self._is_time_to_tell():
                        yield self._told()
                        if self._should_stop():
                            self._was_stopped = True
                            break
        except OSError:
            is_lost = True
        try:
            with self._batches:
                self._batches.open()
                if is_lost:
                    self._lose()
                elif not self._was_stopped:
                    records.put_availability(self._connection, self._folder.id, is_available=True, is_mount=mounted)
                    yield from self._update(found, unlisted)
        finally:
            self._readings.drop()
        yield replace(self._told(), folder=self._folder_now(), is_final=True)

    def _was_mounted(self) -> bool:
        """Whether another disk was here when the folder was last read; if none is now, only its empty place is left."""
        row = self._connection.execute("SELECT is_mount FROM folders WHERE id = ?", (self._folder.id,)).fetchone()
        return bool(row and row[0])

    def _lose(self) -> None:
        """Note that the folder is not there; its documents stay."""
        self._was_stopped = True
        records.put_availability(self._connection, self._folder.id, is_available=False)

    def _update(self, found: dict[str, FoundFile], unlisted: list[UnlistedFolder]) -> Iterator[IndexProgress]:
        self._known = records.known_documents(self._connection, self._folder.id)
        self._remove_gone(found, unlisted)
        self._progress = replace(self._progress, total=len(found))
        candidates = self._candidates(found)
        yield self._told()
        sizes = self._shared_sizes(candidates)
        while candidates or not self._readings.is_idle:
            if self._was_stopped or self._should_stop():
                self._was_stopped = True
                break
            while candidates and self._readings.has_room:
                file = candidates.popleft()
                if file.size_bytes in sizes:
                    self._readings.hash(self._folder.path, file)
                else:
                    self._readings.parse(self._folder.path, file)
            for reading in self._readings.finished(timeout_s=_LOOK_AGAIN_S):
                self._take(reading)
                self._batches.commit_if_due()
                if self._is_time_to_tell():
                    yield self._told()
            self._batches.commit_if_due()
            if self._is_time_to_tell():
                yield self._told()
        if not self._was_stopped:
            self._batches.open()
            self._connection.execute(
                "UPDATE folders SET updated_at = ? WHERE id = ?", (datetime.now(UTC).isoformat(), self._folder.id)
            )

    def _remove_gone(self, found: dict[str, FoundFile], unlisted: list[UnlistedFolder]) -> None:
        folder_id = self._folder.id
        unknown = {folder.path for folder in unlisted}
        prefixes = tuple(f"{path}/" for path in unknown)
        marks = records.problem_marks(self._connection, folder_id)
        gone = [
            path for path in self._known if path not in found and path not in unknown and not path.startswith(prefixes)
        ]
        records.remove_documents(self._connection, folder_id, gone)
        solved = [path for path in marks if path not in found and not path.startswith(prefixes)]
        records.remove_problems(self._connection, folder_id, solved)
        removed = len(gone)
        for folder in unlisted:
            place = FoundFile(path=folder.path, size_bytes=0, mtime_ns=0, ctime_ns=0)
            hint = "Check that you may read it; what is in it stays as it was in the index."
            records.put_problem(self._connection, folder_id, Failed(file=place, title=folder.reason, hint=hint))
        self._progress = replace(self._progress, removed=removed)

    def _candidates(self, found: dict[str, FoundFile]) -> deque[FoundFile]:
        """Return the files to be read, in the order of their paths, and count the others as done."""
        marks = records.problem_marks(self._connection, self._folder.id)
        unchanged = failed = 0
        candidates: deque[FoundFile] = deque()
        for path in sorted(found):
            file = found[path]
            known = self._known.get(path)
            if known is not None and known.is_unchanged(file):
                unchanged += 1
            elif marks.get(path) == (file.size_bytes, file.mtime_ns, file.ctime_ns):
                failed += 1
            else:
                candidates.append(file)
        self._progress = replace(self._progress, done=unchanged + failed, unchanged=unchanged, failed=failed)
        return candidates

    def _shared_sizes(self, candidates: Collection[FoundFile]) -> set[int]:
        """Return the sizes that more than one file has: only among those can there be a file that is known already."""
        known = {size for (size,) in self._connection.execute("SELECT DISTINCT size_bytes FROM contents")}
        counts = Counter(file.size_bytes for file in candidates)
        return {size for size, count in counts.items() if count > 1 or size in known}

    # --- what comes back from the readings -----------------------------------------------------------------------

    def _take(self, reading: Reading) -> None:
        self._batches.open()
        match reading:
            case Hashed():
                self._take_hash(reading)
            case Parsed():
                self._add(reading)
                self._release(reading.file)
            case Failed():
                records.remove_documents(self._connection, self._folder.id, [reading.file.path])
                records.put_problem(self._connection, self._folder.id, reading)
                self._count(reading.file, failed=1)
                self._release(reading.file)
            case Vanished():
                if not self._folder.path.is_dir():
                    self._lose()
                    return
                records.remove_documents(self._connection, self._folder.id, [reading.file.path])
                self._count(reading.file, removed=int(reading.file.path in self._known))
                self._release(reading.file)
            case Interrupted():
                self._was_stopped = True

    def _take_hash(self, hashed: Hashed) -> None:
        known = self._known.get(hashed.file.path)
        if known is not None and known.file_hash == hashed.file_hash:
            records.settle_document(self._connection, known.id, hashed.file, is_settled=hashed.is_settled)
            self._count(hashed.file, unchanged=1)
        elif self._link(hashed):
            self._count(hashed.file, indexed=1)
        elif hashed.file_hash in self._parsing:
            self._parsing[hashed.file_hash].append(hashed)
        else:
            self._parsing[hashed.file_hash] = []
            self._hash_of[hashed.file.path] = hashed.file_hash
            self._readings.parse(self._folder.path, hashed.file)

    def _link(self, hashed: Hashed) -> bool:
        """Give a file the content that another file with the same bytes has; return whether there is one."""
        name = PurePosixPath(hashed.file.path).name
        content_id = records.content_named(self._connection, file_hash=hashed.file_hash, name=name)
        if content_id is None:
            content_id = self._copy(hashed, name)
        if content_id is None:
            return False
        records.put_document(
            self._connection, self._folder.id, hashed.file, content_id=content_id, is_settled=hashed.is_settled
        )
        return True

    def _copy(self, hashed: Hashed, name: str) -> int | None:
        """Index what is known of the same bytes under another name, if the name means the same format."""
        suffix = PurePosixPath(name).suffix.lower()
        for content_id, other in records.contents_with(self._connection, file_hash=hashed.file_hash):
            if PurePosixPath(other).suffix.lower() == suffix:
                document = stored_document(self._connection, content_id)
                if document.title in (other, PurePosixPath(other).stem):
                    return None  # a title made from the name would be wrong under another
                return self._index.add(
                    document, file_hash=hashed.file_hash, name=name, size_bytes=hashed.file.size_bytes
                )
        return None

    def _add(self, reading: Parsed) -> None:
        parsed = reading.parsed
        name = PurePosixPath(reading.file.path).name
        content_id = records.content_named(self._connection, file_hash=parsed.file_hash, name=name)
        if content_id is None:
            content_id = self._index.add(
                storable(parsed.document), file_hash=parsed.file_hash, name=name, size_bytes=parsed.size_bytes
            )
        records.put_document(
            self._connection, self._folder.id, reading.file, content_id=content_id, is_settled=reading.is_settled
        )
        self._count(reading.file, indexed=1)

    def _release(self, file: FoundFile) -> None:
        """Let the files go on that waited for this one because they have the same bytes."""
        file_hash = self._hash_of.pop(file.path, None)
        for hashed in self._parsing.pop(file_hash, ()) if file_hash else ():
            if self._link(hashed):
                self._count(hashed.file, indexed=1)
            else:
                self._readings.parse(self._folder.path, hashed.file)

    # --- what is told --------------------------------------------------------------------------------------------

    def _count(
        self, file: FoundFile, *, indexed: int = 0, unchanged: int = 0, removed: int = 0, failed: int = 0
    ) -> None:
        now = self._progress
        self._progress = replace(
            now,
            done=now.done + 1,
            current=file.path,
            indexed=now.indexed + indexed,
            unchanged=now.unchanged + unchanged,
            removed=now.removed + removed,
            failed=now.failed + failed,
        )

    def _is_time_to_tell(self) -> bool:
        return time.monotonic() - self._told_at >= _PROGRESS_S

    def _told(self) -> IndexProgress:
        self._told_at = time.monotonic()
        return replace(self._progress, elapsed_s=self._told_at - self._began_at)

    def _folder_now(self) -> Folder:
        folders = {folder.id: folder for folder in records.folder_values(self._connection)}
        return folders.get(FolderId(self._folder.id), self._folder)
