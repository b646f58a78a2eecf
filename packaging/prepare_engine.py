"""Installs llama-cpp-python into ``.venv``: a finished build if one can be had within seconds, else built here.

What it needs comes first, from the package registry and checked against its hashes: llguidance, which holds replies to
a form, and a few smaller packages. So whatever fails there fails before anything is compiled.

Run by the environment's own Python, in the background by ``start.py`` and in the foreground by ``check.py``. Its status
and log lie in ``.venv``. It may be killed at any point: the next start takes it up again.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import psutil
from engine_choices import Attempt, answers, attempts, missing_compiler, this_machine
from engine_process import (
    engine_needs_preparing,
    is_installed,
    lock_path,
    log_file,
    moment,
    write_status,
)
from pip_runs import large_download, run_pip
from process_lock import AlreadyHeld, held, held_in_turn
from setup_environment import Project, environment_python, install_hashed, this_project
from steps import SetupFailed, spoken_seconds

_ENGINE_PIN = "llama-cpp-python=="
_NINJA = re.compile(r"^\s*\[(\d+)/(\d+)\]")
_STATUS_EVERY_S = 2.0
_VERIFY_TIMEOUT_S = 120
_WHEEL_TIMEOUT_S = 900.0
_BUILD_TIMEOUT_S = 7200.0
_VERIFY = """
import json, llama_cpp, llguidance
llama_cpp.llama_backend_init()
print(json.dumps({"version": llama_cpp.__version__, "offloads": bool(llama_cpp.llama_supports_gpu_offload()),
                  "system": llama_cpp.llama_print_system_info().decode()}))
