import re
from dataclasses import replace

import pytest
from fake_runs import FakeRun, claim, document_from, finished_run, nasty_run, not_found_run, stopped_run
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from engine.agent.state import RunState
from engine.domain import Gap, Outcome, Report, Section
from engine.export.commonmark import block_quote, inline, line
from engine.export.departures import Departures
from engine.export.markdown import render_markdown
from engine.export.printable import printable

HOSTILE = [
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](/dev/zero)",
    "<https://example.com>",
    "https://example.com and www.example.com",
    "a | b\n--|--\n1 | 2",
    "[x]: https://example.com\n[x]",
    "`code` ``two`` ```three",
    "```\nfence",
    "    indented",
    "# heading",
    "heading\n===",
    "---",
    "- list\n- of two",
    "1. one\n2) two",
    "> quote",
    "&lt;b&gt; &#x3c;i&#x3e; &copy;",
    "a\\",
    "\\[x](y)",
    "*bold* __bold__ ~~gone~~ $x^2$ {.class} @cite",
    "<!-- comment --> <![CDATA[ x ]]> <?php ?>",
    "one\r\ntwo\rthree\u2028four\x85five",
    "\u202eright to left override",
    "\u2067isolate \u2069\u2069 \u202c",
    "zero\u200bwidth\u2060joiner\ufeff",
    "👩‍👩‍👧 🏳️‍🌈 e\u0301 \U0001f600",
    "\x1b]0;title\x07\x00\ud800",
    "\u202a" * 50,
]

TEXT = st.one_of(
    st.sampled_from(HOSTILE), st.text(max_size=80), st.text(alphabet="[]()<>!`*_#-=+|~\\&;:/.1 \n\tax", max_size=40)
)


