"""Pages and files made to do harm to whoever reads them: small builders, each gives the bytes and what they pose as."""

# ruff: noqa: E501  the builders are easier to read unbroken
from __future__ import annotations

import base64
import gzip
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence

from made_documents import epub, odt, zipped

Bomb = tuple[bytes, str]
"""Bytes and content type."""

HTML = "text/html; charset=utf-8"
LAUGHS = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10 if level else "ha" * 10}">' for level in range(12))
PROSE = "Ships, barges, and carts came, year after year, with stone, timber, salt, and wool, to the harbour. "


def _page(body: str | bytes, head: str = "") -> Bomb:
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    return b"<!DOCTYPE html><html><head>" + head.encode() + b"</head><body>" + body + b"</body></html>", HTML


def _styled(style: str, body: str) -> Bomb:
    return _page(body, f"<style>{style}</style>")


def _nested(tag: str, depth: int, inside: str = "<p>Words at the bottom.</p>") -> Bomb:
    return _page(f"<{tag}>" * depth + inside + f"</{tag}>" * depth)


def _slow_for_readability() -> Bomb:
    body = PROSE * 40
    for _ in range(120):
        body = f"<div><span>{body}</span><p>{PROSE * 60}</p></div>"
    return _page(body)


def _wide_for_readability() -> Bomb:
    return _page("<div>" + f"<div class=a><p>{PROSE}</p><a href=x>{PROSE}</a></div>" * 9_000 + "</div>")


def _sharing_rules() -> Bomb:
    rules = "".join(f".a{{color:#{number % 4096:03x}}}" for number in range(19_000))
    return _styled(rules, "<p class=a>Words.</p>" * 20_000)


def _wild_siblings() -> Bomb:
    return _styled("i~i~i~i~i~b{display:none}p>p>p~p~p i{opacity:0}", "<i>a</i>" * 30_000 + "<p>Words.</p>")


def _unmatched_tags() -> Bomb:
    source = random.Random(7)
    names = ("b", "i", "u", "p", "a", "table", "tr", "td", "div", "ul", "li", "h1", "font", "form", "pre", "select")
    return _page(
        "".join(f"<{'/' if source.random() < 0.5 else ''}{source.choice(names)}>w" for _ in range(300_000)),
    )


def _multipart(depth: int) -> bytes:
    parts = [b"MIME-Version: 1.0\r\n"]
    for level in range(depth):
        parts.append(b'Content-Type: multipart/related; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level))
    parts.append(b"Content-Type: text/html\r\n\r\n<p>Words at the bottom.</p>\r\n")
    return b"".join(parts)


def _saved(body: bytes, encoding: bytes = b"8bit") -> bytes:
    return (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n'
        b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body + b"\r\n--b--\r\n"
    )


# --- PDF ---------------------------------------------------------------------------------------------------------


def pdf_of(objects: Sequence[bytes], *, root: int = 1) -> bytes:
    """A PDF of the given objects, the first of which is its catalogue."""
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
    """A stream object."""
    return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"


def page_with(content: bytes, *more: bytes, box: bytes = b"0 0 612 792") -> bytes:
    """A PDF of one page; the sixth object is ``more``."""
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [" + box + b"] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> "
            b"/XObject << /X 6 0 R >> >> >>",
            content,
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>",
            *more,
        ]
    )


def _flate(data: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter [" + b"/FlateDecode " * times + b"]")


def _zeros(size_mb: int, filler: bytes = b" ") -> bytes:
    packer = zlib.compressobj(1)
    megabyte = filler * (1 << 20)
    return b"".join(packer.compress(megabyte) for _ in range(size_mb)) + packer.flush()


def _self_drawing() -> bytes:
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 6 0 R >> >>"
    return page_with(stream(b"/X Do"), stream(b"/X Do /X Do", entries))


def _forms_in_forms() -> bytes:
    def entries(number: int) -> bytes:
        return b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >>" % number

    forms = [stream(b"/X Do " * 10, entries(number)) for number in range(7, 14)]
    return page_with(stream(b"/X Do"), *forms, stream(b"BT /F 1 Tf (a) Tj ET", b"/Type /XObject /Subtype /Form"))


def _many_pages(count: int) -> bytes:
    kids = b" ".join([b"3 0 R"] * count)
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % count,
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
            _flate(b"BT /F 9 Tf 9 9 Td (Words on every page.) Tj ET " * 400),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def _deep_page_tree(depth: int) -> bytes:
    nodes = [
        b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (max(2, number - 1), number + 1)
        for number in range(2, depth + 2)
    ]
    last = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 9 9] >>" % (depth + 1)
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, last])


