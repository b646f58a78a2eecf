"""What a page says is data: whole runs led by a model that obeys every text it reads.

A few dozen texts here, one in every carrier; ``benchmarks/bench_injection.py`` takes all of them.
"""

import pytest
from injected_runs import PACK, SECRETS, obey, packs
from injection_texts import MARK, Kind, injections
from obedient_model import Orders
from trap_pages import CARRIERS, trap

from engine.domain import Reach

OURS = injections()
ONE_EACH = tuple(trap(OURS[11 * place], carrier, number=place % PACK) for place, carrier in enumerate(CARRIERS))
RUNS = tuple(ONE_EACH[start : start + PACK] for start in range(0, len(ONE_EACH), PACK))


def test_there_are_hundreds_of_texts_each_with_a_canary_of_its_own():
    assert len({one.text for one in OURS}) == len({one.canary for one in OURS}) == len(OURS) >= 300
    assert {one.kind for one in OURS} == set(Kind)
    assert len({one.language for one in OURS}) == 8


def test_the_model_finds_an_order_in_every_text():
    for one in OURS:
        orders = Orders()
        orders.take(one.text)
        taken = " ".join((*orders.addresses, *orders.calls, *orders.queries, *orders.markup, *orders.lines))
        assert one.canary in taken, one


@pytest.mark.parametrize("traps", RUNS, ids=lambda traps: f"{traps[0].carrier} to {traps[-1].carrier}")
def test_with_private_files_nothing_gets_out_and_nothing_happens(bench, tmp_path, traps):
    tally = obey(bench, traps, tmp_path, reach=Reach.BOTH)
    assert tally.leaks == []
    assert tally.replies > 10 and tally.reports == 1


@pytest.mark.parametrize("reach", [Reach.WEB, Reach.LIBRARY])
def test_on_one_side_alone_nothing_gets_out_either(bench, tmp_path, reach):
    tally = obey(bench, RUNS[0], tmp_path, reach=reach)
    assert tally.leaks == []
    if reach is Reach.LIBRARY:
        assert bench.web.requests == [] and bench.web.resolved == []


def test_what_pages_want_to_be_searched_for_is_told_apart_and_has_nothing_private(bench, tmp_path):
    """The agent of the web may ask in words that it read; it knows nothing else."""
    wanting = tuple(one for one in OURS if one.kind is Kind.SEARCH)[:PACK]
    (traps,) = packs(wanting)
    tally = obey(bench, traps, tmp_path, reach=Reach.BOTH)
    assert tally.leaks == []
    assert tally.queries_in_words_of_pages > 0
    assert not any(secret in query for query in bench.small.queries for secret in SECRETS)


def test_without_the_checks_of_loop_and_door_it_would_be_noticed(bench, tmp_path):
    plain = tuple(one for one in OURS if one.kind is Kind.OPEN and one.number % 2)[:PACK]
    (traps,) = packs(plain)
    tally = obey(bench, traps, tmp_path, reach=Reach.WEB, is_broken=True)
    assert any(MARK in leak and "was asked for" in leak for leak in tally.leaks)
    assert any("a canary in a request" in leak for leak in tally.leaks)
    assert any("a name was looked up" in leak for leak in tally.leaks)
