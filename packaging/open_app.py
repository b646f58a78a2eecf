"""What ``start.py`` does once a supported Python runs it: environment, engine in the background, window.

Standard library only. It waits for the packages that the window needs, never for llama-cpp-python.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Sequence

import window_support
from engine_process import engine_needs_preparing, start_preparation
from setup_environment import Project, ensure_environment, read_stamp, run_in_environment, this_project, write_stamp
from steps import SetupFailed, Steps, say_why, spoken_seconds

_EXPECTED = "about 105 MB to download, 320 MB on disk"
_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Return the app's exit status, 1 if set-up failed, 130 if it was interrupted."""
    own, for_app = _parse(arguments)
    steps = Steps()
    project = this_project()
    started = time.monotonic()
    try:
        if ensure_environment(project, "app", steps=steps, expected=_EXPECTED):
            steps.say(f"Plumbline is set up ({spoken_seconds(time.monotonic() - started)}).")
        if not own.without_engine and engine_needs_preparing(project, again=own.retry_engine):
            start_preparation(project)
            steps.say(
                "llama-cpp-python, which runs language models, is being prepared in the background (up to 10 minutes "
                "when it has to be built).\nPlumbline is useful without it and picks it up when it is ready."
            )
        if own.no_window:
            return 0
        _check_window(project, steps=steps)
    except SetupFailed as failure:
        say_why(failure)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. Start again to go on where it stopped.", file=sys.stderr)
        return _INTERRUPTED
    try:
        return run_in_environment(project, ["-m", "desktop", *for_app])
    except KeyboardInterrupt:
        return _INTERRUPTED


def _parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="start.py",
        description="Set Plumbline up in this folder, if it is not yet, and open it.",
        epilog="Everything else is handed to Plumbline.",
        allow_abbrev=False,
    )
    parser.add_argument("--no-window", action="store_true", help="set up only")
    parser.add_argument("--without-engine", action="store_true", help="do not prepare llama-cpp-python")
    parser.add_argument(
        "--retry-engine", action="store_true", help="prepare llama-cpp-python again after a build that failed"
    )
    return parser.parse_known_args(arguments)


def _check_window(project: Project, *, steps: Steps) -> None:
    """Find out, once for each set-up and kind of display, whether Qt can open a window."""
    terminal = f'In a terminal, Plumbline works without one:  {project.python.parent / "plumbline"} ask "…"'
    if not window_support.has_display(os.environ, system=sys.platform):
        raise SetupFailed("There is no display to open a window on", hint=terminal)
    display = [os.environ.get(name, "") for name in ("WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM")]
    kind = " ".join([read_stamp(project).get("app", ""), *("set" if value else "unset" for value in display)])
    fingerprint = hashlib.sha256(kind.encode()).hexdigest()
    if read_stamp(project).get("window") == fingerprint:
        return
    with steps.step("Checking that a window can be opened here"):
        try:
            window_support.check_window(project.python)
        except SetupFailed as failure:
            raise SetupFailed(failure.title, hint=f"{failure.hint}\n{terminal}") from failure
    write_stamp(project, window=fingerprint)
