import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.export.people import csl_name, csl_names


@pytest.mark.parametrize(
    ("stated", "family", "given_name"),
    [
        ("Jane Doe", "Doe", "Jane"),
        ("Doe, Jane", "Doe", "Jane"),
        ("John F. Kennedy", "Kennedy", "John F."),
        ("J. R. R. Tolkien", "Tolkien", "J. R. R."),
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
        ("van der Berg, Anna", "van der Berg", "Anna"),
        ("García Lorca, Federico", "García Lorca", "Federico"),
        ("Jean-Paul Sartre", "Sartre", "Jean-Paul"),
        ("Shaun O’Neill", "O’Neill", "Shaun"),
        ("Иванова, Мария", "Иванова", "Мария"),
    ],
)
def test_names_whose_parts_are_certain_are_divided(stated: str, family: str, given_name: str) -> None:
    assert csl_name(stated) == {"family": family, "given": given_name}


@pytest.mark.parametrize(
    "stated",
    [
        "World Bank",
        "BBC News",
        "NASA",
        "Reuters Staff",
        "Foo, Inc.",
        "Gabriel García Márquez",
        "Jane Doe, John Smith",
        "Jane Doe, PhD",
        "Dr. Jane Doe",
        "Wang Wei",
        "王伟",
        "Мария Иванова",
        "Voltaire",
        "jane doe",
        "Universität Wien",
        "Martin Luther King, Jr.",
    ],
)
def test_names_that_leave_a_doubt_stay_whole(stated: str) -> None:
    assert csl_name(stated) == {"literal": stated}


def test_a_younger_one_keeps_what_tells_them_from_the_older() -> None:
    assert csl_name("King, Martin Luther, Jr.") == {"family": "King", "given": "Martin Luther", "suffix": "Jr."}


def test_where_family_names_stand_first_nothing_is_divided() -> None:
    assert csl_name("Nagy Anna", language="hu-HU") == {"literal": "Nagy Anna"}


def test_addresses_are_no_names() -> None:
    stated = (
        "example.org",
        "https://example.org/jane",
        "Jane Doe <jane@example.org>",
        "jane@example.org",
        "…",
        "Jane Doe",
    )
    assert csl_names(stated) == [{"family": "Doe", "given": "Jane"}]


@given(st.text(max_size=60))
def test_no_letter_of_a_name_is_lost_or_added(stated: str) -> None:
    line = " ".join(stated.split())
    said = csl_name(line)
    kept = "".join(sorted(letter for value in said.values() for letter in value if letter.isalnum()))
    assert kept == "".join(sorted(letter for letter in line if letter.isalnum()))
