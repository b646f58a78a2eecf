"""The reading side of the library: lists, full-text search, and sources opened from the index."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from engine.agent.roles import OpenedSource, Searched
from engine.codec import Undecodable
from engine.domain import FolderId, Scope, SearchResult, Source
from engine.errors import DocumentUnreadable
from engine.library import records
from engine.library.archive import stored_document
from engine.library.connection import IndexConnection
from engine.library.folders import KnownFolder
from engine.library.ranking import Hit, find
from engine.library.schema import LIBRARY_FILE
from engine.library.values import DocumentEntry, Folder, Problem
from engine.reading.identity import source_id
from engine.storage.database import translated_errors

_NAMES_AT_ONCE = 500


class LibraryReader:
    """Reads the index beside its writer; one per thread. It is the searcher and the opener of a run."""

    def __init__(self, connection: IndexConnection, *, scope: Scope) -> None:
        self._shared = connection
        self._path = connection.path
        self._scope = scope

    @classmethod
    def open(cls, data_folder: Path, *, scope: Scope | None = None) -> LibraryReader:
        """Open the index that a ``Library`` has created.

        Raises:
            StorageError: there is none, or it cannot be read.
        """
        return cls(IndexConnection(data_folder / LIBRARY_FILE), scope=scope or Scope())

    def with_scope(self, scope: Scope) -> LibraryReader:
        """Return a reader of other folders; it shares this one's connection and its thread."""
        return LibraryReader(self._shared, scope=scope)

    def close(self) -> None:
        """Close the connection, also for the readers that share it; a second call does nothing."""
        self._shared.close()

    def __enter__(self) -> LibraryReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- lists ---------------------------------------------------------------------------------------------------

    def folders(self) -> tuple[Folder, ...]:
        """Return all folders of the library, the guide first, then by name."""
        with translated_errors(self._path):
            return records.folder_values(self._shared.current().conn)

    def problems(self, folder_id: FolderId | None = None) -> tuple[Problem, ...]:
        """Return what could not be read in a folder, or in all, by path."""
        rows = self._rows(
            "SELECT folder_id, path, title, hint FROM problems WHERE ? IS NULL OR folder_id = ? ORDER BY path",
            folder_id,
            folder_id,
        )
        return tuple(Problem(folder_id=FolderId(row[0]), path=Path(row[1]), title=row[2], hint=row[3]) for row in rows)

    def documents(
        self, folder_id: FolderId | None = None, *, limit: int = 100, offset: int = 0, text: str = ""
    ) -> tuple[DocumentEntry, ...]:
        """Return documents of a folder, or of all, by path; ``text`` is looked for in titles and paths."""
        condition, values = _listed(folder_id, text)
        rows = self._rows(
            f"""SELECT folder_id, folders.path, documents.path, title, format, documents.size_bytes, mtime_ns,
                characters
            FROM documents JOIN contents ON contents.id = content_id JOIN folders ON folders.id = folder_id
            WHERE {condition} ORDER BY documents.path, folder_id LIMIT ? OFFSET ?""",
            *values,
            limit,
            offset,
        )
        return tuple(
            DocumentEntry(
                folder_id=FolderId(folder),
                path=Path(path),
                address=(Path(root) / path).as_uri(),
                title=title or Path(path).name,
                format=format,
                size_bytes=size_bytes,
                modified_at=_time(mtime_ns),
                characters=characters,
            )
            for folder, root, path, title, format, size_bytes, mtime_ns, characters in rows
        )

    def count_documents(self, folder_id: FolderId | None = None, *, text: str = "") -> int:
        """Return how many documents ``documents`` would list in all."""
        condition, values = _listed(folder_id, text)
        return int(
            self._rows(
                f"SELECT count(*) FROM documents JOIN contents ON contents.id = content_id WHERE {condition}", *values
            )[0][0]
        )

    # --- what the ranking wants to know --------------------------------------------------------------------------

    def document_count(self) -> int:
        """Return how many different documents the index has, whatever the scope."""
        return int(self._rows("SELECT contents - (SELECT count(*) FROM orphans) FROM totals")[0][0])

    def document_frequency(self, terms: Collection[str]) -> Mapping[str, int]:
        """Return in how many different documents of the index each term is, whatever the scope; 0 for unknown ones."""
        found = dict.fromkeys(terms, 0)
        for some in _portions(list(found)):
            marks = ", ".join("?" * len(some))
            found.update(self._rows(f"SELECT term, documents FROM vocabulary WHERE term IN ({marks})", *some))
        return found

    # --- search and open -----------------------------------------------------------------------------------------

    def caveats(self) -> tuple[str, ...]:
        """Return which folders of the scope cannot be searched as they are, a sentence each."""
        said = []
        for folder in self.folders():
            if self._scope.folders and folder.id not in self._scope.folders:
                continue
            if not folder.is_available:
                said.append(f"The folder “{folder.name}” was not there; its documents were searched as last read.")
            elif folder.updated_at is None:
                said.append(
                    f"The folder “{folder.name}” was still being read, so not all of its documents could be searched. "
                    "Ask again when it is done."
                )
        return tuple(said)

    def search(self, query: str, *, limit: int) -> tuple[SearchResult, ...]:
        """Return the documents within the scope that answer best, best first; empty when the query says nothing.

        Raises:
            StorageError: the index cannot be read.
        """
        with self._shared.snapshot() as connection:
            hits = find(connection, query, scope=self._scope, limit=limit)
            roots = {folder.id: Path(folder.path) for folder in records.known_folders(connection)}
        return tuple(_result(hit, roots[hit.folder_id]) for hit in hits)

    def search_all(self, queries: Sequence[str], *, limit: int) -> Iterator[Searched]:
        """Yield the answer to each query, in order.

        Raises:
            StorageError: the index cannot be read.
        """
        for query in queries:
            yield Searched(query=query, caveats=self.caveats(), results=self.search(query, limit=limit))

    def begin_subquestion(self) -> None:
        """Nothing is counted."""

    def expect(self, addresses: Sequence[str]) -> None:
        """Do nothing: files of the library are read already."""

    def open_all(self, addresses: Sequence[str]) -> Iterator[OpenedSource | DocumentUnreadable]:
        """Yield each file's text, or why it cannot be had, in order.

        Raises:
            StorageError: the index cannot be read.
        """
        for address in addresses:
            try:
                yield self.open_source(address)
            except DocumentUnreadable as error:
                yield error

    def open_supplied(self, address: str, *, file: str) -> OpenedSource:  # noqa: ARG002
        """Refuse: only what is looked for on the web can be supplied by hand."""
        raise DocumentUnreadable("A file of the library is not replaced by hand", hint="Change the file itself.")

    def open_source(self, address: str) -> OpenedSource:
        """Return a file's text as it is in the index; warnings tell when the file has changed or gone since.

        Raises:
            DocumentUnreadable: it is not in the index, or not within the scope.
            StorageError: the index cannot be read.
        """
        try:
            with self._shared.snapshot() as connection:
                folder, path, row = self._found(connection, address)
                document = stored_document(connection, row[0])
        except (KeyError, Undecodable, zlib.error) as error:
            raise DocumentUnreadable(
                "The text of this file in the index is damaged",
                hint="Remove its folder from the library and add it again.",
            ) from error
        _, text_hash, file_hash, size_bytes, mtime_ns = row
        source = Source(
            id=source_id(address, text_hash),
            address=address,
            title=document.title or Path(path).name,
            format=document.format,
            text_hash=text_hash,
            file_hash=file_hash,
            characters=len(document.text),
            read_at=datetime.now(UTC),
            modified_at=_time(mtime_ns),
            folder=folder.id,
            site=folder.name,
            authors=document.authors,
            published=document.published,
            reference=document.reference,
            warnings=(*document.warnings, *_changes(Path(folder.path), path, size_bytes, mtime_ns)),
        )
        return OpenedSource(source=source, document=document)

    def _found(self, connection: sqlite3.Connection, address: str) -> tuple[KnownFolder, str, tuple[Any, ...]]:
        """Return the folder within the scope that has the address, the path in it, and the document's row.

        Raises:
            DocumentUnreadable: there is no such document.
        """
        reason = DocumentUnreadable(
            "This file is not in the folders that may be searched",
            hint="Add its folder to the library, or choose it for the question.",
        )
        place = address.partition("#")[0]
        for folder in records.known_folders(connection):
            root = f"{Path(folder.path).as_uri().rstrip('/')}/"
            if not place.startswith(root) or (self._scope.folders and folder.id not in self._scope.folders):
                continue
            path = unquote(place.removeprefix(root))
            row = connection.execute(
                """SELECT content_id, text_hash, file_hash, documents.size_bytes, mtime_ns
                FROM documents JOIN contents ON contents.id = content_id WHERE folder_id = ? AND documents.path = ?""",
                (folder.id, path),
            ).fetchone()
            if row is not None:
                return folder, path, row
            problem = connection.execute(
                "SELECT title, hint FROM problems WHERE folder_id = ? AND path = ?", (folder.id, path)
            ).fetchone()
            if problem is not None:
                reason = DocumentUnreadable(problem[0], hint=problem[1])
            else:
                reason = DocumentUnreadable(
                    "This file is not in the index of its folder", hint="Update the library, then search again."
                )
        raise reason

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with translated_errors(self._path):
            return self._shared.current().conn.execute(statement, values).fetchall()


