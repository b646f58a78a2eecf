"""What ``check.py`` does once a supported Python runs it: environment, llama-cpp-python, then check after check.

Every check runs even when an earlier one failed. The tests get a home folder of their own, and Qt without a screen.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from setup_environment import Project, ensure_environment, run_in_environment, this_project
from steps import SetupFailed, Steps, say_why, spoken_seconds

_EXPECTED = "about 145 MB to download, 500 MB on disk"
_ENGINE = "llama-cpp-python"


@dataclass(frozen=True)
class Check:
    """One command that passes if it exits with 0."""

    name: str
    command: tuple[str, ...]
    """As arguments of the environment's Python."""


CHECKS = (
    Check("format", ("-m", "ruff", "format", "--check", ".")),
    Check("lint", ("-m", "ruff", "check", ".")),
    Check("imports", ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-logo'])")),
    Check("types", ("-m", "mypy")),
    Check("packaging types", ("-m", "mypy", "--config-file=", "--strict", "--python-version=3.11", "packaging")),
    Check("tests", ("-m", "pytest")),
)


def main(arguments: Sequence[str]) -> int:
    """Return 0 if everything passed, 1 if something did not or set-up failed, 130 if it was interrupted."""
    own, for_pytest = _parse(arguments)
    steps = Steps()
    project = this_project()
    chosen = [check for check in CHECKS if not own.checks or check.name in own.checks]
    failed: list[str] = []
    try:
        ensure_environment(project, "check", steps=steps, expected=_EXPECTED)
        if not own.without_engine and not own.checks:
            with steps.step(f"Preparing {_ENGINE}", expected="minutes if it has to be built, else seconds"):
                if run_in_environment(project, [str(Path(__file__).with_name("prepare_engine.py"))]) != 0:
                    failed.append(_ENGINE)
        for check in chosen:
            more = for_pytest if check.name == "tests" else ()
            with steps.step(check.name.capitalize()):
                if not _passes(project, check, more):
                    failed.append(check.name)
    except SetupFailed as failure:
        say_why(failure)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130
    _summarise(steps, failed)
    return 1 if failed else 0


def _parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, tuple[str, ...]]:
    """Split the arguments: what stands after ``--`` is pytest's."""
    before = list(arguments)
    for_pytest: list[str] = []
    if "--" in before:
        place = before.index("--")
        before, for_pytest = before[:place], before[place + 1 :]
    names = [check.name for check in CHECKS]
    parser = argparse.ArgumentParser(
        prog="check.py",
        description="Set up as start.py does, with the developers' tools, and run every check.",
        epilog="What stands after -- is handed to pytest:  check.py tests -- -k citation",
    )
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"only these: {', '.join(names)} (no engine then)")
    parser.add_argument("--without-engine", action="store_true", help="do not prepare llama-cpp-python")
    own = parser.parse_args(before)
    unknown = set(own.checks) - set(names)
    if unknown:
        parser.error(f"no such check: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return own, tuple(for_pytest)


def _passes(project: Project, check: Check, more: Sequence[str]) -> bool:
    with ExitStack() as stack:
        environment: Mapping[str, str] = os.environ
        if check.name == "tests":
            home = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="plumbline-tests-", ignore_cleanup_errors=True)
            )
            environment = private_environment(Path(home))
        command = [str(project.python), *check.command, *more]
        return subprocess.call(command, cwd=project.root, env=environment) == 0


def private_environment(home: Path) -> dict[str, str]:
    """The variables of this process, changed so that nothing finds the real home folder or a screen."""
    folders = {
        "HOME": home,
        "USERPROFILE": home,
        "APPDATA": home / "AppData" / "Roaming",
        "LOCALAPPDATA": home / "AppData" / "Local",
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_STATE_HOME": home / ".local" / "state",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_RUNTIME_DIR": home / "run",
    }
    for folder in folders.values():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    changed = {name: str(folder) for name, folder in folders.items()}
    return {**os.environ, **changed, "QT_QPA_PLATFORM": "offscreen"}


def _summarise(steps: Steps, failed: Sequence[str]) -> None:
    steps.say("")
    for title, seconds in steps.seconds.items():
        verdict = "failed" if title.removeprefix("Preparing ").lower() in failed else "ok"
        steps.say(f"{verdict:>6}  {spoken_seconds(seconds):>12}  {title}")
    steps.say(f"\nFailed: {', '.join(failed)}" if failed else "\nEverything passed.")
