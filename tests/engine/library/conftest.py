from __future__ import annotations

from pathlib import Path

import pytest
from fake_parser import write_file


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    write_file(folder / "bridges.txt", "# Bridges\nThe old bridge was built in 1482 of red sandstone.\n")
    write_file(folder / "water" / "rivers.md", "# Rivers\nThe river floods the meadow every spring.\n")
    return folder
