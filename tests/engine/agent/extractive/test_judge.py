from dataclasses import replace

import pytest
from fakes import document_of, source_of

from engine.agent.extractive.judge import ExtractiveJudge
from engine.agent.roles import Brief
from engine.domain import Claim, ClaimId, ClaimState, Locator, Passage, PassageId, SubQuestionId

DOCUMENT = document_of("The lake is 136 metres deep. Maria Keller measured it in 1931.", title="Lake guide")
SOURCE = source_of("file:///lake", DOCUMENT)
PASSAGE = Passage(
    id=PassageId(1),
    source_id=SOURCE.id,
    subquestion_id=SubQuestionId(1),
    start=0,
    end=len(DOCUMENT.text),
    quote=DOCUMENT.text,
    locator=Locator(),
    relevance=0.9,
)
BRIEF = Brief(
    question="How deep is the lake?", episodes=(), passages={PASSAGE.id: PASSAGE}, sources={SOURCE.id: SOURCE}
)
CLAIM = Claim(id=ClaimId(1), text="The lake is 136 metres deep.", passages=(PASSAGE.id,), is_quotation=True)


@pytest.mark.parametrize(
    ("claim", "state"),
    [
        (CLAIM, ClaimState.SINGLE_SOURCE),
        (replace(CLAIM, text="The lake is 137 metres deep."), ClaimState.UNSUPPORTED),
        (replace(CLAIM, passages=(PassageId(7),)), ClaimState.UNSUPPORTED),
        (replace(CLAIM, passages=()), ClaimState.UNSUPPORTED),
        (replace(CLAIM, text="In 1931 it was 136 m deep.", is_quotation=False), ClaimState.SINGLE_SOURCE),
        (replace(CLAIM, text="In 1932 it was 136 m deep.", is_quotation=False), ClaimState.PARTLY),
        (replace(CLAIM, text="It was measured in 1999.", is_quotation=False), ClaimState.UNSUPPORTED),
    ],
)
def test_a_claim_is_held_against_its_passages(claim: Claim, state: ClaimState) -> None:
    checked = ExtractiveJudge().check(claim, BRIEF)
    assert checked.state is state
    assert bool(checked.remark) == (state is not ClaimState.SINGLE_SOURCE)
    assert checked.text == claim.text


@pytest.mark.parametrize(
    "text",
    ["Swimmers are generally fond of the lake.", "The lake is shallow and warm.", "The lake is immune to frost."],
)
def test_what_is_said_in_words_of_its_own_is_not_taken_for_verified_without_a_language_model(text: str) -> None:
    checked = ExtractiveJudge().check(replace(CLAIM, text=text, is_quotation=False), BRIEF)
    assert checked.state is ClaimState.UNCHECKED
    assert "no language model has judged" in checked.remark


def test_a_sentence_that_is_too_long_to_be_looked_through_is_not_verified() -> None:
    text = "The lake is 136 metres deep. " * 500
    checked = ExtractiveJudge().check(replace(CLAIM, text=text, is_quotation=False), BRIEF)
    assert checked.state is ClaimState.PARTLY
