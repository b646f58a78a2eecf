"""One small web and one parser process for all runs of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from web_scenes import Bench


@pytest.fixture(scope="module")
def shared_bench() -> Iterator[Bench]:
    with Bench() as bench:
        yield bench


@pytest.fixture
def bench(shared_bench: Bench) -> Bench:
    """The web as it is before anything was asked, with pages that mean no harm."""
    shared_bench.small.clear()
    shared_bench.small.add_honest()
    return shared_bench
