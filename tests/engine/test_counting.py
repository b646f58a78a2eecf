import pytest

from engine.counting import and_more, counted


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 searches"), (1, "1 search"), (2, "2 searches"), (1234, "1,234 searches")],
)
def test_one_is_singular_and_everything_else_plural(number: int, words: str) -> None:
    assert counted(number, "search", "searches") == words


def test_a_plural_in_s_need_not_be_given() -> None:
    assert counted(2, "source") == "2 sources"


def test_more_than_a_few_are_counted() -> None:
    assert and_more(["a"], limit=3) == "a"
    assert and_more(["a", "b"], limit=3) == "a and b"
    assert and_more(["a", "b", "c", "d"], limit=2) == "a, b and 2 more"
