"""What the doctor looks at: each check returns findings and changes nothing but files in a temporary folder."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from pathlib import Path

from desktop.data_folder import GUIDE_NAME
from desktop.doctor_samples import SENTENCE, samples
from desktop.time_words import counted
from desktop.words import size_words
from engine.errors import DocumentUnreadable, PlumblineError
from engine.health import FileHealth, has_full_text_search, library_health, sessions_health, sqlite_version
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.reading.parser import Parser
from models.preparation import EngineState, preparation
from resources.locations import guide_folder

_SUPPORTED = ((3, 11), (3, 13))
_LEAST_FREE_BYTES = 200_000_000
_CHILD_TIMEOUT_S = 90
_TRY_WINDOW = "from PySide6.QtWidgets import QApplication; QApplication(['plumbline'])"
_TRY_QT = "import PySide6.QtCore, PySide6.QtGui, PySide6.QtWidgets, qtawesome; print(PySide6.__version__)"
_TRY_LLAMA = "import llama_cpp; print(llama_cpp.__version__)"


class Verdict(StrEnum):
    """What a finding comes to."""

    WORKS = "works"
    FAILS = "fails"
    """Something that Plumbline needs does not work."""
    ABSENT = "absent"
    """Not there, and not needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    verdict: Verdict
    detail: str = ""
    """What was found, in words."""
    hint: str = ""
    """What to do, if anything can be done."""


def check_python() -> Iterator[Finding]:
    """The interpreter and the packages that Plumbline asks for."""
    version = sys.version_info[:2]
    is_supported = _SUPPORTED[0] <= version <= _SUPPORTED[1]
    yield Finding(
        name="Python",
        verdict=Verdict.WORKS if is_supported else Verdict.FAILS,
        detail=f"{sys.version.split()[0]}, {sys.platform}",
        hint="" if is_supported else "Plumbline needs Python 3.11, 3.12 or 3.13.",
    )
    wrong = list(_wrong_packages())
    total = len(_requirements())
    yield Finding(
        name="Packages",
        verdict=Verdict.FAILS if wrong else Verdict.WORKS,
        detail=", ".join(wrong) if wrong else f"all {total} are installed in a version that fits",
        hint="Run the set-up again:  python3 packaging/start.py" if wrong else "",
    )


def check_sqlite() -> Iterator[Finding]:
    """The database library."""
    works = has_full_text_search()
    yield Finding(
        name="SQLite",
        verdict=Verdict.WORKS if works else Verdict.FAILS,
        detail=f"{sqlite_version()}, full-text search {'works' if works else 'is missing'}",
        hint="" if works else "Use a Python whose SQLite has FTS5, such as the one from python.org.",
    )


def check_data_folder(data_folder: Path) -> Iterator[Finding]:
    """Whether the person's data can be kept, and is whole."""
    yield _writable(data_folder)
    for name, health in (("Sessions", sessions_health(data_folder)), ("Library", library_health(data_folder))):
        yield _database_finding(name, health)


def check_reading() -> Iterator[Finding]:
    """The parser process, with the smallest document of each format."""
    unread = []
    with tempfile.TemporaryDirectory(prefix="plumbline-doctor-") as folder, Parser() as parser:
        for suffix, content in samples().items():
            path = Path(folder) / f"sample{suffix}"
            path.write_bytes(content)
            try:
                if SENTENCE not in parser.parse(path).document.text:
                    unread.append(f"{suffix} (its text is not found)")
            except DocumentUnreadable as error:
                unread.append(f"{suffix} ({error.title})")
    formats = ", ".join(suffix.removeprefix(".") for suffix in samples())
    yield Finding(
        name="Reading documents",
        verdict=Verdict.FAILS if unread else Verdict.WORKS,
        detail=f"these do not work: {', '.join(unread)}" if unread else f"{formats}, in a process of its own",
        hint="Run the set-up again:  python3 packaging/start.py" if unread else "",
    )


def check_search() -> Iterator[Finding]:
    """The whole way from files to an answer: the user guide is read, indexed and searched."""
    with tempfile.TemporaryDirectory(prefix="plumbline-doctor-") as folder, Parser() as parser:
        with Library.open(Path(folder), parser=parser) as library:
            library.add_folder(guide_folder(), name=GUIDE_NAME, is_guide=True)
            for _ in library.update(should_stop=lambda: False):
                pass
            documents = sum(one.documents for one in library.folders())
            parser.close()
        with LibraryReader.open(Path(folder)) as reader:
            results = reader.search("exit codes of the terminal command", limit=3)
    works = any("terminal" in result.address for result in results)
    yield Finding(
        name="Searching",
        verdict=Verdict.WORKS if works else Verdict.FAILS,
        detail=f"the user guide ({counted(documents, 'page')}) was indexed, and "
        + ("a question finds its page" if works else "a question does not find its page"),
        hint="" if works else "Run the set-up again:  python3 packaging/start.py",
    )


