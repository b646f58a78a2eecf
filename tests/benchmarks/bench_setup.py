"""Measure a fresh clone up to the open window: ``python tests/benchmarks/bench_setup.py [--engine] [--pip-cache DIR]``.

Clones this checkout's last commit, gives it a home folder of its own and a screen (Xvfb), runs ``packaging/start.py``
and waits until a window with Plumbline in its title is on that screen (xdotool) and has been painted. pip's cache is
empty unless one is named, so everything is downloaded and built. ``--engine`` waits for llama-cpp-python as well.
Linux only.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
_POLL_S = 0.05


@contextlib.contextmanager
def screen() -> Iterator[str]:
    """Yield the number of a new virtual screen, as ``DISPLAY`` wants it."""
    read, write = os.pipe()
    command = ["Xvfb", "-screen", "0", "1440x900x24", "-nolisten", "tcp", "-displayfd", str(write)]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as number:
            display = f":{number.readline().strip()}"
        try:
            yield display
        finally:
            server.terminate()


def window_is_open(environment: dict[str, str]) -> bool:
    search = ["xdotool", "search", "--onlyvisible", "--name", "Plumbline"]
    return subprocess.run(search, env=environment, capture_output=True, check=False).returncode == 0


def open_window(clone: Path, environment: dict[str, str], *, limit_s: float, extra: list[str]) -> float:
    """Run ``start.py`` until its window is there, close it, and return the seconds that took."""
    painted = Path(environment["HOME"], "painted")
    painted.unlink(missing_ok=True)
    started = time.monotonic()
    command = [sys.executable, "packaging/start.py", *extra, "--started-file", str(painted)]
    with subprocess.Popen(command, cwd=clone, env=environment, start_new_session=True) as running:
        try:
            while not (painted.exists() and window_is_open(environment)):
                if running.poll() is not None:
                    raise SystemExit(f"start.py ended with {running.returncode} before a window was open")
                if time.monotonic() - started > limit_s:
                    raise SystemExit(f"no window within {limit_s:.0f} s")
                time.sleep(_POLL_S)
            return time.monotonic() - started
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGTERM)


def wait_for_engine(clone: Path, *, limit_s: float) -> dict[str, object]:
    """Wait until llama-cpp-python is ready or has failed, and return its status."""
    status = clone / ".venv" / "engine-preparation.json"
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        found = json.loads(status.read_text(encoding="utf-8")) if status.exists() else {}
        if found.get("state") in ("ready", "failed"):
            return dict(found)
        time.sleep(1)
    raise SystemExit(f"llama-cpp-python was not ready within {limit_s:.0f} s")


def weigh_packages(clone: Path, environment: dict[str, str], folder: Path) -> float:
    """Download once more what the window needs, only to weigh it: some registries forbid pip to cache."""
    command = [str(clone / ".venv" / "bin" / "python"), "-m", "pip", "download", "-qq", "--require-hashes", "--no-deps"]
    lock = clone / "packaging" / "requirements" / "app.txt"
    subprocess.run([*command, "--dest", str(folder), "-r", str(lock)], env=environment, check=True)
    return megabytes(folder)


def logged_downloads(log: Path) -> float:
    """Megabytes that the preparation of llama-cpp-python downloaded, as its log says."""
    found = re.findall(r"Downloading \S+ \(([\d.]+) (kB|MB)\)", log.read_text(encoding="utf-8"))
    return sum(float(number) * (1 if unit == "MB" else 0.001) for number, unit in found)


def megabytes(folder: Path) -> float:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure a fresh clone up to the open window.")
    parser.add_argument("--engine", action="store_true", help="prepare llama-cpp-python too and wait for it")
    parser.add_argument("--pip-cache", type=Path, help="use this cache of pip's instead of an empty one")
    parser.add_argument("--limit", type=float, default=3600.0, help="give up after so many seconds")
    own = parser.parse_args()
    for program in ("Xvfb", "xdotool", "git"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is needed (Debian: apt install xvfb xdotool git)")
    with (
        tempfile.TemporaryDirectory(prefix="plumbline-setup-", ignore_cleanup_errors=True) as scratch,
        screen() as display,
    ):
        clone, home, cache = Path(scratch, "plumbline"), Path(scratch, "home"), own.pip_cache or Path(scratch, "cache")
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        environment |= {"HOME": str(home), "DISPLAY": display, "PIP_CACHE_DIR": str(cache)}
        environment.pop("WAYLAND_DISPLAY", None)
        environment.pop("QT_QPA_PLATFORM", None)
        extra = [] if own.engine else ["--without-engine"]
        figures = {"first_start_to_window_s": open_window(clone, environment, limit_s=own.limit, extra=extra)}
        if own.engine:
            status = wait_for_engine(clone, limit_s=own.limit)
            print(f"llama-cpp-python: {status['state']}: {status['detail']}")
            figures["engine_s"] = float(str(status["seconds"]))
            figures["engine_downloaded_mb"] = logged_downloads(clone / ".venv" / "engine-preparation.log")
        figures["packages_downloaded_mb"] = weigh_packages(clone, environment, Path(scratch, "weighed"))
        figures["environment_mb"] = megabytes(clone / ".venv")
        figures["clone_mb"] = megabytes(clone) - figures["environment_mb"]
        figures["second_start_to_window_s"] = open_window(clone, environment, limit_s=own.limit, extra=extra)
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
