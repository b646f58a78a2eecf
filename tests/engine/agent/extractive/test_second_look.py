from dataclasses import replace
from datetime import UTC, datetime

import pytest
from role_play import Evidence

from engine.agent.extractive.draft import Draft
from engine.agent.extractive.judge import ExtractiveJudge
from engine.agent.extractive.near_passages import NearPassages
from engine.agent.extractive.units import opens_with_code, quote_spans
from engine.agent.extractive.witnesses import site_of
from engine.agent.plain_statistics import NoStatistics
from engine.agent.roles import Brief
from engine.domain import (
    BlockKind,
    Claim,
    ClaimId,
    ClaimState,
    Locator,
    Passage,
    PassageId,
    Source,
    SourceId,
    SubQuestionId,
)

ARTICLE = (
    "The Hornsee near Aldern is a lake that many people visit in summer. The Hornsee is {} metres deep at its deepest "
    "point. Its shore is 24 kilometres long and belongs to three communes."
)


def web(question: str, **pages: str) -> Brief:
    """Each page by its host, with ``_`` for a dot and ``__`` for a slash."""
    sources: dict[SourceId, Source] = {}
    passages: dict[PassageId, Passage] = {}
    for number, (name, quote) in enumerate(pages.items(), start=1):
        address = "https://" + name.replace("__", "/").replace("_", ".")
        source = Source(
            id=SourceId(str(number)),
            address=address,
            title=f"About the Hornsee, {number}",
            format="html",
            text_hash=f"hash {number}",
            file_hash="",
            characters=len(quote),
            read_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        sources[source.id] = source
        passages[PassageId(number)] = Passage(
            id=PassageId(number),
            source_id=source.id,
            subquestion_id=SubQuestionId(1),
            start=0,
            end=len(quote),
            quote=quote,
            locator=Locator(),
            relevance=0.8,
        )
    return Brief(question=question, episodes=(), passages=passages, sources=sources)


def judged(text: str, brief: Brief, *passages: int, is_quotation: bool = False) -> Claim:
    numbers = tuple(PassageId(number) for number in passages)
    claim = Claim(id=ClaimId(1), text=text, passages=numbers, is_quotation=is_quotation)
    return ExtractiveJudge().check(claim, brief)


DEEP = "The Hornsee is 136 metres deep at its deepest point."


def test_a_copy_with_another_figure_contradicts_and_both_sides_are_named() -> None:
    brief = web("What is the Hornsee?", a_example=ARTICLE.format(136), b_example=ARTICLE.format(163))
    checked = judged(DEEP, brief, 1, is_quotation=True)
    assert checked.state is ClaimState.CONTRADICTED
    assert (checked.passages, checked.against) == ((1,), (2,))
    assert checked.remark == "About the Hornsee, 1 says 136 metres, About the Hornsee, 2 says 163 metres."


def test_however_many_copies_a_forged_figure_has_it_is_lone_and_contradicted() -> None:
    forged = {f"copy{number}_example": ARTICLE.format(163) for number in range(5)}
    brief = web("What is the Hornsee?", a_example=ARTICLE.format(136), **forged)
    checked = judged(DEEP.replace("136", "163"), brief, 2, is_quotation=True)
    assert checked.state is ClaimState.CONTRADICTED
    assert checked.against == (1,)
    assert checked.lone_figures == ("163 metres",)


def test_a_figure_of_one_site_is_lone_whatever_pages_it_has() -> None:
    brief = web(
        "Hornsee", www_a_example="Divers say the Hornsee is 136 m deep.", maps_a_example__x="Hornsee: depth 136 m"
    )
    assert judged("The Hornsee is 136 metres deep.", brief, 1).lone_figures == ("136 metres",)


def test_a_figure_of_two_sites_is_not_lone() -> None:
    brief = web("Hornsee", a_example="Divers say the Hornsee is 136 m deep.", b_example="Hornsee: depth 136 m")
    assert judged("The Hornsee is 136 metres deep.", brief, 1).lone_figures == ()


def test_the_same_figure_of_something_else_is_no_second_witness() -> None:
    brief = web(
        "Hornsee", a_example="Divers say the Hornsee is 136 m deep.", b_example="The church tower is 136 m high."
    )
    assert judged("The Hornsee is 136 metres deep.", brief, 1).lone_figures == ("136 metres",)


def test_a_claim_that_fails_has_no_lone_figures() -> None:
    brief = web("Hornsee", a_example="Divers say the Hornsee is 136 m deep.")
    checked = judged("The Hornsee is 163 metres deep.", brief, 1)
    assert checked.state is ClaimState.PARTLY
    assert (checked.lone_figures, checked.against) == ((), ())


def test_citations_that_have_nothing_to_do_with_a_sentence_are_left_out() -> None:
    evidence = Evidence("How deep is the Hornsee?")
    evidence.passage("Divers say the Hornsee is 136 m deep.", source="a")
    for number in range(6):
        evidence.passage(f"Bread needs {number + 30} minutes in a hot oven.", source=f"b{number}")
    evidence.episode("How deep is the Hornsee?")
    checked = judged("The Hornsee is 136 metres deep.", evidence.brief(), *range(1, 8))
    assert checked.passages == (1,)
    assert checked.remark == "6 citations that do not say this were left out."


def test_something_is_always_cited() -> None:
    evidence = Evidence("What about birds?")
    evidence.passage("Bread is baked.", source="a")
    evidence.passage("Iron is forged.", source="b")
    evidence.episode("What about birds?")
    assert judged("They sing.", evidence.brief(), 1, 2).passages


def test_a_cell_of_a_table_is_checked_like_a_sentence() -> None:
    evidence = Evidence("All herons with their wingspan")
    evidence.passage("The grey heron has a wingspan of 175 to 195 centimetres.", source="a", title="Grey heron")
    evidence.passage("Ardea cinerea stands a metre tall. Wingspan: 1.75–1.95 m.", source="b", title="Heron, grey")
    evidence.episode("All herons")
    brief = evidence.brief()
    assert judged("Grey heron, wingspan: 175–195 cm", brief, 1).state is ClaimState.SINGLE_SOURCE
    assert judged("Grey heron, wingspan: 175–195 cm", brief, 2).agreeing == (1,)
    assert judged("Grey heron, wingspan: 155–195 cm", brief, 1).state is ClaimState.PARTLY


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.example.org/a", "example.org"),
        ("https://de.m.example.org/a", "example.org"),
        ("http://news.example.co.uk:8080/", "example.co.uk"),
        ("https://somebody.github.io/x", "somebody.github.io"),
        ("http://127.0.0.1:8000/x", "127.0.0.1:8000"),
        ("http://localhost:9/x", "localhost:9"),
        ("file:///home/a.txt", ""),
        ("https://[bad", ""),
    ],
)
def test_pages_belong_to_what_is_registered(address: str, site: str) -> None:
    assert site_of(address) == site


