from __future__ import annotations

import pytest

from engine.citations.wording import OBSTACLE_WORDS, address_words
from engine.domain import Obstacle


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/p?q=1", "https://a.example/p?q=1"),
        ("http://heron:secret@a.example:8080/x@y", "http://…@a.example:8080/x@y"),
        ("http://[::1]/", "http://[::1]/"),
        ("file:///home/heron/notes.md", "/home/heron/notes.md"),
    ],
)
def test_an_address_is_shown_without_the_password_in_it(address: str, shown: str) -> None:
    assert address_words(address) == shown


def test_there_are_words_for_everything_that_can_stand_in_the_way() -> None:
    assert set(OBSTACLE_WORDS) == set(Obstacle)
