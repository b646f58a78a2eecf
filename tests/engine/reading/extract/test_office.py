"""Word, PowerPoint, Excel and CSV, with files written by the libraries people use."""

from __future__ import annotations

import datetime
import io
from typing import Any

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from made_documents import read, texts, zipped

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind
from engine.reading.extract.formats import Format


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# --- Word --------------------------------------------------------------------------------------------------------


def test_a_word_document_keeps_order_headings_lists_and_tables() -> None:
    made = docx.Document()
    made.add_heading("The Title", 0)
    made.add_heading("First part", 1)
    made.add_paragraph("Plain words.")
    made.add_paragraph("An item", style="List Bullet")
    table = made.add_table(2, 2)
    for row, values in enumerate([("Town", "People"), ("Ulm", "126,000")]):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    made.add_heading("Deeper", 2)
    made.add_paragraph("Quoted words.", style="Quote")
    document = read(saved(made), Format.DOCX)
    assert document.title == "The Title"
    assert [(block.kind, block.level) for block in document.blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 1),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.LIST_ITEM, 0),
        (BlockKind.TABLE_ROW, 0),
        (BlockKind.TABLE_ROW, 0),
        (BlockKind.HEADING, 2),
        (BlockKind.QUOTE, 0),
    ]
    assert "Ulm\tPeople: 126,000" in document.text


def test_headings_are_known_by_outline_level_whatever_their_style_is_called() -> None:
    made = docx.Document()
    style = made.styles.add_style("Überschrift der Ebene zwei", 1)
    properties = style.element.get_or_add_pPr()
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "1")
    properties.append(level)
    made.add_paragraph("Kapitel", style=style)
    document = read(saved(made), Format.DOCX)
    assert (document.blocks[0].kind, document.blocks[0].level) == (BlockKind.HEADING, 2)


def test_deleted_and_hidden_words_are_left_out_and_inserted_ones_are_read() -> None:
    made = docx.Document()
    paragraph = made.add_paragraph("Kept ")
    paragraph._p.append(parse_xml(f"<w:ins {nsdecls('w')}><w:r><w:t>inserted</w:t></w:r></w:ins>"))
    paragraph._p.append(parse_xml(f"<w:del {nsdecls('w')}><w:r><w:delText>deleted</w:delText></w:r></w:del>"))
    paragraph._p.append(parse_xml(f"<w:moveFrom {nsdecls('w')}><w:r><w:t>moved</w:t></w:r></w:moveFrom>"))
    paragraph.add_run(" secret").font.hidden = True
    paragraph._p.append(
        parse_xml(f"<w:hyperlink {nsdecls('w')}><w:r><w:t xml:space='preserve'> linked</w:t></w:r></w:hyperlink>")
    )
    assert texts(read(saved(made), Format.DOCX)) == ["Kept inserted linked"]


def test_pages_are_counted_where_word_left_their_marks() -> None:
    made = docx.Document()
    made.add_paragraph("On the first page.")
    run = made.add_paragraph().add_run()
    run._r.append(OxmlElement("w:lastRenderedPageBreak"))
    run.add_text("On the second page.")
    assert [block.page for block in read(saved(made), Format.DOCX).blocks] == [1, 2]
    made = docx.Document()
    made.add_paragraph("Nobody knows the page.")
    assert read(saved(made), Format.DOCX).blocks[0].page is None


def test_a_word_file_without_words_says_so() -> None:
    with pytest.raises(DocumentUnreadable, match="no text"):
        read(saved(docx.Document()), Format.DOCX)


# --- PowerPoint --------------------------------------------------------------------------------------------------


def test_a_slide_is_a_page_with_its_title_first_and_its_notes_last() -> None:
    made = pptx.Presentation()
    slide = made.slides.add_slide(made.slide_layouts[1])
    slide.placeholders[1].text = "First point\nSecond point"
    slide.shapes.title.text = "What we know"
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    slide = made.slides.add_slide(made.slide_layouts[5])
    slide.shapes.title.text = "Numbers"
    table = slide.shapes.add_table(2, 2, 0, 0, 1_000, 1_000).table
    for row, values in enumerate([("Town", "People"), ("Ulm", "126,000")]):
        for column, value in enumerate(values):
            table.cell(row, column).text = value
    document = read(saved(made), Format.PPTX)
    assert document.title == "What we know"
    assert [(text, block.page) for text, block in zip(texts(document), document.blocks, strict=True)] == [
        ("What we know", 1),
        ("First point", 1),
        ("Second point", 1),
        ("Say it slowly.", 1),
        ("Numbers", 2),
        ("Town\tPeople", 2),
        ("Ulm\tPeople: 126,000", 2),
    ]


# --- Excel and CSV -----------------------------------------------------------------------------------------------


def test_rows_of_a_sheet_name_their_columns() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Harvest"
    sheet.append(["Year", "Tons", "Day", "Sold"])
    sheet.append([1990, 12.5, datetime.date(1990, 9, 1), True])
    sheet.append([None])
    sheet.append(["Sum", 27])
    book.create_sheet("Secret").sheet_state = "hidden"
    document = read(saved(book), Format.XLSX)
    assert texts(document) == [
        "Harvest",
        "Year\tTons\tDay\tSold",
        "Year: 1990\tTons: 12.5\tDay: 1990-09-01\tSold: yes",
        "Sum\tTons: 27",
    ]
    assert document.warnings == ("The hidden sheet Secret was left out.",)
    assert document.locator_at(document.text.index("27")).section == ("Harvest",)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_values_are_separated_by_whatever_separates_them(delimiter: str) -> None:
    data = "\n".join(delimiter.join(row) for row in (["Name", "Born", "Town"], ["Ada", "1815", "London"]))
    assert texts(read(data, Format.CSV)) == ["Name\tBorn\tTown", "Ada\tBorn: 1815\tTown: London"]


def test_quoted_values_may_hold_anything() -> None:
    document = read('Name,Text\nAda,"one, two\nthree ""quoted"""\n', Format.CSV)
    assert texts(document)[1] == 'Ada\tText: one, two three "quoted"'


def test_a_table_of_numbers_has_no_header() -> None:
    assert texts(read("1,2\n3,4\n", Format.CSV)) == ["1\t2", "3\t4"]


def test_very_long_tables_are_cut_with_a_warning() -> None:
    document = read("n,square\n" + "\n".join(f"{n},{n * n}" for n in range(60_000)), Format.CSV, characters=10**7)
    assert len(document.blocks) == 50_000
    assert document.warnings == ("Only the first 50,000 rows of the file were read.",)


# --- damage ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format", [Format.DOCX, Format.PPTX, Format.XLSX, Format.ODT, Format.EPUB])
@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and then nothing",
        zipped({"a.txt": "hello"}),
        zipped({"[Content_Types].xml": "<broken", "word/document.xml": "<broken", "content.xml": "<"}),
        b"",
    ],
)
def test_what_is_no_such_document_is_called_damaged(format: Format, data: bytes) -> None:
    with pytest.raises(DocumentUnreadable, match="damaged"):
        read(data, format)