def _looping_outline() -> bytes:
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
            b"<< /First 5 0 R /Last 5 0 R /Count 1 >>",
            b"<< /Title (a) /Parent 4 0 R /Next 5 0 R /First 5 0 R /Dest [3 0 R /Fit] >>",
        ]
    )


# --- archives ----------------------------------------------------------------------------------------------------


def _huge(member: str, size_mb: int = 300) -> bytes:
    return zipped({member: b"\x20" * (size_mb << 20)})


def _sheet(rows: int) -> bytes:
    cells = "".join(f'<row r="{row}"><c r="XFD{row}"><v>1</v></c></row>' for row in range(1, rows))
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>'
            '<sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
            'relationships"><Relationship Id="r1" Target="worksheets/s.xml" Type="http://schemas.openxmlformats.org/'
            'officeDocument/2006/relationships/worksheet"/></Relationships>',
            "xl/worksheets/s.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            f"<sheetData>{cells}</sheetData></worksheet>",
        }
    )


def _word(body: str) -> bytes:
    return zipped(
        {
            "word/document.xml": '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body>{body}</w:body></w:document>"
        }
    )


def _archive_in_archive(depth: int) -> bytes:
    data = b"words"
    for level in range(depth):
        data = zipped({f"{level}.zip": data})
    return data


def _overlapping() -> bytes:
    """An archive in which thousands of names lead to the same bytes."""
    kernel = zlib.compress(b"<p>" + b"a" * 9_000_000, 9)[2:-4]
    head = struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 0, 0, len(kernel), 9_000_003, 1, 0) + b"a"
    directory = b""
    count = 5_000
    for number in range(count):
        name = b"OPS/%d.xhtml" % number
        directory += struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\x01\x02", 20, 20, 0, 8, 0, 0, 0, len(kernel), 9_000_003, len(name), 0, 0, 0, 0, 0, 0,
        ) + name  # fmt: skip
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(head) + len(kernel), 0)
    return head + kernel + directory + end


