from __future__ import annotations

import pytest

from engine.web.kinds import FILE_BYTES, MARKUP_BYTES, Kind, kind_of

AT = "https://site.example/page"


@pytest.mark.parametrize(
    "header",
    ["text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml", "text/plain", "text/markdown", "text/xml",
     "application/json", "application/ld+json", "application/atom+xml", "application/feed+json", "text/csv", "",
     "nonsense", "multipart/related"],
)  # fmt: skip
def test_text_is_read_in_part_where_it_is_long(header: str) -> None:
    kind = kind_of(header, address=AT)
    assert isinstance(kind, Kind)
    assert kind.can_be_cut
    assert kind.limit_bytes == MARKUP_BYTES


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("application/pdf", AT),
        ("application/octet-stream", "https://site.example/a.pdf"),
        ("application/octet-stream", "https://site.example/download"),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", AT),
        ("", "https://site.example/a.docx?x=1"),
    ],
)
def test_files_are_read_whole_or_not_at_all(header: str, address: str) -> None:
    kind = kind_of(header, address=address)
    assert isinstance(kind, Kind)
    assert not kind.can_be_cut
    assert kind.limit_bytes == FILE_BYTES


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("image/svg+xml", AT),
        ("image/webp", AT),
        ("text/css", AT),
        ("text/javascript", AT),
        ("application/x-executable", AT),
        ("application/octet-stream", "https://site.example/setup.exe"),
        ("application/vnd.debian.binary-package", AT),
        ("model/gltf+json", AT),
    ],
)
def test_anything_else_is_named(header: str, address: str) -> None:
    assert isinstance(kind_of(header, address=address), str)


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html; charset=UTF-8", "utf-8"),
        ('text/html; charset="latin1"', "latin1"),
        ("text/html;CHARSET = 'koi8-r'", "koi8-r"),
        ("text/html", ""),
        ("text/html; charset=", ""),
        ("text/html; charset=../../etc", ""),
    ],
)
def test_the_charset_is_found_in_odd_headers(header: str, charset: str) -> None:
    kind = kind_of(header, address=AT)
    assert isinstance(kind, Kind)
    assert kind.charset == charset
