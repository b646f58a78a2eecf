from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fake_parser import FakeParser, write_file

from engine.domain import FolderId, Reference, Scope
from engine.errors import DocumentUnreadable, StorageError
from engine.library.library import Library
from engine.library.reader import LibraryReader
from engine.library.values import Folder
from engine.reading.parser import Parser


def indexed(data: Path, *folders: Path) -> tuple[Folder, ...]:
    with Library.open(data, parser=FakeParser()) as library:
        for folder in folders:
            library.add_folder(folder)
        for _ in library.update(should_stop=lambda: False):
            pass
        return library.folders()


@pytest.fixture
def reader(data: Path, folder: Path) -> Iterator[LibraryReader]:
    write_file(folder / "sandstone.txt", "# Stones\nSandstone is soft; granite is hard. A bridge needs a hard stone.")
    indexed(data, folder)
    with LibraryReader.open(data) as reader:
        yield reader


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "?!…",
        '"',
        '"unbalanced',
        "NEAR(bridge meadow, 3)",
        "bridge AND OR NOT",
        "title : bridge",
        "{title headings} : bridge",
        "bridge*",
        "^bridge",
        "-bridge + (",
        "'; DROP TABLE documents; --",
        "bridge \x00 meadow",
        "\ud800 bridge",
        "🌉🌉 bridge",
        "الجسر القديم",
        "古い橋はいつ建てられましたか",
        "สะพานเก่า",
        "a" * 5_000,
        "the of and " * 1_000,
        "%_\\",
    ],
)
def test_no_query_is_an_error(reader: LibraryReader, query: str) -> None:
    assert len(reader.search(query, limit=5)) <= 5


def test_a_question_of_fifty_thousand_characters_is_answered(reader: LibraryReader) -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghij", k=6)) for _ in range(7_000)]
    words.insert(3_000, "sandstone")
    assert "sandstone.txt" in reader.search(" ".join(words)[:50_000], limit=5)[0].address


def test_random_text_is_never_an_error(reader: LibraryReader) -> None:
    chance = random.Random(2)
    alphabet = "ab\"'()*:^{}[]+-~|&! \n\t\0éß橋الґ🌉\u200b\u202e"
    for _ in range(300):
        reader.search("".join(chance.choices(alphabet, k=chance.randrange(40))) + " bridge", limit=3)


def test_operators_in_a_question_are_words(reader: LibraryReader) -> None:
    assert reader.search("bridge NOT sandstone", limit=5)[0].title in ("Bridges", "Stones")


def test_a_limit_of_nothing_gives_nothing(reader: LibraryReader) -> None:
    assert reader.search("bridge", limit=0) == ()
    assert len(reader.search("bridge", limit=1)) == 1