def test_near_passages_are_those_with_the_rare_words_and_grow_with_the_run() -> None:
    evidence = Evidence("q")
    for number in range(300):
        evidence.passage(f"The lake number {number} is deep.", source=f"s{number}")
    near = NearPassages()
    assert [one.id for one in near.near("What of lake 17?", evidence.brief(), limit=1)] == [18]
    assert near.near("The Hornsee has herons.", evidence.brief(), limit=5) == []
    added = evidence.passage("Herons breed at the Hornsee.", source="new")
    assert [one.id for one in near.near("The Hornsee has herons.", evidence.brief(), limit=5)] == [added]


def test_near_passages_of_another_run_are_read_anew() -> None:
    near = NearPassages()
    one, other = Evidence("q"), Evidence("q")
    one.passage("Herons breed here.")
    other.passage("Bread is baked here.")
    assert near.near("herons", one.brief(), limit=5)
    assert near.near("herons", other.brief(), limit=5) == []
    assert near.near("bread", other.brief(), limit=5)


def test_what_a_passage_is_counts_for_more_than_its_looks() -> None:
    looks_like_code = "    Lime is burnt.\n    Then it is slaked."
    assert opens_with_code(looks_like_code) and opens_with_code(looks_like_code, first=BlockKind.CODE)
    assert not opens_with_code(looks_like_code, first=BlockKind.QUOTE)
    assert opens_with_code("make it so", first=BlockKind.CODE) and not opens_with_code("make it so")
    assert len(quote_spans("One is. Two is.", first=BlockKind.CODE)) == 1
    assert len(quote_spans("One is. Two is.", first=BlockKind.PARAGRAPH)) == 2


def test_a_report_without_a_model_quotes_no_code_that_is_known_to_be_code() -> None:
    lime = "Lime is burnt in a kiln before it is slaked with water, and lime keeps for years in a pit."
    brief = web("What is lime?", a_example=lime)
    assert [claim.text for claim in Draft(brief, NoStatistics()).best_claims()] == [lime]
    passages = {number: replace(one, kind=BlockKind.CODE) for number, one in brief.passages.items()}
    assert Draft(replace(brief, passages=passages), NoStatistics()).best_claims() == ()


def test_another_range_of_what_is_asked_for_is_a_contradiction_where_no_name_is_shared() -> None:
    pages = {
        "a_example": "The grey heron has a wingspan of 160 cm.",
        "b_example": "The grey heron has a wingspan of 175 to 195 cm.",
    }
    brief = web("What is the wingspan of the grey heron?", **pages)
    brief = replace(brief, sources={one: replace(it, title=f"{one}") for one, it in brief.sources.items()})
    checked = judged(pages["a_example"], brief, 1, is_quotation=True)
    assert checked.state is ClaimState.CONTRADICTED
    assert checked.remark == "1 says 160 cm, 2 says 175 to 195 cm."
    elsewhere = replace(brief, question="What do birds eat?")
    assert judged(pages["a_example"], elsewhere, 1, is_quotation=True).state is ClaimState.SINGLE_SOURCE
