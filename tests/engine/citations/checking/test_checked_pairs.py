from collections import Counter

import pytest
from checked_pairs.own import CARRIED, DEVELOPMENT, HELD_OUT, Pair, own_pairs

from engine.citations.checking.check import check
from engine.citations.checking.clashes import clash_of

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


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("altered number", 0.97),
        ("altered date", 0.97),
        ("swapped name", 0.8),
        ("negated", 0.3),  # in other words; those are left to a model
        ("unrelated", 0.7),  # where nothing can be looked for, too
    ],
)
def test_what_the_checks_find_by_themselves_they_find_still(pairs: tuple[Pair, ...], kind: str, least: float) -> None:
    wrong = [pair for pair in pairs if pair.half != HELD_OUT and pair.kind == kind]
    found = sum(bool(check(pair.claim, pair.passages, places=pair.titles).findings) for pair in wrong)
    assert found >= least * len(wrong)


def test_every_altered_form_that_may_be_looked_at_is_found(pairs: tuple[Pair, ...]) -> None:
    wrong = [pair for pair in pairs if pair.half == DEVELOPMENT and pair.is_of_forms and not pair.is_true]
    assert len(wrong) > 30
    assert [pair.claim for pair in wrong if not check(pair.claim, pair.passages).findings] == []


@pytest.mark.parametrize(("kind", "most"), [("true", 0.0), ("true paraphrase", 0.07), ("true, other format", 0.0)])
def test_hardly_a_true_sentence_is_refused(pairs: tuple[Pair, ...], kind: str, most: float) -> None:
    true = [pair for pair in pairs if pair.half != HELD_OUT and pair.kind == kind]
    refused = sum(bool(check(pair.claim, pair.passages, places=pair.titles).findings) for pair in true)
    assert refused <= most * len(true)


def test_no_true_sentence_contradicts_its_own_passage_and_some_altered_ones_do(pairs: tuple[Pair, ...]) -> None:
    seen = [pair for pair in pairs if pair.half != HELD_OUT]

    def clashes(pair: Pair) -> bool:
        return any(clash_of(pair.claim, text, is_same_subject=True, subject=pair.titles) for text in pair.passages)

    assert not any(clashes(pair) for pair in seen if pair.is_true)
    altered = [pair for pair in seen if pair.kind == "altered number"]
    assert sum(map(clashes, altered)) >= 0.2 * len(altered)
