import hashlib
import re
from base64 import b64encode

import pytest
from fake_runs import FakeRun, claim, document_from, finished_run, large_run, nasty_run, not_found_run, stopped_run
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from engine.domain import Gap, Outcome, Report, Section
from engine.errors import SessionNotFound
from engine.export.html import render_html
from engine.export.printable import printable

ELEMENTS = set(
    "html head meta title style body main header section article p h1 h2 span bdi strong button ul ol li dl dt dd "
    "details summary blockquote mark a".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class dir id value type popovertarget popovertargetaction popover href "
    "aria-label aria-labelledby aria-hidden".split()
)
HOSTILE = [
    "<script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "' style='background:url(//example.com)",
    "{{ 7 * 7 }} {% include 'x' %}",
    "<!-- --><![CDATA[",
    "&lt;script&gt;",
    "@import url(https://example.com)",
    "\u202eoverride \x1b[31m \x00 \ud800",
    "👩‍👩‍👧 zero\u200bwidth العربية 中文",
]


def run_saying(text: str) -> FakeRun:
    run = FakeRun(question=text)
    run.started()
    run.planned([text], reason=text)
    run.began(1)
    document = document_from(text, [("h2", text), ("p", f"Before. {text} After.")], published=text, warnings=(text,))
    source = run.source(
        "x.html", document, site=text, authors=(text,), address=f"file:///{text.encode('utf-8', 'replace').hex()[:200]}"
    )
    (passage,) = run.read(1, source, [text], note=text)
    run.closed(1, reason=text)
    run.wrote(
        Report(
            question=text,
            answer=(claim(1, text, [passage], remark=text),),
            sections=(Section(title=text, claims=(claim(2, text, [passage], remark=text),)),),
            gaps=(Gap(question=text, queries=(text,), sources_read=1, reason=text),),
            made_by=text,
        )
    )
    run.ended(Outcome.COMPLETE, text)
    return run


def page(run: FakeRun) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(render_html(run.state, run.document_of))


def check_inert(root: lxml_html.HtmlElement) -> None:
    for element in root.iter():
        assert element.tag in ELEMENTS, element.tag
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        assert re.fullmatch(r"#source-\d+", element.get("href", "#source-1"))


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=60)))
def test_nothing_in_a_report_comes_alive_and_every_quotation_survives(text: str) -> None:
    root = page(run_saying(text))
    check_inert(root)
    (mark,) = root.iter("mark")
    quoted = run_saying(text).state.passages[1].quote
    # The HTML parser drops one line feed that stands first in some elements; not in mark, so this is exact.
    assert mark.text_content() == printable(quoted)


@pytest.mark.parametrize("text", ["q" * 100_000, "All work and no play.\n" * 5_000])
def test_a_quotation_of_a_hundred_kilobytes_is_kept_whole(text: str) -> None:
    root = page(run_saying(text))
    check_inert(root)
    assert [mark.text_content() for mark in root.iter("mark")] == [text]


def test_the_collected_horrors_of_the_window_are_inert_here_too() -> None:
    check_inert(page(nasty_run()))


@pytest.mark.parametrize("run", [finished_run(with_other_scripts=True), not_found_run(), stopped_run()])
def test_the_file_needs_nothing_from_elsewhere(run: FakeRun) -> None:
    text = render_html(run.state, run.document_of)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    for outside in ("src=", "http://", "https://", "<link", "<script", "<iframe", "<img"):
        assert outside not in text


def test_the_policy_allows_exactly_the_one_style_sheet() -> None:
    text = render_html(finished_run().state, finished_run().document_of)
    style = text[text.index("<style>") + len("<style>") : text.index("</style>")]
    (policy,) = lxml_html.fromstring(text).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "style=" not in text.replace("</style>", "")


def test_every_citation_opens_a_passage_that_is_there_once() -> None:
    root = page(finished_run(with_other_scripts=True))
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = root.xpath("//button/@popovertarget")
    assert targets
    assert set(targets) == set(root.xpath("//article[@popover]/@id"))
    assert set(root.xpath("//a/@href")) <= {f"#{one}" for one in ids}
    assert all(button.get("aria-label") for button in root.iter("button"))


def test_a_passage_stands_in_its_paragraph_with_its_words_marked() -> None:
    (card,) = page(finished_run()).xpath("//article[@id='passage-1a']")
    quotation = card.find("blockquote")
    assert quotation.text_content().startswith("New lime work is soft for a long time.")
    assert quotation.text_content().endswith("wet it again when it has dried.")
    assert quotation.find("mark").text.startswith("Protect fresh lime mortar from frost for at least three months")
    text = card.text_content()
    for shown in ("page 3, Protecting new work", "/Handbook.pdf", "2026-03-14 09:26 UTC", "two or more sources agree"):
        assert shown in text


def test_a_passage_whose_document_is_gone_is_shown_without_its_paragraph() -> None:
    def gone(text_hash: str):
        raise SessionNotFound("No such text")

    root = lxml_html.fromstring(render_html(finished_run().state, gone))
    (quotation,) = root.xpath("//article[@id='passage-1a']/blockquote")
    assert quotation.text_content() == quotation.find("mark").text_content()


def test_words_around_a_passage_come_only_from_a_document_that_has_it_there() -> None:
    run = finished_run()
    other = document_from("Other", [("p", "Something else altogether. " * 200)])
    root = lxml_html.fromstring(render_html(run.state, lambda _hash: other))
    assert "Something else" not in root.text_content()


def test_right_to_left_sentences_run_from_the_right() -> None:
    root = page(finished_run(with_other_scripts=True))
    assert root.xpath("//p[@class='claim'][@dir='rtl']")
    assert root.xpath("//p[@class='claim'][@dir='ltr']")


def test_a_large_report_is_rendered_in_reasonable_size() -> None:
    run = large_run(claims=500)
    text = render_html(run.state, run.document_of)
    assert len(text) < 3_000_000
    assert len(lxml_html.fromstring(text).xpath("//article[@popover]")) >= 500
