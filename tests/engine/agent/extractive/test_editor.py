"""Changes of a finished report without a language model."""

from __future__ import annotations

from dataclasses import replace

import pytest
from role_play import Evidence

from engine.agent.extractive.editor import ExtractiveEditor
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Brief
from engine.domain import (
    Amendment,
    AmendmentKind,
    Claim,
    ClaimId,
    ClaimState,
    Gap,
    PassageId,
    Report,
    Section,
    SubQuestionId,
)
from engine.errors import AmendmentImpossible

QUOTES = (
    "The lake is 136 metres deep at its deepest point.",
    "Anna Berg measured the lake in the spring of 2021.",
    "The water of the lake is cold all year, with 4 degrees at the bottom.",
    "The shore of the lake is covered with reed and old trees.",
)


def brief() -> Brief:
    evidence = Evidence("How deep is the lake?")
    for number, quote in enumerate(QUOTES):
        evidence.passage(quote, source=f"s{number}", about=2 if number == 2 else 1, relevance=0.9 - number / 10)
    evidence.episode("How deep is the lake?")
    evidence.episode("How cold is the lake?")
    return evidence.brief()


def claim(number: int, passage: int, state: ClaimState = ClaimState.SINGLE_SOURCE) -> Claim:
    text = QUOTES[passage - 1]
    return Claim(id=ClaimId(number), text=text, passages=(PassageId(passage),), is_quotation=True, state=state)


def report() -> Report:
    return Report(
        question="How deep is the lake?",
        answer=(claim(1, 1),),
        sections=(
            Section(title="Measuring", claims=(claim(2, 2), claim(3, 4))),
            Section(title="Shore", claims=(claim(4, 4),)),
        ),
        gaps=(Gap(question="How cold is the lake?", queries=(), sources_read=0, reason="Nothing was read."),),
        made_by="Plumbline",
    )


def amended(amendment: Amendment, *, of: Report | None = None, subquestions: tuple[int, ...] = ()) -> Report:
    editor = ExtractiveEditor(NoStatistics())
    return editor.amended(of or report(), amendment, brief(), subquestions=tuple(map(SubQuestionId, subquestions)))


def impossible(amendment: Amendment, *, of: Report | None = None) -> AmendmentImpossible:
    with pytest.raises(AmendmentImpossible) as caught:
        amended(amendment, of=of)
    assert caught.value.title and caught.value.hint
    return caught.value


def test_what_was_found_on_a_further_question_is_quoted_behind_the_claim() -> None:
    wanted = Amendment(kind=AmendmentKind.DEEPER, words="How cold is the lake?", claim=ClaimId(2))
    changed = amended(wanted, subquestions=(2,))
    assert [section.title for section in changed.sections] == ["Measuring", "How cold is the lake?", "Shore"]
    (new,) = changed.sections[1].claims
    assert new.text == QUOTES[2] and new.passages == (3,) and new.id == 5 and new.is_quotation
    assert changed.gaps == () and changed.answer == report().answer


def test_nothing_found_is_no_new_version() -> None:
    wanted = Amendment(kind=AmendmentKind.DEEPER, words="Who owns it?")
    assert "Nothing more" in impossible(wanted).title


def test_what_was_found_on_something_else_answers_a_further_question_too() -> None:
    changed = amended(Amendment(kind=AmendmentKind.DEEPER, words="How cold is the lake?"), subquestions=(3,))
    assert [one.text for one in changed.sections[-1].claims] == [QUOTES[2]]
    assert changed.sections[-1].subquestion_id == 3 and changed.gaps == ()


def test_what_the_report_quotes_already_is_told_apart_from_nothing_found() -> None:
    wanted = Amendment(kind=AmendmentKind.DEEPER, words="How deep is the lake?")
    refused = impossible(wanted)
    assert "in the report already" in refused.title and "Nothing" not in refused.title


