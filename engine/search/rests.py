"""Keeps which engines rest, and until when, in ``search-health.json``: one command after the other leaves them alone.

Nothing depends on it. A file that is damaged, or cannot be written, is the same as none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from engine.domain import EngineState
from engine.storage.private import make_private_folder
from models.choice import replace_file

RESTS_FILE = "search-health.json"

_FORMAT = 1
_MOST_BYTES = 1 << 16
_MOST_ENGINES = 64
_MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """That an engine rests."""

    until: datetime
    since: datetime
    """When it began to fail."""
    failures: int
    """In a row."""
    state: EngineState
    words: str


class Rests:
    """The file."""

    def __init__(self, data_folder: Path) -> None:
        self._path = data_folder / RESTS_FILE

    def read(self) -> dict[str, Rest]:
        """Return who rests, by the engine's name."""
        try:
            with self._path.open("rb") as file:
                written = json.loads(file.read(_MOST_BYTES))
            return {name: _rest(each) for name, each in tuple(written["resting"].items())[:_MOST_ENGINES]}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
            return {}

    def keep(self, rests: Mapping[str, Rest]) -> None:
        """Write down who rests."""
        resting = {
            name: {
                "until": rest.until.isoformat(),
                "since": rest.since.isoformat(),
                "failures": rest.failures,
                "state": rest.state.value,
                "words": rest.words[:_MOST_CHARACTERS],
            }
            for name, rest in tuple(rests.items())[:_MOST_ENGINES]
        }
        with suppress(OSError):
            if not resting and not self._path.exists():
                return
            make_private_folder(self._path.parent)
            replace_file(self._path, json.dumps({"format": _FORMAT, "resting": resting}).encode("ascii"))


def _rest(written: Mapping[str, object]) -> Rest:
    failures, words = written["failures"], written["words"]
    if not isinstance(failures, int) or not isinstance(words, str):
        raise TypeError("a value is of another kind")
    until, since = (datetime.fromisoformat(str(written[name])) for name in ("until", "since"))
    if until.tzinfo is None or since.tzinfo is None or not 0 < failures < math.inf:
        raise ValueError("a value is out of its range")
    return Rest(
        until=until,
        since=since,
        failures=min(failures, 1000),
        state=EngineState(str(written["state"])),
        words=words[:_MOST_CHARACTERS],
    )
