"""The process that installs llama-cpp-python in the background: when it is needed, how it starts, what it says.

Standard library only: ``start.py`` uses it. ``models/preparation.py`` reads the same status file for the app.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from setup_environment import Project, environment_version

_RECIPE = "1"
"""Change it when more must be true of an engine that is ready: it is then completed and looked at again."""


def status_file(project: Project) -> Path:
    return project.environment / "engine-preparation.json"


def log_file(project: Project) -> Path:
    return project.environment / "engine-preparation.log"


def lock_path(project: Project) -> Path:
    return project.environment / "engine-preparation.lock"


def read_status(project: Project) -> dict[str, Any]:
    """What the last preparation said of itself; empty if there was none or the file is damaged."""
    try:
        status = json.loads(status_file(project).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}


def write_status(project: Project, state: str, **facts: object) -> None:
    """Replace the status so that a reader sees all of the old one or all of the new one."""
    status = {
        "state": state,
        "since": moment(),
        "inputs": engine_inputs(project),
        "log": str(log_file(project)),
        **facts,
    }
    with tempfile.NamedTemporaryFile("w", dir=project.environment, delete=False, encoding="utf-8") as file:
        json.dump(status, file, indent=1)
    Path(file.name).replace(status_file(project))


def moment() -> str:
    """Now, as the status file writes it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def engine_inputs(project: Project) -> str:
    """A hash of what decides which llama-cpp-python there must be."""
    parts = [project.lock_file(name).read_bytes() for name in ("engine", "build")]
    parts.append(f"{_RECIPE} {environment_version(project.environment)}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_installed(project: Project, *, version: str = "*") -> bool:
    """Whether the environment holds a llama-cpp-python (of that version), working or not."""
    patterns = ("lib/python3*/site-packages", "Lib/site-packages")
    return any(any(project.environment.glob(f"{part}/llama_cpp_python-{version}.dist-info")) for part in patterns)


def engine_needs_preparing(project: Project, *, again: bool) -> bool:
    """Tell whether to start a preparation.

    Args:
        again: also when the last one failed in a way that would take minutes to fail again.
    """
    status = read_status(project)
    if status.get("inputs") != engine_inputs(project):
        return True
    if is_installed(project):
        return status.get("state") != "ready"
    return again or status.get("state") != "failed" or bool(status.get("may_pass"))


def start_preparation(project: Project) -> int:
    """Start it, detached from this terminal and from the window, and return its process number."""
    script = Path(__file__).with_name("prepare_engine.py")
    detached: dict[str, Any] = {"start_new_session": True}
    if os.name == "nt":
        detached = {
            "creationflags": subprocess.DETACHED_PROCESS  # type: ignore[attr-defined,unused-ignore]
            | subprocess.CREATE_NEW_PROCESS_GROUP  # type: ignore[attr-defined,unused-ignore]
            | subprocess.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined,unused-ignore]
        }
    started = subprocess.Popen(
        [project.python, script, "--background"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **detached,
    )
    return started.pid