BOMBS: dict[str, Callable[[], Bomb]] = {
    # markup
    "elements nested a hundred thousand deep": lambda: _nested("div", 100_000),
    "letters nested a hundred thousand deep": lambda: _nested("span", 100_000),
    "tables in tables": lambda: _nested("table><tr><td", 4_000),
    "lists in lists": lambda: _nested("ul><li", 30_000),
    "quotations in quotations": lambda: _nested("blockquote", 2_000),
    "drawings in drawings": lambda: _nested("svg", 20_000),
    "frames in frames": lambda: _nested("iframe", 50_000),
    "templates in templates": lambda: _nested("template", 50_000),
    "twenty-five thousand attributes": lambda: _page("<p " + " ".join(f"a{n}=1" for n in range(25_000)) + ">Words."),
    "an attribute of ten megabytes": lambda: _page(f'<p title="{"x" * 10_000_000}">Words.'),
    "a class of half a million words": lambda: _page(f'<p class="{"a " * 500_000}">Words.'),
    "tags full of attributes": lambda: _page(
        '<p a=1 b=2 c=3 d=4 e=5 f=6 style="color:red" id=i class=c>w</p>' * 40_000
    ),
    "two million entities": lambda: _page("&amp;" * 2_000_000),
    "a million numbered letters": lambda: _page("&#x41;" * 1_000_000),
    "numbered letters out of range": lambda: _page("&#x110000;&#xD800;&#0;&#99999999999999999999;" * 100_000),
    "entities that multiply": lambda: (
        f"<?xml version='1.0'?><!DOCTYPE html [{LAUGHS}]><html><body><p>&l11;</p></body></html>".encode(),
        "application/xhtml+xml",
    ),
    "a table of three hundred thousand cells": lambda: _page("<table>" + ("<tr>" + "<td>1" * 1_000) * 300 + "</table>"),
    "a cell across a thousand million": lambda: _page("<table><tr><td colspan=1000000000 rowspan=1000000000>Words."),
    "a line of twenty megabytes": lambda: _page("x" * 20_000_000),
    "twenty megabytes of spaces": lambda: _page("a" + " " * 20_000_000 + "b"),
    "ten million line breaks": lambda: _page("<pre>a" + "\n" * 10_000_000 + "b</pre>"),
    "a quarter of a million <br>": lambda: _page("<p>a" + "<br>" * 250_000 + "b"),
    "a hundred thousand paragraphs": lambda: _page("<p>a" * 100_000),
    "a hundred thousand headings": lambda: _page("<h1>a</h1>" * 100_000),
    "five million <": lambda: _page("<" * 5_000_000),
    "comments that never end": lambda: _page("<!--" * 500_000),
    "tags that never end": lambda: _page("<p " * 500_000),
    "quotation marks that never end": lambda: _page('<a href="' * 300_000),
    "character data that never ends": lambda: _page("<![CDATA[" * 300_000),
    "tags in any order": _unmatched_tags,
    "letters in and out of each other": lambda: _page("<b><i>x</b></i>" * 100_000),
    "nothing but zeros": lambda: (b"<html>" + bytes(5_000_000), HTML),
    "a program of twenty megabytes": lambda: _page("<script>" + "a<b;" * 5_000_000 + "</script><p>Words."),
    "half a million choices": lambda: _page("<select>" + "<option>a" * 500_000),
    "a hundred thousand hidden letters": lambda: _page('<i style="display:none">a</i>b' * 100_000),
    "a hundred thousand inline styles": lambda: _page(
        '<p style="color:rgb(1,2,3);width:calc(1px + 2em)">b</p>' * 60_000
    ),
    "a title of five megabytes": lambda: _page("Words.", f"<title>{'t' * 5_000_000}</title>"),
    "two hundred thousand notes in the head": lambda: _page("Words.", '<meta name="author" content="a">' * 200_000),
    "a hundred thousand links": lambda: _page("".join(f'<a href="/{n}">w</a> ' for n in range(100_000))),
    "links of a megabyte": lambda: _page(f'<a href="{"../" * 300_000}">w</a>' * 10),
    "readability's worst: depth": _slow_for_readability,
    "readability's worst: width": _wide_for_readability,
    "prose that looks like a listing": lambda: _page("<pre>" + f"{PROSE}\n{PROSE}\n\n" * 8_000 + "</pre>"),
    "deep structured data": lambda: _page(
        "Words.", '<script type="application/ld+json">' + "[" * 200_000 + "</script>"
    ),
    "wide structured data": lambda: _page(
        "Words.", '<script type="application/ld+json">[' + '{"@type":"Article"},' * 24_000 + "{}]</script>"
    ),
    # styles
    "rules that share a class": _sharing_rules,
    "selectors that climb": lambda: _styled("div " * 70 + "p{display:none}", "<div>" * 200 + "<p>a</p>" * 30_000),
    "selectors that look around": _wild_siblings,
    "remarks in styles that never end": lambda: _styled("/*" * 500_000, "Words."),
    "a million braces": lambda: _styled("{" * 1_000_000, "Words."),
    "rules within rules": lambda: _styled("@media all{" * 100_000, "Words."),
    "selectors within selectors": lambda: _styled("a,b{" * 20_000 + "color:red", "Words."),
    "variables in a circle": lambda: _styled(
        ":root{--a:var(--b) var(--b);--b:var(--a) var(--a)}p{color:var(--a)}", "<p>Words.</p>" * 1_000
    ),
    "quotation marks in styles": lambda: _styled("'\"" * 400_000, "Words."),
    # letters
    "seven bits": lambda: (b"+ADw-p+AD4-Words+ADw-/p+AD4-" * 100_000, "text/html; charset=utf-7"),
    "half a letter too much": lambda: ("<p>Words".encode("utf-16") * 200_000 + b"\x00", "text/html; charset=utf-16"),
    "a mark that lies": lambda: (b"\xff\xfe" + b"<p>Words in single bytes.</p>" * 100_001, "text/html"),
    "a mark for four bytes": lambda: (b"\xff\xfe\x00\x00" + b"\xff" * 4_000_000, "text/html"),
    "halves of letters": lambda: (b"\xff\xfe" + b"\x00\xd8" * 1_000_000, "text/html"),
    "bytes that are no letters": lambda: (b"<p>" + b"\xff\xfe\xfd" * 2_000_000, HTML),
    "escapes without end": lambda: (b"<p>" + b"\x1b$B\x1b(B" * 500_000, "text/html; charset=iso-2022-jp"),
    "four bytes each": lambda: (b"<p>" + b"\x81\x30\x81\x30" * 1_000_000, "text/html; charset=gb18030"),
    "an encoding that unpacks": lambda: (b"<p>Words of a page.</p>", "text/html; charset=zlib_codec"),
    "an encoding that computes": lambda: (b"<p>Words.</p>" + b"\\u0041" * 300_000, "text/html; charset=unicode_escape"),
    "an encoding with a name of a megabyte": lambda: (
        b"<p>Words of a page.</p>",
        "text/html; charset=" + "u" * 1_000_000,
    ),
    "a header of a hundred thousand parts": lambda: (b"<p>Words of a page.</p>", "text/html" + "; a=b" * 100_000),
    "invisible letters": lambda: _page("\u200b\u200d\u202e\ufe0f\U000e0041" * 500_000),
    "marks on a letter": lambda: _page("a" + "\u0301" * 3_000_000),
    # pages in one file
    "parts in parts": lambda: (_multipart(20_000), "multipart/related"),
    "a hundred thousand parts": lambda: (
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n'
        + b"--b\r\nContent-Type: text/html\r\n\r\nx\r\n" * 100_000,
        "multipart/related",
    ),
    "a boundary of nothing": lambda: (
        b'Content-Type: multipart/related; boundary=""\r\n\r\n' + b"--\r\n" * 500_000,
        "multipart/related",
    ),
    "headers without end": lambda: (b"X: y\r\n" * 500_000, "message/rfc822"),
    "signs of equality": lambda: (_saved(b"=" * 5_000_000, b"quoted-printable"), "multipart/related"),
    "deep page packed as text": lambda: (
        _saved(base64.encodebytes(b"<div>" * 500_000 + b"Words."), b"base64"),
        "multipart/related",
    ),
    # other texts
    "values in values": lambda: (b"[" * 3_000_000, "application/json"),
    "a feed whose entities multiply": lambda: (
        f'<?xml version="1.0"?><!DOCTYPE rss [{LAUGHS}]><rss><channel><item><title>&l11;</title></item></channel></rss>'.encode(),
        "application/rss+xml",
    ),
    "a feed of half a million entries": lambda: (
        b"<rss><channel>" + b"<item><title>a</title></item>" * 500_000 + b"</channel></rss>",
        "application/rss+xml",
    ),
    "brackets in Markdown": lambda: (b"[" * 500_000 + b"](" * 500_000, "text/markdown"),
    "quotations in Markdown": lambda: (b">" * 200_000 + b" Words.", "text/markdown"),
    "stars in Markdown": lambda: (b"*a _b " * 100_000, "text/markdown"),
    "a table of commas": lambda: (b"," * 5_000_000, "text/csv"),
    "groups in RTF": lambda: (b"{\\rtf1 " + b"{" * 1_000_000 + b" Words", "application/rtf"),
    "a text of one word": lambda: (b"w" * 20_000_000, "text/plain"),
    "an underlined text": lambda: (b"Title\n=====\n\n" * 300_000, "text/plain"),
    # PDF
    "PDF: a stream of a gigabyte": lambda: (
        page_with(stream(zlib.compress(_zeros(1_024)), b"/Filter [/FlateDecode /FlateDecode]")),
        "application/pdf",
    ),
    "PDF: packed ten times": lambda: (page_with(_flate(_zeros(64), 9)), "application/pdf"),
    "PDF: pages that are their own parents": lambda: (
        pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>"]),
        "application/pdf",
    ),
    "PDF: a tree of pages without branches": lambda: (_deep_page_tree(20_000), "application/pdf"),
    "PDF: fifty thousand times the same page": lambda: (_many_pages(50_000), "application/pdf"),
    "PDF: a form that draws itself": lambda: (_self_drawing(), "application/pdf"),
    "PDF: forms in forms": lambda: (_forms_in_forms(), "application/pdf"),
    "PDF: arrays without end": lambda: (page_with(stream(b"[" * 500_000)), "application/pdf"),
    "PDF: dictionaries without end": lambda: (pdf_of([b"<< /a " * 300_000]), "application/pdf"),
    "PDF: an outline that leads to itself": lambda: (_looping_outline(), "application/pdf"),
    "PDF: objects in a stream": lambda: (
        pdf_of(
            [b"<< /Type /Catalog /Pages 2 0 R >>", stream(b"1 0 2 5", b"/Type /ObjStm /N 2000000000 /First 2000000000")]
        ),
        "application/pdf",
    ),
    "PDF: a page larger than a country": lambda: (
        page_with(_flate(b"BT /F 9999999 Tf (Words) Tj ET"), stream(b""), box=b"-1e38 -1e38 1e38 1e38"),
        "application/pdf",
    ),
    "PDF: letters that stand for books": lambda: (
        page_with(
            _flate(b"BT /F 1 Tf " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 50_000 + b"ET"),
            _flate(b"1 beginbfchar <61> <" + b"0061" * 500 + b"> endbfchar"),
        ),
        "application/pdf",
    ),
    "PDF: fifty million letters": lambda: (
        page_with(_flate(b"BT /F 1 Tf " + b"(aaaaaaaaaaaaaaaaaaaa) Tj " * 2_500_000 + b"ET")),
        "application/pdf",
    ),
    # archives
    "Word: a part of nothing": lambda: (_huge("word/document.xml"), "application/octet-stream"),
    "Word: depth": lambda: (_word("<w:p>" * 100_000), "application/octet-stream"),
    "Word: half a million paragraphs": lambda: (
        _word("<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 500_000),
        "application/octet-stream",
    ),
    "OpenDocument: a part of nothing": lambda: (_huge("content.xml"), "application/octet-stream"),
    "OpenDocument: spaces by number": lambda: (
        odt('<text:p>a<text:s text:c="2000000000"/>b</text:p>'),
        "application/octet-stream",
    ),
    "OpenDocument: entities": lambda: (
        odt("<text:p>&l11;</text:p>", prologue=f"<!DOCTYPE x [{LAUGHS}]>"),
        "application/octet-stream",
    ),
    "slides: a part of nothing": lambda: (_huge("ppt/presentation.xml"), "application/octet-stream"),
    "workbook: a part of nothing": lambda: (_huge("xl/workbook.xml"), "application/octet-stream"),
    "workbook: cells in the last column": lambda: (_sheet(60_000), "application/octet-stream"),
    "book: chapters that unpack": lambda: (
        epub({f"{number}.xhtml": "<p>" + "word " * 3_000_000 + "</p>" for number in range(3)}),
        "application/epub+zip",
    ),
    "book: deep chapters": lambda: (epub({"a.xhtml": "<div>" * 300_000 + "Words."}), "application/epub+zip"),
    "archive: names that share bytes": lambda: (_overlapping(), "application/zip"),
    "archive: thousands of members": lambda: (
        zipped({f"{number}": b"" for number in range(25_000)}, compression=zipfile.ZIP_STORED),
        "application/zip",
    ),
    "archive: in archives": lambda: (_archive_in_archive(200), "application/zip"),
    "page packed twice": lambda: (gzip.compress(gzip.compress(b"<p>" + bytes(10_000_000))), HTML),
}
