"""What is written as the address of a SearXNG."""

import pytest

from desktop.items.engines import NO_ADDRESS, understood_address


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("", ""),
        ("searx.example.org", "https://searx.example.org"),
        ("localhost:8888", "https://localhost:8888"),
        (" http://localhost:8888/searx ", "http://localhost:8888/searx"),
    ],
)
def test_an_address_is_understood(written: str, address: str) -> None:
    assert understood_address(written) == (address, "")


@pytest.mark.parametrize("written", ["javascript:alert(1)", "ftp://x.example", "https://", "two words", "file:///etc"])
def test_nonsense_is_refused(written: str) -> None:
    assert understood_address(written) == ("", NO_ADDRESS)


def test_the_address_of_a_search_is_not_that_of_its_engine() -> None:
    address, problem = understood_address("searx.example/search?q=%s")
    assert not address
    assert "Only the beginning" in problem
