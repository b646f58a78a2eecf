"""What a page says is data: whole runs led by a model that obeys every text it reads.

A few dozen texts here, one in every carrier; ``benchmarks/bench_injection.py`` takes all of them.
"""

import socket
import sqlite3
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace

import pytest
from injected_runs import PACK, SECRETS, lively, obey, packs
from injection_texts import MARK, Kind, injections
from obedient_model import Orders
from scripted_model import ABOUT
from side_effects import Watch
from trap_pages import CARRIERS, trap

from engine.domain import Reach
from engine.export import ReportFormat

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


def test_a_model_of_another_family_on_a_server_elsewhere_gets_nothing_out_either(bench, tmp_path):
    """Its replies need no tags, and its tools stand in words among what pages say."""
    traits = frozenset({"instruct"})
    about = replace(ABOUT, name="Another model", traits=traits, is_remote=True, template_tools=False)
    tally = obey(bench, RUNS[0], tmp_path, reach=Reach.BOTH, about=about)
    assert tally.leaks == []
    assert tally.replies > 10


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


def test_what_is_done_to_the_computer_would_be_heard(tmp_path):
    outside = tmp_path / "outside"
    with Watch() as effects:
        outside.mkdir()
        (outside / "note").write_text("x")
        (outside / "note").rename(outside / "other")
        sqlite3.connect(outside / "base").close()
        subprocess.run([sys.executable, "-c", ""], check=True)
        socket.getaddrinfo("localhost", 80)
        with socket.socket() as plug, suppress(OSError):
            plug.connect(("127.0.0.1", 9))
    heard = effects.outside(tmp_path / "data")
    assert {str(outside), str(outside / "note"), str(outside / "other"), str(outside / "base")} <= set(heard)
    assert effects.started and effects.named == ["localhost"] and ("127.0.0.1", 9) in effects.connected


def test_what_is_alive_in_a_report_would_be_seen():
    assert lively('<p><img src="https://attacker.example/x.png"></p>', ReportFormat.HTML)
    assert lively('<p><a href="https://attacker.example/">x</a></p>', ReportFormat.HTML)
    assert lively("![x](https://attacker.example/x.png)", ReportFormat.MARKDOWN)
    assert lively("<b>x</b>", ReportFormat.MARKDOWN)
    assert lively("x\x1b]8;;https://attacker.example\x07", ReportFormat.TEXT)
