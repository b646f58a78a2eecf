"""Makes ``.venv`` in the project folder hold exactly what the lock files say, and does nothing when it already does.

Standard library only. Used by ``start.py`` and ``check.py``; every part of it may be interrupted and repeated.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pip_runs import large_download, run_pip
from process_lock import held_in_turn
from steps import SetupFailed, Steps
from supported_python import is_supported

_ROOM_BYTES = 700_000_000
"""Free space asked for before a first set-up: the packages and what pip downloads take up to 600 MB."""


@dataclass(frozen=True)
class Project:
    """Where the parts of one checkout are."""

    root: Path

    @property
    def environment(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return environment_python(self.environment)

    @property
    def stamp(self) -> Path:
        """Says which lock files the environment holds."""
        return self.environment / "plumbline-setup.json"

    def lock_file(self, name: str) -> Path:
        return self.root / "packaging" / "requirements" / f"{name}.txt"


def this_project() -> Project:
    """The checkout that this script belongs to."""
    return Project(Path(__file__).resolve().parent.parent)


def environment_python(environment: Path) -> Path:
    """The interpreter of a virtual environment, whether or not it exists."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def environment_version(environment: Path) -> tuple[int, ...] | None:
    """The Python version that made a virtual environment, or None if there is no usable one there."""
    if not environment_python(environment).exists():  # follows the link: a Python that was removed is noticed
        return None
    try:
        settings = (environment / "pyvenv.cfg").read_text(encoding="utf-8")
    except OSError:
        return None
    found = re.search(r"^version(?:_info)?\s*=\s*(\d+)\.(\d+)", settings, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else None


def fingerprint(project: Project, lock: str) -> str:
    """A hash of all that decides what the environment must hold: lock, declaration, Python, and the folder's place."""
    files = (project.lock_file(lock), project.root / "pyproject.toml")
    parts = [file.read_bytes() for file in files]
    parts.append(f"{environment_version(project.environment)} {project.root}".encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def read_stamp(project: Project) -> dict[str, str]:
    """What is known to be done, by name; empty if nothing is or the file is damaged."""
    try:
        stamp = json.loads(project.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(project: Project, **done: str) -> None:
    """Add to what is known to be done, so that a reader sees all of it or none."""
    stamp = {**read_stamp(project), **done}
    with tempfile.NamedTemporaryFile("w", dir=project.environment, delete=False, encoding="utf-8") as file:
        json.dump(stamp, file, indent=1)
    Path(file.name).replace(project.stamp)


def ensure_environment(project: Project, lock: str, *, steps: Steps, expected: str) -> bool:
    """Make the environment hold what a lock file says, and the project itself.

    Args:
        expected: what a first installation costs, said beside the step.

    Returns:
        Whether there was anything to do.

    Raises:
        SetupFailed: with what to do about it.
    """
    if _is_current(project, lock):
        return False
    _check_folder(project)
    with held_in_turn(
        project.root / ".venv.lock",
        before_waiting=lambda: steps.say("Another set-up of this folder is under way; waiting for it."),
    ):
        if _is_current(project, lock):
            return False
        if not _is_usable(project):
            with steps.step("Creating .venv"):
                _create(project)
        with steps.step("Installing the locked packages", expected=expected), _marked_as_unfinished(project) as again:
            install_hashed(project, project.lock_file(lock), again=again, on_line=_large_downloads(steps.detail))
        with steps.step("Installing Plumbline itself (from this folder)"):
            _install_project(project)
        write_stamp(project, **{lock: fingerprint(project, lock)})
    return True


def _is_current(project: Project, lock: str) -> bool:
    version = environment_version(project.environment)
    if version is None or not is_supported(version):
        return False
    return read_stamp(project).get(lock) == fingerprint(project, lock)


def _check_folder(project: Project) -> None:
    try:
        with tempfile.TemporaryFile(dir=project.root):
            pass
    except OSError as error:
        raise SetupFailed(
            f"Plumbline's folder cannot be written to ({error.strerror})",
            hint=f"The environment is made inside it, as .venv. Give yourself the right to write to {project.root}, or "
            "make your own copy of it.",
        ) from error
    free = shutil.disk_usage(project.root).free
    if not project.environment.exists() and free < _ROOM_BYTES:
        raise SetupFailed(
            f"There is too little room on the disk: {free / 1e6:.0f} MB free, about {_ROOM_BYTES / 1e6:.0f} MB needed",
            hint=f"Make room on the disk that holds {project.root}, then start again.",
        )


def _is_usable(project: Project) -> bool:
    """Whether packages can be installed into the environment, if need be after giving it the pip that it lacks.

    An interrupted creation leaves none, and some tools make environments without one.
    """
    version = environment_version(project.environment)
    if version is None or not is_supported(version):
        return False
    return _succeeds(project, "pip", "--version") or _succeeds(project, "ensurepip", "--default-pip")


def _succeeds(project: Project, module: str, option: str) -> bool:
    try:
        return subprocess.run([project.python, "-m", module, option], capture_output=True).returncode == 0
    except OSError:
        return False


def _create(project: Project) -> None:
    if project.environment.is_symlink() or project.environment.is_file():
        raise SetupFailed(f"{project.environment} is in the way", hint="Move it, then start again.")
    command = [sys.executable, "-m", "venv", "--clear", str(project.environment)]
    made = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if made.returncode != 0:
        raise explained_creation(made.stdout + made.stderr)


def explained_creation(output: str) -> SetupFailed:
    """Turn the output of a failed ``python -m venv`` into what a person is told."""
    version = "{}.{}".format(*sys.version_info)
    if "ensurepip" in output or "No module named venv" in output:
        return SetupFailed(
            "This Python comes without the parts that make environments (venv, ensurepip)",
            hint=f"On Debian and Ubuntu:  sudo apt install python{version}-venv\nThen start again.",
        )
    if "No space left" in output:
        return SetupFailed("The disk is full", hint="Make room, then start again.")
    return SetupFailed("The environment could not be made", hint="python -m venv said:\n" + output.strip()[-2000:])


@contextmanager
def _marked_as_unfinished(project: Project) -> Iterator[bool]:
    """Leave a mark while packages are written; yields whether an earlier mark was left behind.

    A pip that was killed can leave half a package that the next pip takes for a whole one.
    """
    mark = project.environment / "plumbline-installing"
    was_interrupted = mark.exists()
    mark.touch()
    yield was_interrupted
    mark.unlink()


def install_hashed(
    project: Project, requirements: Path, *, again: bool = False, on_line: Callable[[str], None]
) -> None:
    """Install what a lock file says, each file checked against its hashes.

    Args:
        requirements: the lock file, or some of the entries of one.
        again: also what seems to be installed already.
        on_line: is handed each line of pip's output.

    Raises:
        SetupFailed: with what to do about it.
    """
    arguments = ["install", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off"]
    arguments += ["--force-reinstall"] if again else []
    run_pip(project.python, [*arguments, "-r", str(requirements)], on_line=on_line)


def _large_downloads(say: Callable[[str], None]) -> Callable[[str], None]:
    """Return what looks at lines of pip's output and says which downloads are worth waiting for."""

    def show(line: str) -> None:
        download = large_download(line)
        if download:
            say(f"downloading {download}")

    return show


def _install_project(project: Project) -> None:
    """Install the folder itself, editable, with the setuptools from the lock file: nothing is downloaded unchecked."""
    arguments = ["install", "--no-deps", "--no-index", "--no-build-isolation", "--editable", str(project.root)]
    run_pip(project.python, arguments, on_line=lambda _line: None)


def run_in_environment(project: Project, arguments: Sequence[str]) -> int:
    """Run the environment's Python in this terminal and return its exit status."""
    return subprocess.call([str(project.python), *arguments])
