import time

import pytest
from fakes import source_of
from hypothesis import given, settings
from hypothesis import strategies as st
from role_play import report_of
from small_library import SmallLibrary, article

from engine.agent.extractive.reader import ExtractiveReader
from engine.agent.extractive.relevance import ANSWERING
from engine.agent.extractive.writer import ExtractiveWriter
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Brief, Findings, ReadingTask
from engine.domain import Locator, Passage, PassageId, SubQuestion, SubQuestionId
from engine.reading.document import Block, BlockKind, Document

LAKE = article(
    "The lake",
    """
# The lake
Many people visit the lake. The lake is 136 metres deep at its deepest point. It is cold.
# Contact
Copyright 2020. All rights reserved. How deep is the lake?
""",
)


def read(document: Document, question: str, *, known: tuple[Passage, ...] = (), limit: int = 3) -> Findings:
    library = SmallLibrary({"file:///x": document, "file:///y": article("Y", "Nothing of interest.")})
    task = ReadingTask(
        question=question,
        subquestion=SubQuestion(id=SubQuestionId(1), text=question),
        document=document,
        source=source_of("file:///x", document),
        known=known,
        max_passages=limit,
    )
    return ExtractiveReader(library).read([task])[0]


def passage(document: Document, start: int, end: int, *, number: int = 1) -> Passage:
    return Passage(
        id=PassageId(number),
        source_id=source_of("file:///x", document).id,
        subquestion_id=SubQuestionId(1),
        start=start,
        end=end,
        quote=document.text[start:end],
        locator=Locator(),
        relevance=0.8,
    )


def test_the_best_span_is_whole_sentences() -> None:
    best = read(LAKE, "How deep is the lake?").selections[0]
    assert LAKE.text[best.start : best.end].startswith("The lake is 136 metres deep at its deepest point.")


def test_what_is_known_is_not_selected_again() -> None:
    best = read(LAKE, "How deep is the lake?", limit=1).selections[0]
    again = read(LAKE, "How deep is the lake?", known=(passage(LAKE, best.start, best.end),))
    assert all("136" not in LAKE.text[found.start : found.end] for found in again.selections)


def test_what_says_more_than_is_known_is_selected() -> None:
    bridge = article("The bridge", "The bridge of Lomen was built in 1851. It is 120 metres long and carries carts.")
    end = bridge.text.index(" It is")
    found = read(bridge, "How long is the bridge of Lomen?", known=(passage(bridge, 0, end),)).selections
    assert any("120 metres" in bridge.text[one.start : one.end] for one in found)


def test_the_last_line_of_a_table_of_contents_is_no_part_of_the_sentence_after_it() -> None:
    text = "1.1. Herons\n\n1.2. Nests\n\nThe lake has several kinds of herons. They breed each spring."
    kinds = [BlockKind.LIST_ITEM, BlockKind.LIST_ITEM, BlockKind.PARAGRAPH]
    blocks, start = [], 0
    for kind, part in zip(kinds, text.split("\n\n"), strict=True):
        is_item = kind is BlockKind.LIST_ITEM
        blocks.append(Block(kind=kind, start=start, end=start + len(part), is_navigation=is_item))
        start += len(part) + 2
    document = Document(title="Kinds of herons", text=text, blocks=tuple(blocks), format="html")
    found = read(document, "Which kinds of herons and nests does the lake have?").selections
    assert found
    assert all("1.2." not in text[one.start : one.end] for one in found)


def test_what_was_changed_once_is_worth_less_unless_changes_are_asked_for() -> None:
    said = "The pump was stopped by a blocked filter of the pump. A blocked filter stops the pump."
    notes, manual = article("Release 2.3", said), article("Manual", said)
    question = "What stops the pump?"
    assert ANSWERING <= read(notes, question).selections[0].relevance < read(manual, question).selections[0].relevance
    asked = "What was changed for the pump with a blocked filter?"
    assert read(notes, asked).selections[0].relevance == read(manual, asked).selections[0].relevance


