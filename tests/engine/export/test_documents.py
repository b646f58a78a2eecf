"""Documents as other programs read them: nothing is lost, nothing comes alive."""

import contextlib
import io
import re
import zipfile
import zlib
from typing import Any

import pytest
from difficult_reports import (
    DifficultReport,
    code_and_mathematics,
    disputes,
    endless,
    every_script,
    found_again,
    hostile,
    right_to_left,
    tables,
)
from docx import Document as WordDocument
from hostile_snippets import SNIPPETS
from lxml import etree
from read_back import links_of, pdf_words, tree_of_file, words_of, words_of_tree

from engine.export import STYLED_FORMATS, ReportFormat, render_bytes

REPORTS = (every_script, right_to_left, tables, disputes, code_and_mathematics)
ZIPPED = (ReportFormat.DOCX, ReportFormat.ODT, ReportFormat.EPUB)
READABLE = tuple(form for form in STYLED_FORMATS if form is not ReportFormat.PDF)


def made(report: DifficultReport, form: ReportFormat, style: str = "") -> bytes:
    return render_bytes(report.state, form, report.document_of, departures=report.departures, style=style)


SOME = SNIPPETS[::8]
"""All of them take minutes: ``bench_exports.py`` tries those."""


@pytest.fixture(scope="module")
def hostile_files() -> dict[ReportFormat, bytes]:
    report = hostile(SOME)
    return {form: made(report, form) for form in STYLED_FORMATS}


@pytest.fixture(scope="module")
def hostile_trees(hostile_files) -> dict[ReportFormat, Any]:
    return {form: tree_of_file(hostile_files[form], form) for form in READABLE}


def inner_parts(pdf: bytes) -> bytes:
    """Return a PDF with its packed parts unpacked."""
    parts = [pdf]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(packed))
    return b"\n".join(parts)


@pytest.mark.parametrize("form", STYLED_FORMATS)
@pytest.mark.parametrize("report", REPORTS)
def test_everything_that_a_report_says_is_found_again(report, form: ReportFormat) -> None:
    difficult = report()
    words = found_again(words_of(made(difficult, form), form))
    wanted = difficult.says if form is ReportFormat.PDF else (*difficult.says, *difficult.drawn)
    assert [text for text in wanted if found_again(text) not in words] == []


@pytest.mark.parametrize("form", READABLE)
def test_every_hostile_text_is_shown_as_it_stands(hostile_trees, form: ReportFormat) -> None:
    words = found_again(words_of_tree(hostile_trees[form]))
    assert [text for text in SOME if found_again(text) not in words] == []


def test_every_hostile_text_is_shown_as_it_stands_in_a_pdf(hostile_files) -> None:
    words = found_again(pdf_words(hostile_files[ReportFormat.PDF]))
    # A PDF has the places of letters: what turns text around comes turned around.
    texts = [text for text in SOME if not re.search("[\u202e\u2066-\u2068]", text)]
    assert [text for text in texts if found_again(text) not in words] == []


@pytest.mark.parametrize("form", READABLE)
def test_no_hostile_text_becomes_a_picture_or_a_link_to_anything_but_the_web(hostile_trees, form) -> None:
    links = set(links_of(hostile_trees[form]))
    outside = {link for link in links if not re.match(r"#|[\w./]*#", link)}
    assert outside
    assert [link for link in outside if not link.startswith(("https://trap.example/", "http://"))] == []


@pytest.mark.parametrize("form", ZIPPED)
def test_files_of_word_processors_and_books_hold_nothing_that_acts(hostile_files, form: ReportFormat) -> None:
    safe = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(io.BytesIO(hostile_files[form])) as parts:
        assert not [name for name in parts.namelist() if ".." in name or "media" in name or name.startswith("/")]
        for name in parts.namelist():
            if not name.endswith((".xml", ".xhtml", ".opf", ".ncx", ".rels")):
                continue
            for element in etree.fromstring(parts.read(name), safe).iter(etree.Element):
                tag = etree.QName(element).localname
                assert tag not in {"fldSimple", "instrText", "altChunk", "script", "img", "object", "section-source"}
                assert tag not in {"image", "event-listener", "subDoc", "iframe", "form", "audio", "svg", "dde-source"}
                assert not [one for one in element.attrib if etree.QName(one).localname.startswith("on")]


def test_the_links_of_a_pdf_lead_into_it_or_to_the_web(hostile_files) -> None:
    data = inner_parts(hostile_files[ReportFormat.PDF])
    assert not re.search(rb"/(?:JavaScript|JS|Launch|GoToR|EmbeddedFile|SubmitForm|ImportData)\b", data)
    addresses = re.findall(rb"/URI ?\(((?:[^()\\]|\\.)*)\)", data)
    assert addresses
    assert [one for one in addresses if not one.startswith((b"https://trap.example/", b"http://"))] == []


