"""What a reader gets to see of a page."""

from __future__ import annotations

import pytest
from made_documents import block_with, read, texts

from engine.errors import DocumentUnreadable
from engine.reading.document import BlockKind, Document
from engine.reading.extract.formats import Format


def page(body: str, *, head: str = "<title>Page</title>") -> Document:
    return read(f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>", Format.HTML)


def test_headings_paragraphs_lists_and_quotes_become_blocks() -> None:
    document = page(
        "<h1>Slate</h1><p>Slate is a <b>fine-grained</b>\n rock.</p><h2>Uses</h2>"
        "<ul><li>Roofs<li><p>Boards</p><p>Once in every school.</p></ul><blockquote><p>Write on me.</p></blockquote>"
    )
    assert [(block.kind, block.level) for block in document.blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.HEADING, 2),
        (BlockKind.LIST_ITEM, 0),
        (BlockKind.LIST_ITEM, 0),
        (BlockKind.PARAGRAPH, 0),
        (BlockKind.QUOTE, 0),
    ]
    assert texts(document)[1] == "Slate is a fine-grained rock."
    assert document.headings_above(6) == ("Slate", "Uses")


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>secret</script>",
        "<style>secret</style>",
        "<template><p>secret</p></template>",
        "<noscript>secret</noscript>",
        "<p style='display : none'>secret</p>",
        "<div style='color:red;visibility:hidden'><p>secret</p></div>",
        "<p hidden>secret</p>",
        "<span aria-hidden=true>secret</span>",
        "<!-- secret -->",
        "<svg><text>secret</text></svg>",
        "<textarea>secret</textarea>",
        "<select><option>secret</option></select>",
        "<iframe>secret</iframe>",
        "<p style='opacity:0'>secret</p>",
    ],
)
def test_what_a_reader_cannot_see_is_left_out(hidden: str) -> None:
    document = page(f"<p>Seen before. {hidden} Seen after.</p>")
    assert "secret" not in document.text
    assert "Seen before." in document.text
    assert "Seen after." in document.text


def test_code_keeps_its_lines_and_loses_its_line_numbers() -> None:
    document = page(
        "<pre><span class=linenos>1</span>def f():\n<span class=linenos>2</span>    return 1\n</pre>"
        "<div class=fragment><div class=line><span class=lineno>1</span>int a;</div><div class=line>int b;</div></div>"
    )
    assert texts(document, BlockKind.CODE) == ["def f():\n    return 1", "int a;\nint b;"]


def test_a_row_of_a_table_is_a_block_that_names_its_columns() -> None:
    document = page(
        "<table><tr><th>Town</th><th>People</th><th>Founded</th></tr>"
        "<tr><td>Ulm</td><td>126,329</td><td>850</td></tr><tr><td>Jena</td><td></td><td>1182</td></tr></table>"
    )
    assert texts(document, BlockKind.TABLE_ROW) == [
        "Town\tPeople\tFounded",
        "Ulm\tPeople: 126,329\tFounded: 850",
        "Jena\tFounded: 1182",
    ]


def test_a_table_for_the_layout_does_not_swallow_the_page() -> None:
    document = page(
        "<table><tr><td><h2>Left</h2><p>First story.</p></td><td><h2>Right</h2><p>Second story.</p></td></tr></table>"
    )
    assert texts(document, BlockKind.HEADING) == ["Left", "Right"]
    assert texts(document, BlockKind.PARAGRAPH) == ["First story.", "Second story."]


def test_a_short_term_stands_before_its_definition() -> None:
    document = page(
        "<dl><dt>-n</dt><dt>--dry-run</dt><dd>Show only.</dd><dt>-v</dt><dd><p>Be verbose.</p><p>More.</p></dd>"
        "<dt>alone</dt></dl>"
    )
    assert texts(document) == ["-n, --dry-run: Show only.", "-v: Be verbose.", "More.", "alone"]


def test_the_title_of_a_note_belongs_to_its_paragraph() -> None:
    document = page("<h1>A</h1><div class=note><h3>Note</h3><p>Mind the gap.</p></div><p>On.</p>")
    assert texts(document) == ["A", "Note: Mind the gap.", "On."]
    assert texts(page("<h2>Note</h2><p>A section.</p>")) == ["Note", "A section."]
    assert texts(page("<p>Warning:</p><pre>rm -rf</pre><p>On.</p>")) == ["Warning", "rm -rf", "On."]


