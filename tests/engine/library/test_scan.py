from __future__ import annotations

import os
from pathlib import Path

import pytest
from fake_parser import write_file

from engine.library.scan import FoundFile, UnlistedFolder, scan


def paths(root: Path, *, skipped: Path | None = None) -> list[str]:
    return sorted(item.path for item in scan(root, suffixes={".txt", ".pdf"}, skipped=skipped))


def test_readable_files_are_found_whatever_the_case_of_their_ending(tmp_path: Path) -> None:
    for name in ("a.txt", "B.TXT", "deep/er/c.Pdf", "picture.png", "no ending", "a.txt.bak"):
        write_file(tmp_path / name, "x")
    assert paths(tmp_path) == ["B.TXT", "a.txt", "deep/er/c.Pdf"]


def test_hidden_and_junk_places_are_left_out(tmp_path: Path) -> None:
    for name in (
        ".hidden.txt",
        ".git/a.txt",
        "node_modules/a.txt",
        "x/__pycache__/a.txt",
        "~$letter.txt",
        "kept/a.txt",
    ):
        write_file(tmp_path / name, "x")
    assert paths(tmp_path) == ["kept/a.txt"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = write_file(tmp_path / "outside" / "secret.txt", "x").parent
    root = write_file(tmp_path / "root" / "a.txt", "x").parent
    (root / "out").symlink_to(outside)
    (root / "secret.txt").symlink_to(outside / "secret.txt")
    (root / "loop").symlink_to(root)
    assert paths(root) == ["a.txt"]


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    root = write_file(tmp_path / "root" / "a.txt", "x").parent
    (tmp_path / "link").symlink_to(root)
    assert paths(tmp_path / "link") == ["a.txt"]


def test_what_is_not_a_plain_file_is_left_out(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    assert paths(tmp_path) == []


def test_a_folder_is_skipped_on_request(tmp_path: Path) -> None:
    write_file(tmp_path / "data" / "a.txt", "x")
    write_file(tmp_path / "b.txt", "x")
    assert paths(tmp_path, skipped=tmp_path / "data") == ["b.txt"]


def test_size_and_time_are_those_of_the_file(tmp_path: Path) -> None:
    status = write_file(tmp_path / "a.txt", "four").stat()
    (found,) = scan(tmp_path, suffixes={".txt"})
    assert found == FoundFile(path="a.txt", size_bytes=4, mtime_ns=status.st_mtime_ns, ctime_ns=status.st_ctime_ns)


def test_a_root_that_cannot_be_listed_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        list(scan(tmp_path / "gone", suffixes={".txt"}))


def test_a_name_that_is_not_unicode_is_told(tmp_path: Path) -> None:
    write_file(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")), "x")
    (item,) = scan(tmp_path, suffixes={".txt"})
    assert isinstance(item, UnlistedFolder)
    assert item.path.isprintable()


def test_very_deep_folders_are_scanned(tmp_path: Path) -> None:
    place = tmp_path
    for _ in range(100):
        place = place / "d"
    write_file(place / "a.txt", "x")
    assert len(paths(tmp_path)) == 1
