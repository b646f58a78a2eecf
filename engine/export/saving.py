"""Writing a file so that there is either the whole new one or the untouched old one, whatever happens."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from pathlib import Path

from engine.errors import ExportFailed


def save(path: Path, content: str | bytes) -> None:
    """Write text as UTF-8, or bytes as they are, to the path, replacing a file that is there.

    Raises:
        ExportFailed: it could not be written; a file that was there before is as it was.
    """
    temporary = path.parent / f".plumbline-{secrets.token_hex(8)}.part"
    try:
        _refuse_odd_targets(path)
        target = path.resolve() if path.is_symlink() else path
        temporary = target.parent / temporary.name
        with temporary.open("xb") as file:
            file.write(content if isinstance(content, bytes) else content.encode("utf-8", errors="replace"))
            file.flush()
            os.fsync(file.fileno())
        if os.name == "posix" and target.exists():
            with contextlib.suppress(OSError):
                temporary.chmod(target.stat().st_mode & 0o777)
        temporary.replace(target)
        _sync_folder(target.parent)
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        with contextlib.suppress(OSError, ValueError):
            temporary.unlink()
        raise _explained(path, error) from error
    except BaseException:  # Ctrl+C, no memory: still no half file
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _refuse_odd_targets(path: Path) -> None:
    if path.is_dir():
        raise ExportFailed(f"“{path}” is a folder", hint="Choose the name of a file in it.")
    if path.exists() and not path.is_file():
        raise ExportFailed(f"“{path}” is not an ordinary file", hint="Choose another name.")


def _sync_folder(folder: Path) -> None:
    """Make the new name itself durable, where the system knows how."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network file systems cannot
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explained(path: Path, error: OSError | ValueError) -> ExportFailed:
    number = error.errno if isinstance(error, OSError) else None
    folder = path.parent
    if number in (errno.ENOSPC, errno.EDQUOT):
        return ExportFailed("The disk is full", hint=f"Make room on the disk of {folder}, or save somewhere else.")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ExportFailed(
            f"“{path.name}” cannot be written in {folder}",
            hint="You may not write there, or another program has the file open. Choose another folder.",
        )
    if number in (errno.ENOENT, errno.ENOTDIR):
        return ExportFailed(f"The folder {folder} does not exist", hint="Create it, or save somewhere else.")
    if number == errno.ENAMETOOLONG:
        return ExportFailed("The file name is too long", hint="Choose a shorter one.")
    if number in (errno.EINVAL, errno.EILSEQ, None):
        return ExportFailed(f"{path.name!r} cannot be the name of a file here", hint="Choose another name.")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return ExportFailed(f"“{path.name}” could not be written ({reason})", hint="Try another folder.")
