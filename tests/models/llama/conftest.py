"""A small random model, loaded once for each test that changes what it has read, and once for those that do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from small_ggufs import write_random_model

if TYPE_CHECKING:
    from models.llama.runtime import LlamaRuntime


@pytest.fixture(scope="session")
def model_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_model(tmp_path_factory.mktemp("models") / "random.gguf")


@pytest.fixture
def runtime(model_file: Path) -> Iterator[LlamaRuntime]:
    pytest.importorskip("llama_cpp")
    from asked_models import load_model

    loaded = load_model(model_file)
    yield loaded
    loaded.close()
