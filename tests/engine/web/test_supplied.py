from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from fetched_pages import PROSE, article, reader_of
from loopback_web import LoopbackWeb
from made_documents import paragraph, pdf

from engine.domain import Obstacle
from engine.errors import DocumentUnreadable, StorageError, StorageFull
from engine.reading.identity import source_id
from engine.reading.page import MAX_PAGE_BYTES
from engine.web.parsers import ParserPool
from engine.web.supplied import FOLDER, keep_supplied

ADDRESS = "https://paper.example/story.pdf"


def saved(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def mhtml(html: str) -> str:
    return (
        "From: <Saved by a browser>\r\nSnapshot-Content-Location: https://paper.example/story\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="----b"\r\n\r\n'
        "------b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Location: https://paper.example/story\r\n\r\n"
        f"{html}\r\n------b--\r\n"
    )


@pytest.mark.parametrize(
    "copy",
    [
        ("story.html", article("A saved story"), "html"),
        ("Story.HTM", article("A saved story"), "html"),
        ("story.mhtml", mhtml(article("A saved story")), "html"),
        ("story", article("A saved story"), "html"),
        ("story.aspx", article("A saved story"), "html"),
        ("story.txt", f"A saved story\n\n{PROSE}", "text"),
        ("story.md", f"# A saved story\n\n{PROSE}", "markdown"),
    ],
)
def test_a_saved_page_is_read_as_the_page_of_its_address(
    web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path, copy: tuple[str, str, str]
) -> None:
    name, content, format = copy
    file = keep_supplied(data, saved(tmp_path, name, content))
    with reader_of(web, data, parsers=parsers) as reader:
        opened = reader.pages.open_supplied(ADDRESS, file=file)
    source = opened.source
    assert source.is_supplied
    assert source.address == ADDRESS
    assert source.id == source_id(ADDRESS, source.text_hash)
    assert source.format == format
    assert source.title == "A saved story"
    assert "frost undoes" in opened.document.text
    assert any("by hand" in warning for warning in source.warnings)
    assert web.requests == []


def test_a_pdf_is_read(web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path) -> None:
    file = keep_supplied(data, saved(tmp_path, "paper.pdf", pdf([paragraph(PROSE, top=700)])))
    with reader_of(web, data, parsers=parsers) as reader:
        opened = reader.pages.open_supplied("https://paper.example/view?id=7", file=file)
    assert opened.source.format == "pdf"
    assert "frost undoes" in opened.document.text


@pytest.mark.parametrize(
    "text", [PROSE, "One line.", "Zwölf Größen\n\nüber Mörtel", "<b>not markup</b> a < b", "%PDF-1.4"]
)
def test_pasted_text_is_read_as_it_is(web: LoopbackWeb, data: Path, parsers: ParserPool, text: str) -> None:
    file = keep_supplied(data, text)
    with reader_of(web, data, parsers=parsers) as reader:
        opened = reader.pages.open_supplied("https://paper.example/story.html", file=file)
    assert opened.source.is_supplied
    assert " ".join(text.split())[:9] in " ".join(opened.document.text.split())
    assert any("pasted" in warning for warning in opened.source.warnings)


def test_a_copy_is_kept_once_under_the_hash_of_its_bytes(data: Path, tmp_path: Path) -> None:
    first = keep_supplied(data, saved(tmp_path, "a.html", article()))
    second = keep_supplied(data, saved(tmp_path, "b.html", article()))
    assert first == second
    assert [path.name for path in (data / FOLDER).iterdir()] == [first]
    (tmp_path / "a.html").unlink()
    assert (data / FOLDER / first).read_bytes() == article().encode()


GARBAGE: dict[str, bytes] = {
    "empty.html": b"",
    "zeros.html": b"\0" * 5_000,
    "noise.pdf": bytes(range(256)) * 40,
    "cut.pdf": b"%PDF-1.7\n1 0 obj << /Type /Catalog",
    "cut.docx": b"PK\x03\x04" + b"\x07" * 300,
    "picture.html": b"\x89PNG\r\n\x1a\n" + b"\0" * 900,
    "blank.txt": b" \n\t \n",
    "shell.html": b'<html><head><script src="a.js"></script></head><body><div id="root"></div></body></html>',
    "challenge.html": b'<html><title>Just a moment...</title><body><div class="cf-turnstile"></div></body></html>',
    "cut.mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n",
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused_in_words(
    web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path, name: str
) -> None:
    with reader_of(web, data, parsers=parsers) as reader, pytest.raises(DocumentUnreadable) as caught:
        reader.pages.open_supplied(ADDRESS, file=keep_supplied(data, saved(tmp_path, name, GARBAGE[name])))
    assert caught.value.title
    assert caught.value.hint


def test_what_is_no_document_is_refused_at_once(data: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.html")
    (tmp_path / "folder.html").mkdir()
    large = tmp_path / "large.html"
    with large.open("wb") as file:
        file.truncate(MAX_PAGE_BYTES + 1)
    for path in (
        tmp_path / "pipe.html",
        tmp_path / "folder.html",
        tmp_path / "missing.html",
        saved(tmp_path, "film.mp4", "x"),
        large,
        Path("/dev/zero"),
        Path("a\0b.html"),
    ):
        with pytest.raises(DocumentUnreadable):
            keep_supplied(data, path)
    for text in ("", " \n ", "x" * (MAX_PAGE_BYTES + 1)):
        with pytest.raises(DocumentUnreadable):
            keep_supplied(data, text)
    assert not (data / FOLDER).exists()


def test_a_copy_that_seems_wrong_is_believed_with_a_warning(
    web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path
) -> None:
    page = "<html><title>Sign in</title><body><p>The bridge was built in 1482.</p><input type=password></body></html>"
    file = keep_supplied(data, saved(tmp_path, "short.html", page))
    with reader_of(web, data, parsers=parsers) as reader:
        opened = reader.pages.open_supplied(ADDRESS, file=file)
    assert "1482" in opened.document.text
    assert any("may not be what was meant" in warning for warning in opened.source.warnings)


@pytest.mark.parametrize(
    "name", ["../sessions.sqlite", "/etc/passwd", "a" * 64, "", ".", f"{'a' * 64}.html/../x", f"{'a' * 64}.html"]
)
def test_only_copies_are_opened(web: LoopbackWeb, data: Path, parsers: ParserPool, name: str) -> None:
    with reader_of(web, data, parsers=parsers) as reader:
        saved(data, "sessions.sqlite", "secret")
        with pytest.raises(DocumentUnreadable):
            reader.pages.open_supplied(ADDRESS, file=name)


def test_a_copy_that_was_changed_is_not_read(web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path) -> None:
    file = keep_supplied(data, saved(tmp_path, "a.html", article()))
    saved(data / FOLDER, file, article("Another"))
    with reader_of(web, data, parsers=parsers) as reader, pytest.raises(DocumentUnreadable):
        reader.pages.open_supplied(ADDRESS, file=file)


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("engine.web.supplied.os.fsync", full)
    with pytest.raises(StorageFull):
        keep_supplied(data, saved(tmp_path, "a.html", article()))
    assert list((data / FOLDER).iterdir()) == []


def test_a_data_folder_that_cannot_be_written_is_said(data: Path, tmp_path: Path) -> None:
    saved(tmp_path, "data", "a file where the folder should be")
    with pytest.raises(StorageError):
        keep_supplied(data, PROSE)


def test_a_copy_of_a_page_without_text_tells_what_to_do(
    web: LoopbackWeb, data: Path, parsers: ParserPool, tmp_path: Path
) -> None:
    file = keep_supplied(data, saved(tmp_path, "shell.html", GARBAGE["challenge.html"]))
    with reader_of(web, data, parsers=parsers) as reader, pytest.raises(DocumentUnreadable) as caught:
        reader.pages.open_supplied(ADDRESS, file=file)
    assert caught.value.obstacle is Obstacle.CAPTCHA
    assert "paste" in caught.value.hint
