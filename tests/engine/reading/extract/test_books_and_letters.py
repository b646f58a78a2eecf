"""OpenDocument, EPUB and RTF."""

from __future__ import annotations

import pytest
from made_documents import block_with, epub, odt, read, texts, zipped

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind
from engine.reading.extract.formats import Format


def test_an_open_document_keeps_its_structure() -> None:
    document = read(
        odt(
            '<text:h text:outline-level="1">Chapter</text:h>'
            '<text:p>Words<text:s text:c="3"/>with <text:span>a span</text:span><text:line-break/>and a break'
            "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>The note.</text:p>"
            "</text:note-body></text:note>.</text:p>"
            "<text:list><text:list-item><text:p>First</text:p><text:p>and more</text:p></text:list-item></text:list>"
            '<text:p text:style-name="P1">Quoted</text:p>'
            "<table:table><table:table-row><table:table-cell><text:p>Town</text:p></table:table-cell>"
            "<table:table-cell><text:p>People</text:p></table:table-cell></table:table-row>"
            "<table:table-row><table:table-cell><text:p>Ulm</text:p></table:table-cell>"
            "<table:table-cell><text:p>126,000</text:p></table:table-cell></table:table-row></table:table>"
            "<text:tracked-changes><text:p>deleted</text:p></text:tracked-changes>"
            "<text:table-of-content><text:index-body><text:p>Chapter 1</text:p></text:index-body>"
            "</text:table-of-content>",
            styles='<style:style style:name="P1" style:parent-style-name="Quotations"/>',
            title="The Letter",
        ),
        Format.ODT,
    )
    # When a letter was begun is not when it was published.
    assert (document.title, document.authors, document.published) == ("The Letter", ("Test",), "")
    assert [(text, block.kind) for text, block in zip(texts(document), document.blocks, strict=True)] == [
        ("Chapter", BlockKind.HEADING),
        ("Words with a span and a break.", BlockKind.PARAGRAPH),
        ("First", BlockKind.LIST_ITEM),
        ("and more", BlockKind.PARAGRAPH),
        ("Quoted", BlockKind.QUOTE),
        ("Town\tPeople", BlockKind.TABLE_ROW),
        ("Ulm\tPeople: 126,000", BlockKind.TABLE_ROW),
        ("Chapter 1", BlockKind.PARAGRAPH),
        ("The note.", BlockKind.PARAGRAPH),
    ]
    assert block_with(document, "Chapter 1").is_navigation


def test_a_book_is_read_chapter_by_chapter() -> None:
    document = read(
        epub(
            {"one.xhtml": "<h1>Named itself</h1><p>First words.</p>", "two.xhtml": "<p id='start'>Second words.</p>"},
            titles={"two.xhtml": "Named by the contents"},
        ),
        Format.EPUB,
    )
    assert (document.title, document.authors, document.language) == ("The Book", ("A. Writer",), "en")
    assert texts(document) == ["Named itself", "First words.", "Named by the contents", "Second words."]
    assert document.headings_above(3) == ("Named by the contents",)
    assert not any(block.anchor for block in document.blocks)


def test_a_protected_book_is_explained() -> None:
    locked = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:EncryptionMethod '
        'Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></e:EncryptedData></encryption>'
    )
    with pytest.raises(DocumentUnreadable, match="copy-protected"):
        read(epub({"one.xhtml": "<p>x</p>"}, encryption=locked), Format.EPUB)


def test_a_book_that_scrambles_only_its_fonts_is_read() -> None:
    fonts = (
        '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData><e:EncryptionMethod '
        'Algorithm="http://www.idpf.org/2008/embedding"/></e:EncryptedData></encryption>'
    )
    assert texts(read(epub({"one.xhtml": "<p>Words.</p>"}, encryption=fonts), Format.EPUB)) == ["Words."]


def test_a_chapter_that_is_missing_does_not_cost_the_book() -> None:
    book = epub({"one.xhtml": "<p>First.</p>", "two.xhtml": "<p>Second.</p>"})
    assert b"OPS/two.xhtml" in book
    damaged = book.replace(b"OPS/two.xhtml", b"OPS/xxx.xhtml")
    assert texts(read(damaged, Format.EPUB)) == ["First."]


def test_a_protected_open_document_is_explained() -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry>'
        "<m:encryption-data/></m:file-entry></m:manifest>"
    )
    with pytest.raises(DocumentUnreadable, match="password"):
        read(zipped({"content.xml": "garbage", "META-INF/manifest.xml": manifest}), Format.ODT)


def test_rich_text_has_headings_letters_and_rows() -> None:
    document = read(
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}}"
        r"{\info{\title A Letter}{\author Ada L.}}"
        r"\pard\s1\outlinelevel0 Chapter one\par\pard\s0 A caf\'e9 costs 3 \u8364? today.\par"
        r"\trowd\cellx1000\cellx2000\pard\intbl Ulm\cell 126,000\cell\row\pard Last.\par}",
        Format.RTF,
    )
    assert (document.title, document.authors) == ("A Letter", ("Ada L.",))
    assert texts(document)[:2] == ["Chapter one", "A café costs 3 € today."]
    assert document.blocks[0].kind is BlockKind.HEADING
    assert "Ulm\t126,000" in document.text