def test_what_is_left_of_a_quoted_passage_answers_a_further_question() -> None:
    evidence = Evidence("How deep is the lake?")
    both = "The lake is 136 metres deep at its deepest point. The lake was surveyed by Anna Berg in the year 2021."
    evidence.passage(both)
    evidence.episode("How deep is the lake?")
    first = replace(claim(1, 1), text="The lake is 136 metres deep at its deepest point.")
    quoting = replace(report(), answer=(first,), sections=())
    wanted = Amendment(kind=AmendmentKind.DEEPER, words="Who surveyed the lake?")
    changed = ExtractiveEditor(NoStatistics()).amended(quoting, wanted, evidence.brief())
    assert [one.text for one in changed.sections[-1].claims] == ["The lake was surveyed by Anna Berg in the year 2021."]


def test_the_least_relevant_sentences_are_left_out_and_the_answer_stays() -> None:
    changed = amended(Amendment(kind=AmendmentKind.SHORTEN))
    assert [section.title for section in changed.sections] == ["Measuring"]
    assert changed.sections[0].claims == report().sections[0].claims
    assert changed.answer == report().answer
    again = amended(Amendment(kind=AmendmentKind.SHORTEN), of=changed)
    assert [one.id for one in again.sections[0].claims] == [2]
    impossible(Amendment(kind=AmendmentKind.SHORTEN), of=again)


def test_what_was_not_confirmed_goes_first() -> None:
    weak = Section(title="Measuring", claims=(claim(2, 2, ClaimState.PARTLY), claim(3, 4)))
    changed = amended(Amendment(kind=AmendmentKind.SHORTEN, section=0), of=replace(report(), sections=(weak,)))
    assert [one.id for one in changed.sections[0].claims] == [3]


def test_one_section_alone_is_shortened() -> None:
    changed = amended(Amendment(kind=AmendmentKind.SHORTEN, section=0))
    assert [one.id for one in changed.sections[0].claims] == [2]
    assert changed.sections[1] == report().sections[1]
    impossible(Amendment(kind=AmendmentKind.SHORTEN, section=1))
    impossible(Amendment(kind=AmendmentKind.SHORTEN, section=5))


def test_translating_needs_a_model_and_says_where_to_get_one() -> None:
    error = impossible(Amendment(kind=AmendmentKind.TRANSLATE, language="de"))
    assert "language model" in error.title and "translated" in error.hint


def test_a_table_of_what_is_written_keeps_the_claims() -> None:
    changed = amended(Amendment(kind=AmendmentKind.TABLE, section=0))
    table = changed.sections[0].table
    assert table is not None and changed.sections[0].claims == ()
    assert table.claims == report().sections[0].claims
    assert changed.sections[1] == report().sections[1]
    impossible(Amendment(kind=AmendmentKind.TABLE, section=0), of=changed)
    impossible(Amendment(kind=AmendmentKind.TABLE, section=1))


def test_a_table_of_the_whole_report() -> None:
    changed = amended(Amendment(kind=AmendmentKind.TABLE))
    (section,) = changed.sections
    assert section.table is not None and {one.id for one in section.table.claims} == {2, 3, 4}


def test_a_table_of_an_answer_says_it_once_more_under_its_sub_questions() -> None:
    only = replace(report(), sections=(), answer=(claim(1, 1), claim(2, 3)))
    changed = amended(Amendment(kind=AmendmentKind.TABLE), of=only)
    assert changed.answer == only.answer
    table = changed.sections[0].table
    assert table is not None and [row[0].text for row in table.rows] == [
        "How deep is the lake?",
        "How cold is the lake?",
    ]
    assert [(one.id, one.based_on, one.state) for one in table.claims] == [
        (3, (1,), ClaimState.UNCHECKED),
        (4, (2,), ClaimState.UNCHECKED),
    ]
    impossible(Amendment(kind=AmendmentKind.TABLE), of=replace(only, answer=only.answer[:1]))


@pytest.mark.parametrize("kind", [AmendmentKind.CHECK, AmendmentKind.RESTORE])
def test_what_the_loop_does_itself_is_not_for_an_editor(kind: AmendmentKind) -> None:
    impossible(Amendment(kind=kind))
