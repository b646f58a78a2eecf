"""What every document promises, whatever the bytes were: ``read`` checks it."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_documents import check_promises, epub, odt, read

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind
from engine.reading.extract.draft import Draft, assemble
from engine.reading.extract.formats import Format

SOME = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TAGS = (
    "p div span b a ul ol li dl dt dd table tr td th thead tbody pre code h1 h2 h3 h6 blockquote br hr nav main footer "
    "section article script style sup sub q img details summary caption form select title body html head"
).split()
ATTRIBUTES = (
    "",
    " id=x",
    " class='toc nav'",
    " hidden",
    " href='#a'",
    " style='display:none'",
    " class=fragment",
    " class=col-first",
    " class=col-last",
    " role=main",
    " name=n",
    " class=headerlink",
    " class=title",
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["words", " ", "\n", "\x00", "&amp;", "&#0;", "&#xD800;", "\u200b", "\u202e", "¶", "Note", "日本語", "<", ">"]
)
MARKUP = st.lists(
    WORDS
    | st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES))
    | st.builds("</{}>".format, st.sampled_from(TAGS)),
    max_size=60,
).map("".join)
LINES = st.lists(
    st.sampled_from(
        [
            "",
            "Words and words.",
            "TITLE",
            "=====",
            "-----",
            "1. Item",
            "  - item",
            "1.2 Part",
            "\f",
            "a  b   c",
            "$ ls;",
        ]
    )
    | WORDS,
    max_size=40,
).map("\n".join)


def promised(data: bytes | str, format: Format) -> None:
    try:
        read(data, format, characters=2_000)
    except DocumentUnreadable as error:
        assert error.title
        assert error.hint


@SOME
@given(MARKUP)
def test_any_page_keeps_the_promises(markup: str) -> None:
    promised(markup, Format.HTML)


@SOME
@given(LINES)
def test_any_text_keeps_the_promises(text: str) -> None:
    promised(text, Format.TEXT)


@SOME
@given(
    st.lists(
        WORDS | st.sampled_from(["# ", "- ", "> ", "```\n", "|a|b|\n|-|-|\n", "\n\n", "    ", "---\n", "*", "_", "["])
    )
)
def test_any_markdown_keeps_the_promises(parts: list[str]) -> None:
    promised("".join(parts), Format.MARKDOWN)


@SOME
@given(st.binary(max_size=400))
def test_any_bytes_keep_the_promises(data: bytes) -> None:
    for format in (Format.HTML, Format.MARKDOWN, Format.TEXT, Format.CSV, Format.RTF):
        promised(data, format)


@SOME
@given(st.lists(st.lists(WORDS, max_size=4).map(",".join), max_size=12).map("\n".join))
def test_any_table_keeps_the_promises(text: str) -> None:
    promised(text, Format.CSV)


@SOME
@given(st.text(st.sampled_from("\\{}abc'1 \n;*"), max_size=80))
def test_any_rich_text_keeps_the_promises(text: str) -> None:
    promised("{\\rtf1 " + text, Format.RTF)


@settings(max_examples=40, deadline=None)
@given(MARKUP)
def test_any_chapter_keeps_the_promises(markup: str) -> None:
    promised(epub({"a.xhtml": markup}), Format.EPUB)


@settings(max_examples=40, deadline=None)
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="<&\ufffe\uffff"), max_size=60
    )
)
def test_any_words_in_an_open_document_keep_the_promises(words: str) -> None:
    promised(odt(f"<text:h>{words}</text:h><text:p>{words}</text:p>"), Format.ODT)


DRAFTS = st.lists(
    st.builds(
        Draft,
        kind=st.sampled_from(BlockKind),
        text=st.text(max_size=40) | st.sampled_from(["\t\tx\t", " a\tb ", "\ud800", "\n\n x\r\n\r\n\r\ny\n ", "\x00"]),
        level=st.integers(-3, 12),
        page=st.none() | st.integers(1, 9),
        anchor=st.text(max_size=5),
        is_navigation=st.booleans(),
    )
)


@given(DRAFTS, st.integers(0, 200))
def test_any_drafts_make_a_document_or_are_refused(drafts: list[Draft], characters: int) -> None:
    try:
        document = assemble(drafts, format="text", stem="", characters=characters)
    except DocumentUnreadable:
        return
    check_promises(document)
    assert len(document.text) <= characters
