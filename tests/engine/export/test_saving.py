import errno
import os
from pathlib import Path

import pytest

from engine.errors import ExportFailed
from engine.export import saving
from engine.export.saving import save

IS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_saved_file_holds_the_text_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "report – 中文.md"
    save(path, "one\nzwei ü\n")
    assert path.read_bytes() == "one\nzwei ü\n".encode()
    assert names(tmp_path) == [path.name]


def test_a_file_that_was_there_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")
    if os.name == "posix":
        path.chmod(0o640)
    save(path, "new")
    assert path.read_text() == "new"
    if os.name == "posix":
        assert path.stat().st_mode & 0o777 == 0o640


def test_bytes_are_saved_as_they_are(tmp_path: Path) -> None:
    save(tmp_path / "report.docx", b"PK\x00\xff\r\n")
    assert (tmp_path / "report.docx").read_bytes() == b"PK\x00\xff\r\n"
    assert names(tmp_path) == ["report.docx"]


def test_half_characters_do_not_stop_a_report_from_being_saved(tmp_path: Path) -> None:
    save(tmp_path / "report.md", "a\ud800b")
    assert (tmp_path / "report.md").read_text() == "a?b"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failure_while_writing_keeps_the_old_file_and_leaves_no_half_one(tmp_path, monkeypatch, number: int) -> None:
    path = tmp_path / "report.md"
    path.write_text("old")

    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(saving.os, "fsync", fail)
    with pytest.raises(ExportFailed) as raised:
        save(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["report.md"]
    assert raised.value.title
    assert raised.value.hint
    assert ("full" in raised.value.title) == (number == errno.ENOSPC)


def test_an_interruption_while_writing_leaves_no_half_file(tmp_path: Path, monkeypatch) -> None:
    def interrupt(_descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(saving.os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        save(tmp_path / "report.md", "new")
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportFailed, match="not an ordinary file"):
        save(Path("/dev/full"), "x")


@pytest.mark.skipif(os.name != "posix" or IS_ROOT, reason="root may write anywhere")
def test_a_read_only_folder_is_explained(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(ExportFailed, match="cannot be written"):
            save(tmp_path / "report.md", "x")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/report.md", "does not exist"),
        ("file/report.md", "does not exist"),
        ("folder", "is a folder"),
        ("x" * 5000, "too long"),
        ("nul\0l.md", "cannot be the name"),
    ],
)
def test_impossible_places_are_explained(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("x")
    with pytest.raises(ExportFailed, match=message):
        save(tmp_path / name, "x")
    assert names(tmp_path) == ["file", "folder"]


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need rights elsewhere")
def test_a_symbolic_link_stays_one_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "real.md").write_text("old")
    (tmp_path / "link.md").symlink_to("real.md")
    save(tmp_path / "link.md", "new")
    assert (tmp_path / "link.md").is_symlink()
    assert (tmp_path / "real.md").read_text() == "new"
