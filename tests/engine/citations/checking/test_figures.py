import sys
from decimal import Decimal

import pytest

from engine.citations.checking.figures import Bound, figures_of


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,200", "1200"),
        ("There are 1,200 of them", "1200"),
        ("1 200", "1200"),
        ("1\u202f200", "1200"),
        ("1'200", "1200"),
        ("Es sind 1.200 und nicht mehr", "1200"),
        ("Es sind 1,5 und nicht mehr", "1.5"),
        ("1.200,50", "1200.50"),
        ("12,34,567", "1234567"),
        ("1.2 million", "1200000"),
        ("3 Mrd.", "3000000000"),
        ("2½", "2.5"),
        ("٢٠٠٠", "2000"),
        ("1.2万", "12000"),
        ("-5", "-5"),
        ("twenty-one", "21"),
        ("zweihundertfünfunddreißig und nicht mehr", "235"),
        ("quatre-vingt-dix-sept est le nombre", "97"),
    ],
)
def test_a_number_is_read_as_its_value(text: str, value: str) -> None:
    (figure,) = figures_of(text)
    assert figure.readings[0] == Decimal(value)


@pytest.mark.parametrize("text", ["3.11.7", "sqlite3", "A4", "0x1F", "the second of all", "one of them"])
def test_what_is_a_name_or_a_word_is_no_figure(text: str) -> None:
    assert figures_of(text) == ()


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("5 km", "length"),
        ("5-metre", "length"),
        ("5 Kilometer", "length"),
        ("5 kilómetros", "length"),
        ("5 км", "length"),
        ("5 km/h", "speed"),
        ("5 metres per second", "speed"),
        ("5 m²", "area"),
        ("5 %", "share"),
        ("5 per cent", "share"),
        ("5 °C", "temperature"),
        ("€5", "money EUR"),
        ("US$ 5", "money USD"),
        ("5 MB/s", "digital/time"),
        ("5 Jahre", "calendar"),
    ],
)
def test_the_unit_is_understood(text: str, dimension: str) -> None:
    (figure,) = figures_of(text)
    assert figure.unit is not None and figure.unit.dimension == dimension
    assert figure.said == text


@pytest.mark.parametrize("text", ["5 in Berlin", "5 apples", "5 a day", "5 or 6"])
def test_other_words_are_no_units(text: str) -> None:
    assert figures_of(text)[0].unit is None


def test_the_first_number_of_a_range_has_the_unit_of_the_second() -> None:
    first, second = figures_of("10–20 km")
    assert first.unit == second.unit is not None


@pytest.mark.parametrize(
    ("text", "bound"),
    [("about 5", Bound.ABOUT), ("more than 5", Bound.OVER), ("at least 5", Bound.OVER), ("up to 5", Bound.EXACT)],
)
def test_what_is_said_of_a_number_is_heard(text: str, bound: Bound) -> None:
    assert figures_of(text)[0].bound is bound


def test_the_number_of_a_version_is_kept_as_it_is_written() -> None:
    assert figures_of("in version 3.10 of it")[0].label == "3.10"


def test_without_the_library_small_numbers_of_english_are_still_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "text_to_num", None)
    assert [figure.readings[0] for figure in figures_of("two dogs, twenty cats")] == [2, 20]
