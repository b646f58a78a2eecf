"""A line of Python tried in a process of its own, because what it imports may end the whole process."""

from __future__ import annotations

import subprocess
import sys

_TIMEOUT_S = 90


def try_line(code: str) -> tuple[str, str]:
    """Run a line of Python; return what it printed, and what went wrong."""
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", code],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return "", f"no answer within {_TIMEOUT_S} s"
    except OSError as error:
        return "", str(error)
    if done.returncode == 0:
        return done.stdout.strip(), ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return "", lines[-1] if lines else f"the process ended with code {done.returncode}"