def test_latex_has_no_command_of_a_hostile_text(hostile_files) -> None:
    text = hostile_files[ReportFormat.LATEX].decode()
    body = re.sub(
        r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", text.partition(r"\begin{document}")[2], flags=re.DOTALL
    )
    assert not re.search(
        r"\\(?:input|include|write|openin|read|directlua|csname|catcode|special|includegraphics)\b", body
    )
    assert body.count(r"\end{document}") == 1


@pytest.mark.parametrize("form", STYLED_FORMATS)
@pytest.mark.parametrize("style", ["apa", "ieee", "chicago-notes-bibliography"])
def test_a_citation_style_writes_citations_and_works_and_the_passages_stay(form, style: str) -> None:
    words = found_again(words_of(made(disputes(), form, style), form))
    for text in (
        "Mason",
        "https://example.org/page/2",
        "The tower has a height of 61 metres.",
        "Passages",
        "References",
    ):
        assert found_again(text) in words, text


@pytest.mark.parametrize("form", STYLED_FORMATS)
def test_hostile_texts_are_shown_in_a_citation_style_too(form: ReportFormat) -> None:
    report = hostile(SOME[:6])
    words = found_again(words_of(made(report, form, "apa"), form))
    assert [text for text in report.says if found_again(text) not in words] == []


def test_a_word_file_has_named_styles_links_tables_and_no_author() -> None:
    document = WordDocument(io.BytesIO(made(tables(), ReportFormat.DOCX)))
    properties = document.core_properties
    assert properties.title == "All herons with their wingspan and weight"
    assert properties.author == ""
    assert properties.created is not None
    assert properties.created.isoformat() == "2026-05-17T14:30:12+00:00"
    assert {"Plumbline Answer", "Heading 1", "Title"} <= {one.style.name for one in document.paragraphs}
    assert len(document.tables[0].columns) == 3
    assert document.tables[0].cell(0, 0).text == "Bird"
    assert document.tables[0].cell(1, 1).text.startswith("175–195 cm")
    links = re.findall(r'w:anchor="([^"]+)"', document.element.xml)
    assert set(links) <= set(re.findall(r'w:bookmarkStart[^>]*w:name="([^"]+)"', document.element.xml))
    assert "w:footnoteReference" not in document.element.xml


def test_rows_stay_whole_and_columns_are_as_wide_as_their_words() -> None:
    document = WordDocument(io.BytesIO(made(disputes(), ReportFormat.DOCX)))
    assert "<w:cantSplit/>" in document.tables[0]._tbl.xml.replace(" />", "/>")
    table = WordDocument(io.BytesIO(made(tables(), ReportFormat.DOCX))).tables[0]
    widths = [int(width) for width in re.findall(r'<w:gridCol w:w="(\d+)"', table._tbl.xml)]
    assert len(set(widths)) > 1
    assert all("<w:cantSplit/>" in row._tr.xml.replace(" />", "/>") for row in table.rows[1:])


def test_words_without_an_end_are_not_cut_off_at_the_edge_of_a_page() -> None:
    report = endless()
    words = found_again(pdf_words(made(report, ReportFormat.PDF)))
    assert [text[:40] for text in report.says if found_again(text) not in words] == []


def test_nothing_that_cannot_be_seen_is_copied_out_of_a_pdf() -> None:
    assert "\u200b" not in pdf_words(made(every_script(), ReportFormat.PDF))


def test_hebrew_is_set_from_right_to_left_in_word_processors() -> None:
    with zipfile.ZipFile(io.BytesIO(made(right_to_left(), ReportFormat.DOCX))) as parts:
        assert parts.read("word/document.xml").count(b"<w:bidi />") >= 4
    with zipfile.ZipFile(io.BytesIO(made(right_to_left(), ReportFormat.ODT))) as parts:
        used = re.findall(r'"(Plumbline\w+RTL)"', parts.read("content.xml").decode())
        styles = parts.read("styles.xml").decode()
        assert {"PlumblineAnswerRTL", "PlumblineQuotationRTL"} <= set(used)
        assert all(f'style:name="{name}"' in styles for name in used)
        assert 'style:writing-mode="rl-tb"' in styles


def test_an_open_document_and_a_book_begin_with_their_type() -> None:
    for form, kind in (
        (ReportFormat.ODT, b"application/vnd.oasis.opendocument.text"),
        (ReportFormat.EPUB, b"application/epub+zip"),
    ):
        with zipfile.ZipFile(io.BytesIO(made(disputes(), form))) as parts:
            first = parts.infolist()[0]
            assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
            assert parts.read("mimetype") == kind
            assert b"1970-01-01" not in b"".join(parts.read(name) for name in parts.namelist())


def test_code_keeps_its_lines() -> None:
    document = WordDocument(io.BytesIO(made(code_and_mathematics(), ReportFormat.DOCX)))
    code = next(one for one in document.paragraphs if one.style.name == "Source Code")
    assert code.text.startswith("def weeks(frost):\n    if frost:\n")
    lines = [line.strip() for line in pdf_words(made(code_and_mathematics(), ReportFormat.PDF)).split("\n")]
    assert lines[lines.index("def weeks(frost):") + 1] == "if frost:"
