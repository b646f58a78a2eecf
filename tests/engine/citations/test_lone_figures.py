from collections.abc import Sequence

import pytest

from engine.citations.lone_figures import lone_figures


def lone(text: str, *passages: str, same: Sequence[int] = (), asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Each passage is a witness of its own, but those of the indexes in ``same``, which are one."""

    def witnesses(indexes: Sequence[int]) -> int:
        return len({"same" if index in same else str(index) for index in indexes})

    return lone_figures(text, passages, count_witnesses=witnesses, asked=asked)


def test_a_figure_of_one_witness_is_lone_and_one_of_two_is_not() -> None:
    text = "The lake is 136 metres deep and covers 12 km²."
    assert lone(text, "It is 136 m deep and 12 km² large.", "The lake covers 1,200 hectares.") == ("136 metres",)


def test_copies_are_one_witness() -> None:
    passages = ("It is 136 m deep.", "It is 136 m deep.")
    assert lone("It is 136 metres deep.", *passages, same=(0, 1)) == ("136 metres",)
    assert lone("It is 136 metres deep.", *passages) == ()


def test_dates_count_in_whatever_form() -> None:
    text = "It opened on 20 July 1851."
    assert lone(text, "Opened: 1851-07-20", "Es wurde am 20. Juli 1851 eröffnet.") == ()
    assert lone(text, "Opened: 1851-07-20", "It opened in 1852.") == ("20 July 1851",)


@pytest.mark.parametrize(
    "text",
    ["It has two towers.", "There is 1 tower.", "Version 3 has towers.", "It needs utf8_towers2.", "No figure."],
)
def test_trifles_are_not_marked(text: str) -> None:
    assert lone(text, text) == ()


def test_what_was_asked_needs_no_witness() -> None:
    assert lone("In 1851 it had 1,200 members.", "In 1851: 1200 members.", asked=["How many in 1851?"]) == ("1,200",)


def test_what_nobody_states_is_for_the_check_to_say() -> None:
    assert lone("It is 163 metres deep.", "It is 136 metres deep.") == ()


def test_what_is_marked_stands_in_the_sentence() -> None:
    text = "Grey heron, wingspan: 175–195 cm, about $1.5 million, 3 %."
    found = lone(text, "175 to 195 cm; 1,500,000 dollars; 3 percent")
    assert found and all(one in text for one in found)
