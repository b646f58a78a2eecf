"""How well models judge, as far as that was measured: ``calibrations.json`` in the data folder, a curve a model."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any

from engine.citations.calibration import Calibration, Curve, Quality
from models.choice import LocalChoice, ModelChoice, RemoteChoice, replace_file

CALIBRATIONS_FILE = "calibrations.json"
DAMAGED_SUFFIX = ".damaged"
_FORMAT = 1
_MAX_BYTES = 4 << 20
_HEAD_BYTES = 1 << 20
"""Of a model's file, by which it is known together with its size: names and vocabulary stand there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A calibration of a model."""

    calibration: Calibration
    name: str
    """Of the model, for people."""
    at: datetime


def model_key(choice: LocalChoice | RemoteChoice) -> str:
    """Return what tells a model from every other: of a file its size and first megabyte, of a server its address.

    A file that cannot be read has a key by its path, under which nothing is kept.
    """
    if isinstance(choice, RemoteChoice):
        return f"server {choice.address.rstrip('/')} {choice.model}".strip()
    try:
        with choice.path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return f"path {choice.path}"
    return f"file {size} {hashlib.sha256(head).hexdigest()}"


def read_calibration(data_folder: Path, choice: LocalChoice | RemoteChoice) -> Kept | None:
    """Return the calibration of a model, or None. A damaged file is kept aside, and then there is none."""
    return _read(data_folder).get(model_key(choice))


def calibration_for(data_folder: Path, choice: ModelChoice) -> Calibration | None:
    """Return how well the model judges that reads and judges where a person has chosen so; None: never measured."""
    model = choice.reading or choice.policy
    kept = read_calibration(data_folder, model) if model is not None else None
    return kept.calibration if kept is not None else None


def keep_calibration(
    data_folder: Path, choice: LocalChoice | RemoteChoice, calibration: Calibration, *, name: str
) -> None:
    """Keep the calibration of a model, and those of others as they were.

    Raises:
        OSError: the disk is full, or the folder cannot be written.
    """
    kept = _read(data_folder) | {model_key(choice): Kept(calibration=calibration, name=name, at=datetime.now(UTC))}
    written = {"format": _FORMAT, "models": {key: _written(one) for key, one in kept.items()}}
    data_folder.mkdir(parents=True, exist_ok=True)
    replace_file(data_folder / CALIBRATIONS_FILE, json.dumps(written, indent=2).encode("ascii"))


def _read(data_folder: Path) -> dict[str, Kept]:
    path = data_folder / CALIBRATIONS_FILE
    try:
        with path.open("rb") as file:
            written = json.loads(file.read(_MAX_BYTES))
        return {str(key): _kept(one) for key, one in written["models"].items()}
    except OSError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        with suppress(OSError):
            path.replace(path.with_name(path.name + DAMAGED_SUFFIX))
        return {}


def _written(kept: Kept) -> dict[str, Any]:
    return {"name": kept.name, "at": kept.at.isoformat(), **asdict(kept.calibration)}


def _kept(written: Mapping[str, Any]) -> Kept:
    curve = Curve(slope=_number(written["curve"]["slope"]), offset=_number(written["curve"]["offset"]))
    if not 0 <= curve.slope < float("inf") or abs(curve.offset) == float("inf"):
        raise ValueError("no curve")
    before, after = (
        Quality(brier=_number(written[part]["brier"]), error=_number(written[part]["error"]))
        for part in ("before", "after")
    )
    calibration = Calibration(
        curve=curve, cases=int(written["cases"]), true=int(written["true"]), before=before, after=after
    )
    return Kept(calibration=calibration, name=str(written["name"]), at=datetime.fromisoformat(written["at"]))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or isnan(value):
        raise ValueError("no number")
    return float(value)
