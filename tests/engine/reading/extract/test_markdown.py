"""Markdown: what a reader of the rendered page would see."""

from __future__ import annotations

from made_documents import read, texts

from engine.reading.document import BlockKind
from engine.reading.extract.formats import Format


def test_front_matter_gives_title_authors_and_date() -> None:
    document = read(
        '---\ntitle: "The Title"\nauthors:\n  - Ada\n  - Alan\ndate: 2020-01-02\nlang: de\n---\n\n# Heading\n\nText.\n',
        Format.MARKDOWN,
    )
    assert (document.title, document.authors, document.published, document.language) == (
        "The Title",
        ("Ada", "Alan"),
        "2020-01-02",
        "de",
    )
    assert texts(document) == ["Heading", "Text."]


def test_blocks_of_every_kind() -> None:
    document = read(
        "# One\n\nText with *emphasis*, `code` and a [link](http://x).\n\n- item\n- [ ] task\n\n> quoted\n\n"
        "```python\ndef f():\n    pass\n```\n\n| Town | People |\n|---|---|\n| Ulm | 126,000 |\n\nTwo\n---\n",
        Format.MARKDOWN,
    )
    kinds = [block.kind for block in document.blocks]
    assert kinds == [
        BlockKind.HEADING,
        BlockKind.PARAGRAPH,
        BlockKind.LIST_ITEM,
        BlockKind.LIST_ITEM,
        BlockKind.QUOTE,
        BlockKind.CODE,
        BlockKind.TABLE_ROW,
        BlockKind.TABLE_ROW,
        BlockKind.HEADING,
    ]
    assert "Text with emphasis, code and a link." in document.text
    assert "def f():\n    pass" in document.text
    assert "Ulm\tPeople: 126,000" in document.text


def test_markup_inside_is_read_like_a_page() -> None:
    document = read(
        "<div hidden>secret</div>\n\n<details><summary>More</summary>\n\nInside.\n\n</details>\n", Format.MARKDOWN
    )
    assert texts(document) == ["More", "Inside."]


def test_a_rule_at_the_top_is_not_front_matter() -> None:
    assert texts(read("---\n\nText without fields.\n\n---\n\nMore.\n", Format.MARKDOWN)) == [
        "Text without fields.",
        "More.",
    ]


def test_the_first_heading_is_the_title() -> None:
    assert read("Intro.\n\n# The name\n\nText.", Format.MARKDOWN).title == "The name"
    assert read("Only text.", Format.MARKDOWN, stem="notes").title == "notes"


def test_absurdly_nested_markup_still_gives_its_words() -> None:
    for mark in (">", "- ", "* > ", "[", "**", "`", "<div>", "![", "~~"):
        assert "words" in read(mark * 3_000 + " words", Format.MARKDOWN).text
