"""What a command does to the computer, as the system sees it: every file it opens, every connection it tries.

Needs ``strace``; what C libraries and child programs do is seen as well.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_CALL = re.compile(r'(?P<name>openat|open|execve)\((?:[^",]*, )?"(?P<path>(?:[^"\\]|\\.)*)"')
_SOCKET = re.compile(r"\b(?:socket|connect)\((?P<what>[^)]*)\)")
_CHANGING = re.compile(r"/proc/\d+|/tmp/plumbline-[a-z]+-\w+|/tmp/(?:tmp|openpyxl\.)?\w{8}\b|\.plumbline-\w+\.part")
IS_THERE = shutil.which("strace") is not None


@dataclass(frozen=True, kw_only=True)
class Trace:
    opened: frozenset[str]
    """Paths that were opened or tried, with what differs from one start to the next made the same."""
    started: tuple[str, ...]
    sockets: tuple[str, ...]


def traced(command: Sequence[str], *, into: Path, environment: Mapping[str, str], timeout_s: float = 300.0) -> Trace:
    """Run a command to its end and return what it did.

    Raises:
        subprocess.SubprocessError: it failed.
    """
    record = into / "trace.txt"
    watched = ["strace", "-f", "-qq", "-s", "4096", "-e", "trace=open,openat,execve,socket,connect", "-o", str(record)]
    subprocess.run(
        [*watched, *command], check=True, capture_output=True, timeout=timeout_s, env=dict(environment), cwd=into
    )
    opened, started, sockets = set(), [], []
    for line in record.read_text(encoding="utf-8", errors="replace").splitlines():
        call = _CALL.search(line)
        if call is not None:
            path = _CHANGING.sub("…", call["path"])
            (started.append(path) if call["name"] == "execve" else opened.add(path))
        socket = _SOCKET.search(line)
        if socket is not None and call is None:
            sockets.append(socket["what"])
    record.unlink()
    return Trace(opened=frozenset(opened), started=tuple(started), sockets=tuple(sockets))
