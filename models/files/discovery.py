"""Finds model files that are on this computer already, also those of other programs; they are used where they lie.

Nothing is opened but folders and Ollama's small lists of contents; what a file holds, ``gguf.read_gguf`` tells.
"""

from __future__ import annotations

import json
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.files.places import Keeper, Place, lm_studio_folder, places
from models.hub.catalog import quantisation_of

MAX_TIME_S = 5.0
MAX_DEPTH = 8
MAX_ENTRIES = 50_000
"""Files and folders looked at in one place."""

_SMALLEST_BYTES = 100_000
_MANIFEST_BYTES = 1_000_000
_OLLAMA_MODEL = "application/vnd.ollama.image.model"
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.gguf$", re.IGNORECASE)
_NOT_MODELS = re.compile(r"mmproj|imatrix", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundModel:
    """A model file on this computer."""

    path: Path
    """Where it lies; the first part of a model in several. Where a name is a link, the name."""
    name: str
    """For people: ``Qwen2.5 7B Instruct Q4_K_M``, or what the other program calls it."""
    size_bytes: int
    """Of all parts."""
    quantisation: str
    """As far as the name tells it; empty if it does not."""
    keeper: Keeper
    also_at: tuple[Path, ...] = ()
    """Other names of the same file."""

    @property
    def is_ours(self) -> bool:
        """Whether we downloaded it, and may therefore move or delete it."""
        return self.keeper is Keeper.OURS


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """What was found, and whether everything could be looked at."""

    models: tuple[FoundModel, ...]
    """Ours first, then by name."""
    unreadable: tuple[Path, ...]
    """Folders that may not be read."""
    is_complete: bool
    """Whether time and limits were enough for everything."""


def find_models(
    extra_folders: Iterable[Path] = (),
    *,
    our_folder: Path | None = None,
    other_places: Iterable[Place] | None = None,
    max_time_s: float = MAX_TIME_S,
    clock: Callable[[], float] = time.monotonic,
) -> Discovery:
    """Return the model files on this computer.

    Args:
        extra_folders: folders that the person named.
        our_folder: where our downloads go.
        other_places: folders of other programs; those of this system when left out.
        max_time_s: after which the search ends with what was found.
        clock: tells the time in seconds.
    """
    if other_places is None:
        other_places = places(environment=os.environ, home=Path.home(), lm_studio=lm_studio_folder(Path.home()))
    all_places = [
        *([Place(keeper=Keeper.OURS, folder=our_folder)] if our_folder is not None else []),
        *(Place(keeper=Keeper.CHOSEN, folder=folder) for folder in extra_folders),
        *other_places,
    ]
    search = _Search(deadline=clock() + max_time_s, clock=clock)
    for place in all_places:
        search.look_in(place)
    ordered = sorted(search.found.values(), key=lambda one: (not one.is_ours, one.name.casefold(), str(one.path)))
    return Discovery(
        models=tuple(ordered), unreadable=tuple(dict.fromkeys(search.unreadable)), is_complete=search.is_complete
    )


class _Search:
    def __init__(self, *, deadline: float, clock: Callable[[], float]) -> None:
        self._deadline = deadline
        self._clock = clock
        self._seen_folders: set[tuple[int, int]] = set()
        self._looked_at = 0
        self.found: dict[tuple[int, int], FoundModel] = {}
        """By device and number of the file, so that two names of one file are one model."""
        self.unreadable: list[Path] = []
        self.is_complete = True

    def look_in(self, place: Place) -> None:
        self._looked_at = 0
        if place.keeper is Keeper.OLLAMA:
            for path, name in self._ollama(place.folder):
                self._add(path, name, place.keeper)
            return
        for path in self._files(place.folder):
            name = path.name.lower()
            part = _PART.search(name)
            if name.endswith(".gguf") and not _NOT_MODELS.search(name) and (part is None or int(part[1]) == 1):
                self._add(path, readable_name(path.name), place.keeper)

    def _files(self, top: Path) -> Iterator[Path]:
        """All files below a folder, each folder once however many links lead to it."""
        waiting = [(top, 0)]
        while waiting:
            folder, depth = waiting.pop()
            try:
                status = folder.stat()
                if (status.st_dev, status.st_ino) in self._seen_folders or not stat.S_ISDIR(status.st_mode):
                    continue
                self._seen_folders.add((status.st_dev, status.st_ino))
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except FileNotFoundError:
                continue
            except (OSError, ValueError) as error:
                if isinstance(error, PermissionError):
                    self.unreadable.append(folder)
                continue
            for entry in entries:
                self._looked_at += 1
                if self._looked_at > MAX_ENTRIES or self._clock() > self._deadline:
                    self.is_complete = False
                    return
                try:
                    if not entry.is_dir():
                        yield Path(entry.path)
                    elif depth < MAX_DEPTH:
                        waiting.append((Path(entry.path), depth + 1))
                except OSError:
                    continue

    def _ollama(self, top: Path) -> Iterator[tuple[Path, str]]:
        """Models of Ollama: each has a list of contents that names the file of weights by its checksum."""
        for manifest in self._files(top / "manifests"):
            try:
                if manifest.stat().st_size > _MANIFEST_BYTES:
                    continue
                said = json.loads(manifest.read_text(encoding="utf-8"))
                layers = said["layers"]
                digests = [layer["digest"] for layer in layers if layer["mediaType"] == _OLLAMA_MODEL]
            except PermissionError:
                self.unreadable.append(manifest)
                continue
            except (OSError, ValueError, TypeError, KeyError, RecursionError):
                continue
            for digest in digests:
                if isinstance(digest, str) and re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
                    yield top / "blobs" / digest.replace(":", "-"), _ollama_name(manifest, top / "manifests")

    def _add(self, path: Path, name: str, keeper: Keeper) -> None:
        try:
            status = path.stat()
        except PermissionError:
            self.unreadable.append(path)
            return
        except OSError:
            return
        if not stat.S_ISREG(status.st_mode) or status.st_size < _SMALLEST_BYTES:
            return
        key = (status.st_dev, status.st_ino)
        known = self.found.get(key)
        if known is not None:
            also = () if path == known.path or path in known.also_at else (path,)
            self.found[key] = FoundModel(
                path=known.path,
                name=known.name,
                size_bytes=known.size_bytes,
                quantisation=known.quantisation,
                keeper=known.keeper,
                also_at=(*known.also_at, *also),
            )
            return
        self.found[key] = FoundModel(
            path=path,
            name=name,
            size_bytes=status.st_size + _other_parts_bytes(path),
            quantisation=quantisation_of(path.name) or quantisation_of(name),
            keeper=keeper,
        )


def readable_name(file_name: str) -> str:
    """Return a file's name as a person would write the model's: without ending, part and underscores."""
    stem = re.sub(r"\.gguf$", "", _PART.sub("", file_name), flags=re.IGNORECASE)
    quantisation = quantisation_of(file_name)
    bare = re.sub(rf"[-_.]*(?:i1-)?{re.escape(quantisation)}$", "", stem, flags=re.IGNORECASE) if quantisation else stem
    words = re.sub(r"[_\s]+", " ", bare).strip(" -.") or stem
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return f"{printable} {quantisation}".strip()[:120]


def _ollama_name(manifest: Path, top: Path) -> str:
    """``registry.ollama.ai/library/qwen2.5/7b`` is called ``qwen2.5:7b``."""
    parts = list(manifest.relative_to(top).parts)
    if len(parts) < 3:
        return " ".join(parts)
    *owner, model, tag = parts[1:]
    printable = "/".join([*(one for one in owner if one != "library"), f"{model}:{tag}"])
    return "".join(letter if letter.isprintable() else " " for letter in printable)[:120]


def _other_parts_bytes(path: Path) -> int:
    part = _PART.search(path.name)
    if part is None:
        return 0
    total = 0
    for number in range(2, min(int(part[2]), 200) + 1):
        other = path.with_name(f"{path.name[: part.start()]}-{number:05}-of-{part[2]}.gguf")
        try:
            total += other.stat().st_size
        except OSError:
            continue
    return total
