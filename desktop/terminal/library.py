"""The library from a terminal: folders added, brought up to date, listed, removed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from desktop.data_folder import GUIDE_NAME
from desktop.terminal.exit_codes import ExitCode
from desktop.terminal.interruption import Interruption
from desktop.terminal.streams import Style, Terminal
from engine.counting import counted, size_words
from engine.domain import FolderId
from engine.errors import DataFolderInUse, FolderMissing, FolderUnusable
from engine.health import has_library
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.library.values import Folder, IndexProgress
from engine.reading.parser import Parser
from resources.locations import guide_folder

_EMPTY = "The library is empty. Add a folder:  plumbline library add FOLDER"
_PLAIN_EVERY_S = 10.0
"""Between two lines of progress where no line can be drawn again."""


@contextmanager
def opened_library(data_folder: Path, terminal: Terminal) -> Iterator[Library]:
    """Open the index for writing; a new one gets the user guide first, as in the window.

    Raises:
        DataFolderInUse: another Plumbline has it.
        StorageError: it cannot be used.
    """
    is_new = not has_library(data_folder)
    with Parser() as parser:
        library = Library.open(data_folder, parser=parser)
        try:
            for notice in library.notices:
                terminal.warn(f"{notice.title}. {notice.hint}")
            if is_new and guide_folder().is_dir():
                library.add_folder(guide_folder(), name=GUIDE_NAME, is_guide=True)
            yield library
        finally:
            parser.close()
            library.close()


@contextmanager
def with_data_hint() -> Iterator[None]:
    """Tell, when a folder of data is in use, how a command can do without it."""
    try:
        yield
    except DataFolderInUse as error:
        raise DataFolderInUse(
            error.title, hint="Close that Plumbline, or use a data folder apart: add --data FOLDER to this command."
        ) from error


def added_folder(library: Library, path: Path, *, name: str | None = None) -> Folder:
    """Return the folder of the library that is at the path, adding it if it is not there.

    Raises:
        FolderUnusable: it cannot be added.
    """
    wanted = path.expanduser().absolute()
    for folder in library.folders():
        if not folder.is_guide and _is_same(folder.path, wanted):
            return folder
    try:
        return library.add_folder(path, name=name)
    except FolderUnusable as error:
        if "already in the library" not in error.title:
            raise
        raise FolderUnusable(
            error.title, hint=f"{error.hint} Or look into this folder alone in a data folder apart: add --data FOLDER."
        ) from error


def chosen_folders(folders: Sequence[Folder], names: Sequence[str]) -> tuple[Folder, ...]:
    """Return the folders that the names mean: each a name, an id, or a path.

    Raises:
        FolderMissing: no folder is called that, or several are.
    """
    chosen = []
    for name in names:
        path = Path(name).expanduser().absolute()
        found = [folder for folder in folders if folder.id == name or _is_same(folder.path, path)]
        found = found or [folder for folder in folders if folder.name.casefold() == name.casefold()]
        if len(found) != 1:
            raise FolderMissing(
                f"Several folders of the library are called “{name}”"
                if found
                else f"No folder of the library is called “{name}”",
                hint="See “plumbline library list”; a folder can also be named by its id or its path.",
            )
        chosen.append(found[0])
    return tuple(chosen)


def update_library(
    library: Library, terminal: Terminal, interruption: Interruption, *, folders: Collection[FolderId] | None = None
) -> bool:
    """Read what is new or changed, telling how it goes; return whether it was done to the end."""
    told_at = 0.0
    for progress in library.update(should_stop=interruption.should_stop, folders=folders):
        if progress.is_final:
            _tell_result(progress, terminal, was_stopped=interruption.is_requested)
            told_at = 0.0
        else:
            line = _progress_line(progress)
            terminal.live(line)
            if not terminal.is_live and progress.elapsed_s - told_at >= _PLAIN_EVERY_S:
                told_at = progress.elapsed_s
                terminal.note(line)
    return not interruption.is_requested


def library_add(data_folder: Path, paths: Sequence[Path], *, name: str | None, terminal: Terminal) -> ExitCode:
    """Add folders and read them."""
    interruption = Interruption(terminal)
    with with_data_hint(), interruption.watching(), opened_library(data_folder, terminal) as library:
        added = [added_folder(library, path, name=name) for path in paths]
        unread = [folder for folder in library.folders() if folder.is_guide and folder.updated_at is None]
        ids = [folder.id for folder in (*added, *unread)]
        is_done = update_library(library, terminal, interruption, folders=ids)
    return ExitCode.DONE if is_done else ExitCode.STOPPED


def library_update(data_folder: Path, names: Sequence[str], *, terminal: Terminal) -> ExitCode:
    """Bring folders up to date, or all."""
    interruption = Interruption(terminal)
    with with_data_hint(), interruption.watching(), opened_library(data_folder, terminal) as library:
        chosen = chosen_folders(library.folders(), names)
        ids = [folder.id for folder in chosen] if names else None
        is_done = update_library(library, terminal, interruption, folders=ids)
    return ExitCode.DONE if is_done else ExitCode.STOPPED


def library_remove(data_folder: Path, names: Sequence[str], *, terminal: Terminal) -> ExitCode:
    """Take folders out of the library; their files are not touched."""
    interruption = Interruption(terminal)
    with with_data_hint(), interruption.watching(), opened_library(data_folder, terminal) as library:
        for folder in chosen_folders(library.folders(), names):
            library.remove_folder(folder.id)
            terminal.note(f"Removed {folder.name}. The files in {folder.path} are as they were.")
        update_library(library, terminal, interruption, folders=())
    return ExitCode.DONE


def library_list(data_folder: Path, *, terminal: Terminal) -> ExitCode:
    """List the folders."""
    if not has_library(data_folder):
        terminal.note(_EMPTY)
        return ExitCode.DONE
    with LibraryReader.open(data_folder) as library:
        for folder in library.folders():
            terminal.say(f"  {folder.id}", lead=folder.name, style=Style.HEADING)
            terminal.say(f"  {folder.path}")
            terminal.say(f"  {_folder_line(folder)}")
    return ExitCode.DONE


def library_problems(data_folder: Path, names: Sequence[str], *, terminal: Terminal) -> ExitCode:
    """List the files that could not be read, and why."""
    if not has_library(data_folder):
        terminal.note(_EMPTY)
        return ExitCode.DONE
    with LibraryReader.open(data_folder) as library:
        folders = library.folders()
        chosen = chosen_folders(folders, names) if names else folders
        problems = [(folder, problem) for folder in chosen for problem in library.problems(folder.id)]
    for folder, problem in problems:
        terminal.say(str(folder.path / problem.path))
        terminal.say(f"  {problem.title}. {problem.hint}".rstrip())
    if not problems:
        terminal.note("No file is known that could not be read.")
    return ExitCode.DONE


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one == other or one.samefile(other)
    except OSError:
        return False


def _progress_line(progress: IndexProgress) -> str:
    if not progress.total:
        return f"Listing the files of {progress.folder.name} …"
    return f"Reading {progress.folder.name}: {progress.done:,} of {progress.total:,}  {progress.current}"


def _tell_result(progress: IndexProgress, terminal: Terminal, *, was_stopped: bool) -> None:
    folder = progress.folder
    if not folder.is_available:
        terminal.warn(f"{folder.name} is not there now ({folder.path}); what was read of it before is still used.")
        return
    parts = [counted(folder.documents, "document")]
    parts += [f"{progress.indexed:,} new or changed"] if progress.indexed else []
    parts += [f"{progress.removed:,} gone"] if progress.removed else []
    parts += [f"{folder.failed:,} cannot be read (plumbline library problems)"] if folder.failed else []
    verb = "Stopped reading" if was_stopped else "Read"
    terminal.note(f"{verb} {folder.name}: {', '.join(parts)}; {progress.elapsed_s:.1f} s")


def _folder_line(folder: Folder) -> str:
    parts = [counted(folder.documents, "document"), size_words(folder.size_bytes)]
    if folder.failed:
        parts.append(f"{folder.failed:,} cannot be read")
    if folder.updated_at is None:
        parts.append("not read to the end yet")
    else:
        parts.append(f"read {folder.updated_at.astimezone():%Y-%m-%d %H:%M}")
    if not folder.is_available:
        parts.append("not there now")
    return ", ".join(parts)