def check_window() -> Iterator[Finding]:
    """Qt, tried in a child process because a missing system library ends the whole process."""
    version, trouble = _child(_TRY_QT)
    if trouble:
        yield Finding(name="Qt", verdict=Verdict.FAILS, detail=trouble, hint=_window_hint())
        return
    yield Finding(name="Qt", verdict=Verdict.WORKS, detail=version)
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in names):
        yield Finding(
            name="Window",
            verdict=Verdict.ABSENT,
            detail="there is no display here",
            hint="The terminal commands work without one.",
        )
        return
    _, trouble = _child(_TRY_WINDOW)
    yield Finding(
        name="Window",
        verdict=Verdict.FAILS if trouble else Verdict.WORKS,
        detail=trouble or "can be opened",
        hint=_window_hint() if trouble else "",
    )


def check_language_model() -> Iterator[Finding]:
    """llama-cpp-python: not needed in this version, and prepared in the background."""
    name = "llama-cpp-python"
    state = preparation()
    match state.state:
        case EngineState.READY:
            version, trouble = _child(_TRY_LLAMA)
            yield Finding(
                name=name,
                verdict=Verdict.ABSENT if trouble else Verdict.WORKS,
                detail=f"installed, but cannot be loaded: {trouble}" if trouble else version,
                hint="Plumbline works without it. Prepare it again:  python3 packaging/start.py --retry-engine"
                if trouble
                else "",
            )
        case EngineState.PREPARING:
            yield Finding(
                name=name,
                verdict=Verdict.ABSENT,
                detail=f"is being prepared: {state.step}" if state.step else "is being prepared",
                hint="Plumbline works without it.",
            )
        case EngineState.FAILED:
            yield Finding(
                name=name,
                verdict=Verdict.ABSENT,
                detail=f"could not be prepared. {state.detail}".strip(),
                hint="Plumbline works without it. Try again:  python3 packaging/start.py --retry-engine",
            )
        case EngineState.MISSING:
            yield Finding(
                name=name,
                verdict=Verdict.ABSENT,
                detail=state.detail or "is not installed",
                hint="Plumbline works without it. The set-up prepares it:  python3 packaging/start.py",
            )


# --- how it is found out -----------------------------------------------------------------------------------------


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


def _requirements() -> list[tuple[str, str]]:
    """Return name and version condition of every package that Plumbline cannot do without."""
    found = []
    for requirement in metadata.requires("plumbline") or []:
        if "extra ==" not in requirement:
            matched = re.match(r"([A-Za-z0-9._-]+)\s*\(?([^;)]*)", requirement)
            if matched:
                found.append((matched.group(1), matched.group(2).strip()))
    return found


def _wrong_packages() -> Iterator[str]:
    for name, condition in _requirements():
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            yield f"{name} is missing"
            continue
        if not fits(version, condition):
            yield f"{name} is {version}, needed is {condition}"


def fits(version: str, condition: str) -> bool:
    """Return whether a version meets a condition of ``>=``, ``<`` and ``==`` parts, as our own requirements have."""
    for part in filter(None, (part.strip() for part in condition.split(","))):
        sign = re.match(r"[<>=]+", part)
        wanted = _numbers(part[sign.end() :]) if sign else ()
        have = _numbers(version)
        meets = {">=": have >= wanted, "<": have < wanted, "==": have[: len(wanted)] == wanted}
        if not meets.get(sign.group() if sign else "", True):
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version.partition("+")[0])[:4])


def _child(code: str) -> tuple[str, str]:
    """Run a line of Python; return what it printed, and what went wrong."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_CHILD_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer within {_CHILD_TIMEOUT_S} s"
    except OSError as error:
        return "", str(error)
    if done.returncode == 0:
        return done.stdout.strip(), ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return "", lines[-1] if lines else f"the process ended with code {done.returncode}"


def _window_hint() -> str:
    return "The start command names the system packages that are missing:  python3 packaging/start.py"


def explained(problem: PlumblineError, *, name: str) -> Finding:
    """Return a problem that a check ran into as a finding."""
    return Finding(name=name, verdict=Verdict.FAILS, detail=problem.title, hint=problem.hint)
