"""Files made to do harm, through the real parser process: each ends soon, says why, and the next one works."""

from __future__ import annotations

import os
import stat
import struct
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from made_documents import epub, odt, pdf, written, zipped

from engine.errors import DocumentUnreadable
from engine.reading.parser import Limits, Parser

LIMITS = Limits(timeout_s=10.0, memory_bytes=600 << 20, file_size_bytes=64 << 20, characters=1_000_000)
LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10 if level else "ha" * 10}">' for level in range(12))


@pytest.fixture(scope="module")
def parser() -> Iterator[Parser]:
    with Parser(limits=LIMITS) as shared:
        yield shared


@pytest.fixture(autouse=True)
def _the_next_document_works(parser: Parser, tmp_path: Path) -> Iterator[None]:
    yield
    assert parser.parse(written(tmp_path, "after.md", "# After\n\nStill here.\n")).document.title == "After"


def refused(parser: Parser, path: Path, match: str) -> DocumentUnreadable:
    started = time.monotonic()
    with pytest.raises(DocumentUnreadable, match=match) as raised:
        parser.parse(path)
    assert time.monotonic() - started < 15
    assert raised.value.hint
    return raised.value


# --- things that are not files, or not any more ------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_a_pipe_does_not_block(parser: Parser, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    refused(parser, tmp_path / "pipe.txt", "pipe")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no such device here")
def test_a_link_to_an_endless_device_is_refused(parser: Parser, tmp_path: Path) -> None:
    (tmp_path / "zero.txt").symlink_to("/dev/zero")
    refused(parser, tmp_path / "zero.txt", "device")