"""


@dataclass
class Progress:
    """Tells the log, the status file and, in the foreground, the terminal what is going on."""

    project: Project
    log: TextIO
    echo: Callable[[str], None]
    started: float = field(default_factory=time.monotonic)
    since: str = field(default_factory=moment)
    _written_at: float = 0.0

    def step(self, step: str) -> None:
        """Begin something that a person should know of."""
        self.line(f"== {step}")
        self.echo(step)
        self._write(step)

    def line(self, line: str) -> None:
        """Keep a line of output in the log; show how far a compilation is."""
        print(line, file=self.log, flush=True)
        download = large_download(line)
        if download:
            self.echo(f"downloading {download}")
        compiled = _NINJA.match(line)
        if compiled and time.monotonic() - self._written_at > _STATUS_EVERY_S:
            self._write(f"Compiling llama.cpp, {100 * int(compiled[1]) // int(compiled[2])} %")

    def _write(self, step: str) -> None:
        self._written_at = time.monotonic()
        me = psutil.Process()
        write_status(self.project, "preparing", since=self.since, step=step, pid=me.pid, pid_started=me.create_time())


def main(arguments: Sequence[str]) -> int:
    """Return 0 if llama-cpp-python works, 1 if it could not be installed, 3 if another process is installing it."""
    parser = argparse.ArgumentParser(description="Install llama-cpp-python into .venv.")
    parser.add_argument("--background", action="store_true", help="give way to everything else; say nothing")
    own = parser.parse_args(arguments)
    project = this_project()
    if own.background:
        if os.name == "posix":
            os.nice(10)
        return prepare_unless_another_does(project)
    with held_in_turn(lock_path(project), before_waiting=lambda: _say("another process is preparing it; waiting")):
        if engine_needs_preparing(project, again=True):
            return prepare(project, echo=_say)
        _say("it is ready")
        return 0


def prepare_unless_another_does(project: Project) -> int:
    """Prepare quietly; returns 3 at once if another process is at it."""
    try:
        with held(lock_path(project)):
            return prepare(project, echo=lambda _text: None)
    except AlreadyHeld:
        return 3


def _say(text: str) -> None:
    print(f"    {text}", flush=True)


def prepare(project: Project, *, echo: Callable[[str], None]) -> int:
    """Install llama-cpp-python and record how it ended; returns 0 or 1."""
    with log_file(project).open("w", encoding="utf-8") as log:
        progress = Progress(project=project, log=log, echo=echo)
        try:
            detail, facts = _install(project, progress)
        except SetupFailed as failure:
            detail = f"{failure.title}\n{failure.hint}".strip()
            facts = {"may_pass": failure.may_pass}
            state = "failed"
        except Exception:  # the border of this process: whatever it was, the app must be told
            print(traceback.format_exc(), file=log)
            detail, facts, state = "An unexpected error; the log has the details.", {}, "failed"
        else:
            state = "ready"
        took = time.monotonic() - progress.started
        print(f"== {state} after {spoken_seconds(took)}: {detail}", file=log)
        echo(f"{state}: {detail} ({spoken_seconds(took)}; log: {log_file(project)})")
        write_status(project, state, detail=detail, seconds=round(took, 1), **facts)
        return 0 if state == "ready" else 1


def _install(project: Project, progress: Progress) -> tuple[str, dict[str, object]]:
    """Return how it was installed, for a person, and what the installed library says of itself."""
    locked = locked_version(project)
    machine = this_machine()
    _install_needs(project, progress)
    if is_installed(project, version=locked):
        progress.step("Looking at the llama-cpp-python that is installed")
        try:
            facts = _verified(project, locked)
        except SetupFailed as failure:
            progress.line(f"{failure.title}: {failure.hint}")
        else:
            return f"llama-cpp-python {locked} was installed already.", facts
    refused = []
    for attempt in attempts(machine):
        source = "its project's finished build" if attempt.wheels else "a build on this computer"
        try:
            wheel = _fetch(project, attempt, locked, progress) if attempt.wheels else _build(project, attempt, progress)
            progress.step("Installing llama-cpp-python")
            _install_wheel(project, wheel, progress)
            facts = _verified(project, locked)
        except SetupFailed as failure:
            progress.line(f"{failure.title}: {failure.hint}")
            refused.append((source, attempt, failure))
            continue
        finally:
            shutil.rmtree(_workshop(project), ignore_errors=True)
        return f"llama-cpp-python {locked} for {attempt.accelerator}, from {source}.", facts
    if is_installed(project):  # installed by one of the attempts and not working: better none
        run_pip(project.python, ["uninstall", "--yes", "llama-cpp-python"], on_line=progress.line)
    _source, _attempt, last = refused[-1]
    earlier = [f"{attempt.accelerator}, {source}: {failure.title}" for source, attempt, failure in refused[:-1]]
    hints = [last.hint, *(f"Tried before: {attempt}" for attempt in earlier)]
    raise SetupFailed(last.title, hint="\n".join(filter(None, hints)), may_pass=last.may_pass)


def locked_version(project: Project) -> str:
    """The version of llama-cpp-python in the lock file."""
    engine, _needs = locked_parts(project)
    return engine.removeprefix(_ENGINE_PIN).split()[0]


def locked_parts(project: Project) -> tuple[str, str]:
    """The lock file in two: the entry of llama-cpp-python, which may have to be built, and those of all it needs."""
    text = project.lock_file("engine").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE) if entry[:1] not in ("", "#")]
    engine = [entry for entry in entries if entry.startswith(_ENGINE_PIN)]
    if len(engine) != 1:
        raise SetupFailed("The lock file names no llama-cpp-python", hint="Make it again with packaging/lock.py.")
    return engine[0], "".join(entry for entry in entries if entry not in engine)


def _written_lock(project: Project, name: str, entries: str) -> Path:
    """Put entries of a lock file into one of their own, for as long as the preparation lasts."""
    _workshop(project).mkdir(exist_ok=True)
    file = _workshop(project) / f"{name}.txt"
    file.write_text(entries, encoding="utf-8")
    return file


def _install_needs(project: Project, progress: Progress) -> None:
    """Install what llama-cpp-python and the model process need, unless it is there."""
    _engine, needs = locked_parts(project)
    if not needs:
        return
    progress.step("Installing what llama-cpp-python needs")
    try:
        with held_in_turn(_set_up_lock(project), before_waiting=lambda: progress.step("Waiting for another set-up")):
            install_hashed(project, _written_lock(project, "needs", needs), on_line=progress.line)
    finally:
        shutil.rmtree(_workshop(project), ignore_errors=True)


def _set_up_lock(project: Project) -> Path:
    """Held by whoever changes the packages of the environment."""
    return project.root / ".venv.lock"


def _workshop(project: Project) -> Path:
    """A folder for everything that is needed only until llama-cpp-python is installed."""
    return project.environment / "engine-build"


def end_leftovers(project: Project) -> None:
    """End what a killed preparation left running: programs out of its own workshop, and only those."""
    ours = str(_workshop(project)) + os.sep
    leftovers = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"]
        if command and command[0].startswith(ours):
            with suppress(psutil.Error):
                process.kill()
                leftovers.append(process)
    psutil.wait_procs(leftovers, timeout=10)


def _fetch(project: Project, attempt: Attempt, version: str, progress: Progress) -> Path:
    """Download a finished wheel from its project's own pages: over HTTPS, but there is no hash to hold it to."""
    progress.step("Asking for a finished build of llama-cpp-python")
    if not answers(attempt.wheels):
        raise SetupFailed(
            "The finished builds of llama-cpp-python cannot be reached", hint=attempt.wheels, may_pass=True
        )
    wheels = _workshop(project) / "wheels"
    arguments = ["download", "--no-deps", "--only-binary", ":all:", "--index-url", attempt.wheels]
    arguments += ["--timeout", "15", "--retries", "1", "--progress-bar", "off", "--dest", str(wheels)]
    run_pip(
        project.python,
        [*arguments, f"llama-cpp-python=={version}"],
        on_line=progress.line,
        environment={"PIP_EXTRA_INDEX_URL": "", "PIP_FIND_LINKS": ""},
        timeout_s=_WHEEL_TIMEOUT_S,
    )
    return _only_wheel(wheels)


