"""Copies that a person supplies of pages that could not be fetched: a saved page, a PDF, an office file, pasted text.

They are kept under the hash of their bytes, so that a run can be gone on with, and checked, as long as it is kept.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from engine.domain import Obstacle
from engine.errors import DataFolderUnusable, DocumentUnreadable, StorageError, StorageFull
from engine.reading.extract.formats import READABLE_SUFFIXES
from engine.reading.page import MAX_PAGE_BYTES, PageBytes, PageFacts
from engine.storage.private import make_private_folder
from engine.web.parsers import ParserPool
from engine.web.sites import origin_of
from engine.web.sourced import ReadPage

FOLDER = "supplied"
"""In the data folder."""

_NAME = re.compile(r"([0-9a-f]{64})(\.[a-z0-9]{1,8})")
_PASTED = ".pasted"
_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".xht": "application/xhtml+xml",
    ".mhtml": "multipart/related",
    ".mht": "multipart/related",
    ".pdf": "application/pdf",
    ".md": "text/markdown",
    ".csv": "text/csv",
    ".epub": "application/epub+zip",
    ".rtf": "application/rtf",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".txt": "text/plain",
    _PASTED: "text/plain",
}
_SUFFIXES = READABLE_SUFFIXES | {".mhtml", ".mht"}
_CHUNK_BYTES = 1 << 20
_USELESS = frozenset([Obstacle.CAPTCHA, Obstacle.JAVASCRIPT, Obstacle.EMPTY])
_AGAIN = "Save it again when the browser shows its text, or copy the text and paste it."


def keep_supplied(data_folder: Path, document: Path | str) -> str:
    """Copy what a person supplied into the data folder and return the copy's name.

    Args:
        data_folder: of Plumbline.
        document: a file that somebody saved, or the text that somebody copied.

    Raises:
        DocumentUnreadable: it cannot be read, is empty, far too large, or of a kind without text.
        StorageError: the copy cannot be written.
    """
    if isinstance(document, str):
        # The mark says that it is text, whatever it begins with.
        data, suffix = document.removeprefix("\ufeff").encode("utf-8-sig", "replace"), _PASTED
        if not document.strip():
            raise DocumentUnreadable("There is no text in what was pasted", hint="Copy the text of the page again.")
        if len(data) > MAX_PAGE_BYTES:
            raise _too_large()
    else:
        data, suffix = _read(document), document.suffix.lower()
        if suffix not in _SUFFIXES:
            if suffix not in ("", ".php", ".asp", ".aspx", ".jsp", ".shtml", ".part"):
                raise DocumentUnreadable(
                    f"Files ending in {suffix[:20]} cannot be read",
                    hint="Supply a saved page, a PDF, an office file or text.",
                )
            suffix = ".bin"
    name = f"{hashlib.sha256(data).hexdigest()}{suffix}"
    _write(data_folder / FOLDER / name, data)
    return name


def read_supplied(
    data_folder: Path, name: str, *, address: str, parsers: ParserPool, is_unwanted: Callable[[], bool]
) -> ReadPage | None:
    """Return the copy as the page at an address; None when that is no longer wanted.

    Raises:
        DocumentUnreadable: it is gone, damaged, or cannot be turned into text.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise DocumentUnreadable("This is not a copy that was supplied", hint="Supply the page again.")
    data = _read(data_folder / FOLDER / name)
    if hashlib.sha256(data).hexdigest() != found[1]:
        raise DocumentUnreadable("The copy that was supplied has been changed since", hint="Supply the page again.")
    is_pasted = found[2] == _PASTED
    page = PageBytes(
        data=data,
        # The ending of the address says nothing about a text that somebody typed or copied.
        address=f"{origin_of(address)}/" if is_pasted else address,
        content_type=_TYPES.get(found[2], ""),
    )
    with parsers.lend(is_unwanted=is_unwanted) as lent:
        if lent is None:
            return None
        try:
            parsed = lent.read(page)
        except DocumentUnreadable as error:
            if error.obstacle in _USELESS:
                raise _useless(error.title, error.obstacle) from error
            raise
    said = "This text was pasted by hand" if is_pasted else "This copy was saved by hand"
    return ReadPage(
        parsed=parsed,
        final_address=address,
        warnings=(f"{said}; Plumbline did not fetch the page itself.", *_doubts(parsed.page)),
        read_at=datetime.now(UTC),
        is_supplied=True,
    )


def _doubts(facts: PageFacts | None) -> tuple[str, ...]:
    """Return what is odd about a copy; what a person chose is believed as far as there is something in it.

    Raises:
        DocumentUnreadable: it holds what stood in the way, not the page.
    """
    if facts is None or facts.obstacle is None:
        return ()
    if facts.obstacle in _USELESS:
        raise _useless(facts.words, facts.obstacle)
    return (f"The copy may not be what was meant. {facts.words}",)


def _useless(words: str, obstacle: Obstacle) -> DocumentUnreadable:
    return DocumentUnreadable(f"The copy does not hold the page. {words.rstrip('.')}", hint=_AGAIN, obstacle=obstacle)


def _read(path: Path) -> bytes:
    """The bytes of an ordinary file; nothing else is waited for."""
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        descriptor = os.open(path, flags)
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                kind = "a folder" if stat.S_ISDIR(mode) else "a device or a pipe"
                raise DocumentUnreadable(f"This is {kind}, not a file", hint="Supply the saved page itself.")
            kept: list[bytes] = []
            total = 0
            while chunk := os.read(descriptor, _CHUNK_BYTES):
                kept.append(chunk)
                total += len(chunk)
                if total > MAX_PAGE_BYTES:
                    raise _too_large()
        finally:
            os.close(descriptor)
    except FileNotFoundError as error:
        raise DocumentUnreadable("The file is not there any more", hint="It was moved, renamed or deleted.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentUnreadable("The file could not be read", hint=f"The system says: {reason}.") from error
    if not total:
        raise DocumentUnreadable("The file is empty", hint="Save the page again.", obstacle=Obstacle.EMPTY)
    return b"".join(kept)


def _write(path: Path, data: bytes) -> None:
    """Write the copy so that there is all of it or nothing; one that is there already is as good."""
    temporary = path.parent / f".{secrets.token_hex(8)}.part"
    try:
        make_private_folder(path.parent.parent)
        make_private_folder(path.parent)
        if path.exists() and path.stat().st_size == len(data):
            return
        with temporary.open("xb") as file:
            temporary.chmod(0o600)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise _unwritten(path, error) from error
    except BaseException:  # Ctrl+C, no memory: still no half file
        with suppress(OSError):
            temporary.unlink()
        raise


def _unwritten(path: Path, error: OSError) -> StorageError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return StorageFull("The disk is full", hint=f"The copy was not kept. Make room on the disk of {path.parent}.")
    return DataFolderUnusable(
        f"The copy could not be kept ({error.strerror or error})",
        hint=f"Check that you may write to the folder {path.parent}.",
    )


def _too_large() -> DocumentUnreadable:
    return DocumentUnreadable(
        "The file is too large", hint=f"Copies are kept up to {MAX_PAGE_BYTES >> 20} MB. Supply the part that matters."
    )
