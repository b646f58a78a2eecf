from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from fake_parser import FakeParser, write_file

from engine.errors import DatabaseTooNew, DataFolderUnusable, StorageError
from engine.library.folders import FOLDERS_FILE
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.library.schema import LIBRARY_FILE


def build(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder, name="My papers")
        finish(library)


def finish(library: Library) -> None:
    for _ in library.update(should_stop=lambda: False):
        pass


@pytest.mark.parametrize("content", [b"this is not a database" * 300, b"SQLite format 3\0" + b"\xff" * 5_000])
def test_a_damaged_index_is_kept_aside_and_built_anew_with_its_folders(
    data: Path, folder: Path, content: bytes
) -> None:
    build(data, folder)
    (data / LIBRARY_FILE).write_bytes(content)
    with Library.open(data, parser=FakeParser()) as library:
        (notice,) = library.notices
        assert "damaged" in notice.title
        (kept,) = data.glob("library.damaged-*")
        assert kept.read_bytes() == content
        assert kept.name in notice.hint
        assert [known.name for known in library.folders()] == ["My papers"]
        finish(library)
    with LibraryReader.open(data) as reader:
        assert reader.search("sandstone", limit=1)


def test_damage_found_during_an_update_is_repaired_by_it(data: Path, folder: Path) -> None:
    for number in range(200):
        write_file(folder / f"{number}.txt", f"# Paper {number}\n" + f"Words of paper {number}. " * 50)
    build(data, folder)
    path = data / LIBRARY_FILE
    connection = sqlite3.connect(path)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'documents'").fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(content)
    with Library.open(data, parser=FakeParser()) as library:
        finish(library)
        assert library.notices
        assert library.folders()[0].documents == 202
    with LibraryReader.open(data) as reader:
        assert reader.search("sandstone", limit=1)


def test_a_reader_that_is_open_follows_to_the_new_index(data: Path, folder: Path) -> None:
    build(data, folder)
    with LibraryReader.open(data) as reader:
        assert reader.search("sandstone", limit=1)
        (data / LIBRARY_FILE).write_bytes(b"garbage" * 1_000)
        with Library.open(data, parser=FakeParser()) as library:
            write_file(folder / "new.txt", "# New\nAbout limestone.")
            finish(library)
        assert reader.search("limestone", limit=1)


def test_an_index_that_was_not_closed_is_looked_through(data: Path, folder: Path) -> None:
    build(data, folder)
    library = Library.open(data, parser=FakeParser())
    library._database.close()
    library._claim.release()
    with Library.open(data, parser=FakeParser()) as again:
        assert again.notices == ()
        assert again.folders()[0].documents == 2


def test_a_lost_index_is_built_anew_from_the_list_of_folders(data: Path, folder: Path) -> None:
    build(data, folder)
    (data / LIBRARY_FILE).unlink()
    with Library.open(data, parser=FakeParser()) as library:
        assert [known.name for known in library.folders()] == ["My papers"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"folders": 3}', b"\xff\xfe"])
def test_a_damaged_list_of_folders_does_no_harm_to_a_healthy_index(data: Path, folder: Path, content: bytes) -> None:
    build(data, folder)
    (data / FOLDERS_FILE).write_bytes(content)
    with Library.open(data, parser=FakeParser()) as library:
        assert [known.name for known in library.folders()] == ["My papers"]


def test_a_removed_last_folder_does_not_come_back(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.remove_folder(library.add_folder(folder).id)
        (data / FOLDERS_FILE).write_bytes(b'{"folders":[{"id":"x","path":"/x","name":"x","is_guide":false}]}')
    with Library.open(data, parser=FakeParser()) as library:
        assert library.folders() == ()


def test_an_index_of_a_later_version_is_left_alone(data: Path, folder: Path) -> None:
    build(data, folder)
    connection = sqlite3.connect(data / LIBRARY_FILE)
    with connection:
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('library', '9999_later', '')"
        )
    connection.close()
    before = (data / LIBRARY_FILE).read_bytes()
    with pytest.raises(DatabaseTooNew):
        Library.open(data, parser=FakeParser())
    assert (data / LIBRARY_FILE).read_bytes() == before
    Library.open(data.with_name("other"), parser=FakeParser()).close()


def test_rows_of_an_earlier_form_are_made_anew_without_reading_the_files(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(data, folder)
    monkeypatch.setattr("engine.library.index._FORMAT", 2)
    parser = FakeParser()
    stops = iter([False, True])
    with Library.open(data, parser=parser) as library:
        for _ in library.update(should_stop=lambda: next(stops, True)):
            pass
        finish(library)
    assert parser.parsed == []
    with LibraryReader.open(data) as reader:
        assert reader.document_frequency(["sandston", "meadow"]) == {"sandston": 1, "meadow": 1}
        assert len(reader.search("sandstone meadow", limit=5)) == 2


def test_a_data_folder_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(DataFolderUnusable) as error:
        Library.open(tmp_path / "data", parser=FakeParser())
    assert error.value.hint


def test_a_full_disk_ends_an_update_and_the_index_stays_whole(data: Path, folder: Path) -> None:
    for number in range(300):
        write_file(folder / f"{number}.txt", f"# Paper {number}\n" + f"word{number} " * 2_000)
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        (pages,) = library._database.execute("PRAGMA page_count").fetchone()
        library._database.execute(f"PRAGMA max_page_count={pages + 40}")
        with pytest.raises(StorageError, match="full"):
            finish(library)
        library._database.execute("PRAGMA max_page_count=1073741823")
        finish(library)
        assert library.folders()[0].documents == 302
        assert library._database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
