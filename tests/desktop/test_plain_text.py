import pytest
from fake_runs import NASTY_TEXTS
from hypothesis import given
from hypothesis import strategies as st

from desktop.plain_text import laid_out, one_line, utf16_length

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_every_character_stays_one_character(text: str) -> None:
    assert len(laid_out(text)) == len(text)


@given(ANY_TEXT)
def test_nothing_that_means_something_to_a_layout_is_left(text: str) -> None:
    shown = laid_out(text)
    assert not set(shown) & {"\n", "\r", "\u2029", "\ufffc", "\ufdd0", "\ufdd1", "\u202e", "\u2067", "\x00"}
    shown.encode("utf-16-le")  # no half characters


@given(ANY_TEXT)
def test_lengths_are_counted_as_qt_counts_them(text: str) -> None:
    assert utf16_length(text) == sum(2 if ord(character) > 0xFFFF else 1 for character in text)


@pytest.mark.parametrize("text", NASTY_TEXTS.values(), ids=NASTY_TEXTS)
def test_one_line_is_one_line_and_no_longer_than_asked(text: str) -> None:
    line = one_line(text, limit=40)
    assert len(line) <= 40
    assert line == " ".join(line.split())


def test_ordinary_text_stays_as_it_is() -> None:
    for text in ("Plain words.", "naïve café — 20 °C", "漢字かな", "שלום", "👩‍👩‍👧‍👦 family", "a\tb"):
        assert laid_out(text) == text
