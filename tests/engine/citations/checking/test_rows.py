import pytest

from engine.citations.checking.check import check
from engine.citations.checking.rows import told_of

ROWS = (
    "Table 8.2. Numeric types\n\n"
    "Name\tStorage Size\tRange\n"
    "smallint\tStorage Size: 2 bytes\tRange: -32768 to +32767\n"
    "bigint\tStorage Size: 8 bytes\tRange: very large\n"
    "double precision\tStorage Size: 8 bytes\tRange: 15 digits"
)


def test_a_sentence_on_a_row_is_held_against_that_row() -> None:
    told = told_of("bigint, storage size: 2 bytes", ROWS)
    assert told == (
        "Table 8.2. Numeric types\n\nName\tStorage Size\tRange\nbigint\tStorage Size: 8 bytes\tRange: very large"
    )
    assert check("bigint, storage size: 2 bytes", [told]).findings
    assert not check("bigint, storage size: 8 bytes", [told]).findings


@pytest.mark.parametrize(
    "text",
    [
        "Eight bytes are the size of a bigint.",
        "bigints are large",
        "double values have 15 digits",
        "",
        "Numbers take 2 or 8 bytes.",
    ],
)
def test_a_sentence_that_begins_with_no_row_is_held_against_all(text: str) -> None:
    assert told_of(text, ROWS) == ROWS


@pytest.mark.parametrize("text", ["The bigint takes 8 bytes.", "Bigint: 8 bytes", "bigint takes 8 bytes"])
def test_articles_and_case_do_not_matter(text: str) -> None:
    assert "smallint" not in told_of(text, ROWS)


def test_a_name_of_several_words_is_taken_whole() -> None:
    assert "bigint" not in told_of("Double precision has 15 digits.", ROWS)


def test_codes_have_to_be_set_off() -> None:
    rows = "b\tSize: 1\nB\tSize: 2\nversion: 12\tcodename: Bookworm"
    assert told_of("12, codename: Bookworm", rows) == "version: 12\tcodename: Bookworm"
    assert told_of("12 releases are listed.", rows) == rows


def test_text_without_rows_stays_as_it_is() -> None:
    assert told_of("bigint, size: 2", "bigint takes 8 bytes.") == "bigint takes 8 bytes."
    assert told_of("bigint, size: 2", "bigint\tSize: 8 bytes") == "bigint\tSize: 8 bytes"
