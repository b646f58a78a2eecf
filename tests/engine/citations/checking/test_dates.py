import pytest

from engine.citations.checking.dates import dates_of


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("on 20 July 1851", ((1851, 7, 20),)),
        ("on the 20th of July, 1851", ((1851, 7, 20),)),
        ("on July 20, 1851", ((1851, 7, 20),)),
        ("1851-07-20", ((1851, 7, 20),)),
        ("1851/07/20", ((1851, 7, 20),)),
        ("7/20/1851", ((1851, 7, 20),)),
        ("20.07.1851", ((1851, 7, 20),)),
        ("am 20. Juli 1851", ((1851, 7, 20),)),
        ("le 1er juillet 1851", ((1851, 7, 1),)),
        ("el 20 de julio de 1851", ((1851, 7, 20),)),
        ("20 lipca 1851", ((1851, 7, 20),)),
        ("20 июля 1851", ((1851, 7, 20),)),
        ("1851年7月20日", ((1851, 7, 20),)),
        ("in July 1851", ((1851, 7, 0),)),
        ("on 20 July", ((0, 7, 20),)),
        ("5/7/1851", ((1851, 7, 5), (1851, 5, 7))),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, readings: tuple[tuple[int, int, int], ...]) -> None:
    (date,), _, rest = dates_of(text)
    assert date.readings == readings
    assert not any(character.isdigit() for character in rest) and len(rest) == len(text)


@pytest.mark.parametrize(
    "text", ["You may 5 times.", "version 3.11.7", "1851-13-40", "40 July", "chapter 12 of 1999 pages"]
)
def test_what_is_no_date_is_left_alone(text: str) -> None:
    assert dates_of(text) == ((), (), text)


def test_both_ends_of_a_range_of_days_are_dates() -> None:
    dates, _, _ = dates_of("from 3–5 March 2020")
    assert [date.readings for date in dates] == [((2020, 3, 3),), ((2020, 3, 5),)]


@pytest.mark.parametrize(
    ("one", "other"), [("5 pm", "17:00"), ("12 am", "0:00"), ("9:30", "9:30 p.m."), ("9:30", "9:30")]
)
def test_times_of_day_are_compared_as_such(one: str, other: str) -> None:
    (first,), (second,) = dates_of(one)[1], dates_of(other)[1]
    assert first.is_told_by(second) and second.is_told_by(first)