def _result(hit: Hit, root: Path) -> SearchResult:
    return SearchResult(
        address=(root / hit.path).as_uri(),
        title=hit.title or Path(hit.path).name,
        snippet=hit.snippet,
        score=hit.score,
    )


def _listed(folder_id: FolderId | None, text: str) -> tuple[str, list[object]]:
    """Return the condition and its values for the documents of a list."""
    pattern = "%" + text.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    return (
        "(? IS NULL OR folder_id = ?) AND (title LIKE ? ESCAPE '\\' OR documents.path LIKE ? ESCAPE '\\')",
        [folder_id, folder_id, pattern, pattern],
    )


def _changes(root: Path, path: str, size_bytes: int, mtime_ns: int) -> Iterator[str]:
    try:
        status = (root / path).stat()
    except OSError:
        if root.is_dir():
            yield "The file is no longer where it was; this is its text as it was last read."
        else:
            yield "The folder of this file is not available now; this is the file's text as it was last read."
        return
    if (status.st_size, status.st_mtime_ns) != (size_bytes, mtime_ns):
        yield "The file has changed since it was read for the library; this is its text as it was then."


def _time(mtime_ns: int) -> datetime:
    try:
        return datetime.fromtimestamp(mtime_ns / 1e9, UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _portions(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _NAMES_AT_ONCE):
        yield values[start : start + _NAMES_AT_ONCE]
