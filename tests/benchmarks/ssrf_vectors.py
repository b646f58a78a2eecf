"""Counts how often tricks lead a program to numbers that are not public: with the door, and with httpx as it comes.

``python tests/benchmarks/ssrf_vectors.py --help``
"""

from __future__ import annotations

import argparse
import os
import platform
import ssl
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]
sys.path.remove(str(Path(__file__).resolve().parent))  # this file is named like the vectors' module

from loopback_web import door_to  # noqa: E402
from ssrf_vectors import World, try_door, try_httpx, vectors  # noqa: E402

from engine.network import addresses, resolving  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--list", action="store_true", help="name each vector that led httpx astray")
    own = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, {datetime.now(UTC):%Y-%m-%d}")
    tricks, believed = vectors(), ssl.create_default_context()
    counted, door_near, door_ports = Counter[str](), Counter[str](), Counter[str]()
    httpx_near, httpx_ports, open_near = Counter[str](), Counter[str](), Counter[str]()
    with World() as world, tempfile.TemporaryDirectory() as folder:
        with door_to(world, Path(folder)) as door:
            for trick in tricks:
                counted[trick.kind] += 1
                tried = try_door(world, trick, door)
                door_near[trick.kind] += bool(tried.near)
                door_ports[trick.kind] += bool(tried.odd_ports)
                tried = try_httpx(world, trick, believed)
                httpx_near[trick.kind] += bool(tried.near)
                httpx_ports[trick.kind] += bool(tried.odd_ports)
                if own.list and tried.near:
                    print(f"  {trick.kind}: {trick.address!r}")
            refused = sum(total.refused for total in door.ledger.totals())
        # What is counted has to be what the judgement prevents: the same door, and nobody judges.
        judges = (resolving.is_public, resolving.check_name_is_public, addresses.check_name_is_public)
        resolving.is_public = lambda _number: True
        resolving.check_name_is_public = addresses.check_name_is_public = lambda _host: None
        with door_to(world, Path(folder) / "open") as door:
            for trick in tricks:
                open_near[trick.kind] += bool(try_door(world, trick, door).near)
        resolving.is_public, resolving.check_name_is_public, addresses.check_name_is_public = judges
    print(
        f"{'':24}{'vectors':>8}{'door':>8}{'httpx':>8}{'door without judgement':>24}   connected to a number not public"
    )
    for kind, number in counted.items():
        print(f"{kind:24}{number:8}{door_near[kind]:8}{httpx_near[kind]:8}{open_near[kind]:24}")
    totals = [sum(one.values()) for one in (counted, door_near, httpx_near, open_near)]
    print(f"{'all':24}{totals[0]:8}{totals[1]:8}{totals[2]:8}{totals[3]:24}")
    print(
        f"connected on a public number to a port without web pages: door {sum(door_ports.values())}, "
        f"httpx {sum(httpx_ports.values())}"
    )
    print(f"refusals in the ledger: {refused}")
    sys.exit(1 if totals[1] or sum(door_ports.values()) else 0)


if __name__ == "__main__":
    main()
