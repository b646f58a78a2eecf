"""Which models the person chose, kept as ``models.json`` in the data folder.

Keys are never written here: a remote engine's key is in the system's keyring, under ``key_name``.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

CHOICE_FILE = "models.json"

_FORMAT = 1
_MAX_BYTES = 1 << 20
_MOST_ADDED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalChoice:
    """A model file on this computer."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteChoice:
    """A model behind an OpenAI-compatible server."""

    address: str
    model: str
    key_name: str | None = None
    """Under which its key is in the keyring; None where none is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChoice:
    """What the person chose."""

    policy: LocalChoice | RemoteChoice | None = None
    """Leads the research. None: research goes without a language model."""
    reading: LocalChoice | RemoteChoice | None = None
    """Plans, reads, writes and judges; None: the same model."""
    idle_minutes: int = 10
    """After so long without work a model's memory is given back; 0: never."""
    model_folder: Path | None = None
    """Where downloads go; None: the usual place."""
    mirror: str = ""
    """Address of a hub to download from instead of the usual one."""
    added: tuple[Path, ...] = ()
    """Files that the person named themselves, the latest last: listed wherever they lie, until taken out again."""
    unknown: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    """What a later version of the program has written down; it is kept."""
    notice: str = field(default="", compare=False)
    """Why nothing is chosen although the file exists, in a sentence for the person; empty when all is well."""


class ChoiceNotKept(OSError):
    """The choice could not be written."""


def read_choice(data_folder: Path) -> ModelChoice:
    """Return what was chosen. A file that is damaged or no file of ours is the same as none, and a notice says so."""
    path = data_folder / CHOICE_FILE
    try:
        with path.open("rb") as file:
            written = json.loads(file.read(_MAX_BYTES))
    except FileNotFoundError:
        return ModelChoice()
    except (OSError, ValueError, RecursionError) as error:
        return ModelChoice(notice=_unreadable(error))
    if not isinstance(written, dict):
        return ModelChoice(notice=_unreadable("it holds something else"))
    try:
        return _choice(written)
    except (TypeError, ValueError, KeyError) as error:
        return ModelChoice(notice=_unreadable(error))


def write_choice(data_folder: Path, choice: ModelChoice) -> None:
    """Keep what was chosen: whole, or as it was before.

    Raises:
        ChoiceNotKept: the disk is full, or the folder cannot be written.
    """
    written = dict(choice.unknown)
    written |= {
        "format": written.get("format", _FORMAT),
        "policy": _model_written(choice.policy),
        "reading": _model_written(choice.reading),
        "idle_minutes": choice.idle_minutes,
        "model_folder": str(choice.model_folder) if choice.model_folder else None,
        "mirror": choice.mirror,
        "added": [str(path) for path in choice.added[-_MOST_ADDED:]],
    }
    try:
        data_folder.mkdir(parents=True, exist_ok=True)
        replace_file(data_folder / CHOICE_FILE, json.dumps(written, indent=2).encode("ascii"))
    except OSError as error:
        raise ChoiceNotKept(f"The choice of models could not be kept: {error.strerror or error}") from error


def replace_file(path: Path, data: bytes) -> None:
    """Write a small file so that whoever reads it, even after a power cut, sees the old or the new whole.

    Raises:
        OSError: it could not be written; the old one is still there.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


_KNOWN = frozenset({"policy", "reading", "idle_minutes", "model_folder", "mirror", "added"})


def _choice(written: dict[str, Any]) -> ModelChoice:
    unknown = {name: value for name, value in written.items() if name not in _KNOWN}
    folder = written.get("model_folder")
    return ModelChoice(
        policy=_model(written.get("policy")),
        reading=_model(written.get("reading")),
        idle_minutes=max(0, _number(written.get("idle_minutes", ModelChoice().idle_minutes))),
        model_folder=Path(_text(folder)) if folder else None,
        mirror=_text(written.get("mirror", "")),
        added=tuple(Path(_text(path)) for path in _list(written.get("added", []))),
        unknown=MappingProxyType(unknown),
    )


def _model(written: object) -> LocalChoice | RemoteChoice | None:
    if written is None:
        return None
    if not isinstance(written, dict):
        raise TypeError("a model is described by something else than an object")
    if "path" in written:
        return LocalChoice(path=Path(_text(written["path"])))
    key_name = written.get("key_name")
    return RemoteChoice(
        address=_text(written["address"]),
        model=_text(written["model"]),
        key_name=None if key_name is None else _text(key_name),
    )


def _model_written(chosen: LocalChoice | RemoteChoice | None) -> dict[str, Any] | None:
    if chosen is None:
        return None
    if isinstance(chosen, LocalChoice):
        return {"path": str(chosen.path)}
    return {"address": chosen.address, "model": chosen.model, "key_name": chosen.key_name}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text was expected, not {type(value).__name__}")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError(f"a list was expected, not {type(value).__name__}")
    return value


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"a whole number was expected, not {type(value).__name__}")
    return value


def _unreadable(reason: object) -> str:
    return f"The choice of models could not be read ({reason}), so none is chosen. Choosing one writes it anew."
