from collections import Counter

import pytest
from checked_pairs.own import CARRIED, DEVELOPMENT, HELD_OUT, Pair, own_pairs

KINDS = ("true", "true paraphrase", "altered number", "altered date", "swapped name", "negated", "unrelated")


@pytest.fixture(scope="module")
def pairs() -> tuple[Pair, ...]:
    return own_pairs()


def test_every_pair_says_what_it_is(pairs: tuple[Pair, ...]) -> None:
    for pair in pairs:
        assert pair.half in (HELD_OUT, DEVELOPMENT, CARRIED)
        assert pair.claim and all(pair.passages)
        assert pair.is_true == pair.kind.startswith("true")
        assert pair.wrong.casefold() in pair.claim.casefold() or pair.kind.startswith(("altered unit", "negated"))
        assert (pair.kind == "true") == pair.claim.startswith(pair.passages[0][: len(pair.claim)])


def test_there_are_many_of_each_kind_that_were_never_looked_at(pairs: tuple[Pair, ...]) -> None:
    unseen = [pair for pair in pairs if pair.half != CARRIED and pair.kind in KINDS]
    counts = Counter(pair.half for pair in unseen)
    assert sum(counts.values()) >= 400
    assert min(counts.values()) >= 150
    for half in counts:
        assert min(sum(pair.kind == kind for pair in unseen if pair.half == half) for kind in KINDS) >= 20


def test_a_passage_is_in_one_half_only(pairs: tuple[Pair, ...]) -> None:
    halves: dict[tuple[str, ...], set[str]] = {}
    for pair in pairs:
        if not pair.kind.endswith(", short") and pair.titles:
            halves.setdefault(pair.passages, set()).add(pair.half)
    assert len(halves) > 90
    assert all(len(found) == 1 for found in halves.values())
