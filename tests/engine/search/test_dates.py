from datetime import date

import pytest

from engine.search.dates import is_within, partial_date, stated_date

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-01-05", "2024-01-05"),
        ("2024-01-05T10:11:12Z", "2024-01-05"),
        ("2024-01-05T10:11:12.123+02:00", "2024-01-05"),
        ("2024-1-5", "2024-01-05"),
        ("2024-01", "2024-01"),
        ("2024", "2024"),
        ("2024/03/09", "2024-03-09"),
        ("Jan 5, 2024", "2024-01-05"),
        ("January 5, 2024", "2024-01-05"),
        ("5 Jan 2024", "2024-01-05"),
        ("Fri, 05 Jan 2024 10:00:00 GMT", "2024-01-05"),
        ("3 days ago", "2026-11-18"),
        ("2 hours ago", "2026-11-21"),
        ("a week ago", "2026-11-14"),
        ("2 years ago", "2024"),
        ("1 month ago", "2026-10"),
        ("2024-13-40", ""),
        ("yesterday-ish", ""),
        ("Foo 5, 2024", ""),
        ("", ""),
        (None, ""),
        (20240105, ""),
        ("9999999999999", ""),
    ],
)
def test_dates_are_read_as_engines_write_them(written: object, meant: str) -> None:
    assert stated_date(written, today=TODAY) == meant


def test_a_date_that_does_not_exist_is_none() -> None:
    assert partial_date(2023, 2, 29) == ""
    assert partial_date() == ""
    assert partial_date(20, 1, 1) == ""


@pytest.mark.parametrize(
    ("published", "since", "until", "expected"),
    [
        ("", "2024-01-01", "2024-12-31", True),
        ("2024-01-01", "2024-01-01", "", True),
        ("2023-12-31", "2024-01-01", "", False),
        ("2024-12-31", "", "2024-12-31", True),
        ("2025-01-01", "", "2024-12-31", False),
        ("2024", "2024-06-01", "2024-07-01", True),
        ("2023", "2024-06-01", "", False),
        ("2025", "", "2024-06-01", False),
        ("2024-06", "2024-06-15", "", True),
    ],
)
def test_only_what_is_known_to_lie_outside_does(published: str, since: str, until: str, expected: bool) -> None:
    assert is_within(published, since=since, until=until) is expected
