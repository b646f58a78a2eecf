"""The steps of writing without a language model."""

from __future__ import annotations

import time

import pytest
from role_play import Evidence, report_of

from engine.agent.extractive.writer import ExtractiveWriter
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Brief
from engine.citations.integrity import with_only_known_citations
from engine.domain import Claim, ClaimId, ClaimState, Outline, OutlinePart, PassageId

DEEP = "The lake is 136 metres deep at its deepest point. Many people visit it every summer."
MEASURED = "Anna Berg measured the depth of the lake in the spring of 2021 with a long line."
FISH = "Pike and perch live in the lake, and they are caught near the old mill every autumn."


def writer() -> ExtractiveWriter:
    return ExtractiveWriter(NoStatistics())


def lake() -> Brief:
    evidence = Evidence("How deep is the lake?")
    evidence.passage(DEEP, source="a", section=("Depth",), relevance=0.9)
    evidence.passage(MEASURED, source="b", section=("Measuring",), relevance=0.8)
    evidence.passage(FISH, source="c", section=("Fish",), relevance=0.7)
    evidence.episode("How deep is the lake?")
    return evidence.brief()


def herons() -> Brief:
    evidence = Evidence("All herons with their wingspan and clutch size")
    evidence.passage("The grey heron has a wingspan of 155–195 cm.", source="a", title="Grey heron")
    evidence.passage("The purple heron has a wingspan of 120–150 cm.", source="b", title="Purple heron")
    evidence.episode("All herons with their wingspan and clutch size")
    return evidence.brief()


def test_the_outline_is_what_will_be_written() -> None:
    brief = lake()
    outline = writer().outline(brief)
    written = dict(writer().sections(brief, outline, parts=range(len(outline.parts))))
    assert outline.parts
    for index, part in enumerate(outline.parts):
        assert written[index].title == part.title
        assert {number for claim in written[index].claims for number in claim.passages} == set(part.passages)


def test_steps_taken_by_several_writers_make_the_same_report() -> None:
    brief = lake()
    outline = writer().outline(brief)
    sections = [dict(writer().sections(brief, outline, parts=[number]))[number] for number in range(len(outline.parts))]
    assert writer().report(brief, outline, sections) == report_of(writer(), brief)


def test_an_outline_of_somebody_else_is_written_from_its_passages() -> None:
    brief = lake()
    part = OutlinePart(title="Life in the water", passages=(PassageId(3),))
    ((_, section),) = writer().sections(brief, Outline(parts=(part,)), parts=[0])
    assert section.title == "Life in the water"
    assert [claim.passages for claim in section.claims] == [(3,)]
    assert section.claims[0].text in FISH


def test_a_question_for_a_table_is_answered_with_one_and_asks_for_its_empty_cells() -> None:
    brief = herons()
    made = writer()
    report = report_of(made, brief)
    (section,) = [section for section in report.sections if section.table is not None]
    assert section.table is not None and len(section.table.rows) == 2
    assert section.table.columns == ("Herons", "Wingspan", "Clutch size")
    assert with_only_known_citations(report, brief.passages) == report
    assert any("empty" in gap.reason for gap in report.gaps)
    (missing,) = made.missing(brief, report.sections)
    assert "clutch size" in missing and missing.endswith("?")


def test_text_has_nothing_missing_that_could_be_told() -> None:
    brief = lake()
    assert writer().missing(brief, report_of(writer(), brief).sections) == ()


@pytest.mark.parametrize("question", ["How deep is the lake?", "All lakes with their depth and age"])
@pytest.mark.parametrize("count", [0, 1, 10_000])
def test_any_number_of_passages_is_written_about(question: str, count: int) -> None:
    evidence = Evidence(question)
    for number in range(count):
        evidence.passage(f"Lake Number{number} has a depth of {number % 300} metres.", source=f"s{number % 50}")
    evidence.episode(question)
    brief = evidence.brief()
    started = time.process_time()
    report = report_of(writer(), brief)
    assert time.process_time() - started < 10
    assert with_only_known_citations(report, brief.passages) == report


def failed(text: str, *passages: int) -> Claim:
    return Claim(
        id=ClaimId(4), text=text, passages=tuple(map(PassageId, passages)), state=ClaimState.UNSUPPORTED, remark="No."
    )


def test_a_failed_sentence_becomes_the_sentence_that_is_most_like_it() -> None:
    claim = writer().rewrite(failed("The lake is 163 metres deep at the deepest point.", 1, 2), lake())
    assert claim is not None
    assert claim.text == "The lake is 136 metres deep at its deepest point."
    assert claim.is_quotation and claim.passages == (1,) and claim.state is ClaimState.UNCHECKED
    assert claim.former == "The lake is 163 metres deep at the deepest point." and claim.id == 4


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("Stars shine over green hills.", (1, 2)),
        ("The lake is 136 metres deep at its deepest point!", (1,)),
        ("The lake is deep.", (99,)),
        ("The lake is deep.", ()),
    ],
)
def test_where_no_sentence_is_like_it_there_is_none(text: str, passages: tuple[int, ...]) -> None:
    assert writer().rewrite(failed(text, *passages), lake()) is None


def test_a_part_of_the_question_of_which_nothing_is_quoted_is_said_to_be_open() -> None:
    evidence = Evidence("Which fish live in the lake and who measured it?")
    evidence.passage(FISH, source="a", about=1, relevance=0.9)
    evidence.passage(FISH, source="b", about=2, relevance=0.8)
    evidence.episode("Which fish live in the lake?")
    evidence.episode("Who measured the lake?")
    report = report_of(writer(), evidence.brief())
    assert report.claims
    assert [gap.question for gap in report.gaps] == ["Who measured the lake?"]
