"""Rows of the index's own tables: folders, documents and problems, read and written in one place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.domain import FolderId
from engine.library.folders import KnownFolder
from engine.library.readings import Failed
from engine.library.scan import FoundFile
from engine.library.values import Folder


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDocument:
    """What the index knows of a file it has read."""

    id: int
    content_id: int
    file_hash: str
    size_bytes: int
    mtime_ns: int
    is_settled: bool

    def is_unchanged(self, file: FoundFile) -> bool:
        """Whether size and time are enough to say that the file is the one that was read."""
        return self.is_settled and (self.size_bytes, self.mtime_ns) == (file.size_bytes, file.mtime_ns)


def known_folders(connection: sqlite3.Connection) -> tuple[KnownFolder, ...]:
    """Return the folders of the library, the guide first, then by name."""
    rows = connection.execute("SELECT id, path, name, is_guide FROM folders ORDER BY is_guide DESC, name, id")
    return tuple(KnownFolder(id=FolderId(row[0]), path=row[1], name=row[2], is_guide=bool(row[3])) for row in rows)


def put_folder(connection: sqlite3.Connection, folder: KnownFolder) -> None:
    """Add a folder, or change the path and name of one that is there."""
    connection.execute(
        """INSERT INTO folders (id, path, name, is_guide) VALUES (?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET path = excluded.path, name = excluded.name""",
        (folder.id, folder.path, folder.name, folder.is_guide),
    )


def put_availability(
    connection: sqlite3.Connection, folder_id: FolderId, *, is_available: bool, is_mount: bool | None = None
) -> None:
    """Note whether a folder is there, and whether another disk is attached at its place if that is known."""
    connection.execute(
        "UPDATE folders SET is_available = ?, is_mount = coalesce(?, is_mount) WHERE id = ?",
        (is_available, is_mount, folder_id),
    )


def folder_values(connection: sqlite3.Connection) -> tuple[Folder, ...]:
    """Return the folders with their figures, the guide first, then by name."""
    rows = connection.execute(
        """SELECT id, path, name, is_guide, is_available, updated_at,
            coalesce(documents, 0), coalesce(size_bytes, 0),
            (SELECT count(*) FROM problems WHERE folder_id = folders.id)
        FROM folders LEFT JOIN (
            SELECT folder_id, count(*) AS documents, sum(size_bytes) AS size_bytes FROM documents GROUP BY folder_id
        ) AS figures ON figures.folder_id = folders.id ORDER BY is_guide DESC, name, id"""
    )
    return tuple(
        Folder(
            id=FolderId(id),
            path=Path(path),
            name=name,
            is_guide=bool(is_guide),
            is_available=bool(is_available),
            documents=documents,
            failed=failed,
            size_bytes=size_bytes,
            updated_at=datetime.fromisoformat(updated_at) if updated_at else None,
        )
        for id, path, name, is_guide, is_available, updated_at, documents, size_bytes, failed in rows
    )


def known_documents(connection: sqlite3.Connection, folder_id: FolderId) -> dict[str, KnownDocument]:
    """Return what the index knows of a folder's files, by their path."""
    rows = connection.execute(
        """SELECT documents.path, documents.id, content_id, file_hash, documents.size_bytes, mtime_ns, is_settled
        FROM documents JOIN contents ON contents.id = content_id WHERE folder_id = ?""",
        (folder_id,),
    )
    return {
        path: KnownDocument(
            id=id,
            content_id=content_id,
            file_hash=file_hash,
            size_bytes=size_bytes,
            mtime_ns=mtime_ns,
            is_settled=bool(is_settled),
        )
        for path, id, content_id, file_hash, size_bytes, mtime_ns, is_settled in rows
    }


def put_document(
    connection: sqlite3.Connection, folder_id: FolderId, file: FoundFile, *, content_id: int, is_settled: bool
) -> None:
    """Say that a file has this content; whatever was known of the path before is replaced."""
    remove_documents(connection, folder_id, [file.path])
    remove_problems(connection, folder_id, [file.path])
    connection.execute("DELETE FROM orphans WHERE content_id = ?", (content_id,))
    connection.execute(
        """INSERT INTO documents (folder_id, path, size_bytes, mtime_ns, is_settled, content_id)
        VALUES (?, ?, ?, ?, ?, ?)""",
        (folder_id, file.path, file.size_bytes, file.mtime_ns, is_settled, content_id),
    )


def settle_document(connection: sqlite3.Connection, document_id: int, file: FoundFile, *, is_settled: bool) -> None:
    """Note size and time of a file whose content is as it was."""
    connection.execute(
        "UPDATE documents SET size_bytes = ?, mtime_ns = ?, is_settled = ? WHERE id = ?",
        (file.size_bytes, file.mtime_ns, is_settled, document_id),
    )


def put_problem(connection: sqlite3.Connection, folder_id: FolderId, failed: Failed) -> None:
    """Say why a file cannot be read."""
    file = failed.file
    connection.execute(
        "INSERT OR REPLACE INTO problems VALUES (?, ?, ?, ?, ?, ?, ?)",
        (folder_id, file.path, file.size_bytes, file.mtime_ns, file.ctime_ns, failed.title, failed.hint),
    )


def problem_marks(connection: sqlite3.Connection, folder_id: FolderId) -> dict[str, tuple[int, int, int]]:
    """Return size, modification and change time of the files that could not be read, by their path."""
    rows = connection.execute(
        "SELECT path, size_bytes, mtime_ns, ctime_ns FROM problems WHERE folder_id = ?", (folder_id,)
    )
    return {path: (size_bytes, mtime_ns, ctime_ns) for path, size_bytes, mtime_ns, ctime_ns in rows}


def forget_marks(connection: sqlite3.Connection, folder_id: FolderId | None = None) -> None:
    """Let the next update try the files again that could not be read, in a folder or in all."""
    connection.execute("UPDATE problems SET size_bytes = -1 WHERE ? IS NULL OR folder_id = ?", (folder_id, folder_id))


def remove_documents(connection: sqlite3.Connection, folder_id: FolderId, paths: Iterable[str]) -> None:
    """Remove documents; contents that nobody has any more become orphans."""
    for path in paths:
        row = connection.execute(
            "DELETE FROM documents WHERE folder_id = ? AND path = ? RETURNING content_id", (folder_id, path)
        ).fetchone()
        if row is not None:
            connection.execute(
                """INSERT OR IGNORE INTO orphans
                SELECT ? WHERE NOT EXISTS (SELECT 1 FROM documents WHERE content_id = ?)""",
                (row[0], row[0]),
            )


def remove_problems(connection: sqlite3.Connection, folder_id: FolderId, paths: Iterable[str]) -> None:
    """Remove problems that are no more."""
    connection.executemany(
        "DELETE FROM problems WHERE folder_id = ? AND path = ?", ((folder_id, path) for path in paths)
    )


def remove_folder(connection: sqlite3.Connection, folder_id: FolderId) -> bool:
    """Remove a folder with its documents and problems; return whether it was there."""
    connection.execute(
        """INSERT OR IGNORE INTO orphans SELECT DISTINCT content_id FROM documents AS gone WHERE folder_id = ?
        AND NOT EXISTS (SELECT 1 FROM documents WHERE content_id = gone.content_id AND folder_id != ?)""",
        (folder_id, folder_id),
    )
    connection.execute("DELETE FROM documents WHERE folder_id = ?", (folder_id,))
    connection.execute("DELETE FROM problems WHERE folder_id = ?", (folder_id,))
    return connection.execute("DELETE FROM folders WHERE id = ?", (folder_id,)).rowcount > 0


def content_named(connection: sqlite3.Connection, *, file_hash: str, name: str) -> int | None:
    """Return the content of files with these bytes and this name."""
    row = connection.execute("SELECT id FROM contents WHERE file_hash = ? AND name = ?", (file_hash, name)).fetchone()
    return row[0] if row else None


def contents_with(connection: sqlite3.Connection, *, file_hash: str) -> list[tuple[int, str]]:
    """Return id and file name of every content with these bytes."""
    return connection.execute("SELECT id, name FROM contents WHERE file_hash = ? ORDER BY id", (file_hash,)).fetchall()


def setting(connection: sqlite3.Connection, name: str) -> str | None:
    """Return a value that the index keeps about itself."""
    row = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def put_setting(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Keep a value about the index itself."""
    connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))
