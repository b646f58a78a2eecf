from __future__ import annotations

from pathlib import Path

import pytest
from fake_parser import FakeParser

from engine.domain import Scope
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.library.values import IndexProgress


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "bridges.txt").write_text("# Bridges\nThe old bridge was built in 1482 of red sandstone.\n")
    (folder / "rivers.md").write_text("# Rivers\nThe river floods the meadow every spring.\n")
    return folder


def update(library: Library) -> IndexProgress:
    return list(library.update(should_stop=lambda: False))[-1]


def test_what_is_in_a_folder_is_found_after_an_update(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        added = library.add_folder(folder)
        progress = update(library)
    assert (progress.indexed, progress.failed, progress.is_final) == (2, 0, True)
    with LibraryReader.open(data) as reader:
        results = reader.search("When was the bridge built?", limit=5)
        assert results[0].address == (folder / "bridges.txt").as_uri()
        assert results[0].title == "Bridges"
        assert "1482" in results[0].snippet
        opened = reader.open_source(results[0].address)
        assert opened.source.folder == added.id
        assert opened.source.site == "papers"
        assert opened.source.warnings == ()
        assert "1482" in opened.document.text
        assert reader.with_scope(Scope(folders=(added.id,))).search("bridge", limit=5)
