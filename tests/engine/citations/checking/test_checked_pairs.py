import json
from collections import Counter
from pathlib import Path

import pytest

from engine.citations.checking.check import check

PAIRS = Path(__file__).parents[3] / "checked_pairs" / "pairs.jsonl"


@pytest.fixture(scope="module")
def pairs() -> list[dict[str, object]]:
    return [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]


def test_every_pair_says_what_it_is_and_where_it_is_from(pairs: list[dict[str, object]]) -> None:
    assert len(pairs) >= 300
    for pair in pairs:
        assert pair["half"] in ("development", "held_out")
        assert pair["claim"] and pair["passages"] and pair["source"]
        assert pair["is_true"] == str(pair["kind"]).startswith("true")
        assert str(pair["wrong"]).casefold() in str(pair["claim"]).casefold() or pair["kind"] in (
            "altered unit",
            "negated",
        )


def test_a_passage_is_in_one_half_only(pairs: list[dict[str, object]]) -> None:
    halves: dict[str, set[object]] = {}
    for pair in pairs:
        if pair["source"] != {"package": "none", "by": "hand"}:
            halves.setdefault(str(pair["passages"]), set()).add(pair["half"])
    assert all(len(found) == 1 for found in halves.values())


def test_what_was_found_while_the_checks_were_made_is_found_still(pairs: list[dict[str, object]]) -> None:
    refused: Counter[bool] = Counter()
    asked: Counter[bool] = Counter()
    for pair in pairs:
        if pair["half"] == "development" and pair["kind"] != "unrelated":
            is_true = bool(pair["is_true"])
            asked[is_true] += 1
            refused[is_true] += bool(check(str(pair["claim"]), list(pair["passages"])).findings)  # type: ignore[call-overload]
    assert refused[True] <= 0.01 * asked[True]
    assert refused[False] >= 0.95 * asked[False]
