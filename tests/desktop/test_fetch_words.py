"""What is waited for while pages are fetched."""

from desktop.fetch_words import FetchTally
from engine.web.progress import Fetching, FetchPhase

ONE, TWO, THREE = "https://one.example/a", "https://two.example/b", "https://three.example/c"


def hear(tally: FetchTally, address: str, phase: FetchPhase, at_s: float = 0.0) -> None:
    tally.hear(Fetching(address=address, phase=phase), at_s=at_s)


def test_it_says_how_many_whom_and_how_long() -> None:
    tally = FetchTally()
    assert tally.words(at_s=0.0) == ""
    for address in (ONE, TWO, THREE):
        hear(tally, address, FetchPhase.FETCHING, 10.0)
    assert tally.words(at_s=10.5) == "Fetching 3 pages: waiting for one.example and 2 other sites (0:00)"
    hear(tally, ONE, FetchPhase.DONE)
    hear(tally, TWO, FetchPhase.READING)
    assert tally.words(at_s=14.2) == "Fetching 3 pages: 2 here, waiting for three.example (0:04)"
    hear(tally, THREE, FetchPhase.FAILED)
    assert tally.words(at_s=15.0) == "Fetching 3 pages: 2 here, 1 could not be fetched, reading them (0:05)"


def test_the_next_pages_are_counted_anew() -> None:
    tally = FetchTally()
    hear(tally, ONE, FetchPhase.FETCHING)
    hear(tally, ONE, FetchPhase.DONE)
    assert tally.words(at_s=1.0) == ""
    hear(tally, TWO, FetchPhase.QUEUED, 60.0)
    assert tally.words(at_s=61.0) == "Fetching 1 page: waiting for two.example (0:01)"
    tally.clear()
    assert not tally.is_under_way
