from dataclasses import replace

import pytest
from fake_runs import finished_run
from web_runs import web_run

from engine.domain import Obstacle
from engine.export.bibliography import own_address, source_facts, unread_sources

FETCHED = "https://www.example.org/mortar?utm_source=x"


def cited(**changes: str):
    return next(iter(web_run(**changes).state.sources.values()))


def test_a_page_is_cited_by_its_own_address_and_says_where_it_was_found() -> None:
    facts = dict(source_facts(cited()))
    assert facts["Address"] == "https://example.org/mortar"
    assert facts["Found at"] == FETCHED
    assert facts["Site"] == "Example of Building"
    assert facts["By"] == "A. Mason"
    assert facts["Published"] == "2025-02-03"
    assert facts["Retrieved"] == "2026-03-14 09:26 UTC"


@pytest.mark.parametrize(
    "canonical",
    ["https://trusted.example/mortar", "javascript:alert(1)", "https://example.org.evil.example/", "https://[x", "x"],
)
def test_a_page_cannot_pass_for_one_of_another_site(canonical: str) -> None:
    source = cited(canonical=canonical)
    assert own_address(source) == FETCHED
    assert dict(source_facts(source))["Says that it is"] == canonical


@pytest.mark.parametrize(
    ("address", "canonical"),
    [
        ("https://en.m.wikipedia.org/wiki/Lime", "https://en.wikipedia.org/wiki/Lime"),
        ("http://example.org/amp/x", "https://www.example.org/x"),
    ],
)
def test_other_dresses_of_one_site_are_one_site(address: str, canonical: str) -> None:
    assert own_address(cited(address=address, canonical=canonical)) == canonical


def test_where_redirects_led_is_the_address_if_the_page_gives_none() -> None:
    source = replace(cited(), canonical="", final_address="https://example.org/2025/mortar")
    facts = dict(source_facts(source))
    assert facts["Address"] == "https://example.org/2025/mortar"
    assert facts["Found at"] == FETCHED


def test_what_the_reader_supplied_is_marked() -> None:
    supplied = next(source for source in web_run().state.sources.values() if source.is_supplied)
    facts = dict(source_facts(supplied))
    assert "Supplied" in facts
    assert "Supplied by the reader" in facts["Note"]


def test_files_have_no_words_of_the_web() -> None:
    facts = dict(source_facts(next(iter(finished_run().state.sources.values()))))
    assert facts["Address"].startswith("/home/reader/")
    assert {"In", "Read"} <= set(facts)
    assert not {"Site", "Retrieved", "Found at"} & set(facts)


def test_a_blocked_source_is_listed_with_the_reason() -> None:
    (unread,) = unread_sources(web_run().state)
    assert unread.obstacle is Obstacle.LOGIN
    assert unread.words == "It needs a login. It is shown to subscribers only."


def test_what_was_read_in_the_end_or_not_wanted_is_not_listed_as_unread() -> None:
    state = web_run().state
    (unread,) = unread_sources(state)
    assert not unread_sources(replace(state, skipped=frozenset({unread.address})))
    source = replace(next(iter(state.sources.values())), address=unread.address)
    assert not unread_sources(replace(state, sources={**state.sources, source.id: source}))
