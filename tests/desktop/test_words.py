from datetime import UTC, datetime, timedelta

import pytest

from desktop.words import day_group, recent_moment
from engine.counting import size_words

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (999, "999 bytes"), (1200, "1.2 KB"), (25_000, "25 KB"), (3_400_000, "3.4 MB"), (5e9, "5.0 GB")],
)
def test_sizes_have_the_unit_that_keeps_them_short(size: int, words: str):
    assert size_words(size) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "Today"), (1, "Yesterday"), (6, "Last 7 days"), (20, "Last 30 days"), (60, "January"), (400, "February 2025")],
)
def test_days_are_grouped_as_people_remember_them(days: int, words: str):
    assert day_group(NOW - timedelta(days=days), now=NOW) == words


def test_a_clock_that_was_set_back_still_says_today():
    assert day_group(NOW + timedelta(days=1), now=NOW) == "Today"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(hours=2), "10:00"),
        (timedelta(days=1), "yesterday 12:00"),
        (timedelta(days=30), "18 Feb"),
        (timedelta(days=400), "13 Feb 2025"),
    ],
)
def test_moments_are_as_short_as_they_can_be(ago: timedelta, words: str):
    assert recent_moment(NOW - ago, now=NOW) == words
