from __future__ import annotations

import os
import time
from itertools import pairwise
from pathlib import Path

import pytest
from fake_parser import FakeParser, write_file

from engine.domain import FolderId
from engine.errors import DataFolderInUse, DocumentUnreadable, FolderMissing, FolderUnusable
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.library.values import IndexProgress
from engine.reading.parser import Parser, ParserNotStarted, ReadingStopped


def update(library: Library, *, folders: tuple[FolderId, ...] | None = None) -> IndexProgress:
    return list(library.update(should_stop=lambda: False, folders=folders))[-1]


def names_found(data: Path, query: str) -> list[str]:
    with LibraryReader.open(data) as reader:
        return [result.address.rsplit("/", 1)[1] for result in reader.search(query, limit=10)]


def counts(progress: IndexProgress) -> tuple[int, int, int, int]:
    return progress.indexed, progress.unchanged, progress.removed, progress.failed


def test_what_is_in_a_folder_is_found_after_an_update(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        added = library.add_folder(folder)
        progress = update(library)
    assert counts(progress) == (2, 0, 0, 0)
    assert progress.is_final
    assert progress.done == progress.total == 2
    assert progress.folder.documents == 2
    assert progress.folder.updated_at is not None
    with LibraryReader.open(data) as reader:
        result = reader.search("When was the bridge built?", limit=5)[0]
        assert result.address == (folder / "bridges.txt").as_uri()
        assert result.title == "Bridges"
        assert "1482" in result.snippet
        opened = reader.open_source(result.address)
        assert opened.source.folder == added.id
        assert opened.source.site == "papers"
        assert opened.source.warnings == ()
        assert opened.source.characters == len(opened.document.text)
        assert "1482" in opened.document.text


def test_real_files_go_through_the_real_parser(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    write_file(papers / "a.html", "<html><head><title>Tides</title></head><body><h1>Tides</h1><p>The moon pulls.</p>")
    write_file(papers / "empty.pdf", b"")
    with Parser() as parser, Library.open(data, parser=parser) as library:
        library.add_folder(papers)
        assert counts(update(library)) == (1, 0, 0, 1)
    assert names_found(data, "what does the moon do") == ["a.html"]


def test_an_unchanged_folder_is_not_read_again(data: Path, folder: Path) -> None:
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        library.add_folder(folder)
        update(library)
        parser.parsed.clear()
        assert counts(update(library)) == (0, 2, 0, 0)
    assert parser.parsed == []


def test_a_touched_file_is_not_parsed_again(data: Path, folder: Path) -> None:
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        library.add_folder(folder)
        update(library)
        parser.parsed.clear()
        os.utime(folder / "bridges.txt")
        assert counts(update(library)) == (0, 2, 0, 0)
    assert parser.parsed == []


def test_added_changed_and_deleted_files_are_noticed(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        update(library)
        write_file(folder / "castles.txt", "# Castles\nThe castle fell in a siege.")
        write_file(folder / "bridges.txt", "# Bridges\nThe new viaduct was built of concrete.", age_s=60)
        (folder / "water" / "rivers.md").unlink()
        assert counts(update(library)) == (2, 0, 1, 0)
    assert names_found(data, "castle siege") == ["castles.txt"]
    assert names_found(data, "viaduct") == ["bridges.txt"]
    assert names_found(data, "sandstone") == []
    assert names_found(data, "meadow") == []
    with LibraryReader.open(data) as reader:
        assert reader.document_frequency(["sandston", "meadow", "concret"]) == {
            "sandston": 0,
            "meadow": 0,
            "concret": 1,
        }
        assert reader.document_count() == 2


def test_a_change_of_the_same_length_within_a_moment_is_noticed(data: Path, folder: Path) -> None:
    now = time.time()
    path = folder / "bridges.txt"
    path.write_text("# Bridges\nRed.")
    os.utime(path, (now, now))
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        update(library)
        path.write_text("# Bridges\nTan.")
        os.utime(path, (now, now))
        update(library)
    assert names_found(data, "tan") == ["bridges.txt"]


def test_a_renamed_file_keeps_its_text_and_is_not_parsed_again(data: Path, folder: Path) -> None:
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        library.add_folder(folder)
        update(library)
        parser.parsed.clear()
        (folder / "bridges.txt").rename(folder / "crossings.txt")
        assert counts(update(library)) == (1, 1, 1, 0)
    assert parser.parsed == []
    assert names_found(data, "sandstone") == ["crossings.txt"]
    assert names_found(data, "crossings") == ["crossings.txt"]


def test_a_file_named_after_itself_is_parsed_again_under_its_new_name(data: Path, folder: Path) -> None:
    write_file(folder / "untitled.txt", "Nothing but a paragraph on gravel.")
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        update(library)
        (folder / "untitled.txt").rename(folder / "gravel pits.txt")
        update(library)
    with LibraryReader.open(data) as reader:
        assert [entry.title for entry in reader.documents(text="pits")] == ["gravel pits"]


def test_files_with_the_same_bytes_are_parsed_once_and_shown_once(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    for place in ("one", "two", "three"):
        write_file(papers / place / "copy.txt", "# Copies\nThe same words everywhere.")
    write_file(papers / "other name.txt", "# Copies\nThe same words everywhere.")
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        library.add_folder(papers)
        assert counts(update(library)) == (4, 0, 0, 0)
        assert len(parser.parsed) == 1
        assert len(names_found(data, "same words")) == 1
        for path in papers.rglob("*.txt"):
            if path.parent.name != "two":
                path.unlink()
        update(library)
    with LibraryReader.open(data) as reader:
        assert reader.search("same words", limit=5)[0].address == (papers / "two" / "copy.txt").as_uri()


def test_unreadable_files_are_listed_and_tried_again_only_when_they_change(data: Path, folder: Path) -> None:
    bad = write_file(folder / "bad.txt", "UNREADABLE")
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        added = library.add_folder(folder)
        assert counts(update(library)) == (2, 0, 0, 1)
        with LibraryReader.open(data) as reader:
            (problem,) = reader.problems(added.id)
            assert (problem.path, problem.title) == (Path("bad.txt"), "The file is damaged")
            assert problem.hint
            with pytest.raises(DocumentUnreadable, match="damaged"):
                reader.open_source(bad.as_uri())
        parser.parsed.clear()
        assert counts(update(library)) == (0, 2, 0, 1)
        assert parser.parsed == []
        write_file(bad, "# Good\nNow it can be read.", age_s=10)
        progress = update(library)
        assert counts(progress) == (1, 2, 0, 0)
        assert progress.folder.failed == 0
    assert names_found(data, "can be read") == ["bad.txt"]


def test_a_document_that_becomes_unreadable_is_a_problem_and_no_longer_found(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        update(library)
        write_file(folder / "bridges.txt", "UNREADABLE now", age_s=10)
        progress = update(library)
    assert (progress.folder.documents, progress.folder.failed) == (1, 1)
    assert names_found(data, "sandstone") == []


def test_a_folder_that_vanishes_keeps_its_documents(data: Path, folder: Path) -> None:
    address = (folder / "bridges.txt").as_uri()
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        update(library)
        folder.rename(folder.with_name("elsewhere"))
        progress = update(library)
        assert progress.is_final
        assert not progress.folder.is_available
        assert progress.folder.documents == 2
        assert names_found(data, "sandstone") == ["bridges.txt"]
        with LibraryReader.open(data) as reader:
            assert "not available" in reader.open_source(address).source.warnings[0]
        folder.with_name("elsewhere").rename(folder)
        progress = update(library)
        assert progress.folder.is_available
        assert counts(progress) == (0, 2, 0, 0)


def test_a_folder_in_a_folder_that_cannot_be_listed_keeps_its_documents(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        added = library.add_folder(folder)
        update(library)
        real = os.scandir

        def guarded(path: str) -> object:
            if Path(path).name == "water":
                raise PermissionError(13, "Permission denied")
            return real(path)

        monkeypatch.setattr(os, "scandir", guarded)
        update(library)
        monkeypatch.undo()
        assert names_found(data, "meadow") == ["rivers.md"]
        with LibraryReader.open(data) as reader:
            assert [problem.title for problem in reader.problems(added.id)] == ["Permission denied"]
        update(library)
        with LibraryReader.open(data) as reader:
            assert reader.problems(added.id) == ()


def test_an_empty_place_where_a_disk_was_attached_does_not_empty_the_index(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        monkeypatch.setattr("engine.library.update.is_mount", lambda path: True)
        update(library)
        monkeypatch.setattr("engine.library.update.is_mount", lambda path: False)
        (folder / "bridges.txt").unlink()
        (folder / "water" / "rivers.md").unlink()
        progress = update(library)
    assert not progress.folder.is_available
    assert progress.folder.documents == 2


def test_opening_a_file_that_changed_or_vanished_since_gives_the_archived_text_with_a_warning(
    data: Path, folder: Path
) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        update(library)
    write_file(folder / "bridges.txt", "# Bridges\nSomething else altogether.", age_s=5)
    (folder / "water" / "rivers.md").unlink()
    with LibraryReader.open(data) as reader:
        changed = reader.open_source((folder / "bridges.txt").as_uri())
        assert "1482" in changed.document.text
        assert "has changed" in changed.source.warnings[0]
        gone = reader.open_source((folder / "water" / "rivers.md").as_uri())
        assert "meadow" in gone.document.text
        assert "no longer" in gone.source.warnings[0]


def test_a_file_that_changes_while_it_is_read_is_read_again_by_the_next_update(data: Path, folder: Path) -> None:
    path = folder / "bridges.txt"

    def change(parsed: Path) -> None:
        if parsed == path:
            write_file(path, "# Bridges\nWritten meanwhile, of granite.", age_s=100)

    parser = FakeParser()
    with Library.open(data, parser=FakeParser(on_parse=change)) as library:
        library.add_folder(folder)
        update(library)
    with Library.open(data, parser=parser) as library:
        progress = update(library)
        assert counts(progress) == (0, 2, 0, 0)
    assert names_found(data, "granite") == ["bridges.txt"]
    with LibraryReader.open(data) as reader:
        assert reader.open_source(path.as_uri()).source.warnings == ()


def test_an_update_that_is_stopped_goes_on_the_next_time(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    for number in range(30):
        write_file(papers / f"{number}.txt", f"# Paper {number}\nThe {number}th paper is about subject{number}.")
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        library.add_folder(papers)
        last = list(library.update(should_stop=lambda: len(parser.parsed) >= 10))[-1]
        assert last.is_final
        assert 0 < last.folder.documents < 30
        assert last.folder.updated_at is None
        parser.parsed.clear()
        progress = update(library)
        assert progress.folder.documents == 30
        assert counts(progress) == (30 - last.folder.documents, last.folder.documents, 0, 0)


def test_an_update_that_is_abandoned_keeps_what_it_did(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        progress = library.update(should_stop=lambda: False)
        next(progress)
        progress.close()  # type: ignore[attr-defined]
        assert update(library).folder.documents == 2


def test_a_closed_parser_ends_an_update_without_blaming_the_files(data: Path, folder: Path) -> None:
    def stop(path: Path) -> None:
        raise ReadingStopped("Reading was stopped")

    with Library.open(data, parser=FakeParser(on_parse=stop)) as library:
        library.add_folder(folder)
        progress = update(library)
        assert (progress.folder.failed, progress.folder.documents) == (0, 0)
        assert progress.folder.updated_at is None


def test_progress_comes_first_and_last_and_not_too_often(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    for number in range(200):
        write_file(papers / f"{number}.txt", f"# {number}\nText.")
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(papers)
        told = list(library.update(should_stop=lambda: False))
    assert (told[0].done, told[0].total) == (0, 0)
    assert [progress.is_final for progress in told] == [False] * (len(told) - 1) + [True]
    assert (told[-1].done, told[-1].total) == (200, 200)
    assert all(earlier.done <= later.done for earlier, later in pairwise(told))
    assert len(told) <= 4 + told[-1].elapsed_s * 11


def test_only_the_chosen_folders_are_updated(data: Path, folder: Path, tmp_path: Path) -> None:
    other = write_file(tmp_path / "letters" / "letter.txt", "# Letter\nDear aunt.").parent
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        chosen = library.add_folder(other)
        update(library, folders=(chosen.id,))
    assert names_found(data, "aunt") == ["letter.txt"]
    assert names_found(data, "sandstone") == []


def test_a_removed_folder_is_not_found_at_once_and_leaves_nothing_after_an_update(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        added = library.add_folder(folder)
        update(library)
        library.remove_folder(added.id)
        assert library.folders() == ()
        assert names_found(data, "sandstone") == []
        list(library.update(should_stop=lambda: False))
        with pytest.raises(FolderMissing):
            library.remove_folder(added.id)
    with LibraryReader.open(data) as reader:
        assert reader.document_count() == 0
        assert reader.document_frequency(["sandston"]) == {"sandston": 0}


def test_removing_one_of_many_documents_leaves_the_others_in_order(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    for number, subject in enumerate("ant bee cat dog elk fox gnu hen ibex jay kea lynx".split()):
        write_file(papers / f"{number}.txt", f"# Paper {number}\nCommon words and the {subject}.")
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(papers)
        update(library)
        (papers / "3.txt").unlink()
        update(library)
    assert names_found(data, "dog") == []
    assert names_found(data, "elk") == ["4.txt"]
    with LibraryReader.open(data) as reader:
        assert reader.document_frequency(["common"]) == {"common": 11}


def test_the_folders_survive_the_program(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        added = library.add_folder(folder, name="My papers")
    with Library.open(data, parser=FakeParser()) as library:
        assert library.folders() == (added,)
        assert added.name == "My papers"
        assert library.notices == ()


def test_the_guide_can_be_added_at_every_start_and_moves_with_the_app(data: Path, tmp_path: Path) -> None:
    old, new = tmp_path / "v1" / "guide", tmp_path / "v2" / "guide"
    for guide in (old, new):
        write_file(guide / "start.md", "# Start\nAsk a question.")
        write_file(guide / "picture.html", "<p>not part of the guide</p>")
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        library.add_folder(old, name="Guide", is_guide=True)
        assert update(library).folder.documents == 1
        moved = library.add_folder(new, name="Guide", is_guide=True)
        assert update(library).folder.documents == 1
        assert len(library.folders()) == 1
        assert moved.is_guide
    assert parser.parsed == ["start.md"]
    with LibraryReader.open(data) as reader:
        assert reader.search("ask", limit=1)[0].address == (new / "start.md").as_uri()


def test_a_folder_around_the_guide_can_be_added(data: Path, tmp_path: Path) -> None:
    guide = write_file(tmp_path / "app" / "guide" / "start.md", "# Start\nAsk a question.").parent
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(guide, is_guide=True)
        library.add_folder(tmp_path / "app")
        update(library)
    assert names_found(data, "question") == ["start.md"]


def test_two_libraries_do_not_write_to_one_index(data: Path) -> None:
    with (
        Library.open(data, parser=FakeParser()),
        pytest.raises(DataFolderInUse),
    ):
        Library.open(data, parser=FakeParser())
    Library.open(data, parser=FakeParser()).close()


def test_the_data_folder_is_not_indexed(tmp_path: Path) -> None:
    write_file(tmp_path / "note.txt", "# Note\nA note.")
    data = tmp_path / "plumbline"
    with Library.open(data, parser=FakeParser()) as library:
        write_file(data / "report.txt", "# Report\nAn exported report.")
        library.add_folder(tmp_path)
        assert update(library).folder.documents == 1


def test_a_folder_inside_another_is_refused_with_a_way_out(data: Path, folder: Path) -> None:
    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder / "water")
        with pytest.raises(FolderUnusable, match="contains") as around:
            library.add_folder(folder)
        assert "Remove water" in around.value.hint
        with pytest.raises(FolderUnusable, match="already"):
            library.add_folder(folder / "water")


def test_text_that_is_not_utf_8_and_odd_names_are_indexed_or_listed(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    write_file(papers / "a b#c%20?.txt", "# Odd name\nWith a marvellous subject.")
    write_file(papers / "名前.txt", "# 名前\n東京都の人口は増えている。")
    write_file(Path(os.fsdecode(os.fsencode(papers) + b"/bad\xff.txt")), "# Bad name\nText.")
    with Library.open(data, parser=FakeParser()) as library:
        added = library.add_folder(papers)
        update(library)
    with LibraryReader.open(data) as reader:
        result = reader.search("marvellous", limit=1)[0]
        assert result.address == (papers / "a b#c%20?.txt").as_uri()
        assert reader.open_source(result.address).document.title == "Odd name"
        assert reader.search("東京都の人口", limit=1)[0].title == "名前"
        assert [problem.title for problem in reader.problems(added.id)] == ["Its name is not valid Unicode"]


def test_a_mistake_in_a_parser_is_a_problem_of_that_file_only(data: Path, folder: Path) -> None:
    def stumble(path: Path) -> None:
        if path.name == "bridges.txt":
            raise RuntimeError("a bug")

    with Library.open(data, parser=FakeParser(on_parse=stumble)) as library:
        library.add_folder(folder)
        progress = update(library)
    assert (progress.folder.documents, progress.folder.failed) == (1, 1)


def test_without_a_parser_process_no_file_is_blamed(data: Path, folder: Path) -> None:
    def fail(path: Path) -> None:
        raise ParserNotStarted("The part of Plumbline that reads files could not be started", hint="Install it again.")

    with Library.open(data, parser=FakeParser(on_parse=fail)) as library:
        library.add_folder(folder)
        with pytest.raises(ParserNotStarted):
            update(library)
        assert library.folders()[0].failed == 0


def test_files_that_could_not_be_read_are_tried_again_on_request_and_by_a_new_version(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(folder / "bad.txt", "UNREADABLE")
    parser = FakeParser()
    with Library.open(data, parser=parser) as library:
        added = library.add_folder(folder)
        update(library)
        parser.parsed.clear()
        library.try_again(added.id)
        assert update(library).failed == 1
        assert parser.parsed == ["bad.txt"]
        monkeypatch.setattr("engine.library.library.VERSION", "9.9")
        update(library)
        update(library)
        assert parser.parsed == ["bad.txt"] * 2


def test_a_folder_that_vanishes_while_it_is_read_keeps_its_documents(data: Path, folder: Path) -> None:
    def vanish(path: Path) -> None:
        if folder.exists():
            folder.rename(folder.with_name("elsewhere"))

    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(folder)
        update(library)
    for number in range(20):
        write_file(folder / f"{number}.txt", f"# {number}\nNew.")
    write_file(folder / "bridges.txt", "# Bridges\nChanged, and of another size.", age_s=20)
    with Library.open(data, parser=FakeParser(on_parse=vanish)) as library:
        progress = update(library)
        assert not progress.folder.is_available
        assert (progress.folder.documents, progress.folder.failed) == (2, 0)


def test_what_was_under_way_when_an_update_was_abandoned_does_not_turn_up_in_the_next(
    data: Path, folder: Path, tmp_path: Path
) -> None:
    other = write_file(tmp_path / "letters" / "bridges.txt", "# Letter\nDear aunt.").parent
    with Library.open(data, parser=FakeParser()) as library:
        first = library.add_folder(folder)
        second = library.add_folder(other)
        progress = library.update(should_stop=lambda: False, folders=(first.id,))
        for _ in range(2):
            next(progress)
        progress.close()  # type: ignore[attr-defined]
        update(library, folders=(second.id,))
        assert names_found(data, "aunt") == ["bridges.txt"]
        update(library)
        assert [known.documents for known in library.folders()] == [1, 2]
