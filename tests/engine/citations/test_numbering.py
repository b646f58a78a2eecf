from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.citations.numbering import number_citations
from engine.domain import Claim, ClaimId, Gap, Locator, Passage, PassageId, Report, Section, SourceId, SubQuestionId

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def passage(number: int, source: str) -> Passage:
    return Passage(
        id=PassageId(number),
        source_id=SourceId(source),
        subquestion_id=SubQuestionId(1),
        start=0,
        end=1,
        quote="x",
        locator=Locator(),
        relevance=1.0,
    )


def claim(number: int, *passages: int, agreeing: tuple[int, ...] = ()) -> Claim:
    return Claim(
        id=ClaimId(number),
        text="x",
        passages=tuple(PassageId(one) for one in passages),
        agreeing=tuple(PassageId(one) for one in agreeing),
    )


def report(answer: tuple[Claim, ...], *sections: tuple[Claim, ...]) -> Report:
    return Report(
        question="q",
        answer=answer,
        sections=tuple(Section(title="s", claims=claims) for claims in sections),
        gaps=(),
        made_by="nobody",
    )


def test_sources_are_numbered_where_they_are_first_cited() -> None:
    passages = {PassageId(n): passage(n, s) for n, s in [(1, "z"), (2, "a"), (3, "m")]}
    numbering = number_citations(report((claim(1, 2),), (claim(2, 3), claim(3, 1, 2))), passages)
    assert [source.source_id for source in numbering.sources] == ["a", "m", "z"]
    assert [mark.label for mark in numbering.marks_of(claim(9, 1, 2, 3))] == ["3", "1", "2"]


def test_a_source_cited_for_two_passages_gets_letters_and_one_cited_for_one_does_not() -> None:
    passages = {PassageId(n): passage(n, s) for n, s in [(1, "a"), (2, "a"), (3, "b")]}
    numbering = number_citations(report((claim(1, 2),), (claim(2, 1), claim(3, 3))), passages)
    assert {mark.passage_id: mark.label for mark in numbering.marks} == {2: "1a", 1: "1b", 3: "2"}


def test_agreeing_passages_are_numbered_but_kept_apart() -> None:
    passages = {PassageId(n): passage(n, s) for n, s in [(1, "a"), (2, "b")]}
    agreed = claim(1, 1, agreeing=(2, 1))
    numbering = number_citations(report((agreed,)), passages)
    assert [mark.label for mark in numbering.marks_of(agreed)] == ["1"]
    assert [mark.label for mark in numbering.agreeing_marks_of(agreed)] == ["2"]


def test_a_passage_that_does_not_exist_gets_no_mark() -> None:
    orphan = claim(1, 7)
    numbering = number_citations(report((orphan,)), {})
    assert numbering.marks_of(orphan) == ()
    assert numbering.sources == ()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 3)), max_size=60))
def test_labels_are_unique_and_every_cited_passage_has_one(cited: list[tuple[int, int]]) -> None:
    passages = {PassageId(n): passage(n, f"s{n % 3}") for n in range(1, 41)}
    claims = tuple(claim(i, n, agreeing=(n + m,)) for i, (n, m) in enumerate(cited, start=1))
    numbering = number_citations(report((), claims), passages)
    labels = [mark.label for mark in numbering.marks]
    assert len(set(labels)) == len(labels)
    for one in claims:
        assert len(numbering.marks_of(one)) == 1
    assert [source.number for source in numbering.sources] == list(range(1, len(numbering.sources) + 1))


def test_what_says_otherwise_and_what_failed_have_numbers_too() -> None:
    passages = {PassageId(n): passage(n, s) for n, s in [(1, "a"), (2, "b"), (3, "c")]}
    disputed = replace(claim(1, 1), against=(PassageId(2),))
    failed = Gap(question="?", queries=(), sources_read=1, reason="", claim=claim(2, 3))
    numbering = number_citations(replace(report((disputed,)), gaps=(failed,)), passages)
    assert [mark.label for mark in numbering.marks_of(disputed)] == ["1"]
    assert [mark.label for mark in numbering.marks_against(disputed)] == ["2"]
    assert [mark.label for mark in numbering.marks_of(failed.claim or disputed)] == ["3"]
