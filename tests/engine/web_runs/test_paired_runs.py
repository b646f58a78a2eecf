"""Private files have no part in what leaves the computer; ``benchmarks/paired_runs.py`` takes hundreds of pairs."""

import pytest
from benchmarks.paired_runs import BREAKS, LIBRARIES, SECRETS, WEBS, cases, pair
from web_scenes import Bench

CASES = tuple(cases(240)[number] for number in (0, 1, 7, 10, 13, 21, 29, 34, 40, 46, 59, 83))


def test_the_cases_have_every_library_break_and_web():
    assert {kind for case in CASES for kind in case.libraries} == set(LIBRARIES)
    assert {case.broken_off for case in CASES} == set(BREAKS)
    assert {case.web for case in CASES} == set(WEBS)
    assert {case.is_led_by_model for case in CASES} == {True, False}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_web_gets_the_same_bytes_whatever_the_private_files_hold(bench, tmp_path, case):
    outcome = pair(bench, case, tmp_path)
    assert outcome.difference == []
    assert outcome.private == []
    assert outcome.traffic[0].by_host


def test_every_engine_that_there_is_gets_the_same_bytes_too_those_of_ddgs_through_the_relay(tmp_path):
    with Bench(authority=tmp_path) as encrypted:
        for case in (cases(240)[number] for number in (1, 6)):
            outcome = pair(encrypted, case, tmp_path / str(case.number))
            assert outcome.difference == []
            assert outcome.private == []
            assert {"html.duckduckgo.com", "en.wikipedia.org"} & set(outcome.traffic[0].by_host)
            assert any(method == "CONNECT" for _, _, method, *_ in outcome.ledgers[0])


def test_a_web_agent_that_is_told_private_words_would_be_noticed(bench, tmp_path):
    case = next(one for one in cases(40) if one.is_led_by_model and one.web == "well" and "much" in one.libraries)
    outcome = pair(bench, case, tmp_path, is_broken=True)
    assert outcome.difference
    assert set(outcome.private) & set(SECRETS)
