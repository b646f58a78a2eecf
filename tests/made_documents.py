"""Small documents made from bytes, for tests: nothing here is taken from anybody's file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.reading.document import Block, BlockKind, Document
from engine.reading.extract.content import Content
from engine.reading.extract.dispatch import extract
from engine.reading.extract.formats import Format

Line = tuple[float, float, float, str]
"""Left and baseline in points from the lower left corner, size, words."""


def read(data: bytes | str, format: Format, *, stem: str = "file", characters: int = 1_000_000) -> Document:
    """Extract in this process, and check what every document promises."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    document = extract(Content(data=data, stem=stem, characters=characters), format=format)
    check_promises(document)
    return document


def check_promises(document: Document) -> None:
    """Blocks are in order, inside the text, not empty, and normalised; what is between them is white space."""
    end = 0
    for block in document.blocks:
        assert 0 <= end <= block.start < block.end <= len(document.text)
        assert not document.text[end : block.start].strip()
        text = document.text[block.start : block.end]
        assert text == text.strip("\n") and text.strip()
        if block.kind is not BlockKind.CODE:
            assert text == text.strip()
            assert "\n" not in text and "  " not in text
        assert (block.level in range(1, 7)) == (block.kind is BlockKind.HEADING)
        end = block.end
    assert end == len(document.text)
    assert document.title.strip()
    assert "\x00" not in document.text
    document.text.encode("utf-8")
    document.title.encode("utf-8")


def texts(document: Document, *kinds: BlockKind, navigation: bool | None = None) -> list[str]:
    """The texts of the blocks, of the given kinds or all."""
    return [
        document.text[block.start : block.end]
        for block in document.blocks
        if (not kinds or block.kind in kinds) and navigation in (None, block.is_navigation)
    ]


def block_with(document: Document, words: str) -> Block:
    """The first block that contains the words."""
    return next(block for block in document.blocks if words in document.text[block.start : block.end])


def pdf(pages: Sequence[Sequence[Line]], *, title: str = "", trailer: bytes = b"") -> bytes:
    """A PDF with one standard font; an empty page has no text."""
    objects: list[bytes] = []
    kids = " ".join(f"{4 + 2 * index} 0 R" for index in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for index, lines in enumerate(pages):
        content = b"".join(
            f"BT /F1 {size} Tf 1 0 0 1 {left} {baseline} Tm (".encode() + _escaped(words) + b") Tj ET\n"
            for left, baseline, size, words in lines
        )
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * index} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>".encode()
        )
        objects.append(b"<< /Length %d >>\nstream\n" % len(content) + content + b"endstream")
    objects.append(b"<< /Title (" + _escaped(title) + b") /Author (Test) /CreationDate (D:20200229120000Z) >>")
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n" % number + body + b"\nendobj\n")
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R %s >>\n" % (len(objects) + 1, len(objects), trailer))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def paragraph(words: str, *, top: float, size: float = 10, left: float = 72, width: int = 80) -> list[Line]:
    """Lines of one paragraph, as a typesetter would break it."""
    lines: list[Line] = []
    current = ""
    for word in words.split():
        if current and len(current) + 1 + len(word) > width:
            lines.append((left, top - 1.2 * size * len(lines), size, current))
            current = word
        else:
            current = f"{current} {word}".strip()
    lines.append((left, top - 1.2 * size * len(lines), size, current))
    return lines


def _escaped(words: str) -> bytes:
    return words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def zipped(members: Mapping[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
)


def odt(body: str, *, styles: str = "", title: str = "", prologue: str = "") -> bytes:
    """An OpenDocument text with the given content of <office:text>."""
    content = (
        f'<?xml version="1.0"?>{prologue}<office:document-content {_ODF}><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
        "</office:document-content>"
    )
    meta = (
        f"<office:document-meta {_ODF}><office:meta><dc:title>{title}</dc:title>"
        "<meta:initial-creator>Test</meta:initial-creator><meta:creation-date>2021-03-04T05:06:07</meta:creation-date>"
        "</office:meta></office:document-meta>"
    )
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, "meta.xml": meta})


def epub(chapters: Mapping[str, str], *, titles: Mapping[str, str] | None = None, encryption: str = "") -> bytes:
    """A book; chapters are file name → XHTML body, titles are what its table of contents says."""
    manifest = "".join(
        f'<item id="c{index}" href="{name}" media-type="application/xhtml+xml"/>' for index, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="c{index}"/>' for index in range(len(chapters)))
    points = "".join(
        f'<navPoint><navLabel><text>{title}</text></navLabel><content src="{name}#start"/></navPoint>'
        for name, title in (titles or {}).items()
    )
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/book.opf"/></rootfiles></container>',
        "OPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<metadata><dc:title>The Book</dc:title><dc:creator>A. Writer</dc:creator><dc:language>en</dc:language>"
        f'<dc:date>2019-05-06</dc:date></metadata><manifest>{manifest}<item id="ncx" href="toc.ncx" '
        f'media-type="application/x-dtbncx+xml"/></manifest><spine>{spine}</spine></package>',
        "OPS/toc.ncx": f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>',
    }
    if encryption:
        members["META-INF/encryption.xml"] = encryption
    for name, body in chapters.items():
        members[f"OPS/{name}"] = (
            '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title>'
            f"</head><body>{body}</body></html>"
        )
    return zipped(members)


def written(folder: Path, name: str, data: bytes | str) -> Path:
    """The data as a file."""
    path = folder / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path