def test_permalinks_and_reference_marks_are_not_text() -> None:
    document = page(
        '<h2 id=x>Name<a class=headerlink href="#x">¶</a></h2><p>Said<sup class=reference><a href="#n">[1]</a></sup>.'
        '<a href="#x">#</a></p>'
    )
    assert texts(document) == ["Name", "Said."]


def test_powers_are_not_glued_to_their_base() -> None:
    assert texts(page("<p>It has 10<sup>6</sup> cells, the 1<sup>st</sup> of them H<sub>2</sub>O.")) == [
        "It has 10^6 cells, the 1st of them H2O."
    ]


def test_two_breaks_end_a_paragraph_and_one_does_not() -> None:
    assert texts(page("<div>One<br>line.<br><br>Another\n<br> <br>third.</div>")) == ["One line.", "Another", "third."]


def test_an_anchor_is_the_nearest_at_or_above_the_block() -> None:
    document = page(
        "<p>Top.</p><section id=one><h2>One</h2><p>Text.</p><p>More <a name=inside></a>text.</p><p>After.</p></section>"
    )
    anchors = {document.text[b.start : b.end]: b.anchor for b in document.blocks}
    assert anchors == {"Top.": "", "One": "one", "Text.": "one", "More text.": "one", "After.": "inside"}


def test_menus_breadcrumbs_and_contents_are_marked_and_prose_is_not() -> None:
    document = page(
        "<nav><ul><li><a href=a>Home</a><li><a href=b>Docs</a></ul></nav>"
        "<div class=breadcrumbs><a href=x>Manual</a> &raquo; <a href=y>Part</a></div>"
        "<h1>Real title</h1><p>This is what the page says, with <a href=z>one link</a> in it.</p>"
        "<h2>Contents</h2><ul><li><a href=1>First part</a><li><a href=2>Second part</a><li><a href=3>Third</a></ul>"
        "<p><a href=p>Prev</a> | <a href=n>Next</a></p><footer>Copyright somebody</footer>"
    )
    assert texts(document, navigation=False) == [
        "Real title",
        "This is what the page says, with one link in it.",
    ]


def test_a_region_called_navigation_that_holds_prose_is_read() -> None:
    prose = "It goes on for quite a while and says a number of things that nobody would put into a menu. " * 9
    document = page(f"<div class=sidebar><p>{prose}</p></div><nav><p>{prose}</p></nav>")
    assert not any(block.is_navigation for block in document.blocks)


def test_a_list_with_two_links_is_not_a_table_of_contents() -> None:
    document = page("<p>See:</p><ul><li><a href=a>The manual</a><li><a href=b>The other one</a></ul>")
    assert not any(block.is_navigation for block in document.blocks)


def test_what_is_outside_the_main_part_is_navigation() -> None:
    words = "The main part says much more than anything around it. " * 5
    document = page(f"<div>Banner text</div><main><h1>Title</h1><p>{words}</p></main><div>Bottom text</div>")
    assert texts(document, navigation=True) == ["Banner text", "Bottom text"]


def test_a_text_in_a_listing_is_read_as_text() -> None:
    lines = []
    for number in range(8):
        lines += [
            f"{number + 1}. Part number {['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'][number]}",
            "",
            "   This paragraph was written on a terminal and has been wrapped by hand",
            "   so that it fits; what it says is that old texts look like this one and",
            "   that they are worth reading.",
            "",
        ]
    document = page("<pre>" + "\n".join(lines) + "</pre>")
    assert "it fits; what it says is that old texts look like this one and that they" in document.text
    assert block_with(document, "Part number three").kind is BlockKind.HEADING


def test_the_page_says_who_wrote_it_when_and_in_which_language() -> None:
    document = page(
        "<p>Text.",
        head="<title> A  title </title><meta name=author content='Ada L.'>"
        "<meta property='article:author' content='B. C.'>"
        "<meta property='article:published_time' content='2020-02-03T10:00:00Z'>",
    )
    assert (document.title, document.language, document.authors, document.published) == (
        "A title",
        "en",
        ("Ada L.", "B. C."),
        "2020-02-03T10:00:00Z",
    )


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<title></title>", "<h1>From the heading</h1><p>x", "From the heading"),
        ("", "<p>No title at all", "file"),
        ("<meta property='og:title' content='Shared as'>", "<p>x", "Shared as"),
    ],
)
def test_there_is_always_a_title(head: str, body: str, expected: str) -> None:
    assert page(body, head=head).title == expected


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ("<meta charset=windows-1251>", "cp1251"),
        ("<meta http-equiv=Content-Type content='text/html; charset=iso-8859-1'>", "cp1252"),
        ("<meta charset=utf-8>", "utf-8"),
        ("<meta charset=shift_jis>", "cp932"),
        ("<meta charset=utf-8>", "utf-16"),
        ("", "utf-8-sig"),
    ],
)
def test_pages_in_many_encodings_are_read(declaration: str, encoding: str) -> None:
    words = {"cp1251": "Съешь ещё булок", "cp932": "日本語の文章", "cp1252": "Käse — “gut”"}.get(encoding, "Żółć 日本")
    data = f"<html><head>{declaration}</head><body><p>{words}</p></body></html>".encode(encoding)
    assert texts(read(data, Format.HTML)) == [words]