def test_a_link_that_leads_nowhere_or_in_circles_is_explained(parser: Parser, tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nothing")
    (tmp_path / "circle.txt").symlink_to(tmp_path / "circle.txt")
    refused(parser, tmp_path / "gone.txt", "not there any more")
    refused(parser, tmp_path / "circle.txt", "could not be read")


def test_a_folder_with_the_name_of_a_page_is_refused(parser: Parser, tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()
    refused(parser, tmp_path / "folder.html", "folder")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_forbidden_file_is_explained(parser: Parser, tmp_path: Path) -> None:
    path = written(tmp_path, "locked.txt", "words")
    path.chmod(0)
    try:
        refused(parser, path, "may not be read")
    finally:
        path.chmod(stat.S_IRWXU)


# --- sizes -------------------------------------------------------------------------------------------------------


def test_an_empty_file_is_explained(parser: Parser, tmp_path: Path) -> None:
    for name in ("a.txt", "a.html", "a.pdf", "a.docx", "a.md", "a.csv"):
        refused(parser, written(tmp_path, name, b""), "empty")


def test_only_the_beginning_of_a_text_of_500_mb_is_read(parser: Parser, tmp_path: Path) -> None:
    path = written(tmp_path, "huge.txt", "These words stand at the beginning.\n" * 200_000)
    with path.open("r+b") as file:
        file.truncate(500 << 20)
    parsed = parser.parse(path)
    assert parsed.size_bytes == 500 << 20
    assert len(parsed.document.text) <= LIMITS.characters
    assert parsed.document.text.startswith("These words stand at the beginning.")
    assert any("Only the first" in warning for warning in parsed.document.warnings)


def test_a_format_that_needs_the_whole_file_is_refused_when_it_is_too_large(parser: Parser, tmp_path: Path) -> None:
    path = written(tmp_path, "huge.pdf", pdf([[(72, 700, 10, "Words")]]))
    with path.open("r+b") as file:
        file.truncate(500 << 20)
    refused(parser, path, "too large: 500 MB")


# --- contents that are not what the name says --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "match"),
    [
        ("a.txt", b"\x7fELF" + b"\x00" * 100, "program"),
        ("a.txt", bytes(range(256)) * 50, "not contain text"),
        ("a.html", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "picture"),
        ("a.pdf", b"Just words.", "not what its ending"),
        ("a.pdf", b"%PDF-1.7\n" + b"\x00" * 200, "damaged"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "password"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Office format"),
        ("a.xyz", b"Just words.", "cannot be read"),
        ("a.zip", zipped({"a.txt": "words"}), "archive"),
        ("a.md", b"SQLite format 3\x00" + b"\x00" * 100, "database"),
    ],
)
def test_what_a_file_is_not_is_said(parser: Parser, tmp_path: Path, name: str, data: bytes, match: str) -> None:
    refused(parser, written(tmp_path, name, data), match)


@pytest.mark.parametrize(
    ("name", "data", "format"),
    [
        ("a.txt", b"<!DOCTYPE html><title>x</title><p>Words.", "html"),
        ("a.bin.doc", rb"{\rtf1 Words.\par}", "rtf"),
        ("a.txt", pdf([[(72, 700, 10, "Words.")]]), "pdf"),
        ("a.zip", epub({"a.xhtml": "<p>Words.</p>"}), "epub"),
        ("README", b"Words.", "text"),
        ("a.HTML", b"<p>Words.", "html"),
    ],
)
def test_bytes_count_more_than_names(parser: Parser, tmp_path: Path, name: str, data: bytes, format: str) -> None:
    document = parser.parse(written(tmp_path, name, data)).document
    assert (document.format, document.text) == (format, "Words.")


# --- archives ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.docx", "a.odt", "a.epub", "a.xlsx", "a.pptx"])
def test_a_zip_bomb_is_refused(parser: Parser, tmp_path: Path, name: str) -> None:
    huge = b"\x20" * (200 << 20)
    inside = {"a.docx": "word/document.xml", "a.odt": "content.xml", "a.epub": "META-INF/container.xml"}
    members: dict[str, str | bytes] = {inside.get(name, "xl/workbook.xml"): huge}
    if name == "a.pptx":
        members = {"ppt/presentation.xml": huge}
    refused(parser, written(tmp_path, name, zipped(members)), "absurd size|damaged")


def test_many_members_that_each_unpack_to_much_are_refused(parser: Parser, tmp_path: Path) -> None:
    chapter = "<p>" + "word " * 3_000_000 + "</p>"
    book = epub({f"{number}.xhtml": chapter for number in range(3)})
    refused(parser, written(tmp_path, "a.epub", book), "absurd size")


def test_a_member_that_lies_about_its_size_is_refused(parser: Parser, tmp_path: Path) -> None:
    data = bytearray(zipped({"content.xml": b"<a>" + b"x" * 100_000 + b"</a>"}))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 10)
    refused(parser, written(tmp_path, "a.odt", bytes(data)), "damaged")


def test_an_archive_with_very_many_members_is_refused(parser: Parser, tmp_path: Path) -> None:
    data = zipped({f"{number}": b"" for number in range(25_000)}, compression=zipfile.ZIP_STORED)
    refused(parser, written(tmp_path, "a.docx", data), "absurd")


def test_an_encrypted_member_is_explained(parser: Parser, tmp_path: Path) -> None:
    data = bytearray(zipped({"content.xml": b"<a/>"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    refused(parser, written(tmp_path, "a.odt", bytes(data)), "password")


# --- XML ---------------------------------------------------------------------------------------------------------


def test_entities_do_not_multiply_and_reach_no_files(parser: Parser, tmp_path: Path) -> None:
    secret = written(tmp_path, "secret", "the secret words")
    laughing = odt("<text:p>&l11;</text:p>", prologue=f"<!DOCTYPE x [{LAUGHS}]>")
    refused(parser, written(tmp_path, "laughs.odt", laughing), "damaged")
    outside = odt("<text:p>&f;</text:p>", prologue=f'<!DOCTYPE x [<!ENTITY f SYSTEM "{secret.as_uri()}">]>')
    refused(parser, written(tmp_path, "outside.odt", outside), "damaged")


def test_entities_in_a_workbook_do_not_multiply(parser: Parser, tmp_path: Path) -> None:
    sheet = f'<?xml version="1.0"?><!DOCTYPE x [{LAUGHS}]><workbook>&l11;</workbook>'
    refused(parser, written(tmp_path, "a.xlsx", zipped({"xl/workbook.xml": sheet})), "damaged")


def test_entities_in_a_page_or_a_book_do_not_multiply(parser: Parser, tmp_path: Path) -> None:
    page = f"<?xml version='1.0'?><!DOCTYPE html [{LAUGHS}]><html><body><p>&l11; Words.</p></body></html>"
    assert len(parser.parse(written(tmp_path, "a.xhtml", page)).document.text) < 10_000
    book = epub({"a.xhtml": "<p>Words.</p>"})
    assert "Words." in parser.parse(written(tmp_path, "a.epub", book)).document.text


def test_xml_nested_absurdly_deeply_ends(parser: Parser, tmp_path: Path) -> None:
    deep = odt("<text:section>" * 50_000 + "<text:p>x</text:p>" + "</text:section>" * 50_000)
    refused(parser, written(tmp_path, "a.odt", deep), "damaged")


# --- PDF ---------------------------------------------------------------------------------------------------------


def pdf_of(objects: list[bytes], *, root: int = 1) -> bytes:
    out = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, start)


def stream(data: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def page_with(content: bytes, *more: bytes) -> bytes:
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> "
            b"/XObject << /X 6 0 R >> >> >>",
            content,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *more,
        ]
    )


def nested_flate(size_mb: int) -> bytes:
    packer = zlib.compressobj(1)
    megabyte = b" " * (1 << 20)
    data = b"".join(packer.compress(megabyte) for _ in range(size_mb)) + packer.flush()
    return stream(zlib.compress(data), b"/Filter [/FlateDecode /FlateDecode]")


def chatty_page() -> bytes:
    return zlib.compress(b"BT /F 1 Tf " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 2_500_000 + b"ET", 1)


HOSTILE_PDFS = {
    "a stream that unpacks to a gigabyte": lambda: page_with(nested_flate(1_024)),
    "pages that are their own parents": lambda: pdf_of(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>"]
    ),
    "a form that draws itself twice": lambda: page_with(
        stream(b"/X Do"),
        stream(
            b"/X Do /X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
        ),
    ),
    "arrays nested without end": lambda: page_with(stream(b"[" * 500_000)),
    "a cross-reference table that claims everything": lambda: pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>"]).replace(
        b"xref\n0 2", b"xref\n0 2147483647"
    ),
    "an object stream of two thousand million objects": lambda: pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            stream(b"1 0 2 5", b"/Type /ObjStm /N 2000000000 /First 2000000000"),
        ]
    ),
    "a predictor with absurd columns": lambda: page_with(
        stream(
            zlib.compress(b"\x02" * 100_000),
            b"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 4 /BitsPerComponent 16 /Columns 500000000 >>",
        )
    ),
    "a picture of a million by a million": lambda: page_with(
        stream(b"/X Do"),
        stream(
            b"x",
            b"/Type /XObject /Subtype /Image /Width 1000000 /Height 1000000 /BitsPerComponent 8 /ColorSpace /DeviceRGB",
        ),
    ),
    "fifty million characters on a page": lambda: page_with(stream(chatty_page(), b"/Filter /FlateDecode")),
}


@pytest.mark.parametrize("name", HOSTILE_PDFS)
def test_a_hostile_pdf_ends_soon_with_a_reason(parser: Parser, tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "a.pdf", HOSTILE_PDFS[name]())
    started = time.monotonic()
    with pytest.raises(DocumentUnreadable) as raised:
        parser.parse(path)
    assert time.monotonic() - started < 15
    assert raised.value.title
    assert raised.value.hint


# --- files that move ---------------------------------------------------------------------------------------------


def test_a_file_that_is_replaced_between_two_readings_is_read_as_it_is_now(parser: Parser, tmp_path: Path) -> None:
    path = written(tmp_path, "a.txt", "First words.")
    first = parser.parse(path)
    written(tmp_path, "a.txt", "Second words.")
    second = parser.parse(path)
    assert (first.document.text, second.document.text) == ("First words.", "Second words.")
    assert first.file_hash != second.file_hash