def test_results_are_in_order_of_their_score(reader: LibraryReader) -> None:
    scores = [result.score for result in reader.search("old sandstone bridge", limit=5)]
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_file_names_count_as_part_of_the_title(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    write_file(papers / "annual_report_2021.txt", "# Figures\nNumbers and more numbers.")
    write_file(papers / "notes.txt", "# Notes\nSome report was late.")
    indexed(data, papers)
    with LibraryReader.open(data) as reader:
        assert "annual_report_2021" in reader.search("annual report", limit=2)[0].address


def test_what_repeats_a_better_result_stands_behind_the_others(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    text = "The lighthouse keeper lit the lamp at dusk and trimmed the wick at midnight, every night of the year."
    write_file(papers / "page.txt", f"# Lighthouse\n{text}")
    write_file(papers / "page source.txt", f"# Lighthouse\n{text} End.")
    write_file(papers / "other.txt", "# Harbour\nThe keeper of the lighthouse lamp rowed to the harbour wall.")
    indexed(data, papers)
    with LibraryReader.open(data) as reader:
        results = reader.search("lighthouse keeper lamp", limit=3)
    assert {result.title for result in results[:2]} == {"Lighthouse", "Harbour"}
    assert len(results) == 3


def test_identifiers_are_found_as_they_are_written(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    write_file(papers / "a.txt", "# Opening\nCall sqlite3_open_v2() to open.")
    write_file(papers / "b.txt", "# Other\nsqlite3 has an open function; version 2 of it.")
    indexed(data, papers)
    with LibraryReader.open(data) as reader:
        assert reader.search("sqlite3_open_v2", limit=2)[0].title == "Opening"


def test_tables_of_contents_rank_below_what_they_list(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    names = ("granite quarry", "slate quarry", "marble quarry", "chalk pit", "gravel pit")
    for name in names:
        write_file(papers / f"{name.replace(' ', '')}.txt", f"# The {name}\nHere the {name} and its history are told.")
    write_file(papers / "contents.txt", "# Contents\n" + "\n".join(f"> The {name}" for name in names * 4))
    indexed(data, papers)
    with LibraryReader.open(data) as reader:
        for name in names:
            assert reader.search(name, limit=3)[0].title == f"The {name}"
        assert reader.search("contents", limit=3)[0].title == "Contents"


def test_a_scope_leaves_out_the_other_folders(data: Path, folder: Path, tmp_path: Path) -> None:
    other = write_file(tmp_path / "letters" / "letter.txt", "# Letter\nThe bridge is closed, dear aunt.").parent
    first, second = sorted(indexed(data, folder, other), key=lambda known: known.name)
    with LibraryReader.open(data) as reader:
        assert len(reader.search("bridge", limit=5)) == 2
        letters = reader.with_scope(Scope(folders=(first.id,)))
        assert [result.title for result in letters.search("bridge", limit=5)] == ["Letter"]
        papers = reader.with_scope(Scope(folders=(second.id,)))
        assert [result.title for result in papers.search("bridge", limit=5)] == ["Bridges"]
        assert letters.open_source((other / "letter.txt").as_uri()).source.title == "Letter"
        with pytest.raises(DocumentUnreadable):
            papers.open_source((other / "letter.txt").as_uri())
        nowhere = reader.with_scope(Scope(folders=(FolderId("gone"),)))
        assert nowhere.search("bridge", limit=5) == ()


def test_a_small_scope_is_searched_in_full_beside_a_large_folder(data: Path, tmp_path: Path) -> None:
    large, small = tmp_path / "large", tmp_path / "small"
    for number in range(300):
        write_file(large / f"{number}.txt", f"# Bridge {number}\nBridge bridge bridge number {number}.")
    write_file(small / "one.txt", "# Other things\nThere is one bridge somewhere in this long text on other things.")
    folders = {folder.name: folder.id for folder in indexed(data, large, small)}
    with LibraryReader.open(data, scope=Scope(folders=(folders["small"],))) as reader:
        assert [result.title for result in reader.search("bridge", limit=5)] == ["Other things"]


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "https://example.org/", "file://", "bridges.txt", "\0"])
def test_what_is_not_in_the_library_cannot_be_opened(reader: LibraryReader, address: str) -> None:
    with pytest.raises(DocumentUnreadable) as error:
        reader.open_source(address)
    assert error.value.title
    assert error.value.hint


def test_no_path_leads_out_of_a_folder(reader: LibraryReader, folder: Path) -> None:
    with pytest.raises(DocumentUnreadable):
        reader.open_source(f"{folder.as_uri()}/water/../bridges.txt")
    with pytest.raises(DocumentUnreadable):
        reader.open_source(f"{folder.as_uri()}/%2e%2e/secret.txt")


def test_a_fragment_does_not_keep_a_source_from_opening(reader: LibraryReader, folder: Path) -> None:
    assert reader.open_source(f"{(folder / 'bridges.txt').as_uri()}#built").document.title == "Bridges"


def test_reading_the_same_text_twice_gives_the_same_source(reader: LibraryReader, folder: Path) -> None:
    address = (folder / "bridges.txt").as_uri()
    assert reader.open_source(address).source.id == reader.open_source(address).source.id


def test_documents_are_listed_in_portions_and_by_title_or_path(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    for number in range(25):
        write_file(papers / f"{number:02}_100%.txt", f"# Paper {number}\nText {number}.")
    (known,) = indexed(data, papers)
    with LibraryReader.open(data) as reader:
        listed = [entry.path for offset in (0, 10, 20) for entry in reader.documents(known.id, limit=10, offset=offset)]
        assert listed == sorted(listed)
        assert len(listed) == reader.count_documents(known.id) == 25
        assert [entry.title for entry in reader.documents(text="paper 7")] == ["Paper 7"]
        assert [entry.path.name for entry in reader.documents(text="07_100%")] == ["07_100%.txt"]
        assert reader.count_documents(text="_100%") == 25
        assert reader.documents(text="1%0") == ()
        entry = reader.documents(text="paper 7")[0]
        assert entry.address == (papers / "07_100%.txt").as_uri()
        assert entry.size_bytes == (papers / "07_100%.txt").stat().st_size


def test_searching_goes_on_while_the_index_is_written(data: Path, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    for number in range(150):
        write_file(papers / f"{number}.txt", f"# Paper {number}\n" + "The bridge and the river. " * 30 + str(number))
    stopped = threading.Event()
    errors: list[BaseException] = []
    seen: list[int] = []

    def search() -> None:
        try:
            with LibraryReader.open(data) as reader:
                while not stopped.is_set():
                    for result in reader.search("bridge river", limit=5):
                        with suppress(DocumentUnreadable):  # deleted between the search and the opening
                            reader.open_source(result.address)
                    seen.append(reader.document_count())
        except BaseException as error:
            errors.append(error)

    with Library.open(data, parser=FakeParser()) as library:
        library.add_folder(papers)
        searcher = threading.Thread(target=search)
        searcher.start()
        try:
            for _ in range(3):
                for _ in library.update(should_stop=lambda: False):
                    pass
                for path in list(papers.iterdir())[::3]:
                    path.unlink()
        finally:
            stopped.set()
            searcher.join()
    assert errors == []
    assert seen


def test_there_is_nothing_to_read_before_there_is_an_index(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        LibraryReader.open(tmp_path)


def test_an_empty_library_answers_nothing(data: Path) -> None:
    Library.open(data, parser=FakeParser()).close()
    with LibraryReader.open(data) as reader:
        assert reader.folders() == ()
        assert reader.search("anything", limit=5) == ()
        assert reader.document_count() == 0
        assert reader.document_frequency(["anything"]) == {"anything": 0}


def test_what_a_file_says_of_itself_for_reference_lists_reaches_its_source(data: Path, folder: Path) -> None:
    said = {"citation_journal_title": "Journal of Mortar", "citation_doi": "10.1000/jm.12"}
    head = "".join(f'<meta name="{name}" content="{value}">' for name, value in said.items())
    page = f"<html lang='en'><head><title>Lime</title>{head}</head><p>Lime sets.</p></html>"
    file = write_file(folder / "saved.html", page)
    with Parser() as parser, Library.open(data, parser=parser) as library:
        library.add_folder(folder)
        for _ in library.update(should_stop=lambda: False):
            pass
    with LibraryReader.open(data) as reader:
        source = reader.open_source(file.as_uri()).source
    assert source.reference == Reference(
        kind="article-journal", container="Journal of Mortar", doi="10.1000/jm.12", language="en"
    )
