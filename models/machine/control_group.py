"""Reads the limits of cores and memory that Linux sets for containers and services (control groups 1 and 2)."""

from __future__ import annotations

from pathlib import Path

_NO_LIMIT = 1 << 60
"""Version 1 writes a huge number where there is no limit."""


def cores_allowed(root: Path = Path("/sys/fs/cgroup"), *, process: Path = Path("/proc/self/cgroup")) -> float:
    """Return how many cores' worth of time this process may use; 0 when there is no limit."""
    limits = []
    for folder in _folders(root, process, "cpu"):
        quota, _, period = _read(folder / "cpu.max").partition(" ")
        if not quota:
            quota, period = _read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us")
        if quota.isdecimal() and period.isdecimal() and int(quota) and int(period):
            limits.append(int(quota) / int(period))
    return min(limits, default=0.0)


def memory_allowed(
    root: Path = Path("/sys/fs/cgroup"), *, process: Path = Path("/proc/self/cgroup")
) -> tuple[int, int]:
    """Return how much memory this process and its neighbours may use and do use, in bytes; zeros without a limit.

    Memory that holds copies of files counts as unused: the system takes it back when it is needed.
    """
    tightest = (0, 0)
    for folder in _folders(root, process, "memory"):
        limit, used = _read(folder / "memory.max"), _read(folder / "memory.current")
        if not limit:
            limit, used = _read(folder / "memory.limit_in_bytes"), _read(folder / "memory.usage_in_bytes")
        if not limit.isdecimal() or int(limit) >= _NO_LIMIT:
            continue
        held = int(used) - _file_copies(folder) if used.isdecimal() else 0
        found = (int(limit), max(held, 0))
        if not tightest[0] or found[0] - found[1] < tightest[0] - tightest[1]:
            tightest = found
    return tightest


def _folders(root: Path, process: Path, controller: str) -> list[Path]:
    """The groups this process is in, from the innermost out: each one's limit holds."""
    found = []
    for line in _read(process).splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers and controller not in controllers.split(","):
            continue
        base = root / controller if controllers else root
        inner = base / path.strip("/")
        if ".." in inner.parts:
            inner = base
        while inner != base and base in inner.parents:
            found.append(inner)
            inner = inner.parent
        found.append(base)
    return found or [root]


def _file_copies(folder: Path) -> int:
    for line in _read(folder / "memory.stat").splitlines():
        key, _, value = line.partition(" ")
        if key in ("inactive_file", "total_inactive_file") and value.isdecimal():
            return int(value)
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
