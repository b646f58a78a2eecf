"""Reports of the web in every format: what is in them, and that nothing in them comes alive."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from web_runs import QUERY, fetched, searched, turned_away, web_departures, web_run

from engine.export import TEXT_FORMATS, ReportFormat, render
from engine.export.departures import Departures
from engine.export.printable import printable

HOSTILE = [
    "javascript:alert(1)",
    "https://example.org/<script>alert(1)</script>",
    "https://example.org/](javascript:alert(1))",
    "https://user:pass@example.org\\@evil.example/",
    "data:text/html,<script>alert(1)</script>",
    "http://[::1",
    '" onclick="alert(1)',
    "![x](https://evil.example/p.png)",
    "{{ 7 * 7 }} | a | b |\n| - | - |",
    "\u202egpj.exe \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 \x00",
    "- [ ] task\n# heading\n<details open>",
]
LIVELY = {"link_open", "image", "html_inline", "html_block", "code_block"}


def rendered(form: ReportFormat, text: str = "") -> str:
    run = web_run(text)
    departures = web_departures()
    if text:
        hostile = {"host": text, "path": text, "provider": text, "reason": text, "via": text, "words": text}
        departures = Departures(entries=(searched(**hostile), fetched(**hostile), turned_away(**hostile)))
    return render(run.state, form, run.document_of, departures=departures)


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_every_format_has_the_sources_the_blocked_ones_and_what_left(form: ReportFormat) -> None:
    text = rendered(form)
    if form is ReportFormat.HTML:
        text = lxml_html.fromstring(text).text_content()
    text = " ".join(text.replace("\\", "").replace("> ", " ").split())
    for shown in (
        "https://example.org/mortar",
        "Example of Building",
        "A. Mason",
        "2025-02-03",
        "https://paper.example.net/frost",
        "It is shown to subscribers only.",
        "html.duckduckgo.com",
        QUERY,
        "/mortar?utm_source=x",
        "It leads to an address that is not public (10.0.0.7).",
        "It asks for a person (202).",
    ):
        assert shown in text, shown
    if form is not ReportFormat.JSON:
        assert "Supplied by the reader" in text
        assert "does not mean that they hold no answer" in text
        assert "1 was refused at the door" in text


@settings(deadline=None, max_examples=30)
@given(st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60).filter(lambda text: text.strip())))
def test_nothing_from_the_web_comes_alive_in_any_format(text: str) -> None:
    root = lxml_html.document_fromstring(rendered(ReportFormat.HTML, text))
    assert not list(root.iter("script", "img", "iframe", "link", "form", "input", "object", "svg"))
    for element in root.iter():
        assert not [name for name in element.attrib if name.startswith("on") or name in ("src", "style")]
        assert re.fullmatch(r"#source-\d+", element.get("href", "#source-1"))
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(rendered(ReportFormat.MARKDOWN, text))
    for token in [inner for outer in tokens for inner in (outer, *(outer.children or []))]:
        assert token.type not in LIVELY or str(token.attrs.get("href", "")).startswith("#passage-"), token
        assert not token.type.startswith("table")
    plain = rendered(ReportFormat.TEXT, text)
    assert printable(plain) == plain
    json.loads(rendered(ReportFormat.JSON, text))


def test_the_json_form_has_every_request_however_many_there_are() -> None:
    departures = Departures(entries=tuple(fetched(number) for number in range(300)))
    run = web_run()
    content = json.loads(render(run.state, ReportFormat.JSON, run.document_of, departures=departures))
    assert len(content["receipt"]["departures"]["entries"]) == 300
    assert content["receipt"]["stayed_here"] is False
    assert content["unread"][0]["obstacle"] == "login"
    assert len(render(run.state, ReportFormat.TEXT, run.document_of, departures=departures)) < 6_000


def test_lines_of_a_web_report_fit_a_terminal_but_for_addresses() -> None:
    lines = rendered(ReportFormat.TEXT).splitlines()
    assert not [line for line in lines if len(line) > 78 and "://" not in line]
