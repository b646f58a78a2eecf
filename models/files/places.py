"""Where programs that run language models keep their files, on each system: pure functions of environment and home."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Keeper(StrEnum):
    """Whose folder a model lies in; the name people know."""

    OURS = "Plumbline"
    CHOSEN = "a folder of yours"
    LM_STUDIO = "LM Studio"
    JAN = "Jan"
    GPT4ALL = "GPT4All"
    OLLAMA = "Ollama"
    HUGGING_FACE = "the Hugging Face cache"
    LLAMA_CPP = "llama.cpp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder that may hold models."""

    keeper: Keeper
    folder: Path


def places(
    *, environment: Mapping[str, str], home: Path, system: str = sys.platform, lm_studio: Path | None = None
) -> tuple[Place, ...]:
    """Return the folders to look in, whether they exist or not, each once.

    Args:
        environment: the environment's variables.
        home: the person's home folder.
        system: ``linux``, ``darwin`` or ``win32``.
        lm_studio: LM Studio's folder, if it was told to use another one; from ``lm_studio_folder``.
    """
    found = [
        *((Keeper.LM_STUDIO, folder) for folder in _lm_studio(home, lm_studio)),
        *((Keeper.JAN, folder) for folder in _jan(environment, home, system)),
        (Keeper.GPT4ALL, _gpt4all(environment, home, system)),
        (Keeper.GPT4ALL, home / ".cache" / "gpt4all"),
        *((Keeper.OLLAMA, folder) for folder in _ollama(environment, home, system)),
        (Keeper.HUGGING_FACE, _hugging_face(environment, home)),
        (Keeper.LLAMA_CPP, _llama_cpp(environment, home, system)),
    ]
    return tuple(Place(keeper=keeper, folder=folder) for keeper, folder in dict.fromkeys(found))


def lm_studio_folder(home: Path) -> Path | None:
    """Return the folder that LM Studio was told to use; it writes it into a small file in the home folder."""
    try:
        with (home / ".lmstudio-home-pointer").open("rb") as file:
            told = file.read(4096).decode("utf-8").strip()
        return Path(told) if told and "\0" not in told and Path(told).is_absolute() else None
    except (OSError, ValueError):
        return None


def _application_data(environment: Mapping[str, str], home: Path, system: str) -> Path:
    """Where programs keep what belongs to the person: roaming on Windows."""
    if system == "win32":
        return _folder(environment, "APPDATA") or home / "AppData" / "Roaming"
    if system == "darwin":
        return home / "Library" / "Application Support"
    return _folder(environment, "XDG_DATA_HOME") or home / ".local" / "share"


def _settings(environment: Mapping[str, str], home: Path, system: str) -> Path:
    if system in ("win32", "darwin"):
        return _application_data(environment, home, system)
    return _folder(environment, "XDG_CONFIG_HOME") or home / ".config"


def _lm_studio(home: Path, told: Path | None) -> tuple[Path, ...]:
    usual = (home / ".lmstudio", home / ".cache" / "lm-studio")
    return tuple(folder / "models" for folder in (*((told,) if told is not None else ()), *usual))


def _jan(environment: Mapping[str, str], home: Path, system: str) -> tuple[Path, ...]:
    data = (
        _application_data(environment, home, system) / "Jan" / "data",
        _settings(environment, home, system) / "Jan" / "data",
        home / "jan",
    )
    return tuple(folder / part for folder in data for part in ("models", "llamacpp/models"))


def _gpt4all(environment: Mapping[str, str], home: Path, system: str) -> Path:
    if system == "win32":
        local = _folder(environment, "LOCALAPPDATA") or home / "AppData" / "Local"
        return local / "nomic.ai" / "GPT4All"
    return _application_data(environment, home, system) / "nomic.ai" / "GPT4All"


def _ollama(environment: Mapping[str, str], home: Path, system: str) -> tuple[Path, ...]:
    told = _folder(environment, "OLLAMA_MODELS")
    service = (Path("/usr/share/ollama/.ollama/models"), Path("/var/lib/ollama/models")) if system == "linux" else ()
    return (*((told,) if told is not None else ()), home / ".ollama" / "models", *service)


def _hugging_face(environment: Mapping[str, str], home: Path) -> Path:
    hub = _folder(environment, "HF_HUB_CACHE") or _folder(environment, "HUGGINGFACE_HUB_CACHE")
    if hub is not None:
        return hub
    hugging_home = _folder(environment, "HF_HOME")
    if hugging_home is not None:
        return hugging_home / "hub"
    cache = _folder(environment, "XDG_CACHE_HOME") or home / ".cache"
    return cache / "huggingface" / "hub"


def _llama_cpp(environment: Mapping[str, str], home: Path, system: str) -> Path:
    told = _folder(environment, "LLAMA_CACHE")
    if told is not None:
        return told
    if system == "darwin":
        return home / "Library" / "Caches" / "llama.cpp"
    if system == "win32":
        return (_folder(environment, "LOCALAPPDATA") or home / "AppData" / "Local") / "llama.cpp"
    return (_folder(environment, "XDG_CACHE_HOME") or home / ".cache") / "llama.cpp"


def _folder(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name, "").strip()
    return Path(value) if value and Path(value).is_absolute() else None
