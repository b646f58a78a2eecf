from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_parser import write_file

from engine.errors import FolderUnusable
from engine.library.folders import KnownFolder, folder_id, remember, remembered, usable_path


def known(path: Path, *, is_guide: bool = False) -> KnownFolder:
    return KnownFolder(id=folder_id(path), path=str(path), name=path.name, is_guide=is_guide)


def test_a_plain_folder_is_usable(tmp_path: Path) -> None:
    assert usable_path(tmp_path, known=()) == tmp_path


def test_a_relative_path_becomes_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "papers").mkdir()
    monkeypatch.chdir(tmp_path)
    assert usable_path(Path("papers/../papers"), known=()) == tmp_path / "papers"


def test_a_file_a_missing_folder_and_a_whole_disk_are_refused(tmp_path: Path) -> None:
    file = write_file(tmp_path / "file.txt", "x")
    for path, title in (
        (file, "is a file"),
        (tmp_path / "missing", "no folder"),
        (Path(tmp_path.anchor), "whole disk"),
        (Path("bad\0name"), "cannot be used"),
        (Path(os.fsdecode(b"/\xff")), "folder"),
    ):
        with pytest.raises(FolderUnusable, match=title) as error:
            usable_path(path, known=())
        assert error.value.hint
        assert str(error.value).isprintable()


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(FolderUnusable):
        usable_path(tmp_path / "loop", known=())


def test_overlaps_are_seen_through_links(tmp_path: Path) -> None:
    inner = tmp_path / "papers" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "papers")
    with pytest.raises(FolderUnusable, match="already in the library"):
        usable_path(tmp_path / "link", known=[known(tmp_path / "papers")])
    with pytest.raises(FolderUnusable, match="inside papers"):
        usable_path(tmp_path / "link" / "inner", known=[known(tmp_path / "papers")])
    with pytest.raises(FolderUnusable, match="contains inner"):
        usable_path(tmp_path / "link", known=[known(inner)])


def test_names_that_begin_alike_do_not_overlap(tmp_path: Path) -> None:
    for name in ("paper", "papers"):
        (tmp_path / name).mkdir()
    assert usable_path(tmp_path / "papers", known=[known(tmp_path / "paper")])


def test_the_list_of_folders_comes_back(tmp_path: Path) -> None:
    folders = (known(tmp_path), known(tmp_path / "Übersicht", is_guide=True))
    remember(tmp_path, folders)
    assert remembered(tmp_path) == folders


def test_no_list_is_an_empty_list(tmp_path: Path) -> None:
    assert remembered(tmp_path) == ()
