"""Runs pip, shows what is large enough to wait for, and explains its failures to a person.

Every file that comes from a package registry is checked against the hashes in ``packaging/requirements``.
"""

from __future__ import annotations

import os
import platform
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from steps import SetupFailed

_SHOWN_FROM_MB = 5.0
_KEPT_LINES = 40
_DOWNLOADING = re.compile(r"^\s*Downloading (\S+?)(?:-\d[^\s(]*)?(?:\.metadata)? \(([\d.]+) ([kMG]B)\)")
_NO_NETWORK = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "No address associated with hostname",
    "nodename nor servname provided",
    "getaddrinfo failed",
    "NameResolutionError",
    "Failed to resolve",
    "Failed to establish a new connection",
    "ConnectTimeoutError",
    "Network is unreachable",
    "Connection refused",
    "ProxyError",
)


def run_pip(
    python: Path,
    arguments: Sequence[str],
    *,
    on_line: Callable[[str], None],
    environment: Mapping[str, str] | None = None,
    timeout_s: float = 3600.0,
) -> None:
    """Run ``python -m pip`` and hand over each line of its output; past the time limit it is ended.

    Raises:
        SetupFailed: pip failed; the title says why as far as its output tells.
    """
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    last_lines: deque[str] = deque(maxlen=_KEPT_LINES)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, **(environment or {}), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", "PIP_USER": "0"},
        process_group=0 if os.name == "posix" else None,
    ) as process:
        assert process.stdout is not None
        deadline = threading.Timer(timeout_s, _kill, [process])
        deadline.start()
        try:
            for line in process.stdout:
                last_lines.append(line.rstrip())
                on_line(line.rstrip())
            code = process.wait()
        except BaseException:
            _kill(process)
            raise
        finally:
            deadline.cancel()
    if code != 0:
        raise explained(list(last_lines))


def _kill(process: subprocess.Popen[str]) -> None:
    """End pip and the compilers that it started."""
    if os.name == "posix":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def large_download(line: str) -> str | None:
    """Say which download a line of pip's announces, if it is large enough to wait for: ``numpy, 18 MB``."""
    match = _DOWNLOADING.match(line)
    if match is None:
        return None
    megabytes = float(match[2]) * {"kB": 0.001, "MB": 1.0, "GB": 1000.0}[match[3]]
    if megabytes < _SHOWN_FROM_MB:
        return None
    return f"{match[1]}, {megabytes:.0f} MB"


def explained(output: Sequence[str]) -> SetupFailed:
    """Turn the end of pip's output into what a person is told."""
    text = "\n".join(output)
    if "No space left on device" in text or "not enough space on the disk" in text:
        return SetupFailed(
            "The disk is full", hint="Make room, then start again: it goes on where it stopped.", may_pass=True
        )
    if "DO NOT MATCH THE HASHES" in text:
        return SetupFailed(
            "A downloaded file is not the one that was locked",
            hint="It was not installed. A mirror or proxy may have altered it; the end of pip's output:\n" + text,
        )
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return SetupFailed(
            "The package registry's certificate is not trusted here",
            hint="Behind a company proxy, point PIP_CERT at its certificate, then start again.",
            may_pass=True,
        )
    if any(sign in text for sign in _NO_NETWORK):
        return SetupFailed(
            "The package registry cannot be reached",
            hint="Check the network (or the proxy settings), then start again: what was downloaded is kept.",
            may_pass=True,
        )
    unavailable = re.search(r"No matching distribution found for ([^\s(]+)", text)
    if unavailable:
        system = f"{platform.system()} {platform.machine()}, {' '.join(platform.libc_ver())}".rstrip(", ")
        return SetupFailed(
            f"There is no build of {unavailable[1]} for this system ({system})",
            hint="Python must be the 64-bit edition; on Linux, glibc must be 2.34 or later. The end of pip's output:\n"
            + text,
        )
    return SetupFailed("pip could not install what is needed", hint="The end of its output:\n" + text)
