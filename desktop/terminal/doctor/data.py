"""Whether a person's data can be kept, and is whole. Looking changes nothing."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from desktop.terminal.doctor.finding import Finding, Verdict
from engine.counting import size_words
from engine.health import FileHealth, library_health, sessions_health

_LEAST_FREE_BYTES = 200_000_000


def check_data_folder(data_folder: Path) -> Iterator[Finding]:
    """Whether the person's data can be kept, and is whole."""
    yield _writable(data_folder)
    for name, health in (("Sessions", sessions_health(data_folder)), ("Library", library_health(data_folder))):
        yield _database_finding(name, health)


def _writable(data_folder: Path) -> Finding:
    existing = next((folder for folder in (data_folder, *data_folder.parents) if folder.exists()), data_folder)
    try:
        with tempfile.TemporaryFile(dir=existing) as probe:
            probe.write(b"plumb")
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(existing).free
    except OSError as error:
        return Finding(
            name="Data folder",
            verdict=Verdict.FAILS,
            detail=f"{data_folder} cannot be written ({error.strerror or error})",
            hint="Make room on its disk."
            if error.errno == errno.ENOSPC
            else "Give yourself permission to write there, or use another folder with --data FOLDER.",
        )
    is_tight = free < _LEAST_FREE_BYTES
    return Finding(
        name="Data folder",
        verdict=Verdict.FAILS if is_tight else Verdict.WORKS,
        detail=f"{data_folder}, {size_words(free)} free" + ("" if data_folder.exists() else ", not there yet"),
        hint="The disk is nearly full. Make room on it." if is_tight else "",
    )


def _database_finding(name: str, health: FileHealth) -> Finding:
    if not health.exists:
        return Finding(name=name, verdict=Verdict.ABSENT, detail="nothing stored yet")
    if health.trouble:
        return Finding(
            name=name,
            verdict=Verdict.FAILS,
            detail=f"{health.path.name} is damaged or cannot be read: {health.trouble}",
            hint="Start Plumbline: it keeps a damaged file aside and saves what can be read.",
        )
    return Finding(
        name=name, verdict=Verdict.WORKS, detail=f"{health.path.name} is whole, {size_words(health.size_bytes)}"
    )
