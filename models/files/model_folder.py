"""Our own model files: what is half fetched, moving and removing. Files of other programs are never touched."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from models.errors import DownloadFailed, ModelError
from models.hub.part_file import Journal, PartFile, is_in_use, read_journal

_JOURNAL = ".part.journal"
_PART = ".part"


class FolderProblem(ModelError):
    """A model file cannot be moved or removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A file that is half fetched."""

    path: Path
    """The name it will have."""
    repository: str
    done_bytes: int
    size_bytes: int
    offer: dict[str, object]
    """What was being fetched, as ``download.offer_from`` takes it; empty when that is not known."""


def default_folder(data_folder: Path) -> Path:
    """Return where downloads go unless another folder was chosen."""
    return data_folder / "models"


def unfinished(folder: Path) -> tuple[Unfinished, ...]:
    """Return what is half fetched in our folder, by name. Nobody is disturbed at it."""
    found = []
    for journal in sorted(folder.glob(f"*/*/*{_JOURNAL}")):
        path = journal.with_name(journal.name.removesuffix(_JOURNAL))
        read = read_journal(journal)
        if read is not None and path.with_name(path.name + _PART).exists():
            found.append(_unfinished(path, read))
    return tuple(found)


def is_ours(path: Path, *, folder: Path) -> bool:
    """Whether a file lies in our folder itself, and not only by a link that leads elsewhere."""
    with suppress(OSError):
        return path.parent.resolve().is_relative_to(folder.resolve()) and not path.is_symlink()
    return False


def remove_model(path: Path, *, folder: Path) -> None:
    """Delete a model of ours, all its parts, and what was half fetched of it.

    Args:
        path: of its (first) file.
        folder: ours.

    Raises:
        FolderProblem: it is not ours, is in use, or cannot be deleted.
    """
    if not is_ours(path, folder=folder):
        raise FolderProblem(
            "Plumbline did not download this file, so it does not delete it",
            hint="It is only used where it lies. Delete it yourself, or in the program that it belongs to.",
        )
    try:
        for one in _with_parts(path):
            one.unlink(missing_ok=True)
            journal = one.with_name(one.name + _JOURNAL)
            read = read_journal(journal)
            if read is not None:
                PartFile.open(one, size_bytes=read.size_bytes, identity=read.identity).remove()
        _remove_empty(path.parent, up_to=folder)
    except DownloadFailed as error:
        raise FolderProblem(error.title, hint=error.hint) from error
    except OSError as error:
        raise _cannot("deleted", path, error) from error


def move_models(source: Path, target: Path) -> tuple[Path, ...]:
    """Move our models to another folder and return their new paths; what is half fetched goes along.

    A file is copied under another name first where it goes to another disk, so that being interrupted loses nothing.

    Raises:
        FolderProblem: there is no room, or a file cannot be moved; what was moved stays moved.
    """
    source, target = source.resolve(), target.resolve()
    if source == target or target.is_relative_to(source) or source.is_relative_to(target):
        raise FolderProblem("The new folder lies in the old one", hint="Choose a folder elsewhere.")
    files = [path for path in sorted(source.glob("*/*/*")) if path.is_file() and not path.is_symlink()]
    models = []
    busy = next((path for path in files if path.name.endswith(_JOURNAL) and is_in_use(path)), None)
    if busy is not None:
        raise FolderProblem(
            "A model is being downloaded into the old folder", hint="Pause the download first, then move the folder."
        )
    try:
        target.mkdir(parents=True, exist_ok=True)
        if source.exists() and source.stat().st_dev != target.stat().st_dev:
            needed = sum(path.stat().st_size for path in files)
            if shutil.disk_usage(target).free < needed:
                raise FolderProblem(
                    "There is not enough room in the new folder", hint=f"{needed / 1e9:.1f} GB have to go there."
                )
        for path in files:
            place = target / path.relative_to(source)
            if place.exists():
                raise FolderProblem(
                    f"“{path.name}” is in the new folder already", hint="Move or delete one of the two."
                )
            _move(path, place)
            if place.name.lower().endswith(".gguf"):
                models.append(place)
            _remove_empty(path.parent, up_to=source)
    except OSError as error:
        raise _cannot("moved", source, error) from error
    return tuple(models)


def _move(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.rename(place)
    except OSError:
        # Another disk: rename cannot reach it.
        halfway = place.with_name(place.name + ".moving")
        shutil.copyfile(path, halfway)
        halfway.replace(place)
        path.unlink()


def _unfinished(path: Path, read: Journal) -> Unfinished:
    return Unfinished(
        path=path,
        repository=f"{path.parent.parent.name}/{path.parent.name}",
        done_bytes=min(read.done_bytes, read.size_bytes),
        size_bytes=read.size_bytes,
        offer=read.note,
    )


def _with_parts(path: Path) -> list[Path]:
    stem, _, rest = path.name.rpartition("-00001-of-")
    if not stem:
        return [path]
    return [path, *sorted(path.parent.glob(f"{_literal(stem)}-[0-9]*-of-{_literal(rest)}"))]


def _literal(text: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in text)


def _remove_empty(folder: Path, *, up_to: Path) -> None:
    while folder != up_to and up_to in folder.parents:
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent


def _cannot(done: str, path: Path, error: OSError) -> FolderProblem:
    return FolderProblem(
        f"The file could not be {done}",
        hint=f"“{path.name}”: {error.strerror or error}. A model that is in use has to be unloaded first.",
    )