def parsed(markdown: str) -> list[Token]:
    """Every token, those inside paragraphs too."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [inner for token in parser.parse(markdown) for inner in (token, *(token.children or []))]


def shown(markdown: str) -> str:
    """What a reader sees of a piece of Markdown."""
    return "".join(
        token.content if token.type in ("text", "text_special", "code_inline", "fence") else "\n"
        for token in parsed(markdown)
        if token.type in ("text", "text_special", "code_inline", "softbreak", "hardbreak", "fence", "paragraph_close")
    )


def words(text: str) -> list[str]:
    return re.sub("[\u202a-\u202e\u2066-\u2069]", "", printable(text)).split()


def run_saying(text: str) -> RunState:
    """A finished run in which the text is everywhere that words of others can be."""
    run = FakeRun(question=text)
    run.started()
    run.planned([text], reason=text)
    run.began(1)
    document = document_from(text, [("h2", text), ("p", text)], published=text, warnings=(text,))
    source = run.source("x.html", document, site=text, authors=(text,))
    (passage,) = run.read(1, source, [text], note=text)
    run.closed(1, reason=text)
    one = claim(1, text, [passage], remark=text)
    run.wrote(
        Report(
            question=text,
            answer=(one,),
            sections=(Section(title=text, claims=(claim(2, text, [passage], remark=text),)),),
            gaps=(Gap(question=text, queries=(text,), sources_read=1, reason=text),),
            made_by=text,
        )
    )
    run.ended(Outcome.COMPLETE, text)
    return run.state


@settings(deadline=None)
@given(TEXT)
@example("www.example.com")
@pytest.mark.parametrize("escape", [inline, line])
def test_escaped_text_shows_exactly_itself(escape, text: str) -> None:
    markdown = escape(text) if escape is line else f"x {escape(text)}"
    assert words(shown(markdown)) == (words(text) if escape is line else ["x", *words(text)])
    assert {token.type for token in parsed(markdown)} <= {"paragraph_open", "inline", "text", "paragraph_close"}


@settings(deadline=None)
@given(TEXT)
def test_a_quotation_shows_exactly_itself(text: str) -> None:
    markdown = block_quote(text)
    assert words(shown(markdown)) == words(text)
    assert not {"html_inline", "html_block", "image", "link_open", "heading_open", "hr"} & {
        token.type for token in parsed(markdown)
    }


def test_code_is_quoted_to_the_letter() -> None:
    code = "def f():\n    return `x`\n\n\n  ```\nend"
    (fence,) = [token for token in parsed(block_quote(code)) if token.type == "fence"]
    assert fence.content == code + "\n"


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60)))
def test_nothing_in_a_report_comes_alive(text: str) -> None:
    tokens = parsed(render_markdown(run_saying(text)))
    assert not {"html_inline", "html_block", "image", "table_open", "code_block"} & {token.type for token in tokens}
    targets = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert targets == {"#passage-1"}


def test_the_answer_comes_first_and_each_part_in_its_place() -> None:
    markdown = render_markdown(finished_run().state)
    tokens = MarkdownIt("commonmark").parse(markdown)
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[0] == "How long must lime mortar be protected from frost?"
    assert tokens[4].content.startswith("Protect fresh lime mortar from frost for at least three months")
    order = [
        headings.index("Not established"),
        headings.index("Sources"),
        headings.index("Source 1"),
        headings.index("Passage 1a"),
        headings.index("How this report was made"),
    ]
    assert order == sorted(order)
    assert headings.index("Does natural hydraulic lime need less protection?") < order[0]


def test_every_mark_leads_to_a_passage_with_its_words_place_file_time_and_hashes() -> None:
    state = finished_run().state
    markdown = render_markdown(state)
    targets = set(re.findall(r"\(#passage-(\w+)\)", markdown))
    assert targets == set(re.findall(r"^#### Passage (\w+)$", markdown, re.MULTILINE))
    for source in state.sources.values():
        cited = any(passage.source_id == source.id for passage in state.passages.values())
        assert (source.text_hash in markdown and source.file_hash in markdown) == cited
    assert "> Protect fresh lime mortar from frost for at least three months" in markdown
    assert "page 3, Protecting new work" in markdown
    assert "/home/reader/Documents/Building notes/Handbook.pdf" in markdown
    assert "2026-03-14 09:26 UTC" in markdown


def test_it_says_who_wrote_it_and_that_nothing_left_the_computer() -> None:
    markdown = render_markdown(finished_run().state, Departures())
    assert "Written by: No language model" in markdown
    assert "Nothing left this computer" in markdown
    assert "5 searches" in markdown or "Searches: 5" in markdown


def test_a_run_that_used_the_web_does_not_say_that_nothing_left_the_computer() -> None:
    run = FakeRun()
    run.started()
    run.planned(["x"])
    run.began(1)
    web = run.source("page.html", document_from("Page", [("p", "Words.")]), address="https://example.com/page")
    run.read(1, web, ["Words."])
    assert "Nothing left" not in render_markdown(run.state, Departures())


def test_a_run_without_findings_says_so_first() -> None:
    tokens = MarkdownIt("commonmark").parse(render_markdown(not_found_run().state))
    assert tokens[4].content == "**Not found in these sources.**"


def test_a_run_without_a_report_is_still_a_document() -> None:
    assert "No report was written" in render_markdown(stopped_run().state)


def test_the_collected_horrors_of_the_window_are_inert_here_too() -> None:
    tokens = parsed(render_markdown(nasty_run().state))
    assert not {"html_inline", "html_block", "image"} & {token.type for token in tokens}
    assert all(str(token.attrs["href"]).startswith("#passage-") for token in tokens if token.type == "link_open")


def test_a_quotation_of_a_hundred_kilobytes_is_kept_whole() -> None:
    text = "All work and no play. " * 5_000
    markdown = render_markdown(run_saying(text))
    assert markdown.count(text.strip()) >= 3


def test_a_run_with_a_language_model_elsewhere_says_where_the_words_went() -> None:
    run = FakeRun()
    run.started()
    state = replace(run.state, sent_to=("models.example.org",))
    markdown = render_markdown(state, Departures())
    assert "Nothing left" not in markdown
    assert "sent to the language model at models.example.org" in markdown
