"""Texts without markup: what their layout says."""

from __future__ import annotations

import pytest
from made_documents import block_with, read, texts

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind
from engine.reading.extract.formats import Format

MEMO = """



Working Group                                                  A. Writer
Request: 99                                                   March 2031


                 A Made-Up Protocol for Testing

Status of this Memo

   This memo provides information for the community.  It does not
   specify a standard of any kind.

Table of Contents

   1.  Introduction ..............................................2
   2.  Terminology ...............................................2
      2.1.  Words ................................................3
   3.  Security ..................................................3

1.  Introduction

   The protocol sends one octet.  It is meant to be an end-
   to-end protocol, and it is used for nothing at all.  The paragraph
   goes on over



Writer                       Informational                      [Page 1]
\f
Memo 99              A Made-Up Protocol for Testing           March 2031


   the page without any trouble.

2.  Terminology

   o  Octet: eight bits, as everybody knows, and this item is longer
      than one line.

   o  Bit: one of them.

     +--------+--------+
     |  type  | length |
     +--------+--------+



Writer                       Informational                      [Page 2]
\f
Memo 99              A Made-Up Protocol for Testing           March 2031


   Another paragraph stands here.

3.  Security

   There is none.



Writer                       Informational                      [Page 3]
\f
"""


def test_a_memo_set_on_a_typewriter_is_understood() -> None:
    document = read(MEMO, Format.TEXT)
    assert document.title == "A Made-Up Protocol for Testing"
    assert texts(document, BlockKind.HEADING) == [
        "Status of this Memo",
        "Table of Contents",
        "1. Introduction",
        "2. Terminology",
        "3. Security",
    ]
    assert len(texts(document, navigation=True)) == 4
    assert "an end-to-end protocol" in document.text
    assert "Informational" not in document.text
    assert document.text.count("Memo 99") == 0
    assert texts(document, BlockKind.LIST_ITEM, navigation=False) == [
        "Octet: eight bits, as everybody knows, and this item is longer than one line.",
        "Bit: one of them.",
    ]
    assert block_with(document, "| length |").kind is BlockKind.CODE
    assert block_with(document, "Another paragraph").page == 3
    assert document.headings_above(document.blocks.index(block_with(document, "There is none"))) == ("3. Security",)


def test_underlined_headings_have_levels() -> None:
    document = read(
        "=====\nTitle\n=====\n\nWords.\n\nPart\n====\n\nMore.\n\nDetail\n------\n\nLast.\n", Format.TEXT, stem="x"
    )
    assert [(text, b.level) for text, b in zip(texts(document), document.blocks, strict=True) if b.level] == [
        ("Title", 1),
        ("Part", 1),
        ("Detail", 2),
    ]


def test_a_manual_page_has_sections_and_entries() -> None:
    document = read(
        "TOOL(1)                User Commands                TOOL(1)\n\n"
        "NAME\n       tool - do a thing\n\n"
        "OPTIONS\n       -a, --all\n              do not leave anything out\n\n"
        "       -b     be brief\n",
        Format.TEXT,
    )
    assert document.title == "tool(1)"
    assert texts(document, BlockKind.HEADING)[:1] == ["NAME"]
    assert "tool - do a thing" in texts(document)


def test_lines_that_were_wrapped_are_joined_and_others_are_not() -> None:
    document = read(
        "This line was wrapped by an editor at about seventy columns, and so it\n"
        "goes on here until it ends.\n\n"
        "Name: Ada\nBorn: 1815\nTown: London\n",
        Format.TEXT,
    )
    assert texts(document) == [
        "This line was wrapped by an editor at about seventy columns, and so it goes on here until it ends.",
        "Name: Ada",
        "Born: 1815",
        "Town: London",
    ]


def test_a_paragraph_a_line_without_blank_lines() -> None:
    first = "The first paragraph is one very long line, as programs write it that wrap on the screen only. " * 3
    second = "The second is another one, and it has nothing to do with the first, so they are kept apart. " * 3
    assert texts(read(f"{first}\n{second}\n", Format.TEXT)) == [first.strip(), second.strip()]


def test_a_program_keeps_its_lines() -> None:
    document = read(
        "It is used like this:\n\n    for (i = 0; i < n; i++) {\n        total += values[i];\n    }\n\nThat is all.\n",
        Format.TEXT,
    )
    assert texts(document, BlockKind.CODE) == ["for (i = 0; i < n; i++) {\n    total += values[i];\n}"]


def test_a_numbered_list_is_not_a_row_of_headings() -> None:
    document = read("Do this:\n\n1. Open the lid.\n\n2. Look inside.\n\n3. Close it again.\n", Format.TEXT)
    assert not texts(document, BlockKind.HEADING)


@pytest.mark.parametrize("name", ["utf-16", "utf-8-sig", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
def test_texts_in_many_encodings_are_read(name: str) -> None:
    words = "Über den Wolken muß die Freiheit wohl grenzenlos sein, sagt man sich dort schön häufig."
    assert texts(read(words.encode(name), Format.TEXT)) == [words]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cp1251", "Широкая электрификация южных губерний даст мощный толчок подъёму сельского хозяйства. " * 4),
        ("shift_jis", "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。" * 4),
        ("gb18030", "学而时习之,不亦说乎?有朋自远方来,不亦乐乎?人不知而不愠,不亦君子乎?" * 4),
    ],
)
def test_an_encoding_nobody_names_is_recognised(name: str, words: str) -> None:
    document = read(words.strip().encode(name), Format.TEXT)
    assert document.text == words.strip()
    assert document.warnings


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 20,
        b"\x7fELF\x02\x01\x01" + b"\x00" * 500,
        b"\x00" * 4_000,
        b"\xff\xfe" + bytes(range(255, 0, -1)) * 30,
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(DocumentUnreadable, match=r"not contain text|no text"):
        read(data, Format.TEXT)


def test_a_damaged_letter_costs_only_itself() -> None:
    document = read("Grüße aus Köln, schön ist es hier. ".encode() * 20 + b"\xff und weiter", Format.TEXT)
    assert document.text.endswith("\ufffd und weiter")
    assert any("damaged" in warning for warning in document.warnings)


def test_terminal_colours_and_overstrikes_disappear() -> None:
    assert texts(read("\x1b[1mB\x08Bo\x08ol\x08ld\x08d\x1b[0m _\x08u words\n", Format.TEXT)) == ["Bold u words"]


def test_only_the_beginning_of_a_very_long_text_is_kept() -> None:
    document = read("word " * 10_000, Format.TEXT, characters=1_000)
    assert len(document.text) <= 1_000
    assert any("Only the first" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    "text",
    [
        "." * 300_000,
        ". " * 150_000,
        "a" * 300_000,
        "a(" * 150_000,
        "-" * 300_000,
        "a\n=\n" * 60_000,
        "ab\n===\n" * 40_000,
        "1." * 150_000,
        " " * 300_000 + "x",
        "\n" * 300_000 + "x",
        "x-\n" * 100_000,
        "\f" * 100_000 + "x",
        "x\f" * 50_000,
        "\x1b[" * 100_000 + "x",
        "a\t" * 100_000,
    ],
)
def test_texts_made_to_be_slow_are_not(text: str) -> None:
    read(text + "\nThe end of it.", Format.TEXT)
