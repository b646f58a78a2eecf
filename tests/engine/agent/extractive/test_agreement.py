import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.agent.extractive.agreement import Relation, relation, statement
from engine.agent.extractive.facts import Quantity, names, quantities
from engine.agent.extractive.question import analyse


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,200 bytes", "1200 bytes"),
        ("five days", "5 days"),
        ("2.50", "2.5"),
        ("4 gigabytes", "4 GB"),
        ("3 million", "3,000,000"),
        ("٢٠٠٠", "2000"),
    ],
)
def test_numbers_are_compared_as_values(one: str, other: str) -> None:
    assert quantities(one) == quantities(other) != frozenset()


def test_versions_and_units_are_kept_apart() -> None:
    assert quantities("3.11.7") == {Quantity(value="3.11.7")}
    assert quantities("5 ms") != quantities("5 minutes")
    assert quantities("sqlite3_open") == frozenset()


def test_names_are_found() -> None:
    assert "maria keller" in names("The colony was founded by Maria Keller.")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("The lake is 136 metres deep.", "The lake has a depth of 136 metres.", Relation.AGREES),
        ("The lake is 136 metres deep.", "The lake is 136 metres deep.", Relation.COPY),
        ("The lake is 136 metres deep.", "The lake is 143 metres deep.", Relation.CONTRADICTS),
        ("The lake is 136 metres deep.", "Pumps need 136 watts of power.", Relation.UNRELATED),
        ("The lake is 136 metres deep.", "The lake is 88 square kilometres large and 3 km wide.", Relation.UNRELATED),
        ("The lake is 136 metres deep.", "Ferries cross the lake.", Relation.UNRELATED),
    ],
)
def test_what_statements_are_to_each_other(one: str, other: str, expected: Relation) -> None:
    question = analyse("How deep is the lake?")
    assert relation(statement(one), statement(other), question=question) is expected


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    question = analyse("How many?")
    first = relation(statement(one), statement(other), question=question)
    assert first is relation(statement(other), statement(one), question=question)
