"""Measures downloads from a hub on this computer: speed by number of connections, and how soon a pause is obeyed.

``python tests/benchmarks/bench_download.py --help``
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from fetched_model import FILE, REPOSITORY, download, model_bytes, offer  # noqa: E402
from loopback_hub import LoopbackHub, loopback_hub  # noqa: E402
from near_client import near_client  # noqa: E402

from models.hub.download import DownloadProgress, DownloadState  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--megabytes", type=float, default=200, help="size of the file")
    parser.add_argument("--rounds", type=int, default=3, help="downloads for each number of connections")
    parser.add_argument("--pauses", type=int, default=50, help="pauses in each phase")
    own = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}")
    content = model_bytes(own.megabytes)
    with loopback_hub() as hub:
        hub.add(REPOSITORY, FILE, content)
        for connections in (1, 2, 4, 8):
            seconds = [_fetch(hub, content, connections) for _ in range(own.rounds)]
            speed = own.megabytes / statistics.median(seconds)
            print(f"{connections} connections: {speed:.0f} MB/s with checking, median of {own.rounds}")
        for phase in ("running", "silent", "told to wait"):
            late = sorted(_pause(hub, content, phase) for _ in range(own.pauses))
            p95 = late[min(int(len(late) * 0.95), len(late) - 1)]
            print(f"pause while {phase}: p95 {p95 * 1000:.0f} ms, longest {late[-1] * 1000:.0f} ms of {len(late)}")


def _fetch(hub: LoopbackHub, content: bytes, connections: int) -> float:
    with tempfile.TemporaryDirectory() as folder, near_client(hub.address) as client:
        began = time.perf_counter()
        download(hub.address, client, Path(folder), offer(content), connections=connections).run()
        return time.perf_counter() - began


def _pause(hub: LoopbackHub, content: bytes, phase: str) -> float:
    """Seconds from asking for a pause until nothing runs any more."""
    ready = threading.Event()
    hub.faults.slow_s = 0.01 if phase == "running" else 0.0
    hub.faults.silent = phase == "silent"
    hub.faults.statuses.extend([429] * (9 if phase == "told to wait" else 0))
    hub.faults.retry_after = "60"
    asked = len(hub.requests)

    def on_progress(progress: DownloadProgress) -> None:
        arrived = progress.done_bytes > 2_000_000 or progress.state is DownloadState.RETRYING
        if arrived or (hub.faults.silent and len(hub.requests) > asked):
            ready.set()

    with tempfile.TemporaryDirectory() as folder, near_client(hub.address) as client:
        fetching = download(hub.address, client, Path(folder), offer(content), on_progress=on_progress)
        fetching.start()
        ready.wait(30)
        began = time.perf_counter()
        fetching.pause()
        fetching.wait()
        late = time.perf_counter() - began
    hub.faults.silent, hub.faults.slow_s = False, 0.0
    hub.faults.statuses.clear()
    return late


if __name__ == "__main__":
    main()
