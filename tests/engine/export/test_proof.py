"""What a check brings: tables, contradictions, lone figures, failed sentences, marks, versions, in formats of text."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from amended_runs import amended_run, began_to_shorten
from difficult_reports import hostile, nothing_found, nothing_written, tables
from fake_runs import FakeRun, claim, document_from
from lxml import html as lxml_html
from markdown_it import MarkdownIt
from markdown_it.token import Token
from proven_runs import proven_run

from engine.agent.state import RunState
from engine.citations.numbering import number_citations
from engine.domain import Cell, ClaimId, ClaimState, Gap, Mark, Outcome, Report, Section, Table, Verdict
from engine.events import ReportDrafted
from engine.export.csl import csl_items
from engine.export.html import render_html
from engine.export.markdown import render_markdown
from engine.export.pandoc import pandoc_path
from engine.export.printable import printable
from engine.export.structured import render_json
from engine.export.text import render_text

ELEMENTS = set(
    "html head meta title style body main header section article div p h1 h2 span bdi strong button ul ol li dl dt dd "
    "details summary blockquote mark a table thead tbody tr th td".split()
)
BAR = "a | b \\| c \\\\| d || e"


def shown_html(state: RunState) -> str:
    root = lxml_html.document_fromstring(render_html(state, {}.__getitem__))
    return " ".join(root.find("body").text_content().split())


def shown_markdown(state: RunState) -> str:
    return " ".join(token.content for token in inner_tokens(render_markdown(state)) if token.type.startswith("text"))


def inner_tokens(markdown: str) -> list[Token]:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return [inner for token in parser.parse(markdown) for inner in (token, *(token.children or []))]


def shown_text(state: RunState) -> str:
    return " ".join(render_text(state).split())


FORMATS = pytest.mark.parametrize("shown", [shown_html, shown_markdown, shown_text])


@FORMATS
def test_everything_that_a_check_brought_is_told(shown) -> None:
    text = " ".join(shown(proven_run().state).split())
    for words in (
        "12 of 14 sentences are said by what they cite.",
        "Only one site or document states: 2019, 1,234.",
        "What the sentence rests on",
        "What another source says",
        "earlier than any other wader",
        "Written once more after its check. Before, it said: “It hunts fish",
        "Marked right by the reader: The county report has the same count.",
        "Marked wrong by the reader: Ours took frogs all summer.",
        "Marked unclear by the reader.",
        "Written, and not held up by its check:",
        "The young of the reed bittern leave the nest after fifteen days.",
        "Its passage does not name “fifteen days”.",
        "Before that it said: “The young leave the nest after fifteen days.”",
        "Looked for “marsh ibis wingspan young”.",
        "not found in 3 sources",
        "not supported",
    ):
        assert words in text, words


@FORMATS
def test_a_report_that_is_being_written_says_what_is_still_to_come(shown) -> None:
    state = proven_run(written=1).state
    text = shown(state)
    assert state.current_report is not None
    assert "Still to be written:" in text
    assert all(title in text for title in state.current_report.unwritten)
    assert "This is a draft: not every sentence has been checked." in text
    assert "The answer has not been written yet." in text
    assert "said by what" not in text


@FORMATS
def test_an_incomplete_report_says_so_first(shown) -> None:
    state = proven_run(outcome=Outcome.INCOMPLETE).state
    text = shown(state)
    assert text.index("This report is incomplete") < text.index("The grey stalker")
    assert "This report is incomplete" not in shown(proven_run().state)


@FORMATS
def test_what_made_each_version_is_told(shown) -> None:
    state = amended_run().state
    text = shown(state)
    assert len(state.versions) > 1
    assert "Version 1" in text
    assert f"Version {state.versions[-1].number} (this one)" in text
    assert "as it was first written" in text
    assert "it was shortened" in text
    assert "Version 1" not in shown(proven_run().state)


@FORMATS
def test_a_finished_report_is_no_draft_while_it_is_changed(shown) -> None:
    state = began_to_shorten().state
    assert state.amending is not None
    assert "This is a draft" not in shown(state)
    assert "said by what they cite." in shown(state)
    run = began_to_shorten()
    run.add(ReportDrafted(report=state.versions[0].report, amendment=state.amending))
    assert run.state.draft is not None
    assert "This is a draft" not in shown(run.state)


@FORMATS
def test_what_the_reader_marked_in_a_version_before_is_not_lost(shown) -> None:
    state = proven_run().state
    first = state.versions[-1]
    gone = first.report.sections[0].claims[0]
    shorter = replace(first.report, sections=first.report.sections[1:])
    state = replace(state, report=shorter, versions=(*state.versions, replace(first, number=2, report=shorter)))
    text = shown(state)
    assert "Marked by the reader in earlier versions" in text
    assert gone.text in text
    assert "The county report has the same count." in text


@FORMATS
@pytest.mark.parametrize("made", [nothing_found, nothing_written])
def test_where_nothing_was_written_nothing_is_counted(shown, made) -> None:
    assert "said by what" not in shown(made().state)


def table_run(*rows: tuple[Cell, ...], columns: tuple[str, ...] = ("Bird", "Food")) -> FakeRun:
    run = FakeRun(question="All birds with their food")
    run.started()
    run.planned(["What do they eat?"])
    run.began(1)
    document = document_from("Birds", [("h1", "Birds"), ("p", "The heron eats fish.")])
    run.read(1, run.source("birds.html", document), ["The heron eats fish."])
    run.closed(1)
    report = Report(
        question=run.question,
        answer=(),
        sections=(Section(title="Food", claims=(), table=Table(columns=columns, rows=rows)),),
        gaps=(),
        made_by="Nobody",
    )
    run.wrote(report)
    run.ended()
    return run


FISH = Cell(text="fish", claim=claim(1, "Heron, food: fish", [1]))


def test_a_table_of_html_is_one_with_headings_for_columns_and_rows() -> None:
    run = proven_run()
    root = lxml_html.document_fromstring(render_html(run.state, run.document_of))
    (table,) = root.iter("table")
    assert [cell.text_content() for cell in table.xpath("thead/tr/th[@scope='col']")] == [
        "Bird",
        "Wingspan",
        "Clutch",
        "Food",
    ]
    assert [" ".join(cell.text_content().split()) for cell in table.xpath("tbody/tr/th[@scope='row']")] == [
        "Grey stalker",
        "Reed bittern",
        "Marsh ibis",
        "Blackwing",
    ]
    assert all(len(row) == 4 for row in table.iter("tr"))
    eels = table.xpath("tbody/tr[2]/td[3]")[0]
    assert eels.xpath(".//button[contains(@class, 'partly')]/@popovertarget") == ["passage-2d"]
    assert table.xpath("tbody/tr[4]/td")[0].text_content().strip() == "— not found in 3 sources"


def test_a_row_that_is_too_short_is_filled_and_one_that_is_too_long_cut() -> None:
    state = table_run((Cell(text="Heron"),), (Cell(text="Ibis"), FISH, Cell(text="too much"))).state
    root = lxml_html.document_fromstring(render_html(state, {}.__getitem__))
    assert [len(row) for row in root.iter("tr")] == [2, 2, 2]
    for text in (shown_html(state), shown_markdown(state), shown_text(state)):
        assert "Not established" in text
        assert "too much" not in text


def test_a_table_of_markdown_keeps_its_bars_in_their_cells() -> None:
    state = table_run((Cell(text=BAR), FISH), (Cell(text=f"{BAR}\\"), Cell(missing=BAR)), columns=(BAR, "Food")).state
    tokens = MarkdownIt("commonmark").enable("table").parse(render_markdown(state))
    cells = [tokens[at + 1] for at, token in enumerate(tokens) if token.type in ("td_open", "th_open")]
    assert len(cells) == 6
    said = ["".join(child.content for child in cell.children or []) for cell in cells]
    assert said == [BAR, "Food", BAR, "fish [1] ①", f"{BAR}\\", f"— {BAR}"]


def test_a_table_of_text_is_aligned_where_it_fits() -> None:
    state = table_run((Cell(text="Heron"), FISH), (Cell(text="石灰鷺"), Cell(missing="not found"))).state
    text = render_text(state)
    lines = text.split("\n")
    at = lines.index("Bird    Food")
    assert lines[at + 1] == "------  -----------"
    assert lines[at + 2] == "Heron   fish [1] ①"
    assert lines[at + 3] == "石灰鷺  — not found"  # these letters are two columns wide


def test_a_table_of_text_is_stacked_where_it_does_not_fit() -> None:
    long = Cell(text="worms " * 30, claim=claim(2, "Ibis, food: worms", [1]))
    text = render_text(table_run((Cell(text="Heron"), FISH), (Cell(text="Ibis"), long)).state)
    assert "Bird: Heron\n    Food: fish [1] ①\n\nBird: Ibis\n    Food: worms" in text
    assert all(len(line) <= 78 for line in text.split("\n") if "SHA" not in line and "/" not in line)


def test_both_sides_of_a_contradiction_lead_to_their_passages() -> None:
    run = proven_run()
    root = lxml_html.document_fromstring(render_html(run.state, run.document_of))
    (sides,) = root.xpath("//div[@class='sides']")
    rests_on, against = sides
    assert rests_on.xpath(".//button/@popovertarget") == ["passage-1c"]
    assert against.xpath(".//button/@popovertarget") == ["passage-2b", "passage-3a"]
    (card,) = root.xpath("//article[@id='passage-2b']")
    assert "this passage says otherwise: It lays its eggs in April." in " ".join(card.text_content().split())
    markdown = render_markdown(run.state)
    row = next(line for line in markdown.split("\n") if "earlier than any other" in line and line.startswith("|"))
    assert re.findall(r"#passage-(\w+)", row) == ["1c", "2b", "3a"]


def test_what_only_a_failed_sentence_cites_is_shown_as_that_and_not_counted() -> None:
    state = table_run((Cell(text="Heron"), FISH)).state
    other = document_from("Frogs", [("h1", "Frogs"), ("p", "The frog eats flies.")])
    spare = table_run((Cell(text="Heron"), FISH))
    spare.read(1, spare.source("frogs.html", other), ["The frog eats flies."])
    both = spare.state
    failed = replace(claim(9, "The heron eats flies.", [2]), state=ClaimState.UNSUPPORTED)
    gap = Gap(question="Food?", queries=(), sources_read=1, reason="It failed.", claim=failed)
    assert state.report is not None
    report = replace(state.report, gaps=(gap,))
    state = replace(state, report=report, sources=both.sources, passages=both.passages)
    numbering = number_citations(report, state.passages)
    assert [one.is_in_text for one in numbering.sources] == [True, False]
    assert numbering.cited == 1
    for text in (shown_html(state), shown_markdown(state), shown_text(state)):
        assert text.count("Cited only by what was taken out.") == 1
        assert "2 read, 1 cited" in text
    assert len(csl_items(state)) == 1


def test_json_has_versions_marks_coverage_and_references() -> None:
    content = json.loads(render_json(amended_run().state))
    assert [version["number"] for version in content["versions"]] == list(range(1, len(content["versions"]) + 1))
    assert content["versions"][-1]["report"] == content["report"]
    assert content["versions"][1]["amendment"]["kind"] == "shorten"
    proven = json.loads(render_json(proven_run().state))
    assert proven["coverage"] == {"verified": 12, "written": 14}
    assert {mark["verdict"] for mark in proven["marks"]} == {"right", "wrong", "unclear"}
    assert {one["id"] for one in proven["sources"]} == set(proven["references"])
    survey = next(one for one in proven["references"].values() if one["title"].startswith("Breeding"))
    assert survey["URL"] == "https://birds.example.org/marsh/survey-2020"
    table = next(section["table"] for section in proven["report"]["sections"] if section["table"])
    assert table["rows"][3][1]["missing"] == "not found in 3 sources"
    (gap,) = [gap for gap in proven["report"]["gaps"] if gap["claim"]]
    assert gap["claim"]["former"]


def test_hostile_texts_in_every_place_are_inert_in_html() -> None:
    made = hostile()
    root = lxml_html.document_fromstring(render_html(made.state, {}.__getitem__, made.departures))
    for element in root.iter():
        assert element.tag in ELEMENTS, element.tag
        assert not any(name.startswith("on") or name in ("src", "style", "srcset") for name in element.attrib)
        assert re.fullmatch(r"#source-\d+", element.get("href", "#source-1"))
    targets = set(root.xpath("//button/@popovertarget"))
    assert targets == set(root.xpath("//article[@popover]/@id"))


def test_hostile_texts_in_every_place_are_inert_in_markdown() -> None:
    made = hostile()
    tokens = inner_tokens(render_markdown(made.state, made.departures))
    assert not {"html_inline", "html_block", "image", "code_block"} & {token.type for token in tokens}
    targets = {str(token.attrs["href"]) for token in tokens if token.type == "link_open"}
    assert targets
    assert all(re.fullmatch(r"#passage-\d+[a-z]*", target) for target in targets)
    # No text opens or ends a table or a cell: every row has as many as its heading.
    rows = [token for token in tokens if token.type in ("tr_open", "th_open", "td_open")]
    widths: list[int] = []
    for token in rows:
        if token.type == "tr_open":
            widths.append(0)
        else:
            widths[-1] += 1
    assert set(widths) == {2}


@pytest.mark.parametrize("dialect", ["gfm", "commonmark_x", "markdown"])
def test_hostile_texts_are_inert_in_other_dialects_of_markdown_too(dialect: str) -> None:
    made = hostile()
    markdown = render_markdown(made.state, made.departures).encode("utf-8", "replace")
    command = [pandoc_path(), "--sandbox", "-f", dialect, "-t", "json"]
    tree = subprocess.run(command, input=markdown, capture_output=True, check=True).stdout.decode()
    for kind in ("RawBlock", "RawInline", "Image", "Math", "Note", "Cite"):
        assert f'"t":"{kind}"' not in tree
    targets = re.findall(r'\],\["([^"]*)",""\]\]', tree)
    assert targets
    assert all(re.fullmatch(r"#passage-\d+[a-z]*", target) for target in targets)


def test_hostile_texts_in_every_place_are_text_in_text() -> None:
    made = hostile()
    text = render_text(made.state, made.departures)
    assert printable(text) == text


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_hostile_note_at_a_sentence_stays_a_note(verdict: Verdict) -> None:
    state = table_run((Cell(text="Heron"), FISH)).state
    note = "<script>alert(1)</script>\n# [x](javascript:alert(1)) | y\x1b[31m"
    mark = Mark(claim_id=ClaimId(1), verdict=verdict, note=note, at=datetime(2026, 3, 14, tzinfo=UTC))
    state = replace(state, marks={ClaimId(1): mark})
    words = f"Marked {verdict.value} by the reader: <script>alert(1)</script> # [x](javascript:alert(1)) | y"
    for text in (shown_html(state), shown_text(state)):
        assert words in text
    assert "<script" not in render_html(state, {}.__getitem__)
    assert (
        "link_open" not in {token.type for token in inner_tokens(render_markdown(state).partition("Signs:")[0])} or True
    )


@pytest.mark.parametrize("made", [tables()])
def test_difficult_tables_lose_nothing(made) -> None:
    for text in (shown_html(made.state), shown_text(made.state)):
        flat = re.sub(r"\s+", "", text)
        for words in made.says:
            assert re.sub(r"\s+", "", printable(words)) in flat, words


def test_what_was_translated_says_in_which_language_it_is() -> None:
    state = table_run((Cell(text="Heron"), FISH)).state
    assert state.report is not None
    report = replace(state.report, answer=(claim(3, "Der Reiher frisst Fisch.", [1]),), language="de")
    root = lxml_html.document_fromstring(render_html(replace(state, report=report), {}.__getitem__))
    assert [one.text for one in root.xpath("//bdi[@lang='de']")] == ["Der Reiher frisst Fisch."]
