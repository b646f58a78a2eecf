"""PDF: lines to paragraphs with pages."""

from __future__ import annotations

import pytest
from made_documents import block_with, paragraph, pdf, read, texts

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind
from engine.reading.extract.formats import Format

WORDS = (
    "A plumb line is a weight on a cord, and it shows what is upright. Masons have used it for longer than anybody "
    "can remember, and it needs neither electricity nor a licence. It hangs, and that is all it has to do."
)


def report(pages: int = 6) -> bytes:
    made = []
    for number in range(1, pages + 1):
        made.append(
            [
                (72, 760, 9, "Report of the guild"),
                (72, 700, 16, f"{number}. Part number {number}"),
                *paragraph(WORDS, top=670),
                *paragraph(f"On page {number} there is a second paragraph, and it says so itself.", top=600),
                (300, 40, 9, str(number)),
            ]
        )
    return pdf(made, title="The Report")


def test_lines_become_paragraphs_with_their_page() -> None:
    document = read(report(), Format.PDF)
    assert document.title == "The Report"
    assert document.authors == ("Test",)
    assert document.published == ""  # when the file was made is not when it was published
    assert texts(document, BlockKind.PARAGRAPH)[:2] == [
        WORDS,
        "On page 1 there is a second paragraph, and it says so itself.",
    ]
    assert block_with(document, "On page 4").page == 4
    assert document.locator_at(document.text.index("On page 4")).section == ("4. Part number 4",)


def test_running_titles_and_page_numbers_are_left_out() -> None:
    document = read(report(), Format.PDF)
    assert "Report of the guild" not in document.text
    assert all(text.strip() not in "123456" for text in texts(document))


def test_larger_lines_are_headings() -> None:
    assert texts(read(report(), Format.PDF), BlockKind.HEADING) == [f"{n}. Part number {n}" for n in range(1, 7)]


def test_a_sentence_goes_on_over_the_page() -> None:
    first = "This paragraph begins on the first page and it is long enough to need two lines there before it"
    second = "goes on over here, where it ends."
    data = pdf([paragraph(first, top=100, width=90), [*paragraph(second, top=700, width=90)]])
    assert texts(read(data, Format.PDF))[0].endswith("before it goes on over here, where it ends.")


def test_bullets_are_items() -> None:
    lines = [(72.0, 700.0, 10.0, "These are the parts:")]
    for number, name in enumerate(("the cord", "the weight", "the point")):
        lines.append((90, 680 - 14 * number, 10, f"\u2022 {name}"))
    assert texts(read(pdf([lines]), Format.PDF), BlockKind.LIST_ITEM) == ["the cord", "the weight", "the point"]


def test_dotted_lines_are_a_table_of_contents() -> None:
    lines = [
        (72.0, 700.0 - 14 * n, 10.0, f"{n}. Chapter {'x' * n} . . . . . . . . . . . . {n * 3}") for n in range(1, 9)
    ]
    assert len(texts(read(pdf([lines, paragraph(WORDS, top=700)]), Format.PDF), navigation=True)) == 8


def test_the_largest_line_is_the_title_where_none_is_stated() -> None:
    data = pdf([[(72, 700, 24, "On Plumb Lines"), *paragraph(WORDS, top=650)]], title="Microsoft Word - draft.doc")
    assert read(data, Format.PDF).title == "On Plumb Lines"


def test_a_page_without_text_is_mentioned() -> None:
    document = read(pdf([paragraph(WORDS, top=700), [], [], paragraph(WORDS, top=700)]), Format.PDF)
    assert document.warnings == ("No text on pages 2–3: empty or a picture.",)
    assert document.blocks[-1].page == 4


def test_a_scan_is_explained() -> None:
    with pytest.raises(DocumentUnreadable, match="pictures") as raised:
        read(pdf([[], []]), Format.PDF)
    assert "OCR" in raised.value.hint


def test_a_password_is_explained() -> None:
    locked = b"/Encrypt << /Filter /Standard /V 1 /R 2 /O (" + b"x" * 32 + b") /U (" + b"y" * 32 + b") /P -4 >> "
    locked += b"/ID [(0123456789abcdef) (0123456789abcdef)]"
    with pytest.raises(DocumentUnreadable, match="password"):
        read(pdf([paragraph(WORDS, top=700)], trailer=locked), Format.PDF)


@pytest.mark.parametrize("cut", [9, 100, 700])
def test_half_a_file_is_damaged_or_read_but_never_worse(cut: int) -> None:
    data = report()[:cut]
    with pytest.raises(DocumentUnreadable):
        read(data, Format.PDF)


def test_columns_are_read_one_after_the_other() -> None:
    left = paragraph(WORDS, top=700, width=40)
    right = paragraph("In the second column " + WORDS.lower(), top=700, left=330, width=40)
    assert texts(read(pdf([[*left, *right]]), Format.PDF)) == [WORDS, "In the second column " + WORDS.lower()]


def test_a_word_divided_at_the_end_of_a_line_is_whole_again() -> None:
    lines = [(72.0, 700.0, 10.0, "Masons have used a plumb line for a very long time, and nobody remem-")]
    lines.append((72, 688, 10, "bers who was the first; as well as anything is known, it was a well-"))
    lines.append((72, 676, 10, "known man."))
    text = read(pdf([lines]), Format.PDF).text
    assert "nobody remembers who" in text
    assert "a well-known man" in text