def test_a_wrong_declaration_does_not_spoil_the_letters() -> None:
    assert texts(read("<meta charset=iso-8859-1><p>naïve – œuvre".encode(), Format.HTML)) == ["naïve – œuvre"]
    assert texts(read("<meta charset=utf-8><p>Gr\xfc\xdfe aus K\xf6ln, sch\xf6n".encode("latin-1"), Format.HTML)) == [
        "Grüße aus Köln, schön"
    ]


def test_an_encoding_that_is_not_one_is_ignored() -> None:
    for label in ("utf-16", "idna", "rot13", "zlib", "no-such-thing", "undefined", "utf-7"):
        assert texts(read(f"<meta charset={label}><p>Plain words.".encode(), Format.HTML)) == ["Plain words."]


def test_invisible_characters_do_not_reach_the_text() -> None:
    document = page("<p>in\u00advis\u200bible\u202e \ufeffmark\u2066s\U000e0041</p>")
    assert texts(document) == ["invisible marks"]


def test_a_page_without_words_says_so() -> None:
    with pytest.raises(DocumentUnreadable, match="no text"):
        page("<img src=x><script>words</script>")


@pytest.mark.parametrize("depth", [300, 3_000, 20_000, 100_000])
def test_deeply_nested_pages_end_quickly_with_all_their_words(depth: int) -> None:
    document = page("<p>Before.</p>" + "<div>" * depth + "<p>Inside.</p>" + "</div>" * depth + "<p>After.</p>")
    assert [text for text in texts(document) if text] == ["Before.", "Inside.", "After."]


def test_hidden_text_stays_hidden_in_a_page_that_is_nested_too_deeply() -> None:
    document = page("<div>" * 5_000 + "<p hidden>secret <b>even here</b></p><script>secret</script><p>Seen.</p>")
    assert "secret" not in document.text
    assert "Seen." in document.text
    assert any("nested" in warning for warning in document.warnings)


@pytest.mark.parametrize(
    "tag", ["table><tr><td", "ul><li", "dl><dd", "blockquote", "b", "a href=x", "font", "tr", "td"]
)
def test_other_things_nested_deeply_end_quickly_too(tag: str) -> None:
    document = page("<p>Before.</p>" + f"<{tag}>" * 4_000 + "Inside.")
    assert "Before." in document.text
    assert "Inside." in document.text


def test_unclosed_and_misplaced_tags_lose_no_words() -> None:
    document = page("<table><tr><td>One<tr><td>Two</table></td></b></p><li>Three<td>Four<dd>Five<tr>Six")
    for word in ("One", "Two", "Three", "Four", "Five", "Six"):
        assert word in document.text


def test_a_saved_article_is_told_apart_from_what_stands_around_it() -> None:
    story = "The bridge over the river was closed on Monday, because a pier had moved by four centimetres. " * 3
    document = page(
        "<header><a href=/>The Paper</a> <a href=/login>Log in</a></header>"
        "<div class='cookie-banner'><p>We and our partners use cookies to improve your experience. Agree?</p></div>"
        "<article><header><h1>Bridge closed</h1><p>By A. Reporter</p></header>"
        f"<p>{story}</p><div class=newsletter-signup><p>Get the news every morning, free.</p></div><p>{story}</p>"
        "<footer><p>A. Reporter writes about bridges.</p></footer></article>"
        "<aside class=related><h2>More</h2><ul><li><a href=1>Ferry runs again</a><li><a href=2>Who pays</a>"
        "<li><a href=3>Old piers</a></ul></aside><footer>All rights reserved</footer>"
    )
    assert texts(document, navigation=False) == [
        "Bridge closed",
        "By A. Reporter",
        story.strip(),
        story.strip(),
        "A. Reporter writes about bridges.",
    ]
