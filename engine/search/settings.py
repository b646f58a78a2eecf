"""Which engines the person wants, kept as ``search.json`` in the data folder. Keys are in the system's keyring."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.search.provider import Facts
from engine.storage.private import make_private_folder
from models.choice import replace_file

SETTINGS_FILE = "search.json"

_FORMAT = 1
_MAX_BYTES = 1 << 20


class Scholarly(StrEnum):
    """When engines for papers are asked."""

    AUTOMATIC = "automatic"
    """When the question looks as if papers would answer it."""
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSettings:
    """What the person wants of the search."""

    on: tuple[str, ...] = ()
    """Engines switched on that are off by default."""
    off: tuple[str, ...] = ()
    """Engines switched off that are on by default."""
    searxng_address: str = ""
    """Of a SearXNG that the person trusts; empty for none."""
    scholarly: Scholarly = Scholarly.AUTOMATIC
    keeps_answers: bool = True
    """Whether answers are kept for a week instead of asking again."""
    unknown: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), compare=False, repr=False)
    """What a later version of the program has written down; it is kept."""
    notice: str = field(default="", compare=False)
    """Why all is as it comes although the file exists, in a sentence for the person; empty when all is well."""

    def wants(self, facts: Facts) -> bool:
        """Whether an engine is switched on."""
        return facts.name in self.on or (facts.is_default and facts.name not in self.off)


def read_settings(data_folder: Path) -> SearchSettings:
    """Return what was chosen. A damaged file is the same as none, and a notice says so."""
    try:
        with (data_folder / SETTINGS_FILE).open("rb") as file:
            written = json.loads(file.read(_MAX_BYTES))
        return _settings(written)
    except FileNotFoundError:
        return SearchSettings()
    except (OSError, ValueError, TypeError, RecursionError) as error:
        return SearchSettings(
            notice=f"The settings of the search could not be read ({error}), so all is as it comes. "
            "Changing one writes them anew."
        )


def write_settings(data_folder: Path, settings: SearchSettings) -> None:
    """Keep what was chosen: whole, or as it was before.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    written = dict(settings.unknown)
    written |= {
        "format": written.get("format", _FORMAT),
        "on": sorted(set(settings.on)),
        "off": sorted(set(settings.off)),
        "searxng_address": settings.searxng_address,
        "scholarly": settings.scholarly.value,
        "keeps_answers": settings.keeps_answers,
    }
    make_private_folder(data_folder)
    replace_file(data_folder / SETTINGS_FILE, json.dumps(written, indent=2).encode("ascii"))


_KNOWN = frozenset({"on", "off", "searxng_address", "scholarly", "keeps_answers"})


def _settings(written: object) -> SearchSettings:
    if not isinstance(written, dict):
        raise TypeError("it holds something else")
    keeps = written.get("keeps_answers", True)
    address = written.get("searxng_address", "")
    if not isinstance(keeps, bool) or not isinstance(address, str):
        raise TypeError("a value is of another kind")
    return SearchSettings(
        on=_names(written.get("on", [])),
        off=_names(written.get("off", [])),
        searxng_address=address,
        scholarly=Scholarly(written.get("scholarly", Scholarly.AUTOMATIC)),
        keeps_answers=keeps,
        unknown=MappingProxyType({name: value for name, value in written.items() if name not in _KNOWN}),
    )


def _names(written: object) -> tuple[str, ...]:
    if not isinstance(written, list) or not all(isinstance(name, str) for name in written):
        raise TypeError("a list of names was expected")
    return tuple(written)
