"""Network clients for servers on this computer, through a real door whose ledger lies in a folder of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.network.door import Door
from engine.network.gate import Purpose
from models.http import HttpClient, Timeouts


@contextmanager
def near_client(
    *addresses: str, purpose: Purpose = Purpose.MODEL_HUB, timeouts: Timeouts | None = None
) -> Iterator[HttpClient]:
    """Open a client for addresses as if the person had typed them; nobody has gone online."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Door(Path(folder)) as door,
        door.client(purpose, trusted=addresses, timeouts=timeouts) as client,
    ):
        yield client