def test_a_text_about_the_things_is_selected_though_the_columns_of_the_table_are_not_named_in_it() -> None:
    bridge = article("Bridge of Lomen", "The bridge of Lomen was built in 1851. It is 120 metres long.")
    assert read(bridge, "List all bridges with their year, length and architect").selections


def test_a_minimum_is_no_maximum() -> None:
    text = "The minimum size of a nest of the heron, which is at most a limit of its kind, is 40 cm."
    found = read(article("Nests", text), "What is the maximum size of a nest?").selections
    assert all(one.relevance < ANSWERING for one in found)


def test_a_row_that_names_its_cells_is_quoted_without_the_header() -> None:
    table = article("Limits of the lake", "Item\tUpper limit\nboats\tUpper limit: 40\ndepth\tUpper limit: 136 m")
    found = read(table, "What is the upper limit of boats on the lake?").selections
    assert "boats\tUpper limit: 40" in [table.text[one.start : one.end] for one in found]


def test_a_question_is_no_answer_to_itself() -> None:
    found = read(LAKE, "How deep is the lake?").selections
    assert all("?" not in LAKE.text[selection.start : selection.end] for selection in found)


def test_a_name_that_is_nowhere_makes_everything_irrelevant() -> None:
    assert read(LAKE, "How deep is the Titisee?").selections == ()


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=600), st.text(max_size=60), st.integers(0, 5))
def test_selections_are_exact_and_within_bounds(text: str, question: str, limit: int) -> None:
    document = article("T", text)
    findings = read(document, question or "?", limit=limit)
    assert len(findings.selections) <= limit
    assert findings == read(document, question or "?", limit=limit)
    for found in findings.selections:
        quote = document.text[found.start : found.end]
        assert quote
        assert quote == quote.strip()
        assert 0 <= found.relevance <= 1


def test_a_long_document_is_read_in_a_moment() -> None:
    sentence = "The depth of the lake near station {} is {} metres, which was measured in the year {}. "
    text = "\n".join("".join(sentence.format(n, n % 90, 1900 + n % 99) for n in range(i, i + 5)) for i in range(250))
    document = article("Lakes", text)
    assert len(document.text) > 100_000
    started = time.process_time()
    assert read(document, "How deep is the lake at station 7?").selections
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize("count", [0, 1, 10_000])
def test_a_report_is_written_from_any_number_of_passages(count: int) -> None:
    document = article("Lakes", "\n".join(f"The lake number {n} is {n} metres deep." for n in range(count)))
    source = source_of("file:///x", document)
    passages = {
        PassageId(n + 1): passage(document, block.start, block.end, number=n + 1)
        for n, block in enumerate(document.blocks)
    }
    library = SmallLibrary({"file:///x": document})
    brief = Brief(question="How deep is the lake?", episodes=(), passages=passages, sources={source.id: source})
    started = time.process_time()
    report = report_of(ExtractiveWriter(library), brief)
    assert time.process_time() - started < 10
    assert bool(report.claims) == bool(count)
    for claim in report.claims:
        assert claim.text in passages[claim.passages[0]].quote


def test_of_a_document_that_was_only_named_the_beginning_is_selected() -> None:
    page = article(
        "Herons",
        "# Herons\nshort\nHerons are long-legged birds that live along rivers and lakes all over the world. They fish.",
    )
    task = ReadingTask(
        question="https://birds.example/herons",
        subquestion=SubQuestion(id=SubQuestionId(1), text="https://birds.example/herons"),
        document=page,
        source=source_of("https://birds.example/herons", page),
        known=(),
        max_passages=5,
    )
    (findings,) = ExtractiveReader(NoStatistics()).read([task])
    chosen = [page.text[one.start : one.end] for one in findings.selections]
    assert len(chosen) == 1
    assert chosen[0].startswith("Herons are long-legged birds")