def _build(project: Project, attempt: Attempt, progress: Progress) -> Path:
    """Build a wheel from the locked source, with locked build tools, in an environment of its own."""
    end_leftovers(project)
    missing = missing_compiler()
    if missing is not None:
        title, _, hint = missing.partition("\n")
        raise SetupFailed(title, hint=hint, may_pass=True)
    workshop = _workshop(project)
    shutil.rmtree(workshop, ignore_errors=True)
    progress.step("Fetching the tools that build llama.cpp")
    made = subprocess.run([sys.executable, "-m", "venv", workshop / "tools"], capture_output=True, text=True)
    if made.returncode != 0:
        raise SetupFailed("The environment to build in could not be made", hint=made.stdout + made.stderr)
    python = environment_python(workshop / "tools")
    arguments = ["install", "--require-hashes", "--only-binary", ":all:", "--progress-bar", "off"]
    run_pip(python, [*arguments, "-r", str(project.lock_file("build"))], on_line=progress.line)
    progress.step("Compiling llama.cpp")
    temporary = workshop / "tmp"
    temporary.mkdir()
    wheels = workshop / "wheels"
    arguments = ["wheel", "-v", "--no-deps", "--require-hashes", "--no-build-isolation", "--progress-bar", "off"]
    run_pip(
        python,
        [*arguments, "--wheel-dir", str(wheels), "-r", str(_written_lock(project, "source", locked_parts(project)[0]))],
        on_line=progress.line,
        environment={
            "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "TMPDIR": str(temporary),
            "CMAKE_BUILD_PARALLEL_LEVEL": os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1)),
            "CMAKE_ARGS": " ".join([*_leave_out(), *attempt.cmake_arguments, os.environ.get("CMAKE_ARGS", "")]),
        },
        timeout_s=_BUILD_TIMEOUT_S,
    )
    return _only_wheel(wheels)


def _leave_out() -> tuple[str, str]:
    """What CMake is told so that it compiles only what a language model needs: little more than half of it all."""
    script = Path(__file__).with_name("engine_build.cmake").as_posix()
    return "-DLLAVA_BUILD=off", f"'-DCMAKE_PROJECT_llama.cpp_INCLUDE={script}'"


def _only_wheel(wheels: Path) -> Path:
    found = sorted(wheels.glob("llama_cpp_python-*.whl"))
    if not found:
        raise SetupFailed("pip made no wheel of llama-cpp-python")
    return found[0]


def _install_wheel(project: Project, wheel: Path, progress: Progress) -> None:
    """Install the wheel that was fetched or built; what it needs is there already."""
    with held_in_turn(_set_up_lock(project), before_waiting=lambda: progress.step("Waiting for another set-up")):
        arguments = ["install", "--no-deps", "--no-index", "--force-reinstall", str(wheel)]
        run_pip(project.python, arguments, on_line=progress.line)


def _verified(project: Project, version: str) -> dict[str, object]:
    """Load the library in a child process, which may crash, and return what it says of itself."""
    try:
        tried = subprocess.run(
            [project.python, "-c", _VERIFY],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_VERIFY_TIMEOUT_S,
            cwd=project.environment,
        )
    except subprocess.TimeoutExpired as error:
        raise SetupFailed("llama-cpp-python hangs when it is loaded") from error
    if tried.returncode != 0:
        raise SetupFailed(
            f"llama-cpp-python is installed but cannot be loaded (exit status {tried.returncode})",
            hint=tried.stderr.strip()[-1500:],
        )
    facts = json.loads(tried.stdout.strip().splitlines()[-1])
    if facts["version"] != version:
        raise SetupFailed(f"llama-cpp-python {facts['version']} is installed, {version} is needed")
    return dict(facts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
