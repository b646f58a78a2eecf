"""Tells whether llama-cpp-python is installed, being installed in the background, or missing, without importing it.

``packaging/prepare_engine.py`` writes the small file that this module reads. Reading costs well under a millisecond,
so the window may ask every few seconds.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

import psutil

STATUS_FILE = "engine-preparation.json"

_SAME_START_S = 5.0
"""How far apart two readings of one process's start time may lie: the clock is adjusted now and then."""


class EngineState(Enum):
    """How far llama-cpp-python is."""

    READY = "ready"
    PREPARING = "preparing"
    FAILED = "failed"
    """It could not be installed, or the process that installed it is gone: taken up at the next start."""

    MISSING = "missing"
    """Nobody has tried to install it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What is known about llama-cpp-python in one Python environment."""

    state: EngineState
    since: datetime | None = None
    """When it got into this state, in UTC."""

    step: str = ""
    """What is being done, for a person: ``Compiling llama.cpp, 45 %``."""

    detail: str = ""
    """How it was installed, or why it failed and what to do; may have several lines."""

    version: str = ""
    log: Path | None = None


def preparation(environment: Path | None = None) -> Preparation:
    """Return how far llama-cpp-python is.

    Args:
        environment: the folder of a virtual environment; the running one if left out.
    """
    environment = environment or Path(sys.prefix)
    version = _installed_version(environment)
    written = _read(environment / STATUS_FILE)
    if written is None:
        return Preparation(state=EngineState.READY if version else EngineState.MISSING, version=version)
    state = EngineState(written["state"])
    detail = _text(written, "detail")
    if state is EngineState.PREPARING and not _is_running(written):
        state, detail = EngineState.FAILED, "The preparation was interrupted. It is taken up at the next start."
    elif state is EngineState.READY and not version:
        state, detail = EngineState.MISSING, "It was installed and has been removed."
    return Preparation(
        state=state,
        since=_moment(_text(written, "since")),
        step=_text(written, "step"),
        detail=detail,
        version=version,
        log=Path(_text(written, "log")) if _text(written, "log") else None,
    )


def _read(path: Path) -> dict[str, object] | None:
    """Return the status, or None if there is none worth believing."""
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(written, dict) or written.get("state") not in ("ready", "preparing", "failed"):
        return None
    return written


def _text(written: dict[str, object], key: str) -> str:
    value = written.get(key)
    return value if isinstance(value, str) else ""


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_running(written: dict[str, object]) -> bool:
    """Whether the process that wrote the status lives: its number alone may by now belong to another one."""
    number, started = written.get("pid"), written.get("pid_started")
    if not isinstance(number, int) or not isinstance(started, int | float):
        return False
    try:
        process = psutil.Process(number)
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - started) < _SAME_START_S
    except (psutil.Error, ValueError, OverflowError):
        return False


def _installed_version(environment: Path) -> str:
    """The version of the installed llama-cpp-python, or an empty string."""
    for pattern in ("lib/python3*/site-packages", "Lib/site-packages"):
        for found in environment.glob(f"{pattern}/llama_cpp_python-*.dist-info"):
            return found.name.removeprefix("llama_cpp_python-").removesuffix(".dist-info")
    return ""
