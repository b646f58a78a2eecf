from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from loopback_web import LoopbackWeb

from engine.web.parsers import ParserPool


@pytest.fixture(scope="session")
def parsers() -> Iterator[ParserPool]:
    """Two parser processes for all tests of pages: starting one takes about a second."""
    pool = ParserPool()
    yield pool
    pool.close()


@pytest.fixture
def web() -> Iterator[LoopbackWeb]:
    with LoopbackWeb() as web:
        yield web


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"
